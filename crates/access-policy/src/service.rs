//! Services and their classes, as the data name them.
//!
//! Not here: what a class asks for (`data/policies`).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{PersonCategory, PolicyError};

/// Most bytes of a service's id.
const ID_LENGTH_MAX: usize = 64;

/// The stable id of a service, such as `inps.estratto-conto`: lower-case ASCII letters, digits, dots and hyphens,
/// beginning and ending with a letter or digit, 64 bytes at most.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServiceId(String);

impl ServiceId {
    /// Reads an id. Whether there is such a service is another question: [`crate::AccessPolicy::service`].
    ///
    /// # Errors
    /// [`PolicyError::ServiceIdInvalid`].
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let within = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let bytes = text.as_bytes();
        let ends_well = bytes.first().is_some_and(within) && bytes.last().is_some_and(within);
        let all_well = bytes.iter().all(|byte| within(byte) || b".-".contains(byte));
        if ends_well && all_well && bytes.len() <= ID_LENGTH_MAX {
            Ok(Self(text.to_owned()))
        } else {
            Err(PolicyError::ServiceIdInvalid)
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServiceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for ServiceId {
    type Error = PolicyError;

    fn try_from(text: String) -> Result<Self, PolicyError> {
        Self::parse(&text)
    }
}

impl From<ServiceId> for String {
    fn from(id: ServiceId) -> Self {
        id.0
    }
}

/// What kind of thing a service lets a person do; the class says what it asks for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ServiceClass {
    /// Public pages.
    Information,
    /// Reading one's own data.
    Consultation,
    /// Filing an application, changing one's own data.
    Disposition,
    /// Dedicated to a category of persons that may still have an INPS PIN.
    Dedicated,
    /// What doctors, intermediaries, municipalities and companies do, each with an enablement.
    Professional,
    /// For patronati and CAF.
    PatronatoCaf,
    /// Telephone services.
    ContactCenter,
    /// Issuing a telephone PIN.
    PhonePinIssue,
    /// Services of other states of the Union.
    CrossBorder,
    /// An operator's own, for which only his own policies permit.
    Operator,
}

impl ServiceClass {
    /// The stable name, in data, policies and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::Consultation => "consultation",
            Self::Disposition => "disposition",
            Self::Dedicated => "dedicated",
            Self::Professional => "professional",
            Self::PatronatoCaf => "patronato-caf",
            Self::ContactCenter => "contact-center",
            Self::PhonePinIssue => "phone-pin-issue",
            Self::CrossBorder => "cross-border",
            Self::Operator => "operator",
        }
    }
}

/// A name in both languages.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// In Italian.
    pub it: String,
    /// In English.
    pub en: String,
}

/// A service that the policy knows.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// Its class.
    pub class: ServiceClass,
    /// Of a dedicated service: the category that it is for.
    #[serde(default)]
    pub dedicated_to: Option<PersonCategory>,
    /// Its name, for people.
    pub title: Title,
}
