//! No room is left: the change is not made, and everything before it is there.

use std::path::Path;

use varco_access_policy::{FactError, FactId, FactStore as _};

use crate::again::{Other, say, told};
use crate::people::*;

/// Grants until no more is taken, and gives how many were and why the next was not.
fn fill(records: &Records) -> (u32, FactError) {
    (1..100_000)
        .find_map(|holder| {
            let granted = records.grant_enablement(&enablement(holder, months(1, None)));
            granted.err().map(|error| (holder - 1, error))
        })
        .unwrap()
}

fn assert_whole(path: &Path, taken: u32) {
    let records = Records::open(path, PATIENT).unwrap();
    records.check().unwrap();
    let kept = records.enablements(None, FactId(0), 100_000).unwrap();
    assert_eq!(kept.len(), taken as usize);
    records
        .grant_enablement(&enablement(taken + 1, months(1, None)))
        .unwrap();
    records.check().unwrap();
}

#[test]
fn a_full_disk_costs_no_fact() {
    // `/dev/full` cannot hold a store, but a file system in memory can be small, where the user may mount one.
    let (folder, _) = place();
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=512k,mode=0700", "none"])
        .arg(folder.path())
        .output()
        .is_ok_and(|output| output.status.success());
    if !mounted {
        return;
    }
    let path = folder.path().join("facts.db");
    let filled = std::panic::catch_unwind(|| {
        let records = Records::create_or_open(&path, PATIENT).unwrap();
        let (taken, error) = fill(&records);
        assert_eq!(error.code(), "records-full", "{error}");
        // Questions are answered meanwhile.
        assert_eq!(
            records.enablements(None, FactId(0), 100_000).unwrap().len(),
            taken as usize
        );
        drop(records);
        let kept = Records::open(&path, PATIENT).map(|records| records.enablements(None, FactId(0), 100_000));
        assert_eq!(kept.unwrap().unwrap().len(), taken as usize);
        let remounted = std::process::Command::new("mount")
            .args(["-o", "remount,size=8m"])
            .arg(folder.path())
            .status();
        assert!(remounted.unwrap().success());
        assert_whole(&path, taken);
    });
    let unmounted = std::process::Command::new("umount")
        .arg("-l")
        .arg(folder.path())
        .status();
    assert!(unmounted.unwrap().success());
    filled.unwrap();
}

#[test]
fn a_file_that_may_not_grow_costs_no_fact() {
    const TEST: &str = "full::a_file_that_may_not_grow_costs_no_fact";
    if let Some(path) = told() {
        let records = Records::open(&path, PATIENT).unwrap();
        let (taken, error) = fill(&records);
        // The system says that a file is too large and not that no room is left, and SQLite does not tell which.
        assert!(
            ["records-full", "records-unusable"].contains(&error.code()),
            "{error}"
        );
        say(&taken.to_string());
        return;
    }
    let (_folder, path) = place_in_memory();
    drop(Records::create_or_open(&path, PATIENT).unwrap());
    let taken = Other::start_with_little_room(600, TEST, &path).finish();
    assert_whole(&path, taken[0].parse().unwrap());
}

#[test]
fn a_store_at_its_most_pages_is_full() {
    // What SQLite says of a disk that is full, on every system: the bound is this connection's.
    let (_folder, path) = place_in_memory();
    let records = Records::create_or_open(&path, PATIENT).unwrap();
    records.grant_enablement(&enablement(1, months(1, None))).unwrap();
    drop(records);
    let raw = raw(&path);
    let pages: i64 = raw
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    raw.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
        .unwrap();
    let full = (0..10_000).find_map(|number| {
        raw.execute(
            "INSERT INTO enablement (holder, service, from_us, granted_who, granted_us, granted_act) \
             VALUES (?1, 's', 1, 'w', 1, 'a')",
            [person(number + 10).as_str()],
        )
        .err()
    });
    assert_eq!(
        full.unwrap().sqlite_error_code(),
        Some(rusqlite::ErrorCode::DiskFull)
    );
    drop(raw);
    Records::open(&path, PATIENT).unwrap().check().unwrap();
}
