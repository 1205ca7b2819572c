//! The vectors of fixtures/vectors/proof: each proof ends as its row says, with both fixture authorities for its kind.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use varco_auth::{Audience, Expected, Nonce, Proof, ProofError, ProvenByProof, verify_proof};
use varco_pki::{
    AnchorKind, Certificate, ChainValid, Judging, Rejection, RevocationCheck, RevocationMode, Timestamp,
    TrustAnchor, TrustAnchors, judge_cie, judge_cns,
};

use crate::login::evidence;

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/vectors/proof/");
const PKI: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/pki/");

#[derive(Deserialize)]
pub(crate) struct Case {
    file: String,
    profile: String,
    audience: String,
    nonce: String,
    at: i64,
    max_age_s: Option<u32>,
    code: Option<String>,
    about: String,
}

pub(crate) fn anchors(names: &[&str]) -> TrustAnchors {
    let read = |name: &&str| {
        let der = std::fs::read(format!("{PKI}{name}.der")).unwrap();
        TrustAnchor::new(Certificate::parse(&der).unwrap(), AnchorKind::Test).unwrap()
    };
    names.iter().map(read).collect()
}

pub(crate) fn judge(
    profile: &str,
    leaf: Certificate,
    intermediates: &[Certificate],
    at: Timestamp,
) -> Result<ChainValid, Rejection> {
    let evidence = evidence();
    let check = RevocationCheck {
        mode: RevocationMode::Hard,
        source: &evidence,
    };
    let anchors = anchors(&[if profile == "cie" { "ca-cie-sub" } else { "ca-cns" }]);
    let judging = Judging::new(&anchors, at).through(intermediates).checking(check);
    match profile {
        "cie" => judge_cie(leaf, &judging),
        _ => judge_cns(leaf, &judging),
    }
}

pub(crate) fn read(file: &str) -> Vec<u8> {
    std::fs::read(format!("{VECTORS}{file}")).unwrap()
}

pub(crate) fn cases() -> Vec<Case> {
    serde_json::from_slice(&read("cases.json")).unwrap()
}

impl Case {
    pub(crate) fn expected(&self) -> Expected {
        let nonce = Nonce::new(&STANDARD.decode(&self.nonce).unwrap()).unwrap();
        let at = Timestamp::from_second(self.at).unwrap();
        let expected = Expected::new(Audience::parse(&self.audience).unwrap(), nonce, at);
        match self.max_age_s {
            Some(seconds) => expected.max_age(seconds),
            None => expected,
        }
    }

    pub(crate) fn verify(&self, json: &[u8]) -> Result<ProvenByProof, ProofError> {
        let proof = Proof::parse(json)?;
        verify_proof(&proof, &self.expected(), |leaf, intermediates, at| {
            judge(&self.profile, leaf, intermediates, at)
        })
    }
}

#[test]
fn every_vector_ends_as_its_row_says() {
    let cases = cases();
    for case in &cases {
        let outcome = case.verify(&read(&case.file));
        let code = outcome.as_ref().err().map(ProofError::code);
        assert_eq!(code, case.code.as_deref(), "{}: {}", case.file, case.about);
    }
    // Every check has a vector that fails by it.
    for code in [
        "proof-format",
        "proof-audience",
        "proof-nonce",
        "proof-not-yet",
        "proof-expired",
        "proof-signature",
        "certificate-not-trusted",
    ] {
        assert!(
            cases.iter().any(|case| case.code.as_deref() == Some(code)),
            "{code}"
        );
    }
}

#[test]
fn no_file_of_the_vectors_stands_without_a_row() {
    let rows: Vec<String> = cases().into_iter().map(|case| case.file).collect();
    for entry in std::fs::read_dir(VECTORS).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_named = name == "README.md" || name == "cases.json" || rows.contains(&name);
        assert!(is_named, "{name}");
    }
}

#[test]
fn what_is_read_is_written_as_it_was() {
    for file in ["good-cns.json", "good-cie.json"] {
        let json = read(file);
        assert_eq!(Proof::parse(&json).unwrap().write().unwrap().as_bytes(), json);
    }
}

#[test]
fn a_document_by_proof_is_worth_less_than_at_the_reader() {
    let cases = cases();
    let case = cases.iter().find(|case| case.file == "good-cie.json").unwrap();
    let proven = case.verify(&read(&case.file)).unwrap();
    let json = serde_json::to_value(proven.identity()).unwrap();
    assert_eq!(
        (&json["origin"], &json["pin_verified"]),
        (&"not_proven".into(), &true.into())
    );
    assert_eq!(json["assurance"]["level"], "substantial");
    assert_eq!(
        json["assurance"]["reasons"],
        serde_json::json!(["cie-with-pin", "origin-not-proven"])
    );
    assert_eq!(
        json["exchange"],
        serde_json::json!({
            "flow": "remote",
            "reader_kind": "nfc",
            "card_number": "998877000001",
            "instant": "2026-06-01T09:00:00Z",
        })
    );
    assert!(!format!("{proven:?}").contains("998877"));
}

#[test]
fn no_single_altered_character_is_believed() {
    let json = read("good-cns.json");
    let cases = cases();
    let case = cases
        .iter()
        .find(|case| case.file == "good-cns.json" && case.code.is_none())
        .unwrap();
    let good = Proof::parse(&json).unwrap();
    let (mut reached, mut altered) = (0, json.clone());
    for place in 0..json.len() {
        for character in [b'A', b'b', b'7', b' '] {
            altered[place] = character;
            if altered == json {
                continue;
            }
            match case.verify(&altered) {
                // A space between two parts of JSON says nothing.
                Ok(_) => assert_eq!(Proof::parse(&altered).unwrap(), good, "{place}"),
                Err(ProofError::Format(_)) => {}
                Err(_) => reached += 1,
            }
        }
        altered[place] = json[place];
    }
    assert!(reached > 3_000, "the form alone refuses too much: {reached}");
}
