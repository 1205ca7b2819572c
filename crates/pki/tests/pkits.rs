//! NIST PKITS through the path validator: every test that does not need revocation.
//!
//! The validator never asks for a policy. So of the tests with stricter policy inputs those that expect a valid
//! path must pass here too, and those that expect an invalid one are not asked.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "an integration test may fail loudly"
)]

use std::path::PathBuf;

use varco_pki::{
    AnchorKind, Certificate, CertificateError, CertvalValidator, PathValidator, Rejection, TrustAnchor,
    TrustAnchors,
};

/// Sections whose outcome is that of a revocation list.
const REVOCATION_SECTIONS: [&str; 3] = ["4.4", "4.4.7", "4.14"];

/// Tests elsewhere whose authority may not sign revocation lists; its path is valid as such.
const NEED_REVOCATION: [&str; 2] = [
    "InvalidkeyUsageCriticalcRLSignFalseTest4EE.crt",
    "InvalidkeyUsageNotCriticalcRLSignFalseTest5EE.crt",
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/vectors/pkits")
}

fn certificate(name: &str) -> Result<Certificate, CertificateError> {
    Certificate::parse(&std::fs::read(folder().join("certs").join(name)).unwrap())
}

fn intermediate(prefix: &str) -> Result<Certificate, CertificateError> {
    let ca = format!("{prefix}CACert.crt");
    let exists = folder().join("certs").join(&ca).exists();
    certificate(&if exists { ca } else { format!("{prefix}Cert.crt") })
}

/// Judges one test; the intermediates are given in reverse, as their order must not matter.
fn judge(case: &serde_json::Value) -> Result<(), Rejection> {
    let root = certificate("TrustAnchorRootCertificate.crt").unwrap();
    let anchors = TrustAnchors::from_iter([TrustAnchor::new(root, AnchorKind::Production).unwrap()]);
    let leaf = certificate(case["target"].as_str().unwrap())?;
    let prefixes = case["intermediates"].as_array().unwrap();
    let intermediates: Vec<_> = prefixes
        .iter()
        .rev()
        .map(|prefix| intermediate(prefix.as_str().unwrap()))
        .collect::<Result<_, _>>()?;
    let at = "2026-01-01T00:00:00Z".parse().unwrap();
    CertvalValidator
        .validate(&leaf, &intermediates, &anchors, at)
        .map(drop)
}

/// Where the table gives a reason that we tell apart, ours must be the same.
fn reason_fits(case: &serde_json::Value, verdict: &Result<(), Rejection>) -> bool {
    use varco_pki::{Distrust, ValiditySide};
    match (case["reason"].as_str(), verdict) {
        (Some("SignatureVerificationFailure"), Err(Rejection::NotTrusted(reason))) => {
            *reason == Distrust::BadSignature
        }
        (Some("InvalidNotBeforeDate"), Err(Rejection::OutsideValidity { side, .. })) => {
            *side == ValiditySide::NotYetValid
        }
        (Some("InvalidNotAfterDate"), Err(Rejection::OutsideValidity { side, .. })) => {
            *side == ValiditySide::Expired
        }
        (Some("InvalidNotBeforeDate" | "InvalidNotAfterDate"), Err(_)) => false,
        (Some("NameChainingFailure"), Err(rejection)) => {
            *rejection == Rejection::NotTrusted(Distrust::UnknownIssuer)
        }
        _ => true,
    }
}

#[test]
fn every_path_test_without_revocation_ends_as_nist_says() {
    let table = std::fs::read_to_string(folder().join("expected.json")).unwrap();
    let table: serde_json::Value = serde_json::from_str(&table).unwrap();
    let (mut replayed, mut not_asked, mut wrong) = (0, 0, Vec::new());
    for case in table["cases"].as_array().unwrap() {
        let (section, target) = (
            case["section"].as_str().unwrap(),
            case["target"].as_str().unwrap(),
        );
        if REVOCATION_SECTIONS.contains(&section) || NEED_REVOCATION.contains(&target) {
            continue;
        }
        let expects_valid = case["expect"] == "valid";
        if !expects_valid && case["settings"] != "G_DEFAULT_SETTINGS" {
            not_asked += 1;
            continue;
        }
        replayed += 1;
        let verdict = judge(case);
        if verdict.is_ok() != expects_valid || !reason_fits(case, &verdict) {
            wrong.push(format!("{section} {target}: {verdict:?}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(
        (replayed, not_asked),
        (157, 14),
        "PKITS has 173 such tests, two of them in NEED_REVOCATION"
    );
}
