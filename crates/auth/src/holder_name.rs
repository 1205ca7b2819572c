//! What a person is called, by the certificate that proved the identity or by the identity provider.
//!
//! Not here: names that a card's own data tell, which no signature covers.

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};
use varco_pki::Certificate;

use crate::audience::is_seen;

/// Longest name taken, in characters (RFC 5280 appendix A.1, ub-name has 32768; Italian cards have up to some 60).
const NAME_CHARACTERS_MAX: usize = 128;

/// Surname and given name as the subject of the certificate, or the identity provider, states them. A name that is not in a
/// certificate once, is too long or would control a display is unknown, which is no fault of the certificate.
#[derive(Clone, PartialEq, Eq)]
pub struct HolderName {
    surname: Option<String>,
    given_name: Option<String>,
    source: &'static str,
}

impl HolderName {
    pub(crate) fn of(certificate: &Certificate) -> Self {
        let take = |name: Option<&str>| name.filter(|name| is_name(name)).map(str::to_owned);
        Self {
            surname: take(certificate.subject_surname()),
            given_name: take(certificate.subject_given_name()),
            source: "certificate",
        }
    }

    /// As an identity provider states it; `None` where either is no name that can be shown.
    pub(crate) fn told(surname: String, given_name: String) -> Option<Self> {
        (is_name(&surname) && is_name(&given_name)).then_some(Self {
            surname: Some(surname),
            given_name: Some(given_name),
            source: "identity_provider",
        })
    }

    /// The surname.
    #[must_use]
    pub fn surname(&self) -> Option<&str> {
        self.surname.as_deref()
    }

    /// The given name.
    #[must_use]
    pub fn given_name(&self) -> Option<&str> {
        self.given_name.as_deref()
    }
}

fn is_name(name: &str) -> bool {
    (1..=NAME_CHARACTERS_MAX).contains(&name.chars().count()) && is_seen(name)
}

/// Keeps the person out of logs.
impl std::fmt::Debug for HolderName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("HolderName(..)")
    }
}

/// With its source.
impl Serialize for HolderName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("HolderName", 3)?;
        fields.serialize_field("surname", &self.surname)?;
        fields.serialize_field("given_name", &self.given_name)?;
        fields.serialize_field("source", self.source)?;
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_in(certificate: &str) -> HolderName {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/pki/");
        let der = std::fs::read(format!("{folder}{certificate}.der")).unwrap();
        HolderName::of(&Certificate::parse(&der).unwrap())
    }

    #[test]
    fn a_name_is_as_the_certificate_states_it() {
        let name = name_in("leaf-good");
        assert_eq!(
            (name.surname(), name.given_name()),
            (Some("D'Amànzio"), Some("Nicolò"))
        );
        assert_eq!(format!("{name:?}"), "HolderName(..)");
    }

    #[test]
    fn a_name_of_which_nothing_is_to_be_seen_is_none() {
        let told =
            |surname: &str, given_name: &str| HolderName::told(surname.to_owned(), given_name.to_owned());
        assert!(told("De  Rossi", "Mia").is_some());
        for blank in [
            "",
            " ",
            "\u{A0}",
            "\u{200B}",
            "\u{2060}",
            "\u{FEFF}",
            "Mia\u{61C}",
            "\u{200D}",
        ] {
            assert_eq!(told(blank, "Mia"), None, "{blank:?}");
            assert_eq!(told("De Rossi", blank), None, "{blank:?}");
        }
    }

    #[test]
    fn what_is_not_stated_is_unknown() {
        let name = name_in("ca-cns");
        assert_eq!((name.surname(), name.given_name()), (None, None));
    }
}
