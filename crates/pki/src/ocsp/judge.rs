//! What a response says to a question: signed by whom it must be, about this certificate, for this instant.
//!
//! Not here: whether a stale answer will do, which is for the verdict to say; the answer tells its times.

use core::time::Duration;

use super::OcspError;
use super::read::{OcspStatus, Said};
use super::request::nonce_value;
use super::responder::{self, OcspSigner};
use super::response::OcspResponse;
use crate::signed::Strength;
use crate::{Certificate, Legacy, RevocationReason, Timestamp};

/// How far clocks may differ at most.
pub const OCSP_SKEW_MAX: Duration = Duration::from_secs(5 * 60);

/// What is asked of a response.
#[derive(Debug, Clone, Copy)]
pub struct OcspQuestion<'a> {
    /// The certificate asked about.
    pub certificate: &'a Certificate,
    /// Who issued it, as the judged path says: with a wrong one no response answers.
    pub issuer: &'a Certificate,
    /// For when.
    pub at: Timestamp,
    /// The nonce that was sent, if one was.
    pub nonce: Option<[u8; 32]>,
    /// How long an answer counts that does not say until when it does.
    pub max_age_without_next_update: Duration,
    /// How far the responder's clock may be ahead; more than [`OCSP_SKEW_MAX`] counts as that.
    pub skew: Duration,
    /// Whether SHA-1 and RSA under 2048 bits pass, for the response and for its responder's certificate.
    pub legacy: Legacy,
}

/// What a believed responder says of the certificate asked about. Only [`OcspResponse::judge`] makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OcspAnswer {
    said: Said,
    produced_at: Timestamp,
    fresh_until: Timestamp,
    signer: OcspSigner,
    nonce_echoed: bool,
    strength: Strength,
}

impl OcspAnswer {
    /// The status.
    #[must_use]
    pub fn status(&self) -> OcspStatus {
        self.said.status
    }

    /// When the status was known to be right.
    #[must_use]
    pub fn this_update(&self) -> Timestamp {
        self.said.this_update
    }

    /// When newer knowledge is there at the latest, where the responder says so.
    #[must_use]
    pub fn next_update(&self) -> Option<Timestamp> {
        self.said.next_update
    }

    /// When the responder signed.
    #[must_use]
    pub fn produced_at(&self) -> Timestamp {
        self.produced_at
    }

    /// Until when it is fresh, that instant included: its next update, or as long after its update as the question said.
    #[must_use]
    pub fn fresh_until(&self) -> Timestamp {
        self.fresh_until
    }

    /// Whether it is fresh at an instant.
    #[must_use]
    pub fn is_fresh_at(&self, at: Timestamp) -> bool {
        at <= self.fresh_until
    }

    /// For how long it has not been fresh any more; zero while it is.
    #[must_use]
    pub fn stale_for(&self, at: Timestamp) -> Duration {
        Duration::try_from(at.duration_since(self.fresh_until)).unwrap_or(Duration::ZERO)
    }

    /// Who signed.
    #[must_use]
    pub fn signer(&self) -> OcspSigner {
        self.signer
    }

    /// Whether the responder's own revocation would have to be asked about, and was not.
    #[must_use]
    pub fn is_responder_unchecked(&self) -> bool {
        self.signer == OcspSigner::UncheckedDelegate
    }

    /// Whether it repeats the nonce that was sent: it was made for this question. Many responders repeat none.
    #[must_use]
    pub fn is_nonce_echoed(&self) -> bool {
        self.nonce_echoed
    }

    /// Whether it rests on SHA-1 or on RSA under 2048 bits, which the question allowed.
    #[must_use]
    pub fn is_weakly_signed(&self) -> bool {
        self.strength == Strength::Legacy
    }
}

impl OcspResponse {
    /// Whether an answer in it names this certificate, whoever signed it.
    #[must_use]
    pub fn speaks_of(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        self.answers
            .iter()
            .any(|answer| answer.id.names(certificate, issuer))
    }

    /// Takes the answer to a question out of a response. A stale answer is an answer: see [`OcspAnswer::is_fresh_at`].
    ///
    /// The signature comes first: of what nobody believed has signed, nothing else is said.
    ///
    /// # Errors
    /// [`OcspError`].
    pub fn judge(&self, question: &OcspQuestion<'_>) -> Result<OcspAnswer, OcspError> {
        let (signer, strength) = responder::signer(self, question)?;
        if strength == Strength::Legacy && question.legacy == Legacy::Refused {
            return Err(OcspError::Weak);
        }
        let nonce_echoed = self.check_nonce(question.nonce)?;
        let said = self.find(question)?;
        let skew = question.skew.min(OCSP_SKEW_MAX);
        let latest = later(question.at, skew);
        if said.this_update > latest || self.produced_at > latest {
            return Err(OcspError::FromTheFuture);
        }
        let fresh_until = said
            .next_update
            .unwrap_or_else(|| later(said.this_update, question.max_age_without_next_update));
        Ok(OcspAnswer {
            said,
            produced_at: self.produced_at,
            fresh_until,
            signer,
            nonce_echoed,
            strength,
        })
    }

    /// Whether the nonce came back. One that nobody sent is passed over.
    fn check_nonce(&self, sent: Option<[u8; 32]>) -> Result<bool, OcspError> {
        match (sent, &self.nonce) {
            (Some(sent), Some(repeated)) if nonce_value(&sent) == *repeated => Ok(true),
            (Some(_), Some(_)) => Err(OcspError::OtherNonce),
            (None, _) | (_, None) => Ok(false),
        }
    }

    /// What is said of the certificate: one that says that it was revoked for good counts before all others; else all answers
    /// about it, by whatever hash they name it, must say the same.
    fn find(&self, question: &OcspQuestion<'_>) -> Result<Said, OcspError> {
        let mut about = self
            .answers
            .iter()
            .filter(|answer| answer.id.names(question.certificate, question.issuer))
            .map(|answer| answer.said);
        let is_final = |said: &Said| matches!(said.status, OcspStatus::Revoked(entry) if entry.reason != RevocationReason::CertificateHold);
        if let Some(revoked) = about.clone().find(is_final) {
            return Ok(revoked);
        }
        let first = about.next().ok_or(OcspError::NotAnswered)?;
        if about.all(|other| other == first) {
            Ok(first)
        } else {
            Err(OcspError::Contradictory)
        }
    }
}

fn later(instant: Timestamp, by: Duration) -> Timestamp {
    instant.checked_add(by).unwrap_or(Timestamp::MAX)
}
