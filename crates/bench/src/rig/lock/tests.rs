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
    let first = CardLock::take(&locks, Locked::Card("6999")).unwrap();
    let _other = CardLock::take(&locks, Locked::Card("7000")).unwrap();
    let held = CardLock::take(&locks, Locked::Card("6999")).unwrap_err();
    assert_eq!(held.code(), "bench-card-held");
    assert!(
        held.to_string().contains(&std::process::id().to_string()),
        "{held}"
    );
    drop(first);
    assert!(!Locked::Card("6999").file().contains("6999"));
    let _reader = CardLock::take(&locks, Locked::Reader("6999")).unwrap();
    // Somebody else takes it, and is killed.
    let script = "exec 9<>$0; flock 9; echo held; exec sleep 1000";
    let mut other = Command::new("sh")
        .args(["-c", script])
        .arg(locks.join(Locked::Card("6999").file()))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut said = io::BufReader::new(other.stdout.take().unwrap());
    said.read_line(&mut line).unwrap();
    assert_eq!(line, "held\n");
    assert_eq!(
        CardLock::take(&locks, Locked::Card("6999")).unwrap_err().code(),
        "bench-card-held"
    );
    let late = CardLock::wait(&locks, Locked::Card("6999"), Duration::from_millis(120));
    assert_eq!(late.unwrap_err().code(), "bench-card-held");
    let waiting = locks.clone();
    let waiting = std::thread::spawn(move || {
        CardLock::wait(&waiting, Locked::Card("6999"), Duration::from_secs(20)).map(drop)
    });
    other.kill().unwrap();
    other.wait().unwrap();
    waiting.join().unwrap().unwrap();
    CardLock::take(&locks, Locked::Card("6999")).unwrap();
}

#[test]
fn locks_are_in_a_folder_of_this_user_alone_and_no_name_leads_out_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let open = folder.path().join("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
    assert_eq!(
        CardLock::take(&open, Locked::Card("1")).unwrap_err().code(),
        "bench-lock-folder"
    );
    for name in ["", "../1", "a b"] {
        for what in [Locked::Card(name), Locked::Reader(name)] {
            assert!(!what.file().contains(['/', ' ']), "{what:?}");
        }
    }
}
