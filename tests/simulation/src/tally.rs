//! How often each kind of thing happened: a run that shows a zero has tried nothing of that kind.
//!
//! Not here: what must hold of it (`oracle`).

use core::fmt;
use std::collections::BTreeMap;

use crate::calls::End;
use crate::oracle::Stepped;
use crate::others::Event;

/// Counts by their words.
#[derive(Default)]
pub struct Tally {
    counts: BTreeMap<String, u64>,
    pub(crate) take_ups: u64,
    pub(crate) cards_renewed: u64,
}

impl Tally {
    fn count(&mut self, what: String) {
        *self.counts.entry(what).or_default() += 1;
    }

    pub(crate) fn event(&mut self, event: Event) {
        let word = match event {
            Event::Foreign(foreign) => format!(
                "event: foreign VERIFY of {:?}, {}",
                foreign.secret,
                if foreign.is_right { "right" } else { "wrong" }
            ),
            Event::Process(_) => "event: another process".to_owned(),
            other => format!("event: {other:?}"),
        };
        self.count(word);
    }

    /// A readable card's last try went with a value that was sent blindly.
    pub(crate) fn blind_last_try(&mut self) {
        self.count("last try of a readable card, sent blindly".to_owned());
    }

    pub(crate) fn step(&mut self, stepped: &Stepped<'_>) {
        let who = stepped.terms.attendance;
        self.count(format!("action: {:?}, {who:?}", stepped.action));
        self.count(format!("end: {}", stepped.done.code));
        for struck in &stepped.plan.struck {
            let word = format!("{:?}", struck.fault);
            let word = word.split('(').next().unwrap_or_default();
            let at = match (struck.is_value, struck.is_question) {
                (true, _) => "a value",
                (_, true) => "a question",
                _ => "another command",
            };
            self.count(format!("fault: {word} at {at}"));
        }
        for heard in stepped.values() {
            let is_spent = heard.before.pin_tries > heard.after.pin_tries
                || heard.before.puk_tries > heard.after.puk_tries;
            self.count(format!(
                "card: {:02X} {}",
                heard.ins,
                if is_spent { "cost a try" } else { "cost none" }
            ));
        }
        if stepped.done.end == End::InDoubt {
            let is_changed = stepped
                .heard
                .iter()
                .any(|heard| heard.before.pin != heard.after.pin);
            self.count(format!(
                "doubt: the card has the {} PIN",
                if is_changed { "new" } else { "old" }
            ));
        }
        if stepped.done.reset_failed {
            self.count("reset failed, and told".to_owned());
        }
    }

    /// How often this happened.
    #[must_use]
    pub fn of(&self, what: &str) -> u64 {
        self.counts.get(what).copied().unwrap_or_default()
    }

    /// Adds another's counts.
    pub fn add(&mut self, other: &Self) {
        for (what, count) in &other.counts {
            *self.counts.entry(what.clone()).or_default() += count;
        }
        self.take_ups += other.take_ups;
        self.cards_renewed += other.cards_renewed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, count) in &self.counts {
            writeln!(f, "{count:>10}  {what}")?;
        }
        writeln!(f, "{:>10}  cards taken up", self.take_ups)?;
        writeln!(
            f,
            "{:>10}  dead cards given all their tries again",
            self.cards_renewed
        )
    }
}
