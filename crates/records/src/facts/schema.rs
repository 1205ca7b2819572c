//! Whose a file is, its version, and how one of an older version becomes one of this.
//!
//! Each migration is a file in `migrations/`, run with its number in one transaction: an interrupted one leaves the older
//! store. A migration that was released is never edited; what changes is the next.

use std::sync::OnceLock;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use varco_access_policy::StoreFailure;

use super::connection::Snapshot;
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

/// Runs the migrations that are missing, each on a file that is what the one before made: nobody else's trigger runs.
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
    check_made(&transaction, number - 1)?;
    apply(&transaction, number, sql)?;
    transaction.commit()?;
    Ok(())
}

fn apply(connection: &Connection, number: u32, sql: &str) -> rusqlite::Result<()> {
    connection.execute_batch(sql)?;
    if number == 1 {
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    connection.pragma_update(None, "user_version", number)
}

/// That tables, indices and triggers are those of the migrations up to the file's version, and so are the rows that say which
/// kinds there are and their limits: no guard is gone, and none is there that somebody else wrote.
pub(super) fn check_tables(connection: &Connection) -> Result<(), StoreFailure> {
    // Version and tables of one state: another process may be migrating.
    let snapshot = match connection.is_autocommit() {
        true => Some(Snapshot::begin(connection).map_err(Fault::from)?),
        false => None,
    };
    let checked = version(connection).and_then(|version| check_made(connection, version));
    drop(snapshot);
    checked
}

/// A number that is another one as soon as anybody changes a table or trigger of the file.
pub(super) fn edition(connection: &Connection) -> Result<i64, Fault> {
    let mut statement = connection.prepare_cached("PRAGMA schema_version")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// What a version of the file is made of.
#[derive(PartialEq, Eq)]
struct Made {
    tables: Vec<String>,
    kinds: Vec<String>,
}

fn check_made(connection: &Connection, version: u32) -> Result<(), StoreFailure> {
    let expected = expected(version)?;
    // In this order: what a table is is known before it is read.
    if tables(connection)? != expected.tables || kinds(connection, version)? != expected.kinds {
        return Err(StoreFailure::Corrupt(
            "its tables, triggers or kinds are not those of its version".to_owned(),
        ));
    }
    Ok(())
}

fn expected(version: u32) -> Result<&'static Made, StoreFailure> {
    static EXPECTED: [OnceLock<Made>; MIGRATIONS.len() + 1] =
        [const { OnceLock::new() }; MIGRATIONS.len() + 1];
    let found = usize::try_from(version)
        .ok()
        .and_then(|version| EXPECTED.get(version));
    let Some(expected) = found else {
        return Err(StoreFailure::TooNew {
            found: version,
            known: KNOWN,
        });
    };
    if let Some(made) = expected.get() {
        return Ok(made);
    }
    let fresh = Connection::open_in_memory().map_err(Fault::from)?;
    for (number, sql) in (1_u32..=version).zip(MIGRATIONS) {
        apply(&fresh, number, sql).map_err(Fault::from)?;
    }
    let made = Made {
        tables: tables(&fresh)?,
        kinds: kinds(&fresh, version)?,
    };
    Ok(expected.get_or_init(|| made))
}

/// What the file says that it is made of, but for the two tables of statistics that `ANALYZE` leaves.
fn tables(connection: &Connection) -> Result<Vec<String>, StoreFailure> {
    // Their text counts too: SQLite makes what it says, whatever the other columns do.
    strings(
        connection,
        "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') FROM sqlite_schema
         WHERE (type, name, tbl_name, sql) NOT IN (VALUES
            ('table', 'sqlite_stat1', 'sqlite_stat1', 'CREATE TABLE sqlite_stat1(tbl,idx,stat)'),
            ('table', 'sqlite_stat4', 'sqlite_stat4', 'CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)'))
            OR sql IS NULL
         ORDER BY type, name LIMIT 1000",
    )
}

/// The rows that say which kinds there are, and how many delegations each allows.
fn kinds(connection: &Connection, version: u32) -> Result<Vec<String>, StoreFailure> {
    if version == 0 {
        return Ok(Vec::new());
    }
    strings(
        connection,
        "SELECT 'change ' || name FROM change_kind UNION ALL SELECT 'category ' || name FROM category_kind UNION ALL
         SELECT 'delegation ' || name || ' ' || per_person_max || ' ' || is_limited FROM delegation_kind
         ORDER BY 1 LIMIT 1000",
    )
}

fn strings(connection: &Connection, sql: &str) -> Result<Vec<String>, StoreFailure> {
    let read = || -> rusqlite::Result<Vec<String>> {
        connection
            .prepare(sql)?
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
