//! Why a certificate is not accepted, in the kinds that the command line tells apart.
//!
//! One certificate can deserve several; [`crate::judge_cns`] gives the first of this order: unreadable, not
//! trusted, outside validity, wrong purpose. The dates and purposes written by an unknown issuer mean nothing.

use crate::{CertificateError, SubjectError, Timestamp};

/// Why a certificate is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The bytes are not a certificate (exit 38).
    #[error(transparent)]
    Unreadable(#[from] CertificateError),
    /// No path to an anchor holds (exit 40).
    #[error("certificate is not trusted: {0}")]
    NotTrusted(#[from] Distrust),
    /// The path holds, but not at the instant asked (exit 41).
    #[error("{in_path} is {side}: valid from {not_before} until {not_after}")]
    OutsideValidity {
        /// Whose dates they are.
        in_path: InPath,
        /// On which side of them the instant lies.
        side: ValiditySide,
        /// First instant of validity.
        not_before: Timestamp,
        /// Last instant of validity.
        not_after: Timestamp,
    },
    /// A good certificate for something else (exit 43).
    #[error("certificate is not one to log in with: {0}")]
    WrongPurpose(#[from] Misuse),
}

/// A place in a certification path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InPath {
    /// The card's certificate.
    Leaf,
    /// An authority between leaf and anchor.
    Intermediate,
    /// The trust anchor.
    Anchor,
}

impl std::fmt::Display for InPath {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Leaf => "certificate",
            Self::Intermediate => "certificate of an intermediate issuer",
            Self::Anchor => "certificate of the trust anchor",
        })
    }
}

/// On which side of a validity period an instant lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValiditySide {
    /// Before it.
    NotYetValid,
    /// After it.
    Expired,
}

impl std::fmt::Display for ValiditySide {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::NotYetValid => "not yet valid",
            Self::Expired => "expired",
        })
    }
}

/// Why no path to an anchor holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Distrust {
    /// There is no anchor to hold it against.
    #[error("there are no trust anchors")]
    NoAnchors,
    /// No anchor, directly or through the intermediates given, bears the issuer's name.
    #[error("its issuer is unknown")]
    UnknownIssuer,
    /// An anchor bears the issuer's name, but its key did not make the signature, or the algorithm is unknown.
    #[error("a signature in its path does not hold")]
    BadSignature,
    /// The signatures hold, but an authority in the path may not issue it (constraints, key usage, length, names,
    /// unknown critical or malformed extensions).
    #[error("its path breaks the rules of RFC 5280")]
    BadPath,
    /// The path holds only with RSA under 2048 bits, which its anchor does not accept.
    #[error("its path has an RSA key under 2048 bits and the anchor is not a legacy one")]
    WeakKey,
    /// The path holds only with SHA-1, which its anchor does not accept.
    #[error("its path has a SHA-1 signature and the anchor is not a legacy one")]
    WeakSignature,
    /// More than eight intermediates were given.
    #[error("too many intermediate certificates were given")]
    TooManyIntermediates,
}

/// Why a trusted certificate is not one for authentication with its kind of card. `[cns §6]`, `[cie §6]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misuse {
    /// It belongs to an authority.
    #[error("it belongs to an authority")]
    Authority,
    /// It states none of the CNS policies.
    #[error("it does not state the CNS policy")]
    NoCnsPolicy,
    /// It does not state the policy of identity cards.
    #[error("it does not state the policy of identity cards")]
    NoCiePolicy,
    /// Key usage does not include digitalSignature.
    #[error("its key is not for digital signatures")]
    NoDigitalSignature,
    /// Key usage includes nonRepudiation: it signs documents.
    #[error("its key is for signing documents")]
    NonRepudiation,
    /// Extended key usage does not include client authentication.
    #[error("its key is not for client authentication")]
    NoClientAuthentication,
    /// The key is not RSA of 1024 to 4096 bits, or of 2048 and more on an identity card.
    #[error("its key is of a kind that such cards do not have")]
    KeyKind,
    /// The subject does not name a holder.
    #[error(transparent)]
    Subject(#[from] SubjectError),
}

impl Rejection {
    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "certificate-unreadable",
            Self::NotTrusted(_) => "certificate-not-trusted",
            Self::OutsideValidity {
                side: ValiditySide::NotYetValid,
                ..
            } => "certificate-not-yet-valid",
            Self::OutsideValidity {
                side: ValiditySide::Expired,
                ..
            } => "certificate-expired",
            Self::WrongPurpose(_) => "certificate-wrong-purpose",
        }
    }

    /// How far the certificate came: of several failed paths, the one that came furthest is told.
    pub(crate) fn progress(&self) -> u8 {
        match self {
            Self::Unreadable(_) => 0,
            Self::NotTrusted(Distrust::NoAnchors | Distrust::TooManyIntermediates) => 1,
            Self::NotTrusted(Distrust::UnknownIssuer) => 2,
            Self::NotTrusted(Distrust::BadSignature) => 3,
            Self::NotTrusted(Distrust::BadPath) => 4,
            Self::NotTrusted(Distrust::WeakKey | Distrust::WeakSignature) => 5,
            Self::OutsideValidity { .. } => 6,
            Self::WrongPurpose(_) => 7,
        }
    }
}
