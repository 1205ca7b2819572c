//! The six schemes of TLS by which RSA keys of cards sign, and how a signature by each is verified.
//!
//! Not here: making one; who gives a [`CardKey`](crate::CardKey) hashes and pads, or its card does.

use ring::signature::{self as algorithms, RsaParameters, RsaPublicKeyComponents};
use rustls::SignatureScheme;
use varco_pki::PublicKey;

/// How a card signs a handshake (RFC 8446 §4.2.3).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CardScheme {
    /// RSASSA-PSS with SHA-256, MGF1 over SHA-256 and 32 bytes of salt (RFC 8017 §8.1).
    RsaPssSha256,
    /// The same with SHA-384 and 48 bytes.
    RsaPssSha384,
    /// The same with SHA-512 and 64 bytes.
    RsaPssSha512,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2): in TLS 1.2 alone.
    RsaPkcs1Sha256,
    /// The same with SHA-384.
    RsaPkcs1Sha384,
    /// The same with SHA-512.
    RsaPkcs1Sha512,
}

/// Bits under which no key signs by RSASSA-PSS: ring does not verify it, and SHA-512 would not fit.
const PSS_BITS_MIN: usize = 2048;

impl CardScheme {
    /// All, the first to be tried first: RSASSA-PSS where the card can, SHA-256 before the longer hashes, which add
    /// nothing to a key of 2048 bits.
    pub const ALL: [Self; 6] = [
        Self::RsaPssSha256,
        Self::RsaPssSha384,
        Self::RsaPssSha512,
        Self::RsaPkcs1Sha256,
        Self::RsaPkcs1Sha384,
        Self::RsaPkcs1Sha512,
    ];

    /// The name in the registry of TLS.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RsaPssSha256 => "rsa_pss_rsae_sha256",
            Self::RsaPssSha384 => "rsa_pss_rsae_sha384",
            Self::RsaPssSha512 => "rsa_pss_rsae_sha512",
            Self::RsaPkcs1Sha256 => "rsa_pkcs1_sha256",
            Self::RsaPkcs1Sha384 => "rsa_pkcs1_sha384",
            Self::RsaPkcs1Sha512 => "rsa_pkcs1_sha512",
        }
    }

    /// Whether TLS 1.3 takes it: RSASSA-PSS only (RFC 8446 §4.2.3).
    #[must_use]
    pub fn is_for_tls13(self) -> bool {
        matches!(self, Self::RsaPssSha256 | Self::RsaPssSha384 | Self::RsaPssSha512)
    }

    /// As rustls has it.
    #[must_use]
    pub fn to_rustls(self) -> SignatureScheme {
        match self {
            Self::RsaPssSha256 => SignatureScheme::RSA_PSS_SHA256,
            Self::RsaPssSha384 => SignatureScheme::RSA_PSS_SHA384,
            Self::RsaPssSha512 => SignatureScheme::RSA_PSS_SHA512,
            Self::RsaPkcs1Sha256 => SignatureScheme::RSA_PKCS1_SHA256,
            Self::RsaPkcs1Sha384 => SignatureScheme::RSA_PKCS1_SHA384,
            Self::RsaPkcs1Sha512 => SignatureScheme::RSA_PKCS1_SHA512,
        }
    }

    /// The one that rustls calls so; `None` where keys of cards do not sign so.
    #[must_use]
    pub fn from_rustls(scheme: SignatureScheme) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.to_rustls() == scheme)
    }

    /// Whether a signature by a key of this size can be verified.
    pub(crate) fn goes_with(self, modulus_bits: usize) -> bool {
        // SHA-384 with a shorter key is not verified by ring.
        modulus_bits >= PSS_BITS_MIN || matches!(self, Self::RsaPkcs1Sha256 | Self::RsaPkcs1Sha512)
    }

    /// Whether a key made this signature. Keys of 1024 bits and more are looked at; whether such a key may log in is not
    /// decided here.
    pub(crate) fn has_signed(self, key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
        let PublicKey::Rsa {
            modulus, exponent, ..
        } = key
        else {
            return false;
        };
        let key = RsaPublicKeyComponents {
            n: modulus,
            e: exponent,
        };
        key.verify(self.verifier(), message, signature).is_ok()
    }

    fn verifier(self) -> &'static RsaParameters {
        match self {
            Self::RsaPssSha256 => &algorithms::RSA_PSS_2048_8192_SHA256,
            Self::RsaPssSha384 => &algorithms::RSA_PSS_2048_8192_SHA384,
            Self::RsaPssSha512 => &algorithms::RSA_PSS_2048_8192_SHA512,
            Self::RsaPkcs1Sha256 => &algorithms::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
            Self::RsaPkcs1Sha384 => &algorithms::RSA_PKCS1_2048_8192_SHA384,
            Self::RsaPkcs1Sha512 => &algorithms::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        }
    }
}

impl std::fmt::Display for CardScheme {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scheme_is_its_own_name_in_rustls() {
        for scheme in CardScheme::ALL {
            assert_eq!(CardScheme::from_rustls(scheme.to_rustls()), Some(scheme));
        }
        for foreign in [
            SignatureScheme::RSA_PKCS1_SHA1,
            SignatureScheme::ECDSA_NISTP256_SHA256,
        ] {
            assert_eq!(CardScheme::from_rustls(foreign), None);
        }
    }

    #[test]
    fn short_keys_sign_by_two_schemes_of_tls_1_2_only() {
        let of = |bits| {
            CardScheme::ALL
                .into_iter()
                .filter(move |scheme| scheme.goes_with(bits))
        };
        assert_eq!(of(2048).count(), 6);
        let short: Vec<_> = of(1024).collect();
        assert_eq!(short, [CardScheme::RsaPkcs1Sha256, CardScheme::RsaPkcs1Sha512]);
        assert!(short.iter().all(|scheme| !scheme.is_for_tls13()));
    }
}
