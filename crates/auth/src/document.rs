//! A document that was shown to be genuine and no copy, without a PIN. It identifies a card, not a person.
//!
//! Not here: who holds the card. This type is never made into a [`VerifiedIdentity`](crate::VerifiedIdentity), and an
//! access policy takes none.
//!
//! # What the card signs
//! SHA-256 over the ASCII text `VARCO-DOCUMENT v1`, then 00, then 32 fresh bytes; by RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).
//! Anybody near the card can have this key sign anything: the text keeps what was signed here from meaning something
//! elsewhere.

use std::fmt;

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use varco_pki::{Downgrade, GenuineDocument, Nis, ServiceKey, Timestamp};

use crate::challenge::{CHALLENGE_LIFETIME_S, DIGEST_INFO_SHA256};
use crate::{AuthError, assurance, identity};

const CONTEXT: &[u8] = b"VARCO-DOCUMENT v1\0";

/// A challenge to a document's key against cloning: gone once verified.
pub struct DocumentChallenge {
    message: Vec<u8>,
    issued_at: Timestamp,
}

impl DocumentChallenge {
    /// Makes a challenge from bytes that nobody could guess and nobody used before.
    #[must_use]
    pub fn new(random: [u8; 32], issued_at: Timestamp) -> Self {
        Self {
            message: [CONTEXT, &random].concat(),
            issued_at,
        }
    }

    /// The DigestInfo that the card is to sign.
    #[must_use]
    pub fn signing_input(&self) -> Vec<u8> {
        [&DIGEST_INFO_SHA256[..], &Sha256::digest(&self.message)].concat()
    }

    /// Checks the card's answer at an instant, with a key and a number of the same genuine document.
    ///
    /// # Errors
    /// [`AuthError::ChallengeExpired`] outside the [lifetime](CHALLENGE_LIFETIME_S); [`AuthError::DocumentCopied`] when the
    /// key did not sign this challenge, or key and number are another document's.
    pub fn verify(
        self,
        document: &GenuineDocument,
        number: Nis,
        key: &ServiceKey,
        signature: &[u8],
        at: Timestamp,
    ) -> Result<VerifiedDocument, AuthError> {
        let age_s = at.as_second().saturating_sub(self.issued_at.as_second());
        if !(0..=CHALLENGE_LIFETIME_S).contains(&age_s) {
            return Err(AuthError::ChallengeExpired);
        }
        let is_its_own = document.speaks_of(&number, key);
        if !is_its_own || !key.has_signed(&self.message, signature) {
            return Err(AuthError::DocumentCopied);
        }
        let evidence = Sha256::new().chain_update(&self.message).chain_update(signature);
        Ok(VerifiedDocument {
            nis: number,
            downgraded: document.downgrades().to_vec(),
            test_material: document.is_test_material(),
            verified_at: at,
            evidence_id: evidence.finalize().into(),
        })
    }
}

/// Shows when.
impl fmt::Debug for DocumentChallenge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("DocumentChallenge");
        shown.field("issued_at", &self.issued_at).finish_non_exhaustive()
    }
}

/// A document whose number is the one that was signed for it, on a card that is no copy. Whose hand it is in, nobody
/// knows. Serialized for programs and records, never deserialized.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct VerifiedDocument {
    #[serde(serialize_with = "number")]
    nis: Nis,
    #[serde(serialize_with = "assurance::downgrade_codes")]
    downgraded: Vec<Downgrade>,
    test_material: bool,
    #[serde(serialize_with = "identity::text")]
    verified_at: Timestamp,
    #[serde(serialize_with = "identity::hex")]
    evidence_id: [u8; 32],
}

fn number<S: serde::Serializer>(nis: &Nis, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(nis.as_str())
}

impl VerifiedDocument {
    /// The number by which the card names itself to services.
    #[must_use]
    pub fn nis(&self) -> &Nis {
        &self.nis
    }

    /// Weaknesses that were accepted because an anchor accepts them.
    #[must_use]
    pub fn downgraded(&self) -> &[Downgrade] {
        &self.downgraded
    }

    /// Whether it rests on fixtures: nothing real follows from it.
    #[must_use]
    pub fn is_test_material(&self) -> bool {
        self.test_material
    }

    /// When it was verified.
    #[must_use]
    pub fn verified_at(&self) -> Timestamp {
        self.verified_at
    }

    /// A stable name of this verification for logs: SHA-256 over what was signed and the signature, in lower-case
    /// hexadecimal.
    #[must_use]
    pub fn evidence_id(&self) -> String {
        identity::hexadecimal(&self.evidence_id)
    }
}

/// Shows nothing of the card.
impl fmt::Debug for VerifiedDocument {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("VerifiedDocument");
        shown
            .field("verified_at", &self.verified_at)
            .finish_non_exhaustive()
    }
}
