//! Why something was not done with a record of decisions, and what can be found wrong in one.
//!
//! Not here: the words for people (crate `messages`).

use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use varco_access_policy::StoreFailure;

use super::{FORMAT, Finding, KeyInvalid};

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// There is no log.
    #[error("{}: there is no audit record", .0.display())]
    Absent(PathBuf),
    /// One cannot be made where something is.
    #[error("{}: is not empty, so no audit record is made there", .0.display())]
    Exists(PathBuf),
    /// Others may write it, or read a secret.
    #[error("{}: its owner or its rights let others at it", .0.display())]
    Unsafe(PathBuf),
    /// The system would not read it.
    #[error("{}: cannot be read ({kind})", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        kind: ErrorKind,
    },
    /// The system would not write it.
    #[error("{}: cannot be written ({kind})", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        kind: ErrorKind,
    },
    /// Another program has been adding to it for too long.
    #[error("another program holds the audit record")]
    Locked,
    /// The file of the lock is not the one that was locked: somebody else may hold the one that is there now.
    #[error("the lock of the audit record was taken away or replaced: open the audit record anew")]
    LockReplaced,
    /// What is there is not what was written; nothing is added to it, and nothing repaired.
    #[error("the audit record was altered: {0}")]
    Altered(Finding),
    /// A later version of the program made it.
    #[error("the audit record is of format {0}, and this program knows {FORMAT}")]
    OtherFormat(u32),
    /// The log is written with other keys than these.
    #[error("the audit record uses another {0} key: rotate, or use the key that is in use")]
    OtherKey(&'static str),
    /// A text that is no key.
    #[error("{0}")]
    Key(#[from] KeyInvalid),
    /// There were no random bytes.
    #[error("there were no random bytes to seal with")]
    NoRandomness,
    /// It could not be sealed.
    #[error("it could not be sealed to the auditor")]
    Seal,
    /// More text than a record holds.
    #[error("a record holds no text of this length")]
    TooLong,
    /// What would be told in clear names a person.
    #[error("what would be told in clear names the person")]
    PersonInClear,
    /// What was written before may not have reached the disk; only opening it anew tells.
    #[error("the disk failed: open the audit record anew")]
    Broken,
    /// What was to be written out could not be.
    #[error("the export could not be written ({0})")]
    Export(ErrorKind),
}

impl AuditError {
    pub(super) fn read(path: &Path, error: &Error) -> Self {
        let path = path.to_path_buf();
        let kind = error.kind();
        Self::Read { path, kind }
    }

    pub(super) fn write(path: &Path, error: &Error) -> Self {
        let path = path.to_path_buf();
        let kind = error.kind();
        Self::Write { path, kind }
    }

    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Absent(_) => "audit-absent",
            Self::Exists(_) => "audit-exists",
            Self::Unsafe(_) => "audit-unsafe",
            Self::Read { .. } => "audit-unreadable",
            Self::Write { kind, .. } if is_full(*kind) => "audit-no-room",
            Self::Write { .. } => "audit-not-written",
            Self::Locked => "audit-locked",
            Self::LockReplaced => "audit-lock-replaced",
            Self::Altered(_) => "audit-altered",
            Self::OtherFormat(_) => "audit-other-format",
            Self::OtherKey(_) => "audit-other-key",
            Self::Key(invalid) => invalid.code(),
            Self::NoRandomness => "audit-no-randomness",
            Self::Seal => "audit-not-sealed",
            Self::TooLong => "audit-too-long",
            Self::PersonInClear => "audit-person-in-clear",
            Self::Broken => "audit-broken",
            Self::Export(_) => "audit-export-not-written",
        }
    }
}

fn is_full(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::StorageFull | ErrorKind::FileTooLarge | ErrorKind::QuotaExceeded
    )
}

/// What a caller of the policy is told.
impl From<AuditError> for StoreFailure {
    fn from(error: AuditError) -> Self {
        match &error {
            AuditError::Locked => Self::Locked,
            AuditError::Absent(_) => Self::Absent,
            AuditError::Altered(finding) => Self::Corrupt(finding.to_string()),
            AuditError::OtherFormat(found) => Self::TooNew {
                found: *found,
                known: FORMAT,
            },
            AuditError::Write { kind, .. } if is_full(*kind) => Self::Full,
            AuditError::Write {
                kind: ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem,
                ..
            } => Self::ReadOnly,
            _ => Self::System(error.to_string()),
        }
    }
}
