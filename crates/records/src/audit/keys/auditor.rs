//! The auditor's pair: X25519, for HPKE (RFC 9180).
//!
//! Not here: sealing and opening (`audit/seal.rs`).

use std::fmt;

use hpke::kem::{Kem as _, X25519HkdfSha256};
use hpke::{Deserializable as _, Serializable as _};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{KeyInvalid, read_text, write_text};
use crate::audit::{Digest, KeyId};

const PRIVATE: &str = "varco-audit-auditor-private-key";
const PUBLIC: &str = "varco-audit-auditor-key";
const WHAT: &str = "an auditor's key";

/// The auditor's private key. It wipes itself and does not print.
pub struct AuditorKey(Zeroizing<[u8; 32]>);

impl AuditorKey {
    /// The key of these 32 random bytes.
    #[must_use]
    pub fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// Reads what [`AuditorKey::to_text`] writes, with white space around it.
    ///
    /// # Errors
    /// [`KeyInvalid`].
    pub fn parse(text: &str) -> Result<Self, KeyInvalid> {
        read_text(text, PRIVATE, "an auditor's private key").map(Self)
    }

    /// One line of text without its end: secret.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        write_text(&self.0, PRIVATE)
    }

    /// The key to which is sealed.
    ///
    /// # Errors
    /// [`KeyInvalid`] never for 32 bytes.
    pub fn public(&self) -> Result<AuditorPublicKey, KeyInvalid> {
        let public = X25519HkdfSha256::sk_to_pk(&self.key()?);
        Ok(AuditorPublicKey(public.to_bytes().into()))
    }

    pub(in crate::audit) fn key(&self) -> Result<<X25519HkdfSha256 as hpke::Kem>::PrivateKey, KeyInvalid> {
        <X25519HkdfSha256 as hpke::Kem>::PrivateKey::from_bytes(self.0.as_slice())
            .map_err(|_| KeyInvalid(WHAT))
    }
}

impl fmt::Debug for AuditorKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AuditorKey")
    }
}

/// The key to which is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AuditorPublicKey([u8; 32]);

impl AuditorPublicKey {
    /// Reads what [`AuditorPublicKey::to_text`] writes, with white space around it.
    ///
    /// # Errors
    /// [`KeyInvalid`].
    pub fn parse(text: &str) -> Result<Self, KeyInvalid> {
        read_text(text, PUBLIC, WHAT).map(|bytes| Self(*bytes))
    }

    /// One line of text without its end.
    #[must_use]
    pub fn to_text(&self) -> String {
        write_text(&self.0, PUBLIC).as_str().to_owned()
    }

    /// By which records name it: the beginning of its SHA-256.
    #[must_use]
    pub fn id(&self) -> KeyId {
        KeyId::beginning(Digest::of(&self.0).as_bytes())
    }

    pub(in crate::audit) fn key(&self) -> Result<<X25519HkdfSha256 as hpke::Kem>::PublicKey, KeyInvalid> {
        <X25519HkdfSha256 as hpke::Kem>::PublicKey::from_bytes(&self.0).map_err(|_| KeyInvalid(WHAT))
    }
}

impl TryFrom<String> for AuditorPublicKey {
    type Error = KeyInvalid;

    fn try_from(text: String) -> Result<Self, KeyInvalid> {
        Self::parse(&text)
    }
}

impl From<AuditorPublicKey> for String {
    fn from(key: AuditorPublicKey) -> Self {
        key.to_text()
    }
}
