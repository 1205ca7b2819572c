//! Why a proof does not hold, in the order in which it is looked at.
//!
//! Not here: why its certificate is not accepted (`pki`), which is passed on as it is.

use varco_pki::Rejection;

/// Why a proof does not hold.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// It does not have the prescribed form; the part is named, never its content (exit 38).
    #[error("the proof does not have the prescribed form: {0}")]
    Format(&'static str),
    /// It was made for another audience (exit 44).
    #[error("the proof was made for another audience")]
    Audience,
    /// It answers another nonce (exit 44).
    #[error("the proof answers another nonce")]
    Nonce,
    /// It was issued after the instant at which it is judged (exit 44).
    #[error("the proof is not valid yet at this instant")]
    NotYet,
    /// It is too old at the instant at which it is judged (exit 44).
    #[error("the proof is not valid any more at this instant")]
    Expired,
    /// The certificate is not accepted (exit 38 to 43).
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The key of the certificate did not sign this (exit 44).
    #[error("the key of the certificate did not sign this proof")]
    Signature,
}

impl ProofError {
    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Format(_) => "proof-format",
            Self::Audience => "proof-audience",
            Self::Nonce => "proof-nonce",
            Self::NotYet => "proof-not-yet",
            Self::Expired => "proof-expired",
            Self::Rejected(rejection) => rejection.code(),
            Self::Signature => "proof-signature",
        }
    }
}
