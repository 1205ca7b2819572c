//! Claims about the PIN: its counter, VERIFY, and each status word's outcome.

use varco_card::ExtendedLength;
use varco_credential::{CounterQuery, PinForm, PinReference, PinSession, TriesLeft, Verification};

use crate::script::tries_left;
use crate::script::{ATHENA, ST_1_1, ST_2021, Script, UNKNOWN_MAKER, typed};

const QUERY: &str = "00200090";
const VERIFY_ST: &str = "00200090083132333435FFFFFF";
const VERIFY_ATHENA: &str = "00200010083132333435FFFFFF";

/// What a VERIFY with this answer comes to, on a card whose counter is not asked for.
fn verify(answer: &str) -> String {
    let mut script = Script::new(ATHENA, ExtendedLength::Unknown);
    script.expect(VERIFY_ATHENA, answer);
    script.run(|card, channel| {
        let authorised = typed(card, channel);
        match PinSession::approach(card, channel).and_then(|card| card.open(authorised)) {
            Ok(Verification::Verified(_)) => "verified".to_owned(),
            Ok(Verification::Wrong { tries_left }) => format!("wrong, {tries_left:?}"),
            Ok(Verification::Blocked) => "blocked".to_owned(),
            Ok(Verification::NotEntered(refusal)) => format!("{refusal:?}"),
            Err(error) => error.to_string(),
        }
    })
}

#[test]
fn the_reference_carries_the_search_bit_on_st_masks_only_and_the_form_is_5_to_8() {
    for (atr, reference, query) in [
        (ST_1_1, 0x90, CounterQuery::Free),
        (ST_2021, 0x90, CounterQuery::Free),
        (ATHENA, 0x10, CounterQuery::NotAsked),
        (UNKNOWN_MAKER, 0x10, CounterQuery::NotAsked),
    ] {
        Script::new(atr, ExtendedLength::Unknown).run(|card, _| {
            assert_eq!(card.user_pin().reference, PinReference(reference));
            assert_eq!(card.user_pin().counter_query, query);
            let form = PinForm {
                length_min: 5,
                length_max: 8,
                first_half: None,
            };
            assert_eq!(card.user_pin().form, form);
        });
    }
}

#[test]
fn the_counter_is_asked_for_in_four_bytes_and_known_or_unknown() {
    for (answer, expected) in [
        ("63C3", TriesLeft::Known(3)),
        ("63C1", TriesLeft::Known(1)),
        ("63C0", TriesLeft::Known(0)),
        ("6983", TriesLeft::Known(0)),
        ("9000", TriesLeft::Unknown),
        ("6A88", TriesLeft::Unknown),
        ("6700", TriesLeft::Unknown),
        ("6300", TriesLeft::Unknown),
    ] {
        let mut script = Script::st();
        script.expect(QUERY, answer);
        let outcome = script.run(|card, channel| tries_left(card, channel));
        assert_eq!(outcome.unwrap(), expected, "{answer}");
    }
}

#[test]
fn a_card_that_takes_the_question_for_a_value_is_not_asked_again() {
    let mut script = Script::st();
    script.expect(QUERY, "6300");
    script.run(|card, channel| {
        assert_eq!(tries_left(card, channel).unwrap(), TriesLeft::Unknown);
        assert_eq!(card.user_pin().counter_query, CounterQuery::NotAsked);
        assert_eq!(tries_left(card, channel).unwrap(), TriesLeft::Unknown);
    });
}

#[test]
fn a_card_of_an_unknown_maker_is_never_asked() {
    for atr in [ATHENA, UNKNOWN_MAKER] {
        let outcome = Script::new(atr, ExtendedLength::Unknown).run(tries_left);
        assert_eq!(outcome.unwrap(), TriesLeft::Unknown);
    }
}

#[test]
fn each_answer_to_verify_has_its_outcome() {
    for (answer, outcome) in [
        ("9000", "verified"),
        ("63C2", "wrong, Known(2)"),
        ("63C0", "blocked"),
        ("6983", "blocked"),
        ("6300", "wrong, Unknown"),
        ("6982", "the card answered 6982 to VERIFY (user PIN)"),
        ("6984", "the card answered 6984 to VERIFY (user PIN)"),
        ("6985", "the card answered 6985 to VERIFY (user PIN)"),
        ("6A88", "the card answered 6A88 to VERIFY (user PIN)"),
        ("6700", "the card answered 6700 to VERIFY (user PIN)"),
        ("6C08", "the card answered 6C08 to VERIFY (user PIN)"),
        ("9001", "the card answered 9001 to VERIFY (user PIN)"),
        ("0000", "the card answered 0000 to VERIFY (user PIN)"),
    ] {
        assert_eq!(verify(answer), outcome);
    }
}

#[test]
fn on_st_masks_9001_is_done_and_6300_is_followed_by_a_question() {
    let mut script = Script::st();
    script.expect(VERIFY_ST, "9001");
    script.run(|card, channel| {
        let authorised = typed(card, channel);
        let verification = PinSession::approach(card, channel)
            .and_then(|card| card.open(authorised))
            .unwrap();
        assert!(matches!(verification, Verification::Verified(_)));
    });
    let mut script = Script::st();
    script.expect(VERIFY_ST, "6300");
    script.expect(QUERY, "63C1");
    script.run(|card, channel| {
        let authorised = typed(card, channel);
        let verification = PinSession::approach(card, channel)
            .and_then(|card| card.open(authorised))
            .unwrap();
        let expected = TriesLeft::Known(1);
        assert!(matches!(verification, Verification::Wrong { tries_left } if tries_left == expected));
    });
}
