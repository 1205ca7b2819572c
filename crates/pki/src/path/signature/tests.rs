//! What is remembered of issuers' signatures, and that it helps no other bytes and no other key.

use super::*;
use crate::path::Prepared;
use crate::tests::{certificate, test_anchors};
use crate::{CertvalValidator, Distrust, PathValidator as _, Rejection, ValidPath};

fn validate(sub: &Certificate) -> core::result::Result<ValidPath, Rejection> {
    let at = "2026-06-01T00:00:00Z".parse().unwrap();
    let between = std::slice::from_ref(sub);
    CertvalValidator.validate(
        &certificate("leaf-cie"),
        between,
        &test_anchors(&["ca-cie-root"]),
        at,
    )
}

fn is_known(below: &Certificate, above: &str) -> bool {
    let key = certificate(above).key_sha256();
    below.prepared().is_known_to_be_signed_by(&key)
}

#[test]
fn an_issuers_signature_is_remembered_and_a_leafs_is_not() {
    let (leaf, sub) = (certificate("leaf-cie"), certificate("ca-cie-sub"));
    let at = "2026-06-01T00:00:00Z".parse().unwrap();
    let anchors = test_anchors(&["ca-cie-root"]);
    assert!(!is_known(&sub, "ca-cie-root"));
    for _ in 0..2 {
        let between = std::slice::from_ref(&sub);
        CertvalValidator.validate(&leaf, between, &anchors, at).unwrap();
        assert!(is_known(&sub, "ca-cie-root") && is_known(&sub.clone(), "ca-cie-root"));
        assert!(!is_known(&leaf, "ca-cie-sub"));
    }
    assert!(
        !is_known(&certificate("ca-cie-sub"), "ca-cie-root"),
        "read anew, nothing is known"
    );
}

#[test]
fn a_twin_with_another_signature_gains_nothing_from_what_is_remembered() {
    let sub = certificate("ca-cie-sub");
    validate(&sub).unwrap();
    let mut der = sub.der().to_vec();
    *der.last_mut().unwrap() ^= 1;
    let twin = Certificate::parse(&der).unwrap();
    assert_eq!(twin.signed_part(), sub.signed_part());
    for _ in 0..2 {
        assert!(matches!(
            validate(&twin),
            Err(Rejection::NotTrusted {
                reason: Distrust::BadSignature,
                ..
            })
        ));
    }
    let root = certificate("ca-cie-root");
    assert!(!is_known(&twin, "ca-cie-root"));
    let signatures = Signatures::new(&[&sub], &root);
    let (sub, twin) = (sub.prepared().decoded(), twin.prepared().decoded());
    let verify = |signature: &BitString| {
        let key = root
            .prepared()
            .decoded()
            .tbs_certificate()
            .subject_public_key_info();
        let message = certificate("ca-cie-sub").signed_part().unwrap().to_vec();
        let algorithm = sub.signature_algorithm();
        signatures.verify_signature_message(&PkiEnvironment::new(), &message, signature, algorithm, key)
    };
    assert!(verify(sub.signature()).is_ok());
    assert!(verify(twin.signature()).is_err());
}

#[test]
fn what_one_key_signed_is_not_taken_for_anothers() {
    let (sub, root) = (certificate("ca-cie-sub"), certificate("ca-cie-root"));
    validate(&sub).unwrap();
    let stranger = certificate("ca-cns");
    let message = sub.signed_part().unwrap();
    let decoded = sub.prepared().decoded();
    for anchor in [&root, &stranger] {
        let signatures = Signatures::new(&[&sub], anchor);
        for key in [&root, &stranger] {
            let verdict = signatures.verify_signature_message(
                &PkiEnvironment::new(),
                message,
                decoded.signature(),
                decoded.signature_algorithm(),
                key.prepared()
                    .decoded()
                    .tbs_certificate()
                    .subject_public_key_info(),
            );
            assert_eq!(verdict.is_ok(), *key == root);
        }
    }
}

#[test]
fn one_key_is_remembered_the_first() {
    let prepared = Prepared::read(certificate("ca-untrusted").der()).unwrap();
    assert!(!prepared.is_known_to_be_signed_by(&[0; 32]));
    prepared.remember_signed_by([1; 32]);
    prepared.remember_signed_by([2; 32]);
    assert!(prepared.is_known_to_be_signed_by(&[1; 32]) && !prepared.is_known_to_be_signed_by(&[2; 32]));
}
