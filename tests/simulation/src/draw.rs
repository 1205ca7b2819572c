//! What is drawn for a step: what is done, what is answered, what goes wrong.
//!
//! Not here: the generator (`dice`).

use crate::calls::Action;
use crate::card::Secret;
use crate::dice::Dice;
use crate::link::{Fault, Plan};
use crate::others::{Event, Foreign};
use crate::person::Answers;
use crate::step::NO_ANSWER;

/// Status words that stand in place of an answer.
const GARBAGE: [u16; 12] = [
    0x9000, 0x9001, 0x6300, 0x63C0, 0x63C5, 0x6983, 0x6984, 0x6581, 0x6F00, 0x6700, 0x6A88, 0x0000,
];
/// How often in a hundred a login, which takes a certificate's path and an RSA signature, is drawn for a CNS. An identity
/// card opens its channel for anything, so that a login costs it little more.
const LOGINS_CNS: u32 = 1;
const LOGINS_DOCUMENT: u32 = 30;

/// Values that a card knows, or refused.
pub(crate) struct Values {
    pub(crate) right: String,
    pub(crate) of_other: Option<String>,
    pub(crate) repeated: Option<String>,
    pub(crate) length: (u32, u32),
}

pub(crate) fn action(dice: &mut Dice, is_document: bool) -> Action {
    let logins = if is_document { LOGINS_DOCUMENT } else { LOGINS_CNS };
    match dice.below(100) {
        drawn if drawn < logins => Action::Login,
        drawn if drawn < logins + 12 => Action::Status,
        drawn if drawn < logins + (100 - logins) * 2 / 3 => Action::Change,
        _ => Action::Unblock,
    }
}

/// What happens between two steps.
pub(crate) fn at_rest(dice: &mut Dice) -> Option<Event> {
    if !dice.percent(12) {
        return None;
    }
    Some(match dice.below(6) {
        0 => Event::Out,
        1 => Event::OutAndIn,
        2 => Event::Exchange,
        3 => Event::Reset,
        _ => Event::Foreign(foreign(dice)),
    })
}

fn foreign(dice: &mut Dice) -> Foreign {
    Foreign {
        secret: if dice.percent(75) {
            Secret::Pin
        } else {
            Secret::Puk
        },
        is_right: dice.percent(45),
        times: dice.pick(&[1, 1, 2, 2, 3, 9]),
        resets: dice.percent(30),
    }
}

fn event(dice: &mut Dice, may_nest: bool) -> Event {
    match dice.below(12) {
        0 => Event::Out,
        1 => Event::OutAndIn,
        2 => Event::Exchange,
        3 => Event::Reset,
        4 => Event::Hold,
        5..=7 if may_nest => Event::Process(dice.below(3) as usize),
        _ => Event::Foreign(foreign(dice)),
    }
}

fn fault(dice: &mut Dice) -> Fault {
    match dice.below(8) {
        0 => Fault::CommandLost,
        1 | 2 => Fault::AnswerLost,
        3 => Fault::Garbage(dice.pick(&GARBAGE)),
        4 => Fault::Cut(dice.below(4) as usize),
        5 => Fault::OutBefore,
        6 => Fault::OutAfter,
        _ => Fault::Exchanged,
    }
}

pub(crate) fn plan(dice: &mut Dice, may_nest: bool) -> Plan {
    let mut plan = Plan::default();
    if dice.percent(12) {
        plan.at_begin = Some((dice.below(10), event(dice, may_nest)));
    }
    if dice.percent(15) {
        plan.while_typing = Some(event(dice, may_nest));
    }
    if dice.percent(6) {
        plan.at_exchange = Some((dice.below(30), fault(dice)));
    }
    if dice.percent(6) {
        plan.at_value = Some(fault(dice));
    }
    if dice.percent(3) {
        plan.at_new_pin = Some(fault(dice));
    }
    if dice.percent(4) {
        plan.at_question = Some(fault(dice));
    }
    if dice.percent(2) {
        plan.resets_fail = 1 + dice.below(2);
    }
    plan
}

fn good(dice: &mut Dice, values: &Values) -> String {
    let (least, most) = values.length;
    let length = least + dice.below(most - least + 1);
    dice.digits(length)
}

fn malformed(dice: &mut Dice) -> String {
    dice.pick(&[
        "",
        "1",
        "1234",
        "123456789",
        "12a456",
        "12 456",
        "１２３４",
        "12345678901234567890123456789012345",
    ])
    .to_owned()
}

fn present(dice: &mut Dice, values: &Values) -> String {
    match dice.below(100) {
        0..48 => values.right.clone(),
        48..62 => values.repeated.clone().unwrap_or_else(|| good(dice, values)),
        62..70 => malformed(dice),
        70..76 => values.of_other.clone().unwrap_or_else(|| good(dice, values)),
        _ => good(dice, values),
    }
}

fn new(dice: &mut Dice, values: &Values) -> String {
    match dice.below(100) {
        0..4 => malformed(dice),
        4..8 => "77777777".to_owned(),
        8..12 => "12345678".to_owned(),
        12..16 => values.right.clone(),
        _ => good(dice, values),
    }
}

pub(crate) fn answers(dice: &mut Dice, values: &Values) -> Answers {
    let mut answers = Answers::of(
        (0..3).map(|_| present(dice, values)).collect(),
        (0..3).map(|_| new(dice, values)).collect(),
    );
    answers.same_twice = dice.percent(94);
    if dice.percent(8) {
        let why = NO_ANSWER[dice.below(4) as usize].clone();
        answers.stops = Some((dice.below(4), why));
    }
    answers.shrinks_back = dice.percent(2);
    answers
}
