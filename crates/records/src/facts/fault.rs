//! What SQLite says, as what a store says.
//!
//! SQLite's messages name tables and columns and never what is in them, so they may be passed on.

use rusqlite::ffi::ErrorCode;
use rusqlite::{Error, ffi};
use varco_access_policy::{FactError, StoreFailure};

/// What begins the messages of our triggers.
const RAISED: &str = "varco:";

/// Why something inside a transaction did not go on.
#[derive(Debug)]
pub(super) enum Fault {
    Sqlite(Error),
    Fact(FactError),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<FactError> for Fault {
    fn from(error: FactError) -> Self {
        Self::Fact(error)
    }
}

impl From<StoreFailure> for Fault {
    fn from(failure: StoreFailure) -> Self {
        Self::Fact(failure.into())
    }
}

impl From<Fault> for FactError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Fact(error) => error,
            Fault::Sqlite(error) => match raised(&error) {
                Some("fact-already-there") => Self::AlreadyThere,
                Some("fact-already-ended") => Self::AlreadyEnded,
                Some("delegation-same-person") => Self::SamePerson,
                Some("delegation-delegator-has-one") => Self::DelegatorHasOne,
                Some("delegation-birth-date") => Self::BirthDate,
                _ => Self::Store(failure(&error)),
            },
        }
    }
}

impl From<Fault> for StoreFailure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Fact(FactError::Store(failure)) => failure,
            Fault::Fact(error) => Self::System(error.to_string()),
            Fault::Sqlite(error) => failure(&error),
        }
    }
}

/// The code that a trigger raised.
pub(super) fn raised(error: &Error) -> Option<&str> {
    match error {
        Error::SqliteFailure(code, Some(message)) if code.code == ErrorCode::ConstraintViolation => {
            message.strip_prefix(RAISED)
        }
        _ => None,
    }
}

fn failure(error: &Error) -> StoreFailure {
    let Some(code) = error.sqlite_error().copied() else {
        // A column that is not what its table promises.
        return StoreFailure::Corrupt(error.to_string());
    };
    match (code.code, code.extended_code) {
        (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed, _) => {
            StoreFailure::Locked
        }
        // The second: the file that the processes share cannot grow.
        (ErrorCode::DiskFull, _) | (_, ffi::SQLITE_IOERR_SHMSIZE) => StoreFailure::Full,
        (_, ffi::SQLITE_READONLY_DBMOVED) => {
            StoreFailure::System("its file was moved or replaced while it was open".to_owned())
        }
        // By nobody but the budget of the connection.
        (ErrorCode::OperationInterrupted, _) => {
            StoreFailure::Corrupt("it takes more work to read than any store does".to_owned())
        }
        (ErrorCode::ReadOnly, _) => StoreFailure::ReadOnly,
        (ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _) => StoreFailure::Corrupt(error.to_string()),
        (_, extended) => StoreFailure::System(format!("{error} (SQLite {extended})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(extended: i32) -> StoreFailure {
        failure(&Error::SqliteFailure(ffi::Error::new(extended), None))
    }

    #[test]
    fn each_code_of_sqlite_has_its_failure() {
        for (extended, code) in [
            (ffi::SQLITE_BUSY, "records-locked"),
            (ffi::SQLITE_BUSY_RECOVERY, "records-locked"),
            (ffi::SQLITE_LOCKED, "records-locked"),
            (ffi::SQLITE_PROTOCOL, "records-locked"),
            (ffi::SQLITE_FULL, "records-full"),
            (ffi::SQLITE_IOERR_SHMSIZE, "records-full"),
            (ffi::SQLITE_READONLY, "records-read-only"),
            (ffi::SQLITE_READONLY_DIRECTORY, "records-read-only"),
            (ffi::SQLITE_READONLY_DBMOVED, "records-unusable"),
            (ffi::SQLITE_CORRUPT, "records-corrupt"),
            (ffi::SQLITE_CORRUPT_INDEX, "records-corrupt"),
            (ffi::SQLITE_NOTADB, "records-corrupt"),
            (ffi::SQLITE_INTERRUPT, "records-corrupt"),
            (ffi::SQLITE_CANTOPEN, "records-unusable"),
            (ffi::SQLITE_IOERR_FSYNC, "records-unusable"),
            (ffi::SQLITE_NOMEM, "records-unusable"),
        ] {
            assert_eq!(said(extended).code(), code, "{extended}");
        }
    }
}
