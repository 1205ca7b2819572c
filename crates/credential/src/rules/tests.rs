//! Claims about the PIN rules.

use super::*;
use crate::{CounterQuery, PinId, SecretFacts};

const FORM: PinForm = PinForm {
    length_min: 5,
    length_max: 8,
    first_half: None,
};

fn facts(reference: u8) -> SecretFacts {
    SecretFacts {
        form: FORM,
        reference: PinReference(reference),
        counter_query: CounterQuery::Free,
        tries_max: None,
    }
}

fn pin(typed: &str) -> Pin {
    Pin::take_from(&mut typed.as_bytes().to_vec()).unwrap()
}

fn ask(rules: &mut PinRules, typed: &str, tries_left: TriesLeft) -> Result<(), NotSent> {
    let attempt = Attempt::verify(CardSecret::USER_PIN, facts(0x10), tries_left, Epoch::default());
    rules.authorise(Given::typed(pin(typed)), &attempt).map(drop)
}

#[test]
fn a_value_of_the_wrong_form_is_never_authorised() {
    let mut rules = PinRules::new(Attendance::Attended, LastTry::Allow, UnknownTries::OneVerify);
    for typed in ["", "1234", "123456789", "12a45", "１２３４５", "12 345"] {
        assert_eq!(
            ask(&mut rules, typed, TriesLeft::Known(3)),
            Err(NotSent::WrongForm { form: FORM })
        );
    }
    for typed in ["12345", "12345678"] {
        assert_eq!(ask(&mut rules, typed, TriesLeft::Known(3)), Ok(()));
    }
}

#[test]
fn the_last_try_is_spent_only_where_somebody_said_so() {
    for attendance in [Attendance::Attended, Attendance::Scripted] {
        let mut careful = PinRules::new(attendance, LastTry::Refuse, UnknownTries::OneVerify);
        assert_eq!(
            ask(&mut careful, "12345", TriesLeft::Known(1)),
            Err(NotSent::LastTry)
        );
        assert_eq!(ask(&mut careful, "12345", TriesLeft::Known(2)), Ok(()));
        let mut allowed = PinRules::new(attendance, LastTry::Allow, UnknownTries::OneVerify);
        assert_eq!(ask(&mut allowed, "12345", TriesLeft::Known(1)), Ok(()));
        assert_eq!(
            ask(&mut allowed, "12345", TriesLeft::Known(0)),
            Err(NotSent::Blocked)
        );
    }
}

#[test]
fn with_tries_unknown_a_script_sends_once_per_insertion_and_a_person_may_go_on() {
    let mut script = PinRules::new(Attendance::Scripted, LastTry::Refuse, UnknownTries::OneVerify);
    assert_eq!(ask(&mut script, "12345", TriesLeft::Unknown), Ok(()));
    assert_eq!(
        ask(&mut script, "12345", TriesLeft::Unknown),
        Err(NotSent::OncePerInsertion)
    );
    let mut person = PinRules::new(Attendance::Attended, LastTry::Refuse, UnknownTries::OneVerify);
    assert_eq!(ask(&mut person, "12345", TriesLeft::Unknown), Ok(()));
    assert_eq!(ask(&mut person, "12345", TriesLeft::Unknown), Ok(()));
    let mut strict = PinRules::new(Attendance::Attended, LastTry::Allow, UnknownTries::Refuse);
    assert_eq!(
        ask(&mut strict, "12345", TriesLeft::Unknown),
        Err(NotSent::TriesUnknown)
    );
}

#[test]
fn a_value_that_was_refused_is_not_sent_to_the_same_card_again_in_any_insertion() {
    let memory = RefusedValues::new([0x5A; 16]);
    let rules_for = |card: &[u8]| {
        let mut rules = PinRules::new(Attendance::Attended, LastTry::Allow, UnknownTries::OneVerify)
            .remembering(memory.clone());
        rules.recognise(CardIdentity::new(card));
        rules
    };
    let attempt = Attempt::verify(
        CardSecret::USER_PIN,
        facts(0x10),
        TriesLeft::Known(3),
        Epoch::default(),
    );
    let authorised = rules_for(b"one").authorise(Given::typed(pin("55555")), &attempt);
    authorised.unwrap().refusal.unwrap().happened();
    assert_eq!(
        ask(&mut rules_for(b"one"), "55555", TriesLeft::Known(2)),
        Err(NotSent::RefusedBefore)
    );
    assert_eq!(ask(&mut rules_for(b"one"), "55556", TriesLeft::Known(2)), Ok(()));
    assert_eq!(ask(&mut rules_for(b"two"), "55555", TriesLeft::Known(2)), Ok(()));
    rules_for(b"one").note_new_value(CardSecret::USER_PIN);
    assert_eq!(ask(&mut rules_for(b"one"), "55555", TriesLeft::Known(2)), Ok(()));
}

#[test]
fn a_new_pin_must_be_good_and_have_the_form_of_the_pin_whatever_the_puk_has() {
    let puk_form = PinForm {
        length_min: 8,
        ..FORM
    };
    let attempt = Attempt {
        purpose: PinUse::Unblock(PinId::User, NewPinWay::OneCommand),
        present: SecretFacts {
            form: puk_form,
            ..facts(0x11)
        },
        target: facts(0x10),
        tries_left: TriesLeft::Known(10),
        epoch: Epoch::default(),
    };
    let mut rules = PinRules::new(Attendance::Attended, LastTry::Refuse, UnknownTries::OneVerify);
    let mut unblock = |puk: &str, new: &str| {
        let given = Given::Typed {
            present: pin(puk),
            new: Some(pin(new)),
        };
        rules.authorise(given, &attempt).map(drop)
    };
    assert_eq!(unblock("87654329", "24680"), Ok(()));
    assert_eq!(
        unblock("24680", "24680"),
        Err(NotSent::WrongForm { form: puk_form })
    );
    assert_eq!(
        unblock("87654329", "2468"),
        Err(NotSent::NewPin(NewPinProblem::WrongForm { form: FORM }))
    );
    assert_eq!(
        unblock("87654329", "77777"),
        Err(NotSent::NewPin(NewPinProblem::Uniform))
    );
    // A PIN that is the PUK is bad, but no change of one: the rule is about the present PIN.
    assert_eq!(unblock("87654329", "87654329"), Ok(()));
}

#[test]
fn permits_name_each_command_of_a_use_once() {
    let attempt = |purpose| Attempt {
        purpose,
        present: facts(0x11),
        target: facts(0x10),
        tries_left: TriesLeft::Known(3),
        epoch: Epoch::default(),
    };
    let counted = |purpose| {
        let (verify, new_pin) = attempt(purpose).permits();
        (verify.is_some(), new_pin.is_some())
    };
    assert_eq!(counted(PinUse::Verify(CardSecret::USER_PIN)), (true, false));
    for use_of in [PinUse::Change, PinUse::Unblock] {
        assert_eq!(counted(use_of(PinId::User, NewPinWay::OneCommand)), (false, true));
        assert_eq!(
            counted(use_of(PinId::User, NewPinWay::VerifiedFirst)),
            (true, true)
        );
    }
}
