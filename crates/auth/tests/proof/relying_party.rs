//! From a relying party's nonce to an identity at the relying party, with a card that signs in software.

use crate::login::{NOW, at, judged, sign};
use crate::vectors;
use varco_auth::{
    Audience, Challenge, ChallengeSigned, Client, Evidence, Expected, MemoryNonceStore, Nonce, NonceError,
    NonceLimits, NonceStore as _, PROOF_LENGTH_MAX, Proof, ProofError, ProvenByProof, VerifiedIdentity,
    verify_proof,
};
use varco_pki::{EvidenceKind, SignatureScheme};

fn audience() -> Audience {
    Audience::parse("https://servizi.example.it").unwrap()
}

/// What the card of a fixture answers to a relying party.
fn answered(card: &str, nonce: &Nonce) -> ChallengeSigned {
    let challenge = Challenge::for_relying_party([3; 32], audience(), nonce.clone(), at(NOW));
    let chain = judged(card);
    let signature = sign(card, &challenge.signing_request(&chain).unwrap());
    challenge.verify(chain, signature, at(NOW)).unwrap()
}

fn proof(card: &str, nonce: &Nonce) -> Proof {
    answered(card, nonce).proof().unwrap().clone()
}

fn nonce() -> Nonce {
    Nonce::new(&[5; 32]).unwrap()
}

fn verified(proof: &Proof, expected: &Expected) -> Result<ProvenByProof, ProofError> {
    verify_proof(proof, expected, |leaf, intermediates, at| {
        vectors::judge("cns", leaf, intermediates, at)
    })
}

fn expected() -> Expected {
    Expected::new(audience(), nonce(), at(NOW))
}

#[test]
fn a_relying_party_learns_what_the_reader_learnt() {
    let store = MemoryNonceStore::new(NonceLimits::default());
    let client = Client::named(b"session");
    let nonce = store.issue(client, [5; 32], at(NOW)).unwrap();

    let signed = answered("cns-st", &nonce);
    let sent = signed.proof().unwrap().write().unwrap();
    let at_the_reader = VerifiedIdentity::from_card(signed, None);

    let received = Proof::parse(sent.as_bytes()).unwrap();
    let taken = store.take(received.nonce(), at(NOW)).unwrap();
    assert_eq!(taken.client, client);
    let expected = Expected::new(audience(), received.nonce().clone(), at(NOW));
    let proven = verified(&received, &expected).unwrap();
    assert_eq!(proven.identity(), &at_the_reader);
    assert_eq!(proven.identity().evidence_id(), at_the_reader.evidence_id());
    // The second time there is no nonce that it could be expected to answer.
    assert_eq!(
        store.take(received.nonce(), at(NOW)),
        Err(NonceError::NotOutstanding)
    );
}

#[test]
fn a_verdict_on_another_certificate_is_none_on_the_proofs() {
    let refused = verify_proof(&proof("cns-st", &nonce()), &expected(), |_, _, _| {
        Ok(judged("cns-minor"))
    });
    assert_eq!(refused.unwrap_err(), ProofError::Signature);
}

#[test]
fn a_certificate_that_is_refused_keeps_its_own_reason() {
    let proof = proof("cns-athena", &nonce());
    let refused = verified(&proof, &expected()).unwrap_err();
    assert_eq!(refused.code(), "certificate-not-trusted");
}

#[test]
fn clocks_may_differ_by_as_much_as_is_allowed_and_a_minute_at_most() {
    let proof = proof("cns-st", &nonce());
    let outcome = |instant: &str, skew: u32| {
        let expected = Expected::new(audience(), nonce(), at(instant)).skew(skew);
        verified(&proof, &expected).map(drop)
    };
    assert_eq!(outcome("2026-06-01T08:59:59Z", 0), Err(ProofError::NotYet));
    assert_eq!(outcome("2026-06-01T08:59:59Z", 1), Ok(()));
    assert_eq!(outcome("2026-06-01T09:02:01Z", 0), Err(ProofError::Expired));
    assert_eq!(outcome("2026-06-01T09:02:01Z", 1), Ok(()));
    assert_eq!(outcome("2026-06-01T09:03:01Z", 3600), Err(ProofError::Expired));
}

#[test]
fn what_is_judged_as_of_another_instant_than_now_is_marked() {
    let proof = proof("cns-st", &nonce());
    let now = Expected::new(audience(), nonce(), at("2026-08-01T09:00:00Z"));
    let then = verified(&proof, &now.clone().judged_at(at(NOW))).unwrap();
    assert!(then.identity().assurance().is_judged_elsewhen());
    assert_eq!(then.identity().assurance().judged_at(), at(NOW));
    // Looking back on a kept proof is a verdict of now on what was proven then.
    let kept = verified(&proof, &now.max_age(90 * 86_400)).unwrap();
    assert!(!kept.identity().assurance().is_judged_elsewhen());
    assert_eq!(kept.identity().authenticated_at(), at(NOW));
}

#[test]
fn what_does_not_fit_is_not_written() {
    let whole = || proof("cns-st", &nonce());
    let evidence = |length| Evidence::new(EvidenceKind::Crl, vec![0x30; length]);
    let fits = whole().with_revocation(vec![evidence(40_000)]);
    let written = fits.write().unwrap();
    assert_eq!(Proof::parse(written.as_bytes()).unwrap(), fits);
    for (proof, part) in [
        (
            whole().with_revocation(vec![evidence(PROOF_LENGTH_MAX)]),
            "length",
        ),
        (whole().with_revocation(vec![evidence(1); 9]), "revocation"),
        (whole().with_intermediates(vec![vec![0x30]; 9]), "intermediates"),
    ] {
        assert_eq!(proof.write(), Err(ProofError::Format(part)));
    }
}

#[test]
fn evidence_and_intermediates_that_nobody_signed_change_nothing_about_the_proof() {
    let more = proof("cns-st", &nonce())
        .with_revocation(vec![Evidence::new(EvidenceKind::Ocsp, vec![0x30, 0])])
        .with_intermediates(vec![
            std::fs::read(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../fixtures/pki/ca-cie-sub.der"
            ))
            .unwrap(),
        ]);
    assert!(verified(&more, &expected()).is_ok());
}

#[test]
fn neither_proof_nor_error_prints_who_it_is() {
    let proof = proof("cns-st", &nonce()).with_revocation(vec![Evidence::new(EvidenceKind::Crl, vec![7])]);
    assert_eq!(proof.scheme(), SignatureScheme::RsaPkcs1Sha256);
    let shown = format!("{proof:?} {:?}", proof.revocation());
    assert!(!shown.contains("DMNNCL") && !shown.contains("[5, 5"), "{shown}");
    let altered = proof.write().unwrap().replacen("other", "DMNNCL80C14H501S", 1);
    let refused = Proof::parse(altered.as_bytes()).unwrap_err();
    assert_eq!(refused, ProofError::Format("reader_kind"));
    assert!(!refused.to_string().contains("DMNNCL"));
}
