//! The codice fiscale of a person: structure, check letter, omocodia, and what it tells of birth. `[cns §7]`
//!
//! It does not derive a code from a name, know which places exist when, or take the 11-digit codes of legal
//! persons: a CNS always carries the 16 characters.

mod alphabet;
#[cfg(test)]
mod tests;

use std::fmt;

use alphabet::{DIGIT_PLACES, check_letter, digit_of};

/// Why a text is not the codice fiscale of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodiceFiscaleError {
    /// Not 16 ASCII characters.
    #[error("codice fiscale is not 16 characters long")]
    Length,
    /// A letter where a digit belongs, or the reverse.
    #[error("codice fiscale has a character of the wrong kind")]
    Structure,
    /// The month letter is none of the twelve.
    #[error("codice fiscale has no valid month letter")]
    Month,
    /// The day does not exist in that month.
    #[error("codice fiscale has a day that does not exist")]
    Day,
    /// The last letter is not the check of the first 15 characters.
    #[error("codice fiscale has a wrong check letter")]
    CheckLetter,
}

impl CodiceFiscaleError {
    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Length => "codice-fiscale-length",
            Self::Structure => "codice-fiscale-structure",
            Self::Month => "codice-fiscale-month",
            Self::Day => "codice-fiscale-day",
            Self::CheckLetter => "codice-fiscale-check-letter",
        }
    }
}

/// Sex as the code encodes it: 40 is added to a woman's day of birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    /// Days 1 to 31.
    Male,
    /// Days 41 to 71.
    Female,
}

/// Year of birth, as far as it is known.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum BirthYear {
    /// All four digits, from a source beside the code.
    Known(i16),
    /// The two digits of the code, 0 to 99; the century is not encoded.
    TwoDigits(u8),
}

/// Date of birth, as far as it is known.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BirthDate {
    /// The year.
    pub year: BirthYear,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, 1 to 31.
    pub day: u8,
}

/// A well-formed codice fiscale, upper case. Equality is of the code as written: an omocode differs from its
/// [`CodiceFiscale::base_form`], and they may belong to different persons.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CodiceFiscale {
    text: [u8; 16],
    /// The same with every digit place decoded; its last letter is not recomputed.
    decoded: [u8; 15],
    year: u8,
    month: u8,
    day: u8,
    sex: Sex2,
}

type Sex2 = SexBit;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum SexBit {
    Male,
    Female,
}

