//! Tests of the lock of a card, by claim.
#![allow(clippy::unwrap_used, reason = "test code")]

use std::io::BufRead as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use super::*;

#[test]
fn a_card_is_used_by_one_run_and_free_after_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let locks = folder.path().join("locks");
    let first = CardLock::take(&locks, "6999").unwrap();
    let _other = CardLock::take(&locks, "7000").unwrap();
    let held = CardLock::take(&locks, "6999").unwrap_err();
    assert_eq!(held.code(), "bench-card-held");
    assert!(
        held.to_string().contains(&std::process::id().to_string()),
        "{held}"
    );
    drop(first);
    // Somebody else takes it, and is killed.
    let script = "exec 9<>$0/card-6999.lock; flock 9; echo held; exec sleep 1000";
    let mut other = Command::new("sh")
        .args(["-c", script])
        .arg(&locks)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut said = io::BufReader::new(other.stdout.take().unwrap());
    said.read_line(&mut line).unwrap();
    assert_eq!(line, "held\n");
    assert_eq!(
        CardLock::take(&locks, "6999").unwrap_err().code(),
        "bench-card-held"
    );
    other.kill().unwrap();
    other.wait().unwrap();
    CardLock::take(&locks, "6999").unwrap();
}

#[test]
fn locks_are_in_a_folder_of_this_user_alone_and_no_serial_leads_out_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let open = folder.path().join("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
    assert_eq!(
        CardLock::take(&open, "1").unwrap_err().code(),
        "bench-lock-folder"
    );
    for serial in ["", "../1", "a b"] {
        let refused = CardLock::take(&folder.path().join("locks"), serial).unwrap_err();
        assert_eq!(refused.code(), "bench-lock-folder", "{serial}");
    }
}
