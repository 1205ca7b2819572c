//! From a leaf to a trust anchor: the contract of a path validator and the evidence it gives.
//!
//! Which purposes the leaf serves is not asked here, nor whether it was revoked.

mod certval;
mod signature;

pub use self::certval::CertvalValidator;

use crate::signed::RSA_BITS_MIN;
use crate::{Certificate, Legacy, PublicKey, Rejection, SignatureHash, Timestamp, TrustAnchor, TrustAnchors};

/// Judges certification paths by RFC 5280 §6.
///
/// Implemented in this crate only: a [`ValidPath`] is evidence and nobody else can make one.
pub trait PathValidator: sealed::Sealed {
    /// Finds a path from `leaf` through any of `intermediates` to one of `anchors` that holds at `at`.
    ///
    /// No policy is asked for: Italian chains state different policies at each level, and an explicit-policy
    /// demand over the path refuses the real CIE chain. Policies are looked for on the leaf, by the profile.
    ///
    /// # Errors
    /// [`Rejection::NotTrusted`] or [`Rejection::OutsideValidity`]; of several failed paths, that of the one
    /// that came furthest.
    fn validate(
        &self,
        leaf: &Certificate,
        intermediates: &[Certificate],
        anchors: &TrustAnchors,
        at: Timestamp,
    ) -> Result<ValidPath, Rejection>;
}

mod sealed {
    /// Keeps the makers of evidence inside the crate.
    pub trait Sealed {}
}

/// A weakness that an anchor was told to accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Downgrade {
    /// An RSA key under 2048 bits in the path, the leaf's or an issuer's.
    Rsa1024,
    /// A SHA-1 signature on a certificate of the path.
    Sha1Signature,
    /// Not of a path: whether the card itself is genuine was not asked.
    CardOriginUnchecked,
}

impl Downgrade {
    /// Stable code for messages, policies and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Rsa1024 => "rsa-1024",
            Self::Sha1Signature => "sha1-signature",
            Self::CardOriginUnchecked => "card-origin-unchecked",
        }
    }
}

/// Evidence that a path holds.
#[derive(Debug)]
pub struct ValidPath {
    anchor: TrustAnchor,
    downgrades: Vec<Downgrade>,
}

impl ValidPath {
    /// The anchor at its end.
    #[must_use]
    pub fn anchor(&self) -> &TrustAnchor {
        &self.anchor
    }

    /// The weaknesses in it, each once, in a fixed order. Empty unless the anchor accepts them.
    #[must_use]
    pub fn downgrades(&self) -> &[Downgrade] {
        &self.downgrades
    }
}

/// The weaknesses of a path: keys of every certificate in it, signatures of all but the anchor, whose own
/// signature proves nothing.
fn downgrades(leaf: &Certificate, issuers: &[&Certificate], anchor: &Certificate) -> Vec<Downgrade> {
    let below_anchor = || std::iter::once(leaf).chain(issuers.iter().copied());
    let weak_key = |certificate: &Certificate| matches!(certificate.key(), PublicKey::Rsa { bits, .. } if *bits < RSA_BITS_MIN);
    let weak_signature = |certificate: &Certificate| certificate.signature_hash() == SignatureHash::Sha1;
    let mut found = Vec::new();
    if below_anchor().chain([anchor]).any(weak_key) {
        found.push(Downgrade::Rsa1024);
    }
    if below_anchor().any(weak_signature) {
        found.push(Downgrade::Sha1Signature);
    }
    found
}

/// Lets weaknesses pass only below an anchor that accepts them.
fn admit(downgrades: &[Downgrade], legacy: Legacy) -> Result<(), crate::Distrust> {
    match legacy {
        Legacy::Accepted => Ok(()),
        Legacy::Refused if downgrades.contains(&Downgrade::Rsa1024) => Err(crate::Distrust::WeakKey),
        Legacy::Refused if downgrades.is_empty() => Ok(()),
        Legacy::Refused => Err(crate::Distrust::WeakSignature),
    }
}

#[cfg(test)]
mod tests;
