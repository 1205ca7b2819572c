//! Why a server does not believe a client: for its log, for the person, and as the alert that TLS sends.
//!
//! Not here: the verdict itself (`pki`).

use std::sync::{Arc, Mutex, PoisonError};

use rustls::pki_types::UnixTime;
use rustls::{CertificateError, Error, OtherError};
use varco_pki::{Distrust, Rejection, Timestamp, ValiditySide};

/// Why a client is not believed. It names nobody.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientRefusal {
    /// Its certificate was judged, and not accepted.
    #[error(transparent)]
    Rejected(Rejection),
    /// Its key has fewer than 2048 bits. Below a legacy anchor pki accepts such cards; TLS does not verify their signatures.
    #[error("the card's key is too short for TLS")]
    KeyTooShort,
    /// It signed by another scheme than was offered, or its signature was not made by the key in the certificate.
    #[error("the client did not prove the key of its certificate")]
    KeyNotProven,
}

impl ClientRefusal {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Rejected(rejection) => rejection.code(),
            Self::KeyTooShort => "key-unsupported",
            Self::KeyNotProven => "key-not-proven",
        }
    }

    /// As rustls wants it, whose alert follows from it (RFC 8446 §6.2).
    pub(crate) fn to_rustls(&self) -> Error {
        let Self::Rejected(rejection) = self else {
            return match self {
                Self::KeyNotProven => CertificateError::BadSignature.into(),
                _ => self.other(),
            };
        };
        match rejection {
            Rejection::Unreadable(_)
            | Rejection::NotTrusted {
                reason: Distrust::TooManyIntermediates,
                ..
            } => CertificateError::BadEncoding.into(),
            // An authority of the right name with another key is another authority.
            Rejection::NotTrusted {
                reason:
                    Distrust::NoAnchors | Distrust::UnknownIssuer | Distrust::BadSignature | Distrust::AnchorUse,
                ..
            } => CertificateError::UnknownIssuer.into(),
            Rejection::OutsideValidity { side, .. } => match side {
                ValiditySide::NotYetValid => CertificateError::NotValidYet.into(),
                ValiditySide::Expired => CertificateError::Expired.into(),
            },
            Rejection::WrongPurpose(_) => CertificateError::InvalidPurpose.into(),
            // TLS has no word for what may come back.
            Rejection::Revoked { .. } | Rejection::Suspended { .. } => CertificateError::Revoked.into(),
            Rejection::RevocationUnknown { .. } => CertificateError::UnknownRevocationStatus.into(),
            _ => self.other(),
        }
    }

    fn other(&self) -> Error {
        CertificateError::Other(OtherError(Arc::new(self.clone()))).into()
    }
}

impl From<Rejection> for ClientRefusal {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

/// An instant as rustls has it; `None` beyond the calendar.
pub(crate) fn instant(now: UnixTime) -> Option<Timestamp> {
    let seconds = i64::try_from(now.as_secs()).ok()?;
    Timestamp::from_second(seconds).ok()
}

/// Who is told of refusals, on the thread of the handshake.
pub trait RefusalObserver: Send + Sync {
    /// A client is not believed, and its handshake ends.
    fn refused(&self, refusal: &ClientRefusal);
}

/// Writes each refusal to the log: code and reason, and nothing of the certificate.
#[derive(Debug, Clone, Copy, Default)]
pub struct TracedRefusals;

impl RefusalObserver for TracedRefusals {
    fn refused(&self, refusal: &ClientRefusal) {
        let reason = match refusal {
            ClientRefusal::Rejected(rejection) => rejection.reason(),
            other => other.code(),
        };
        tracing::warn!(
            code = refusal.code(),
            reason,
            "a client's certificate was refused"
        );
    }
}

/// Keeps the last refusal, for a verifier that serves one connection.
#[derive(Debug, Default)]
pub struct LastRefusal(Mutex<Option<ClientRefusal>>);

impl LastRefusal {
    /// Takes it out.
    #[must_use]
    pub fn take(&self) -> Option<ClientRefusal> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl RefusalObserver for LastRefusal {
    fn refused(&self, refusal: &ClientRefusal) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(refusal.clone());
    }
}
