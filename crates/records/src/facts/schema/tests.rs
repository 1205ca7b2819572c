//! Migrations: from every older version, losing nothing; interrupted, changing nothing. And what the tables know of the kinds.

use varco_access_policy::{
    CHANGE_TEXT_LENGTH_MAX, Category, Channel, DelegationKind, FactId, FactQuery, FactSource as _,
    FactStore as _,
};

use super::*;
use crate::facts::known::{CATEGORIES, DELEGATIONS, ENABLEMENTS};
use crate::facts::{DELEGATION_LIMIT, PHONE_PIN_TRIES, Records, What};

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

const PATIENT: Duration = Duration::from_secs(60);
/// What is filled in with the tables of version 1: a fact of each sort, one of them revoked.
const FILL: &str = "
    INSERT INTO enablement (holder, service, from_us, granted_who, granted_us, granted_act)
        VALUES ('DMNNCL80C14H501S', 'comune.siuss', 1000000, 'office', 500000, 'act 1');
    UPDATE enablement SET revoked_who = 'office', revoked_us = 9000000, revoked_act = 'act 2';
    INSERT INTO delegation (delegator, delegate, kind, from_us, channel, registered_who, registered_us, registered_act)
        VALUES ('AAAAAA10A01H501V', 'DMNNCL80C14H501S', 'delegate', 1000000, 'office', 'office', 500000, 'act 3');
    INSERT INTO category (person, category, from_us, until_us, recorded_who, recorded_us, recorded_act)
        VALUES ('DMNNCL80C14H501S', 'ward', 1000000, 2000000, 'office', 500000, 'act 4');
    INSERT INTO delegation_limit (persons, who, at_us, act) VALUES (3, 'office', 500000, 'act 5');";

fn of_version(version: u32) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("facts.db");
    let connection = Connection::open(&path).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    migrate_to(&connection, version).unwrap();
    drop(connection);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    (folder, path)
}

/// The person of the rows above whose check letter is computed here.
fn fill(path: &Path) {
    let letter = ('A'..='Z')
        .find(|letter| varco_auth::CodiceFiscale::parse(&format!("AAAAAA10A01H501{letter}")).is_ok())
        .unwrap();
    let sql = FILL.replace("AAAAAA10A01H501V", &format!("AAAAAA10A01H501{letter}"));
    Connection::open(path).unwrap().execute_batch(&sql).unwrap();
}

#[test]
fn a_store_of_version_1_is_migrated_and_loses_nothing() {
    let (_folder, path) = of_version(1);
    fill(&path);
    let error = Records::open_to_read(&path, PATIENT).unwrap_err();
    assert_eq!(error.code(), "records-unusable");
    assert!(error.to_string().contains("migrated"), "{error}");

    for _ in 0..2 {
        let records = Records::open(&path, PATIENT).unwrap();
        records.check().unwrap();
        let enablements = records.enablements(None, FactId(0), 10).unwrap();
        assert_eq!(enablements.len(), 1);
        assert_eq!(enablements[0].revoked.as_ref().unwrap().act(), "act 2");
        assert_eq!(records.delegations(None, FactId(0), 10).unwrap().len(), 1);
        assert_eq!(records.categories(None, FactId(0), 10).unwrap().len(), 1);
        assert_eq!(records.delegation_limit().unwrap(), 3);
        let history = records.history(0, 10).unwrap();
        let acts: Vec<_> = history.iter().map(|entry| entry.change.act()).collect();
        assert_eq!(acts, ["act 1", "act 2", "act 3", "act 4", "act 5"]);
    }
    let connection = Connection::open(&path).unwrap();
    assert_eq!(version(&connection).unwrap(), KNOWN);
    check_tables(&connection).unwrap();
}

#[test]
fn no_trigger_of_a_hostile_older_store_runs_before_it_is_refused() {
    for version in [1, 2] {
        let (_folder, path) = of_version(version);
        fill(&path);
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE ran (id); CREATE TRIGGER hostile BEFORE INSERT ON change_kind
                 BEGIN INSERT INTO ran VALUES (1); END;",
            )
            .unwrap();
        let before = tables(&connection).unwrap();
        let failure = Records::open(&path, PATIENT).unwrap_err();
        assert_eq!(failure.code(), "records-corrupt", "{failure}");
        assert_eq!(super::version(&connection).unwrap(), version);
        assert_eq!(tables(&connection).unwrap(), before);
        let ran: i64 = connection
            .query_row("SELECT count(*) FROM ran", [], |row| row.get(0))
            .unwrap();
        assert_eq!(ran, 0);
    }
}

#[test]
fn a_file_with_tables_of_others_is_not_made_a_store() {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch("CREATE TABLE other (id)").unwrap();
    assert_eq!(create(&connection).unwrap_err().code(), "records-corrupt");
}

#[test]
fn an_interrupted_migration_leaves_the_older_store() {
    let (_folder, path) = of_version(1);
    fill(&path);
    let connection = Connection::open(&path).unwrap();
    let before = tables(&connection).unwrap();
    // It stops behind its first half.
    let half = MIGRATIONS[1]
        .split("CREATE TRIGGER phone_pin_new")
        .next()
        .unwrap();
    let broken = format!("{half} SELECT nothing FROM nowhere;");
    run(&connection, 2, &broken).unwrap_err();
    assert_eq!(version(&connection).unwrap(), 1);
    assert_eq!(tables(&connection).unwrap(), before);
    drop(connection);
    Records::open(&path, PATIENT).unwrap().check().unwrap();
}

#[test]
fn processes_that_migrate_at_once_do_it_once() {
    let (_folder, path) = of_version(1);
    fill(&path);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| Records::open(&path, PATIENT).unwrap().check().unwrap());
        }
    });
}

#[test]
fn the_tables_know_what_the_program_knows() {
    let connection = Connection::open_in_memory().unwrap();
    create(&connection).unwrap();
    let names = |sql: &str| -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        statement
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    };
    let sorted = |mut names: Vec<&'static str>| {
        names.sort_unstable();
        names
    };
    for kind in DelegationKind::ALL {
        let sql = "SELECT per_person_max, is_limited FROM delegation_kind WHERE name = ?1";
        let known = connection
            .query_row(sql, [kind.name()], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        assert_eq!(known, (kind.per_person_max(), kind.is_limited()));
    }
    assert_eq!(
        names("SELECT name FROM delegation_kind ORDER BY 1"),
        sorted(DelegationKind::ALL.map(DelegationKind::name).to_vec())
    );
    assert_eq!(
        names("SELECT name FROM category_kind ORDER BY 1"),
        sorted(Category::ALL.map(Category::name).to_vec())
    );
    assert_eq!(
        names("SELECT name FROM change_kind ORDER BY 1"),
        sorted(What::ALL.map(What::name).to_vec())
    );
    let (facts, pins) = (MIGRATIONS[0], MIGRATIONS[1]);
    assert!(facts.contains(&format!("BETWEEN 1 AND {CHANGE_TEXT_LENGTH_MAX})")));
    assert!(facts.contains(&format!("LIMIT 1), {DELEGATION_LIMIT})")));
    assert!(facts.contains(&format!(
        "('{}', '{}')",
        Channel::Office.name(),
        Channel::Online.name()
    )));
    assert!(pins.contains(&format!("tries_wrong BETWEEN 0 AND {PHONE_PIN_TRIES})")));
}

#[test]
fn every_part_of_a_decision_is_found_by_its_index() {
    let connection = Connection::open_in_memory().unwrap();
    create(&connection).unwrap();
    for (sql, index) in [
        (ENABLEMENTS, "enablement_of (holder=? AND service=?)"),
        (DELEGATIONS, "delegation_of (delegator=? AND delegate=?)"),
        (CATEGORIES, "category_of (person=?)"),
    ] {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let mut rows = statement.raw_query();
        let mut plan = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            plan.push(row.get::<_, String>(3).unwrap());
        }
        assert_eq!(plan.len(), 1, "neither a scan nor a sort: {plan:?}");
        assert!(plan[0].contains(index), "{plan:?}");
    }
}

#[test]
fn a_negative_version_is_of_the_future() {
    let (_folder, path) = of_version(2);
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", -1)
        .unwrap();
    assert_eq!(
        Records::open(&path, PATIENT).unwrap_err().code(),
        "records-too-new"
    );
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 0)
        .unwrap();
    assert_eq!(
        Records::open(&path, PATIENT).unwrap_err().code(),
        "records-corrupt"
    );
}

#[test]
fn what_a_made_up_file_holds_is_damage_and_no_panic() {
    let (_folder, path) = of_version(2);
    let connection = Connection::open(&path).unwrap();
    connection
        .pragma_update(None, "ignore_check_constraints", true)
        .unwrap();
    for (holder, service, who, instant) in [
        ("DMNNCL80C14H501X", "s", "w", 1_i64),
        ("DMNNCL80C14H501S", "NO SERVICE", "w", 1),
        ("DMNNCL80C14H501S", "s", "\u{7}", 1),
        ("DMNNCL80C14H501S", "s", "w", i64::MAX - 1),
    ] {
        connection
            .execute(
                "INSERT INTO enablement (holder, service, from_us, until_us, granted_who, granted_us, granted_act) \
                 VALUES (?1, ?2, ?4, ?4 + 1, ?3, 1, 'a')",
                (holder, service, who, instant),
            )
            .unwrap();
    }
    drop(connection);
    let records = Records::open(&path, PATIENT).unwrap();
    for id in 0..4 {
        let failure = records.enablements(None, FactId(id), 1).unwrap_err();
        assert_eq!(failure.code(), "records-corrupt", "{failure}");
        assert!(!failure.to_string().contains("DMNNCL"), "{failure}");
        assert!(
            failure.to_string().contains(&format!("number {}:", id + 1)),
            "{failure}"
        );
    }
    let subject = varco_auth::CodiceFiscale::parse("DMNNCL80C14H501S").unwrap();
    let service = varco_access_policy::ServiceId::parse("s").unwrap();
    let query = FactQuery {
        subject: &subject,
        acting_for: None,
        service: Some(&service),
    };
    assert_eq!(records.known(query).unwrap_err().code(), "records-corrupt");
}

/// A store whose table of tables is a graph: each page leads many times to the next, the last to a table that may be there.
fn labyrinth(path: &Path) {
    const PAGE: usize = 4096;
    const DEPTH: usize = 18;
    let mut bytes = std::fs::read(path).unwrap();
    let pages = bytes.len() / PAGE;
    let number = |page: usize| u32::try_from(page).unwrap().to_be_bytes();
    for depth in 0..=DEPTH {
        let mut page = vec![0; PAGE];
        let head = if depth == 0 { 100 } else { 0 };
        page[..head].copy_from_slice(&bytes[..head]);
        let sql = b"CREATE TABLE IF NOT EXISTS change(x)";
        // A row's head: its length, and the five columns' sorts; or a page and a greatest row.
        let row = [
            &[6, 23, 25, 25, 1, u8::try_from(13 + 2 * sql.len()).unwrap()],
            &b"tablechangechange\x02"[..],
            &sql[..],
        ]
        .concat();
        let leaf = [&[u8::try_from(row.len()).unwrap(), 1], &row[..]].concat();
        let child = number(pages + depth + 1);
        let inner = [&child[..], &[1]].concat();
        let (sort, cell, cells, start) = if depth == DEPTH {
            (13, leaf, 1_u16, 8)
        } else {
            (5, inner, 300, head + 12)
        };
        let content = PAGE - usize::from(cells) * cell.len();
        page[head] = sort;
        page[head + 3..head + 5].copy_from_slice(&cells.to_be_bytes());
        page[head + 5..head + 7].copy_from_slice(&u16::try_from(content).unwrap().to_be_bytes());
        if depth < DEPTH {
            page[head + 8..head + 12].copy_from_slice(&child);
        }
        for index in 0..usize::from(cells) {
            let at = content + index * cell.len();
            page[at..at + cell.len()].copy_from_slice(&cell);
            let pointer = start + 2 * index;
            page[pointer..pointer + 2].copy_from_slice(&u16::try_from(at).unwrap().to_be_bytes());
        }
        if depth == 0 {
            bytes[..PAGE].copy_from_slice(&page);
        } else {
            bytes.extend(page);
        }
    }
    bytes[28..32].copy_from_slice(&number(pages + DEPTH));
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_file_that_is_a_labyrinth_is_given_up_soon() {
    let (_folder, path) = of_version(KNOWN);
    labyrinth(&path);
    for opened in [
        Records::open(&path, PATIENT),
        Records::open_to_read(&path, PATIENT),
    ] {
        let failure = opened.unwrap_err();
        assert_eq!(failure.code(), "records-corrupt");
        assert!(failure.to_string().contains("more work"), "{failure}");
    }
}
