//! Whether the steps of a scenario can follow each other.
//!
//! Not here: what each of them is (`parse`).

use std::collections::{BTreeMap, BTreeSet};

use super::parse::Wrong;
use super::{CardWanted, Do, Expectation, Meanwhile};

/// Where the card is, as far as the steps tell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    In,
    Out,
    /// A fault or a hand may have taken it out.
    Unsure,
}

struct Order<'s> {
    cards: &'s BTreeMap<String, CardWanted>,
    used: BTreeSet<&'s str>,
    place: Place,
    /// Something was typed, or is to break, and no action came yet.
    waiting: Option<(usize, &'static str)>,
    /// The action that expectations are about.
    action: Option<&'s Do>,
    /// An action of which nothing was expected yet.
    unjudged: Option<usize>,
}

pub(super) fn check(
    cards: &BTreeMap<String, CardWanted>,
    steps_at: usize,
    steps: &[(usize, Do)],
) -> Result<(), Wrong> {
    let mut order = Order {
        cards,
        used: BTreeSet::new(),
        place: Place::Out,
        waiting: None,
        action: None,
        unjudged: None,
    };
    for (at, step) in steps {
        order.step(*at, step).map_err(|what| Wrong::new(*at, what))?;
    }
    if let Some((at, what)) = order.waiting {
        return Err(Wrong::new(
            at,
            format!("{what} comes before no action: add one, such as do = \"login\""),
        ));
    }
    if let Some(at) = order.unjudged {
        return Err(Wrong::new(
            at,
            "nothing is expected of this action: add do = \"expect\" after it",
        ));
    }
    if order.action.is_none() {
        return Err(Wrong::new(
            steps_at,
            "there is no action: add one, such as do = \"login\"",
        ));
    }
    if let Some(name) = cards.keys().find(|name| !order.used.contains(name.as_str())) {
        return Err(Wrong::new(
            steps_at,
            format!("card {name:?} is never put in: add a step or leave it out"),
        ));
    }
    Ok(())
}

impl<'s> Order<'s> {
    fn step(&mut self, at: usize, step: &'s Do) -> Result<(), String> {
        match step {
            Do::Insert { card } => self.insert(card)?,
            Do::Remove {} => {
                self.nothing_waits("remove")?;
                if self.place == Place::Out {
                    return Err("no card is in: insert one first".to_owned());
                }
                self.place = Place::Out;
            }
            Do::Type { meanwhile, .. } => {
                if *meanwhile == Some(Meanwhile::Remove) {
                    self.place = Place::Unsure;
                }
                self.waiting = Some((at, "type"));
            }
            Do::Fault { .. } if self.place == Place::Out => {
                return Err("no card is in that could break: insert one first".to_owned());
            }
            Do::Fault { .. } => {
                self.place = Place::Unsure;
                self.waiting = Some((at, "fault"));
            }
            Do::Reset {} if self.place == Place::Out => {
                return Err("no card is in that could be reset: insert one first".to_owned());
            }
            Do::Wait { .. } | Do::Reset {} => {}
            Do::Expect(wanted) => self.expect(wanted)?,
            action => {
                if self.waiting.is_some_and(|(_, what)| what == "type") && !action.asks() {
                    return Err(format!(
                        "{} asks for no value: type before login, pin-change, pin-unblock or run",
                        action.name()
                    ));
                }
                if self.unjudged.is_some() {
                    return Err(
                        "nothing is expected of the action before: add do = \"expect\" after it".to_owned(),
                    );
                }
                self.waiting = None;
                self.action = Some(action);
                self.unjudged = Some(at);
            }
        }
        Ok(())
    }

    fn insert(&mut self, card: &'s str) -> Result<(), String> {
        self.nothing_waits("insert")?;
        if self.place == Place::In {
            return Err("a card is in already: remove it first".to_owned());
        }
        let Some((name, _)) = self.cards.get_key_value(card) else {
            let known: Vec<&str> = self.cards.keys().map(String::as_str).collect();
            return Err(format!(
                "there is no card {card:?}: the cards are {}",
                known.join(", ")
            ));
        };
        self.used.insert(name);
        self.place = Place::In;
        Ok(())
    }

    fn nothing_waits(&self, step: &str) -> Result<(), String> {
        match self.waiting {
            Some((_, "type")) => Err(format!(
                "something was typed and nobody asked: move {step} before `type`, or say what happens by `meanwhile`"
            )),
            _ => Ok(()),
        }
    }

    fn expect(&mut self, wanted: &Expectation) -> Result<(), String> {
        let Some(action) = self.action else {
            return Err(
                "nothing was done of which something could be expected: add an action first".to_owned(),
            );
        };
        if self.waiting.is_some() {
            return Err(
                "an expectation is about the action before: move it before `type` and `fault`".to_owned(),
            );
        }
        if *wanted == Expectation::default() {
            return Err("nothing is expected: say what, such as end = \"logged-in\"".to_owned());
        }
        let is_run = matches!(action, Do::Run { .. });
        let is_login = matches!(action, Do::Login { .. });
        if !is_run && (wanted.exit.is_some() || !wanted.output.is_empty()) {
            return Err("exit and output are of a program: they follow do = \"run\"".to_owned());
        }
        let is_ours = !wanted.end.is_empty()
            || wanted.messages_max.is_some()
            || wanted.card_kind.is_some()
            || wanted.asked.is_some();
        if is_run && is_ours {
            return Err("of a program exit and output can be expected, and tries".to_owned());
        }
        if !is_login && (wanted.decision.is_some() || wanted.identity.is_some()) {
            return Err("decision and identity are of a login".to_owned());
        }
        self.unjudged = None;
        Ok(())
    }
}
