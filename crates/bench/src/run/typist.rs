//! The person at the reader: types what the scenario says, and does with the other hand what it says happens meanwhile.
//!
//! Not here: whether it was right.

use std::collections::VecDeque;

use varco::entry::TerminalEntry;
use varco::steps::{PadLanguage, PadTerms, Pin};
use varco::{Attendance, EntryError, EntryPlace, Locale, Messages, PinEntry, PinQuestion};

use crate::rig::Keys;
use crate::scenario::{Meanwhile, Typed};
use crate::target::{Hindrance, Holding, Stage, Value};

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
    /// How many went out.
    pub(super) given: u32,
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
            given: 0,
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
    fn press_all(&mut self) -> Result<(), EntryError> {
        if self.plan.is_empty() {
            self.is_at_a_loss = true;
            return Err(EntryError::Cancelled);
        }
        let mut values = Vec::new();
        while let Some((typed, meanwhile)) = self.plan.pop_front() {
            self.do_meanwhile(meanwhile)?;
            let value = self.stage.value(&typed);
            values.push((
                Keys::of(&typed),
                value.map_err(|hindrance| self.hindered(hindrance))?,
            ));
        }
        self.given += u32::try_from(values.len()).unwrap_or(u32::MAX);
        let pressing = self.stage.press(values);
        pressing.map_err(|hindrance| self.hindered(hindrance))
    }

    /// Whoever holds the card types it at the terminal.
    fn ask_holder(&self, question: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        self.stage.by_hand(true);
        let typed = TerminalEntry::new(Messages::new(self.locale)).ask(question);
        self.stage.by_hand(false);
        typed
    }
}

impl PinEntry for Typist<'_> {
    fn attendance(&self) -> Attendance {
        Attendance::Attended
    }

    fn place(&self) -> EntryPlace {
        if !self.stage.has_keypad() {
            return EntryPlace::Host;
        }
        EntryPlace::Reader(PadTerms {
            timeout_s: KEYS_S,
            language: PadLanguage::English,
        })
    }

    fn ask(&mut self, question: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        self.asked += 1;
        let (typed, meanwhile) = self.next()?;
        self.do_meanwhile(meanwhile)?;
        let value = self.stage.value(&typed);
        let pin = match value.map_err(|hindrance| self.hindered(hindrance))? {
            Value::Digits(mut digits) => Pin::take_from(&mut digits).map_err(|_| EntryError::TooLong)?,
            Value::Cancel => return Err(EntryError::Cancelled),
            Value::HolderKnows => {
                let pin = self.ask_holder(question)?;
                // It took its time: somebody may have put in another card.
                self.stage
                    .is_same()
                    .map_err(|hindrance| self.hindered(hindrance))?;
                pin
            }
        };
        self.given += 1;
        Ok(pin)
    }

    fn guide(&mut self, _: &PinQuestion<'_>, next: Option<&PinQuestion<'_>>) -> Result<(), EntryError> {
        // The reader asks for a new value twice.
        self.asked += if next.is_some() { 3 } else { 1 };
        self.press_all()
    }

    fn guided(&mut self) {
        if let Err(hindrance) = self.stage.pressed() {
            self.hindrance.get_or_insert(hindrance);
        }
    }
}
