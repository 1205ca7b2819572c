//! `Retry-After` (RFC 9110 §10.2.3): seconds, or a date.
//!
//! Not here: what is made of it (`backoff`).

use jiff::fmt::rfc2822::DateTimeParser;
use varco_pki::Timestamp;

/// Longest value read, in bytes.
const LENGTH_MAX: usize = 64;
/// Most digits of a number of seconds: 30 years have nine.
const DIGITS_MAX: usize = 10;

/// When a server wants to be asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// After so many seconds.
    Seconds(u64),
    /// Not before.
    At(Timestamp),
}

impl RetryAfter {
    /// Reads the value of the header. None for what is neither: a server that talks nonsense is not waited for.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let value = value.trim_matches([' ', '\t']);
        if value.len() > LENGTH_MAX {
            return None;
        }
        if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
            return match value.len() {
                0..=DIGITS_MAX => value.parse().ok().map(Self::Seconds),
                _ => None,
            };
        }
        // The one form that senders may write (RFC 9110 §5.6.7); the two of long ago are not read.
        if !value.ends_with(" GMT") {
            return None;
        }
        DateTimeParser::new().parse_timestamp(value).ok().map(Self::At)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_read() {
        assert_eq!(RetryAfter::parse("120"), Some(RetryAfter::Seconds(120)));
        assert_eq!(RetryAfter::parse(" 0\t"), Some(RetryAfter::Seconds(0)));
        let at = "2026-11-25T07:28:00Z".parse().unwrap();
        assert_eq!(
            RetryAfter::parse("Wed, 25 Nov 2026 07:28:00 GMT"),
            Some(RetryAfter::At(at))
        );
    }

    #[test]
    fn nonsense_is_not_waited_for() {
        for value in [
            "",
            "-1",
            "+5",
            "1.5",
            "99999999999",
            "1e9",
            "soon",
            "Thu, 25 Nov 2026 07:28:00 GMT",
            "Wednesday, 25-Nov-26 07:28:00 GMT",
            "Wed, 25 Nov 2026 07:28:00 +0100",
            "2026-11-25",
            "\u{661}",
        ] {
            assert_eq!(RetryAfter::parse(value), None, "{value:?}");
        }
        assert_eq!(RetryAfter::parse(&" GMT".repeat(100)), None);
    }
}
