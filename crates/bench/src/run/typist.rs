//! The person at the reader: types what the scenario says, and does with the other hand what it says happens meanwhile.
//!
//! Not here: whether it was right.

use std::collections::VecDeque;

use varco::entry::TerminalEntry;
use varco::played::ccid::{Entry, ReaderControl};
use varco::steps::{PadLanguage, PadTerms, Pin};
use varco::{Attendance, EntryError, EntryPlace, Locale, Messages, PinEntry, PinQuestion};

use crate::scenario::{Meanwhile, Typed};
use crate::target::{Hindrance, Holding, Stage};

/// How long the reader waits for its keys.
const KEYS_S: u8 = 30;

/// What is to be typed at a question, and what happens before it is.
pub(super) type Planned = (Typed, Option<Meanwhile>);

/// A person who has been told what to type.
pub(super) struct Typist<'t> {
    stage: &'t dyn Stage,
    plan: VecDeque<Planned>,
    /// In which a person is asked.
    locale: Locale,
    /// How many values were asked for.
    pub(super) asked: u32,
    /// A value was asked for that the scenario does not type.
    pub(super) is_at_a_loss: bool,
    /// Why something was not done.
    pub(super) hindrance: Option<Hindrance>,
}

impl<'t> Typist<'t> {
    pub(super) fn new(stage: &'t dyn Stage, plan: VecDeque<Planned>, locale: Locale) -> Self {
        Self {
            stage,
            plan,
            locale,
            asked: 0,
            is_at_a_loss: false,
            hindrance: None,
        }
    }

    fn do_meanwhile(&mut self, meanwhile: Option<Meanwhile>) -> Result<(), EntryError> {
        let done = match meanwhile {
            None => Ok(()),
            Some(Meanwhile::Remove) => self.stage.remove(),
            Some(Meanwhile::Reset) => self.stage.reset(Holding::Held),
        };
        done.map_err(|hindrance| self.hindered(hindrance))
    }

    fn hindered(&mut self, hindrance: Hindrance) -> EntryError {
        self.hindrance.get_or_insert(hindrance);
        EntryError::Cancelled
    }

    fn next(&mut self) -> Result<Planned, EntryError> {
        self.plan.pop_front().ok_or_else(|| {
            self.is_at_a_loss = true;
            EntryError::Cancelled
        })
    }

    /// All that is planned, on the reader's keys: it asks for more than one value by itself.
    fn press_all(&mut self, keys: &ReaderControl) -> Result<(), EntryError> {
        if self.plan.is_empty() {
            self.is_at_a_loss = true;
            return Err(EntryError::Cancelled);
        }
        while let Some((typed, meanwhile)) = self.plan.pop_front() {
            self.do_meanwhile(meanwhile)?;
            let value = self
                .stage
                .value(&typed)
                .map_err(|hindrance| self.hindered(hindrance))?;
            let entry = match &value {
                None => Some(Entry::Cancelled),
                Some(digits) => str::from_utf8(digits).ok().and_then(Entry::typed),
            };
            let Some(entry) = entry else {
                let detail = "the reader has no keys for this value";
                return Err(self.hindered(Hindrance::not_applicable("bench-na-keys", detail)));
            };
            keys.press(entry);
        }
        Ok(())
    }
}

/// Whether a holder can type it without being told which digits.
fn is_known_to_holder(typed: &Typed) -> bool {
    matches!(typed, Typed::Pin | Typed::NewPin | Typed::Puk)
}

impl PinEntry for Typist<'_> {
    fn attendance(&self) -> Attendance {
        Attendance::Attended
    }

    fn place(&self) -> EntryPlace {
        match self.stage.keys() {
            None => EntryPlace::Host,
            Some(_) => EntryPlace::Reader(PadTerms {
                timeout_s: KEYS_S,
                language: PadLanguage::English,
            }),
        }
    }

    fn ask(&mut self, question: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        self.asked += 1;
        let (typed, meanwhile) = self.next()?;
        self.do_meanwhile(meanwhile)?;
        let value = match self.stage.value(&typed) {
            Ok(value) => value,
            // Whoever holds the card knows it.
            Err(_) if self.stage.asks_person() && is_known_to_holder(&typed) => {
                return TerminalEntry::new(Messages::new(self.locale)).ask(question);
            }
            Err(hindrance) => return Err(self.hindered(hindrance)),
        };
        let mut value = value.ok_or(EntryError::Cancelled)?;
        Pin::take_from(&mut value).map_err(|_| EntryError::TooLong)
    }

    fn guide(&mut self, _: &PinQuestion<'_>, next: Option<&PinQuestion<'_>>) -> Result<(), EntryError> {
        // The reader asks for a new value twice.
        self.asked += if next.is_some() { 3 } else { 1 };
        match self.stage.keys() {
            Some(keys) => self.press_all(&keys),
            None => Err(EntryError::Cancelled),
        }
    }

    fn guided(&mut self) {
        if let Some(keys) = self.stage.keys() {
            keys.forget_entries();
        }
    }
}
