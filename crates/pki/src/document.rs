//! Whether an identity card's security object is genuine: its signature, its signer, and the files it speaks of
//! (ICAO 9303-11 §5.1, passive authentication).
//!
//! A genuine security object proves no card: it can be copied. A card is proven by a key whose public half the object
//! holds the hash of, and a person by the PIN.
//!
//! Not here: the bytes of the object (`security_object`), who may sign it (`signer`), and any dialogue with a card.

mod signer;

use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};

use crate::security_object::{DataGroup, Hashes, SecurityObject, SecurityObjectError};
use crate::{AnchorKind, Downgrade, Nis, PathValidator, Rejection, Timestamp, TrustAnchors, rsa_public_key};

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
    /// A file is not what it must be, signed or not.
    #[error("the card's {} is malformed", .0.name())]
    Malformed(DataGroup),
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
            Self::Unreadable(_) | Self::Malformed(_) => "document-unreadable",
            Self::Signer(Rejection::OutsideValidity { .. }) => "document-signer-dates",
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
    downgrades: Vec<Downgrade>,
}

impl std::fmt::Debug for GenuineDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GenuineDocument(..)")
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
    let path = validator
        .validate(object.signer(), &object.others, country_signers, at)
        .map_err(DocumentRejection::Signer)?;
    signer::check_use(object.signer(), at).map_err(DocumentRejection::SignerUse)?;
    if !object.is_signed() {
        return Err(DocumentRejection::Signature);
    }
    Ok(GenuineDocument {
        anchor_kind: path.anchor().kind(),
        downgrades: path.downgrades().to_vec(),
        hashes: object.hashes,
    })
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

    /// The key of a card that this object speaks of, by which a channel to it is proven.
    ///
    /// # Errors
    /// As [`GenuineDocument::confirm`]; [`DocumentRejection::Malformed`].
    pub fn device_key(&self, content: &[u8]) -> Result<DeviceKey, DocumentRejection> {
        self.confirm(DataGroup::DeviceKey, content)?;
        DeviceKey::unchecked(content)
    }

    /// The key against cloning of the card that this object speaks of.
    ///
    /// # Errors
    /// As [`GenuineDocument::device_key`].
    pub fn service_key(&self, content: &[u8]) -> Result<ServiceKey, DocumentRejection> {
        self.confirm(DataGroup::ServiceKey, content)?;
        let malformed = DocumentRejection::Malformed(DataGroup::ServiceKey);
        let (modulus, exponent) = rsa_public_key(content).ok_or(malformed)?;
        Ok(ServiceKey {
            content: content.to_vec(),
            modulus,
            exponent,
        })
    }

    /// Whether number and key are both of the card that this object speaks of.
    #[must_use]
    pub fn speaks_of(&self, number: &Nis, key: &ServiceKey) -> bool {
        self.confirm(DataGroup::Number, number.as_str().as_bytes())
            .is_ok()
            && self.confirm(DataGroup::ServiceKey, &key.content).is_ok()
    }

    /// Whether the path ends in a test anchor: nothing real follows from it.
    #[must_use]
    pub fn is_test_material(&self) -> bool {
        self.anchor_kind == AnchorKind::Test
    }

    /// Weaknesses of the signer's path that its anchor accepts.
    #[must_use]
    pub fn downgrades(&self) -> &[Downgrade] {
        &self.downgrades
    }
}

/// The public key by which a card shows, without a channel, that it is no copy. Made by
/// [`GenuineDocument::service_key`] alone.
pub struct ServiceKey {
    content: Vec<u8>,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl std::fmt::Debug for ServiceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ServiceKey({} bits)", self.modulus_bits())
    }
}

impl ServiceKey {
    /// Bits of its modulus, in whole bytes.
    #[must_use]
    pub fn modulus_bits(&self) -> usize {
        self.modulus.len() * 8
    }

    /// Whether it signed this message, by RSASSA-PKCS1-v1_5 with SHA-256 and 2048 bits or more.
    #[must_use]
    pub fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = RsaPublicKeyComponents {
            n: &self.modulus,
            e: &self.exponent,
        };
        key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            .is_ok()
    }
}

/// The public key that a card must prove before it is told a PIN.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceKey {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl std::fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DeviceKey({} bytes)", self.modulus.len())
    }
}

impl DeviceKey {
    /// Out of an RSAPublicKey in DER, whoever's it is: a card that proves it may be any card.
    ///
    /// # Errors
    /// [`DocumentRejection::Malformed`].
    pub fn unchecked(content: &[u8]) -> Result<Self, DocumentRejection> {
        let malformed = DocumentRejection::Malformed(DataGroup::DeviceKey);
        let (modulus, exponent) = rsa_public_key(content).ok_or(malformed)?;
        Ok(Self { modulus, exponent })
    }

    /// The modulus, big-endian.
    #[must_use]
    pub fn modulus(&self) -> &[u8] {
        &self.modulus
    }

    /// The public exponent, big-endian.
    #[must_use]
    pub fn exponent(&self) -> &[u8] {
        &self.exponent
    }
}

#[cfg(test)]
mod tests;
