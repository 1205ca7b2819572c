//! The codice fiscale of a person: structure, check letter, omocodia, and what it tells of birth. `[cns §7]`
//!
//! It does not derive a code from a name, know which places exist when, or take the 11-digit codes of legal
//! persons: a CNS always carries the 16 characters.

mod alphabet;

use std::fmt;

use alphabet::{DIGIT_PLACES, check_letter, digit_of, month_of};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

/// A well-formed codice fiscale, upper case.
///
/// Equality is of the code as written: an omocode differs from its [`CodiceFiscale::base_form`], which may be
/// another person's.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CodiceFiscale {
    text: String,
    year: u8,
    month: u8,
    day: u8,
    sex: Sex,
}

impl CodiceFiscale {
    /// Reads and checks 16 characters, in either case.
    ///
    /// Any of the 128 omocode forms is taken. 29 February is accepted in every year that is a leap year in
    /// some century, as the century is not encoded.
    ///
    /// # Errors
    /// [`CodiceFiscaleError`].
    pub fn parse(text: &str) -> Result<Self, CodiceFiscaleError> {
        let upper: [u8; 16] = text
            .as_bytes()
            .to_ascii_uppercase()
            .try_into()
            .map_err(|_| CodiceFiscaleError::Length)?;
        let base = decode(&upper)?;
        let [_, _, _, _, _, _, y1, y2, month, d1, d2, ..] = base;
        let year = (y1 - b'0') * 10 + (y2 - b'0');
        let month = month_of(month).ok_or(CodiceFiscaleError::Month)?;
        let (sex, day) = match (d1 - b'0') * 10 + (d2 - b'0') {
            day @ 1..=31 => (Sex::Male, day),
            day @ 41..=71 => (Sex::Female, day - 40),
            _ => return Err(CodiceFiscaleError::Day),
        };
        if day > days_in(month, year) {
            return Err(CodiceFiscaleError::Day);
        }
        let [body @ .., check] = upper;
        if check_letter(&body) != check {
            return Err(CodiceFiscaleError::CheckLetter);
        }
        Ok(Self {
            text: upper.iter().map(|byte| char::from(*byte)).collect(),
            year,
            month,
            day,
            sex,
        })
    }

    /// The 16 characters, upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether letters stand in places of digits, to tell persons apart whose codes would be equal.
    #[must_use]
    pub fn is_omocode(&self) -> bool {
        self.base_form() != *self
    }

    /// The code with every omocode letter turned back into its digit and the check letter recomputed.
    #[must_use]
    pub fn base_form(&self) -> Self {
        let mut body = [b'0'; 15];
        for ((place, target), byte) in body.iter_mut().enumerate().zip(self.text.bytes()) {
            let digit = if DIGIT_PLACES.contains(&place) {
                digit_of(byte)
            } else {
                None
            };
            *target = digit.unwrap_or(byte);
        }
        let text = body
            .iter()
            .chain(&[check_letter(&body)])
            .map(|byte| char::from(*byte))
            .collect();
        Self { text, ..self.clone() }
    }

    /// Date of birth. `full_year` is the year as another source gives it (EF.Dati_personali); it is believed
    /// only where it ends in the two digits of the code, otherwise the century stays unknown.
    #[must_use]
    pub fn birth_date(&self, full_year: Option<i16>) -> BirthDate {
        let year = match full_year {
            Some(full) if full.rem_euclid(100) == i16::from(self.year) => BirthYear::Known(full),
            _ => BirthYear::TwoDigits(self.year),
        };
        BirthDate {
            year,
            month: self.month,
            day: self.day,
        }
    }

    /// Sex as encoded in the day.
    #[must_use]
    pub fn sex(&self) -> Sex {
        self.sex
    }

    /// Cadastral code of the place of birth: a letter and three digits, `Z` and three digits when abroad.
    #[must_use]
    pub fn birthplace_code(&self) -> String {
        self.base_form().text.chars().skip(11).take(4).collect()
    }
}

/// Shows the type only.
impl fmt::Debug for CodiceFiscale {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CodiceFiscale(..)")
    }
}

/// Shows the type only.
impl fmt::Debug for BirthDate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("BirthDate(..)")
    }
}

/// Shows how much is known, not the year.
impl fmt::Debug for BirthYear {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Known(_) => "Known(..)",
            Self::TwoDigits(_) => "TwoDigits(..)",
        })
    }
}

/// The code with its digit places decoded, after checking that each place holds the kind it must.
fn decode(upper: &[u8; 16]) -> Result<[u8; 16], CodiceFiscaleError> {
    let mut base = *upper;
    for (place, byte) in base.iter_mut().enumerate() {
        if DIGIT_PLACES.contains(&place) {
            *byte = digit_of(*byte).ok_or(CodiceFiscaleError::Structure)?;
        } else if !byte.is_ascii_uppercase() {
            return Err(CodiceFiscaleError::Structure);
        }
    }
    Ok(base)
}

/// Days in a month of a year of unknown century: a year that 4 divides is a leap year in some century.
fn days_in(month: u8, two_digit_year: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if two_digit_year.is_multiple_of(4) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests;
