//! By what a server tells that a thing has not changed: `ETag` and `Last-Modified` (RFC 9110 §8.8).
//!
//! Not here: what is kept beside them, which is the store's.

use serde::{Deserialize, Serialize};

use super::address::FetchAddress;

/// Longest entity tag kept, in bytes.
const ETAG_LENGTH_MAX: usize = 256;
/// Longest date kept, in bytes.
const DATE_LENGTH_MAX: usize = 64;

/// What a server said about the version that is at hand. Opaque: it goes back as it came, and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(from = "Kept")]
pub struct Validators {
    etag: Option<String>,
    last_modified: Option<String>,
    /// Whose word it is, where a redirect led away from the host that was asked: they are for that one alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
}

/// The same as it was kept, believed no more than a server.
#[derive(Deserialize)]
struct Kept {
    etag: Option<String>,
    last_modified: Option<String>,
    #[serde(default)]
    origin: Option<String>,
}

impl From<Kept> for Validators {
    fn from(kept: Kept) -> Self {
        let validators = Self::new(kept.etag.as_deref(), kept.last_modified.as_deref());
        match kept.origin {
            None => validators,
            Some(origin) => match FetchAddress::parse(&origin) {
                Ok(address) if address.origin() == origin => Self {
                    origin: Some(origin),
                    ..validators
                },
                // Nobody knows whose they are.
                _ => Self::default(),
            },
        }
    }
}

impl Validators {
    /// Takes the values of the two headers, and drops those that are none.
    #[must_use]
    pub fn new(etag: Option<&str>, last_modified: Option<&str>) -> Self {
        Self {
            etag: etag.filter(|value| is_etag(value)).map(str::to_owned),
            last_modified: last_modified.filter(|value| is_date(value)).map(str::to_owned),
            origin: None,
        }
    }

    /// The same as the word of the server `at`, to which the one that was asked had sent.
    pub(crate) fn told_by(self, at: &FetchAddress, asked: &FetchAddress) -> Self {
        let origin = at.origin();
        Self {
            origin: (origin != asked.origin() && !self.is_empty()).then_some(origin),
            ..self
        }
    }

    /// Whether the server `at` told them, when `asked` was asked: no other is told about them, or believed about them.
    pub(crate) fn are_for(&self, at: &FetchAddress, asked: &FetchAddress) -> bool {
        let origin = at.origin();
        match &self.origin {
            Some(own) => *own == origin,
            None => origin == asked.origin(),
        }
    }

    /// The entity tag, with its quotes.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// The date, as the server wrote it.
    #[must_use]
    pub fn last_modified(&self) -> Option<&str> {
        self.last_modified.as_deref()
    }

    /// Whether there is nothing to ask by.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

fn is_etag(value: &str) -> bool {
    let opaque = value.strip_prefix("W/").unwrap_or(value);
    let inside = opaque.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    value.len() <= ETAG_LENGTH_MAX
        && inside.is_some_and(|inside| inside.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"'))
}

fn is_date(value: &str) -> bool {
    (1..=DATE_LENGTH_MAX).contains(&value.len())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b" ,:+-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_dates_are_kept_as_they_came() {
        let date = "Wed, 25 Nov 2026 07:28:00 GMT";
        let validators = Validators::new(Some("W/\"x-1\""), Some(date));
        assert_eq!(
            (validators.etag(), validators.last_modified()),
            (Some("W/\"x-1\""), Some(date))
        );
    }

    #[test]
    fn what_would_break_a_request_is_dropped() {
        for etag in ["x", "\"x", "\"a\"b\"", "\"a\r\nX: y\"", "", "\"a b\"", "w/\"a\""] {
            assert!(Validators::new(Some(etag), None).is_empty(), "{etag:?}");
        }
        assert!(Validators::new(Some(&format!("\"{}\"", "a".repeat(255))), None).is_empty());
        for date in ["", "a\r\nb", "\u{661}", &"1".repeat(65)] {
            assert!(Validators::new(None, Some(date)).is_empty(), "{date:?}");
        }
    }

    #[test]
    fn what_was_kept_is_believed_no_more_than_a_server() {
        let kept = r#"{"etag":"\"a\r\n\"","last_modified":"Wed"}"#;
        let validators: Validators = serde_json::from_str(kept).unwrap();
        assert_eq!(
            (validators.etag(), validators.last_modified()),
            (None, Some("Wed"))
        );
        for origin in [
            "",
            "http://a.example/",
            "HTTP://a.example",
            "http://u@a.example",
            "a.example",
        ] {
            let kept = serde_json::json!({ "etag": "\"x\"", "last_modified": null, "origin": origin });
            let validators: Validators = serde_json::from_value(kept).unwrap();
            assert!(validators.is_empty(), "{origin}");
        }
    }

    #[test]
    fn they_are_for_the_server_that_told_them_and_stay_so_when_kept() {
        let address = |text| FetchAddress::parse(text).unwrap();
        let (asked, other) = (address("http://a.example/1"), address("https://a.example/1"));
        let own = Validators::new(Some("\"x\""), None).told_by(&address("http://a.example/2"), &asked);
        let away = Validators::new(Some("\"x\""), None).told_by(&other, &asked);
        for (validators, for_asked) in [(own, true), (away, false)] {
            let kept = serde_json::to_string(&validators).unwrap();
            assert_eq!(kept.contains("origin"), !for_asked, "{kept}");
            let back: Validators = serde_json::from_str(&kept).unwrap();
            assert_eq!(back, validators);
            assert_eq!(back.are_for(&asked, &asked), for_asked);
            assert_eq!(back.are_for(&other, &asked), !for_asked);
            assert!(!back.are_for(&address("http://a.example:81/1"), &asked));
        }
    }
}
