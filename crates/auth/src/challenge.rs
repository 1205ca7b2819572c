//! The challenge, what the card is to sign for it, and the check of its signature.
//!
//! Not here: the bytes that are signed (`structure`), and answers that are checked elsewhere (`proof`).

use std::fmt;

use sha2::{Digest as _, Sha256};
use varco_credential::{CardSignature, SigningInput, SigningRequest};
use varco_pki::{ChainValid, PublicKey, SignatureScheme, Timestamp};
#[cfg(feature = "planted-bugs")]
use varco_planted::{Bug, is_planted};

use crate::structure::Structure;
use crate::{Audience, AuthError, Exchange, Flow, Nonce, Proof, pss};

/// How long an answer is taken, in seconds from the issue of its challenge. The slowest known card signs within a
/// few seconds; the rest is room for a person who types the PIN on a pin pad after the challenge was made.
pub const CHALLENGE_LIFETIME_S: i64 = 120;

/// DER of a SHA-256 DigestInfo up to the digest itself (RFC 8017 §9.2, note 1).
pub(crate) const DIGEST_INFO_SHA256: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0x04, 0x20,
];

/// What a card is asked to sign so that its key signs this message by this scheme, with fresh random bytes as the salt of
/// RSASSA-PSS.
///
/// # Errors
/// [`AuthError::KeyUnsupported`]; [`AuthError::SchemeUnsupported`] where the scheme does not go with the key.
pub fn signing_request(
    key: &PublicKey,
    scheme: SignatureScheme,
    message: &[u8],
    salt: &[u8; 32],
) -> Result<SigningRequest, AuthError> {
    let PublicKey::Rsa { bits, .. } = key else {
        return Err(AuthError::KeyUnsupported);
    };
    if !scheme.goes_with(*bits) {
        return Err(AuthError::SchemeUnsupported);
    }
    let digest = Sha256::digest(message);
    let input = match scheme {
        SignatureScheme::RsaPssSha256 => pss::encode(&digest.into(), salt, *bits)
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

/// Until when an answer to a challenge is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ChallengeLifetime {
    issued_at_s: i64,
}

impl ChallengeLifetime {
    /// Whether an answer would still be taken at this instant: asked before a PIN is sent for it.
    ///
    /// # Errors
    /// [`AuthError::ChallengeExpired`] outside the [lifetime](CHALLENGE_LIFETIME_S).
    pub fn check_current(self, at: Timestamp) -> Result<(), AuthError> {
        if (self.issued_at_s..=self.not_after_s()).contains(&at.as_second()) {
            Ok(())
        } else {
            Err(AuthError::ChallengeExpired)
        }
    }

    fn not_after_s(self) -> i64 {
        self.issued_at_s.saturating_add(CHALLENGE_LIFETIME_S)
    }
}

/// A challenge to one card: neither copied nor stored, and gone once verified.
pub struct Challenge {
    random: [u8; 32],
    audience: Audience,
    nonce: Option<Nonce>,
    flow: Flow,
    exchange: Exchange,
    issued_at_s: i64,
    scheme: SignatureScheme,
    /// For RSASSA-PSS.
    salt: [u8; pss::SALT_BYTES],
}

impl Challenge {
    /// Makes a challenge that this program verifies itself, from bytes that nobody could guess and nobody used before, at
    /// an instant (cut to the second).
    #[must_use]
    pub fn new(random: [u8; 32], audience: Audience, nonce: Option<Nonce>, issued_at: Timestamp) -> Self {
        Self {
            random,
            audience,
            nonce,
            flow: Flow::Local,
            exchange: Exchange::default(),
            issued_at_s: issued_at.as_second(),
            scheme: SignatureScheme::default(),
            salt: [0; pss::SALT_BYTES],
        }
    }

    /// As [`Challenge::new`], for a relying party that is answered by a [`Proof`] over its own nonce.
    #[must_use]
    pub fn for_relying_party(
        random: [u8; 32],
        audience: Audience,
        nonce: Nonce,
        issued_at: Timestamp,
    ) -> Self {
        Self {
            flow: Flow::Remote,
            ..Self::new(random, audience, Some(nonce), issued_at)
        }
    }

    /// Binds it to a reader and a card.
    #[must_use]
    pub fn over(mut self, exchange: Exchange) -> Self {
        self.exchange = exchange;
        self
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
        let message = self.structure().bytes(&chain.leaf().sha256());
        signing_request(chain.leaf().key(), self.scheme, &message, &self.salt)
    }

    /// Whether an answer would still be taken at this instant: asked before a PIN is sent for it.
    ///
    /// # Errors
    /// [`AuthError::ChallengeExpired`] outside the [lifetime](CHALLENGE_LIFETIME_S).
    pub fn check_current(&self, at: Timestamp) -> Result<(), AuthError> {
        self.lifetime().check_current(at)
    }

    /// Until when an answer is taken.
    #[must_use]
    pub fn lifetime(&self) -> ChallengeLifetime {
        ChallengeLifetime {
            issued_at_s: self.issued_at_s,
        }
    }

    /// The reader and card that it is bound to.
    #[must_use]
    pub fn exchange(&self) -> &Exchange {
        &self.exchange
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
        #[cfg(feature = "planted-bugs")]
        let at = match is_planted(Bug::AnswerTakenLate) {
            true => Timestamp::from_second(self.issued_at_s).unwrap_or(at),
            false => at,
        };
        self.check_current(at)?;
        let structure = self.structure().bytes(&chain.leaf().sha256());
        let proven = chain.verify_signature(self.scheme, &structure, signature.as_bytes());
        #[cfg(feature = "planted-bugs")]
        let proven = proven.or_else(|error| match is_planted(Bug::SignatureUnchecked) {
            true => Ok(()),
            false => Err(error),
        });
        proven.map_err(|_| AuthError::KeyNotProven)?;
        let proof = self
            .nonce
            .as_ref()
            .filter(|_| self.flow == Flow::Remote)
            .map(|nonce| {
                Proof::of(
                    &self.structure(),
                    nonce.clone(),
                    chain.leaf().der(),
                    signature.as_bytes(),
                )
            });
        Ok(ChallengeSigned {
            evidence_id: evidence_id(&structure, signature.as_bytes()),
            chain,
            audience: self.audience,
            flow: self.flow,
            exchange: self.exchange,
            issued_at_s: self.issued_at_s,
            signed_at: at,
            now: at,
            scheme: self.scheme,
            proof,
        })
    }

    fn structure(&self) -> Structure<'_> {
        Structure {
            scheme: self.scheme,
            flow: self.flow,
            audience: &self.audience,
            random: &self.random,
            nonce: self.nonce.as_ref(),
            issued_at_s: self.issued_at_s,
            not_after_s: self.lifetime().not_after_s(),
            exchange: &self.exchange,
        }
    }
}

/// The name of an answer: the same wherever it is verified.
pub(crate) fn evidence_id(structure: &[u8], signature: &[u8]) -> [u8; 32] {
    Sha256::new()
        .chain_update(structure)
        .chain_update(signature)
        .finalize()
        .into()
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
/// Made by [`Challenge::verify`] and, within this crate, from a [`Proof`] that holds.
pub struct ChallengeSigned {
    pub(crate) chain: ChainValid,
    pub(crate) audience: Audience,
    pub(crate) flow: Flow,
    pub(crate) exchange: Exchange,
    pub(crate) issued_at_s: i64,
    pub(crate) signed_at: Timestamp,
    /// By the clock of whoever verified.
    pub(crate) now: Timestamp,
    pub(crate) scheme: SignatureScheme,
    pub(crate) evidence_id: [u8; 32],
    pub(crate) proof: Option<Proof>,
}

impl ChallengeSigned {
    /// What a relying party can check for itself; `None` where the challenge was not made for one.
    #[must_use]
    pub fn proof(&self) -> Option<&Proof> {
        self.proof.as_ref()
    }
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
