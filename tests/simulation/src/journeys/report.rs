//! What a run tells: how it ended, how often, and what does not hold.
//!
//! Not here: the running (`run`).

use core::fmt;
use std::collections::BTreeMap;

use varco_emulator::fault::Fired;

use super::act::Done;
use super::fault::What;
use super::spec::Spec;

/// How journeys ended, and what struck them, each with how often.
#[derive(Default)]
pub struct Ends {
    /// Of acts: what was reached, or the code of the failure.
    ends: BTreeMap<&'static str, u64>,
    /// Of calls to kept cards.
    kept: BTreeMap<&'static str, u64>,
    faults: BTreeMap<String, u64>,
    cards: BTreeMap<String, u64>,
    /// Journeys, acts and exchanges.
    pub journeys: u64,
    acts: u64,
    exchanges: u64,
    documents: u64,
    /// Journeys for which no fault was drawn, and those in which one struck.
    faultless: u64,
    struck: u64,
    /// Whether one did in this journey.
    is_struck: bool,
    /// Acts without a card to connect to.
    no_card: u64,
    /// Journeys that broke another invariant than the one that is looked for.
    others: u64,
}

impl Ends {
    pub(crate) fn act(
        &mut self,
        done: &Done,
        struck: &[(u64, What)],
        fired: &[(u64, Fired)],
        exchanges: usize,
    ) {
        let has_struck = !struck.is_empty() || !fired.is_empty();
        if has_struck && !self.is_struck {
            self.struck += 1;
            self.is_struck = true;
        }
        *self.ends.entry(done.end).or_default() += 1;
        for call in &done.kept {
            *self.kept.entry(call.failure.unwrap_or("good")).or_default() += 1;
        }
        let fired = fired
            .iter()
            .map(|(_, fired)| fired.plan.fault().name().to_owned());
        for word in struck.iter().map(|(_, what)| what.word()).chain(fired) {
            *self.faults.entry(word).or_default() += 1;
        }
        self.acts += 1;
        self.exchanges += exchanges as u64;
    }

    /// An act for which there was no card to connect to.
    pub(crate) fn no_card(&mut self) {
        self.no_card += 1;
    }

    /// A journey broke an invariant that was not looked for.
    pub(crate) fn broke_another(&mut self) {
        self.others += 1;
    }

    pub(crate) fn journey(&mut self, card: &str, is_document: bool, faults: usize) {
        self.faultless += u64::from(faults == 0);
        *self.cards.entry(card.to_owned()).or_default() += 1;
        self.journeys += 1;
        self.documents += u64::from(is_document);
    }

    /// How many different ends were reached.
    #[must_use]
    pub fn different(&self) -> usize {
        self.ends.len()
    }

    /// How often this end was reached.
    #[must_use]
    pub fn of(&self, end: &str) -> u64 {
        self.ends.get(end).copied().unwrap_or_default()
    }

    /// How many journeys were made with identity cards.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.documents
    }

    /// How many journeys had a fault that struck.
    #[must_use]
    pub fn struck(&self) -> u64 {
        self.struck
    }

    /// How often this fault struck, by its word without value and place.
    #[must_use]
    pub fn of_fault(&self, word: &str) -> u64 {
        self.faults.get(word).copied().unwrap_or_default()
    }

    /// How many journeys broke another invariant than the one that was looked for.
    #[must_use]
    pub fn others(&self) -> u64 {
        self.others
    }

    /// How many acts there were.
    #[must_use]
    pub fn acts(&self) -> u64 {
        self.acts
    }

    /// Adds another's counts.
    pub fn add(&mut self, other: &Self) {
        fn all<K: Ord + Clone>(to: &mut BTreeMap<K, u64>, from: &BTreeMap<K, u64>) {
            for (what, count) in from {
                *to.entry(what.clone()).or_default() += count;
            }
        }
        all(&mut self.ends, &other.ends);
        all(&mut self.kept, &other.kept);
        all(&mut self.faults, &other.faults);
        all(&mut self.cards, &other.cards);
        self.journeys += other.journeys;
        self.acts += other.acts;
        self.exchanges += other.exchanges;
        self.documents += other.documents;
        self.faultless += other.faultless;
        self.struck += other.struck;
        self.no_card += other.no_card;
        self.others += other.others;
    }
}

impl fmt::Display for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "faults that struck")?;
        for (what, count) in &self.faults {
            writeln!(f, "{count:>10}  {what}")?;
        }
        writeln!(f, "cards")?;
        for (what, count) in &self.cards {
            writeln!(f, "{count:>10}  {what}")?;
        }
        writeln!(f, "calls of kept cards")?;
        for (what, count) in &self.kept {
            writeln!(f, "{count:>10}  {what}")?;
        }
        writeln!(f, "ends")?;
        for (what, count) in &self.ends {
            writeln!(f, "{count:>10}  {what}")?;
        }
        writeln!(
            f,
            "{} journeys, {} of them with identity cards, {} acts, {} exchanges, {} different ends",
            self.journeys,
            self.documents,
            self.acts,
            self.exchanges,
            self.different()
        )?;
        writeln!(
            f,
            "a fault struck in {} journeys; {} were drawn without any; {} acts found no card to connect to",
            self.struck, self.faultless, self.no_card
        )
    }
}

/// What does not hold, and the shortest journey that shows it.
#[derive(Debug)]
pub struct Broken {
    /// The invariant, and what is wrong.
    pub invariant: String,
    /// The journey as it was drawn.
    pub spec: Spec,
    /// What is left of it that still breaks the same.
    pub shortest: Spec,
    /// The acts of the shortest, in words without any value.
    pub told: Vec<String>,
    /// The planted bug, where one was.
    pub planted: Option<&'static str>,
}

impl Broken {
    fn command(&self, spec: &Spec) -> String {
        spec.command(self.planted)
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "does not hold: {}", self.invariant)?;
        writeln!(f, "seed {}, journey {}", self.spec.seed, self.spec.journey)?;
        for told in &self.told {
            writeln!(f, "  {told}")?;
        }
        writeln!(f, "to run it again:   {}", self.command(&self.spec))?;
        write!(f, "the shortest of it: {}", self.command(&self.shortest))
    }
}
