//! The bench file: the reader, the rig at it, and the cards that may be put in, by name.
//!
//! Not here: any secret. The file has no key for one; secrets come from a person or a file descriptor. Nor what a rig does
//! ([`crate::rig`]).

mod budget;
mod choice;
mod parse;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use varco::CredentialKind;

pub use budget::{Budget, BudgetError, Cost, Spent};
pub use parse::{BENCH_FILE_BYTES_MAX, BenchFileError};

/// The form of bench file that this version reads.
pub const FORMAT: u32 = 1;

/// A bench file, checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BenchFile {
    /// The reader's name or a part of it, as its driver calls it.
    pub reader: String,
    /// Whether values are typed on the reader's own keys.
    pub keypad: bool,
    /// Whose hands are at it.
    pub rig: RigWanted,
    /// The cards, by name.
    pub cards: BTreeMap<String, BenchCard>,
}

/// Whose hands are at the reader.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RigWanted {
    /// Which kind of rig.
    pub kind: RigKind,
    /// How long one insertion, removal or press may take.
    pub timeout: Duration,
}

/// The kinds of rig.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RigKind {
    /// A person at the terminal.
    Prompt,
    /// A program with its arguments.
    Hook(Vec<String>),
}

/// A card that the bench knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BenchCard {
    /// Its number as `varco card` tells it: of a CNS the card number, of a CIE the NIS.
    pub serial: Option<String>,
    /// What kind it must be.
    pub kind: Option<CredentialKind>,
    /// The maker's profile by which it must be recognised.
    pub profile: Option<String>,
    /// How many tries of the PIN all that the bench does may spend.
    pub spend_tries: u8,
    /// The same of the PUK.
    pub spend_puk_tries: u8,
    /// Whether the PIN may be changed, blocked and unblocked.
    pub destructive: bool,
}

impl BenchFile {
    /// Reads a file: its text, and what it says.
    ///
    /// # Errors
    /// [`BenchFileError`] names the line and what to do.
    pub fn read(path: &Path) -> Result<(String, Self), BenchFileError> {
        parse::read(path)
    }

    /// Reads a text; `file` is its name in errors.
    ///
    /// # Errors
    /// [`BenchFileError`] names the line and what to do.
    pub fn parse(file: &str, text: &str) -> Result<Self, BenchFileError> {
        parse::parse(file, text)
    }

    /// What may be spent on the card of this name; nothing on one that the file does not have.
    #[must_use]
    pub fn budget(&self, card: &str) -> Budget {
        self.cards.get(card).map_or_else(Budget::none, Budget::of)
    }

    /// The card with this serial, and its name.
    #[must_use]
    pub fn by_serial(&self, serial: &str) -> Option<(&str, &BenchCard)> {
        self.cards
            .iter()
            .find(|(_, card)| card.serial.as_deref() == Some(serial))
            .map(|(name, card)| (name.as_str(), card))
    }
}
