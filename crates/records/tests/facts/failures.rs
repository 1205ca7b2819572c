//! Obstacles, each for real: after it, what was there is there.

use std::os::unix::fs::FileExt as _;
use std::path::Path;

use varco_access_policy::{FactId, FactQuery, FactSource as _, FactStore as _, StoreFailure};
use varco_records::facts::VERSION;

use crate::again::{Other, say, told};
use crate::people::*;

/// A store with so many enablements, closed.
fn filled(enablements: u32) -> (tempfile::TempDir, std::path::PathBuf) {
    let (folder, path) = place_in_memory();
    let records = Records::create_or_open(&path, PATIENT).unwrap();
    for holder in 1..=enablements {
        records
            .grant_enablement(&enablement(holder, months(1, None)))
            .unwrap();
    }
    drop(records);
    (folder, path)
}

fn kept(records: &Records) -> usize {
    records.check().unwrap();
    let kept = records.enablements(None, FactId(0), 1000).unwrap().len();
    assert_eq!(records.history(0, 1000).unwrap().len(), kept);
    kept
}

#[test]
fn a_store_that_another_process_holds_is_locked_and_then_not() {
    const TEST: &str = "failures::a_store_that_another_process_holds_is_locked_and_then_not";
    if let Some(path) = told() {
        let raw = raw(&path);
        raw.execute_batch("BEGIN IMMEDIATE").unwrap();
        say("held");
        // Until it is killed.
        std::thread::park();
        return;
    }
    let (_folder, path) = filled(1);
    let records = Records::open(&path, IMPATIENT).unwrap();
    let mut other = Other::start(TEST, &path);
    assert_eq!(other.hear().as_deref(), Some("held"));
    let new = enablement(2, months(1, None));
    let error = records.grant_enablement(&new).unwrap_err();
    assert_eq!(error.code(), "records-locked");
    // Questions and opening go on.
    assert_eq!(kept(&records), 1);
    Records::open(&path, IMPATIENT).unwrap();
    other.kill();
    records.grant_enablement(&new).unwrap();
    assert_eq!(kept(&records), 2);
}

#[test]
fn a_store_that_may_only_be_read_is_not_changed() {
    let (_folder, path) = filled(1);
    let records = Records::open_to_read(&path, PATIENT).unwrap();
    let new = enablement(2, months(1, None));
    assert_eq!(
        records.grant_enablement(&new).unwrap_err().code(),
        "records-read-only"
    );
    let limit = records.set_delegation_limit(3.try_into().unwrap(), &change("2026-01-01T00:00:00Z"));
    assert_eq!(limit.unwrap_err(), StoreFailure::ReadOnly);
    assert_eq!(kept(&records), 1);
    drop(records);
    let writer = Records::open(&path, PATIENT).unwrap();
    writer.grant_enablement(&new).unwrap();
    assert_eq!(kept(&writer), 2);
}

#[test]
fn a_store_of_a_later_version_is_left_untouched() {
    let (_folder, path) = filled(1);
    raw(&path).pragma_update(None, "user_version", 999).unwrap();
    let before = std::fs::read(&path).unwrap();
    for opened in [
        Records::open(&path, PATIENT),
        Records::create_or_open(&path, PATIENT),
        Records::open_to_read(&path, PATIENT),
    ] {
        let failure = opened.unwrap_err();
        assert_eq!(
            failure,
            StoreFailure::TooNew {
                found: 999,
                known: VERSION
            }
        );
    }
    assert!(std::fs::read(&path).unwrap() == before);
    raw(&path).pragma_update(None, "user_version", VERSION).unwrap();
    assert_eq!(kept(&Records::open(&path, PATIENT).unwrap()), 1);
}

#[test]
fn a_file_that_is_no_store_is_told_and_left_as_it_is() {
    let (folder, path) = place_in_memory();
    let other = folder.path().join("other.db");
    raw(&other)
        .execute_batch("CREATE TABLE change (id); PRAGMA user_version = 2;")
        .unwrap();
    let other = std::fs::read(other).unwrap();
    let noise: Vec<u8> = (0..8192_u32)
        .map(|byte| u8::try_from(byte * 7 % 251).unwrap())
        .collect();
    for content in [Vec::new(), b"[facts]\n".to_vec(), noise, other] {
        std::fs::write(&path, &content).unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        for opened in [
            Records::open(&path, PATIENT),
            Records::create_or_open(&path, PATIENT),
            Records::open_to_read(&path, PATIENT),
        ] {
            let failure = opened.unwrap_err();
            assert_eq!(failure.code(), "records-corrupt", "{failure}");
        }
        assert!(std::fs::read(&path).unwrap() == content);
    }
}

/// Every answer about everybody, until the first that is a failure.
fn ask_all(path: &Path, persons: u32) -> Result<(), StoreFailure> {
    let records = Records::open(path, PATIENT)?;
    let service = service("comune.siuss");
    for number in 1..=persons {
        let subject = person(number);
        let query = FactQuery {
            subject: &subject,
            acting_for: None,
            service: Some(&service),
        };
        assert_eq!(records.known(query)?.enablements.len(), 1);
    }
    records.enablements(None, FactId(0), 1000)?;
    records.check()
}

#[test]
fn overwritten_pages_are_damage_and_never_a_panic() {
    let (_folder, path) = filled(200);
    let whole = std::fs::read(&path).unwrap();
    ask_all(&path, 200).unwrap();
    let pages = whole.len() / 4096;
    let mut found = 0;
    for page in 0..pages {
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.write_all_at(&[0xA5; 4096], u64::try_from(page * 4096).unwrap())
            .unwrap();
        drop(file);
        match std::panic::catch_unwind(|| ask_all(&path, 200)) {
            Ok(Err(failure)) => {
                assert_eq!(failure.code(), "records-corrupt", "page {page}: {failure}");
                found += 1;
            }
            // A lost answer that is no failure would be `known` without the enablement.
            Ok(Ok(())) => panic!("page {page} is damaged and nobody noticed"),
            Err(_) => panic!("page {page}: an answer was lost in silence"),
        }
        std::fs::write(&path, &whole).unwrap();
    }
    assert_eq!(found, pages);
    ask_all(&path, 200).unwrap();
}

#[test]
fn a_store_that_was_cut_off_is_damage() {
    let (_folder, path) = filled(200);
    let whole = std::fs::read(&path).unwrap();
    for length in [whole.len() / 2 / 4096 * 4096, whole.len() - 4096, 4096, 100, 1] {
        std::fs::write(&path, &whole[..length]).unwrap();
        assert_eq!(
            ask_all(&path, 200).unwrap_err().code(),
            "records-corrupt",
            "{length}"
        );
    }
    std::fs::write(&path, &whole).unwrap();
    ask_all(&path, 200).unwrap();
}

#[test]
fn a_store_whose_file_was_moved_or_replaced_is_not_changed() {
    let (folder, path) = filled(1);
    let records = Records::open(&path, PATIENT).unwrap();
    let away = folder.path().join("away.db");
    std::fs::rename(&path, &away).unwrap();
    let new = enablement(2, months(1, None));
    assert_eq!(
        records.grant_enablement(&new).unwrap_err().code(),
        "records-absent"
    );
    let other = folder.path().join("other.db");
    drop(Records::create_or_open(&other, PATIENT).unwrap());
    std::fs::rename(&other, &path).unwrap();
    assert_eq!(
        records.grant_enablement(&new).unwrap_err().code(),
        "records-unusable"
    );
    std::fs::rename(&away, &path).unwrap();
    records.grant_enablement(&new).unwrap();
}
