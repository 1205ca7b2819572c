//! `varco login --proof` and `varco verify-proof`: files, exit codes, JSON and words. Instants come from the proofs themselves.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod program;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use program::{Ran, login, login_with, run, workspace};
use serde_json::{Value, json};

const AUDIENCE: &str = "https://servizi.example.it";
const NONCE: &str = "BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU=";
const ASKED: &[&str] = &["--audience", AUDIENCE, "--nonce", NONCE];
const CNS: &[&str] = &[
    "--trust-test",
    "fixtures/pki/ca-cns.pem",
    "--crl",
    "fixtures/pki/crl-cns.crl",
];
const CIE: &[&str] = &[
    "--trust-test",
    "fixtures/pki/ca-cie-sub.der",
    "--crl",
    "fixtures/pki/crl-cie-sub.crl",
];

/// The instant of a proof, as an option takes it.
fn issued_at(proof: &Path) -> String {
    let json: Value = serde_json::from_slice(&std::fs::read(proof).unwrap()).unwrap();
    // What cannot be read is judged now.
    let seconds = json["issued_at"].as_i64().unwrap_or_default();
    varco::steps::Timestamp::from_second(seconds).unwrap().to_string()
}

fn verify(proof: &Path, at: &str, options: &[&[&str]]) -> Ran {
    let file = proof.to_str().unwrap();
    let arguments = [
        &["verify-proof", file, "--json", "--at", at],
        &options.concat()[..],
    ]
    .concat();
    run(&arguments, "")
}

fn vector(name: &str) -> PathBuf {
    workspace().join("fixtures/vectors/proof").join(name)
}

/// What the proofs among the vectors answer.
fn vector_asked(name: &str) -> [String; 4] {
    let json: Value = serde_json::from_slice(&std::fs::read(vector(name)).unwrap()).unwrap();
    let nonce = json["nonce"].as_str().unwrap().to_owned();
    ["--audience".into(), AUDIENCE.into(), "--nonce".into(), nonce]
}

#[test]
fn a_login_leaves_a_proof_that_its_asker_can_check() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proof.json");
    let proof = ["--proof", path.to_str().unwrap()];
    let ran = login("cns-st", &[ASKED, &proof].concat(), "12345\n");
    let told = ran.json();
    assert_eq!(ran.exit, 0, "{told:#}");
    let exchange = &told["identity"]["exchange"];
    assert_eq!(
        (
            &exchange["flow"],
            &exchange["reader_kind"],
            &exchange["card_number"]
        ),
        (&json!("remote"), &json!("played"), &json!("6999000000001016"))
    );
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);

    let checked = verify(&path, &issued_at(&path), &[ASKED, CNS]);
    let identity = &checked.json()["verified_proof"]["identity"];
    assert_eq!(checked.exit, 0, "{identity:#}");
    assert_eq!(identity["evidence_id"], told["identity"]["evidence_id"]);
    assert_eq!(identity["codice_fiscale"], "DMNNCL80C14H501S");
    assert_eq!(identity["exchange"], *exchange);

    // It is not overwritten, and no PIN is asked for it.
    let before = std::fs::read(&path).unwrap();
    let again = login("cns-st", &[ASKED, &proof].concat(), "12345\n");
    assert_eq!((again.exit, again.error_code().as_str()), (60, "proof-exists"));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn an_identity_cards_proof_holds_without_its_origin() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proof.json");
    let options = [
        ASKED,
        &[
            "--csca-test",
            "fixtures/pki/csca.der",
            "--proof",
            path.to_str().unwrap(),
        ],
    ]
    .concat();
    let ran = login_with("cie-actalis", CIE, &options, "12345678\n");
    let told = ran.json();
    assert_eq!(ran.exit, 0, "{told:#}");
    assert_eq!(told["identity"]["origin"], "proven");
    assert_eq!(told["identity"]["exchange"]["card_number"], "998877000405");
    let checked = verify(&path, &issued_at(&path), &[ASKED, CIE]);
    let identity = &checked.json()["verified_proof"]["identity"];
    assert_eq!(identity["origin"], "not_proven", "{}", checked.out);
    assert_eq!(identity["assurance"]["level"], "substantial");
    // Where one kind of card is wanted, another is refused.
    let other = verify(&path, &issued_at(&path), &[ASKED, CIE, &["--profile", "cns"]]);
    assert_eq!(
        (other.exit, other.error_code().as_str()),
        (43, "certificate-wrong-purpose")
    );
}

#[test]
fn nobody_who_is_not_logged_in_leaves_a_proof() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proof.json");
    let proof = ["--proof", path.to_str().unwrap()];
    for (profile, options, typed, exit) in [
        ("cns-st", &[][..], "54321\n", 20),
        ("cns-wrong-key", &[], "12345\n", 44),
        ("cns-athena", &["--service", "inps.domanda"], "12345\n", 10),
        ("cns-expired", &[], "12345\n", 41),
    ] {
        let ran = login(profile, &[ASKED, &proof, options].concat(), typed);
        assert_eq!(ran.exit, exit, "{}", ran.out);
        assert!(!path.exists(), "{profile}");
    }
    let absent = folder.path().join("absent/proof.json");
    let ran = login(
        "cns-st",
        &[ASKED, &["--proof", absent.to_str().unwrap()]].concat(),
        "12345\n",
    );
    assert_eq!((ran.exit, ran.error_code().as_str()), (60, "file-unwritable"));
}

#[test]
fn a_proof_needs_an_asker_and_a_nonce() {
    for (options, code) in [
        (&["--proof", "/nonexistent/p", "--nonce", NONCE][..], "usage"),
        (&["--proof", "/nonexistent/p", "--audience", AUDIENCE], "usage"),
        (&["--nonce", "c2hvcnQ="], "nonce-invalid"),
        (&["--nonce", "not Base64"], "nonce-invalid"),
    ] {
        let ran = login("cns-st", options, "12345\n");
        assert_eq!((ran.exit, ran.error_code().as_str()), (64, code), "{options:?}");
    }
    // A nonce without a proof is signed all the same.
    let ran = login("cns-st", &["--nonce", NONCE], "12345\n");
    assert_eq!(ran.json()["identity"]["exchange"]["flow"], "local");
}

#[test]
fn what_does_not_hold_has_its_code() {
    let asked = vector_asked("good-cns.json");
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let at = "2026-06-01T09:00:01Z";
    for (file, at, options, exit, code) in [
        ("good-cns.json", at, &[][..], 0, ""),
        ("good-cns.json", "2026-06-01T09:02:01Z", &[], 44, "proof-expired"),
        (
            "good-cns.json",
            "2026-06-01T10:00:00Z",
            &["--max-age", "3600"],
            0,
            "",
        ),
        ("good-cns.json", "2026-06-01T08:59:59Z", &[], 44, "proof-not-yet"),
        (
            "good-cns.json",
            at,
            &["--profile", "cie"],
            43,
            "certificate-wrong-purpose",
        ),
        ("replayed-nonce.json", at, &[], 44, "proof-nonce"),
        ("other-audience.json", at, &[], 44, "proof-audience"),
        ("altered-card-number.json", at, &[], 44, "proof-signature"),
        ("untrusted-issuer.json", at, &[], 40, "certificate-not-trusted"),
        ("unknown-field.json", at, &[], 38, "proof-format"),
        ("over-size.json", at, &[], 38, "proof-format"),
        ("absent.json", at, &[], 60, "file-unreadable"),
    ] {
        let ran = verify(&vector(file), at, &[&asked, CNS, options]);
        let found = (ran.exit, ran.error_code());
        assert_eq!((found.0, found.1.as_str()), (exit, code), "{file}: {}", ran.out);
    }
    let untrusted = verify(&vector("good-cns.json"), at, &[&asked]);
    assert_eq!(
        (untrusted.exit, untrusted.error_code().as_str()),
        (48, "trust-anchors-missing")
    );
    let between = [
        "--trust-test",
        "fixtures/pki/ca-cie-root.der",
        "--crl",
        "fixtures/pki/crl-cie-root.crl",
        "--crl",
        "fixtures/pki/crl-cie-sub.crl",
    ];
    let asked = vector_asked("good-cie.json");
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let through = ["--intermediates", "fixtures/pki/ca-cie-sub.der"];
    let file = vector("good-cie.json");
    assert_eq!(verify(&file, at, &[&asked, &between]).exit, 40);
    assert_eq!(verify(&file, at, &[&asked, &between, &through]).exit, 0);
}

/// Whoever checks a proof says how sure one must be, and brings the lists, whatever the reader did.
#[test]
fn revocation_is_the_verifiers_own_question() {
    let folder = tempfile::tempdir().unwrap();
    let bare = ["--trust-test", "fixtures/pki/ca-cns.pem"];
    for (profile, exit, code) in [
        ("cns-st", 0, ""),
        ("cns-revoked", 42, "certificate-revoked"),
        ("cns-suspended", 47, "certificate-suspended"),
    ] {
        let path = folder.path().join(profile);
        let proof = ["--revocation", "off", "--proof", path.to_str().unwrap()];
        let ran = login(profile, &[ASKED, &proof].concat(), "12345\n");
        assert_eq!(ran.exit, 0, "{}", ran.out);
        let at = issued_at(&path);
        let with_list = verify(&path, &at, &[ASKED, CNS]);
        assert_eq!(
            (with_list.exit, with_list.error_code().as_str()),
            (exit, code),
            "{profile}"
        );
        let without = verify(&path, &at, &[ASKED, &bare]);
        assert_eq!(
            (without.exit, without.error_code().as_str()),
            (46, "revocation-unknown")
        );
        for (mode, status) in [("soft", "unknown"), ("off", "not_checked")] {
            let told = verify(&path, &at, &[ASKED, &bare, &["--revocation", mode]]).json();
            let assurance = &told["verified_proof"]["identity"]["assurance"];
            assert_eq!(assurance["revocation"], status, "{told:#}");
            assert_eq!(assurance["downgraded"], json!(["revocation-not-known"]));
        }
    }
}

#[test]
fn people_read_what_a_proof_shows_and_what_not() {
    let asked = vector_asked("good-cns.json");
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let file = vector("good-cns.json");
    let arguments = [
        &[
            "verify-proof",
            file.to_str().unwrap(),
            "--at",
            "2026-06-01T09:00:01Z",
        ],
        &asked[..],
        CNS,
    ]
    .concat();
    let ran = run(&arguments, "");
    for said in [
        "The proof holds",
        "DMNNCL80C14H501S",
        AUDIENCE,
        "test card",
        "does not show where the card is",
    ] {
        assert!(ran.out.contains(said), "{said}: {}", ran.out);
    }
    // It was not judged as it is today.
    assert!(ran.out.contains("--at"), "{}", ran.out);
    let ran = run(&[&arguments[..], &["--lang", "it"]].concat(), "");
    assert!(ran.out.contains("La prova regge"), "{}", ran.out);
}
