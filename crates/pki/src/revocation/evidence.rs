//! What is known of a certificate's revocation, and on what evidence.

use crate::{RevocationMode, Timestamp};

/// Why it could not be found out whether a certificate was revoked. In the order in which one is told: the later, the closer
/// the evidence came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[non_exhaustive]
pub enum Undetermined {
    /// No list and no answer about it is at hand.
    #[error("there is no evidence about it")]
    NoEvidence,
    /// Its evidence could not be fetched: the address names a host that is not allowed, or none that can be reached.
    #[error("the evidence could not be fetched")]
    NotFetched,
    /// The evidence is of a kind that is not used: lists of changes, lists of attribute certificates.
    #[error("the evidence is of a kind that is not supported")]
    Unsupported,
    /// The evidence speaks of other certificates.
    #[error("the evidence does not speak of it")]
    OutOfScope,
    /// The file behind the evidence cannot be read any more.
    #[error("the evidence can no longer be read")]
    Unreadable,
    /// The evidence was not signed by its issuer, or not by a key that may.
    #[error("the evidence was not signed by its issuer")]
    NotSigned,
    /// Its signature is SHA-1 or RSA under 2048 bits, and the anchor is not a legacy one.
    #[error("the evidence has a weak signature")]
    Weak,
    /// The evidence was made later than the instant asked.
    #[error("the evidence was made later than the instant asked")]
    Future,
    /// The evidence holds a critical extension that is not known.
    #[error("the evidence holds a critical extension that is not known")]
    UnknownCritical,
    /// The lists tell of some reasons for a revocation only.
    #[error("the evidence does not cover all reasons for a revocation")]
    ReasonsUncovered,
    /// The responder gave no answer.
    #[error("the responder gave no answer")]
    ResponderRefused,
    /// The responder does not know the certificate.
    #[error("the responder does not know it")]
    ResponderUnknown,
    /// The answer is by a responder whose own certificate would have to be asked about (RFC 6960 §4.2.2.2.1).
    #[error("the responder may itself have been revoked")]
    ResponderUnchecked,
    /// A newer one was due at this instant.
    #[error("the evidence was due to be renewed on {0}")]
    Stale(Timestamp),
    /// There is more evidence about it than is looked at, and what is not looked at may revoke it.
    #[error("there is more evidence than is looked at")]
    TooMuch,
}

impl Undetermined {
    /// Stable word for messages and JSON.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::NoEvidence => "revocation-no-evidence",
            Self::NotFetched => "revocation-not-fetched",
            Self::Unsupported => "revocation-unsupported",
            Self::TooMuch => "revocation-too-much",
            Self::OutOfScope => "revocation-out-of-scope",
            Self::Unreadable => "revocation-unreadable",
            Self::NotSigned => "revocation-not-signed",
            Self::Weak => "revocation-weak-signature",
            Self::Future => "revocation-future",
            Self::UnknownCritical => "revocation-unknown-critical",
            Self::ReasonsUncovered => "revocation-reasons-uncovered",
            Self::ResponderRefused => "revocation-responder-refused",
            Self::ResponderUnknown => "revocation-responder-unknown",
            Self::ResponderUnchecked => "revocation-responder-unchecked",
            Self::Stale(_) => "revocation-stale",
        }
    }
}

/// What is known of a certificate that was not refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationStatus {
    /// Nobody asked.
    NotChecked,
    /// Fresh evidence says that it was not revoked.
    Good,
    /// Evidence that is late, within the grace that was given, says so.
    GoodInGrace,
    /// It could not be found out.
    Unknown(Undetermined),
}

impl RevocationStatus {
    /// Stable code for policies, messages and JSON.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotChecked => "not_checked",
            Self::Good => "good",
            Self::GoodInGrace => "good_in_grace",
            Self::Unknown(_) => "unknown",
        }
    }

    /// How little is known: the status of a path is that of its certificate of which least is known.
    fn doubt(self) -> u8 {
        match self {
            Self::Good => 0,
            Self::GoodInGrace => 1,
            Self::Unknown(_) => 2,
            Self::NotChecked => 3,
        }
    }
}

/// What the evidence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EvidenceKind {
    /// A revocation list.
    Crl,
    /// A responder's answer.
    Ocsp,
}

impl EvidenceKind {
    /// By its [name](EvidenceKind::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Crl, Self::Ocsp]
            .into_iter()
            .find(|kind| kind.name() == name)
    }

    /// The stable name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Crl => "crl",
            Self::Ocsp => "ocsp",
        }
    }
}

/// What is known of revocation, and the evidence for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revocation {
    pub(crate) status: RevocationStatus,
    pub(crate) mode: RevocationMode,
    pub(crate) kind: Option<EvidenceKind>,
    pub(crate) this_update: Option<Timestamp>,
    pub(crate) next_update: Option<Timestamp>,
    pub(crate) fetched_at: Option<Timestamp>,
    pub(crate) judged_at: Timestamp,
}

impl Revocation {
    /// That nobody asked.
    pub(crate) fn not_checked(at: Timestamp) -> Self {
        Self {
            status: RevocationStatus::NotChecked,
            mode: RevocationMode::Off,
            kind: None,
            this_update: None,
            next_update: None,
            fetched_at: None,
            judged_at: at,
        }
    }

    /// That it could not be found out.
    pub(crate) fn unknown(mode: RevocationMode, reason: Undetermined, at: Timestamp) -> Self {
        Self {
            status: RevocationStatus::Unknown(reason),
            mode,
            ..Self::not_checked(at)
        }
    }

    /// The one of which less is known, the earlier of two alike; of two as good, the older evidence.
    pub(crate) fn worse(self, other: Self) -> Self {
        let (ours, theirs) = (self.status.doubt(), other.status.doubt());
        if theirs > ours || (theirs == ours && other.this_update < self.this_update) {
            other
        } else {
            self
        }
    }

    /// What is known.
    #[must_use]
    pub fn status(&self) -> RevocationStatus {
        self.status
    }

    /// Whether it is known, as surely as was asked, that nothing was revoked.
    #[must_use]
    pub fn is_known(&self) -> bool {
        matches!(
            self.status,
            RevocationStatus::Good | RevocationStatus::GoodInGrace
        )
    }

    /// How sure one had to be.
    #[must_use]
    pub fn mode(&self) -> RevocationMode {
        self.mode
    }

    /// Stable code of the status.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.status.code()
    }

    /// What the evidence is.
    #[must_use]
    pub fn kind(&self) -> Option<EvidenceKind> {
        self.kind
    }

    /// When it was made.
    #[must_use]
    pub fn this_update(&self) -> Option<Timestamp> {
        self.this_update
    }

    /// When a newer one is due.
    #[must_use]
    pub fn next_update(&self) -> Option<Timestamp> {
        self.next_update
    }

    /// When it was fetched, where it was and that is known.
    #[must_use]
    pub fn fetched_at(&self) -> Option<Timestamp> {
        self.fetched_at
    }

    /// How old it was at the instant of the verdict, in seconds.
    #[must_use]
    pub fn age_s(&self) -> Option<i64> {
        self.this_update
            .map(|made| self.judged_at.as_second().saturating_sub(made.as_second()))
    }
}
