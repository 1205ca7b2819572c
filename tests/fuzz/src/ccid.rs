//! The virtual pin-pad reader: any bytes of a host, any messages, blocks and structures of PIN entry, with a card that comes
//! and goes.

use varco_apdu::Atr;
use varco_emulator::{Emulated, LinkHabits, PlayedCard};
use varco_virtual_ccid::{Dialogue, Entry, Model, PadFault};

use crate::input::Input;
use crate::vpcd::Echo;

/// By T=1 with blocks of 254 bytes, and by T=0.
const ATRS: [&[u8]; 2] = [
    &[0x3B, 0xF0, 0x18, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x55, 0x00],
    &[0x3B, 0x00],
];
const HEADER_BYTES: usize = 10;

/// Whatever is said, the reader answers in whole frames. The first byte chooses the protocol and the reader; then each byte
/// is what comes next and how many bytes are in it.
pub fn target(data: &[u8]) {
    let mut input = Input::new(data);
    let first = input.byte();
    let model = if first & 2 == 0 {
        Model::PinPad
    } else {
        Model::Plain
    };
    let atr = Atr::new(ATRS[usize::from(first & 1)]).unwrap();
    let mut card = Emulated::new(atr, LinkHabits::default(), Echo);
    let mut reader = Dialogue::new(model);
    let (mut insertion, mut sequence) = (1, 0_u8);
    while let Some(step) = input.next() {
        let bytes = input.take((step >> 3).into());
        sequence = sequence.wrapping_add(1);
        let said = match step & 7 {
            0 => bytes.to_vec(),
            1 => framed(0x6F, sequence, bytes),
            2 => framed(0x6F, sequence, &block(bytes)),
            3 => framed(0x69, sequence, bytes),
            4 => {
                reader.entries.extend(Entry::typed("12<2345678"));
                framed(0x69, sequence, &structure(bytes))
            }
            5 => framed(
                bytes.first().copied().unwrap_or(0x62),
                sequence,
                &bytes[bytes.len().min(1)..],
            ),
            6 => {
                insertion += 1;
                framed(0x62, sequence, &[])
            }
            _ => {
                reader.fault = PadFault::parse(&["pad-garbage", "0102"]).filter(|_| step & 8 != 0);
                framed(0x65, sequence, &[])
            }
        };
        let lies = insertion % 4 != 0;
        let card = lies.then_some(&mut card as &mut dyn PlayedCard);
        check(&reader.say(&said, card, insertion));
        reader.events.clear();
    }
}

/// What is said is whole: signs of a card that moved, refusals, and frames whose check is right.
fn check(mut said: &[u8]) {
    while !said.is_empty() {
        said = match said {
            [0x50, 0x02 | 0x03, rest @ ..] | [0x03, 0x15, 0x16, rest @ ..] => rest,
            [0x03, 0x06, _, a, b, 0, 0, ..] => {
                let length = 2 + HEADER_BYTES + usize::from(u16::from_le_bytes([*a, *b])) + 1;
                let (frame, rest) = said.split_at(length);
                assert_eq!(frame.iter().fold(0, |sum, byte| sum ^ byte), 0);
                rest
            }
            other => panic!("no frame: {other:02X?}"),
        };
    }
}

fn framed(kind: u8, sequence: u8, data: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x03, 0x06, kind];
    frame.extend((data.len() as u32).to_le_bytes());
    frame.extend([0, sequence, 0, 0, 0]);
    frame.extend(data);
    frame.push(frame.iter().fold(0, |sum, byte| sum ^ byte));
    frame
}

/// A sound block of the first byte as its PCB and the rest as its information.
fn block(bytes: &[u8]) -> Vec<u8> {
    let information = &bytes[bytes.len().min(1)..];
    let mut block = vec![0, bytes.first().copied().unwrap_or(0), information.len() as u8];
    block.extend(information);
    block.push(block.iter().fold(0, |sum, byte| sum ^ byte));
    block
}

/// A structure that begins as these bytes do and ends as a good one.
fn structure(bytes: &[u8]) -> Vec<u8> {
    let good = b"\x00\x1E\x82\x08\x00\x08\x05\x02\x01\x09\x04\x00\x00\x00\x0D\x00\x20\x00\x90\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
    let mut structure = bytes.to_vec();
    structure.extend(&good[bytes.len().min(good.len())..]);
    structure
}

/// Sessions by either protocol, with an entry in each, and bytes that are nothing.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let step = |what: u8, bytes: &[u8]| [&[(bytes.len() as u8) << 3 | what][..], bytes].concat();
    let t1 = [
        step(6, &[]),
        step(1, &[0xFF, 0x11, 0x18, 0xF6]),
        step(5, &[0x61, 0x18, 0x10, 0xFF, 0x55, 0x00, 0xFE, 0x00]),
        step(2, &[0xC1, 0xFE]),
        step(2, &[0x20, 0x00, 0xD6, 0x00, 0x00, 0x04]),
        step(2, &[0x40, 1, 2, 3, 4]),
        step(2, &[0x90]),
        step(4, &[]),
        step(2, &[0xC0]),
        step(2, &[0xE3, 1]),
    ];
    let t0 = [
        step(6, &[]),
        step(1, &[0x00, 0xD6, 0x00, 0x00, 0x02, 0x11, 0x22]),
        step(4, &[0x00]),
        step(
            4,
            &[
                0x01, 0x00, 0x82, 0x08, 0x00, 0x00, 0x08, 0x08, 0x05, 0x03, 0x02, 0x03,
            ],
        ),
        step(7, &[0]),
        step(3, &[0x00, 0x1E, 0x82]),
        step(5, &[0x6B, 0x02]),
    ];
    vec![
        [&[0][..], &t1.concat()].concat(),
        [&[1][..], &t0.concat()].concat(),
        [
            &[0][..],
            &step(0, &framed(0x65, 1, &[])),
            &step(0, &[0x03, 0x15, 0x16, 0x03]),
        ]
        .concat(),
    ]
}
