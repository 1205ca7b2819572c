//! Facts about persons, in one file of SQLite: enablements, delegations, categories, telephone PINs, and their history.
//!
//! What the file guarantees by itself, whoever writes to it, is written in `migrations/`: the limits of delegations, that
//! nothing is taken away, that what ended stays ended. `docs/records.md` says how to keep it.
//!
//! Not here: what facts permit (`access-policy`), clocks and random sources (arguments), encryption of the file.

mod categories;
mod connection;
mod delegations;
mod enablements;
mod fault;
mod history;
mod instant;
mod known;
mod phone_pins;
mod pin_hash;
mod place;
mod rows;
mod schema;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use varco_access_policy::{Categorised, Enablement, NewDelegation, NewEnablement, ServiceId};
use varco_access_policy::{
    Category, Change, Delegation, FactError, FactId, FactStore, StoreFailure, Validity,
};
use varco_auth::CodiceFiscale;

use connection::{Access, Budget};
pub use delegations::DELEGATION_LIMIT;
use fault::Fault;
pub use history::{HistoryEntry, What};
pub use phone_pins::PHONE_PIN_TRIES;
use place::{Identity, Place};

/// Most facts, or entries of the history, that one call gives, however many are asked for.
pub const LISTED_MAX: usize = 10_000;
/// The latest version of a store that this program knows; older ones are migrated when they are opened.
pub const VERSION: u32 = schema::KNOWN;

/// A store of facts. Threads may share one; several processes may have the same file open.
///
/// Instants are kept in whole microseconds: what is finer is cut off, towards the past, and what a call gives back is what was
/// kept. A change that was acknowledged is on the disk.
pub struct Records {
    place: Place,
    /// One for changes, `None` where it is only read; one for questions, which therefore wait for no change.
    writer: Option<Mutex<Connection>>,
    reader: Mutex<Connection>,
    /// How much work a question may be.
    budget: Budget,
    busy_timeout: Duration,
    /// Which file it was when it was opened.
    identity: Identity,
    /// Which edition of its tables and triggers was looked at last.
    edition: AtomicI64,
}

impl Records {
    /// Opens the store at `path`, and makes one where there is none: a file that the user alone may read, complete at the
    /// instant at which it appears. `busy_timeout` is how long a call waits for other processes before
    /// [`StoreFailure::Locked`]. An older store is migrated.
    ///
    /// # Errors
    /// [`StoreFailure`]; as for [`Records::open`].
    pub fn create_or_open(path: &Path, busy_timeout: Duration) -> Result<Self, StoreFailure> {
        let place = Place::of(path)?;
        match place.check() {
            Err(StoreFailure::Absent) => place.create(busy_timeout)?,
            checked => drop(checked?),
        }
        Self::open_at(place, busy_timeout)
    }

    /// Opens the store at `path`, and migrates one of an older version.
    ///
    /// # Errors
    /// [`StoreFailure`]: [`StoreFailure::Absent`] if there is none; [`StoreFailure::Corrupt`] for a file that is none;
    /// [`StoreFailure::System`] for a symbolic link, a folder, or a file or folder that others may write to or that is
    /// somebody else's.
    pub fn open(path: &Path, busy_timeout: Duration) -> Result<Self, StoreFailure> {
        Self::open_at(Place::of(path)?, busy_timeout)
    }

    /// Opens the store at `path` for questions only: every change is [`StoreFailure::ReadOnly`]. One of an older version is
    /// not migrated but refused.
    ///
    /// # Errors
    /// [`StoreFailure`]; as for [`Records::open`].
    pub fn open_to_read(path: &Path, busy_timeout: Duration) -> Result<Self, StoreFailure> {
        let place = Place::of(path)?;
        let identity = place.check()?;
        let (reader, budget) = connection::open(place.file(), Access::Read, busy_timeout)?;
        schema::check_version(&reader)?;
        let edition = schema::edition(&reader)?;
        schema::check_tables(&reader)?;
        budget.lift();
        Ok(Self {
            place,
            writer: None,
            reader: Mutex::new(reader),
            budget,
            busy_timeout,
            identity,
            edition: AtomicI64::new(edition),
        })
    }

    fn open_at(place: Place, busy_timeout: Duration) -> Result<Self, StoreFailure> {
        let identity = place.check()?;
        let (writer, unlimited) = connection::open(place.file(), Access::Write, busy_timeout)?;
        // A migration may be long.
        unlimited.lift();
        schema::migrate(&writer)?;
        // Asked before they are looked at: what is changed after that is another edition.
        let edition = schema::edition(&writer)?;
        schema::check_tables(&writer)?;
        let (reader, budget) = connection::open(place.file(), Access::Question, busy_timeout)?;
        budget.lift();
        Ok(Self {
            place,
            writer: Some(Mutex::new(writer)),
            reader: Mutex::new(reader),
            budget,
            busy_timeout,
            identity,
            edition: AtomicI64::new(edition),
        })
    }

    /// Where it is, with the folder's symbolic links resolved.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.place.file()
    }

    /// Reads all of it and looks for damage: pages, indices, constraints, references.
    ///
    /// # Errors
    /// [`StoreFailure::Corrupt`], with the first thing found.
    pub fn check(&self) -> Result<(), StoreFailure> {
        self.question(|connection| {
            let found: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
            if found != "ok" {
                return Err(StoreFailure::Corrupt(found).into());
            }
            let mut references = connection.prepare("PRAGMA foreign_key_check")?;
            if references.exists([])? {
                return Err(StoreFailure::Corrupt("a reference leads nowhere".to_owned()).into());
            }
            Ok(())
        })
    }

    /// Copies what the store holds at this instant to a new file at `path`, which [`Records::open`] takes; changes may go on
    /// meanwhile. A file that is there is not written over.
    ///
    /// # Errors
    /// [`StoreFailure`].
    pub fn back_up(&self, path: &Path) -> Result<PathBuf, StoreFailure> {
        let place = Place::of(path)?;
        place.fill(|new| {
            let text = new
                .to_str()
                .ok_or_else(|| StoreFailure::System("the path is not UTF-8".to_owned()))?;
            // By a connection of its own: decisions do not wait for it.
            connection::connect(self.place.file(), Access::Read, self.busy_timeout)
                .and_then(|connection| connection.execute("VACUUM INTO ?1", [text]))
                .map(drop)
                .map_err(|error| Fault::from(error).into())
        })?;
        Ok(place.file().to_path_buf())
    }

    /// Answers from one state of the store, whatever is changed meanwhile.
    fn question<T>(&self, ask: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, StoreFailure> {
        let connection = lock(&self.reader);
        let snapshot = connection::Snapshot::begin(&connection).map_err(Fault::from)?;
        let answer = ask(&connection);
        drop(snapshot);
        answer.map_err(StoreFailure::from)
    }

    /// Makes a change: all of it, on the disk, or nothing.
    fn change<T>(&self, change: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, FactError> {
        let writer = self.writer.as_ref().ok_or(StoreFailure::ReadOnly)?;
        let writer = lock(writer);
        // Changes of a file that was moved away would be kept where nobody looks for them.
        if self.place.check()? != self.identity {
            return Err(StoreFailure::System("its file was replaced while it was open".to_owned()).into());
        }
        let whole = || {
            let transaction = Transaction::new_unchecked(&writer, TransactionBehavior::Immediate)?;
            self.check_guards(&transaction)?;
            let changed = change(&transaction)?;
            transaction.commit()?;
            Ok(changed)
        };
        whole().map_err(|fault: Fault| fault.into())
    }

    /// That the tables and triggers are still those that were looked at, or are right again.
    fn check_guards(&self, transaction: &Connection) -> Result<(), Fault> {
        let edition = schema::edition(transaction)?;
        if edition != self.edition.load(Ordering::Relaxed) {
            schema::check_ours(transaction)?;
            schema::check_version(transaction)?;
            schema::check_tables(transaction)?;
            self.edition.store(edition, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// Whoever panicked with the lock left a transaction that was rolled back, so what is behind it is whole.
fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Shows where it is.
impl fmt::Debug for Records {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Records")
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}

impl FactStore for Records {
    fn grant_enablement(&self, new: &NewEnablement) -> Result<Enablement, FactError> {
        self.change(|connection| enablements::grant(connection, new))
    }

    fn revoke_enablement(
        &self,
        holder: &CodiceFiscale,
        service: &ServiceId,
        revoked: &Change,
    ) -> Result<Vec<Enablement>, FactError> {
        self.change(|connection| enablements::revoke(connection, holder, service, revoked))
    }

    fn enablements(
        &self,
        holder: Option<&CodiceFiscale>,
        after: FactId,
        limit: usize,
    ) -> Result<Vec<Enablement>, StoreFailure> {
        self.question(|connection| enablements::list(connection, holder, after, limit))
    }

    fn add_delegation(&self, new: &NewDelegation) -> Result<Delegation, FactError> {
        self.change(|connection| delegations::add(connection, new))
    }

    fn delegation(&self, id: FactId) -> Result<Option<Delegation>, StoreFailure> {
        self.question(|connection| delegations::one(connection, id))
    }

    fn revoke_delegation(&self, id: FactId, revoked: &Change) -> Result<Delegation, FactError> {
        self.change(|connection| delegations::revoke(connection, id, revoked))
    }

    fn delegations(
        &self,
        person: Option<&CodiceFiscale>,
        after: FactId,
        limit: usize,
    ) -> Result<Vec<Delegation>, StoreFailure> {
        self.question(|connection| delegations::list(connection, person, after, limit))
    }

    fn record_category(
        &self,
        person: &CodiceFiscale,
        category: Category,
        validity: Validity,
        recorded: &Change,
    ) -> Result<Categorised, FactError> {
        self.change(|connection| categories::record(connection, person, category, validity, recorded))
    }

    fn end_category(
        &self,
        person: &CodiceFiscale,
        category: Category,
        ended: &Change,
    ) -> Result<Vec<Categorised>, FactError> {
        self.change(|connection| categories::end(connection, person, category, ended))
    }

    fn categories(
        &self,
        person: Option<&CodiceFiscale>,
        after: FactId,
        limit: usize,
    ) -> Result<Vec<Categorised>, StoreFailure> {
        self.question(|connection| categories::list(connection, person, after, limit))
    }
}
