//! A person at a kiosk, with each of the cards: what it costs, what is said, what it proves.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

use std::collections::BTreeSet;

use varco::steps::{Attendance, CardLink, Disposition, Pin, TriesLeft, WAIT_DEFAULT};
use varco::{Effect, EntryError, LoginError, PinEntry, PinQuestion, VerifiedIdentity};
use varco_apdu::FileId;
use varco_card::ExtendedLength;
use varco_scenario::{PIN, Stage, Typed};

const EF_C_CARTA: FileId = FileId(0x1101);
const CONSULTATION: &str = "inps.estratto-conto";
const DISPOSITION: &str = "inps.domanda";

fn identity(stage: &Stage) -> VerifiedIdentity {
    stage.login(PIN).unwrap().outcome.unwrap().0
}

fn code(stage: &Stage, pin: &str) -> String {
    stage.login(pin).unwrap().outcome.unwrap_err().code().to_owned()
}

#[test]
fn a_citizen_is_identified_and_permitted() {
    let stage = Stage::new("cns-st").wanting(CONSULTATION);
    let report = stage.login(PIN).unwrap();
    let (identity, decision) = report.outcome.unwrap();
    assert_eq!(identity.codice_fiscale().as_str(), "DMNNCL80C14H501S");
    assert!(identity.assurance().is_test_material());
    assert_eq!(decision.unwrap().effect, Effect::Permit);
    assert_eq!(report.pin.unwrap().tries_left, TriesLeft::Known(3));
}

#[test]
fn a_login_costs_eight_exchanges_with_extended_length_and_thirteen_without() {
    for (announced, exchanges_max) in [
        (ExtendedLength::Supported, 8),
        (ExtendedLength::Unknown, 13),
        (ExtendedLength::Unsupported, 13),
    ] {
        let stage = Stage::with("cns-st", announced);
        let report = stage.login(PIN).unwrap();
        report.outcome.unwrap();
        assert_eq!(report.exchanges, exchanges_max, "{announced:?}");
        assert_eq!(
            stage.hand.exchanges(),
            report.exchanges,
            "the report counts what the card saw"
        );
    }
}

#[test]
fn no_certificate_byte_is_read_twice_and_none_past_its_end() {
    for announced in [ExtendedLength::Supported, ExtendedLength::Unknown] {
        for profile in ["cns-st", "cns-athena"] {
            let stage = Stage::with(profile, announced);
            identity(&stage);
            let certificate =
                std::fs::read(varco_scenario::fixtures(&format!("cards/{profile}/ef-1101.bin")));
            let announced_length = certificate.unwrap()[2..4].iter().fold(4, |sum, byte| match sum {
                4 => 4 + usize::from(*byte) * 256,
                _ => sum + usize::from(*byte),
            });
            let mut seen = BTreeSet::new();
            let reads: Vec<_> = stage
                .hand
                .look(|card| card.unwrap().log().reads(EF_C_CARTA).collect());
            for read in reads {
                for at in read.offset..read.offset + read.length {
                    assert!(seen.insert(at), "{profile}: byte {at} was read twice");
                }
            }
            assert_eq!(seen.len(), announced_length, "{profile}");
            assert_eq!(seen.last().copied(), Some(announced_length - 1), "{profile}");
        }
    }
}

#[test]
fn an_old_card_is_accepted_under_a_legacy_authority_and_marked() {
    let stage = Stage::new("cns-athena").wanting(DISPOSITION);
    let (identity, decision) = stage.login(PIN).unwrap().outcome.unwrap();
    assert!(!identity.assurance().downgraded().is_empty());
    assert_eq!(decision.unwrap().effect, Effect::Deny);
}

#[test]
fn a_card_without_chaining_signs_with_extended_length() {
    identity(&Stage::with("cns-st-2021", ExtendedLength::Unknown));
    let cut = Stage::with("cns-st-2021", ExtendedLength::Unsupported);
    let mut person = Typed::new(PIN);
    let report = cut.varco.login(&cut.options, &mut person).unwrap();
    assert_eq!(report.outcome.unwrap_err().code(), "command-too-long");
    assert_eq!(
        (person.asked, cut.verifies()),
        (0, 0),
        "nobody types a PIN for nothing"
    );
}

#[test]
fn nothing_is_asked_for_a_card_that_is_refused() {
    for (profile, expected) in [
        ("cns-expired", "certificate-expired"),
        ("cns-no-certificate", "certificate-absent"),
        ("cns-blocked", "pin-blocked"),
        ("cns-last-try", "pin-last-try"),
    ] {
        let stage = Stage::new(profile);
        let mut person = Typed::new(PIN);
        let report = stage.varco.login(&stage.options, &mut person).unwrap();
        assert_eq!(report.outcome.unwrap_err().code(), expected, "{profile}");
        assert_eq!((person.asked, stage.verifies()), (0, 0), "{profile}");
    }
}

#[test]
fn for_a_service_that_nobody_knows_no_pin_is_asked() {
    let stage = Stage::new("cns-st").wanting("inps.nothing");
    let mut person = Typed::new(PIN);
    let refused = stage.varco.login(&stage.options, &mut person).unwrap_err();
    assert_eq!((refused.code(), person.asked), ("service-unknown", 0));
}

#[test]
fn without_trust_nothing_is_asked() {
    let mut stage = Stage::new("cns-st");
    stage.options = varco::LoginOptions::new(varco::Audience::parse("kiosk-7.example").unwrap());
    let mut person = Typed::new(PIN);
    let report = stage.varco.login(&stage.options, &mut person).unwrap();
    assert_eq!(report.outcome.unwrap_err().code(), "certificate-not-trusted");
    assert_eq!(person.asked, 0);
}

#[test]
fn a_certificate_whose_key_did_not_sign_is_refused() {
    assert_eq!(code(&Stage::new("cns-wrong-key"), PIN), "key-not-proven");
}

#[test]
fn a_wrong_pin_costs_one_try_and_says_how_many_are_left() {
    for profile in ["cns-st", "cns-athena"] {
        let stage = Stage::new(profile);
        let report = stage.login("54321").unwrap();
        assert!(matches!(
            report.outcome,
            Err(LoginError::WrongPin {
                tries_left: TriesLeft::Known(2)
            })
        ));
        assert_eq!((stage.verifies(), stage.tries_on_card()), (1, 2), "{profile}");
        assert_eq!(report.pin.unwrap().tries_left, TriesLeft::Known(2));
    }
}

#[test]
fn wrong_pins_stop_before_the_last_try_unless_it_is_allowed() {
    let mut stage = Stage::new("cns-st");
    assert_eq!(code(&stage, "54321"), "pin-wrong");
    assert_eq!(code(&stage, "54322"), "pin-wrong");
    assert_eq!(code(&stage, "54323"), "pin-last-try");
    assert_eq!((stage.verifies(), stage.tries_on_card()), (2, 1));
    stage.options.allow_last_try();
    assert_eq!(code(&stage, "54323"), "pin-blocked");
    assert_eq!(stage.tries_on_card(), 0);
    assert_eq!(code(&stage, PIN), "pin-blocked");
    assert_eq!(stage.verifies(), 3);
}

#[test]
fn the_right_pin_on_the_last_try_restores_the_counter() {
    let mut stage = Stage::new("cns-last-try");
    stage.options.allow_last_try();
    identity(&stage);
    assert_eq!(stage.tries_on_card(), 3);
}

#[test]
fn a_pin_of_the_wrong_form_never_reaches_the_card() {
    let stage = Stage::new("cns-st");
    for typed in ["", "1234", "123456789", "12345678901234567", "12a45", "éèàò"] {
        assert_eq!(code(&stage, typed), "pin-wrong-form", "{typed}");
    }
    assert_eq!((stage.verifies(), stage.tries_on_card()), (0, 3));
}

#[test]
fn where_asking_for_tries_is_not_known_to_be_free_the_count_is_unknown_and_nobody_asks() {
    let mut stage = Stage::new("cns-athena");
    let report = stage
        .varco
        .login(&stage.options, &mut Typed::scripted(PIN))
        .unwrap();
    assert_eq!(report.pin.unwrap().tries_left, TriesLeft::Unknown);
    report.outcome.unwrap();
    stage.options.require_known_tries();
    assert_eq!(code(&stage, PIN), "pin-tries-unknown");
    let queries = stage.hand.look(|card| card.unwrap().log().count(0x20));
    assert_eq!(queries, 1, "one VERIFY with the PIN and no query");
}

#[test]
fn a_script_sends_one_pin_per_insertion_where_the_count_is_unknown() {
    let stage = Stage::new("cns-athena");
    let mut script = Typed::scripted("54321");
    let mut login = varco::Login::start(&stage.varco, &stage.options, &script).unwrap();
    let first = login.run(&stage.options, &mut script, None).unwrap();
    assert_eq!(first.outcome.unwrap_err().code(), "pin-wrong");
    let second = login.run(&stage.options, &mut script, None).unwrap();
    assert_eq!(second.outcome.unwrap_err().code(), "pin-once-per-insertion");
    assert_eq!(stage.tries_on_card(), 2);
}

#[test]
fn a_pin_that_the_card_accepted_does_not_count_against_a_script() {
    let stage = Stage::new("cns-athena");
    let mut script = Typed::scripted(PIN);
    let mut login = varco::Login::start(&stage.varco, &stage.options, &script).unwrap();
    for _ in 0..2 {
        assert!(
            login
                .run(&stage.options, &mut script, None)
                .unwrap()
                .outcome
                .is_ok()
        );
    }
}

/// Another program fails with a PIN of its own while a person types, and leaves no trace at the reader.
struct Disturbed {
    other: Box<dyn CardLink>,
    typed: Typed,
}

impl PinEntry for Disturbed {
    fn attendance(&self) -> Attendance {
        Attendance::Attended
    }
    fn ask(&mut self, question: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        let verify = b"\x00\x20\x00\x90\x0899999\xFF\xFF\xFF";
        self.other.begin(WAIT_DEFAULT).unwrap();
        assert_ne!(self.other.transmit(verify).unwrap().as_slice(), [0x90, 0x00]);
        self.other.end(Disposition::Leave).unwrap();
        self.typed.ask(question)
    }
}

#[test]
fn a_try_that_another_program_spends_meanwhile_does_not_make_ours_the_last() {
    let stage = Stage::new("cns-st");
    assert_eq!(code(&stage, "54321"), "pin-wrong");
    let mut person = Disturbed {
        other: stage.varco.connect(None, WAIT_DEFAULT).unwrap(),
        typed: Typed::new("54322"),
    };
    let report = stage.varco.login(&stage.options, &mut person).unwrap();
    assert_eq!(report.outcome.unwrap_err().code(), "pin-last-try");
    assert!(!report.pin.unwrap().sent);
    assert_eq!(stage.tries_on_card(), 1);
}

#[test]
fn after_a_login_no_one_inherits_the_verified_pin() {
    let stage = Stage::new("cns-st");
    identity(&stage);
    let mut link = stage.varco.connect(None, WAIT_DEFAULT).unwrap();
    link.begin(WAIT_DEFAULT).unwrap();
    link.transmit(&[0x00, 0x22, 0xF3, 0x03, 0x00]).unwrap();
    link.transmit(&[0x00, 0x22, 0xF1, 0xB8, 0x03, 0x83, 0x01, 0x01])
        .unwrap();
    let mut sign = vec![0x00, 0x2A, 0x80, 0x86, 0x00, 0x01, 0x01, 0x00, 0x00, 0x01];
    sign.extend_from_slice(&[0xFF; 254]);
    sign.extend_from_slice(&[0x00, 0x01, 0x00]);
    sign.truncate(7 + 257);
    sign.extend_from_slice(&[0x01, 0x00]);
    assert_eq!(link.transmit(&sign).unwrap().as_slice(), [0x69, 0x82]);
}
