//! From a leaf to a trust anchor: the contract of a path validator and the evidence it gives.
//!
//! Which purposes the leaf serves is not asked here, nor whether it was revoked.

mod certval;
mod name;
mod prepared;
mod signature;

pub use self::certval::{CertvalValidator, PolicyInputs, PolicyValidator};
pub(crate) use self::name::{NameTable, name_below, same_name};
pub(crate) use self::prepared::{Prepared, bears_issuers_name};

use crate::anchor::Believed;
use crate::signed::RSA_BITS_MIN;
use crate::{
    Certificate, Distrust, InPath, Legacy, PublicKey, Rejection, SignatureHash, Timestamp, TrustAnchor,
    TrustAnchors,
};

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
    ) -> Result<ValidPath, Rejection> {
        self.find(leaf, intermediates, (anchors, Believed::All), at)
    }
}

mod sealed {
    use crate::anchor::Believed;
    use crate::{Certificate, Rejection, Timestamp, TrustAnchors, ValidPath};

    /// Keeps the makers of evidence inside the crate.
    pub trait Sealed {
        /// As `validate`, with some of the anchors only.
        fn find(
            &self,
            leaf: &Certificate,
            intermediates: &[Certificate],
            anchors: (&TrustAnchors, Believed),
            at: Timestamp,
        ) -> Result<ValidPath, Rejection>;
    }
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
    /// Not of a path: what shows that nothing was revoked has a SHA-1 signature, or one by an RSA key under 2048 bits.
    WeakRevocationEvidence,
    /// Not of a path: whether a certificate of it was revoked is not known, or nobody asked.
    RevocationNotKnown,
}

impl Downgrade {
    /// Stable code for messages, policies and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Rsa1024 => "rsa-1024",
            Self::Sha1Signature => "sha1-signature",
            Self::CardOriginUnchecked => "card-origin-unchecked",
            Self::WeakRevocationEvidence => "weak-revocation-evidence",
            Self::RevocationNotKnown => "revocation-not-known",
        }
    }
}

/// Evidence that a path holds.
#[derive(Debug)]
pub struct ValidPath {
    anchor: TrustAnchor,
    issuers: Vec<Certificate>,
    downgrades: Vec<Downgrade>,
}

impl ValidPath {
    /// The anchor at its end.
    #[must_use]
    pub fn anchor(&self) -> &TrustAnchor {
        &self.anchor
    }

    /// The authorities between leaf and anchor, from the leaf upward.
    #[must_use]
    pub fn issuers(&self) -> &[Certificate] {
        &self.issuers
    }

    /// Who issued the leaf: the first of these, or the anchor.
    #[must_use]
    pub fn issuer(&self) -> &Certificate {
        self.issuers.first().unwrap_or(self.anchor.certificate())
    }

    /// The weaknesses in it, each once, in a fixed order. Empty unless the anchor accepts them.
    #[must_use]
    pub fn downgrades(&self) -> &[Downgrade] {
        &self.downgrades
    }
}

/// The weaknesses of a path, each with the first certificate that has it: keys of every certificate in it, signatures of all
/// but the anchor, whose own signature proves nothing.
fn weaknesses(
    leaf: &Certificate,
    issuers: &[&Certificate],
    anchor: &Certificate,
) -> Vec<(Downgrade, InPath)> {
    let below = std::iter::once((leaf, InPath::Leaf))
        .chain(issuers.iter().map(|issuer| (*issuer, InPath::Intermediate)));
    let weak_key = |certificate: &Certificate| matches!(certificate.key(), PublicKey::Rsa { bits, .. } if *bits < RSA_BITS_MIN);
    let weak_signature = |certificate: &Certificate| certificate.signature_hash() == SignatureHash::Sha1;
    let mut all = below.clone().chain([(anchor, InPath::Anchor)]);
    let key = all.find(|(certificate, _)| weak_key(certificate));
    let signature = below.clone().find(|(certificate, _)| weak_signature(certificate));
    let key = key.map(|(_, place)| (Downgrade::Rsa1024, place));
    key.into_iter()
        .chain(signature.map(|(_, place)| (Downgrade::Sha1Signature, place)))
        .collect()
}

/// Lets weaknesses pass only below an anchor that accepts them.
fn admit(weaknesses: &[(Downgrade, InPath)], legacy: Legacy) -> Result<(), Rejection> {
    let Some((first, in_path)) = weaknesses.first() else {
        return Ok(());
    };
    if legacy == Legacy::Accepted {
        return Ok(());
    }
    let reason = match first {
        Downgrade::Rsa1024 => Distrust::WeakKey,
        _ => Distrust::WeakSignature,
    };
    Err(Rejection::NotTrusted {
        reason,
        in_path: *in_path,
    })
}

#[cfg(test)]
mod tests;
