//! Proofs of identity: what is read is written back, and nothing that was altered is believed.

use std::sync::LazyLock;

use varco_auth::{Audience, Expected, PROOF_LENGTH_MAX, Proof, ProofError, verify_proof};
use varco_pki::{Judging, RevocationCheck, Timestamp, judge_cns};

use crate::fixtures;

/// The proof that holds, of a CNS.
static GOOD: LazyLock<Proof> = LazyLock::new(|| {
    Proof::parse(&fixtures::read("vectors/proof/good-cns.json")).unwrap_or_else(|error| panic!("{error}"))
});

/// Reads a proof, and asks a relying party that gave the nonce of the good one: only the good one is believed, in whatever
/// order and with whatever spaces it is written.
pub fn target(data: &[u8]) {
    let proof = match Proof::parse(data) {
        Ok(proof) => proof,
        Err(error) => {
            assert!(matches!(error, ProofError::Format(_)) && error.code() == "proof-format");
            return;
        }
    };
    assert!(data.len() <= PROOF_LENGTH_MAX);
    let written = proof.write().unwrap();
    assert_eq!(Proof::parse(written.as_bytes()).unwrap(), proof);

    let at: Timestamp = "2026-06-01T09:00:01Z".parse().unwrap();
    let audience = Audience::parse("https://servizi.example.it").unwrap();
    let expected = Expected::new(audience, GOOD.nonce().clone(), at);
    let verified = verify_proof(&proof, &expected, |leaf, intermediates, at| {
        let judging = Judging::new(&fixtures::ANCHORS, at).through(intermediates);
        judge_cns(leaf, &judging.checking(RevocationCheck::OFF))
    });
    match verified {
        Ok(proven) => {
            // What nobody signed may be there or not: it proves nothing.
            let bare = proof.with_intermediates(Vec::new()).with_revocation(Vec::new());
            assert_eq!(bare, *GOOD);
            let identity = proven.identity();
            assert_eq!(identity.codice_fiscale().as_str(), "DMNNCL80C14H501S");
            assert!(identity.assurance().rests_on_fixtures());
        }
        Err(error) => assert!(!error.code().is_empty() && !error.to_string().contains("DMNNCL")),
    }
}

/// The vectors, those too that do not hold.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = fixtures::files("vectors/proof", "json");
    // The one that is over size would be most of the corpus, and the rows are no proof.
    seeds.retain(|seed| seed.len() < 8 * 1024);
    seeds
}
