//! Revocation lists made to order, and signed by the authorities of the fixtures.
//!
//! Not here: reading them. A draft can be as wrong as a test wants it, and nothing of it is checked.

use std::path::Path;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use rsa::{Pkcs1v15Sign, PrivateKey};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

const SHA256_WITH_RSA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B];
const SHA1_WITH_RSA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x05];
/// What stands before the hash in a DigestInfo (RFC 8017 §9.2).
const SHA256_INFO: &[u8] = b"\x30\x31\x30\x0D\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
const SHA1_INFO: &[u8] = b"\x30\x21\x30\x09\x06\x05\x2B\x0E\x03\x02\x1A\x05\x00\x04\x14";

/// The hash under a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// Today's.
    Sha256,
    /// Weak.
    Sha1,
}

/// The key of an authority.
pub struct Signer(PrivateKey);

impl Signer {
    /// The RSA-2048 key of an authority of `fixtures/recipe.toml`. Finding it takes about a second.
    ///
    /// # Errors
    /// When the recipe cannot be read, or no key follows from it.
    pub fn of_fixture(authority: &str) -> std::io::Result<Self> {
        let recipe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/recipe.toml");
        let recipe = std::fs::read_to_string(recipe)?;
        let seed = recipe
            .lines()
            .find_map(|line| line.strip_prefix("seed = \"")?.strip_suffix('"'));
        let mut hash = Sha256::new();
        for part in [seed.unwrap_or_default(), "key", authority] {
            hash.update(part);
            hash.update([0]);
        }
        let mut random = ChaCha20Rng::from_seed(hash.finalize().into());
        let key = PrivateKey::new(&mut random, 2048);
        key.map(Self).map_err(std::io::Error::other)
    }

    /// A signature by PKCS#1 v1.5 over some bytes.
    ///
    /// # Errors
    /// What the signing library says.
    pub fn sign(&self, hash: Hash, message: &[u8]) -> std::io::Result<Vec<u8>> {
        let info = match hash {
            Hash::Sha256 => [SHA256_INFO, &Sha256::digest(message)].concat(),
            Hash::Sha1 => [SHA1_INFO, &Sha1::digest(message)].concat(),
        };
        let signed = self.0.sign(Pkcs1v15Sign::new_unprefixed(), &info);
        signed.map_err(std::io::Error::other)
    }
}

/// Hides the key.
impl std::fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Signer")
    }
}

/// A list to be. Dates are the digits of a UTCTime or a GeneralizedTime, and their `Z`.
#[derive(Debug, Clone)]
pub struct CrlDraft {
    /// The content of the version's INTEGER.
    pub version: Option<Vec<u8>>,
    /// A Name in DER.
    pub issuer: Vec<u8>,
    /// When it was made.
    pub this_update: String,
    /// When the next one is due.
    pub next_update: Option<String>,
    /// What is inside revokedCertificates, which is left out where this is `None`.
    pub entries: Option<Vec<u8>>,
    /// Extensions, which are left out where there is none.
    pub extensions: Vec<Vec<u8>>,
    /// The hash that it is signed with.
    pub hash: Hash,
}

impl CrlDraft {
    /// Version 2, for the first half of the year 2026, number 1, without entries.
    #[must_use]
    pub fn new(issuer: &[u8]) -> Self {
        Self {
            version: Some(vec![1]),
            issuer: issuer.to_vec(),
            this_update: "260101000000Z".to_owned(),
            next_update: Some("260701000000Z".to_owned()),
            entries: None,
            extensions: vec![number(&[1])],
            hash: Hash::Sha256,
        }
    }

    /// With this number in place of all its extensions.
    #[must_use]
    pub fn numbered(mut self, content: &[u8]) -> Self {
        self.extensions = vec![number(content)];
        self
    }

    /// With this date.
    #[must_use]
    pub fn made_at(mut self, this_update: &str) -> Self {
        this_update.clone_into(&mut self.this_update);
        self
    }

    /// With these entries ([`entry`]).
    #[must_use]
    pub fn with_entries(mut self, entries: impl IntoIterator<Item = Vec<u8>>) -> Self {
        self.entries = Some(entries.into_iter().flatten().collect());
        self
    }

    /// The list under a signature.
    ///
    /// # Errors
    /// When the key would not sign.
    pub fn signed(&self, signer: &Signer) -> std::io::Result<Vec<u8>> {
        let tbs = self.tbs();
        let signature = signer.sign(self.hash, &tbs)?;
        Ok(self.around(&tbs, &signature))
    }

    /// The list under the signature that another key's owner makes over its content.
    ///
    /// # Errors
    /// When it makes none.
    pub fn signed_by(
        &self,
        sign: impl FnOnce(&[u8]) -> std::io::Result<Vec<u8>>,
    ) -> std::io::Result<Vec<u8>> {
        let tbs = self.tbs();
        sign(&tbs).map(|signature| self.around(&tbs, &signature))
    }

    /// The list under a signature that is none.
    #[must_use]
    pub fn unsigned(&self) -> Vec<u8> {
        self.around(&self.tbs(), &[0; 4])
    }

    fn around(&self, tbs: &[u8], signature: &[u8]) -> Vec<u8> {
        let signature = der(0x03, &[&[0], signature]);
        der(0x30, &[tbs, &self.algorithm(), &signature])
    }

    fn algorithm(&self) -> Vec<u8> {
        let identifier = match self.hash {
            Hash::Sha256 => SHA256_WITH_RSA,
            Hash::Sha1 => SHA1_WITH_RSA,
        };
        der(0x30, &[&der(0x06, &[identifier]), &[0x05, 0x00]])
    }

    fn tbs(&self) -> Vec<u8> {
        let optional = |tag: u8, content: Option<&[u8]>| content.map_or(Vec::new(), |it| der(tag, &[it]));
        let extensions = match self.extensions.concat() {
            none if none.is_empty() => Vec::new(),
            extensions => der(0xA0, &[&der(0x30, &[&extensions])]),
        };
        der(
            0x30,
            &[
                &optional(0x02, self.version.as_deref()),
                &self.algorithm(),
                &self.issuer,
                &date(&self.this_update),
                &self.next_update.as_deref().map_or(Vec::new(), date),
                &optional(0x30, self.entries.as_deref()),
                &extensions,
            ],
        )
    }
}

/// An entry: the content of the serial number's INTEGER, a date, and extensions, left out where there is none.
#[must_use]
pub fn entry(serial: &[u8], date_digits: &str, extensions: &[Vec<u8>]) -> Vec<u8> {
    let extensions = match extensions.concat() {
        none if none.is_empty() => Vec::new(),
        extensions => der(0x30, &[&extensions]),
    };
    der(0x30, &[&der(0x02, &[serial]), &date(date_digits), &extensions])
}

/// The extension 2.5.29.`arc`.
#[must_use]
pub fn extension(arc: u8, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[0x01, 0x01, 0xFF] } else { &[] };
    der(
        0x30,
        &[&[0x06, 3, 0x55, 0x1D, arc], critical, &der(0x04, &[value])],
    )
}

/// A reason code (2.5.29.21).
#[must_use]
pub fn reason(code: u8) -> Vec<u8> {
    extension(21, false, &[0x0A, 0x01, code])
}

/// A CRL number (2.5.29.20), the content of its INTEGER.
#[must_use]
pub fn number(content: &[u8]) -> Vec<u8> {
    extension(20, false, &der(0x02, &[content]))
}

/// A Name of one common name.
#[must_use]
pub fn name(common_name: &str) -> Vec<u8> {
    let value = der(0x0C, &[common_name.as_bytes()]);
    let attribute = der(0x30, &[&[0x06, 3, 0x55, 0x04, 3], &value]);
    der(0x30, &[&der(0x31, &[&attribute])])
}

fn date(digits: &str) -> Vec<u8> {
    let tag = if digits.len() > 13 { 0x18 } else { 0x17 };
    der(tag, &[digits.as_bytes()])
}

/// An object in DER, of its parts.
#[must_use]
pub fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let bytes = length.to_be_bytes();
    let significant: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
    let mut object = Vec::with_capacity(length + 10);
    object.push(tag);
    match significant.as_slice() {
        [] => object.push(0),
        [short @ 0..=0x7F] => object.push(*short),
        long => {
            object.push(0x80 | u8::try_from(long.len()).unwrap_or(0));
            object.extend_from_slice(long);
        }
    }
    for part in parts {
        object.extend_from_slice(part);
    }
    object
}
