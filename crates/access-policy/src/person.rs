//! What is known of a person at an instant: categories, and age from the birth date.
//!
//! Cedar has no calendar, so this is computed here. Not here: what a category permits (the policies).

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use varco_auth::{BirthDate, BirthYear, CodiceFiscale};

use crate::calendar::day_in_rome;
use crate::{Categorised, Category};

/// The age from which one is no minor.
const OF_AGE: i16 = 18;

/// A category of persons as policies name them: declared ones, and minors, whom the birth date tells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PersonCategory {
    /// Under 18.
    Minor,
    /// Under tutela, curatela or amministrazione di sostegno.
    Ward,
    /// Without an Italian identity document.
    NoItalianDocument,
    /// Residing abroad.
    ResidentAbroad,
}

impl PersonCategory {
    /// The stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Minor => "minor",
            Self::Ward => "ward",
            Self::NoItalianDocument => "no-italian-document",
            Self::ResidentAbroad => "resident-abroad",
        }
    }
}

impl From<Category> for PersonCategory {
    fn from(category: Category) -> Self {
        match category {
            Category::Ward => Self::Ward,
            Category::NoItalianDocument => Self::NoItalianDocument,
            Category::ResidentAbroad => Self::ResidentAbroad,
        }
    }
}

/// A birth date that is not one, or not that of the codice fiscale.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the birth date is not that of the codice fiscale")]
pub struct BirthDateContradicts;

/// Whether somebody is a minor, as far as that is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Age {
    Minor,
    Adult,
    /// The century of birth is not known, and it turns on that.
    Unknown,
}

/// A person, as the rules see one.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) codice_fiscale: CodiceFiscale,
    birth: BirthDate,
    known: Vec<Categorised>,
    pub(crate) age: Age,
    /// Sorted, each once.
    pub(crate) categories: Vec<PersonCategory>,
}

impl Person {
    /// What is known of a person at an instant.
    pub(crate) fn new(
        codice_fiscale: &CodiceFiscale,
        birth: BirthDate,
        known: &[Categorised],
        at: Timestamp,
    ) -> Self {
        let age = age(birth, at);
        let known: Vec<Categorised> = known
            .iter()
            .filter(|one| one.person == *codice_fiscale)
            .cloned()
            .collect();
        let declared = known.iter().filter(|one| holds(one, at));
        let mut categories: Vec<PersonCategory> = declared.map(|one| one.category.into()).collect();
        if age == Age::Minor {
            categories.push(PersonCategory::Minor);
        }
        categories.sort_unstable();
        categories.dedup();
        Self {
            codice_fiscale: codice_fiscale.clone(),
            birth,
            known,
            age,
            categories,
        }
    }

    /// What is known of the same person at another instant.
    pub(crate) fn later(&self, at: Timestamp) -> Self {
        Self::new(&self.codice_fiscale, self.birth, &self.known, at)
    }
}

fn holds(one: &Categorised, at: Timestamp) -> bool {
    one.validity.holds_at(at) && one.ended.as_ref().is_none_or(|ended| at < ended.at())
}

/// The birth date of a person, where a full one is told besides the codice fiscale.
pub(crate) fn birth_date(
    codice_fiscale: &CodiceFiscale,
    told: Option<Date>,
) -> Result<BirthDate, BirthDateContradicts> {
    let Some(told) = told else {
        return Ok(codice_fiscale.birth_date(None));
    };
    let birth = codice_fiscale.birth_date(Some(told.year()));
    let is_its = birth.year == BirthYear::Known(told.year())
        && i8::try_from(birth.month) == Ok(told.month())
        && i8::try_from(birth.day) == Ok(told.day());
    if is_its {
        Ok(birth)
    } else {
        Err(BirthDateContradicts)
    }
}

/// Whether somebody born then is a minor at an instant, by the day in Rome. On the 18th birthday one is of age; born on
/// 29 February, on 1 March of a year that has no such day.
pub(crate) fn age(birth: BirthDate, at: Timestamp) -> Age {
    let today = day_in_rome(at);
    match birth.year {
        BirthYear::Known(year) => of(year, birth, today).unwrap_or(Age::Unknown),
        BirthYear::TwoDigits(digits) => {
            // Of the last two centuries' births with these digits that lie behind us, all must agree.
            let newest = today.year() - (today.year() - i16::from(digits)).rem_euclid(100);
            let ages: Vec<Age> = [newest, newest - 100]
                .into_iter()
                .filter_map(|year| of(year, birth, today))
                .collect();
            match ages[..] {
                [one] => one,
                [one, other] if one == other => one,
                _ => Age::Unknown,
            }
        }
    }
}

/// `None` for who is not born yet, or never can have been on that day.
fn of(year: i16, birth: BirthDate, today: Date) -> Option<Age> {
    let (month, day) = (i8::try_from(birth.month).ok()?, i8::try_from(birth.day).ok()?);
    let born = Date::new(year, month, day).ok()?;
    if born > today {
        return None;
    }
    let birthday = Date::new(year + OF_AGE, month, day).or_else(|_| Date::new(year + OF_AGE, 3, 1));
    // Beyond the calendar's last year nobody becomes of age.
    let Ok(birthday) = birthday else {
        return Some(Age::Minor);
    };
    Some(if today < birthday { Age::Minor } else { Age::Adult })
}

#[cfg(test)]
mod tests;
