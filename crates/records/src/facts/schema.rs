//! Whose a file is, its version, and how one of an older version becomes one of this.
//!
//! Each migration is a file in `migrations/`, run with its number in one transaction: an interrupted one leaves the older
//! store. A migration that was released is never edited; what changes is the next.

use std::sync::OnceLock;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use varco_access_policy::StoreFailure;

use super::fault::Fault;

/// In the file's head: `vFct`.
pub(super) const APPLICATION_ID: i32 = 0x7646_6374;

/// All migrations; the first makes version 1.
const MIGRATIONS: [&str; 3] = [
    include_str!("migrations/0001-facts.sql"),
    include_str!("migrations/0002-phone-pins.sql"),
    include_str!("migrations/0003-ends-and-kinds.sql"),
];

/// The version that the last migration makes.
pub(super) const KNOWN: u32 = 3;
const _: () = assert!(MIGRATIONS.len() == KNOWN as usize, "a version for each migration");

/// That the file is a store of facts and not of a later version.
pub(super) fn check_ours(connection: &Connection) -> Result<(), StoreFailure> {
    let ours: i32 = pragma(connection, "application_id")?;
    if ours != APPLICATION_ID {
        return Err(StoreFailure::Corrupt("it is no store of facts".to_owned()));
    }
    let found = version(connection)?;
    if found > KNOWN {
        return Err(StoreFailure::TooNew { found, known: KNOWN });
    }
    if found == 0 {
        return Err(StoreFailure::Corrupt("it has no version".to_owned()));
    }
    Ok(())
}

/// That it is of this version, where it cannot be migrated.
pub(super) fn check_version(connection: &Connection) -> Result<(), StoreFailure> {
    let found = version(connection)?;
    if found < KNOWN {
        return Err(StoreFailure::System(format!(
            "it is of version {found} and is migrated to version {KNOWN} when it is next opened to be changed"
        )));
    }
    Ok(())
}

/// Makes a store of an empty file.
pub(super) fn create(connection: &Connection) -> Result<(), StoreFailure> {
    migrate_to(connection, KNOWN)
}

/// Runs the migrations that are missing.
pub(super) fn migrate(connection: &Connection) -> Result<(), StoreFailure> {
    if version(connection)? == KNOWN {
        return Ok(());
    }
    migrate_to(connection, KNOWN)
}

fn migrate_to(connection: &Connection, wanted: u32) -> Result<(), StoreFailure> {
    for (number, sql) in (1_u32..=wanted).zip(MIGRATIONS) {
        run(connection, number, sql).map_err(StoreFailure::from)?;
    }
    Ok(())
}

/// Runs one migration, unless it was run: perhaps by another process, a moment ago.
fn run(connection: &Connection, number: u32, sql: &str) -> Result<(), Fault> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    if version(&transaction)? >= number {
        return Ok(());
    }
    transaction.execute_batch(sql)?;
    if number == 1 {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    transaction.pragma_update(None, "user_version", number)?;
    transaction.commit()?;
    Ok(())
}

/// That tables, indices and triggers are those of the migrations: no trigger that guards something is gone, and none is there
/// that somebody else wrote.
pub(super) fn check_tables(connection: &Connection) -> Result<(), StoreFailure> {
    static EXPECTED: OnceLock<Vec<String>> = OnceLock::new();
    let found = tables(connection)?;
    let is_ours = match EXPECTED.get() {
        Some(expected) => found == *expected,
        None => {
            let fresh = Connection::open_in_memory().map_err(Fault::from)?;
            create(&fresh)?;
            let tables = tables(&fresh)?;
            found == *EXPECTED.get_or_init(|| tables)
        }
    };
    if !is_ours {
        return Err(StoreFailure::Corrupt(
            "its tables or triggers are not those of its version".to_owned(),
        ));
    }
    Ok(())
}

/// What the file says that it is made of, but for statistics that `ANALYZE` leaves.
fn tables(connection: &Connection) -> Result<Vec<String>, StoreFailure> {
    let read = || -> rusqlite::Result<Vec<String>> {
        connection
            .prepare(
                "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') FROM sqlite_schema
                 WHERE name NOT GLOB 'sqlite_stat*' ORDER BY type, name",
            )?
            .query_map([], |row| row.get(0))?
            .collect()
    };
    read().map_err(|error| Fault::from(error).into())
}

fn version(connection: &Connection) -> Result<u32, StoreFailure> {
    // SQLite keeps a signed number; a negative one is nobody's.
    let version: i32 = pragma(connection, "user_version")?;
    Ok(u32::try_from(version).unwrap_or(u32::MAX))
}

fn pragma(connection: &Connection, name: &str) -> Result<i32, StoreFailure> {
    connection
        .pragma_query_value(None, name, |row| row.get(0))
        .map_err(|error| Fault::from(error).into())
}

#[cfg(test)]
mod tests;
