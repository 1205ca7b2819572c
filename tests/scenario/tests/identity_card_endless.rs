//! Identity cards that never come to an end, that say yes to everything, or that become another card half way: each login
//! ends, within a bound, and no PIN goes to any of them.
//!
//! Not here: cards that lie once, in a way that only mathematics shows (`identity_card`).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "test code: what fails here fails the test"
)]

use varco_card::ExtendedLength;
use varco_emulator::PlayedCard;
use varco_scenario::identity::{PIN, card, code, stage, stage_with, tries};
use varco_scenario::meddled::{Counts, Meddled, Meddler};

/// The most exchanges of the logins here: those of GET RESPONSE for one command, 513, and the rest of a login.
const EXCHANGES_MAX: u32 = 600;

const CARDS: [&str; 3] = ["cie-nxp", "cie-gemalto", "cie-actalis"];
const LENGTHS: [ExtendedLength; 2] = [ExtendedLength::Supported, ExtendedLength::Unsupported];

const READ_BINARY: u8 = 0xB0;
const GET_RESPONSE: u8 = 0xC0;
/// In P1 of READ BINARY.
const NUMBER: u8 = 0x81;
const SECURITY_OBJECT: u8 = 0x86;
const EF_ATR: u8 = 0x9D;

/// The code of a login's end, whose bound is kept, and what was counted.
fn login(card: Box<dyn PlayedCard>, length: ExtendedLength, meddler: Meddler) -> (&'static str, Counts) {
    let (card, counts) = Meddled::stand_before(card, meddler);
    let stage = stage_with(card, length);
    let report = stage.login(PIN).unwrap();
    assert!(report.exchanges < EXCHANGES_MAX, "{} exchanges", report.exchanges);
    assert_eq!(report.exchanges, counts.exchanges());
    let is_sent = report.pin.is_some_and(|pin| pin.sent);
    assert_eq!(u32::from(is_sent), counts.verifies());
    assert_eq!(tries(&stage), 3);
    (code(&report), counts)
}

/// Which exchange of an honest login, from 0, is the VERIFY.
fn verify_at(profile: &str, length: ExtendedLength) -> u32 {
    let stage = stage(profile, length);
    assert_eq!(code(&stage.login(PIN).unwrap()), "identified");
    let verify = stage.hand.look(|card| {
        let mut events = card.unwrap().log().events();
        events.position(|event| event.ins() == 0x20).unwrap()
    });
    u32::try_from(verify).unwrap()
}

/// From each exchange of a login on, up to its VERIFY, the card answers in this way only.
fn from_every_exchange_on(answer: fn(u32, &[u8]) -> Vec<u8>, may_end_with: &[&str]) {
    for profile in CARDS {
        for length in LENGTHS {
            for from in 0..verify_at(profile, length) {
                let meddler = move |exchange: u32, command: &[u8], _: &mut Box<dyn PlayedCard>| {
                    (exchange >= from).then(|| answer(exchange, command))
                };
                let (code, counts) = login(card(profile), length, Box::new(meddler));
                let place = format!("{profile}, {length:?}, from {from}: {code}");
                assert!(may_end_with.contains(&code), "{place}");
                assert_eq!(counts.verifies(), 0, "{place}");
            }
        }
    }
}

const NOT_READ: [&str; 5] = [
    "link-protocol",
    "card-status",
    "card-misbehaved",
    "secure-channel",
    "card-not-recognised",
];

#[test]
fn a_card_that_always_has_more_to_give_is_stopped() {
    from_every_exchange_on(|_, _| vec![0x61, 0x00], &NOT_READ);
    from_every_exchange_on(|_, _| vec![0x30, 0x61, 0x01], &NOT_READ);
    from_every_exchange_on(|_, _| [&[0x30; 256][..], &[0x61, 0x00]].concat(), &NOT_READ);
}

#[test]
fn a_card_that_always_wants_another_length_is_stopped() {
    let by_turns = |exchange: u32, _: &[u8]| vec![0x6C, if exchange.is_multiple_of(2) { 0x10 } else { 0x20 }];
    from_every_exchange_on(by_turns, &NOT_READ);
    from_every_exchange_on(|_, _| vec![0x6C, 0x00], &NOT_READ);
    // Also where it announced something before.
    let announced = |_: u32, command: &[u8]| match command[1] {
        GET_RESPONSE => vec![0x6C, 0x10],
        _ => vec![0x61, 0x10],
    };
    from_every_exchange_on(announced, &NOT_READ);
}

#[test]
fn a_card_that_says_yes_to_everything_and_gives_nothing_gets_no_pin() {
    from_every_exchange_on(|_, _| vec![0x90, 0x00], &NOT_READ);
}

/// The most that a command asks for.
fn asked(command: &[u8]) -> usize {
    match *command {
        [_, _, _, _, 0, high, low] => usize::from(u16::from_be_bytes([high, low])),
        [_, _, _, _, length] if length > 0 => usize::from(length),
        _ => 256,
    }
}

/// Every READ BINARY but those of EF.ATR and the number is answered as long as asked, at most with so many bytes, out of
/// a file that says to be this long.
fn endless_file(total: u16, block_max_bytes: usize) -> Meddler {
    let [high, low] = total.to_be_bytes();
    let mut tag = 0;
    Box::new(move |_, command, _| {
        let (p1, p2) = (command[2], command[3]);
        if command[1] != READ_BINARY || matches!(p1, NUMBER | EF_ATR) {
            return None;
        }
        let offset = if p1 & 0x80 == 0 {
            usize::from(u16::from_be_bytes([p1, p2]))
        } else {
            tag = if p1 == SECURITY_OBJECT { 0x77 } else { 0x30 };
            0
        };
        let start = [tag, 0x82, high, low];
        let end = offset + asked(command).min(block_max_bytes);
        let block = (offset..end).map(|at| start.get(at).copied().unwrap_or(0));
        Some(block.chain([0x90, 0x00]).collect())
    })
}

#[test]
fn a_file_that_never_ends_is_not_read_to_its_end() {
    for profile in CARDS {
        for length in LENGTHS {
            for (total, block, expected) in [
                // More than any file of the card: noticed in its first block.
                (0xFFFF, usize::MAX, "card-misbehaved"),
                (0x4000, usize::MAX, "card-misbehaved"),
                // As long as is taken, by one or few bytes each.
                (0x3FF0, 16, "card-misbehaved"),
                (0x3FF0, 4, "card-misbehaved"),
                (0x3FF0, 1, "card-misbehaved"),
                // Read to its end, and then it is no security object.
                (0x3FF0, usize::MAX, "document-unreadable"),
            ] {
                let (code, counts) = login(card(profile), length, endless_file(total, block));
                let place = format!("{profile}, {length:?}, {total} in {block}");
                assert_eq!((code, counts.verifies()), (expected, 0), "{place}");
            }
        }
    }
}

/// The start of EF.ATR of a profile.
fn ef_atr(profile: &str) -> Vec<u8> {
    let mut card = card(profile);
    card.power_on();
    let answer = card.process(&[0x00, READ_BINARY, EF_ATR, 0x00, 0xE7]);
    answer.response.to_vec()
}

/// What a chip can do is not signed: a card that claims to be of another family either does all that this one does, and
/// is then itself all the same, or is sent no PIN.
#[test]
fn a_card_that_claims_another_family_at_every_reading_is_itself_or_gets_no_pin() {
    for own in ["cie-nxp", "cie-gemalto", "cie-gemalto2", "cie-actalis"] {
        for length in LENGTHS {
            let told: Vec<Vec<u8>> = ["cie-actalis", "cie-gemalto2", "cie-gemalto", "cie-st", "cie-nxp"]
                .map(ef_atr)
                .into();
            for first in 0..told.len() {
                let (told, mut reading) = (told.clone(), first);
                let meddler = move |_: u32, command: &[u8], _: &mut Box<dyn PlayedCard>| {
                    let is_ef_atr = command[1] == READ_BINARY && command[2] == EF_ATR;
                    is_ef_atr.then(|| {
                        reading += 1;
                        told[(reading - 1) % told.len()].clone()
                    })
                };
                let (code, counts) = login(card(own), length, Box::new(meddler));
                let place = format!("{own}, {length:?}, {first}: {code}");
                // Extended length that this chip does not take.
                assert!(matches!(code, "identified" | "card-status"), "{place}");
                assert_eq!(counts.verifies(), u32::from(code == "identified"), "{place}");
            }
        }
    }
}

#[test]
fn a_card_that_becomes_another_one_after_it_was_recognised_gets_no_pin() {
    const SELECT_CIE: [u8; 11] = [0x00, 0xA4, 0x04, 0x0C, 0x06, 0xA0, 0x00, 0x00, 0x00, 0x00, 0x39];
    for (profile, other) in [
        ("cie-nxp", "cie-st"),
        ("cie-st", "cie-actalis"),
        ("cie-actalis", "cie-gemalto2"),
        ("cie-gemalto", "cie-nxp"),
        // The same files, and another device key.
        ("cie-actalis", "cie-clone-device"),
    ] {
        for length in LENGTHS {
            // At 2 nothing was read but EF.ATR: the other one is the card, from its first file to its proof.
            for at in 3..verify_at(profile, length) {
                let meddler = move |exchange: u32, _: &[u8], present: &mut Box<dyn PlayedCard>| {
                    if exchange == at {
                        *present = card(other);
                        present.power_on();
                        present.process(&SELECT_CIE);
                    }
                    None
                };
                let (code, counts) = login(card(profile), length, Box::new(meddler));
                let place = format!("{profile} to {other}, {length:?}, {at}: {code}");
                assert_ne!(code, "identified", "{place}");
                assert_eq!(counts.verifies(), 0, "{place}");
            }
        }
    }
}
