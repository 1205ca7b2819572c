//! What may be spent of a card's tries. It is asked before anything that could cost one, and looks at the card in the reader
//! right then. What a card's own counter shows not to have been spent is given back.
//!
//! Not here: sending anything. How the serial is read is the caller's ([`crate::rig::known`]).

use std::cell::Cell;

use super::BenchCard;

/// What something may cost at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cost {
    /// One try of the PIN: each VERIFY, also one with the right PIN, and each question for the counter that may cost.
    PinTry,
    /// One try of the PUK.
    PukTry,
    /// The PIN as it is: changed, blocked or unblocked.
    Pin,
}

/// What may be spent on one card.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Budget {
    serial: Option<String>,
    pin_tries: Cell<u8>,
    pin_tries_most: u8,
    puk_tries: Cell<u8>,
    puk_tries_most: u8,
    destructive: bool,
}

/// Tries of one code that were taken from a budget, and what it cost.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Spent {
    /// What was taken before.
    pub taken: u8,
    /// What the card's counter fell by.
    pub cost: u8,
}

/// Why something may not be done.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BudgetError {
    /// The bench file names no serial for the card.
    #[error("the bench file names no serial for this card; give it one, or do nothing that could cost a try")]
    NoSerial,
    /// The card in the reader is another one.
    #[error("the card in the reader is not the one that the bench file names; put that one in")]
    AnotherCard,
    /// The number of the card in the reader could not be read.
    #[error("the number of the card in the reader could not be read: {0}")]
    Unread(String),
    /// There is nothing left to spend.
    #[error("it could cost {what}, and the bench file permits none any more; see {key}")]
    Spent {
        /// What it could cost.
        what: &'static str,
        /// The key of the bench file that permits it.
        key: &'static str,
    },
}

impl BudgetError {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSerial | Self::Spent { .. } => "bench-budget-spent",
            Self::AnotherCard => "bench-another-card",
            Self::Unread(_) => "bench-card-unread",
        }
    }
}

impl Budget {
    /// Nothing may be spent.
    #[must_use]
    pub fn none() -> Self {
        Self {
            serial: None,
            pin_tries: Cell::new(0),
            pin_tries_most: 0,
            puk_tries: Cell::new(0),
            puk_tries_most: 0,
            destructive: false,
        }
    }

    /// What the bench file permits.
    #[must_use]
    pub fn of(card: &BenchCard) -> Self {
        Self {
            serial: card.serial.clone(),
            pin_tries: Cell::new(card.spend_tries),
            pin_tries_most: card.spend_tries,
            puk_tries: Cell::new(card.spend_puk_tries),
            puk_tries_most: card.spend_puk_tries,
            destructive: card.destructive,
        }
    }

    /// Whether anything may be spent at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.serial.is_none() || (self.pin_tries.get() == 0 && self.puk_tries.get() == 0 && !self.destructive)
    }

    /// Takes what something may cost, before it is done. `serial` reads the number of the card in the reader, and is asked each
    /// time: between two commands somebody may have put in another.
    ///
    /// # Errors
    /// [`BudgetError`]; the thing must then not be done, and nothing was taken.
    pub fn take(
        &self,
        cost: Cost,
        serial: &mut dyn FnMut() -> Result<String, String>,
    ) -> Result<(), BudgetError> {
        self.take_all(&[cost], serial)
    }

    /// Takes all of this, or nothing.
    ///
    /// # Errors
    /// As [`Budget::take`].
    pub fn take_all(
        &self,
        costs: &[Cost],
        serial: &mut dyn FnMut() -> Result<String, String>,
    ) -> Result<(), BudgetError> {
        let wanted = self.serial.as_deref().ok_or(BudgetError::NoSerial)?;
        let spent = |what, key| BudgetError::Spent { what, key };
        let (mut pin, mut puk) = (self.pin_tries.get(), self.puk_tries.get());
        for cost in costs {
            let one = |left: u8, error| left.checked_sub(1).ok_or(error);
            match cost {
                Cost::PinTry => pin = one(pin, spent("a try of the PIN", "spend_tries"))?,
                Cost::PukTry => puk = one(puk, spent("a try of the PUK", "spend_puk_tries"))?,
                Cost::Pin if self.destructive => {}
                Cost::Pin => return Err(spent("the PIN as it is", "destructive")),
            }
        }
        if serial().map_err(BudgetError::Unread)? != wanted {
            return Err(BudgetError::AnotherCard);
        }
        self.pin_tries.set(pin);
        self.puk_tries.set(puk);
        Ok(())
    }

    /// Puts right what was taken, once the card's own counters told what it cost: tries that were taken and not spent come back,
    /// others that were spent go. Without counters nothing is put right, as nobody knows what a command that failed has cost.
    pub fn settle(&self, pin: Spent, puk: Spent) {
        for (purse, most, Spent { taken, cost }) in [
            (&self.pin_tries, self.pin_tries_most, pin),
            (&self.puk_tries, self.puk_tries_most, puk),
        ] {
            purse.set(purse.get().saturating_add(taken).saturating_sub(cost).min(most));
        }
    }
}
