//! Why no policy is asked for over a path: the chain of identity cards states another one at each level.
//!
//! Not here: what openssl says of it (tests/conformance).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "test code: what fails here fails the test"
)]

use varco_pki::{
    AnchorKind, Certificate, CertvalValidator, Distrust, InPath, Judging, PathRule, PathValidator,
    PolicyInputs, PolicyValidator, Rejection, RevocationCheck, Timestamp, TrustAnchor, TrustAnchors,
    ValidPath, judge_cie,
};

/// The policy of identity cards: on the leaf. The root states 1.3.76.47.1, the sub CA 1.3.76.47.2.
const CIE: &str = "1.3.76.47.4";

fn certificate(name: &str) -> Certificate {
    let path = format!("{}/../../fixtures/pki/{name}.der", env!("CARGO_MANIFEST_DIR"));
    Certificate::parse(&std::fs::read(path).unwrap()).unwrap()
}

fn anchors(name: &str) -> TrustAnchors {
    [TrustAnchor::new(certificate(name), AnchorKind::Test).unwrap()]
        .into_iter()
        .collect()
}

fn at() -> Timestamp {
    "2026-06-01T00:00:00Z".parse().unwrap()
}

/// The path of the identity card below this anchor.
fn path(validator: &dyn PathValidator, anchor: &str) -> Result<ValidPath, Rejection> {
    let between = [certificate("ca-cie-sub")];
    validator.validate(&certificate("leaf-cie"), &between, &anchors(anchor), at())
}

/// By RFC 5280 with an explicit policy wanted (§6.1.1 (e)), one of these.
fn asking(policies: &[&str]) -> PolicyValidator {
    PolicyValidator(PolicyInputs {
        policies: policies.iter().map(|policy| (*policy).to_owned()).collect(),
        explicit_policy: true,
        ..PolicyInputs::default()
    })
}

fn refused(verdict: Result<ValidPath, Rejection>) -> Distrust {
    match verdict {
        Err(Rejection::NotTrusted { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_levels_state_what_the_real_chain_states() {
    for (name, policy) in [
        ("ca-cie-root", "1.3.76.47.1"),
        ("ca-cie-sub", "1.3.76.47.2"),
        ("leaf-cie", CIE),
    ] {
        assert_eq!(certificate(name).policies(), [policy], "{name}");
    }
}

#[test]
fn asked_over_the_path_below_the_root_the_cards_policy_refuses_it() {
    let policies = Distrust::BadPath(PathRule::Policies);
    assert_eq!(refused(path(&asking(&[CIE]), "ca-cie-root")), policies);
    // No policy at all is valid for that path: the sub CA's is not the leaf's.
    assert_eq!(refused(path(&asking(&[]), "ca-cie-root")), policies);
    for stated in ["1.3.76.47.1", "1.3.76.47.2"] {
        assert_eq!(refused(path(&asking(&[stated]), "ca-cie-root")), policies);
    }
}

#[test]
fn asked_below_the_sub_ca_as_anchor_the_cards_policy_holds_and_no_other() {
    assert!(path(&asking(&[CIE]), "ca-cie-sub").is_ok());
    assert!(path(&asking(&[]), "ca-cie-sub").is_ok());
    let verdict = path(&asking(&["1.3.76.16.2.1"]), "ca-cie-sub");
    assert_eq!(refused(verdict), Distrust::BadPath(PathRule::Policies));
}

#[test]
fn what_is_demanded_of_no_policy_refuses_nothing() {
    for anchor in ["ca-cie-root", "ca-cie-sub"] {
        assert!(path(&PolicyValidator::default(), anchor).is_ok(), "{anchor}");
        assert!(path(&CertvalValidator, anchor).is_ok(), "{anchor}");
    }
}

#[test]
fn the_profile_finds_the_policy_on_the_leaf_under_either_anchor() {
    let between = [certificate("ca-cie-sub")];
    for anchor in ["ca-cie-root", "ca-cie-sub"] {
        let anchors = anchors(anchor);
        let judging = Judging::new(&anchors, at())
            .through(&between)
            .checking(RevocationCheck::OFF);
        assert!(judge_cie(certificate("leaf-cie"), &judging).is_ok(), "{anchor}");
        // The same path, for whoever demands the policy over all of it.
        let asking = asking(&[CIE]);
        let demanding = Judging {
            validator: &asking,
            ..judging
        };
        let verdict = judge_cie(certificate("leaf-cie"), &demanding).map(|_| ());
        if anchor == "ca-cie-root" {
            let reason = Distrust::BadPath(PathRule::Policies);
            assert_eq!(
                verdict,
                Err(Rejection::NotTrusted {
                    reason,
                    in_path: InPath::Leaf
                })
            );
        } else {
            assert_eq!(verdict, Ok(()));
        }
    }
}
