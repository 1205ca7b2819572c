//! SPID hand-overs made and verified by strangers: Python's cryptography makes the vectors anew from docs/spid.md, OpenSSL
//! finds their signatures good.
//!
//! Not here: what varco makes of them, good and bad (crates/auth).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use varco::Audience;
use varco::proof::{Client, MemoryNonceStore, NonceLimits, NonceStore as _};
use varco::spid::{
    GatewayKey, GatewayKeys, GatewayMaterial, GatewayPublicKey, HandOverExpected, verify_hand_over,
};
use varco::steps::Timestamp;

const FILES: [&str; 7] = [
    "gateway.pem",
    "spid-l1.json",
    "spid-l1.txt",
    "spid-l2.json",
    "spid-l2.txt",
    "spid-l3.json",
    "spid-l3.txt",
];

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/vectors/spid")
}

/// Makes all vectors in a folder.
fn make(folder: &Path) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/make_hand_over.py");
    // By its whole path: another Python, earlier in PATH, may lack the module that it needs.
    let ran = Command::new("/usr/bin/python3")
        .arg(script)
        .arg(folder)
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn the_vectors_follow_from_the_page_alone() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path());
    for file in FILES {
        let (made, kept) = (folder.path().join(file), vectors().join(file));
        assert_eq!(
            std::fs::read(made).unwrap(),
            std::fs::read(kept).unwrap(),
            "{file}"
        );
    }
}

#[test]
fn openssl_finds_the_signatures_good_and_altered_ones_not() {
    let folder = tempfile::tempdir().unwrap();
    let key = vectors().join("gateway.pem");
    let verifies = |payload: &[u8], signature: &str| {
        let signed = [b"VARCO-SPID-HAND-OVER v1\0", payload].concat();
        std::fs::write(folder.path().join("signed"), signed).unwrap();
        std::fs::write(folder.path().join("signature"), bytes(signature)).unwrap();
        let ran = Command::new("openssl")
            .current_dir(folder.path())
            .args(["pkeyutl", "-verify", "-rawin", "-in", "signed"])
            .args(["-sigfile", "signature", "-pubin", "-inkey"])
            .arg(&key)
            .output();
        ran.unwrap().status.success()
    };
    for level in 1..=3 {
        let hand_over = std::fs::read_to_string(vectors().join(format!("spid-l{level}.txt"))).unwrap();
        let payload = std::fs::read(vectors().join(format!("spid-l{level}.json"))).unwrap();
        let parts: Vec<&str> = hand_over.split('.').collect();
        assert_eq!(bytes(parts[2]), payload);
        assert!(verifies(&payload, parts[3]));
        assert!(!verifies(&payload[1..], parts[3]));
    }
}

#[test]
fn a_spid_identity_is_as_published() {
    let read = |name: &str| std::fs::read_to_string(vectors().join(name)).unwrap();
    let now: Timestamp = "2026-06-01T09:00:01Z".parse().unwrap();
    let key = GatewayKey::new(
        "gateway.example.it",
        GatewayPublicKey::from_pem(&read("gateway.pem")).unwrap(),
        "2026-01-01T00:00:00Z".parse().unwrap(),
        "2027-01-01T00:00:00Z".parse().unwrap(),
        GatewayMaterial::Test,
    );
    let keys = GatewayKeys::new(vec![key.unwrap()]).unwrap();
    let (nonces, session) = (MemoryNonceStore::new(NonceLimits::default()), Client::named(b"s"));
    let folder = tempfile::tempdir().unwrap();
    let mut judge = Command::new("/usr/bin/jsonschema");
    for level in 1..=3 {
        let payload: serde_json::Value = serde_json::from_str(&read(&format!("spid-l{level}.json"))).unwrap();
        let nonce = bytes(payload["nonce"].as_str().unwrap());
        nonces.issue(session, nonce.try_into().unwrap(), now).unwrap();
        let audience = Audience::parse("https://servizi.example.it").unwrap();
        let expected = HandOverExpected::new(audience, session, now, 300);
        let hand_over = read(&format!("spid-l{level}.txt"));
        let identity = verify_hand_over(hand_over.as_bytes(), &keys, &expected, &nonces).unwrap();
        let path = folder.path().join(format!("{level}.json"));
        let told = json!({ "format": 1, "verified_proof": { "identity": identity } });
        std::fs::write(&path, told.to_string()).unwrap();
        judge.arg("--instance").arg(path);
    }
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema/varco-cli-1.schema.json");
    let judged = judge.arg(schema).output().unwrap();
    let said = [judged.stdout, judged.stderr].concat();
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&said));
}

/// Of base64url.
fn bytes(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0_u32, 0);
    for character in text.bytes() {
        let value = ALPHABET.iter().position(|one| *one == character).unwrap();
        held = held << 6 | u32::try_from(value).unwrap();
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xFF).unwrap());
        }
        held &= 0xFFFF;
    }
    bytes
}
