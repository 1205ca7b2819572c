//! A connection with the settings that the guarantees rest on.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use varco_access_policy::StoreFailure;

use super::fault::Fault;
use super::schema;

/// Statements kept prepared, a few more than there are.
const STATEMENTS_MAX: usize = 48;
/// Pages kept in memory by the connection that answers questions, in KiB: the upper levels of every index.
const CACHE_KIB: i64 = 16 * 1024;

/// Steps of SQLite's machine between two looks at what is left of a [`Budget`].
const STEPS: core::ffi::c_int = 1000;
/// How many times as many may be made to open a store, and for one question of a decision. Whole ones need a tenth at most.
const OPENING: i64 = 100;
const QUESTION: i64 = 100;

/// How much work may still be done. A small file can be made whose pages are each a part of many others, so that reading
/// it comes to no end.
#[derive(Clone)]
pub(super) struct Budget(Arc<AtomicI64>);

impl Budget {
    /// As much as opening takes, from now on.
    fn of(connection: &mut Connection) -> rusqlite::Result<Self> {
        let budget = Self(Arc::new(AtomicI64::new(OPENING)));
        let left = Arc::clone(&budget.0);
        let is_spent = move || left.fetch_sub(1, Ordering::Relaxed) <= 0;
        connection.progress_handler(STEPS, Some(is_spent))?;
        Ok(budget)
    }

    /// Any amount: what is asked next may be long, or was looked at.
    pub(super) fn lift(&self) {
        self.0.store(i64::MAX, Ordering::Relaxed);
    }

    /// Bounds one question.
    pub(super) fn bound<T>(&self, ask: impl FnOnce() -> T) -> T {
        self.0.store(QUESTION, Ordering::Relaxed);
        let answer = ask();
        self.lift();
        answer
    }
}

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Changes.
    Write,
    /// Questions, in a process that also makes changes.
    Question,
    /// Questions, in a process that opened the file for nothing else.
    Read,
}

/// Opens a file that is there and is a store of facts, of this version or an older one, made of what its version is. Until the
/// budget is lifted, more work than that needs is damage.
pub(super) fn open(
    file: &Path,
    access: Access,
    busy_timeout: Duration,
) -> Result<(Connection, Budget), StoreFailure> {
    let mut connection = connect(file, access, busy_timeout).map_err(Fault::from)?;
    let budget = Budget::of(&mut connection).map_err(Fault::from)?;
    schema::check_ours(&connection)?;
    schema::check_tables(&connection)?;
    settle(&connection, access).map_err(Fault::from)?;
    Ok((connection, budget))
}

/// Opens a file, whatever is in it.
pub(super) fn connect(file: &Path, access: Access, busy_timeout: Duration) -> rusqlite::Result<Connection> {
    let rights = match access {
        Access::Write | Access::Question => OpenFlags::SQLITE_OPEN_READ_WRITE,
        Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
    };
    // Each connection stands behind a lock of ours. The path is absolute, so none is taken for a URI.
    let flags = rights | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(busy_timeout)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    // Tables, triggers and pages are read with suspicion: before anything of the file is.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    // One plan for a statement whatever is bound to it: else each is prepared anew for every question.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

/// What must hold before anything is changed.
pub(super) fn settle(connection: &Connection, access: Access) -> rusqlite::Result<()> {
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    match access {
        Access::Write => {
            // Readers wait for no writer, and a commit is one synchronised write. It is a property of the file, so it is
            // changed only in one that comes from elsewhere, such as a backup.
            let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
            if mode != "wal" {
                connection.pragma_update(None, "journal_mode", "WAL")?;
            }
            // Synchronised at every commit, not only at checkpoints; on macOS past the disk's own memory.
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update(None, "fullfsync", true)?;
            connection.pragma_update(None, "checkpoint_fullfsync", true)?;
            // The hash of a PIN that was replaced goes.
            connection.pragma_update(None, "secure_delete", true)
        }
        Access::Question | Access::Read => {
            connection.pragma_update(None, "query_only", true)?;
            connection.pragma_update(None, "cache_size", -CACHE_KIB)
        }
    }
}

/// One state of the store, until it is dropped.
pub(super) struct Snapshot<'c>(&'c Connection);

impl<'c> Snapshot<'c> {
    pub(super) fn begin(connection: &'c Connection) -> rusqlite::Result<Self> {
        connection.prepare_cached("BEGIN")?.execute([])?;
        Ok(Self(connection))
    }
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        // Nothing was written, so nothing is lost if it fails; a connection that was closed to us by an error has none.
        if let Ok(mut rollback) = self.0.prepare_cached("ROLLBACK") {
            let _ = rollback.execute([]);
        }
    }
}
