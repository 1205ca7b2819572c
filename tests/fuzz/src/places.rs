//! Recognition and the places of a certificate: any answer to reset, and a card that answers as the input says.

use varco_apdu::Atr;
use varco_card_cns::CnsDriver;
use varco_credential::{CardDriver, CardError, Recognition};
use varco_pki::der_total_length;

use crate::decided::Decided;
use crate::fixtures;
use crate::input::Input;

/// SELECT in two forms, READ and its repetition for the number; then three applications, each with GET DATA.
const RECOGNITION_MAX: usize = 4 + 3 * 4;
/// For each of at most four places: application and file in two forms, and 80 reads, each perhaps repeated.
const READING_MAX: usize = 4 * (4 + 2 * 80);

/// Answer to reset and decisions, each behind its length; the rest is the content of every file.
pub fn target(data: &[u8]) {
    let mut input = Input::new(data);
    let atr = input.take_sized();
    let decisions = input.take_sized();
    let content = input.take(usize::MAX);
    let Ok(atr) = Atr::new(atr) else {
        return;
    };
    let mut card = Decided::new(decisions, content);
    let recognised = CnsDriver::default().recognise(&atr, &mut card).unwrap();
    assert!(card.exchanges <= RECOGNITION_MAX);
    let Recognition::Login(mut cns) = recognised else {
        return;
    };
    card.exchanges = 0;
    match cns.read_certificate(&mut card) {
        Ok(der) => assert_eq!(der_total_length(&der), Ok(der.len())),
        Err(CardError::Link(error)) => panic!("{error}"),
        Err(_) => {}
    }
    assert!(card.exchanges <= READING_MAX);
    card.exchanges = 0;
    let _ = cns.read_card_id(&mut card);
    assert!(card.exchanges <= 6);
}

/// Each played card's answer to reset with the content of its files, in place and after some that are missing.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let sized = |bytes: &[u8]| [&[u8::try_from(bytes.len()).unwrap()], bytes].concat();
    let mut seeds = Vec::new();
    for (atr, name) in fixtures::card_atrs() {
        for content in fixtures::files(&format!("cards/{name}"), "bin") {
            for decisions in [&[1; 16][..], &[0, 1, 1, 1], &[0x80, 1, 0, 0, 0, 1, 1, 1]] {
                seeds.push([sized(atr), sized(decisions), content.clone()].concat());
            }
        }
    }
    seeds
}
