//! What the file does not let any program do, this one's mistakes included.

use rusqlite::Connection;
use varco_access_policy::{Category, DelegationKind, FactStore as _};

use crate::people::*;

/// A store with one of everything, revoked and not, and a connection of another program to it.
fn filled() -> (tempfile::TempDir, Records, Connection) {
    let (folder, path) = place();
    let records = Records::create_or_open(&path, PATIENT).unwrap();
    let at = change("2026-02-01T00:00:00Z");
    records.grant_enablement(&enablement(1, months(1, None))).unwrap();
    records.grant_enablement(&enablement(2, months(1, None))).unwrap();
    records
        .revoke_enablement(&person(2), &service("comune.siuss"), &at)
        .unwrap();
    for (delegator, kind) in [(3, DelegationKind::Delegate), (4, DelegationKind::Parent)] {
        records
            .add_delegation(&delegation(delegator, 1, kind, months(1, None)))
            .unwrap();
    }
    records
        .record_category(&person(3), Category::Ward, months(1, None), &at)
        .unwrap();
    records.set_delegation_limit(5.try_into().unwrap(), &at).unwrap();
    let raw = raw(&path);
    (folder, records, raw)
}

fn all_of_it(raw: &Connection) -> Vec<String> {
    let mut dump = Vec::new();
    for table in [
        "enablement",
        "delegation",
        "category",
        "delegation_limit",
        "change",
        "delegation_kind",
    ] {
        let mut statement = raw.prepare(&format!("SELECT * FROM {table} ORDER BY 1")).unwrap();
        let columns = statement.column_count();
        let rows = statement
            .query_map([], |row| {
                (0..columns)
                    .map(|column| row.get::<_, rusqlite::types::Value>(column))
                    .collect::<rusqlite::Result<Vec<_>>>()
            })
            .unwrap();
        dump.extend(rows.map(|row| format!("{table} {:?}", row.unwrap())));
    }
    dump
}

#[test]
fn nothing_is_taken_away_rewritten_or_ended_twice() {
    let (_folder, records, raw) = filled();
    let before = all_of_it(&raw);
    let revoke = "revoked_who = 'w', revoked_us = 1900000000000000, revoked_act = 'a'";
    let tables = [
        "enablement",
        "delegation",
        "category",
        "delegation_limit",
        "change",
        "change_kind",
        "category_kind",
        "delegation_kind",
        "phone_pin_of_nobody",
    ];
    let mut refused: Vec<String> = tables
        .iter()
        .map(|table| format!("DELETE FROM {table}"))
        .collect();
    refused.extend(
        [
            "UPDATE enablement SET holder = 'AAAAAA10A01H501B' WHERE id = 1",
            "UPDATE enablement SET until_us = from_us + 1 WHERE id = 1",
            "UPDATE enablement SET granted_who = 'other' WHERE id = 1",
            "UPDATE enablement SET id = 9 WHERE id = 1",
            "UPDATE enablement SET rowid = 9 WHERE id = 1",
            "UPDATE enablement SET revoked_us = NULL, revoked_who = NULL, revoked_act = NULL WHERE id = 2",
            "UPDATE enablement SET revoked_us = revoked_us + 1 WHERE id = 2",
            "UPDATE enablement SET revoked_us = 1900000000000000 WHERE id = 1",
            "UPDATE delegation SET delegate = 'AAAAAA10A01H501B' WHERE id = 1",
            "UPDATE delegation SET kind = 'curator' WHERE id = 1",
            "UPDATE category SET category = 'resident-abroad' WHERE id = 1",
            "UPDATE delegation_limit SET persons = 200",
            "UPDATE delegation_kind SET per_person_max = 9",
            "UPDATE change SET who = 'other' WHERE id = 1",
            "INSERT OR REPLACE INTO change VALUES (1, 'category-ended', 1, 'w', 1, 'a')",
            "INSERT INTO change VALUES (99, 'category-ended', 1, 'w', 1, 'a')",
            "INSERT OR REPLACE INTO delegation_limit VALUES (1, 200, 'w', 1, 'a')",
            "INSERT OR REPLACE INTO enablement (id, holder, service, from_us, granted_who, granted_us, granted_act) \
             SELECT 1, holder, 'x', from_us, 'w', 1, 'a' FROM enablement WHERE id = 1",
            "INSERT INTO category (person, category, from_us, recorded_who, recorded_us, recorded_act, revoked_who, \
             revoked_us, revoked_act) SELECT person, 'resident-abroad', from_us, 'w', 1, 'a', 'w', 2, 'a' FROM category",
        ]
        .map(str::to_owned),
    );
    for sql in &refused {
        assert!(raw.execute(sql, []).is_err(), "{sql}");
        assert_eq!(all_of_it(&raw), before, "{sql}");
    }
    // What may be done by anybody is to end what is not ended, and then it is in the history.
    raw.execute(&format!("UPDATE enablement SET {revoke} WHERE id = 1"), [])
        .unwrap();
    assert_eq!(
        records.history(0, 100).unwrap().len(),
        before.iter().filter(|row| row.starts_with("change ")).count() + 1
    );
    records.check().unwrap();
}

#[test]
fn what_no_fact_can_be_is_refused() {
    let (_folder, _records, raw) = filled();
    raw.pragma_update(None, "foreign_keys", true).unwrap();
    let new = |holder: &str, service: &str, from: &str, until: &str, who: &str| {
        format!(
            "INSERT INTO enablement (holder, service, from_us, until_us, granted_who, granted_us, granted_act) \
             VALUES ({holder}, {service}, {from}, {until}, {who}, 1, 'a')"
        )
    };
    let one = "'AAAAAA10A01H501B'";
    raw.execute(&new(one, "'s'", "1", "2", "'w'"), []).unwrap();
    let long = format!("'{}'", "x".repeat(201));
    for sql in [
        new("'AAAAAA10A01H501'", "'s'", "3", "4", "'w'"),
        new("'aaaaaa10a01h501b'", "'s'", "3", "4", "'w'"),
        new("NULL", "'s'", "3", "4", "'w'"),
        new("7", "'s'", "3", "4", "'w'"),
        new(one, "''", "3", "4", "'w'"),
        new(one, &long, "3", "4", "'w'"),
        new(one, "'s'", "4", "4", "'w'"),
        new(one, "'s'", "'x'", "4", "'w'"),
        new(one, "'s'", "3.5", "4", "'w'"),
        new(one, "'s'", "3", "4", "''"),
        new(one, "'s'", "3", "4", &long),
    ] {
        assert!(raw.execute(&sql, []).is_err(), "{sql}");
    }
    let new = |kind: &str, birth_date: &str, channel: &str| {
        format!(
            "INSERT INTO delegation (delegator, delegate, kind, from_us, birth_date, channel, registered_who, \
             registered_us, registered_act) VALUES ('AAAAAA10A01H501B', 'BAAAAA10A01H501A', {kind}, 1, {birth_date}, \
             {channel}, 'w', 1, 'a')"
        )
    };
    for sql in [
        new("'friend'", "NULL", "'office'"),
        new("'parent'", "NULL", "'office'"),
        new("'parent'", "'2010-1-1'", "'office'"),
        new("'curator'", "NULL", "'post'"),
    ] {
        assert!(raw.execute(&sql, []).is_err(), "{sql}");
    }
    raw.execute(&new("'curator'", "NULL", "'online'"), []).unwrap();
}

#[test]
fn the_limit_holds_for_any_program() {
    let (_folder, records, raw) = filled();
    for delegator in 10..14 {
        records
            .add_delegation(&delegation(
                delegator,
                1,
                DelegationKind::Delegate,
                months(1, None),
            ))
            .unwrap();
    }
    let error = raw
        .execute(
            "INSERT INTO delegation (delegator, delegate, kind, from_us, channel, registered_who, registered_us, \
             registered_act) SELECT 'AAAAAA10A01H501B', delegate, kind, 1900000000000000, channel, 'w', 1, 'a' \
             FROM delegation WHERE id = 1",
            [],
        )
        .unwrap_err();
    assert!(
        error.to_string().contains("varco:delegation-limit-reached"),
        "{error}"
    );
}

#[test]
fn a_store_whose_guards_are_gone_is_not_used() {
    let (_folder, records, raw) = filled();
    let path = records.path().to_path_buf();
    drop(records);
    raw.execute_batch("DROP TRIGGER delegation_limits").unwrap();
    for opened in [
        Records::open(&path, PATIENT),
        Records::open_to_read(&path, PATIENT),
    ] {
        let error = opened.unwrap_err();
        assert_eq!(error.code(), "records-corrupt");
        assert!(error.to_string().contains("triggers"), "{error}");
    }
}

#[test]
fn statistics_that_an_administrator_lets_sqlite_gather_are_no_damage() {
    let (_folder, records, raw) = filled();
    raw.execute_batch("ANALYZE").unwrap();
    Records::open(records.path(), PATIENT).unwrap();
}

#[test]
fn no_program_adds_a_kind_or_puts_another_in_its_place() {
    let (_folder, records, raw) = filled();
    raw.pragma_update(None, "foreign_keys", false).unwrap();
    for sql in [
        "INSERT OR REPLACE INTO delegation_kind VALUES ('delegate', 255, 0)",
        "INSERT OR REPLACE INTO category_kind VALUES ('ward')",
        "INSERT INTO category_kind VALUES ('tall')",
        "INSERT INTO change_kind VALUES ('change-forgotten')",
        "INSERT INTO delegation_kind VALUES ('friend', 9, 0)",
        // Nor are there facts of kinds that there are not.
        "INSERT INTO delegation (delegator, delegate, kind, from_us, channel, registered_who, registered_us, \
         registered_act) SELECT delegate, delegator, 'friend', 1, channel, 'w', 1, 'a' FROM delegation WHERE id = 1",
        "INSERT INTO category (person, category, from_us, recorded_who, recorded_us, recorded_act) \
         SELECT person, 'tall', 1, 'w', 1, 'a' FROM category",
        "INSERT INTO change (what, fact, who, at_us, act) VALUES ('change-forgotten', 1, 'w', 1, 'a')",
    ] {
        assert!(raw.execute(sql, []).is_err(), "{sql}");
    }
    for delegator in 10..14 {
        let new = delegation(delegator, 1, DelegationKind::Delegate, months(1, None));
        records.add_delegation(&new).unwrap();
    }
    let sixth = delegation(14, 1, DelegationKind::Delegate, months(1, None));
    assert_eq!(
        records.add_delegation(&sixth).unwrap_err().code(),
        "delegation-limit-reached"
    );
}

#[test]
fn a_store_with_other_kinds_than_the_program_knows_is_not_used() {
    for (guard, sql) in [
        (
            "delegation_kind_stays",
            "UPDATE delegation_kind SET is_limited = 0",
        ),
        (
            "delegation_kind_new",
            "INSERT INTO delegation_kind VALUES ('friend', 9, 0)",
        ),
        (
            "category_kind_is_kept",
            "DELETE FROM category_kind WHERE name = 'resident-abroad'",
        ),
    ] {
        let (_folder, records, raw) = filled();
        let path = records.path().to_path_buf();
        drop(records);
        // The guard is back, so the triggers are as they should be.
        let again: String = raw
            .query_row("SELECT sql FROM sqlite_schema WHERE name = ?1", [guard], |row| {
                row.get(0)
            })
            .unwrap();
        raw.execute_batch(&format!("DROP TRIGGER {guard}; {sql}; {again}"))
            .unwrap();
        for opened in [
            Records::open(&path, PATIENT),
            Records::open_to_read(&path, PATIENT),
        ] {
            assert_eq!(opened.unwrap_err().code(), "records-corrupt", "{sql}");
        }
    }
}

#[test]
fn no_trigger_hides_behind_a_name_of_statistics() {
    let trigger = "CREATE TRIGGER sqlite_stat_x AFTER UPDATE ON enablement BEGIN SELECT 1; END";
    for (sort, name, table) in [
        ("trigger", "sqlite_stat_x", "enablement"),
        ("trigger", "sqlite_stat1", "enablement"),
        ("table", "sqlite_stat1", "sqlite_stat1"),
        ("table", "sqlite_stat4", "sqlite_stat4"),
    ] {
        let (_folder, records, raw) = filled();
        let path = records.path().to_path_buf();
        drop(records);
        raw.pragma_update(None, "writable_schema", true).unwrap();
        raw.execute(
            "INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES (?1, ?2, ?3, 0, ?4)",
            [sort, name, table, trigger],
        )
        .unwrap();
        drop(raw);
        let error = Records::open(&path, PATIENT).unwrap_err();
        assert_eq!(error.code(), "records-corrupt", "{sort} {name}: {error}");
    }
}

#[test]
fn a_guard_that_is_taken_away_while_the_store_is_open_stops_every_change() {
    let (_folder, records, raw) = filled();
    let limits: String = raw
        .query_row(
            "SELECT sql FROM sqlite_schema WHERE name = 'delegation_limits'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    raw.execute_batch("DROP TRIGGER delegation_limits").unwrap();
    let new = delegation(10, 1, DelegationKind::Delegate, months(1, None));
    for _ in 0..2 {
        assert_eq!(
            records.add_delegation(&new).unwrap_err().code(),
            "records-corrupt"
        );
    }
    raw.execute_batch(&limits).unwrap();
    records.add_delegation(&new).unwrap();
    // What changes the edition and no guard stops nothing.
    raw.execute_batch("ANALYZE; VACUUM").unwrap();
    records.grant_enablement(&enablement(5, months(1, None))).unwrap();
    raw.pragma_update(None, "user_version", 999).unwrap();
    raw.execute_batch("CREATE TABLE later (id)").unwrap();
    let error = records
        .grant_enablement(&enablement(6, months(1, None)))
        .unwrap_err();
    assert_eq!(error.code(), "records-too-new");
}

#[test]
fn no_program_keeps_a_birth_date_that_is_no_day() {
    let (_folder, records, raw) = filled();
    let new = |date: &str| {
        raw.execute(
            "INSERT INTO delegation (delegator, delegate, kind, from_us, birth_date, channel, registered_who, \
             registered_us, registered_act) SELECT delegate, delegator, 'curator', 1, ?1, channel, 'w', 1, 'a' \
             FROM delegation WHERE id = 1",
            [date],
        )
    };
    for date in [
        "2026-19-39",
        "2026-02-30",
        "2026-13-01",
        "2026-00-10",
        "1900-02-29",
        "2026-04-31",
    ] {
        let error = new(date).unwrap_err();
        assert!(
            error.to_string().contains("varco:delegation-birth-date"),
            "{date}: {error}"
        );
    }
    new("2024-02-29").unwrap();
    assert_eq!(
        records
            .delegations(None, varco_access_policy::FactId(0), 9)
            .unwrap()
            .len(),
        3
    );
}
