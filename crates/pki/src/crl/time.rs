//! UTCTime and GeneralizedTime in the two forms that RFC 5280 §4.1.2.5 has: to the second, in UTC, without fractions.
//!
//! Not here: which of the two a date must have. Lists that write a date before 2050 as GeneralizedTime are read.

use jiff::civil::DateTime;
use jiff::tz::Offset;

use crate::Timestamp;
use crate::der_reader::{NotDer, Object, tag};

/// The instant that an object tells. The last hours of the year 9999 are past what a timestamp holds and give the last one.
pub(super) fn instant(object: &Object<'_>) -> Result<Timestamp, NotDer> {
    let (year, rest) = match (object.tag, object.content) {
        (tag::UTC_TIME, [tens, ones, rest @ ..]) => {
            let year = i16::from(two(*tens, *ones)?);
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        (tag::GENERALIZED_TIME, [a, b, c, d, rest @ ..]) => {
            (i16::from(two(*a, *b)?) * 100 + i16::from(two(*c, *d)?), rest)
        }
        _ => return Err(NotDer),
    };
    let [m, month, d, day, h, hour, i, minute, s, second, b'Z'] = *rest else {
        return Err(NotDer);
    };
    let civil = DateTime::new(
        year,
        two(m, month)?,
        two(d, day)?,
        two(h, hour)?,
        two(i, minute)?,
        two(s, second)?,
        0,
    )
    .map_err(|_| NotDer)?;
    let instant = Offset::UTC.to_timestamp(civil).unwrap_or(Timestamp::MAX);
    Ok(last_second_is_last(instant))
}

/// So that an instant means the same after it was kept in whole seconds.
pub(super) fn last_second_is_last(instant: Timestamp) -> Timestamp {
    if instant.as_second() == Timestamp::MAX.as_second() {
        Timestamp::MAX
    } else {
        instant
    }
}

fn two(tens: u8, ones: u8) -> Result<i8, NotDer> {
    if !tens.is_ascii_digit() || !ones.is_ascii_digit() {
        return Err(NotDer);
    }
    i8::try_from((tens - b'0') * 10 + (ones - b'0')).map_err(|_| NotDer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tag: u8, content: &str) -> Option<String> {
        let content = content.as_bytes();
        let object = Object {
            tag,
            raw: content,
            content,
        };
        instant(&object).ok().map(|instant| instant.to_string())
    }

    #[test]
    fn both_forms_are_read() {
        let utc = |content| read(tag::UTC_TIME, content).unwrap();
        assert_eq!(utc("491231235959Z"), "2049-12-31T23:59:59Z");
        assert_eq!(utc("500101000000Z"), "1950-01-01T00:00:00Z");
        let generalized = |content| read(tag::GENERALIZED_TIME, content).unwrap();
        assert_eq!(generalized("20500101120000Z"), "2050-01-01T12:00:00Z");
        assert_eq!(generalized("20240229000000Z"), "2024-02-29T00:00:00Z");
        assert_eq!(generalized("99991231235959Z"), Timestamp::MAX.to_string());
        assert_eq!(generalized("99991230220000Z"), Timestamp::MAX.to_string());
        assert_eq!(generalized("00000101000000Z"), "0000-01-01T00:00:00Z");
    }

    #[test]
    fn every_other_form_is_refused() {
        for content in [
            "",
            "Z",
            "2601010000Z",
            "260101000000",
            "260101000000+0000",
            "260101000000z",
            "26010100000:Z",
            "261301000000Z",
            "260001000000Z",
            "260230000000Z",
            "260101240000Z",
            "260101006000Z",
            "260101000060Z",
            "-60101000000Z",
            "20260101000000Z",
        ] {
            assert_eq!(read(tag::UTC_TIME, content), None, "{content}");
        }
        for content in [
            "20260101000000.5Z",
            "20230229000000Z",
            "260101000000Z",
            "20260101000000",
            "+0260101000000Z",
        ] {
            assert_eq!(read(tag::GENERALIZED_TIME, content), None, "{content}");
        }
        assert_eq!(read(tag::INTEGER, "20260101000000Z"), None);
    }
}
