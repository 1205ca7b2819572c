//! Keys of bundles: Ed25519 (RFC 8032), the private one in PKCS#8 (RFC 8410), the public one as 32 bytes in text.
//!
//! Not here: files and randomness; who makes a key brings 32 random bytes.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use super::BundleError;
use crate::store::Fingerprint;

/// Longest key file, in bytes.
const FILE_LENGTH_MAX: usize = 4096;
/// What stands before the key in text.
const PREFIX: &str = "varco-bundle-key:";
/// The beginning of a PKCS#8 key of version 1 with an Ed25519 seed (RFC 8410 §7).
const PKCS8_START: [u8; 16] = [
    0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// The key that signs bundles. It does not print.
pub struct BundleKey(Ed25519KeyPair);

impl BundleKey {
    /// Reads a key in PKCS#8, DER or PEM.
    ///
    /// # Errors
    /// [`BundleError::Key`].
    pub fn from_pkcs8(bytes: &[u8]) -> Result<Self, BundleError> {
        if bytes.len() > FILE_LENGTH_MAX {
            return Err(BundleError::Key);
        }
        let read = |der: &[u8]| {
            Ed25519KeyPair::from_pkcs8_maybe_unchecked(der)
                .map(Self)
                .map_err(|_| BundleError::Key)
        };
        if bytes.first() == Some(&0x30) {
            return read(bytes);
        }
        let mut blocks = crate::pem::blocks(bytes, "PRIVATE KEY", crate::Problem::NoCertificate)
            .map_err(|_| BundleError::Key)?
            .into_iter();
        match (blocks.next(), blocks.next()) {
            (Some(der), None) => read(&der),
            _ => Err(BundleError::Key),
        }
    }

    /// The PKCS#8 form, in PEM, of the key with this seed of 32 random bytes.
    #[must_use]
    pub fn pem_of_seed(seed: &[u8; 32]) -> String {
        let der = STANDARD.encode([&PKCS8_START[..], seed].concat());
        format!("-----BEGIN PRIVATE KEY-----\n{der}\n-----END PRIVATE KEY-----\n")
    }

    /// The key by which its bundles are known.
    #[must_use]
    pub fn public(&self) -> BundlePublicKey {
        let mut bytes = [0; 32];
        for (place, byte) in bytes.iter_mut().zip(self.0.public_key().as_ref()) {
            *place = *byte;
        }
        BundlePublicKey(bytes)
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).as_ref().to_vec()
    }
}

impl fmt::Debug for BundleKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("BundleKey")
    }
}

/// The key by which bundles are known: pinned by whoever takes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BundlePublicKey([u8; 32]);

impl BundlePublicKey {
    /// Reads the text that [`BundlePublicKey::to_text`] writes, with white space around it.
    ///
    /// # Errors
    /// [`BundleError::Key`].
    pub fn parse(text: &str) -> Result<Self, BundleError> {
        let encoded = text.trim().strip_prefix(PREFIX).ok_or(BundleError::Key)?;
        if encoded.len() > FILE_LENGTH_MAX {
            return Err(BundleError::Key);
        }
        let bytes = STANDARD.decode(encoded).map_err(|_| BundleError::Key)?;
        bytes.try_into().map(Self).map_err(|_| BundleError::Key)
    }

    /// One line of text without its end.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(self.0))
    }

    /// By which a bundle names its key.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.0)
    }

    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0)
            .verify(message, signature)
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_back_and_its_public_half_as_text() {
        let pem = BundleKey::pem_of_seed(&[7; 32]);
        let key = BundleKey::from_pkcs8(pem.as_bytes()).unwrap();
        let text = format!("  {}\n", key.public().to_text());
        assert_eq!(BundlePublicKey::parse(&text), Ok(key.public()));
        assert_eq!(format!("{key:?}"), "BundleKey");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for bytes in [&b""[..], b"0", b"-----BEGIN PRIVATE KEY-----\n", &[0x30; 5000]] {
            assert_eq!(BundleKey::from_pkcs8(bytes).unwrap_err(), BundleError::Key);
        }
        for text in [
            "",
            "varco-bundle-key:",
            "varco-bundle-key:AAAA",
            "AAAA",
            "varco-bundle-key:*",
        ] {
            assert_eq!(BundlePublicKey::parse(text), Err(BundleError::Key), "{text}");
        }
    }
}
