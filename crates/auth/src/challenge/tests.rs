//! The signed structure against vectors written by another program, and what Debug shows.

use super::*;

/// For a relying party, of an identity card on an NFC reader.
const REMOTE: &str = "564152434f2d415554482076320000107273612d706b6373312d736861323536000672656d6f\
    7465001668747470733a2f2f63697474c3a02e6578616d706c650020000102030405060708090a0b0c0d0e0f101112131415\
    161718191a1b1c1d1e1f0010a0a1a2a3a4a5a6a7a8a9aaabacadaeaf0020eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee\
    eeeeeeeeeeeeeeeeeeeeeeee000800000000695637900008000000006956380800036e6663000c3939383837373030303430\
    35";
/// Without a nonce, of a reader and a card that are not told.
const LOCAL: &str = "564152434f2d415554482076320000107273612d706b6373312d73686132353600056c6f6361\
    6c001668747470733a2f2f63697474c3a02e6578616d706c650020000102030405060708090a0b0c0d0e0f10111213141516\
    1718191a1b1c1d1e1f00000020eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee0008000000\
    00695637900008000000006956380800056f746865720000";

fn random() -> [u8; 32] {
    core::array::from_fn(|index| u8::try_from(index).unwrap())
}

fn audience() -> Audience {
    Audience::parse("https://città.example").unwrap()
}

/// What is below the second is cut.
fn issued_at() -> Timestamp {
    "2026-01-01T09:00:00.75Z".parse().unwrap()
}

fn local() -> Challenge {
    Challenge::new(random(), audience(), None, issued_at())
}

fn remote() -> Challenge {
    let nonce: Vec<u8> = (0xA0..0xB0).collect();
    let exchange = Exchange {
        reader_kind: varco_credential::ReaderKind::Nfc,
        card_number: crate::CardNumber::parse("998877000405").unwrap(),
    };
    Challenge::for_relying_party(random(), audience(), Nonce::new(&nonce).unwrap(), issued_at())
        .over(exchange)
}

#[test]
fn the_signed_structure_is_as_documented() {
    for (challenge, expected) in [(remote(), REMOTE), (local(), LOCAL)] {
        let structure = challenge.structure().bytes(&[0xEE; 32]);
        let shown: String = structure.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(shown, expected);
    }
}

#[test]
fn the_random_bytes_do_not_print() {
    let shown = format!("{:?}", local());
    assert!(
        shown.contains("città.example") && !shown.contains("30, 31"),
        "{shown}"
    );
}
