//! Certificates that are good but for one thing, and what the judge says of each.
//!
//! Not here: revocation, and what openssl says of them (tests/conformance).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "test code: what fails here fails the test"
)]

use varco_pki::{
    AnchorKind, Certificate, ChainValid, Distrust, Downgrade, InPath, Judging, Misuse, PathRule, Rejection,
    RevocationCheck, TrustAnchor, TrustAnchors, ValiditySide, judge_cns,
};

fn certificate(name: &str) -> Certificate {
    let path = format!("{}/../../fixtures/pki/{name}.der", env!("CARGO_MANIFEST_DIR"));
    Certificate::parse(&std::fs::read(path).unwrap()).unwrap()
}

/// Judged on 1 June 2026, below these anchors, through these authorities.
fn judge(leaf: &str, anchors: &[&str], between: &[&str]) -> Result<ChainValid, Rejection> {
    let anchor = |name: &&str| TrustAnchor::new(certificate(name), AnchorKind::Test).unwrap();
    let anchors: TrustAnchors = anchors.iter().map(anchor).collect();
    let between: Vec<Certificate> = between.iter().map(|name| certificate(name)).collect();
    let at = "2026-06-01T00:00:00Z".parse().unwrap();
    let judging = Judging::new(&anchors, at)
        .through(&between)
        .checking(RevocationCheck::OFF);
    judge_cns(certificate(leaf), &judging)
}

fn distrust(leaf: &str, anchors: &[&str], between: &[&str]) -> Distrust {
    match judge(leaf, anchors, between) {
        Err(Rejection::NotTrusted { reason, .. }) => reason,
        other => panic!("{leaf}: {other:?}"),
    }
}

#[test]
fn what_is_unusual_and_in_order_is_taken() {
    for leaf in [
        "leaf-good",
        "leaf-revoked",
        "leaf-suspended",
        "leaf-foreign-country",
        "leaf-twenty-byte-serial",
        "leaf-leading-zero-serial",
        "leaf-no-revocation-places",
    ] {
        let valid = judge(leaf, &["ca-cns"], &[]).unwrap();
        assert_eq!(
            valid.holder().codice_fiscale().as_str(),
            "DMNNCL80C14H501S",
            "{leaf}"
        );
        assert_eq!(valid.downgrades(), [], "{leaf}");
    }
}

#[test]
fn dates_are_judged_on_both_sides() {
    for (leaf, expected) in [
        ("leaf-expired", ValiditySide::Expired),
        ("leaf-not-yet-valid", ValiditySide::NotYetValid),
    ] {
        match judge(leaf, &["ca-cns"], &[]) {
            Err(Rejection::OutsideValidity { side, .. }) => assert_eq!(side, expected, "{leaf}"),
            other => panic!("{leaf}: {other:?}"),
        }
    }
}

#[test]
fn a_signature_must_be_of_the_issuer_that_is_named() {
    assert_eq!(
        distrust("leaf-bad-signature", &["ca-cns"], &[]),
        Distrust::BadSignature
    );
    assert_eq!(
        distrust("leaf-other-issuer-name", &["ca-cns"], &[]),
        Distrust::UnknownIssuer
    );
    let both = ["ca-cns", "ca-cns-legacy"];
    assert_eq!(
        distrust("leaf-other-issuer-name", &both, &[]),
        Distrust::BadSignature
    );
}

#[test]
fn a_critical_extension_that_nobody_knows_breaks_the_path() {
    assert_eq!(
        distrust("leaf-unknown-critical", &["ca-cns"], &[]),
        Distrust::BadPath(PathRule::UnknownCriticalExtension)
    );
}

#[test]
fn the_notice_of_the_cns_is_not_its_policy() {
    let verdict = judge("leaf-cns-like", &["ca-cns"], &[]);
    assert_eq!(verdict.unwrap_err(), Rejection::WrongPurpose(Misuse::NoCnsPolicy));
}

#[test]
fn no_authority_stands_below_one_that_allows_none() {
    let root = ["ca-cie-root"];
    assert!(judge("leaf-below-deep", &root, &["ca-deep"]).is_ok());
    let through = ["ca-deep", "ca-too-deep"];
    assert_eq!(
        distrust("leaf-path-too-long", &root, &through),
        Distrust::BadPath(PathRule::PathLength)
    );
}

#[test]
fn an_authority_whose_key_is_not_for_certificates_issues_none() {
    let through = ["ca-without-keycertsign"];
    assert_eq!(
        distrust("leaf-below-without-keycertsign", &["ca-cns"], &through),
        Distrust::BadPath(PathRule::KeyUsage)
    );
}

#[test]
fn authorities_that_issued_each_other_lead_nowhere() {
    let round = ["ca-loop-a", "ca-loop-b"];
    assert_eq!(
        distrust("leaf-loop", &["ca-cns"], &round),
        Distrust::UnknownIssuer
    );
    assert!(
        judge("leaf-loop", &["ca-loop-b"], &["ca-loop-a"]).is_ok(),
        "unless one is trusted"
    );
}

#[test]
fn a_new_key_of_the_same_name_is_found_among_the_others() {
    for anchors in [["ca-cns", "ca-cns-rekeyed"], ["ca-cns-rekeyed", "ca-untrusted"]] {
        let valid = judge("leaf-rekeyed", &anchors, &[]).unwrap();
        assert_eq!(valid.anchor_sha256(), certificate("ca-cns-rekeyed").sha256());
    }
    assert_eq!(distrust("leaf-rekeyed", &["ca-cns"], &[]), Distrust::BadSignature);
}

#[test]
fn a_path_signed_on_a_curve_holds() {
    let valid = judge("leaf-below-ec", &["ca-ec"], &[]).unwrap();
    assert_eq!(valid.downgrades(), []);
    assert!(valid.is_test_material());
}

#[test]
fn a_small_exponent_is_refused_though_its_signature_holds() {
    let verdict = judge("leaf-exponent-3", &["ca-cns"], &[]);
    assert_eq!(
        verdict.unwrap_err(),
        Rejection::WrongPurpose(Misuse::SmallExponent)
    );
}

#[test]
fn below_a_legacy_anchor_weak_cards_end_with_what_was_accepted() {
    let end = "2026-06-01T00:00:00Z".parse().unwrap();
    let judge_at = |at: &str| {
        let anchor = TrustAnchor::new(certificate("ca-cns-legacy"), AnchorKind::Test).unwrap();
        let anchors = TrustAnchors::from_iter([anchor.legacy_until(end)]);
        let judging = Judging::new(&anchors, at.parse().unwrap()).checking(RevocationCheck::OFF);
        judge_cns(certificate("leaf-legacy-sha256"), &judging).map(|valid| valid.downgrades().to_vec())
    };
    assert_eq!(judge_at("2026-06-01T00:00:00Z"), Ok(vec![Downgrade::Rsa1024]));
    assert_eq!(
        judge_at("2026-06-01T00:00:01Z"),
        Err(Rejection::NotTrusted {
            reason: Distrust::WeakKey,
            in_path: InPath::Leaf
        })
    );
}
