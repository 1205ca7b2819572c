//! The record of decisions read by a stranger, in Python by docs/audit.md alone, and its head checked by OpenSSL.
//!
//! Not here: everything that can be wrong with one (crates/records).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use varco_access_policy::Effect;
use varco_auth::CodiceFiscale;
use varco_records::audit::{
    AuditKeys, AuditLog, AuditorKey, CheckpointKey, Entry, PseudonymKey, Settings, Sources,
};

const SUBJECT: &str = "DMNNCL80C14H501S";
const WARD: &str = "RSSMRA80A01H501U";

fn key() -> CheckpointKey {
    CheckpointKey::from_pem(&CheckpointKey::pem_of_seed(&[1; 32])).unwrap()
}

/// A log of three segments and more, with a permit for a ward in each place.
fn write(folder: &Path) {
    let keys = AuditKeys {
        checkpoint: key(),
        pseudonym: PseudonymKey::from_bytes([2; 32].into()),
        auditor: AuditorKey::from_bytes([3; 32].into()).public().unwrap(),
    };
    let settings = Settings {
        segment_length: 5_000,
        checkpoint_every: 3,
    };
    let sources = Sources {
        now: Box::new(|| "2026-11-28T09:00:00.25Z".parse().unwrap()),
        random: Box::new(|place| {
            place.fill(9);
            Ok(())
        }),
    };
    let log = AuditLog::create(folder, keys, settings, sources).unwrap();
    let person = |text| CodiceFiscale::parse(text).unwrap();
    for evidence in 0..12 {
        let at = "2026-11-28T08:59:59Z".parse().unwrap();
        let entry = Entry::new(Effect::Permit, "inps.estratto-conto", at)
            .because(
                &["consultation-card", "caffè \"d'uso\""],
                &["permit-consultation"],
            )
            .about(&person(SUBJECT), "CNS", "substantial", &format!("e{evidence}"))
            .acting_for(&person(WARD), Some("guardian"), Some(7));
        log.append(entry).unwrap();
    }
}

fn read(folder: &Path, secrets: &[&str]) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/read_audit.py");
    // By its whole path: another Python, earlier in PATH, may lack the module that it needs.
    let mut python = Command::new("/usr/bin/python3");
    python.arg(script).arg(folder).arg(key().public().to_text());
    python.args(secrets).output().unwrap()
}

#[test]
fn a_stranger_verifies_the_record_and_opens_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    write(&path);
    let (auditor, pseudonym) = (
        AuditorKey::from_bytes([3; 32].into()).to_text(),
        PseudonymKey::from_bytes([2; 32].into()).to_text(),
    );
    let ran = read(&path, &[&auditor, &pseudonym]);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let told: Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(
        (&told["unacknowledged"], &told["torn"]),
        (&json!(0), &json!(false))
    );
    let persons = told["persons"].as_array().unwrap();
    assert_eq!(persons.len(), 12);
    for both in persons {
        assert_eq!(*both, json!({ "subject": SUBJECT, "acting_for": WARD }));
    }
    // He sees what was cut off and what was altered.
    let last = path.join("00000002.log");
    let mut bytes = std::fs::read(&last).unwrap();
    bytes[700] ^= 1;
    std::fs::write(&last, bytes).unwrap();
    assert!(!read(&path, &[]).status.success());
}

#[test]
fn openssl_verifies_the_head() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    write(&path);
    let commands = format!(
        r"cd {} &&
        sed 's/ [^ ]*$//' log/head | tr -d '\n' >message &&
        sed 's/.* //' log/head | base64 -d >signature &&
        (printf '\060\052\060\005\006\003\053\145\160\003\041\000'; echo {} | sed 's/.*://' | base64 -d) >key.der &&
        openssl pkeyutl -verify -pubin -inkey key.der -keyform DER -rawin -in message -sigfile signature",
        folder.path().display(),
        key().public().to_text()
    );
    let ran = Command::new("sh").args(["-c", &commands]).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}
