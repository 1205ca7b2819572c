//! Stores that are absent, held by another, damaged or of a later version.

use std::os::unix::fs::PermissionsExt as _;

use crate::program::{TRUST, command, run_command};
use crate::*;

/// One command of each sort that changes something.
const CHANGES: &[&str] = &[
    "enablement grant --codice-fiscale OTHER --service inps.siuss BY",
    "delegation add --delegator OTHER --delegate PERSON BY",
    "category add --codice-fiscale OTHER --category ward BY",
];
/// And of each that looks something up.
const QUESTIONS: &[&str] = &["enablement list", "delegation list", "category list"];

/// A store with an enablement in it.
fn filled() -> Place {
    let place = Place::new();
    place.done("enablement grant --codice-fiscale PERSON --service inps.isee BY --at 2026-01-01");
    place
}

fn raw(place: &Place) -> rusqlite::Connection {
    rusqlite::Connection::open(&place.path).unwrap()
}

/// Every command that opens a store without making one ends so, and a login before its PIN.
fn assert_all_end(place: &Place, code: &str) {
    let checks = ["phone-pin check --codice-fiscale PERSON --pin-stdin"];
    for words in QUESTIONS.iter().chain(&checks) {
        assert_eq!(place.refused(words), (60, code.to_owned()), "{words}");
    }
    let ran = place.login("inps.isee", "");
    assert_eq!((ran.exit, ran.error_code().as_str()), (60, code), "login");
    let check = [
        "policy",
        "check",
        "--json",
        "--codice-fiscale",
        PERSON,
        "--credential",
        "cns",
    ];
    let ran = run(
        &[&check[..], &["--service", "inps.isee", "--records", place.path()]].concat(),
        "",
    );
    assert_eq!((ran.exit, ran.error_code().as_str()), (60, code), "policy check");
}

#[test]
fn a_named_store_that_is_not_there_is_told_and_not_made_by_looking() {
    let place = Place::new();
    assert_all_end(&place, "records-absent");
    for words in [
        "enablement revoke --codice-fiscale PERSON --service inps.isee BY",
        "delegation revoke --id 1 BY",
        "category end --codice-fiscale PERSON --category ward BY",
    ] {
        assert_eq!(place.refused(words), (60, "records-absent".to_owned()), "{words}");
    }
    assert!(!place.path.exists());
}

#[test]
fn without_a_name_it_is_the_users_and_may_be_missing() {
    let home = tempfile::tempdir().unwrap();
    let login = |options: &[&str]| {
        let arguments = [
            "login",
            "--json",
            "--pin-stdin",
            "--reader",
            "played:cns-st",
            "--service",
            "inps.isee",
        ];
        let mut command = command(&[&arguments[..], TRUST, options].concat());
        command.env("XDG_DATA_HOME", home.path()).env("HOME", home.path());
        run_command(&mut command, "12345\n")
    };
    // For root it is the machine's, which a test leaves alone.
    if is_root() {
        return;
    }
    let ran = login(&[]);
    assert_eq!(
        (ran.exit, reasons(&ran)),
        (10, vec!["deny-enablement-missing".to_owned()])
    );
    let words =
        "enablement grant --codice-fiscale DMNNCL80C14H501S --service inps.isee --who clerk --act a --json";
    let mut grant = command(&words.split(' ').collect::<Vec<_>>());
    grant.env("XDG_DATA_HOME", home.path()).env("HOME", home.path());
    assert_eq!(run_command(&mut grant, "").exit, 0);
    let made = home.path().join("varco/records.db");
    assert_eq!(made.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(login(&[]).exit, 0);
}

#[test]
fn what_another_program_holds_is_read_and_not_changed() {
    let place = filled();
    let mut holder = raw(&place);
    let held = holder
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .unwrap();
    let (grant, login) = std::thread::scope(|scope| {
        let grant = scope.spawn(|| place.refused(CHANGES[0]));
        let login = place.login("inps.isee", "");
        (grant.join().unwrap(), login)
    });
    assert_eq!(grant, (60, "records-locked".to_owned()));
    assert_eq!(login.exit, 0, "a question waits for no change: {}", login.out);
    held.rollback().unwrap();
    drop(holder);
    place.done(CHANGES[0]);
}

#[test]
fn what_is_no_store_is_damaged() {
    let place = Place::new();
    std::fs::write(&place.path, b"SQLite format 3\0 and then nothing of the kind").unwrap();
    std::fs::set_permissions(&place.path, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_all_end(&place, "records-corrupt");
    for words in CHANGES {
        assert_eq!(
            place.refused(words),
            (60, "records-corrupt".to_owned()),
            "{words}"
        );
    }
    let ran = place.run_with("enablement list", "", "");
    assert!(
        ran.exit == 60 && ran.err.starts_with("The records are damaged"),
        "{}",
        ran.err
    );
}

#[test]
fn a_store_whose_guards_were_taken_away_is_damaged() {
    let place = filled();
    let raw = raw(&place);
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY name LIMIT 1";
    let trigger: String = raw.query_row(sql, [], |row| row.get(0)).unwrap();
    raw.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
    drop(raw);
    assert_all_end(&place, "records-corrupt");
}

#[test]
fn a_store_of_a_later_version_is_left_as_it_is() {
    let place = filled();
    raw(&place).pragma_update(None, "user_version", 999).unwrap();
    let before = std::fs::read(&place.path).unwrap();
    assert_all_end(&place, "records-too-new");
    for words in CHANGES {
        assert_eq!(
            place.refused(words),
            (60, "records-too-new".to_owned()),
            "{words}"
        );
    }
    assert!(std::fs::read(&place.path).unwrap() == before);
}

#[test]
fn a_store_that_others_may_write_is_not_used() {
    let place = filled();
    std::fs::set_permissions(&place.path, std::fs::Permissions::from_mode(0o666)).unwrap();
    assert_all_end(&place, "records-unusable");
}

/// Whether the tests run as root.
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}
