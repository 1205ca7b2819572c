//! Claims about a new PIN: the bytes of CHANGE REFERENCE DATA and RESET RETRY COUNTER, and each answer's outcome.

use varco_apdu::Pin;
use varco_card::{CardChannel, ExtendedLength, LinkError};
use varco_credential::{
    Approached, Attempt, Attendance, CardError, CardSecret, Given, LastTry, LoginCard, NewPinError,
    NewPinWay, PinId, PinOutcome, PinRules, PinUse, TriesLeft, UnknownTries,
};

use crate::script::{ATHENA, Script, told};

const CHANGE_ST: &str = "00240090103132333435FFFFFF3234363830FFFFFF";
const UNBLOCK_ST: &str = "002C00901038373635343332393234363830FFFFFF";
const CHANGE_ATHENA: &str = "00240010103132333435FFFFFF3234363830FFFFFF";
const UNBLOCK_ATHENA: &str = "002C00101038373635343332393234363830FFFFFF";
const PUK_QUERY: &str = "00200091";

fn pin(digits: &str) -> Pin {
    Pin::take_from(&mut digits.as_bytes().to_vec()).unwrap()
}

/// Brings the new PIN 24680, with the PIN 12345 or the PUK 87654329.
fn renew(
    card: &mut dyn LoginCard,
    channel: &mut dyn CardChannel,
    purpose: PinUse,
) -> Result<PinOutcome, NewPinError> {
    let present = match purpose {
        PinUse::Unblock(..) => "87654329",
        _ => "12345",
    };
    let attempt = Attempt {
        purpose,
        present: card.secret(purpose.at_stake()).unwrap(),
        target: card.user_pin(),
        tries_left: told(card, purpose.at_stake()),
        epoch: channel.epoch(),
    };
    let given = Given::Typed {
        present: pin(present),
        new: Some(pin("24680")),
    };
    let mut rules = PinRules::new(Attendance::Attended, LastTry::Refuse, UnknownTries::OneVerify);
    let authorised = rules.authorise(given, &attempt).unwrap();
    Approached::of(card, channel, purpose.at_stake())
        .unwrap()
        .renew(authorised)
}

fn change() -> PinUse {
    PinUse::Change(PinId::User, NewPinWay::OneCommand)
}

fn unblock() -> PinUse {
    PinUse::Unblock(PinId::User, NewPinWay::OneCommand)
}

#[test]
fn both_values_go_in_blocks_of_eight_under_the_reference_of_the_pin() {
    let mut script = Script::st();
    script.expect(CHANGE_ST, "9000");
    let outcome = script.run(|card, channel| renew(card, channel, change()));
    assert_eq!(outcome, Ok(PinOutcome::Verified));
    let mut script = Script::st();
    script.expect(UNBLOCK_ST, "9000");
    let outcome = script.run(|card, channel| renew(card, channel, unblock()));
    assert_eq!(outcome, Ok(PinOutcome::Verified));
    let mut script = Script::new(ATHENA, ExtendedLength::Unknown);
    script.expect(CHANGE_ATHENA, "9000");
    script.expect(UNBLOCK_ATHENA, "9000");
    script.run(|card, channel| {
        assert_eq!(renew(card, channel, change()), Ok(PinOutcome::Verified));
        assert_eq!(renew(card, channel, unblock()), Ok(PinOutcome::Verified));
    });
}

#[test]
fn each_answer_has_its_outcome_and_a_refusal_is_no_doubt() {
    let refused = |status: u16| {
        Err(NewPinError::NotChanged(CardError::Status {
            command: "RESET RETRY COUNTER",
            target: "PUK",
            status: status.into(),
        }))
    };
    for (answer, expected) in [
        (
            "63C9",
            Ok(PinOutcome::Wrong {
                tries_left: TriesLeft::Known(9),
            }),
        ),
        ("63C0", Ok(PinOutcome::Blocked)),
        ("6983", Ok(PinOutcome::Blocked)),
        (
            "6300",
            Ok(PinOutcome::Wrong {
                tries_left: TriesLeft::Unknown,
            }),
        ),
        ("6A80", refused(0x6A80)),
        ("6982", refused(0x6982)),
        ("6D00", refused(0x6D00)),
        ("6700", refused(0x6700)),
    ] {
        let mut script = Script::new(ATHENA, ExtendedLength::Unknown);
        script.expect(UNBLOCK_ATHENA, answer);
        let outcome = script.run(|card, channel| renew(card, channel, unblock()));
        assert_eq!(outcome, expected, "{answer}");
    }
    let mut script = Script::new(ATHENA, ExtendedLength::Unknown);
    script.expect(UNBLOCK_ATHENA, "6A88");
    let outcome = script.run(|card, channel| renew(card, channel, unblock()));
    let absent = CardError::SecretAbsent { secret: "PUK" };
    assert_eq!(outcome, Err(NewPinError::NotChanged(absent)));
}

#[test]
fn a_wrong_puk_without_a_counter_is_followed_by_a_question_to_the_puk() {
    let mut script = Script::st();
    script.expect(UNBLOCK_ST, "6300");
    script.expect(PUK_QUERY, "63C4");
    let outcome = script.run(|card, channel| renew(card, channel, unblock()));
    let tries_left = TriesLeft::Known(4);
    assert_eq!(outcome, Ok(PinOutcome::Wrong { tries_left }));
}

#[test]
fn an_answer_that_does_not_come_is_a_doubt_and_nothing_is_sent_again() {
    let mut script = Script::st();
    script.expect(CHANGE_ST, "");
    let outcome = script.run(|card, channel| renew(card, channel, change()));
    assert_eq!(
        outcome,
        Err(NewPinError::InDoubt(CardError::Link(LinkError::CardRemoved)))
    );
}

#[test]
fn a_pin_for_signatures_is_asked_about_in_its_folder_and_is_absent_without_it() {
    let signature = CardSecret::Pin(PinId::Signature);
    let mut script = Script::st();
    script.expect("00A4080C0414008110", "6A82");
    let outcome = script.run(|card, channel| varco_credential::tries(card, channel, signature));
    let absent = CardError::SecretAbsent {
        secret: "signature PIN",
    };
    assert_eq!(outcome, Err(absent));
    let mut script = Script::st();
    script.expect("00A4080C0414008110", "9000");
    script.expect("0020009A", "63C2");
    let outcome = script.run(|card, channel| varco_credential::tries(card, channel, signature));
    assert_eq!(outcome.unwrap().left, TriesLeft::Known(2));
}
