//! The challenge, the structure that the card signs, and the check of its signature.
//!
//! # The signed structure, byte for byte
//! A fixed context, then eight fields in this order. Each field is its length in two bytes, big-endian, followed by
//! that many bytes.
//!
//! | part | bytes | content |
//! |---|---|---|
//! | context | 14 | ASCII `VARCO-AUTH v1`, then 00; no length before it |
//! | suite | 2 + 16, 14 | ASCII `rsa-pkcs1-sha256` or `rsa-pss-sha256`: the scheme |
//! | flow | 2 + 5 | ASCII `local`: the reader and the verifier are one program |
//! | audience | 2 + 1..=255 | UTF-8 of [`Audience`] |
//! | random | 2 + 32 | bytes drawn for this challenge |
//! | nonce | 2 + 0, 16..=64 | the relying party's [`Nonce`], empty where it gave none |
//! | leaf | 2 + 32 | SHA-256 of the card's certificate in DER |
//! | issued at | 2 + 8 | seconds since 1970-01-01T00:00:00Z, signed, big-endian |
//! | not after | 2 + 8 | the last second at which the answer is taken, likewise |
//!
//! The card signs it by RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2), or by RSASSA-PSS where the caller wants it
//! ([`Challenge::signed_by`]). The first byte is no TLS handshake type, so
//! that no structure is a TLS 1.2 CertificateVerify transcript; TLS 1.3 puts 64 spaces first. The certificate's
//! hash inside keeps an answer from being claimed for another certificate.

use std::fmt;

use sha2::{Digest as _, Sha256};
use varco_credential::{CardSignature, SigningInput, SigningRequest};
use varco_pki::{ChainValid, PublicKey, SignatureScheme, Timestamp};

use crate::{Audience, AuthError, Nonce, pss};

/// How long an answer is taken, in seconds from the issue of its challenge. The slowest known card signs within a
/// few seconds; the rest is room for a person who types the PIN on a pin pad after the challenge was made.
pub const CHALLENGE_LIFETIME_S: i64 = 120;

const CONTEXT: &[u8] = b"VARCO-AUTH v1\0";
const FLOW: &[u8] = b"local";

/// DER of a SHA-256 DigestInfo up to the digest itself (RFC 8017 §9.2, note 1).
pub(crate) const DIGEST_INFO_SHA256: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0x04, 0x20,
];

/// A challenge to one card: neither copied nor stored, and gone once verified.
pub struct Challenge {
    random: [u8; 32],
    audience: Audience,
    nonce: Option<Nonce>,
    issued_at_s: i64,
    scheme: SignatureScheme,
    /// For RSASSA-PSS.
    salt: [u8; pss::SALT_BYTES],
}

impl Challenge {
    /// Makes a challenge from bytes that nobody could guess and nobody used before, at an instant (cut to the
    /// second).
    #[must_use]
    pub fn new(random: [u8; 32], audience: Audience, nonce: Option<Nonce>, issued_at: Timestamp) -> Self {
        Self {
            random,
            audience,
            nonce,
            issued_at_s: issued_at.as_second(),
            scheme: SignatureScheme::default(),
            salt: [0; pss::SALT_BYTES],
        }
    }

    /// To be signed by another scheme than the default, with fresh random bytes as the salt of RSASSA-PSS.
    #[must_use]
    pub fn signed_by(mut self, scheme: SignatureScheme, salt: [u8; 32]) -> Self {
        self.scheme = scheme;
        self.salt = salt;
        self
    }

    /// The scheme by which it is signed.
    #[must_use]
    pub fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    /// Who asks.
    #[must_use]
    pub fn audience(&self) -> &Audience {
        &self.audience
    }

    /// What the card that holds this certificate is to sign.
    ///
    /// # Errors
    /// [`AuthError::KeyUnsupported`]; [`AuthError::SchemeUnsupported`] where the scheme does not go with the key.
    pub fn signing_request(&self, chain: &ChainValid) -> Result<SigningRequest, AuthError> {
        let PublicKey::Rsa { bits, .. } = chain.leaf().key() else {
            return Err(AuthError::KeyUnsupported);
        };
        if !self.scheme.goes_with(*bits) {
            return Err(AuthError::SchemeUnsupported);
        }
        let digest = Sha256::digest(self.structure(&chain.leaf().sha256()));
        let input = match self.scheme {
            SignatureScheme::RsaPssSha256 => pss::encode(&digest.into(), &self.salt, *bits)
                .map(SigningInput::EncodedMessage)
                .ok_or(AuthError::SchemeUnsupported)?,
            SignatureScheme::RsaPkcs1Sha256 => {
                SigningInput::DigestInfo([&DIGEST_INFO_SHA256[..], &digest[..]].concat())
            }
        };
        Ok(SigningRequest {
            input,
            modulus_bits: *bits,
        })
    }

    /// Whether an answer would still be taken at this instant: asked before a PIN is sent for it.
    ///
    /// # Errors
    /// [`AuthError::ChallengeExpired`] outside the [lifetime](CHALLENGE_LIFETIME_S).
    pub fn check_current(&self, at: Timestamp) -> Result<(), AuthError> {
        if (self.issued_at_s..=self.not_after_s()).contains(&at.as_second()) {
            Ok(())
        } else {
            Err(AuthError::ChallengeExpired)
        }
    }

    /// Checks the card's answer at an instant, and uses the challenge up whatever the outcome.
    ///
    /// How old the verdict in `chain` may be is the caller's to say: it judges shortly before it asks for the PIN.
    ///
    /// # Errors
    /// [`AuthError::ChallengeExpired`] outside the [lifetime](CHALLENGE_LIFETIME_S);
    /// [`AuthError::KeyNotProven`] when the certificate's key did not sign this challenge.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "challenge and signature are consumed: an answer counts once"
    )]
    pub fn verify(
        self,
        chain: ChainValid,
        signature: CardSignature,
        at: Timestamp,
    ) -> Result<ChallengeSigned, AuthError> {
        self.check_current(at)?;
        let structure = self.structure(&chain.leaf().sha256());
        chain
            .verify_signature(self.scheme, &structure, signature.as_bytes())
            .map_err(|_| AuthError::KeyNotProven)?;
        let evidence = Sha256::new()
            .chain_update(&structure)
            .chain_update(signature.as_bytes());
        Ok(ChallengeSigned {
            chain,
            audience: self.audience,
            signed_at: at,
            scheme: self.scheme,
            evidence_id: evidence.finalize().into(),
        })
    }

    fn not_after_s(&self) -> i64 {
        self.issued_at_s.saturating_add(CHALLENGE_LIFETIME_S)
    }

    /// The signed structure, as the module describes it.
    fn structure(&self, leaf_sha256: &[u8; 32]) -> Vec<u8> {
        let nonce = self.nonce.as_ref().map_or(&[][..], Nonce::as_bytes);
        let fields: [&[u8]; 8] = [
            self.scheme.name().as_bytes(),
            FLOW,
            self.audience.as_str().as_bytes(),
            &self.random,
            nonce,
            leaf_sha256,
            &self.issued_at_s.to_be_bytes(),
            &self.not_after_s().to_be_bytes(),
        ];
        let mut structure = CONTEXT.to_vec();
        for field in fields {
            // No field is longer than an audience, 255 bytes.
            let length = u16::try_from(field.len()).unwrap_or(u16::MAX);
            structure.extend_from_slice(&length.to_be_bytes());
            structure.extend_from_slice(field);
        }
        structure
    }
}

/// Shows who asks and when, not the random bytes.
impl fmt::Debug for Challenge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Challenge")
            .field("audience", &self.audience)
            .field("issued_at_s", &self.issued_at_s)
            .finish_non_exhaustive()
    }
}

/// Evidence that a card accepted its PIN and proved the key of a certificate judged good, for an audience, in time.
/// Made by [`Challenge::verify`] only.
pub struct ChallengeSigned {
    pub(crate) chain: ChainValid,
    pub(crate) audience: Audience,
    pub(crate) signed_at: Timestamp,
    pub(crate) scheme: SignatureScheme,
    pub(crate) evidence_id: [u8; 32],
}

/// Shows for whom and when.
impl fmt::Debug for ChallengeSigned {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ChallengeSigned")
            .field("audience", &self.audience)
            .field("signed_at", &self.signed_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
