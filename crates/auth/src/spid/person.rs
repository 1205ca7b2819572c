//! From SPID's attributes to a person: codice fiscale, birth date, name.
//!
//! Not here: companies and their attributes. A hand-over is about a person who logs in as himself.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use varco_pki::{BirthDate, BirthYear, CodiceFiscale, Timestamp};

use super::HandOverError;
use super::wire::Attributes;
use crate::HolderName;

/// Nobody who logs in was born before this year.
const BIRTH_YEAR_MIN: i16 = 1900;
/// What SPID writes before a codice fiscale (ETSI EN 319 412-1 §5.1.3).
const ITALIAN_TAX_NUMBER: &str = "TINIT-";

/// Who logged in.
pub(super) struct Person {
    pub(super) codice_fiscale: CodiceFiscale,
    pub(super) birth_date: BirthDate,
    pub(super) name: HolderName,
}

/// The person of these attributes, who must be born by this instant.
pub(super) fn read(attributes: Attributes, now: Timestamp) -> Result<Person, HandOverError> {
    let codice_fiscale = codice_fiscale(attributes.fiscal_number.as_deref().unwrap_or_default())?;
    let born = date(&attributes.date_of_birth).ok_or(HandOverError::Format("dateOfBirth"))?;
    let birth_date = codice_fiscale.birth_date(Some(born.year()));
    let told = BirthDate {
        year: BirthYear::Known(born.year()),
        month: born.month().unsigned_abs(),
        day: born.day().unsigned_abs(),
    };
    let today = TimeZone::UTC.to_datetime(now).date();
    if birth_date != told || born.year() < BIRTH_YEAR_MIN || born > today {
        return Err(HandOverError::BirthDate);
    }
    let name =
        HolderName::told(attributes.family_name, attributes.name).ok_or(HandOverError::Format("name"))?;
    Ok(Person {
        codice_fiscale,
        birth_date,
        name,
    })
}

/// With or without its prefix. Other prefixes, and the eleven digits of a company's code, name no person here.
fn codice_fiscale(fiscal_number: &str) -> Result<CodiceFiscale, HandOverError> {
    let code = fiscal_number
        .strip_prefix(ITALIAN_TAX_NUMBER)
        .unwrap_or(fiscal_number);
    let of_company = code.len() == 11 && code.bytes().all(|byte| byte.is_ascii_digit());
    if code.is_empty() || code.contains('-') || of_company {
        return Err(HandOverError::NoPerson);
    }
    CodiceFiscale::parse(code).map_err(HandOverError::CodiceFiscale)
}

/// Ten characters, `YYYY-MM-DD`, of a day that exists.
fn date(text: &str) -> Option<Date> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = <[u8; 10]>::try_from(text.as_bytes()).ok()? else {
        return None;
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_i16, |sum, digit| {
            let digit = char::from(*digit).to_digit(10)?;
            sum.checked_mul(10)?.checked_add(i16::try_from(digit).ok()?)
        })
    };
    let (month, day) = (number(&[m1, m2])?, number(&[d1, d2])?);
    Date::new(
        number(&[y1, y2, y3, y4])?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_ten_characters_of_a_day_that_exists() {
        for (text, expected) in [
            ("1980-03-14", Some((1980, 3, 14))),
            ("2016-02-29", Some((2016, 2, 29))),
            ("2015-02-29", None),
            ("1980-3-14", None),
            ("1980-03-14 ", None),
            ("+980-03-14", None),
            ("1980/03/14", None),
            ("1980-00-14", None),
            ("1980-13-14", None),
            ("", None),
        ] {
            let read = date(text).map(|date| (date.year(), date.month(), date.day()));
            assert_eq!(read, expected, "{text}");
        }
    }
}
