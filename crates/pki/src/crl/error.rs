//! Why bytes are not a revocation list.
//!
//! Not here: why a list that was read cannot be asked ([`super::ListFault`]).

use crate::der_reader::NotDer;

/// Why bytes are not a revocation list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CrlError {
    /// They do not begin with a definite, minimal DER SEQUENCE.
    #[error("content is not a DER revocation list")]
    NotDer,
    /// They end before the length that their header tells.
    #[error("revocation list is cut short")]
    Truncated,
    /// More bytes follow the list.
    #[error("revocation list is followed by other bytes")]
    TrailingBytes,
    /// Longer than [`super::CRL_LENGTH_MAX`].
    #[error("revocation list is longer than 64 MiB")]
    TooLarge,
    /// The named part breaks RFC 5280 §5.
    #[error("revocation list is malformed: {0}")]
    Malformed(&'static str),
}

impl CrlError {
    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotDer => "crl-not-der",
            Self::Truncated => "crl-truncated",
            Self::TrailingBytes => "crl-trailing-bytes",
            Self::TooLarge => "crl-too-large",
            Self::Malformed(_) => "crl-malformed",
        }
    }

    /// That this part is not the DER that was expected.
    pub(super) fn in_part(part: &'static str) -> impl Fn(NotDer) -> Self {
        move |NotDer| Self::Malformed(part)
    }
}
