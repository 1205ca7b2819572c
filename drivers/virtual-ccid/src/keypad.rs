//! The keypad: what a person does on it, and how that becomes digits or an end.
//!
//! Not here: what is done with the digits (`pin`). They wipe themselves and do not print.

use core::fmt;

use varco_emulator::{EntryEnd, EntryOf, KeypadEvent};
use zeroize::Zeroizing;

use crate::pin::{Operation, condition};

/// The most keys of one entry.
const KEYS_MAX: usize = 64;
/// The key that takes the last digit back.
const CORRECTION: u8 = b'<';

/// What a person does when the reader asks for digits, once.
#[derive(Debug)]
pub enum Entry {
    /// Types, and confirms.
    Typed(Keys),
    /// Presses the cancel key.
    Cancelled,
    /// Does nothing until the reader gives up. It is not waited for.
    TimedOut,
}

/// Keys that are pressed one after the other. They wipe themselves and do not print.
pub struct Keys(Zeroizing<Vec<u8>>);

impl Keys {
    /// Digits, and `<` for the key that takes the last one back; `None` for anything else and above 64 keys.
    #[must_use]
    pub fn new(keys: &str) -> Option<Self> {
        let are_keys = keys.bytes().all(|key| key.is_ascii_digit() || key == CORRECTION);
        (are_keys && keys.len() <= KEYS_MAX).then(|| Self(Zeroizing::new(keys.as_bytes().to_vec())))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(hidden)")
    }
}

impl Entry {
    /// Types these keys and confirms: as [`Keys::new`].
    #[must_use]
    pub fn typed(keys: &str) -> Option<Self> {
        Keys::new(keys).map(Self::Typed)
    }

    /// Out of a word: `cancel`, `timeout`, or keys.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "cancel" => Some(Self::Cancelled),
            "timeout" => Some(Self::TimedOut),
            keys => Self::typed(keys),
        }
    }
}

/// Digits that were confirmed.
pub(crate) struct Digits(Zeroizing<Vec<u8>>);

impl Digits {
    /// As numbers from 0 to 9.
    pub(crate) fn values(&self) -> impl ExactSizeIterator<Item = u8> {
        self.0.iter().map(|digit| digit & 0x0F)
    }
}

/// What follows after an entry.
pub(crate) enum After {
    /// The next is asked for.
    Next,
    /// All is there: the command for the card.
    Whole(Zeroizing<Vec<u8>>),
    /// It ended otherwise.
    Ended(EntryEnd),
}

/// The entries of one operation.
pub(crate) struct Dialogue {
    operation: Operation,
    typed: Vec<Digits>,
}

impl Dialogue {
    pub(crate) fn new(operation: Operation) -> Self {
        Self {
            operation,
            typed: Vec::new(),
        }
    }

    pub(crate) fn prologue(&self) -> [u8; 3] {
        self.operation.prologue
    }

    pub(crate) fn timeout_s(&self) -> u8 {
        self.operation.timeout_s
    }

    /// What the reader shows now.
    pub(crate) fn asked(&self) -> KeypadEvent {
        let (of, message) = self.prompt();
        KeypadEvent::Asked {
            of,
            digits_min: self.operation.digits_min,
            digits_max: self.operation.digits_max,
            timeout_s: self.operation.timeout_s,
            message,
        }
    }

    fn prompt(&self) -> (EntryOf, Option<u8>) {
        let prompt = self.operation.prompts.get(self.typed.len());
        prompt.copied().unwrap_or((EntryOf::Pin, None))
    }

    /// Takes what was done at the prompt.
    pub(crate) fn take(&mut self, entry: &Entry) -> After {
        let digits = match entry {
            Entry::Cancelled => return After::Ended(EntryEnd::Cancelled),
            Entry::TimedOut => return After::Ended(EntryEnd::TimedOut),
            Entry::Typed(keys) => match self.digits(keys) {
                Ok(digits) => digits,
                Err(end) => return After::Ended(end),
            },
        };
        if self.prompt().0 == EntryOf::Confirmation && self.typed.last().is_none_or(|new| *new.0 != *digits.0)
        {
            return After::Ended(EntryEnd::Differing);
        }
        self.typed.push(digits);
        if self.typed.len() < self.operation.prompts.len() {
            return After::Next;
        }
        After::Whole(self.operation.command(&self.typed))
    }

    fn digits(&self, keys: &Keys) -> Result<Digits, EntryEnd> {
        let (least, most) = (
            usize::from(self.operation.digits_min),
            usize::from(self.operation.digits_max),
        );
        let ends_by = |which: u8| self.operation.conditions & which != 0;
        let mut digits = Zeroizing::new(Vec::with_capacity(KEYS_MAX));
        for key in keys.0.iter() {
            if *key == CORRECTION {
                digits.pop();
            } else {
                digits.push(*key);
            }
            if digits.len() == most && ends_by(condition::MAX_REACHED) {
                return Ok(Digits(digits));
            }
        }
        // Where the key does not end it, time does, or nothing.
        if !ends_by(condition::KEY_PRESSED) && !ends_by(condition::TIMED_OUT) {
            return Err(EntryEnd::TimedOut);
        }
        if (least..=most).contains(&digits.len()) {
            Ok(Digits(digits))
        } else {
            Err(EntryEnd::WrongLength)
        }
    }
}

#[cfg(test)]
mod tests;
