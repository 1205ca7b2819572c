//! Proofs of identity for relying parties: nonces, reading, checking, without a card or a reader.
//!
//! Not here: how a proof comes about ([`LoginOptions::prove_to`](crate::LoginOptions::prove_to)), how it gets to the relying
//! party, and who may do what with an identity ([`AccessPolicy`](crate::AccessPolicy)).

pub use varco_auth::{
    Client, Evidence, Expected, MemoryNonceStore, NonceError, NonceLimits, NonceStore, NonceTaken,
    PROOF_LENGTH_MAX, Proof, ProofError, ProvenByProof,
};

pub use varco_pki::EvidenceKind;

use std::sync::Arc;

use varco_auth::verify_proof;
use varco_pki::{
    Certificate, CertvalValidator, ChainValid, EvidenceAtHand, HeldList, Judging, KnownAnswer, OcspResponse,
    Rejection, RevocationCheck, Sources, Timestamp, TrustAnchors, judge_cie, judge_cns, states_identity_card,
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
    /// How sure one must be that no certificate was revoked. What came with a proof is evidence beside this source: it is
    /// signed by its issuer, whoever brings it.
    pub revocation: RevocationCheck<'t>,
    /// Whose certificate it may be.
    pub profile: Profile,
}

/// What came with a proof, as far as it can be read.
fn stapled(proof: &Proof) -> EvidenceAtHand {
    let mut evidence = EvidenceAtHand::default();
    for piece in proof.revocation() {
        match piece.kind() {
            EvidenceKind::Crl => {
                if let Ok(list) = HeldList::parse(piece.der().to_vec(), None) {
                    evidence.add_list(Arc::new(list));
                }
            }
            EvidenceKind::Ocsp => {
                if let Ok(response) = OcspResponse::parse(piece.der()) {
                    evidence.add_answer(KnownAnswer {
                        response: Arc::new(response),
                        nonce: None,
                        fetched_at: None,
                    });
                }
            }
        }
    }
    evidence
}

impl ProofTrust<'_> {
    fn judge(
        &self,
        leaf: Certificate,
        sent: &[Certificate],
        stapled: &EvidenceAtHand,
        at: Timestamp,
    ) -> Result<ChainValid, Rejection> {
        let between = [self.intermediates, sent].concat();
        let sources = [self.revocation.source, stapled];
        let judging = Judging {
            intermediates: &between,
            anchors: self.anchors,
            validator: &CertvalValidator,
            revocation: RevocationCheck {
                mode: self.revocation.mode,
                source: &Sources(&sources),
            },
            at,
        };
        match self.profile {
            Profile::Cns => judge_cns(leaf, &judging),
            Profile::Cie => judge_cie(leaf, &judging),
            Profile::Either if states_identity_card(&leaf) => judge_cie(leaf, &judging),
            Profile::Either => judge_cns(leaf, &judging),
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
    let stapled = stapled(proof);
    verify_proof(proof, expected, |leaf, sent, at| {
        trust.judge(leaf, sent, &stapled, at)
    })
}
