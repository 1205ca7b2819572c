//! A session of secure messaging: commands that it protects, and answers that nobody protected, or that somebody changed.
//!
//! Not here: the channel around a session (`identity_card`), and the worked values (`varco-sm`).

use des::Des;
use retail_mac::{KeyInit, Mac, RetailMac};
use varco_apdu::{CommandApdu, LengthForm, Repeat, ResponseApdu, StatusWord};
use varco_sm::{Session, SessionFault, SessionKeys};
use zeroize::Zeroizing;

use crate::input::Input;

const ENCRYPTION_KEY: [u8; 16] = [0x3B; 16];
const MAC_KEY: [u8; 16] = *b"sixteen bytes: 2";

/// A command is protected whole; an answer opens only under the right MAC, once, and with nothing changed.
///
/// Two bytes of counter, the command behind its length, a byte that chooses between an answer as it stands and one
/// whose MAC is made here, a place and a mask for a change, and the answer.
pub fn target(data: &[u8]) {
    let mut input = Input::new(data);
    let counter = u64::from(input.number()) << 48 | 0xFFFF_FFFF_FFFE;
    let command = input.take_sized();
    let (form, place, mask) = (input.byte(), usize::from(input.number()), input.byte());
    let answer = input.take(0xFFFF);

    let mut session = session(counter);
    protect(&mut session, command);
    // Command and answer each raise it once.
    let counter = counter.wrapping_add(2);
    if form & 1 == 0 {
        unprotected(session, counter, answer);
    } else {
        let outside = if form & 2 == 0 { 0x9000 } else { 0x6282 };
        genuine(session, counter, answer, outside, (place, mask));
    }
}

fn session(counter: u64) -> Session {
    let keys = SessionKeys::new(Zeroizing::new(ENCRYPTION_KEY), Zeroizing::new(MAC_KEY));
    Session::new(keys, counter)
}

/// Made apart from the code under test: chained DES over counter and objects (ISO/IEC 9797-1, algorithm 3).
fn mac(counter: u64, objects: &[u8]) -> [u8; 8] {
    let mut mac = RetailMac::<Des>::new(&MAC_KEY.into());
    mac.update(&counter.to_be_bytes());
    mac.update(objects);
    mac.update(&[0x80]);
    mac.finalize().into_bytes().into()
}

/// The session counts one command, whether it could be protected or not made one here.
fn protect(session: &mut Session, bytes: &[u8]) {
    let parsed = CommandApdu::parse(bytes).ok().map(|(command, _)| command);
    let command = parsed.filter(|command| command.cla() & !CommandApdu::CHAINING_BIT == 0);
    let command = command.unwrap_or_else(|| CommandApdu::new(0, 0xB0, 0, 0).expecting(256));
    for class in [0x04, 0x0C, 0x80] {
        let foreign = CommandApdu::new(class, command.ins(), command.p1(), command.p2());
        assert_eq!(session.protect(&foreign).unwrap_err(), SessionFault::Command);
    }
    let protected = session.protect(&command).unwrap();
    assert_eq!(protected.cla(), command.cla() | 0x0C);
    assert_eq!(
        (protected.ins(), protected.p1(), protected.p2()),
        (command.ins(), command.p1(), command.p2())
    );
    assert_eq!(protected.repeat(), Repeat::Never);
    assert!(protected.encode(LengthForm::Extended).is_ok());
    let (plain, sent) = (command.data(), protected.data());
    assert!(sent.len() <= plain.len() + 32);
    assert!(plain.len() < 8 || !sent.windows(plain.len()).any(|part| part == plain));
}

/// An answer as it stands opens only if it happens to end in its MAC.
fn unprotected(mut session: Session, counter: u64, answer: &[u8]) {
    let Ok(answer) = ResponseApdu::parse(answer) else {
        return;
    };
    let is_authentic = answer
        .data()
        .split_last_chunk::<8>()
        .and_then(|(rest, last)| Some((rest.strip_suffix(&[0x8E, 0x08])?, last)))
        .is_some_and(|(objects, last)| mac(counter, objects) == *last);
    assert!(session.open(&answer).is_err() || is_authentic);
}

/// An answer with its MAC tells what is protected, if it has the form of one; never twice, and never changed.
fn genuine(mut opening: Session, counter: u64, objects: &[u8], outside: u16, (place, mask): (usize, u8)) {
    let data = [objects, &[0x8E, 0x08], &mac(counter, objects)].concat();
    let answer = ResponseApdu::new(Zeroizing::new(data.clone()), StatusWord::from(outside));
    let opened = match opening.open(&answer) {
        Ok(opened) => opened,
        Err(fault) => {
            assert!(
                !matches!(fault, SessionFault::Mac | SessionFault::Command),
                "{fault}"
            );
            return;
        }
    };
    assert!(opened.data().len() < objects.len());
    let status = u16::from(opened.status()).to_be_bytes();
    assert!(
        objects
            .windows(4)
            .any(|part| part == [0x99, 0x02, status[0], status[1]])
    );
    assert!(outside == 0x9000 || answer.status() == opened.status());
    assert_eq!(opening.open(&answer).unwrap_err(), SessionFault::Mac, "again");

    // The session as it was before the answer.
    let refused = |bytes: Vec<u8>| {
        let changed = ResponseApdu::new(Zeroizing::new(bytes), answer.status());
        session(counter.wrapping_sub(1)).open(&changed).unwrap_err()
    };
    assert!(session(counter.wrapping_sub(1)).open(&answer).is_ok());
    let place = place % data.len();
    let mut changed = data.clone();
    changed[place] ^= mask | u8::from(mask == 0);
    refused(changed);
    refused(data[..place].to_vec());
    refused([&data[..place], &[mask], &data[place..]].concat());
    let elsewhere = ResponseApdu::new(answer.data().to_vec().into(), StatusWord::from(0x6A82));
    assert!(
        opened.status() == elsewhere.status() || session(counter.wrapping_sub(1)).open(&elsewhere).is_err()
    );
}

/// Objects of answers; all but the last are those of a card.
fn objects() -> [Vec<u8>; 6] {
    // What the keys make of sixteen bytes: a command's cryptogram is one that decrypts in an answer too.
    let plain = CommandApdu::new(0, 0x88, 0, 0).with_data(b"sixteen bytes: 1");
    let protected = session(1).protect(&plain).unwrap();
    let cryptogram = &protected.data()[..protected.data().len() - 10];
    let odd = [&[0x85, 0x18], &cryptogram[3..]].concat();
    let status: &[u8] = b"\x99\x02\x90\x00";
    [
        status.to_vec(),
        b"\x99\x02\x62\x82".to_vec(),
        [cryptogram, status].concat(),
        [status, cryptogram].concat(),
        [&odd, status].concat(),
        [b"\x87\x09\x01\x01\x02\x03\x04\x05\x06\x07\x08", status].concat(),
    ]
}

/// A command of each form with answers that nobody protected, and with objects for which the MAC is made here.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let commands: [&[u8]; 4] = [
        b"\x00\xB0\x81\x00\x0C",
        b"\x00\xCB\x3F\xFF\x0A\x4D\x08\x70\x06\xBF\x81\x01\x02\xA0\x80",
        b"\x10\x2A\x00\xAE\x04\x7F\x21\x01\x00",
        b"\x00\x88\x00\x00\x00\x00\x02\x30\x31\x07\xD0",
    ];
    let mut seeds = Vec::new();
    for command in commands {
        let start = [&[0x00, 0x02, command.len() as u8], command].concat();
        for answer in &objects() {
            seeds.push([&start[..], &[3, 0, 7, 1], &answer[..]].concat());
            seeds.push([&start[..], &[1, 0, 21, 0x80], &answer[..]].concat());
            seeds.push(
                [
                    &start[..],
                    &[0, 0, 0, 0],
                    &answer[..],
                    &[0x8E, 8],
                    &[0x5A; 8],
                    &[0x90, 0],
                ]
                .concat(),
            );
        }
        seeds.push([&start[..], &[0, 0, 0, 0, 0x69, 0x88][..]].concat());
    }
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_protected_here_is_opened() {
        let opened = objects().map(|objects| {
            let data = [&objects[..], &[0x8E, 0x08], &mac(9, &objects)].concat();
            let answer = ResponseApdu::new(Zeroizing::new(data), StatusWord::SUCCESS);
            let opened = session(8).open(&answer).ok()?;
            Some((opened.data().to_vec(), u16::from(opened.status())))
        });
        let plain = Some((b"sixteen bytes: 1".to_vec(), 0x9000));
        let [done, end, ordered, turned, odd, broken] = opened;
        assert_eq!((done, end), (Some((vec![], 0x9000)), Some((vec![], 0x6282))));
        assert_eq!((&ordered, &turned, &odd), (&plain, &plain, &plain));
        assert_eq!(broken, None);
    }
}
