//! Whose the file is, and what is taken for a store.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt};
use std::path::Path;

use varco_access_policy::{FactId, FactStore as _, StoreFailure};

use crate::people::*;

fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

fn refusal(opened: Result<Records, StoreFailure>) -> String {
    let failure = opened.unwrap_err();
    assert_eq!(failure.code(), "records-unusable", "{failure}");
    failure.to_string()
}

#[test]
fn the_user_alone_may_read_what_is_made() {
    let (_folder, path) = place();
    let records = Records::create_or_open(&path, PATIENT).unwrap();
    records.grant_enablement(&enablement(1, months(1, None))).unwrap();
    for ending in ["", "-wal", "-shm"] {
        let mut name = path.clone().into_os_string();
        name.push(ending);
        assert_eq!(
            std::fs::metadata(&name).unwrap().mode() & 0o777,
            0o600,
            "{name:?}"
        );
    }
    drop(records);
    let names: Vec<_> = std::fs::read_dir(path.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["facts.db"]);
}

#[test]
fn where_no_store_is_there_is_none() {
    let (folder, path) = place();
    let nowhere = folder.path().join("nowhere/facts.db");
    for path in [&path, &nowhere] {
        assert_eq!(Records::open(path, PATIENT).unwrap_err(), StoreFailure::Absent);
        assert_eq!(
            Records::open_to_read(path, PATIENT).unwrap_err(),
            StoreFailure::Absent
        );
    }
    assert_eq!(
        Records::create_or_open(&nowhere, PATIENT).unwrap_err(),
        StoreFailure::Absent
    );
    assert!(!path.exists(), "asking makes none");
}

#[test]
fn a_link_or_a_folder_is_no_store() {
    let (folder, path) = place();
    drop(Records::create_or_open(&path, PATIENT).unwrap());
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let dangling = folder.path().join("dangling.db");
    std::os::unix::fs::symlink(folder.path().join("target.db"), &dangling).unwrap();
    let inner = folder.path().join("folder");
    std::fs::create_dir(&inner).unwrap();
    for (place, why) in [
        (&link, "symbolic link"),
        (&dangling, "symbolic link"),
        (&inner, "no regular file"),
    ] {
        for opened in [
            Records::open(place, PATIENT),
            Records::create_or_open(place, PATIENT),
        ] {
            let said = refusal(opened);
            assert!(said.contains(why), "{said}");
        }
    }
    assert!(!folder.path().join("target.db").exists());
    assert!(refusal(Records::open(Path::new("/"), PATIENT)).contains("no name"));
    // A folder may be reached by a link: whose it is is asked of where that leads.
    let other = folder.path().join("other");
    std::os::unix::fs::symlink(folder.path(), &other).unwrap();
    Records::open(&other.join("facts.db"), PATIENT).unwrap();
}

#[test]
fn what_others_may_read_or_write_is_not_believed() {
    let (folder, path) = place();
    drop(Records::create_or_open(&path, PATIENT).unwrap());
    for (bits, why) in [
        (0o602, "others may write"),
        (0o606, "others may write"),
        (0o604, "everybody may read"),
    ] {
        mode(&path, bits);
        let said = refusal(Records::open(&path, PATIENT));
        assert!(said.contains(why), "{bits:o}: {said}");
    }
    mode(&path, 0o640);
    Records::open(&path, PATIENT).unwrap();
    mode(folder.path(), 0o777);
    let said = refusal(Records::open(&path, PATIENT));
    assert!(said.contains("folder"), "{said}");
    mode(folder.path(), 0o1777);
    let said = refusal(Records::create_or_open(&folder.path().join("new.db"), PATIENT));
    assert!(said.contains("folder"), "{said}");
}

#[test]
fn another_users_file_is_not_believed() {
    let (_folder, path) = place();
    drop(Records::create_or_open(&path, PATIENT).unwrap());
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(&path, Some(65_534), None).unwrap();
        let said = refusal(Records::open(&path, PATIENT));
        assert!(said.contains("another user's"), "{said}");
        std::os::unix::fs::chown(&path, Some(0), None).unwrap();
    }
    Records::open(&path, PATIENT).unwrap();
}

#[test]
fn a_path_that_looks_like_an_address_is_a_path() {
    let (folder, _) = place();
    let path = folder.path().join("file:facts.db?mode=memory&vfs=none");
    let records = Records::create_or_open(&path, PATIENT).unwrap();
    records.grant_enablement(&enablement(1, months(1, None))).unwrap();
    assert!(path.is_file());
    assert_eq!(
        Records::open(&path, PATIENT)
            .unwrap()
            .enablements(None, FactId(0), 9)
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn the_settings_that_the_guarantees_rest_on_are_those_of_the_file() {
    let (_folder, path) = place();
    let records = Records::create_or_open(&path, PATIENT).unwrap();
    let head = std::fs::read(&path).unwrap();
    assert_eq!(head[18..20], [2, 2], "WAL");
    assert_eq!(head[60..64], [0, 0, 0, 3], "version");
    assert_eq!(head[68..72], *b"vFct", "whose it is");
    drop(records);
    // From a backup it comes without WAL, and gets it when it is opened to be changed.
    let raw = raw(&path);
    raw.pragma_update(None, "journal_mode", "DELETE").unwrap();
    drop(raw);
    Records::open_to_read(&path, PATIENT).unwrap();
    Records::open(&path, PATIENT).unwrap();
    assert_eq!(std::fs::read(&path).unwrap()[18..20], [2, 2]);
}

#[test]
fn a_new_store_or_backup_takes_nothing_of_one_that_was_lost() {
    let (folder, path) = place();
    let records = Records::create_or_open(&path, PATIENT).unwrap();
    for holder in 1..10 {
        records
            .grant_enablement(&enablement(holder, months(1, None)))
            .unwrap();
    }
    let log = std::fs::read(folder.path().join("facts.db-wal")).unwrap();
    let new = folder.path().join("new.db");
    for ending in ["-wal", "-shm", "-journal"] {
        let stale = folder.path().join(format!("new.db{ending}"));
        std::fs::write(&stale, &log).unwrap();
        for said in [
            refusal(Records::create_or_open(&new, PATIENT)),
            records.back_up(&new).unwrap_err().to_string(),
        ] {
            assert!(said.contains("left beside it") && said.contains(ending), "{said}");
        }
        assert!(!new.exists());
        assert!(std::fs::read(&stale).unwrap() == log, "it is left as it is");
        std::fs::remove_file(stale).unwrap();
    }
    // Nor what a killed process left of its own new file.
    let process = std::process::id();
    let left = folder.path().join(format!("new.db.new-{process}-0-wal"));
    std::fs::write(&left, &log).unwrap();
    let made = Records::create_or_open(&new, PATIENT).unwrap();
    assert_eq!(made.enablements(None, FactId(0), 100).unwrap(), []);
    assert!(left.exists());
    // To a store that is open nobody is told to take anything away.
    let said = records.back_up(&path).unwrap_err().to_string();
    assert!(said.contains("is there already"), "{said}");
}
