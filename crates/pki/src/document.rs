//! Whether an identity card's security object is genuine: its signature, its signer, and the files it speaks of
//! (ICAO 9303-11 §5.1, passive authentication).
//!
//! A genuine security object proves no card: it can be copied. A card is proven by a key whose public half the object
//! holds the hash of, and a person by the PIN.
//!
//! Not here: the bytes of the object (`security_object`), and any dialogue with a card.

use x509_cert::der::Decode as _;
use x509_cert::ext::pkix::PrivateKeyUsagePeriod;

use crate::security_object::{DataGroup, Hashes, SecurityObject, SecurityObjectError};
use crate::{AnchorKind, PathValidator, PublicKey, Rejection, Timestamp, TrustAnchors};

/// The shortest RSA key of a signer, in bits.
const SIGNER_BITS_MIN: usize = 2048;

/// Why an identity card's data are not believed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentRejection {
    /// The security object cannot be read.
    #[error(transparent)]
    Unreadable(#[from] SecurityObjectError),
    /// No country signer that is believed stands behind its signer.
    #[error("the signer of the security object is not trusted: {0}")]
    Signer(Rejection),
    /// The signer's certificate is not one to sign security objects with, at this time.
    #[error("the signer of the security object may not sign it: {0}")]
    SignerUse(&'static str),
    /// The signer's key did not make the signature.
    #[error("the signature of the security object does not hold")]
    Signature,
    /// A file is not the one that was signed.
    #[error("the card's {} is not the one that was signed", .0.name())]
    Changed(DataGroup),
    /// The certificate names another card than the one it was read from.
    #[error("the certificate names another card")]
    OtherNumber,
    /// The object says nothing about a file.
    #[error("the security object says nothing about the card's {}", .0.name())]
    NotSigned(DataGroup),
}

impl DocumentRejection {
    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "document-unreadable",
            Self::Signer(_) => "document-signer-not-trusted",
            Self::SignerUse(_) => "document-signer-use",
            Self::Signature => "document-signature",
            Self::Changed(_) | Self::NotSigned(_) | Self::OtherNumber => "document-changed",
        }
    }
}

/// Evidence that a security object was judged genuine at one instant. Made by [`judge_document`] alone.
pub struct GenuineDocument {
    hashes: Hashes,
    anchor_kind: AnchorKind,
    signer: String,
    judged_at: Timestamp,
}

impl core::fmt::Debug for GenuineDocument {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("GenuineDocument")
            .field("judged_at", &self.judged_at)
            .finish_non_exhaustive()
    }
}

/// Judges a security object at an instant: signature, path from its signer to a country signer, dates of certificate and
/// key.
///
/// # Errors
/// [`DocumentRejection`].
pub fn judge_document(
    object: SecurityObject,
    country_signers: &TrustAnchors,
    validator: &dyn PathValidator,
    at: Timestamp,
) -> Result<GenuineDocument, DocumentRejection> {
    let signer = object.signer();
    let path = validator
        .validate(signer, &object.others, country_signers, at)
        .map_err(DocumentRejection::Signer)?;
    check_use(&object, at)?;
    if !object.is_signed() {
        return Err(DocumentRejection::Signature);
    }
    Ok(GenuineDocument {
        anchor_kind: path.anchor().kind(),
        signer: signer.subject().to_owned(),
        hashes: object.hashes,
        judged_at: at,
    })
}

fn check_use(object: &SecurityObject, at: Timestamp) -> Result<(), DocumentRejection> {
    let signer = object.signer();
    let refused = DocumentRejection::SignerUse;
    if signer.is_ca() || !signer.may_sign_challenges() {
        return Err(refused("its key is not for signatures"));
    }
    if !matches!(signer.key(), PublicKey::Rsa { bits, .. } if *bits >= SIGNER_BITS_MIN) {
        return Err(refused("its key is not RSA of 2048 bits or more"));
    }
    let malformed = refused("the period of its key is malformed");
    let certificate = x509_cert::Certificate::from_der(signer.der()).map_err(|_| malformed.clone())?;
    let period = certificate
        .tbs_certificate()
        .get_extension::<PrivateKeyUsagePeriod>()
        .map_err(|_| malformed.clone())?;
    let Some((_, period)) = period else {
        return Ok(());
    };
    let instant = |time: x509_cert::der::asn1::GeneralizedTime| {
        i64::try_from(time.to_unix_duration().as_secs())
            .ok()
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
    };
    let (from, to) = (period.not_before.map(instant), period.not_after.map(instant));
    if from == Some(None) || to == Some(None) {
        return Err(malformed);
    }
    let (from, to) = (from.flatten(), to.flatten());
    if matches!((from, to), (Some(from), Some(to)) if from > to) {
        return Err(malformed);
    }
    // Nothing can have been signed by it before; documents outlive the end.
    match from {
        Some(from) if at < from => Err(refused("its key is not in use yet")),
        _ => Ok(()),
    }
}

impl GenuineDocument {
    /// That a file's content is the one that was signed: bytes as `[cie §4.3]` says, cut at their own length.
    ///
    /// # Errors
    /// [`DocumentRejection::Changed`] and [`DocumentRejection::NotSigned`].
    pub fn confirm(&self, group: DataGroup, content: &[u8]) -> Result<(), DocumentRejection> {
        match self.hashes.match_content(group, content) {
            Some(true) => Ok(()),
            Some(false) => Err(DocumentRejection::Changed(group)),
            None => Err(DocumentRejection::NotSigned(group)),
        }
    }

    /// Whether the path ends in a test anchor: nothing real follows from it.
    #[must_use]
    pub fn is_test_material(&self) -> bool {
        self.anchor_kind == AnchorKind::Test
    }

    /// Who signed it, for display (RFC 4514).
    #[must_use]
    pub fn signer(&self) -> &str {
        &self.signer
    }

    /// The instant for which it was judged.
    #[must_use]
    pub fn judged_at(&self) -> Timestamp {
        self.judged_at
    }
}

#[cfg(test)]
mod tests;
