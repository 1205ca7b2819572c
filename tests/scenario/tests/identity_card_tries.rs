//! The counter of an identity card's PIN: three wrong ones block it, a right one gives all tries back, and what the report
//! tells is what the card counts.
//!
//! Not here: changes and unblocking (`pin_care`).
#![allow(clippy::unwrap_used, reason = "test code: what fails here fails the test")]

use varco::steps::TriesLeft;
use varco::{LoginReport, PinReport};
use varco_card::ExtendedLength;
use varco_scenario::Stage;
use varco_scenario::identity::{FAMILIES, PIN, WRONG, WRONG_THREE, WRONG_TOO, code, stage, tries};

const WRONG_FOUR: &str = "11223377";

/// A login whose report must tell what the card counts, after a right PIN what it counted before; gives its code and
/// whether a value was sent.
fn login(stage: &Stage, typed: &str) -> (&'static str, bool) {
    let before = (stage.verifies(), tries(stage));
    let report: LoginReport = stage.login(typed).unwrap();
    let PinReport { tries_left, sent, .. } = report.pin.unwrap();
    let told = if report.outcome.is_ok() {
        before.1
    } else {
        tries(stage)
    };
    assert_eq!(tries_left, TriesLeft::Known(told), "{}", code(&report));
    assert_eq!(
        stage.verifies() - before.0,
        usize::from(sent),
        "{}",
        code(&report)
    );
    (code(&report), sent)
}

#[test]
fn three_wrong_pins_block_and_the_right_one_is_not_even_sent_then() {
    // Among the families are both words for a last wrong PIN, 63C0 and 6983.
    for card in FAMILIES {
        for length in [ExtendedLength::Supported, ExtendedLength::Unsupported] {
            let mut stage = stage(card, length);
            stage.options.allow_last_try();
            for (typed, expected, left) in [
                (WRONG, ("pin-wrong", true), 2),
                (WRONG_TOO, ("pin-wrong", true), 1),
                (WRONG_THREE, ("pin-blocked", true), 0),
                (PIN, ("pin-blocked", false), 0),
                (WRONG_FOUR, ("pin-blocked", false), 0),
            ] {
                assert_eq!(login(&stage, typed), expected, "{card}, {length:?}");
                assert_eq!(tries(&stage), left, "{card}, {length:?}");
            }
        }
    }
}

#[test]
fn a_right_pin_gives_all_tries_back_also_by_the_last_of_them() {
    for card in FAMILIES {
        let mut stage = stage(card, ExtendedLength::Supported);
        for (typed, expected, left) in [
            (WRONG, "pin-wrong", 2),
            (PIN, "identified", 3),
            (WRONG_TOO, "pin-wrong", 2),
            (WRONG_THREE, "pin-wrong", 1),
        ] {
            assert_eq!(login(&stage, typed), (expected, true), "{card}");
            assert_eq!(tries(&stage), left, "{card}");
        }
        assert_eq!(login(&stage, PIN), ("pin-last-try", false), "{card}");
        stage.options.allow_last_try();
        assert_eq!(login(&stage, PIN), ("identified", true), "{card}");
        assert_eq!(tries(&stage), 3, "{card}");
    }
}

#[test]
fn a_card_with_one_try_left_spends_it_only_where_somebody_said_so() {
    for (typed, expected, left) in [(PIN, "identified", 3), (WRONG, "pin-blocked", 0)] {
        let mut stage = stage("cie-last-try", ExtendedLength::Supported);
        assert_eq!(login(&stage, typed), ("pin-last-try", false));
        stage.options.allow_last_try();
        assert_eq!(login(&stage, typed), (expected, true));
        assert_eq!(tries(&stage), left);
    }
}

#[test]
fn a_blocked_card_stays_blocked_and_is_sent_nothing_whatever_is_allowed() {
    let mut stage = stage("cie-blocked", ExtendedLength::Supported);
    stage.options.allow_last_try();
    for typed in [PIN, WRONG, PIN] {
        assert_eq!(login(&stage, typed), ("pin-blocked", false));
    }
    assert_eq!((tries(&stage), stage.verifies()), (0, 0));
}

#[test]
fn a_value_of_another_form_costs_neither_a_try_nor_a_channel() {
    for typed in ["", "1234567", "123456789", "1234567x", "1234 678"] {
        let stage = stage("cie-actalis", ExtendedLength::Supported);
        let report = stage.login(typed).unwrap();
        assert_eq!(code(&report), "pin-wrong-form", "{typed:?}");
        assert!(!report.pin.unwrap().sent);
        assert_eq!((tries(&stage), stage.verifies()), (3, 0));
        // EF.ATR, the application, number, key, and the security object in two parts.
        assert_eq!(report.exchanges, 6, "{typed:?}");
    }
}
