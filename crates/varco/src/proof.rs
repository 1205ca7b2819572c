//! Proofs of identity for relying parties: nonces, reading, checking, without a card or a reader.
//!
//! Not here: how a proof comes about ([`LoginOptions::prove_to`](crate::LoginOptions::prove_to)), how it gets to the relying
//! party, and who may do what with an identity ([`AccessPolicy`](crate::AccessPolicy)).

pub use varco_auth::{
    Client, Evidence, EvidenceKind, Expected, MemoryNonceStore, NonceError, NonceLimits, NonceStore,
    NonceTaken, PROOF_LENGTH_MAX, Proof, ProofError, ProvenByProof,
};

use varco_auth::verify_proof;
use varco_pki::{
    Certificate, CertvalValidator, ChainValid, Misuse, Rejection, Timestamp, TrustAnchors, judge_cie,
    judge_cns,
};

/// Whose certificate a proof may rest on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Profile {
    /// Of either kind, as the certificate states.
    #[default]
    Either,
    /// Of a CNS only.
    Cns,
    /// Of an identity card only.
    Cie,
}

/// Whom a relying party believes.
pub struct ProofTrust<'t> {
    /// The anchors.
    pub anchors: &'t TrustAnchors,
    /// Certificates that may stand between card and anchor, besides those that come with a proof.
    pub intermediates: &'t [Certificate],
    /// Whose certificate it may be.
    pub profile: Profile,
}

impl ProofTrust<'_> {
    fn judge(&self, leaf: Certificate, sent: &[Certificate], at: Timestamp) -> Result<ChainValid, Rejection> {
        let between = [self.intermediates, sent].concat();
        let cns = |leaf| judge_cns(leaf, &between, self.anchors, &CertvalValidator, at);
        let cie = |leaf| judge_cie(leaf, &between, self.anchors, &CertvalValidator, at);
        match self.profile {
            Profile::Cns => cns(leaf),
            Profile::Cie => cie(leaf),
            Profile::Either => match cns(leaf.clone()) {
                Err(Rejection::WrongPurpose(Misuse::NoCnsPolicy)) => cie(leaf),
                verdict => verdict,
            },
        }
    }
}

/// Checks a proof against what is expected, below these anchors.
///
/// # Errors
/// [`ProofError`], the first in its order.
pub fn verify(
    proof: &Proof,
    expected: &Expected,
    trust: &ProofTrust<'_>,
) -> Result<ProvenByProof, ProofError> {
    verify_proof(proof, expected, |leaf, sent, at| trust.judge(leaf, sent, at))
}
