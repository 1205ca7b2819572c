//! The key that signs head and checkpoints: Ed25519 (RFC 8032), the private one in PKCS#8 (RFC 8410).
//!
//! Not here: what is signed (`audit/checkpoint.rs`).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{KeyInvalid, TEXT_LENGTH_MAX, read_text, write_text};
use crate::audit::{Digest, KeyId};

const KIND: &str = "varco-audit-checkpoint-key";
const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";
/// The beginning of a PKCS#8 key of version 1 with an Ed25519 seed (RFC 8410 §7).
const PKCS8_START: [u8; 16] = [
    0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];
const WHAT: &str = "a checkpoint key of the audit record";

/// The key that signs checkpoints. It does not print.
///
/// Its pair is held by `ring`, which does not wipe; what is read and written here is wiped.
pub struct CheckpointKey(Ed25519KeyPair);

impl CheckpointKey {
    /// Reads a key in PKCS#8: a PEM block alone, with white space around it.
    ///
    /// # Errors
    /// [`KeyInvalid`].
    pub fn from_pem(text: &str) -> Result<Self, KeyInvalid> {
        let inside = text
            .trim()
            .strip_prefix(BEGIN)
            .and_then(|rest| rest.strip_suffix(END));
        let inside = inside
            .filter(|inside| inside.len() <= TEXT_LENGTH_MAX)
            .ok_or(KeyInvalid(WHAT))?;
        let encoded: Zeroizing<String> = Zeroizing::new(inside.split_ascii_whitespace().collect());
        let der = Zeroizing::new(STANDARD.decode(encoded.as_str()).map_err(|_| KeyInvalid(WHAT))?);
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der)
            .map(Self)
            .map_err(|_| KeyInvalid(WHAT))
    }

    /// The PKCS#8 form, in PEM, of the key with this seed of 32 random bytes.
    #[must_use]
    pub fn pem_of_seed(seed: &[u8; 32]) -> Zeroizing<String> {
        let der = Zeroizing::new([&PKCS8_START[..], seed].concat());
        let encoded = Zeroizing::new(STANDARD.encode(der.as_slice()));
        Zeroizing::new(format!("{BEGIN}\n{}\n{END}\n", encoded.as_str()))
    }

    /// The key by which its checkpoints are checked.
    #[must_use]
    pub fn public(&self) -> CheckpointPublicKey {
        let mut bytes = [0; 32];
        for (place, byte) in bytes.iter_mut().zip(self.0.public_key().as_ref()) {
            *place = *byte;
        }
        CheckpointPublicKey(bytes)
    }

    pub(in crate::audit) fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut bytes = [0; 64];
        for (place, byte) in bytes.iter_mut().zip(self.0.sign(message).as_ref()) {
            *place = *byte;
        }
        bytes
    }
}

impl fmt::Debug for CheckpointKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CheckpointKey({})", self.public().id())
    }
}

/// The key by which checkpoints are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CheckpointPublicKey([u8; 32]);

impl CheckpointPublicKey {
    /// Reads what [`CheckpointPublicKey::to_text`] writes, with white space around it.
    ///
    /// # Errors
    /// [`KeyInvalid`].
    pub fn parse(text: &str) -> Result<Self, KeyInvalid> {
        read_text(text, KIND, WHAT).map(|bytes| Self(*bytes))
    }

    /// One line of text without its end.
    #[must_use]
    pub fn to_text(&self) -> String {
        write_text(&self.0, KIND).as_str().to_owned()
    }

    /// By which checkpoints name it: the beginning of its SHA-256.
    #[must_use]
    pub fn id(&self) -> KeyId {
        KeyId::beginning(Digest::of(&self.0).as_bytes())
    }

    pub(in crate::audit) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0)
            .verify(message, signature)
            .is_ok()
    }
}

impl TryFrom<String> for CheckpointPublicKey {
    type Error = KeyInvalid;

    fn try_from(text: String) -> Result<Self, KeyInvalid> {
        Self::parse(&text)
    }
}

impl From<CheckpointPublicKey> for String {
    fn from(key: CheckpointPublicKey) -> Self {
        key.to_text()
    }
}
