//! The virtual PN532: any bytes of a host, with a card that comes and goes.

use varco_apdu::Atr;
use varco_emulator::{Emulated, LinkHabits};
use varco_virtual_pn532::{CardType, Dialogue};

use crate::input::Input;
use crate::vpcd::Echo;

const ATR: &[u8] = &[0x3B, 0x80, 0x80, 0x01, 0x01];
const ACK: &[u8] = &[0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00];
const NACK: &[u8] = &[0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00];
const SYNTAX_ERROR: &[u8] = &[0x00, 0x00, 0xFF, 0x01, 0xFF, 0x7F, 0x81, 0x00];

/// Whatever is said, the chip answers in whole frames. The first byte chooses the signal; then each byte is a number of bytes
/// that come at once, with its highest bit after the card was changed, or taken away.
pub fn target(data: &[u8]) {
    let mut input = Input::new(data);
    let card_type = match input.byte() & 1 {
        0 => CardType::A,
        _ => CardType::B,
    };
    let mut chip = Dialogue::new(card_type);
    let mut card = Emulated::new(Atr::new(ATR).unwrap(), LinkHabits::default(), Echo);
    let mut insertion = 1;
    while let Some(step) = input.next() {
        insertion += u64::from(step >> 7);
        let bytes = input.take((step & 0x7F).into());
        let answers = if insertion % 3 == 0 {
            chip.say(bytes, None, insertion)
        } else {
            chip.say(bytes, Some(&mut card), insertion)
        };
        check(&answers);
    }
}

fn check(mut answers: &[u8]) {
    while !answers.is_empty() {
        let fixed = [ACK, NACK, SYNTAX_ERROR].into_iter();
        if let Some(rest) = fixed.filter_map(|known| answers.strip_prefix(known)).next() {
            answers = rest;
            continue;
        }
        let (head, length) = match answers {
            [0, 0, 0xFF, 0xFF, 0xFF, high, low, check, ..] => {
                assert_eq!(high.wrapping_add(*low).wrapping_add(*check), 0);
                (8, usize::from(u16::from_be_bytes([*high, *low])))
            }
            [0, 0, 0xFF, length, check, ..] => {
                assert_eq!(length.wrapping_add(*check), 0);
                (5, usize::from(*length))
            }
            other => panic!("no frame: {other:02X?}"),
        };
        assert!((2..=265).contains(&length));
        let content = &answers[head..head + length];
        assert_eq!(content[0], 0xD5);
        let sum = content
            .iter()
            .fold(answers[head + length], |sum, byte| sum.wrapping_add(*byte));
        assert_eq!((sum, answers[head + length + 1]), (0, 0));
        answers = &answers[head + length + 2..];
    }
}

/// A command as a host frames it.
fn command(content: &[u8]) -> Vec<u8> {
    let content = [&[0xD4], content].concat();
    let length = content.len() as u8;
    let sum = content.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    let mut bytes = vec![0, 0, 0xFF, length, length.wrapping_neg()];
    bytes.extend(&content);
    bytes.extend([sum.wrapping_neg(), 0]);
    bytes
}

/// A session by either signal, a card that is changed in it, and commands that are none.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let step = |mark: u8, bytes: Vec<u8>| [&[mark | bytes.len() as u8][..], &bytes].concat();
    let session = |kind: &[u8]| {
        let commands: [&[u8]; 9] = [
            b"\x14\x01",
            b"\x02",
            b"\x32\x01\x01",
            kind,
            b"\x40\x01\x00\xD6\x00\x00\x02\x11\x22",
            b"\x42\xB2",
            b"\x40\x01",
            b"\x06\x63\x02\x63\x03",
            b"\x52\x00",
        ];
        let said = commands.map(|content| step(0, command(content)));
        said.concat()
    };
    let (a, b) = (session(b"\x4A\x01\x00"), session(b"\x4A\x01\x03\x00"));
    vec![
        [&[0][..], &a].concat(),
        [&[1][..], &b].concat(),
        [
            &[0][..],
            &a,
            &step(0x80, command(b"\x40\x01\x00\xA4")),
            &step(0x80, command(b"\x60\xFF\x01\x20")),
        ]
        .concat(),
        [
            &[0][..],
            &step(0, vec![0, 0, 0xFF, 0xFF, 0xFF, 1, 2, 0xFD, 0xD4]),
            &step(0, NACK.to_vec()),
        ]
        .concat(),
    ]
}
