//! Trust anchors: certificates that somebody decided to believe, and for what.
//!
//! Where they come from (files, lists) is the trust store's part; here is only what may become one.

use crate::Certificate;
use crate::test_material::fixture_ca;

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

/// A certificate accepted as anchor of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustAnchor {
    certificate: Certificate,
    kind: AnchorKind,
    legacy: Legacy,
}

impl TrustAnchor {
    /// Makes an anchor. As a test anchor only the legacy fixture CA accepts legacy algorithms.
    ///
    /// # Errors
    /// [`AnchorError`].
    pub fn new(certificate: Certificate, kind: AnchorKind) -> Result<Self, AnchorError> {
        let fixture = fixture_ca(&certificate.key_sha256());
        if !certificate.is_ca() {
            return Err(AnchorError::NotAnAuthority);
        }
        let legacy = match (kind, fixture) {
            (AnchorKind::Production | AnchorKind::Legacy, Some(_)) => {
                return Err(AnchorError::TestMaterialRefused);
            }
            (AnchorKind::Legacy, None) => Legacy::Accepted,
            (AnchorKind::Test, Some(ca)) if ca.legacy => Legacy::Accepted,
            (AnchorKind::Production | AnchorKind::Test, _) => Legacy::Refused,
        };
        Ok(Self {
            certificate,
            kind,
            legacy,
        })
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

    /// Whether legacy algorithms pass below it.
    #[must_use]
    pub fn legacy(&self) -> Legacy {
        self.legacy
    }
}

/// A set of anchors, tried in the order production, legacy, test: what passes under real trust is not marked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustAnchors(Vec<TrustAnchor>);

impl TrustAnchors {
    /// Adds an anchor. The same certificate may stand once per kind; a repetition changes nothing.
    pub fn add(&mut self, anchor: TrustAnchor) {
        if !self.0.contains(&anchor) {
            let place = self.0.partition_point(|earlier| earlier.kind <= anchor.kind);
            self.0.insert(place, anchor);
        }
    }

    /// The anchors, in the order in which they are tried.
    pub fn iter(&self) -> std::slice::Iter<'_, TrustAnchor> {
        self.0.iter()
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
