//! The number of an identity card, verified without a PIN, and its certificate, read with one.
//!
//! Not here: logins (`identity_card`).

#![allow(clippy::unwrap_used, reason = "test code: what fails here fails the test")]

use varco::steps::{Attendance, Pin};
use varco::trust::{AnchorKind, load_anchors};
use varco::{Audience, EntryError, Login, LoginOptions, PinEntry, PinQuestion};
use varco_card::ExtendedLength;
use varco_scenario::{Stage, fixtures};

fn stage(card: &str, extended_length: ExtendedLength) -> Stage {
    let mut stage = Stage::with(card, extended_length);
    stage.options = LoginOptions::new(Audience::parse("kiosk-7.example").unwrap());
    for signer in ["pki/csca.pem", "pki/csca-old.pem"] {
        stage
            .options
            .country_signers(load_anchors(&fixtures(signer), AnchorKind::Test).unwrap());
    }
    stage
}

/// VERIFY that reached the card.
fn verifies(stage: &Stage) -> usize {
    stage.hand.look(|card| {
        let events = card.unwrap().log().events();
        events.filter(|event| event.ins() == 0x20).count()
    })
}

#[test]
fn a_number_is_verified_within_its_exchanges_and_without_a_pin() {
    // Security object 2853 bytes (2225 of the old generation), key 270 bytes. At most 7 with extended length, and
    // 6 + ceil(security object / 231) + ceil(key / 231) = 21 (18) with short commands. The chip of cie-actalis gives 2019
    // bytes in one answer and needs two for the security object.
    for (card, number, extended, short) in [
        ("cie-nxp", "998877000001", 20, 20),
        ("cie-st", "998877000102", 20, 20),
        ("cie-gemalto", "998877000203", 17, 17),
        ("cie-gemalto2", "998877000304", 7, 20),
        ("cie-actalis", "998877000405", 8, 20),
    ] {
        for (length, exchanges) in [
            (ExtendedLength::Supported, extended),
            (ExtendedLength::Unsupported, short),
        ] {
            let stage = stage(card, length);
            let report = stage.varco.verify_document(&stage.options).unwrap().unwrap();
            assert_eq!(report.document.nis().as_str(), number);
            assert!(report.document.is_test_material() && report.document.downgraded().is_empty());
            assert_eq!(report.exchanges, exchanges, "{card}, {length:?}");
            assert_eq!(verifies(&stage), 0);
            let shown = format!("{report:?}");
            assert!(!shown.contains(number), "{shown}");
        }
    }
}

#[test]
fn copies_and_changed_numbers_are_refused_each_with_its_own_error() {
    for (card, expected) in [
        ("cie-clone-number", "document-copied"),
        ("cie-tampered-number", "document-changed"),
        ("cie-bad-signature", "document-signature"),
        ("cns-st", "card-not-a-document"),
    ] {
        let stage = stage(card, ExtendedLength::Unsupported);
        let refused = stage.varco.verify_document(&stage.options).unwrap().unwrap_err();
        assert_eq!(refused.code(), expected, "{card}");
    }
    let mut stage = stage("cie-nxp", ExtendedLength::Unsupported);
    stage.options.unchecked_origin();
    let refused = stage.varco.verify_document(&stage.options).unwrap().unwrap_err();
    assert_eq!(refused.code(), "country-signers-missing");
}

struct Typist(&'static str, u32);

impl PinEntry for Typist {
    fn attendance(&self) -> Attendance {
        Attendance::Scripted
    }
    fn ask(&mut self, question: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        assert_eq!(question.tries_left, None, "it is told in the channel");
        self.1 += 1;
        Ok(Pin::take_from(&mut self.0.as_bytes().to_vec()).unwrap())
    }
}

#[test]
fn the_certificate_is_read_under_the_pin_and_only_from_a_genuine_card() {
    for (card, pin, expected) in [
        ("cie-actalis", "12345678", Ok("CIE")),
        ("cie-expired", "12345678", Ok("CIE")),
        ("cie-actalis", "11111111", Err("pin-wrong")),
        ("cie-last-try", "12345678", Err("pin-last-try")),
        ("cie-clone-device", "12345678", Err("card-not-genuine")),
        ("cie-tampered-certificate", "12345678", Err("document-changed")),
    ] {
        let stage = stage(card, ExtendedLength::Supported);
        let mut typist = Typist(pin, 0);
        let mut login = Login::start(&stage.varco, &stage.options, &typist).unwrap();
        let report = login.read_certificate(&stage.options, &mut typist).unwrap();
        login.close();
        let read = report
            .outcome
            .as_ref()
            .map(|_| "CIE")
            .map_err(|error| error.code());
        assert_eq!((read, typist.1), (expected, 1), "{card}");
        if let Ok(certificate) = &report.outcome {
            let file = std::fs::read(fixtures(&format!("cards/{card}/ef-1003.bin"))).unwrap();
            assert!(file.starts_with(certificate.der()));
        }
    }
    // A CNS tells it to everybody.
    let stage = stage("cns-st", ExtendedLength::Unsupported);
    let mut typist = Typist("12345", 0);
    let mut login = Login::start(&stage.varco, &stage.options, &typist).unwrap();
    let report = login.read_certificate(&stage.options, &mut typist).unwrap();
    assert!(report.outcome.is_ok() && typist.1 == 0 && report.pin.is_none());
}
