//! A citizen logs in with an identity card: every family of chips, with short and with extended length, and the cards that
//! are not what they say.

#![allow(clippy::unwrap_used, reason = "test code: what fails here fails the test")]

use varco::played::Profile;
use varco::steps::{Attendance, Disposition, Pin, TriesLeft, WAIT_DEFAULT};
use varco::trust::{AnchorKind, load_anchors};
use varco::{Audience, EntryError, LoginOptions, LoginReport, PinEntry, PinQuestion, Varco};
use varco_card::ExtendedLength;
use varco_scenario::{Stage, fixtures, lists};

const PIN: &str = "12345678";
const WRONG: &str = "11111111";
const WRONG_TOO: &str = "11223355";

fn options() -> LoginOptions {
    let mut options = LoginOptions::new(Audience::parse("kiosk-7.example").unwrap());
    options.trust(load_anchors(&fixtures("pki/ca-cie-sub.pem"), AnchorKind::Test).unwrap());
    options.evidence(lists(&["pki/crl-cie-sub.crl"]));
    for signer in ["pki/csca.pem", "pki/csca-old.pem"] {
        options.country_signers(load_anchors(&fixtures(signer), AnchorKind::Test).unwrap());
    }
    options
}

fn stage(card: &str, extended_length: ExtendedLength) -> Stage {
    let mut stage = Stage::with(card, extended_length);
    stage.options = options();
    stage
}

fn tries(stage: &Stage) -> u8 {
    stage
        .hand
        .look(|card| card.unwrap().snapshot().tries_left(0x81))
        .unwrap()
}

/// VERIFY that reached the card.
fn verifies(stage: &Stage) -> usize {
    stage.hand.look(|card| {
        card.unwrap()
            .log()
            .events()
            .filter(|event| event.ins() == 0x20)
            .count()
    })
}

fn code(report: &LoginReport) -> &'static str {
    report
        .outcome
        .as_ref()
        .err()
        .map_or("identified", |error| error.code())
}

#[test]
fn every_family_logs_in_within_its_exchanges() {
    // SOD 2853 bytes (2225 of the old generation), certificate about 1350; one VERIFY, one signature, the counter.
    // At most 24 with extended length, and 40 + ceil(SOD / 231) = 53 (50) with short commands.
    for (card, extended, short) in [
        ("cie-nxp", 51, 51),
        ("cie-st", 51, 51),
        ("cie-gemalto", 46, 46),
        ("cie-gemalto2", 23, 52),
        ("cie-actalis", 24, 51),
        ("cie-minor", 24, 51),
        ("cie-dh-zeros", 24, 51),
        // Revocation is not asked without a list.
        ("cie-revoked", 24, 51),
    ] {
        for (length, exchanges) in [
            (ExtendedLength::Supported, extended),
            (ExtendedLength::Unsupported, short),
        ] {
            let stage = stage(card, length);
            let report = stage.login(PIN).unwrap();
            let (identity, _) = report
                .outcome
                .as_ref()
                .unwrap_or_else(|error| panic!("{card}: {error}"));
            assert_eq!(identity.credential().kind().name(), "cie");
            assert_eq!(identity.assurance().level().name(), "high");
            assert!(
                identity.credential().nis().is_some() && identity.credential().document_number().is_some()
            );
            assert!(identity.assurance().downgraded().is_empty() && identity.assurance().is_test_material());
            assert_eq!(report.exchanges, exchanges, "{card}, {length:?}");
            assert_eq!((verifies(&stage), tries(&stage)), (1, 3));
            assert_eq!(report.pin.unwrap().tries_left, TriesLeft::Known(3));
        }
    }
}

#[test]
fn a_wrong_pin_tells_what_is_left_and_the_last_try_is_not_spent() {
    let stage = stage("cie-st", ExtendedLength::Unsupported);
    assert_eq!(code(&stage.login(WRONG).unwrap()), "pin-wrong");
    assert_eq!(code(&stage.login(WRONG).unwrap()), "pin-refused-before");
    assert_eq!(code(&stage.login(WRONG_TOO).unwrap()), "pin-wrong");
    let last = stage.login(PIN).unwrap();
    assert_eq!(
        (code(&last), tries(&stage), verifies(&stage)),
        ("pin-last-try", 1, 2)
    );
    assert!(!last.pin.unwrap().sent);
    assert_eq!(code(&stage.login("1234").unwrap()), "pin-wrong-form");
}

#[test]
fn a_login_that_sent_nothing_leaves_no_traces_in_the_next() {
    for (card, exchanges) in [("cie-gemalto2", 26), ("cie-actalis", 27)] {
        let stage = stage(card, ExtendedLength::Supported);
        assert_eq!(code(&stage.login("1234").unwrap()), "pin-wrong-form");
        // The application is still current: the root is selected again, and EF.ATR read again.
        assert_eq!(stage.login(PIN).unwrap().exchanges, exchanges, "{card}");
    }
}

#[test]
fn blocked_and_last_try_cards_are_sent_nothing() {
    for (card, expected, left) in [
        ("cie-blocked", "pin-blocked", 0),
        ("cie-last-try", "pin-last-try", 1),
    ] {
        let stage = stage(card, ExtendedLength::Supported);
        let report = stage.login(PIN).unwrap();
        assert_eq!(
            (code(&report), tries(&stage), verifies(&stage)),
            (expected, left, 0)
        );
        let puk = report.pin.unwrap().puk_tries_left.known();
        assert_eq!(puk, (left == 0).then_some(0));
    }
}

/// docs/identity-cards.md shows this table.
#[test]
fn cards_that_are_not_what_they_say_are_refused_before_the_pin_where_that_can_be_known() {
    for (card, expected, verified) in [
        ("cie-clone-device", "card-not-genuine", 0),
        ("cie-tampered-number", "document-changed", 0),
        ("cie-bad-signature", "document-signature", 0),
        ("cie-flipped-mac", "secure-channel", 0),
        ("cie-replayed-answer", "secure-channel", 0),
        ("cie-dh-one", "card-not-genuine", 0),
        // What only shows under a verified PIN, or in the answer to it.
        ("cie-tampered-certificate", "document-changed", 1),
        ("cie-unprotected-verify", "secure-channel", 1),
        ("cie-expired", "certificate-expired", 1),
    ] {
        for length in [ExtendedLength::Supported, ExtendedLength::Unsupported] {
            let stage = stage(card, length);
            let report = stage.login(PIN).unwrap();
            assert_eq!((code(&report), verifies(&stage)), (expected, verified), "{card}");
            assert_eq!(tries(&stage), 3, "{card}");
        }
    }
}

#[test]
fn without_country_signers_nothing_is_read_and_unchecked_origin_is_marked() {
    let mut stage = stage("cie-actalis", ExtendedLength::Supported);
    stage.options = LoginOptions::new(Audience::parse("kiosk-7.example").unwrap());
    let anchors = || load_anchors(&fixtures("pki/ca-cie-sub.pem"), AnchorKind::Test).unwrap();
    stage.options.trust(anchors());
    stage.options.evidence(lists(&["pki/crl-cie-sub.crl"]));
    let refused = stage.login(PIN).unwrap();
    assert_eq!(
        (code(&refused), refused.exchanges),
        ("country-signers-missing", 2)
    );
    stage.options.unchecked_origin();
    let report = stage.login(PIN).unwrap();
    let (identity, _) = report.outcome.as_ref().unwrap();
    let marks: Vec<_> = identity
        .assurance()
        .downgraded()
        .iter()
        .map(|mark| mark.code())
        .collect();
    assert_eq!(marks, ["card-origin-unchecked"]);
}

#[test]
fn a_signature_that_the_card_cannot_make_is_refused_before_the_pin() {
    let mut stage = stage("cie-actalis", ExtendedLength::Supported);
    stage
        .options
        .signature_scheme(varco::SignatureScheme::RsaPssSha256);
    let report = stage.login(PIN).unwrap();
    assert_eq!(
        (code(&report), verifies(&stage), report.exchanges),
        ("card-unsupported", 0, 2)
    );
}

#[test]
fn without_authorities_no_pin_is_asked() {
    let mut stage = stage("cie-actalis", ExtendedLength::Supported);
    stage.options = LoginOptions::new(Audience::parse("kiosk-7.example").unwrap());
    stage.options.unchecked_origin();
    let report = stage.login(PIN).unwrap();
    assert_eq!((code(&report), report.pin), ("certificate-not-trusted", None));
}

/// Types the PIN after the card left the field, and something came back.
struct Moved<'s> {
    stage: &'s Stage,
    back: Option<&'static str>,
}

impl PinEntry for Moved<'_> {
    fn attendance(&self) -> Attendance {
        Attendance::Attended
    }
    fn ask(&mut self, _: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        let gone = self.stage.hand.remove().unwrap();
        match self.back {
            Some("") => self.stage.hand.insert(gone),
            Some(other) => self
                .stage
                .hand
                .insert(Box::new(Profile::builtin(other).unwrap().into_card())),
            None => {}
        }
        Ok(Pin::take_from(&mut PIN.as_bytes().to_vec()).unwrap())
    }
}

#[test]
fn a_card_may_leave_the_field_for_a_moment_while_the_pin_is_typed_and_no_other_may_come_back() {
    for (back, expected) in [
        (Some(""), "identified"),
        // Of the same chip and of another one: neither is sent the PIN.
        (Some("cie-minor"), "card-not-genuine"),
        (Some("cie-st"), "card-removed"),
        (None, "card-removed"),
    ] {
        let stage = stage("cie-actalis", ExtendedLength::Supported);
        let mut moved = Moved { stage: &stage, back };
        let report = stage.varco.login(&stage.options, &mut moved).unwrap();
        assert_eq!(code(&report), expected, "{back:?}");
        if let Some(card) = stage
            .hand
            .look(|card| card.map(|card| card.snapshot().tries_left(0x81)))
        {
            assert_eq!(card, Some(3));
            assert_eq!(verifies(&stage), usize::from(expected == "identified"));
        }
    }
}

/// Types the PIN after another program reset the card.
struct Interrupted<'v>(&'v Varco);

impl PinEntry for Interrupted<'_> {
    fn attendance(&self) -> Attendance {
        Attendance::Attended
    }
    fn ask(&mut self, _: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        let other = self.0.connect(None, WAIT_DEFAULT).unwrap();
        other.close(Disposition::Reset).unwrap();
        Ok(Pin::take_from(&mut PIN.as_bytes().to_vec()).unwrap())
    }
}

#[test]
fn a_card_that_another_program_reset_while_the_pin_was_typed_is_the_same_if_it_proves_the_same_key() {
    for (card, expected) in [
        ("cie-actalis", "identified"),
        ("cie-clone-device", "card-not-genuine"),
    ] {
        let stage = stage(card, ExtendedLength::Supported);
        let report = stage
            .varco
            .login(&stage.options, &mut Interrupted(&stage.varco))
            .unwrap();
        assert_eq!(code(&report), expected);
        assert_eq!(tries(&stage), 3);
    }
}
