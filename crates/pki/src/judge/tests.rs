//! The verdict: each rejection with its reason, the order of reasons, and what evidence permits.

use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};

use super::*;
use crate::tests::{card_certificate, certificate, test_anchors};
use crate::{Distrust, InPath, ValiditySide};

fn judge_at(leaf: Certificate, anchors: &[&str], at: &str) -> Result<ChainValid, Rejection> {
    let anchors = test_anchors(anchors);
    judge_cns(
        leaf,
        &Judging::new(&anchors, at.parse().unwrap()).checking(RevocationCheck::OFF),
    )
}

fn judge(leaf: Certificate, anchors: &[&str]) -> Result<ChainValid, Rejection> {
    judge_at(leaf, anchors, "2026-06-01T00:00:00Z")
}

fn misuse(leaf: &str) -> Misuse {
    match judge(certificate(leaf), &["ca-cns"]) {
        Err(Rejection::WrongPurpose(misuse)) => misuse,
        other => panic!("{leaf}: {other:?}"),
    }
}

#[test]
fn every_good_card_is_accepted_and_its_holder_named() {
    for (card, code) in [
        ("cns-st", "DMNNCL80C14H501S"),
        ("cns-st-2021", "FNTGVR75M69L2MVW"),
        ("cns-minor", "NVNLVC16B29A944R"),
    ] {
        let valid = judge(card_certificate(card), &["ca-cns"]).unwrap();
        assert_eq!(valid.holder().codice_fiscale().as_str(), code);
        assert!(
            valid.holder().cns().unwrap().card_id().is_some()
                && valid.holder().cns().unwrap().personal_data_sha1().is_some()
        );
        assert_eq!(valid.downgrades(), []);
        assert!(valid.is_test_material());
        assert_eq!(valid.anchor_sha256(), certificate("ca-cns").sha256());
        assert_eq!(valid.revocation().code(), "not_checked");
        assert_eq!(valid.judged_at().to_string(), "2026-06-01T00:00:00Z");
    }
}

#[test]
fn the_common_name_binds_the_personal_data_of_the_card() {
    use sha1::Digest as _;
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fixtures/cards/cns-st/ef-1102.bin"
    );
    let hash: [u8; 20] = sha1::Sha1::digest(std::fs::read(file).unwrap()).into();
    let valid = judge(card_certificate("cns-st"), &["ca-cns"]).unwrap();
    assert_eq!(valid.holder().cns().unwrap().personal_data_sha1(), Some(&hash));
}

#[test]
fn lombardys_policy_counts_as_cns() {
    assert!(judge(certificate("leaf-lombardy-policy"), &["ca-cns"]).is_ok());
}

#[test]
fn longer_hashes_on_the_certificate_are_taken() {
    for leaf in ["leaf-sha384", "leaf-sha512"] {
        assert_eq!(
            judge(certificate(leaf), &["ca-cns"]).unwrap().downgrades(),
            [],
            "{leaf}"
        );
    }
}

#[test]
fn each_wrong_purpose_is_told() {
    assert_eq!(misuse("leaf-without-policy"), Misuse::NoCnsPolicy);
    assert_eq!(misuse("leaf-for-documents"), Misuse::NonRepudiation);
    assert_eq!(
        misuse("leaf-without-digital-signature"),
        Misuse::NoDigitalSignature
    );
    assert_eq!(
        misuse("leaf-without-client-authentication"),
        Misuse::NoClientAuthentication
    );
    assert_eq!(misuse("leaf-of-an-authority"), Misuse::Authority);
    assert!(matches!(
        misuse("leaf-without-codice-fiscale"),
        Misuse::Subject(SubjectError::CodiceFiscale(_))
    ));
    assert!(matches!(
        misuse("leaf-hostile-name"),
        Misuse::Subject(SubjectError::CodiceFiscale(_))
    ));
}

#[test]
fn an_anchor_shown_as_a_card_is_an_authority() {
    let verdict = judge(certificate("ca-cns"), &["ca-cns"]);
    assert_eq!(verdict.unwrap_err(), Rejection::WrongPurpose(Misuse::Authority));
}

#[test]
fn no_anchors_and_other_anchors_are_told_apart() {
    assert_eq!(
        judge(card_certificate("cns-st"), &[]).unwrap_err(),
        Distrust::NoAnchors.into()
    );
    assert_eq!(
        judge(card_certificate("cns-st"), &["ca-cie-root"]).unwrap_err(),
        Distrust::UnknownIssuer.into()
    );
}

#[test]
fn an_issuer_of_the_same_name_with_another_key_is_not_believed() {
    assert_eq!(
        judge(certificate("leaf-untrusted"), &["ca-cns"]).unwrap_err(),
        Distrust::BadSignature.into()
    );
    assert!(
        judge(certificate("leaf-untrusted"), &["ca-cns", "ca-untrusted"]).is_ok(),
        "both keys are tried"
    );
    assert!(
        judge(card_certificate("cns-st"), &["ca-untrusted", "ca-cns"]).is_ok(),
        "in either order"
    );
}

#[test]
fn an_expired_card_tells_its_dates() {
    let verdict = judge(card_certificate("cns-expired"), &["ca-cns"]).unwrap_err();
    assert_eq!(
        verdict,
        Rejection::OutsideValidity {
            in_path: InPath::Leaf,
            side: ValiditySide::Expired,
            not_before: "2015-01-01T00:00:00Z".parse().unwrap(),
            not_after: "2021-01-01T23:00:00Z".parse().unwrap(),
        }
    );
    assert_eq!(verdict.code(), "certificate-expired");
}

#[test]
fn validity_includes_its_first_and_last_second() {
    for (at, side) in [
        ("2014-12-31T23:59:59Z", Some(ValiditySide::NotYetValid)),
        ("2015-01-01T00:00:00Z", None),
        ("2021-01-01T23:00:00Z", None),
        ("2021-01-01T23:00:01Z", Some(ValiditySide::Expired)),
        ("1969-07-20T20:17:00Z", Some(ValiditySide::NotYetValid)),
        ("1970-01-01T00:00:00Z", Some(ValiditySide::NotYetValid)),
    ] {
        let found = match judge_at(card_certificate("cns-expired"), &["ca-cns"], at) {
            Err(Rejection::OutsideValidity { side, .. }) => Some(side),
            Err(other) => panic!("{other:?}"),
            Ok(_) => None,
        };
        assert_eq!(found, side, "{at}");
    }
}

#[test]
fn an_expired_anchor_ends_trust_in_its_cards() {
    let verdict = judge_at(card_certificate("cns-st"), &["ca-cns"], "2045-06-01T00:00:00Z").unwrap_err();
    assert!(matches!(
        verdict,
        Rejection::OutsideValidity {
            side: ValiditySide::Expired,
            ..
        }
    ));
}

#[test]
fn untrusted_comes_before_expired_and_expired_before_purpose() {
    let verdict = judge(certificate("leaf-untrusted-expired"), &["ca-cns"]).unwrap_err();
    assert_eq!(verdict, Distrust::BadSignature.into());
    let verdict = judge_at(
        certificate("leaf-without-policy"),
        &["ca-cns"],
        "2024-01-01T00:00:00Z",
    );
    assert_eq!(verdict.unwrap_err().code(), "certificate-not-yet-valid");
}

#[test]
fn weak_keys_and_signatures_need_a_legacy_anchor() {
    assert_eq!(
        judge(certificate("leaf-weak-key"), &["ca-cns"]).unwrap_err(),
        Distrust::WeakKey.into()
    );
    assert_eq!(
        judge(certificate("leaf-weak-signature"), &["ca-cns"]).unwrap_err(),
        Distrust::WeakSignature.into()
    );
    let old = judge(card_certificate("cns-athena"), &["ca-cns-legacy"]).unwrap();
    assert_eq!(old.downgrades(), [Downgrade::Rsa1024, Downgrade::Sha1Signature]);
    let less = judge(certificate("leaf-legacy-sha256"), &["ca-cns-legacy"]).unwrap();
    assert_eq!(less.downgrades(), [Downgrade::Rsa1024]);
    assert!(old.is_test_material());
}

#[test]
fn a_weak_path_is_untrusted_before_it_is_expired() {
    let verdict = judge_at(
        certificate("leaf-weak-signature"),
        &["ca-cns"],
        "2024-01-01T00:00:00Z",
    );
    assert_eq!(verdict.unwrap_err(), Distrust::WeakSignature.into());
}

/// A signature by the key on a played card.
fn sign(card: &str, message: &[u8]) -> Vec<u8> {
    let file = format!(
        "{}/../../fixtures/cards/{card}/key.p8",
        env!("CARGO_MANIFEST_DIR")
    );
    let key = RsaKeyPair::from_pkcs8(&std::fs::read(file).unwrap()).unwrap();
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
        .unwrap();
    signature
}

#[test]
fn the_cards_own_signature_counts_and_no_other() {
    let valid = judge(card_certificate("cns-st"), &["ca-cns"]).unwrap();
    let verify = |message: &[u8], signature: &[u8]| {
        valid.verify_signature(SignatureScheme::RsaPkcs1Sha256, message, signature)
    };
    let signature = sign("cns-st", b"challenge");
    assert_eq!(verify(b"challenge", &signature), Ok(()));
    assert_eq!(verify(b"another", &signature), Err(SignatureError::Mismatch));
    assert_eq!(
        verify(b"challenge", &sign("cns-wrong-key", b"challenge")),
        Err(SignatureError::Mismatch)
    );
    assert_eq!(
        verify(b"challenge", &signature[1..]),
        Err(SignatureError::Mismatch)
    );
    assert_eq!(
        verify(b"challenge", &[&[0], &signature[..]].concat()),
        Err(SignatureError::Mismatch)
    );
    assert_eq!(verify(b"challenge", &[]), Err(SignatureError::Mismatch));
}

#[test]
fn debug_of_the_evidence_names_nobody() {
    let shown = format!("{:?}", judge(card_certificate("cns-st"), &["ca-cns"]).unwrap());
    for personal in ["DMNNCL", "6999000000001016", "Nicol", "AMÀNZIO"] {
        assert!(!shown.contains(personal), "{shown}");
    }
}
