//! What goes wrong with a card, sorted by blame: the link, the card's answers, the card's content, the host.
//!
//! Not here: a wrong or blocked PIN ([`crate::PinOutcome`]) and a PIN that was not sent
//! ([`crate::NotSent`]); those are outcomes.

use varco_apdu::StatusWord;
use varco_card::LinkError;

/// A card could not do what was asked. The command, its target and the status word always survive.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CardError {
    /// There was no answer.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The card answered no.
    #[error("the card answered {status} to {command} ({target})")]
    Status {
        /// The command's name in the standard.
        command: &'static str,
        /// What it was about: a file or key by its name in the specification.
        target: &'static str,
        /// The card's answer.
        status: StatusWord,
    },
    /// The card's answer makes no sense.
    #[error("the card's answer to {command} ({target}) makes no sense: {what}")]
    Misbehaved {
        /// The command's name in the standard.
        command: &'static str,
        /// What it was about.
        target: &'static str,
        /// What was wrong, in fixed words.
        what: &'static str,
    },
    /// The card is not what it must be: a copy, or something that stands between it and the reader.
    #[error("the card is not genuine: {what}")]
    NotGenuine {
        /// Why, in fixed words.
        what: &'static str,
    },
    /// The card holds no certificate where its kind keeps it.
    #[error("the card holds no authentication certificate")]
    CertificateAbsent,
    /// What stands in the certificate's place is not one.
    #[error("what stands in place of the certificate cannot be read: {what}")]
    CertificateUnreadable {
        /// Why, in fixed words.
        what: &'static str,
    },
    /// The card holds nothing about its holder where its kind keeps it.
    #[error("the card holds no personal data")]
    PersonalDataAbsent,
    /// What stands there is not in its form.
    #[error("the personal data cannot be read: field {field}: {what}")]
    PersonalDataUnreadable {
        /// The number of the field at fault, from 1; 0 is the header.
        field: u8,
        /// Why, in fixed words.
        what: &'static str,
    },
    /// The card does not have this secret.
    #[error("the card has no {secret}")]
    SecretAbsent {
        /// Which, in fixed words.
        secret: &'static str,
    },
    /// This card or reader cannot do it.
    #[error("this card cannot do it: {what}")]
    Unsupported {
        /// What, in fixed words.
        what: &'static str,
    },
    /// The card was reset or removed since the PIN was verified.
    #[error("the card was reset or removed since the PIN was verified")]
    GrantLost,
}

impl CardError {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Link(error) => error.code(),
            Self::Status { .. } => "card-status",
            Self::Misbehaved { .. } => "card-misbehaved",
            Self::NotGenuine { .. } => "card-not-genuine",
            Self::CertificateAbsent => "certificate-absent",
            Self::CertificateUnreadable { .. } => "certificate-unreadable",
            Self::PersonalDataAbsent => "personal-data-absent",
            Self::PersonalDataUnreadable { .. } => "personal-data-unreadable",
            Self::SecretAbsent { .. } => "card-secret-absent",
            Self::Unsupported { .. } => "card-unsupported",
            Self::GrantLost => "grant-lost",
        }
    }
}
