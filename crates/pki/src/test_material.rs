//! The keys of the fixture CAs: whoever has this source can issue under them, so they never earn real trust.
//!
//! The values are the SHA-256 of each CA's SubjectPublicKeyInfo in DER. `cargo xtask fixtures --check` compares
//! them with what the recipe yields. This module holds no certificate and no private key.

/// A fixture CA that [`crate::TrustAnchor`] recognises as test material.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FixtureCa {
    /// The CA's name in `fixtures/recipe.toml`.
    pub name: &'static str,
    /// SHA-256 of its SubjectPublicKeyInfo in DER.
    pub key_sha256: [u8; 32],
    /// Whether leaves with RSA-1024 keys or SHA-1 signatures pass below it, as below a legacy anchor.
    pub legacy: bool,
}

/// All fixture CAs, in the order of the recipe.
pub const FIXTURE_CAS: &[FixtureCa] = &[];

/// The fixture CA with this key, if it is one.
#[must_use]
pub fn fixture_ca(key_sha256: &[u8; 32]) -> Option<&'static FixtureCa> {
    FIXTURE_CAS.iter().find(|ca| ca.key_sha256 == *key_sha256)
}
