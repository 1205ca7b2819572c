//! A person who changes and unblocks PINs: what is asked, what it costs, what is said, what the card then takes.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

use std::collections::VecDeque;

use varco::steps::{Attendance, CardSecret, Pin, PinId, Tries, TriesLeft};
use varco::trust::{AnchorKind, load_anchors};
use varco::{AskedValue, CareReport, EntryError, LoginError, NotTaken, PinEntry, PinQuestion, Purpose};
use varco_scenario::{PIN, Stage, fixtures};

const PUK: &str = "12345678";
const CIE_PIN: &str = "12345678";
const CIE_PUK: &str = "87654321";

/// Answers in this order, and keeps what was asked.
struct Answers {
    attendance: Attendance,
    answers: VecDeque<&'static str>,
    asked: Vec<Asked>,
}

type Asked = (CardSecret, AskedValue, Option<TriesLeft>, Option<NotTaken>);

impl Answers {
    fn person(answers: &[&'static str]) -> Self {
        Self {
            attendance: Attendance::Attended,
            answers: answers.iter().copied().collect(),
            asked: Vec::new(),
        }
    }

    fn script(answers: &[&'static str]) -> Self {
        Self {
            attendance: Attendance::Scripted,
            ..Self::person(answers)
        }
    }
}

impl PinEntry for Answers {
    fn attendance(&self) -> Attendance {
        self.attendance
    }

    fn ask(&mut self, question: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        self.asked.push((
            question.secret,
            question.value,
            question.tries_left,
            question.not_taken,
        ));
        let answer = self.answers.pop_front().ok_or(EntryError::Cancelled)?;
        Pin::take_from(&mut answer.as_bytes().to_vec()).map_err(|_| EntryError::TooLong)
    }
}

fn change(stage: &Stage, entry: &mut Answers) -> CareReport<()> {
    stage
        .varco
        .change_pin(&stage.options, PinId::User, entry, None)
        .unwrap()
}

fn unblock(stage: &Stage, entry: &mut Answers) -> CareReport<()> {
    stage
        .varco
        .unblock_pin(&stage.options, PinId::User, entry, None)
        .unwrap()
}

fn code<T>(report: &CareReport<T>) -> &'static str {
    report.outcome.as_ref().err().map_or("done", LoginError::code)
}

fn tries(stage: &Stage, reference: u8) -> u8 {
    stage
        .hand
        .look(|card| card.unwrap().snapshot().tries_left(reference))
        .unwrap()
}

fn identity_card(profile: &str) -> Stage {
    let mut stage = Stage::new(profile);
    let csca = load_anchors(&fixtures("pki/csca.der"), AnchorKind::Test).unwrap();
    stage.options.country_signers(csca);
    stage
}

#[test]
fn counters_are_told_with_their_maximum_and_cost_nothing() {
    let stage = Stage::new("cns-st");
    let pins = stage.varco.pin_status(&stage.options).unwrap().outcome.unwrap();
    assert_eq!(pins.len(), 1, "its folder for signatures is not there");
    let known = |left, most| Tries {
        left: TriesLeft::Known(left),
        most,
    };
    assert_eq!(pins[0].pin, known(3, Some(3)));
    assert_eq!(
        pins[0].puk,
        Some(known(10, None)),
        "how many a PUK has is not assumed"
    );

    let stage = Stage::new("cns-idemia-2021");
    let pins = stage.varco.pin_status(&stage.options).unwrap().outcome.unwrap();
    assert_eq!(pins[0].pin.left, TriesLeft::Unknown);
    assert_eq!(tries(&stage, 0x10), 3, "a card that burns tries was not asked");

    let stage = Stage::new("cie-nxp");
    let report = stage.varco.pin_status(&stage.options).unwrap();
    let pins = report.outcome.unwrap();
    assert_eq!(pins[0].pin, known(3, Some(3)));
    assert_eq!(pins[0].puk, Some(known(10, Some(10))));
}

#[test]
fn a_changed_pin_logs_in_and_the_old_one_does_not() {
    for (stage, old, new) in [
        (Stage::new("cns-st"), PIN, "24680"),
        (Stage::new("cns-athena"), PIN, "24680"),
        (Stage::new("cns-idemia-2021"), PIN, "246801"),
    ] {
        let mut person = Answers::person(&[old, new, new]);
        let report = change(&stage, &mut person);
        assert_eq!(code(&report), "done");
        assert_eq!(
            person.asked.iter().map(|asked| asked.1).collect::<Vec<_>>(),
            [AskedValue::Present, AskedValue::New, AskedValue::NewAgain]
        );
        stage.login(new).unwrap().outcome.unwrap();
        assert_eq!(stage.login(old).unwrap().outcome.unwrap_err().code(), "pin-wrong");
    }
}

#[test]
fn a_script_gives_each_secret_once() {
    let stage = Stage::new("cns-st");
    let mut script = Answers::script(&[PIN, "24680"]);
    assert_eq!(code(&change(&stage, &mut script)), "done");
    let stage = Stage::new("cns-blocked");
    let mut script = Answers::script(&[PUK, "24680"]);
    assert_eq!(code(&unblock(&stage, &mut script)), "done");
    assert_eq!((tries(&stage, 0x10), tries(&stage, 0x11)), (3, 10));
    stage.login("24680").unwrap().outcome.unwrap();
}

#[test]
fn a_wrong_pin_at_a_change_costs_one_try_and_is_not_sent_again() {
    let stage = Stage::new("cns-st");
    let report = change(&stage, &mut Answers::script(&["55555", "24680"]));
    assert_eq!(code(&report), "pin-wrong");
    assert_eq!(report.counters.unwrap().pin.left, TriesLeft::Known(2));
    assert_eq!(tries(&stage, 0x10), 2);
    for again in [
        code(&change(&stage, &mut Answers::script(&["55555", "24680"]))),
        stage.login("55555").unwrap().outcome.unwrap_err().code(),
    ] {
        assert_eq!(again, "pin-refused-before");
        assert_eq!(tries(&stage, 0x10), 2);
    }
    // A person is told, and may type another one.
    let mut person = Answers::person(&["55555", PIN, "24680", "24680"]);
    assert_eq!(code(&change(&stage, &mut person)), "done");
    assert_eq!(person.asked[1].3, Some(NotTaken::RefusedBefore));
    // What was refused may be right once the PIN has changed.
    assert_eq!(
        stage.login("55555").unwrap().outcome.unwrap_err().code(),
        "pin-wrong"
    );
}

#[test]
fn new_pins_that_are_no_good_are_refused_before_the_card() {
    let stage = Stage::new("cns-st");
    for (new, expected) in [
        ("11111", "new-pin-uniform"),
        ("23456", "new-pin-run"),
        (PIN, "new-pin-run"),
        ("2468", "new-pin-wrong-form"),
        ("246 80", "new-pin-wrong-form"),
        ("246801357", "new-pin-wrong-form"),
        ("2468a", "new-pin-wrong-form"),
        ("", "new-pin-wrong-form"),
    ] {
        let report = change(&stage, &mut Answers::script(&[PIN, new]));
        assert_eq!(code(&report), expected, "{new:?}");
        assert!(report.sent.is_none());
    }
    assert_eq!(
        code(&change(&stage, &mut Answers::script(&[PIN, "97531"]))),
        "done"
    );
    let same = change(&stage, &mut Answers::script(&["97531", "97531"]));
    assert_eq!(code(&same), "new-pin-same");
    // A person is asked again, three times at most; two different ones are not taken either.
    let mut person = Answers::person(&["97531", "11111", "22222", "33333"]);
    assert_eq!(code(&change(&stage, &mut person)), "new-pin-uniform");
    let mut person = Answers::person(&["97531", "13570", "13571", "13570", "13571", "13570", "13571"]);
    assert_eq!(code(&change(&stage, &mut person)), "new-pin-differs");
    assert_eq!(person.asked[3].3, Some(NotTaken::Differ));
    assert_eq!(tries(&stage, 0x10), 3);
}

#[test]
fn the_last_try_of_a_puk_is_spent_only_where_that_is_allowed() {
    let mut stage = Stage::new("cns-blocked");
    for wrong in 0..9 {
        let puk: &'static str = format!("9{wrong}000000").leak();
        let report = unblock(&stage, &mut Answers::script(&[puk, "24680"]));
        assert_eq!(code(&report), "puk-wrong");
        assert_eq!(tries(&stage, 0x11), 9 - wrong);
    }
    let mut script = Answers::script(&[PUK, "24680"]);
    assert_eq!(code(&unblock(&stage, &mut script)), "puk-last-try");
    assert_eq!(
        (script.asked.len(), tries(&stage, 0x11)),
        (0, 1),
        "nobody is asked in vain"
    );
    stage.options.allow_last_try();
    let mut script = Answers::script(&["99999999", "24680"]);
    assert_eq!(code(&unblock(&stage, &mut script)), "puk-blocked");
    assert_eq!(
        code(&unblock(&stage, &mut Answers::script(&[PUK, "24680"]))),
        "puk-blocked"
    );
}

#[test]
fn an_identity_card_tells_its_counters_before_anybody_types_and_takes_a_new_pin() {
    let stage = identity_card("cie-st");
    let mut person = Answers::person(&[CIE_PIN, "13572468", "13572468"]);
    let report = change(&stage, &mut person);
    assert_eq!(code(&report), "done");
    assert_eq!(person.asked[0].2, Some(TriesLeft::Known(3)), "told before typing");
    let report = change(&stage, &mut Answers::script(&["00000001", "24681357"]));
    assert_eq!(code(&report), "pin-wrong");
    assert_eq!(tries(&stage, 0x81), 2);

    let mut person = Answers::person(&[CIE_PUK, "24681357", "24681357"]);
    let report = unblock(&stage, &mut person);
    assert_eq!(code(&report), "done");
    assert_eq!(person.asked[0].2, Some(TriesLeft::Known(10)));
    assert_eq!((tries(&stage, 0x81), tries(&stage, 0x82)), (3, 10));
    let report = unblock(&stage, &mut Answers::script(&["00000000", "24681357"]));
    assert_eq!(code(&report), "puk-wrong");
    assert_eq!((tries(&stage, 0x81), tries(&stage, 0x82)), (3, 9));
    for (pin, new, expected) in [
        ("2468", "13572468", "pin-wrong-form"),
        ("2468 1357", "13572468", "pin-wrong-form"),
        ("24681357", "1357", "new-pin-wrong-form"),
    ] {
        assert_eq!(code(&change(&stage, &mut Answers::script(&[pin, new]))), expected);
    }
    assert_eq!(tries(&stage, 0x81), 3);
}

#[test]
fn nothing_is_typed_for_an_identity_card_that_will_take_nothing() {
    for (profile, expected) in [("cie-blocked", "pin-blocked"), ("cie-last-try", "pin-last-try")] {
        let stage = identity_card(profile);
        let mut script = Answers::script(&[CIE_PIN, "13572468"]);
        assert_eq!(code(&change(&stage, &mut script)), expected);
        assert!(script.asked.is_empty(), "{profile}");
    }
    let stage = identity_card("cie-blocked");
    let mut script = Answers::script(&[CIE_PUK, "13572468"]);
    assert_eq!(code(&unblock(&stage, &mut script)), "puk-blocked");
    assert!(script.asked.is_empty());
}

#[test]
fn an_identity_card_that_nobody_vouches_for_is_told_no_secret() {
    let stage = Stage::new("cie-st");
    let mut script = Answers::script(&[CIE_PIN, "13572468"]);
    assert_eq!(code(&change(&stage, &mut script)), "country-signers-missing");
    assert!(script.asked.is_empty());
    let stage = identity_card("cie-clone-device");
    let report = change(&stage, &mut Answers::script(&[CIE_PIN, "13572468"]));
    assert_eq!(code(&report), "card-not-genuine");
    assert!(report.sent.is_none());
}

#[test]
fn the_person_is_told_for_what_each_secret_is_asked() {
    struct Purposes(Vec<(Purpose, CardSecret, AskedValue)>);
    impl PinEntry for Purposes {
        fn attendance(&self) -> Attendance {
            Attendance::Attended
        }
        fn ask(&mut self, question: &PinQuestion<'_>) -> Result<Pin, EntryError> {
            self.0.push((question.purpose, question.secret, question.value));
            match question.value {
                AskedValue::Present => {
                    Pin::take_from(&mut PUK.as_bytes().to_vec()).map_err(|_| EntryError::TooLong)
                }
                _ => Err(EntryError::Cancelled),
            }
        }
    }
    let stage = Stage::new("cns-blocked");
    let mut seen = Purposes(Vec::new());
    let report = stage
        .varco
        .unblock_pin(&stage.options, PinId::User, &mut seen, None)
        .unwrap();
    assert_eq!(code(&report), "entry-cancelled");
    assert!(report.sent.is_none());
    assert_eq!(
        seen.0,
        [
            (
                Purpose::UnblockPin,
                CardSecret::Puk(PinId::User),
                AskedValue::Present
            ),
            (Purpose::UnblockPin, CardSecret::USER_PIN, AskedValue::New),
        ]
    );
    assert_eq!(tries(&stage, 0x11), 10);
}
