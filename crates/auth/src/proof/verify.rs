//! The check of a proof at the relying party.
//!
//! What the card signed is rebuilt from the verifier's own audience and nonce, and from the certificate's own hash: nothing is
//! believed because the proof says it.
//!
//! Not here: the store of nonces (`nonce_store`), and revocation evidence that came with a proof, which `judge` is given by who calls.

use varco_pki::{Certificate, ChainValid, PublicKey, Rejection, Timestamp, has_signed_unjudged};

use super::{Proof, ProofError};
use crate::challenge::evidence_id;
use crate::{Audience, ChallengeSigned, Flow, Nonce, VerifiedIdentity};

/// Most seconds by which two clocks may be allowed to differ.
const SKEW_S_MAX: u32 = 60;

/// What a relying party expects of a proof, out of its own records.
#[derive(Clone, Debug)]
pub struct Expected {
    audience: Audience,
    nonce: Nonce,
    at: Timestamp,
    now: Timestamp,
    max_age_s: Option<u32>,
    skew_s: u32,
}

impl Expected {
    /// Its own name, the nonce that it issued and has just [taken](crate::NonceStore::take), and its clock.
    #[must_use]
    pub fn new(audience: Audience, nonce: Nonce, now: Timestamp) -> Self {
        Self {
            audience,
            nonce,
            at: now,
            now,
            max_age_s: None,
            skew_s: 0,
        }
    }

    /// Judges proof and certificate as of another instant than now. The identity is marked where they are far apart.
    #[must_use]
    pub fn judged_at(mut self, at: Timestamp) -> Self {
        self.at = at;
        self
    }

    /// Takes proofs that are so many seconds old, instead of those within their own time: for looking back on a proof that was
    /// kept.
    #[must_use]
    pub fn max_age(mut self, seconds: u32) -> Self {
        self.max_age_s = Some(seconds);
        self
    }

    /// Allows the clocks of reader and verifier to differ by so many seconds, at most 60; none without it.
    #[must_use]
    pub fn skew(mut self, seconds: u32) -> Self {
        self.skew_s = seconds.min(SKEW_S_MAX);
        self
    }
}

/// An identity that a proof proved, and how far.
///
/// What the signature shows: the key of a certificate judged good signed this nonce for this audience in time. That a PIN was
/// typed follows from the card's access rule, which lets the key sign only after it; this program did not see it. What it
/// does not show: where the person is, that the person rather than somebody near the card agreed, and whether an identity
/// card is genuine ([`VerifiedIdentity::origin`] says `not_proven`). Reader kind and card number are what the program at the
/// reader told the card to sign.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProvenByProof {
    identity: VerifiedIdentity,
}

impl ProvenByProof {
    /// Who it is. It can be decided about like any other.
    #[must_use]
    pub fn identity(&self) -> &VerifiedIdentity {
        &self.identity
    }

    /// The identity alone.
    #[must_use]
    pub fn into_identity(self) -> VerifiedIdentity {
        self.identity
    }
}

/// Checks a proof against what is expected. `judge` gives the verdict on its certificate, with the intermediates that came
/// with it, at the instant that it is told: [`varco_pki::judge_cns`] or [`varco_pki::judge_cie`].
///
/// # Errors
/// [`ProofError`], the first in its order.
pub fn verify_proof(
    proof: &Proof,
    expected: &Expected,
    judge: impl FnOnce(Certificate, &[Certificate], Timestamp) -> Result<ChainValid, Rejection>,
) -> Result<ProvenByProof, ProofError> {
    if proof.audience != expected.audience {
        return Err(ProofError::Audience);
    }
    if proof.nonce != expected.nonce {
        return Err(ProofError::Nonce);
    }
    check_times(proof, expected)?;
    let read = |der: &Vec<u8>| Certificate::parse(der).map_err(Rejection::from);
    let leaf = read(&proof.certificate)?;
    let intermediates: Vec<Certificate> = proof
        .intermediates
        .iter()
        .map(read)
        .collect::<Result<_, _>>()
        .map_err(|_| ProofError::Format("intermediates"))?;
    let leaf_sha256 = leaf.sha256();
    let structure = proof
        .structure(&expected.audience, &expected.nonce)
        .bytes(&leaf_sha256);
    // Whoever has only a copy of a certificate does not get it judged: judging may go and fetch.
    if !has_signed_unjudged(&leaf, proof.scheme, &structure, &proof.signature) {
        return Err(ProofError::Signature);
    }
    let chain = judge(leaf, &intermediates, expected.at)?;
    let PublicKey::Rsa { bits, .. } = chain.leaf().key() else {
        return Err(ProofError::Signature);
    };
    // A verdict on another certificate is none on this one.
    if chain.leaf().sha256() != leaf_sha256 || !proof.scheme.goes_with(*bits) {
        return Err(ProofError::Signature);
    }
    chain
        .verify_signature(proof.scheme, &structure, &proof.signature)
        .map_err(|_| ProofError::Signature)?;
    let issued_at = Timestamp::from_second(proof.issued_at_s).map_err(|_| ProofError::Format("issued_at"))?;
    let signed = ChallengeSigned {
        chain,
        audience: expected.audience.clone(),
        flow: Flow::Remote,
        exchange: proof.exchange.clone(),
        issued_at_s: proof.issued_at_s,
        signed_at: issued_at,
        now: expected.now,
        scheme: proof.scheme,
        evidence_id: evidence_id(&structure, &proof.signature),
        proof: None,
    };
    Ok(ProvenByProof {
        identity: VerifiedIdentity::from_card(signed, None),
    })
}

fn check_times(proof: &Proof, expected: &Expected) -> Result<(), ProofError> {
    let (at_s, skew_s) = (expected.at.as_second(), i64::from(expected.skew_s));
    if proof.issued_at_s > at_s.saturating_add(skew_s) {
        return Err(ProofError::NotYet);
    }
    let last_s = match expected.max_age_s {
        Some(age_s) => proof.issued_at_s.saturating_add(age_s.into()),
        None => proof.not_after_s,
    };
    if at_s.saturating_sub(skew_s) > last_s {
        return Err(ProofError::Expired);
    }
    Ok(())
}
