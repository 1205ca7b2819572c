//! Trust anchors: certificates that somebody decided to believe, and for what.
//!
//! Where they come from (files, lists) is the trust store's part; here is only what may become one.

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
    provenance: Provenance,
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
            provenance: Provenance::Named,
        })
    }

    /// With another end of what is accepted as legacy; of an anchor that accepts none, nothing changes.
    #[must_use]
    pub fn legacy_until(mut self, end: Timestamp) -> Self {
        self.legacy_until = self.legacy_until.map(|_| end);
        self
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
        self.provenance = provenance;
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

/// A set of anchors, tried in the order production, legacy, test: what passes under real trust is not marked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustAnchors(Vec<TrustAnchor>);

impl TrustAnchors {
    /// Adds an anchor. The same certificate may stand once for each kind and purpose; a repetition changes nothing.
    pub fn add(&mut self, anchor: TrustAnchor) {
        let is_same = |known: &TrustAnchor| {
            (known.kind, known.purpose) == (anchor.kind, anchor.purpose)
                && known.certificate == anchor.certificate
        };
        if !self.0.iter().any(is_same) {
            let place = self.0.partition_point(|earlier| earlier.kind <= anchor.kind);
            self.0.insert(place, anchor);
        }
    }

    /// The anchors, in the order in which they are tried.
    pub fn iter(&self) -> std::slice::Iter<'_, TrustAnchor> {
        self.0.iter()
    }

    /// Those that are believed about cards of a kind at an instant, and the others.
    pub(crate) fn for_purpose(&self, purpose: AnchorPurpose, at: Timestamp) -> (Self, Self) {
        let (usable, others) = self
            .0
            .iter()
            .cloned()
            .partition(|anchor| anchor.is_for(purpose, at));
        (Self(usable), Self(others))
    }

    /// Whether all are believed about cards of a kind at an instant.
    pub(crate) fn are_all_for(&self, purpose: AnchorPurpose, at: Timestamp) -> bool {
        self.0.iter().all(|anchor| anchor.is_for(purpose, at))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl<'a> IntoIterator for &'a TrustAnchors {
    type Item = &'a TrustAnchor;
    type IntoIter = std::slice::Iter<'a, TrustAnchor>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Extend<TrustAnchor> for TrustAnchors {
    fn extend<I: IntoIterator<Item = TrustAnchor>>(&mut self, anchors: I) {
        anchors.into_iter().for_each(|anchor| self.add(anchor));
    }
}

impl FromIterator<TrustAnchor> for TrustAnchors {
    fn from_iter<I: IntoIterator<Item = TrustAnchor>>(anchors: I) -> Self {
        let mut set = Self::default();
        set.extend(anchors);
        set
    }
}

#[cfg(test)]
mod tests;
