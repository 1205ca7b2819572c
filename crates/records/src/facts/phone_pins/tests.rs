//! Telephone PINs below their grant: which only a decision makes.

use std::time::Duration;

use super::*;
use crate::facts::What;

const FROM: &str = "2026-11-28T09:00:00Z";
const WITHIN: &str = "2026-11-28T21:00:00Z";
const UNTIL: &str = "2026-11-29T09:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn holder() -> CodiceFiscale {
    CodiceFiscale::parse("DMNNCL80C14H501S").unwrap()
}

fn pin(digits: &[u8]) -> PhonePin {
    PhonePin::parse(digits).unwrap()
}

fn store() -> (tempfile::TempDir, Records) {
    let folder = tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap();
    let records = Records::create_or_open(&folder.path().join("facts.db"), Duration::from_secs(60)).unwrap();
    (folder, records)
}

fn issue(records: &Records, digits: &[u8]) {
    let until = records
        .keep_pin(
            &holder(),
            at(FROM),
            at(UNTIL),
            "evidence-1",
            &pin(digits),
            [7; 16],
        )
        .unwrap();
    assert_eq!(until, at(UNTIL));
}

fn check(records: &Records, digits: &[u8], when: &str) -> PhonePinChecked {
    records
        .check_phone_pin(&holder(), &pin(digits), at(when))
        .unwrap()
}

/// Wrong tries as the file has them, seen by another connection.
fn counted(records: &Records) -> u8 {
    Connection::open(records.path())
        .unwrap()
        .query_row("SELECT tries_wrong FROM phone_pin", [], |row| row.get(0))
        .unwrap()
}

#[test]
fn a_right_pin_is_accepted_within_its_time_only() {
    let (_folder, records) = store();
    issue(&records, b"12345678");
    let until = at(UNTIL);
    assert_eq!(
        check(&records, b"12345678", WITHIN),
        PhonePinChecked::Accepted { until }
    );
    assert_eq!(
        check(&records, b"12345678", FROM),
        PhonePinChecked::Accepted { until }
    );
    assert_eq!(
        check(&records, b"12345678", UNTIL),
        PhonePinChecked::Expired { until }
    );
    assert_eq!(
        check(&records, b"12345678", "2026-11-28T08:59:59Z"),
        PhonePinChecked::Refused
    );
    assert_eq!(counted(&records), 0);
}

#[test]
fn a_wrong_pin_is_never_told_that_one_expired() {
    let (_folder, records) = store();
    issue(&records, b"12345678");
    assert_eq!(
        check(&records, b"12345679", "2027-01-01T00:00:00Z"),
        PhonePinChecked::Refused
    );
    assert_eq!(counted(&records), 1);
}

#[test]
fn five_wrong_ones_block_and_then_the_right_one_is_blocked_too() {
    let (_folder, records) = store();
    issue(&records, b"12345678");
    for tries in 1..=PHONE_PIN_TRIES {
        assert_eq!(check(&records, b"00000000", WITHIN), PhonePinChecked::Refused);
        assert_eq!(counted(&records), tries);
    }
    assert_eq!(check(&records, b"12345678", WITHIN), PhonePinChecked::Blocked);
    assert_eq!(check(&records, b"00000000", WITHIN), PhonePinChecked::Blocked);
    // After opening it again as well; a new one starts anew.
    let path = records.path().to_path_buf();
    drop(records);
    let records = Records::open(&path, Duration::from_secs(60)).unwrap();
    assert_eq!(check(&records, b"12345678", WITHIN), PhonePinChecked::Blocked);
    issue(&records, b"87654321");
    assert_eq!(check(&records, b"12345678", WITHIN), PhonePinChecked::Refused);
    assert!(matches!(
        check(&records, b"87654321", WITHIN),
        PhonePinChecked::Accepted { .. }
    ));
}

#[test]
fn a_right_one_sets_the_count_back() {
    let (_folder, records) = store();
    issue(&records, b"12345678");
    for _ in 0..2 {
        for _ in 1..PHONE_PIN_TRIES {
            assert_eq!(check(&records, b"00000000", WITHIN), PhonePinChecked::Refused);
        }
        assert!(matches!(
            check(&records, b"12345678", WITHIN),
            PhonePinChecked::Accepted { .. }
        ));
        assert_eq!(counted(&records), 0);
    }
}

#[test]
fn whoever_has_none_is_refused_as_for_a_wrong_one() {
    let (_folder, records) = store();
    for _ in 0..=PHONE_PIN_TRIES {
        assert_eq!(check(&records, b"12345678", WITHIN), PhonePinChecked::Refused);
    }
    let same: i64 = Connection::open(records.path())
        .unwrap()
        .query_row("SELECT tries_wrong FROM phone_pin_of_nobody", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(same, 1, "six tries were written, five of which make nought");
}

#[test]
fn tries_at_the_same_time_are_no_more_tries() {
    let (_folder, records) = store();
    issue(&records, b"12345678");
    let told: Vec<PhonePinChecked> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..12)
            .map(|_| scope.spawn(|| check(&records, b"00000000", WITHIN)))
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let refused = told
        .iter()
        .filter(|told| **told == PhonePinChecked::Refused)
        .count();
    assert_eq!(refused, usize::from(PHONE_PIN_TRIES));
}

#[test]
fn a_try_that_cannot_be_counted_is_not_answered() {
    let (_folder, records) = store();
    issue(&records, b"12345678");
    let path = records.path().to_path_buf();
    drop(records);
    let records = Records::open(&path, Duration::from_millis(20)).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    for digits in [b"12345678", b"00000000"] {
        let failure = records
            .check_phone_pin(&holder(), &pin(digits), at(WITHIN))
            .unwrap_err();
        assert_eq!(failure, StoreFailure::Locked);
    }
    other.execute_batch("ROLLBACK").unwrap();
    let read_only = Records::open_to_read(&path, Duration::from_millis(20)).unwrap();
    let failure = read_only
        .check_phone_pin(&holder(), &pin(b"12345678"), at(WITHIN))
        .unwrap_err();
    assert_eq!(failure, StoreFailure::ReadOnly);
}

#[test]
fn a_pin_is_nowhere_on_the_disk_and_a_replaced_hash_is_gone() {
    let (folder, records) = store();
    issue(&records, b"31415926");
    let first: Vec<u8> = Connection::open(records.path())
        .unwrap()
        .query_row("SELECT hash FROM phone_pin", [], |row| row.get(0))
        .unwrap();
    issue(&records, b"27182818");
    check(&records, b"31415926", WITHIN);
    let found = |wanted: &[u8]| {
        std::fs::read_dir(folder.path()).unwrap().any(|entry| {
            let content = std::fs::read(entry.unwrap().path()).unwrap();
            content.windows(wanted.len()).any(|window| window == wanted)
        })
    };
    assert!(!found(b"31415926") && !found(b"27182818"));
    drop(records);
    assert!(!found(&first), "the hash of a PIN that was replaced stays");
    assert!(found(b"evidence-1"), "the search sees what is there");
}

#[test]
fn each_issue_is_in_the_history() {
    let (_folder, records) = store();
    issue(&records, b"12345678");
    issue(&records, b"12345679");
    check(&records, b"12345678", WITHIN);
    let history = records.history(0, 10).unwrap();
    assert_eq!(history.len(), 2);
    for entry in history {
        assert_eq!(entry.what, What::PhonePinIssued);
        assert_eq!(entry.change.who(), holder().as_str());
        assert_eq!((entry.change.at(), entry.change.act()), (at(FROM), "evidence-1"));
    }
}

#[test]
fn what_a_hash_costs_is_kept_beside_it_and_is_bounded() {
    let (_folder, records) = store();
    issue(&records, b"12345678");
    let raw = Connection::open(records.path()).unwrap();
    // As after a change of the cost: what was made before is checked as it was made.
    let cheap = Cost {
        memory_kib: 64,
        passes: 3,
        lanes: 1,
    };
    let hash = hash(&pin(b"12345678"), &[7; 16], cheap).unwrap();
    raw.execute(
        "UPDATE phone_pin SET issue = issue + 1, memory_kib = 64, passes = 3, hash = ?1",
        [&hash[..]],
    )
    .unwrap();
    assert!(matches!(
        check(&records, b"12345678", WITHIN),
        PhonePinChecked::Accepted { .. }
    ));
    raw.pragma_update(None, "ignore_check_constraints", true).unwrap();
    raw.execute("UPDATE phone_pin SET issue = issue + 1, memory_kib = 1048576", [])
        .unwrap();
    let failure = records
        .check_phone_pin(&holder(), &pin(b"12345678"), at(WITHIN))
        .unwrap_err();
    assert_eq!(failure.code(), "records-corrupt");
}

#[test]
fn a_count_that_no_program_wrote_blocks_and_is_no_panic() {
    let (_folder, records) = store();
    issue(&records, b"12345678");
    let raw = Connection::open(records.path()).unwrap();
    raw.pragma_update(None, "ignore_check_constraints", true).unwrap();
    raw.execute("UPDATE phone_pin SET tries_wrong = 255", []).unwrap();
    assert_eq!(check(&records, b"12345678", WITHIN), PhonePinChecked::Blocked);
    let mut held = records
        .question(|connection| {
            let mut statement = connection.prepare_cached(HELD)?;
            let mut rows = statement.query([holder().as_str()])?;
            rows.next()?.map(held).transpose()
        })
        .unwrap()
        .unwrap();
    // As where another was issued meanwhile.
    held.issue -= 1;
    let told = records.change(|connection| answer(connection, &held, true, at(WITHIN)));
    assert_eq!(told.unwrap(), PhonePinChecked::Refused);
    assert_eq!(counted(&records), PHONE_PIN_TRIES);
}
