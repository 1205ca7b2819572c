//! Why a certificate is not accepted, in the kinds that the command line tells apart.
//!
//! One certificate can deserve several; [`crate::judge_cns`] gives the first of this order: unreadable, not
//! trusted, outside validity, wrong purpose, revoked or suspended or not known. The dates and purposes written by an
//! unknown issuer mean nothing.

use crate::{CertificateError, RevocationReason, SubjectError, Timestamp, Undetermined};

/// Why a certificate is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The bytes are not a certificate (exit 38).
    #[error(transparent)]
    Unreadable(#[from] CertificateError),
    /// No path to an anchor holds (exit 40).
    #[error("certificate is not trusted: {reason}")]
    NotTrusted {
        /// Why.
        reason: Distrust,
        /// At which certificate of the path that came furthest.
        in_path: InPath,
    },
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
    /// Its issuer took it back (exit 42).
    #[error("{in_path} was revoked on {revoked_at} ({})", reason.name())]
    Revoked {
        /// Whose.
        in_path: InPath,
        /// Since when.
        revoked_at: Timestamp,
        /// Why.
        reason: RevocationReason,
    },
    /// Its issuer suspended it; it may come back (exit 47).
    #[error("{in_path} was suspended on {suspended_at}")]
    Suspended {
        /// Whose.
        in_path: InPath,
        /// Since when.
        suspended_at: Timestamp,
    },
    /// Whether it was revoked could not be found out, and that is needed (exit 46).
    #[error("whether the {in_path} was revoked is not known: {reason}")]
    RevocationUnknown {
        /// Whose.
        in_path: InPath,
        /// Why not.
        reason: Undetermined,
    },
}

impl From<Distrust> for Rejection {
    fn from(reason: Distrust) -> Self {
        Self::NotTrusted {
            reason,
            in_path: InPath::Leaf,
        }
    }
}

/// A place in a certification path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
    /// The signatures hold, but the path breaks a rule of RFC 5280.
    #[error("its path breaks a rule of RFC 5280: {0}")]
    BadPath(PathRule),
    /// The path holds only with RSA under 2048 bits, which its anchor does not accept.
    #[error("its path has an RSA key under 2048 bits and the anchor is not a legacy one")]
    WeakKey,
    /// The path holds only with SHA-1, which its anchor does not accept.
    #[error("its path has a SHA-1 signature and the anchor is not a legacy one")]
    WeakSignature,
    /// A path holds, but its anchor is believed about other cards only, or was not listed yet.
    #[error("its authority is trusted, but not for such cards, or not yet")]
    AnchorUse,
    /// More than 32 intermediates were given.
    #[error("too many intermediate certificates were given")]
    TooManyIntermediates,
}

/// A rule about certification paths (RFC 5280 §6.1, §4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathRule {
    /// What issues in the path must be the certificate of an authority (§6.1.4 (k)).
    #[error("an issuer is no authority")]
    NotAnAuthority,
    /// An authority's key must be for signing certificates (§6.1.4 (n)).
    #[error("an issuer's key is not for signing certificates")]
    KeyUsage,
    /// There are more authorities than one of them permits (§6.1.4 (l), (m)).
    #[error("the path is longer than an authority in it permits")]
    PathLength,
    /// A name lies outside what an authority may name (§6.1.3 (b), (c)).
    #[error("a name lies outside what an authority in the path may name")]
    NameConstraints,
    /// The policies do not meet what is demanded (§6.1.5 (g)), or are mapped as they must not be.
    #[error("the policies in the path do not meet what is demanded")]
    Policies,
    /// A critical extension is not known (§4.2).
    #[error("a critical extension is not known")]
    UnknownCriticalExtension,
    /// An extension that counts cannot be read.
    #[error("an extension is malformed")]
    MalformedExtension,
    /// Any other.
    #[error("it is not a path")]
    Other,
}

impl PathRule {
    /// Stable word for messages and JSON.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::NotAnAuthority => "issuer-no-authority",
            Self::KeyUsage => "issuer-key-usage",
            Self::PathLength => "path-length",
            Self::NameConstraints => "name-constraints",
            Self::Policies => "policies",
            Self::UnknownCriticalExtension => "unknown-critical-extension",
            Self::MalformedExtension => "malformed-extension",
            Self::Other => "bad-path",
        }
    }
}

impl Distrust {
    /// Stable word for messages and JSON.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::NoAnchors => "no-anchors",
            Self::UnknownIssuer => "unknown-issuer",
            Self::BadSignature => "bad-signature",
            Self::BadPath(rule) => rule.reason(),
            Self::WeakKey => "weak-key",
            Self::WeakSignature => "weak-signature",
            Self::AnchorUse => "anchor-use",
            Self::TooManyIntermediates => "too-many-intermediates",
        }
    }
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
    /// The key's public exponent is under 65537.
    #[error("its key has a public exponent under 65537")]
    SmallExponent,
    /// The subject does not name a holder.
    #[error(transparent)]
    Subject(#[from] SubjectError),
}

impl Misuse {
    /// Stable word for messages and JSON.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Authority => "leaf-is-authority",
            Self::NoCnsPolicy => "no-cns-policy",
            Self::NoCiePolicy => "no-cie-policy",
            Self::NoDigitalSignature => "no-digital-signature",
            Self::NonRepudiation => "non-repudiation",
            Self::NoClientAuthentication => "no-client-authentication",
            Self::KeyKind => "key-kind",
            Self::SmallExponent => "small-exponent",
            Self::Subject(_) => "subject",
        }
    }
}

impl Rejection {
    /// Which certificate of the path is meant.
    #[must_use]
    pub fn in_path(&self) -> InPath {
        match self {
            Self::Unreadable(_) | Self::WrongPurpose(_) => InPath::Leaf,
            Self::NotTrusted { in_path, .. }
            | Self::OutsideValidity { in_path, .. }
            | Self::Revoked { in_path, .. }
            | Self::Suspended { in_path, .. }
            | Self::RevocationUnknown { in_path, .. } => *in_path,
        }
    }

    /// The check that failed, finer than [`Rejection::code`]; stable, for JSON.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Unreadable(error) => error.code(),
            Self::NotTrusted { reason, .. } => reason.reason(),
            Self::WrongPurpose(misuse) => misuse.reason(),
            Self::OutsideValidity {
                side: ValiditySide::NotYetValid,
                ..
            } => "not-yet-valid",
            Self::OutsideValidity {
                side: ValiditySide::Expired,
                ..
            } => "expired",
            Self::Revoked { .. } => "revoked",
            Self::Suspended { .. } => "suspended",
            Self::RevocationUnknown { reason, .. } => reason.reason(),
        }
    }

    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "certificate-unreadable",
            Self::NotTrusted { .. } => "certificate-not-trusted",
            Self::OutsideValidity {
                side: ValiditySide::NotYetValid,
                ..
            } => "certificate-not-yet-valid",
            Self::OutsideValidity {
                side: ValiditySide::Expired,
                ..
            } => "certificate-expired",
            Self::WrongPurpose(_) => "certificate-wrong-purpose",
            Self::Revoked { .. } => "certificate-revoked",
            Self::Suspended { .. } => "certificate-suspended",
            Self::RevocationUnknown { .. } => "revocation-unknown",
        }
    }

    /// How far the certificate came: of several failed paths, the one that came furthest is told.
    pub(crate) fn progress(&self) -> u8 {
        match self {
            Self::Unreadable(_) => 0,
            Self::NotTrusted { reason, .. } => match reason {
                Distrust::NoAnchors | Distrust::TooManyIntermediates => 1,
                Distrust::UnknownIssuer => 2,
                Distrust::BadSignature => 3,
                Distrust::BadPath(_) => 4,
                Distrust::WeakKey | Distrust::WeakSignature | Distrust::AnchorUse => 5,
            },
            Self::OutsideValidity { .. } => 6,
            Self::WrongPurpose(_) => 7,
            Self::Revoked { .. } | Self::Suspended { .. } | Self::RevocationUnknown { .. } => 8,
        }
    }
}

#[cfg(test)]
mod tests;
