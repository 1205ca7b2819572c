//! NIST PKITS through the judge of paths and revocation: every test of the table, with its own policy inputs and all of
//! NIST's revocation lists at hand.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "an integration test may fail loudly"
)]

use std::path::PathBuf;
use std::sync::Arc;

use varco_pki::{
    AnchorKind, Certificate, CertificateError, Distrust, EvidenceAtHand, HeldList, Judging, PathRule,
    PolicyInputs, PolicyValidator, Rejection, RevocationCheck, RevocationMode, TrustAnchor, TrustAnchors,
    ValiditySide, judge_path,
};

/// Certificates that no path of the table leads through, of keys that sign lists (RFC 5280 §6.3.3 (f)).
const LIST_SIGNERS: [&str; 4] = [
    "SeparateCertificateandCRLKeysCRLSigningCert.crt",
    "SeparateCertificateandCRLKeysCA2CRLSigningCert.crt",
    "BasicSelfIssuedOldKeyNewWithOldCACert.crt",
    "BasicSelfIssuedCRLSigningKeyCRLCert.crt",
];

/// Where the table says otherwise than NIST: it was made without revocation lists in section 4.5. NIST says of these two that
/// the target is revoked, as their names do.
const REVOKED: [&str; 2] = [
    "InvalidBasicSelfIssuedOldWithNewTest2EE.crt",
    "InvalidBasicSelfIssuedNewWithOldTest5EE.crt",
];

/// Test 4.4.7 once more, with its good list withheld: see `a_list_that_is_withheld_is_missed`.
const WITHHELD: (&str, &str) = ("4.4.7", "ValidTwoCRLsTest7EE.crt");

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

fn table() -> serde_json::Value {
    serde_json::from_str(&std::fs::read_to_string(folder().join("expected.json")).unwrap()).unwrap()
}

/// All of NIST's lists but those whose names are left out.
fn lists(without: &str) -> EvidenceAtHand {
    let mut evidence = EvidenceAtHand::default();
    for entry in std::fs::read_dir(folder().join("crls")).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap() != without {
            let list = HeldList::parse(std::fs::read(path).unwrap(), None).unwrap();
            evidence.add_list(Arc::new(list));
        }
    }
    evidence
}

fn policy(name: &str) -> Option<String> {
    let number = name.strip_prefix("NIST-test-policy-")?;
    Some(format!("2.16.840.1.101.3.2.1.48.{number}"))
}

fn inputs(table: &serde_json::Value, settings: &str) -> PolicyInputs {
    let settings = &table["settings"][settings];
    let flag = |name: &str| settings[name].as_bool().unwrap();
    let policies = settings["initial_policy_set"].as_array().unwrap();
    PolicyInputs {
        policies: policies
            .iter()
            .filter_map(|name| policy(name.as_str().unwrap()))
            .collect(),
        explicit_policy: flag("initial_explicit_policy"),
        inhibit_mapping: flag("initial_policy_mapping_inhibit"),
        inhibit_any_policy: flag("initial_inhibit_any_policy"),
    }
}

/// Judges one test; the intermediates are given in reverse, as their order must not matter.
fn judge(case: &serde_json::Value, inputs: PolicyInputs, evidence: &EvidenceAtHand) -> Result<(), Rejection> {
    let root = certificate("TrustAnchorRootCertificate.crt").unwrap();
    let anchors = TrustAnchors::from_iter([TrustAnchor::new(root, AnchorKind::Production).unwrap()]);
    let leaf = certificate(case["target"].as_str().unwrap())?;
    let prefixes = case["intermediates"].as_array().unwrap();
    let mut known: Vec<Certificate> = prefixes
        .iter()
        .rev()
        .map(|prefix| intermediate(prefix.as_str().unwrap()))
        .collect::<Result<_, _>>()?;
    known.extend(LIST_SIGNERS.iter().map(|name| certificate(name).unwrap()));
    let at = "2026-01-01T00:00:00Z".parse().unwrap();
    let validator = PolicyValidator(inputs);
    let judging = Judging {
        validator: &validator,
        ..Judging::new(&anchors, at).through(&known)
    };
    let check = RevocationCheck {
        mode: RevocationMode::Hard,
        source: evidence,
    };
    judge_path(&leaf, &judging.checking(check)).map(drop)
}

/// Where the table gives a reason that we tell apart, ours must be the same.
fn reason_fits(case: &serde_json::Value, verdict: &Result<(), Rejection>) -> bool {
    let Some(reason) = case["reason"].as_str() else {
        return true;
    };
    let Err(rejection) = verdict else {
        return false;
    };
    let distrust =
        |expected: Distrust| matches!(rejection, Rejection::NotTrusted { reason, .. } if *reason == expected);
    let dates = |expected: ValiditySide| matches!(rejection, Rejection::OutsideValidity { side, .. } if *side == expected);
    match reason {
        "SignatureVerificationFailure" => distrust(Distrust::BadSignature),
        "InvalidNotBeforeDate" => dates(ValiditySide::NotYetValid),
        "InvalidNotAfterDate" => dates(ValiditySide::Expired),
        "NameChainingFailure" => distrust(Distrust::UnknownIssuer),
        "InvalidPathLength" => distrust(Distrust::BadPath(PathRule::PathLength)),
        "NameConstraintsViolation" => distrust(Distrust::BadPath(PathRule::NameConstraints)),
        "NullPolicySet" => distrust(Distrust::BadPath(PathRule::Policies)),
        "CertificateRevoked" => matches!(rejection, Rejection::Revoked { .. }),
        // Two lists with an unknown critical extension name the target. They may not clear it, but they may revoke it.
        "RevocationStatusNotDetermined" => {
            matches!(rejection, Rejection::RevocationUnknown { .. })
                || (case["target"].as_str().unwrap().contains("UnknownCRL")
                    && matches!(rejection, Rejection::Revoked { .. }))
        }
        _ => true,
    }
}

#[test]
fn every_test_of_the_table_ends_as_nist_says() {
    let table = table();
    let evidence = lists("");
    let (mut replayed, mut wrong) = (0, Vec::new());
    for case in table["cases"].as_array().unwrap() {
        let (section, target) = (
            case["section"].as_str().unwrap(),
            case["target"].as_str().unwrap(),
        );
        if (section, target) == WITHHELD {
            continue;
        }
        replayed += 1;
        let settings = case["settings"].as_str().unwrap();
        let verdict = judge(case, inputs(&table, settings), &evidence);
        let expects_valid = case["expect"] == "valid" && !REVOKED.contains(&target);
        if verdict.is_ok() != expects_valid || !reason_fits(case, &verdict) {
            wrong.push(format!(
                "{section} {target} {settings}: {verdict:?}; {}",
                case["reason"]
            ));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(replayed, 199, "the table has 200 tests, one of them below");
}

#[test]
fn a_list_that_is_withheld_is_missed() {
    let table = table();
    let cases = table["cases"].as_array().unwrap();
    let case = cases
        .iter()
        .find(|case| case["section"] == WITHHELD.0 && case["target"] == WITHHELD.1)
        .unwrap();
    assert_eq!(case["expect"], "invalid");
    let verdict = judge(case, PolicyInputs::default(), &lists("TwoCRLsCAGoodCRL.crl"));
    assert!(reason_fits(case, &verdict), "{verdict:?}");
}
