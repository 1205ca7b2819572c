//! Why there is no connection that a card has logged in to: TLS's word and the card's side of the story in one.
//!
//! Not here: what a server says of a client (`refusal`).

use std::io;

use rustls::{AlertDescription, CertificateError, Error, PeerIncompatible, SignatureScheme};

use crate::notes::Part;
use crate::{CardKeyError, HandshakeNotes, Issuers};

/// Why there is no connection that the card has logged in to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The card brought no certificate.
    #[error("the card brought no certificate")]
    CertificateAbsent,
    /// What it brought is not one.
    #[error("the card's certificate cannot be read: {0}")]
    CertificateUnreadable(varco_pki::CertificateError),
    /// The key is not RSA of a size and way of signing that TLS knows.
    #[error("the card's key does not sign in any way that TLS knows")]
    KeyUnsupported,
    /// No certificate was given by which servers are trusted.
    #[error("there are no certificates by which servers are trusted")]
    NoRoots,
    /// The card cannot do TLS 1.3, and the server will not do TLS 1.2.
    #[error(
        "this card signs by PKCS #1 v1.5 only, which TLS 1.3 does not take (RFC 8446 §4.2.3); the server must \
         offer TLS 1.2"
    )]
    NeedsTls12,
    /// The server takes no signature that the card makes.
    #[error("the server takes no signature that this card makes")]
    NoCommonScheme {
        /// What it takes.
        offered: Vec<SignatureScheme>,
    },
    /// The server did not ask for a certificate: the connection would be nobody's.
    #[error("the server did not ask for a certificate")]
    NotAsked,
    /// The card did not sign.
    #[error(transparent)]
    Card(CardKeyError),
    /// It signed, but not with the key in its certificate. Nothing of it was sent.
    #[error("the signature was not made by the key in the certificate")]
    KeyNotProven,
    /// The server's own certificate is not accepted; the card's was not sent.
    #[error("the server's certificate is not accepted: {0}")]
    ServerNotTrusted(CertificateError),
    /// The server refused the card's certificate.
    #[error("the server refused the card's certificate ({alert:?})")]
    Refused {
        /// Its alert (RFC 8446 §6.2).
        alert: AlertDescription,
        /// Whether it had named the card's authorities.
        issuers: Issuers,
    },
    /// The handshake failed otherwise.
    #[error("no protected connection was made: {0}")]
    Failed(Error),
    /// The connection underneath.
    #[error("the connection broke: {0}")]
    Io(io::Error),
}

/// Alerts that speak of the peer's certificate (RFC 8446 §6.2).
const ABOUT_CERTIFICATES: [AlertDescription; 9] = [
    AlertDescription::BadCertificate,
    AlertDescription::UnsupportedCertificate,
    AlertDescription::CertificateRevoked,
    AlertDescription::CertificateExpired,
    AlertDescription::CertificateUnknown,
    AlertDescription::UnknownCA,
    AlertDescription::AccessDenied,
    AlertDescription::CertificateRequired,
    AlertDescription::DecryptError,
];

impl TlsError {
    /// A stable name for messages and programs. What the card said keeps the card's code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::CertificateAbsent => "certificate-absent",
            Self::CertificateUnreadable(_) => "certificate-unreadable",
            Self::KeyUnsupported => "key-unsupported",
            Self::NoRoots => "tls-no-roots",
            Self::NeedsTls12 => "tls-needs-1-2",
            Self::NoCommonScheme { .. } => "tls-no-common-scheme",
            Self::NotAsked => "tls-not-asked",
            Self::Card(error) => error.code(),
            Self::KeyNotProven => "key-not-proven",
            Self::ServerNotTrusted(_) => "tls-server-not-trusted",
            Self::Refused { .. } => "tls-card-refused",
            Self::Failed(_) => "tls-failed",
            Self::Io(_) => "tls-connection",
        }
    }

    /// What ended a handshake, or what came instead of data after one. What happened at the card says more than what TLS
    /// made of it.
    pub(crate) fn explain(error: Error, notes: &HandshakeNotes, offers: Offers) -> Self {
        let part = match Self::on_the_card(notes.part()) {
            Ok(error) => return error,
            Err(part) => part,
        };
        match error {
            Error::InvalidCertificate(error) => Self::ServerNotTrusted(error),
            Error::AlertReceived(AlertDescription::ProtocolVersion)
            | Error::PeerIncompatible(PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig)
                if offers == Offers::Tls12 =>
            {
                Self::NeedsTls12
            }
            Error::PeerIncompatible(PeerIncompatible::NoCertificateRequestSignatureSchemesInCommon) => {
                Self::NoCommonScheme { offered: Vec::new() }
            }
            Error::AlertReceived(alert)
                if matches!(part, Part::Signed(_)) && ABOUT_CERTIFICATES.contains(&alert) =>
            {
                let issuers = notes.issuers();
                Self::Refused { alert, issuers }
            }
            error => Self::Failed(error),
        }
    }

    /// The same, out of what a stream says.
    pub(crate) fn explain_io(error: io::Error, notes: &HandshakeNotes, offers: Offers) -> Self {
        let inside = error.get_ref().and_then(|inside| inside.downcast_ref::<Error>());
        match inside.cloned() {
            Some(inside) => Self::explain(inside, notes, offers),
            None => Self::on_the_card(notes.part()).unwrap_or(Self::Io(error)),
        }
    }

    /// What failed at the card, or else how far it went.
    pub(crate) fn on_the_card(part: Part) -> Result<Self, Part> {
        match part {
            Part::NoScheme { offered } => Ok(Self::NoCommonScheme { offered }),
            Part::Failed(error) => Ok(Self::Card(error)),
            Part::NotProven => Ok(Self::KeyNotProven),
            Part::NotAsked | Part::Chosen | Part::Signed(_) | Part::Abandoned => Err(part),
        }
    }
}

/// What a client offers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Offers {
    /// TLS 1.2, as the card can do no other.
    Tls12,
    /// TLS 1.3, as was asked for.
    Tls13,
    /// TLS 1.2 and 1.3.
    Both,
}
