//! One step: a process takes up the card, does one thing with it by the real code, and is held to the invariants.
//!
//! Not here: the invariants (`oracle`), and the calls (`calls`).

use std::sync::{Arc, PoisonError, TryLockError};

use varco_session::EntryError;

use crate::calls::{self, Action};
use crate::card::{Card, Heard, PROBE, Secret, Secrets, block};
use crate::draw;
use crate::oracle::{self, Stepped};
use crate::others;
use crate::person::{Answers, Person};
use crate::process::Process;
use crate::stage::Stage;

/// A step of a process by itself.
pub(crate) fn outer(stage: &Arc<Stage>) {
    if let Some(event) = stage.dice(draw::at_rest) {
        stage.tell(format!("at rest: {event:?}"));
        others::happen(stage, event);
        stage.let_go();
    }
    if stage.card_inside().is_none() {
        stage.exchange();
    }
    let me = stage.dice(|dice| dice.below(3)) as usize;
    let start: Vec<Secrets> = stage.cards.iter().map(|card| card.secrets()).collect();
    let mut process = stage.processes[me].lock().unwrap();
    take_turn(stage, me, &mut process, true);
    drop(process);
    stage.let_go();
    settle(stage, &start);
}

/// A step of another process within one: none, where it is the same or in the middle of one itself.
pub(crate) fn nested(stage: &Arc<Stage>, other: usize) {
    let locked = stage.processes[other].try_lock();
    match locked {
        Ok(mut process) => take_turn(stage, other, &mut process, false),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Poisoned(poisoned)) => drop(PoisonError::into_inner(poisoned)),
    }
}

fn take_turn(stage: &Arc<Stage>, me: usize, process: &mut Process, is_outer: bool) {
    if !process.take_up(stage, me) {
        return;
    }
    let Some(card) = stage.card_inside() else { return };
    let (action, plan, answers) = stage.dice(|dice| {
        let action = draw::action(dice, card.about.is_document);
        let plan = draw::plan(dice, is_outer);
        let answers = draw::answers(dice, &known_values(stage, process, &card, action));
        (action, plan, answers)
    });
    let from = stage.ears.next_number();
    *process.plan.lock().unwrap() = plan;
    let plan = Arc::clone(&process.plan);
    let terms = process.terms;
    let mut person = Person::new(stage, &plan, terms.attendance, answers);
    let Some(session) = process.session.as_mut() else {
        return;
    };
    let random = stage.dice(|dice| [dice.bytes(), dice.bytes(), dice.bytes()]);
    let done = calls::call(stage, session, action, &mut person, random);
    let sent = done.sent.then(|| action.secret().named());
    session.remember(stage, &person.marked, sent);
    let plan = std::mem::take(&mut *plan.lock().unwrap());
    let heard = heard_by(stage, me, from);
    let stepped = Stepped {
        stage,
        me,
        from,
        is_within: !is_outer,
        action,
        is_document: card.about.is_document,
        terms,
        present: person.present.as_deref().and_then(block),
        new: person.new.as_deref().and_then(block),
        plan: &plan,
        heard: &heard,
        done: &done,
    };
    stage.tell(words(&stepped, is_outer));
    oracle::judge(&stepped, process);
    stage.tally(|tally| tally.step(&stepped));
}

/// All that a process of ours made the cards hear since then, in its order.
fn heard_by(stage: &Stage, me: usize, from: u64) -> Vec<Heard> {
    let mut heard: Vec<Heard> = stage
        .cards
        .iter()
        .flat_map(|card| card.heard_by(me, from))
        .collect();
    heard.sort_by_key(|heard| heard.number);
    heard
}

/// What there is to answer with.
fn known_values(stage: &Stage, process: &Process, card: &Card, action: Action) -> draw::Values {
    let secret = action.secret();
    let secrets = card.secrets();
    let other = stage.cards.iter().find(|other| other.number != card.number);
    let refused = process
        .model
        .iter()
        .filter(|(number, of, _)| (*number, *of) == (card.number, secret));
    // A set has no order of its own.
    let repeated = refused.map(|(_, _, block)| *block).min();
    draw::Values {
        right: secrets.characters(secret),
        of_other: other.map(|other| other.secrets().characters(secret)),
        repeated: repeated.map(|block| {
            Secrets {
                pin: block,
                ..secrets.clone()
            }
            .characters(Secret::Pin)
        }),
        length: if card.about.is_document { (8, 8) } else { (5, 8) },
    }
}

/// What holds of all cards once nothing happens any more.
fn settle(stage: &Stage, start: &[Secrets]) {
    let mut heard: Vec<Heard> = stage.cards.iter().flat_map(|card| card.take_heard()).collect();
    heard.sort_by_key(|heard| heard.number);
    oracle::values_are_kept(stage, start, &heard);
    let blind = std::mem::take(&mut *stage.blind.lock().unwrap());
    oracle::scripts_send_once(stage, blind);
    let Some(card) = stage.card_inside() else { return };
    let is_asked_freely = !card.about.is_document && card.about.make.ends_with("count");
    if is_asked_freely && card.brought_by().is_none() {
        stage
            .ears
            .speaker
            .store(PROBE, std::sync::atomic::Ordering::SeqCst);
        for secret in [Secret::Pin, Secret::Puk] {
            if card.says_verified(secret) {
                stage
                    .fail("invariant 6 (nothing is left verified): the card says that a value is".to_owned());
            }
        }
    }
    let secrets = card.secrets();
    // A card of which nothing more can come is another one from now on.
    let dead = if stage.dice(|dice| dice.percent(30)) {
        secrets.pin_tries == 0 && secrets.puk_tries == 0
    } else {
        false
    };
    if dead {
        stage.tell(format!("card {} is given all its tries again", card.number));
        stage.tally(|tally| tally.cards_renewed += 1);
        card.set_tries(card.about.pin_tries, card.about.puk_tries);
        stage.put_in_again();
    }
}

/// The step in words, without any value.
fn words(stepped: &Stepped<'_>, is_outer: bool) -> String {
    let mut text = format!(
        "{}process {} ({:?}, last try {:?}, unknown {:?}) {:?}",
        if is_outer { "" } else { "  within it: " },
        stepped.me,
        stepped.terms.attendance,
        stepped.terms.last_try,
        stepped.terms.unknown,
        stepped.action
    );
    for event in &stepped.plan.happened {
        text += &format!("; {event:?}");
    }
    for struck in &stepped.plan.struck {
        text += &format!("; {:?} at {:02X}", struck.fault, struck.ins);
    }
    for heard in stepped.heard {
        text += &format!(
            "; card {} {:02X} {} -> {:04X} (PIN {}>{}, PUK {}>{})",
            heard.card,
            heard.ins,
            if heard.is_value { "value" } else { "question" },
            heard.status,
            heard.before.pin_tries,
            heard.after.pin_tries,
            heard.before.puk_tries,
            heard.after.puk_tries
        );
    }
    text + &format!(" => {} told {:?}", stepped.done.code, stepped.done.told)
}

/// Why nobody answers.
pub(crate) const NO_ANSWER: [EntryError; 4] = [
    EntryError::Cancelled,
    EntryError::TimedOut,
    EntryError::TooLong,
    EntryError::Unavailable { what: "end of input" },
];

impl Answers {
    pub(crate) fn of(present: Vec<String>, new: Vec<String>) -> Self {
        Self {
            present,
            new,
            same_twice: true,
            stops: None,
            shrinks_back: false,
        }
    }
}
