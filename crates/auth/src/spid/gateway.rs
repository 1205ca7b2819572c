//! Whom a relying party believes about SPID logins: the keys of its gateways, each with its dates.
//!
//! Keys rotate: the next one is configured before the gateway begins to sign with it, and the last one stays until its end.
//!
//! Not here: the file that names them, and private keys, which only a gateway has.

use std::fmt;

use ring::signature::{ED25519, UnparsedPublicKey};
use sha2::{Digest as _, Sha256};
use varco_pki::Timestamp;

use super::wire::is_shown;
use crate::audience;
use crate::identity::hexadecimal;

/// Most keys configured at once.
const KEYS_MAX: usize = 16;
/// Most bytes of a gateway's name.
const NAME_LENGTH_MAX: usize = 255;
/// Most characters of a public key in PEM.
const PEM_LENGTH_MAX: usize = 512;
/// What stands before the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410 §4).
const SPKI: [u8; 12] = [
    0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// SHA-256 of public keys whose private half stands in this source: the one of `fixtures/vectors/spid`.
const FIXTURE_KEYS: [&str; 1] = ["9daf48a0fad26989f84755304b10f50428c802049310c7e3a1869f1a81c23e2d"];

/// Points of order 1, 2, 4 and 8 as their y, without the sign, in hexadecimal; 0 and 1 also with the modulus added. Everybody
/// can sign for such a key (RFC 8032 §5.1.7 does not refuse them).
const SMALL_ORDER: [&str; 7] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
];

/// Why keys of gateways are not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GatewayKeyError {
    /// The name is empty, over 255 bytes, or holds characters that control a display.
    #[error("the gateway's name is not 1 to 255 bytes of printable text")]
    Name,
    /// It is no Ed25519 public key, in PEM or as 32 bytes.
    #[error("this is not the public key of an Ed25519 key pair")]
    Form,
    /// It is a key for which everybody can sign.
    #[error("this key is one for which everybody can sign")]
    Weak,
    /// Its end does not come after its beginning.
    #[error("the end of the key's validity does not come after its beginning")]
    Dates,
    /// It is a fixture's, whose private half is public, and was to be believed.
    #[error("this is the key of a test, whose private half is public")]
    TestMaterial,
    /// There are none, or over 16.
    #[error("the keys of gateways are not 1 to 16")]
    Number,
    /// Two are the same.
    #[error("a key of a gateway is given twice")]
    Repeated,
}

impl GatewayKeyError {
    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Name => "gateway-key-name",
            Self::Form => "gateway-key-form",
            Self::Weak => "gateway-key-weak",
            Self::Dates => "gateway-key-dates",
            Self::TestMaterial => "gateway-key-test-material",
            Self::Number => "gateway-key-number",
            Self::Repeated => "gateway-key-repeated",
        }
    }
}

/// An Ed25519 public key that may be believed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct GatewayPublicKey([u8; 32]);

impl GatewayPublicKey {
    /// The 32 bytes of RFC 8032.
    ///
    /// # Errors
    /// [`GatewayKeyError::Weak`].
    pub fn new(bytes: [u8; 32]) -> Result<Self, GatewayKeyError> {
        let mut y = bytes;
        if let Some(last) = y.last_mut() {
            *last &= 0x7F;
        }
        if SMALL_ORDER.contains(&hexadecimal(&y).as_str()) {
            return Err(GatewayKeyError::Weak);
        }
        Ok(Self(bytes))
    }

    /// From PEM as `openssl pkey -pubout` writes it (RFC 7468 §13).
    ///
    /// # Errors
    /// [`GatewayKeyError::Form`], [`GatewayKeyError::Weak`].
    pub fn from_pem(pem: &str) -> Result<Self, GatewayKeyError> {
        let body = Some(pem)
            .filter(|pem| pem.len() <= PEM_LENGTH_MAX)
            .and_then(|pem| pem.trim().strip_prefix("-----BEGIN PUBLIC KEY-----"))
            .and_then(|pem| pem.strip_suffix("-----END PUBLIC KEY-----"))
            .ok_or(GatewayKeyError::Form)?;
        let der = audience::decode(&body.split_ascii_whitespace().collect::<String>());
        let key = der
            .as_deref()
            .and_then(|der| der.strip_prefix(&SPKI))
            .and_then(|key| <[u8; 32]>::try_from(key).ok());
        Self::new(key.ok_or(GatewayKeyError::Form)?)
    }

    /// By what a hand-over names it: SHA-256 of the 32 bytes.
    #[must_use]
    pub fn id(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

/// Shows its identifier.
impl fmt::Debug for GatewayPublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "GatewayPublicKey({})", hexadecimal(&self.id()))
    }
}

/// Whether logins by a gateway's key are real.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GatewayMaterial {
    /// The gateway validates real identity providers' responses.
    Real,
    /// It speaks to a test's: identities are marked, and the access policy permits them where tests are permitted.
    Test,
}

/// A key of a gateway, with the gateway's name and its dates.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GatewayKey {
    gateway: String,
    public: GatewayPublicKey,
    not_before: Timestamp,
    not_after: Timestamp,
    material: GatewayMaterial,
}

impl GatewayKey {
    /// Of a gateway of this name, from an instant to an instant, both included.
    ///
    /// # Errors
    /// [`GatewayKeyError::Name`], [`GatewayKeyError::Dates`]; [`GatewayKeyError::TestMaterial`] for the fixtures' key where it is
    /// said to be real.
    pub fn new(
        gateway: &str,
        public: GatewayPublicKey,
        not_before: Timestamp,
        not_after: Timestamp,
        material: GatewayMaterial,
    ) -> Result<Self, GatewayKeyError> {
        if !is_shown(gateway, NAME_LENGTH_MAX) {
            return Err(GatewayKeyError::Name);
        }
        if not_after <= not_before {
            return Err(GatewayKeyError::Dates);
        }
        let is_fixture = FIXTURE_KEYS.contains(&hexadecimal(&public.id()).as_str());
        if is_fixture && material == GatewayMaterial::Real {
            return Err(GatewayKeyError::TestMaterial);
        }
        Ok(Self {
            gateway: gateway.to_owned(),
            public,
            not_before,
            not_after,
            material,
        })
    }

    /// The gateway's name.
    #[must_use]
    pub fn gateway(&self) -> &str {
        &self.gateway
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> GatewayPublicKey {
        self.public
    }

    /// Whether logins by it are marked as test material.
    #[must_use]
    pub fn is_test_material(&self) -> bool {
        self.material == GatewayMaterial::Test
    }

    pub(super) fn is_in_force(&self, at: Timestamp) -> bool {
        (self.not_before..=self.not_after).contains(&at)
    }

    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.public.0)
            .verify(message, signature)
            .is_ok()
    }
}

/// All keys that are believed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GatewayKeys(Vec<GatewayKey>);

impl GatewayKeys {
    /// One to sixteen, each once.
    ///
    /// # Errors
    /// [`GatewayKeyError::Number`], [`GatewayKeyError::Repeated`].
    pub fn new(keys: Vec<GatewayKey>) -> Result<Self, GatewayKeyError> {
        if !(1..=KEYS_MAX).contains(&keys.len()) {
            return Err(GatewayKeyError::Number);
        }
        let mut ids: Vec<[u8; 32]> = keys.iter().map(|key| key.public.id()).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.len() != keys.len() {
            return Err(GatewayKeyError::Repeated);
        }
        Ok(Self(keys))
    }

    pub(super) fn find(&self, id: &[u8; 32]) -> Option<&GatewayKey> {
        self.0.iter().find(|key| key.public.id() == *id)
    }
}

#[cfg(test)]
mod tests;
