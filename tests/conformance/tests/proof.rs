//! Proofs that hold, read by strangers: Python's cryptography and OpenSSL recompute what was signed, its hash and the
//! signature from the JSON alone, by docs/proof.md.
//!
//! Not here: proofs that do not hold (crates/auth), and trust in the certificate, which no stranger is asked about.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use varco_testkit::program::{run_with_input, varco};

const GOOD: [&str; 2] = ["good-cns.json", "good-cie.json"];
const ALTERED: [&str; 3] = [
    "altered-card-number.json",
    "altered-signature.json",
    "relabelled-nonce.json",
];

fn vector(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/vectors/proof")
        .join(name)
}

/// What the reader in Python makes of a proof; parts for OpenSSL go into the folder.
fn read(proof: &Path, folder: &Path) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/read_proof.py");
    // By its whole path: another Python, earlier in PATH, may lack the module that it needs.
    let ran = Command::new("/usr/bin/python3")
        .arg(script)
        .arg(proof)
        .arg(folder)
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    serde_json::from_slice(&ran.stdout).unwrap()
}

/// OpenSSL's answer about the parts in a folder.
fn openssl_verifies(folder: &Path) -> bool {
    let openssl = |arguments: &[&str]| {
        let mut openssl = Command::new("openssl");
        openssl.current_dir(folder).args(arguments).output().unwrap()
    };
    let key = openssl(&[
        "x509", "-inform", "DER", "-in", "leaf.der", "-noout", "-pubkey", "-out", "leaf.pub",
    ]);
    assert!(key.status.success(), "{}", String::from_utf8_lossy(&key.stderr));
    let verified = openssl(&[
        "dgst",
        "-sha256",
        "-verify",
        "leaf.pub",
        "-signature",
        "signature",
        "structure",
    ]);
    verified.status.success()
}

#[test]
fn strangers_find_the_signature_over_what_the_page_describes() {
    for name in GOOD {
        let folder = tempfile::tempdir().unwrap();
        let found = read(&vector(name), folder.path());
        assert_eq!(found["verified"], true, "{name}");
        assert!(openssl_verifies(folder.path()), "{name}");
        let hashed = Command::new("openssl")
            .args(["dgst", "-sha256", "-r"])
            .arg(folder.path().join("structure"))
            .output()
            .unwrap();
        let hashed = String::from_utf8(hashed.stdout).unwrap();
        assert_eq!(hashed.split(' ').next(), found["sha256"].as_str(), "{name}");
    }
}

#[test]
fn strangers_refuse_what_was_altered() {
    for name in ALTERED {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(&vector(name), folder.path())["verified"], false, "{name}");
        assert!(!openssl_verifies(folder.path()), "{name}");
    }
}

#[test]
fn what_a_login_writes_strangers_read_too_by_either_scheme() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for scheme in ["pkcs1", "pss"] {
        let folder = tempfile::tempdir().unwrap();
        let proof = folder.path().join("proof.json");
        let mut login = Command::new(varco());
        login
            .current_dir(&workspace)
            .args(["login", "--pin-stdin", "--reader", "played:cns-st"])
            .args(["--trust-test", "fixtures/pki/ca-cns.pem", "--signature", scheme])
            .args(["--crl", "fixtures/pki/crl-cns.crl"])
            .args(["--audience", "chiosco 7, Forlì"])
            .args(["--nonce", "BQUFBQUFBQUFBQUFBQUFBQ==", "--proof"])
            .arg(&proof);
        let ran = run_with_input(&mut login, b"12345\n").unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        assert_eq!(read(&proof, folder.path())["verified"], true, "{scheme}");
    }
}
