//! The cards of every maker: who is identified, who is refused and when, what is never asked of a card.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code"
)]

use varco::played::{PlayedReaders, Profile};
use varco::{SignatureScheme, Varco};
use varco_apdu::Atr;
use varco_card::ExtendedLength;
use varco_emulator::{CardState, EventLog, Played, PlayedCard, StateError, TimingModel};
use varco_scenario::{PIN, Stage, Typed, fixtures, options};

/// How a login with each card ends, and whether the card saw a PIN. What is not here is identified.
const REFUSED: &[(&str, &str, bool)] = &[
    ("cns-last-try", "pin-last-try", false),
    ("cns-blocked", "pin-blocked", false),
    ("cns-expired", "certificate-expired", false),
    ("cns-no-certificate", "certificate-absent", false),
    ("cns-wrong-key", "key-not-proven", true),
    // Its container is not supported.
    ("cns-bit4id", "certificate-unreadable", false),
    // Its maker is not built in, and the generic profile knows no card that pads by itself.
    ("cns-digest-info", "card-unsupported", true),
    // It has no way for the input of a key of 2048 bits.
    ("cns-short", "card-unsupported", true),
    // The list of its authority names it.
    ("cns-revoked", "certificate-revoked", false),
    ("cns-suspended", "certificate-suspended", false),
];

/// The code of a login's end, and whether the card saw a PIN.
fn ended(stage: &Stage) -> (&'static str, bool) {
    let report = stage.login(PIN).unwrap();
    let code = report.outcome.map_or_else(|error| error.code(), |_| "identified");
    (code, stage.verifies() > 0)
}

#[test]
fn every_card_is_identified_or_refused_as_documented_through_every_kind_of_reader() {
    for name in Profile::names().filter(|name| name.starts_with("cns-")) {
        let expected = REFUSED
            .iter()
            .find(|(refused, ..)| *refused == name)
            .map_or(("identified", true), |(_, code, verified)| (*code, *verified));
        for reader in [ExtendedLength::Supported, ExtendedLength::Unknown] {
            let stage = Stage::with(name, reader);
            assert_eq!(ended(&stage), expected, "{name}, {reader:?}");
        }
    }
}

#[test]
fn a_reader_that_would_cut_a_long_command_is_told_before_the_pin() {
    // These take no chain.
    for name in ["cns-st-2021", "cns-gd-2025", "cns-chipdoc", "cns-nfc-st2022"] {
        let stage = Stage::with(name, ExtendedLength::Unsupported);
        assert_eq!(ended(&stage), ("command-too-long", false), "{name}");
    }
}

#[test]
fn a_card_whose_counter_costs_a_try_is_never_asked_for_it() {
    for name in ["cns-idemia-2021", "cns-cardos"] {
        let stage = Stage::new(name);
        assert_eq!(
            stage.login("54321").unwrap().outcome.unwrap_err().code(),
            "pin-wrong"
        );
        assert_eq!(stage.tries_on_card(), 2, "{name}: one for the typed value");
        stage.login(PIN).unwrap().outcome.unwrap();
        let asked = stage.hand.look(|card| {
            card.unwrap()
                .log()
                .events()
                .filter(|event| event.ins() == 0x20 && event.command_bytes <= 5)
                .count()
        });
        assert_eq!(asked, 0, "{name}");
    }
}

#[test]
fn pss_is_signed_by_every_card_that_leaves_the_padding_to_the_host() {
    for name in [
        "cns-st",
        "cns-st-2021",
        "cns-idemia-2021",
        "cns-gd-2025",
        "cns-infocert-1205",
        "cns-chipdoc",
        "cns-t0",
        "cns-nfc-st2022",
    ] {
        let mut stage = Stage::new(name);
        stage.options.signature_scheme(SignatureScheme::RsaPssSha256);
        let (identity, _) = stage.login(PIN).unwrap().outcome.unwrap();
        assert_eq!(identity.signature_scheme(), Some(SignatureScheme::RsaPssSha256));
    }
}

#[test]
fn pss_is_refused_before_the_pin_with_short_keys_and_cards_that_pad() {
    for name in ["cns-athena", "cns-cardos", "cns-infocamere"] {
        let mut stage = Stage::new(name);
        stage.options.signature_scheme(SignatureScheme::RsaPssSha256);
        assert_eq!(ended(&stage), ("signature-scheme-unsupported", false), "{name}");
    }
    let mut stage = with_makers("cns-digest-info");
    stage.options.signature_scheme(SignatureScheme::RsaPssSha256);
    assert_eq!(ended(&stage), ("card-unsupported", false));
}

fn with_makers(profile: &str) -> Stage {
    let mut stage = Stage::new(profile);
    stage.varco = stage.varco.with_makers(&fixtures("makers")).unwrap();
    stage
}

#[test]
fn a_maker_that_a_user_brings_is_a_file() {
    let stage = with_makers("cns-digest-info");
    let report = stage.login(PIN).unwrap();
    report.outcome.unwrap();
    assert_eq!(report.card.unwrap().profile, "digest-info");
    // The others are known as before.
    assert_eq!(ended(&with_makers("cns-idemia-2021")), ("identified", true));
}

/// A card that loses its place when a selection fails: it then stands in another folder.
struct Wandering<C>(C);

impl<C: PlayedCard> PlayedCard for Wandering<C> {
    fn atr(&self) -> &Atr {
        self.0.atr()
    }
    fn power_on(&mut self) {
        self.0.power_on();
    }
    fn power_off(&mut self) {
        self.0.power_off();
    }
    fn process(&mut self, command: &[u8]) -> Played {
        let played = self.0.process(command);
        let failed = matches!(played.response[..], [.., word, _] if !matches!(word, 0x61 | 0x90));
        if command.get(1) == Some(&0xA4) && failed {
            self.0.process(&[0x00, 0xA4, 0x08, 0x0C, 0x02, 0x12, 0x00]);
        }
        played
    }
    fn log(&self) -> &EventLog {
        self.0.log()
    }
    fn set_timing(&mut self, timing: TimingModel) {
        self.0.set_timing(timing);
    }
    fn verified(&self) -> Vec<u8> {
        self.0.verified()
    }
    fn snapshot(&self) -> CardState {
        self.0.snapshot()
    }
    fn restore(&mut self, state: &CardState) -> Result<(), StateError> {
        self.0.restore(state)
    }
}

#[test]
fn a_selection_that_fails_and_changes_the_folder_all_the_same_misleads_nobody() {
    for name in [
        "cns-infocamere",
        "cns-gd-2025",
        "cns-t0",
        "cns-nfc-st2022",
        "cns-chipdoc",
    ] {
        let card = Wandering(Profile::builtin(name).unwrap().into_card());
        let (readers, _hand) = PlayedReaders::with_card("played", Box::new(card));
        let varco = Varco::with_readers(vec![Box::new(readers)]);
        let report = varco.login(&options(), &mut Typed::new(PIN)).unwrap();
        assert!(report.outcome.is_ok(), "{name}: {:?}", report.outcome);
    }
}
