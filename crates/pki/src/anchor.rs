//! Trust anchors: certificates that somebody decided to believe, and for what.
//!
//! Where they come from (files, lists) is the trust store's part; here is only what may become one.

mod set;

use std::sync::Arc;

pub use set::TrustAnchors;

use crate::test_material::fixture_ca;
use crate::{Certificate, Timestamp};

/// What an anchor was brought for. The order is the order in which they are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnchorKind {
    /// Real trust, today's algorithms.
    Production,
    /// Real trust that also accepts RSA-1024 and SHA-1, marked as downgraded.
    Legacy,
    /// Trust for tests: whatever is judged below it is marked as test material.
    Test,
}

/// Whether RSA keys under 2048 bits and SHA-1 signatures pass below an anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Legacy {
    /// They are refused.
    Refused,
    /// They are accepted and listed as [`crate::Downgrade`]s.
    Accepted,
}

/// Why a certificate does not become an anchor of the kind asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnchorError {
    /// A fixture CA was brought as real trust: its private key is public.
    #[error("certificate is test material and is only accepted as a test anchor")]
    TestMaterialRefused,
    /// Not the certificate of an authority, perhaps the card's own.
    #[error("certificate is not that of an authority")]
    NotAnAuthority,
}

impl AnchorError {
    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TestMaterialRefused => "anchor-test-material-refused",
            Self::NotAnAuthority => "anchor-not-an-authority",
        }
    }
}

/// Until when RSA-1024 and SHA-1 pass below a legacy anchor of which nothing else was said: the end of 2027. The last cards of
/// that time were issued about 2016, for six years.
pub const LEGACY_END: Timestamp = Timestamp::constant(1_830_297_599, 0);

/// The kind of card that an anchor is believed about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AnchorPurpose {
    /// Any.
    #[default]
    Any,
    /// CNS.
    Cns,
    /// Identity cards.
    Cie,
}

impl AnchorPurpose {
    /// The stable name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Cns => "cns",
            Self::Cie => "cie",
        }
    }
}

/// Where an anchor comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Provenance {
    /// Somebody named it.
    #[default]
    Named,
    /// It stands on a trusted list (ETSI TS 119 612).
    Listed {
        /// The list's territory.
        territory: String,
        /// The list's sequence number.
        sequence_number: u64,
        /// The service that it stands for.
        service: String,
    },
}

/// A certificate accepted as anchor of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustAnchor {
    certificate: Certificate,
    kind: AnchorKind,
    legacy_until: Option<Timestamp>,
    purpose: AnchorPurpose,
    since: Option<Timestamp>,
    provenance: Arc<Provenance>,
}

impl TrustAnchor {
    /// Makes an anchor that somebody named, for cards of any kind. A legacy one accepts legacy algorithms until
    /// [`LEGACY_END`]; as a test anchor only the legacy fixture CA does, as long as it is valid.
    ///
    /// # Errors
    /// [`AnchorError`].
    pub fn new(certificate: Certificate, kind: AnchorKind) -> Result<Self, AnchorError> {
        let fixture = fixture_ca(&certificate.key_sha256());
        if !certificate.is_ca() {
            return Err(AnchorError::NotAnAuthority);
        }
        let legacy_until = match (kind, fixture) {
            (AnchorKind::Production | AnchorKind::Legacy, Some(_)) => {
                return Err(AnchorError::TestMaterialRefused);
            }
            (AnchorKind::Legacy, None) => Some(LEGACY_END),
            (AnchorKind::Test, Some(ca)) if ca.legacy => Some(certificate.not_after()),
            (AnchorKind::Production | AnchorKind::Test, _) => None,
        };
        Ok(Self {
            certificate,
            kind,
            legacy_until,
            purpose: AnchorPurpose::Any,
            since: None,
            provenance: Arc::default(),
        })
    }

    /// With another end of what is accepted as legacy; of an anchor that accepts none, nothing changes.
    #[must_use]
    pub fn legacy_until(mut self, end: Timestamp) -> Self {
        self.legacy_until = self.legacy_until.map(|_| end);
        self
    }

    /// Takes the earlier end of what is accepted as legacy.
    fn tighten(&mut self, other: &Self) {
        self.legacy_until = self.legacy_until.min(other.legacy_until);
    }

    /// Believed about one kind of card only.
    #[must_use]
    pub fn only_for(mut self, purpose: AnchorPurpose) -> Self {
        self.purpose = purpose;
        self
    }

    /// Taken from a trusted list on which it stands since an instant, and not believed before.
    #[must_use]
    pub fn listed(mut self, provenance: Provenance, since: Timestamp) -> Self {
        self.provenance = Arc::new(provenance);
        self.since = Some(since);
        self
    }

    /// The authority's certificate.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// What it was brought for.
    #[must_use]
    pub fn kind(&self) -> AnchorKind {
        self.kind
    }

    /// Whether legacy algorithms pass below it at an instant.
    #[must_use]
    pub fn legacy_at(&self, at: Timestamp) -> Legacy {
        match self.legacy_until {
            Some(end) if at <= end => Legacy::Accepted,
            _ => Legacy::Refused,
        }
    }

    /// The kind of card that it is believed about.
    #[must_use]
    pub fn purpose(&self) -> AnchorPurpose {
        self.purpose
    }

    /// Since when it is believed, where its list says so.
    #[must_use]
    pub fn since(&self) -> Option<Timestamp> {
        self.since
    }

    /// Where it comes from.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// Whether it is believed about cards of a kind at an instant.
    fn is_for(&self, purpose: AnchorPurpose, at: Timestamp) -> bool {
        let about = [self.purpose, purpose].contains(&AnchorPurpose::Any) || self.purpose == purpose;
        about && self.since.is_none_or(|since| since <= at)
    }
}

/// Some of a set of anchors.
#[derive(Debug, Clone, Copy)]
pub enum Believed {
    /// All.
    All,
    /// Those that are believed about cards of a kind at an instant.
    About(AnchorPurpose, Timestamp),
    /// The others.
    NotAbout(AnchorPurpose, Timestamp),
}

impl Believed {
    pub(crate) fn takes(self, anchor: &TrustAnchor) -> bool {
        match self {
            Self::All => true,
            Self::About(purpose, at) => anchor.is_for(purpose, at),
            Self::NotAbout(purpose, at) => !anchor.is_for(purpose, at),
        }
    }
}

#[cfg(test)]
mod tests;
