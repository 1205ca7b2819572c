//! What can be wrong with an index of a revocation list, or with making one.
//!
//! Not here: what the list says, and what to do about it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use varco_pki::{CrlError, ListFault};

/// Why an index was not made or not opened: the file, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct CrlIndexError {
    path: PathBuf,
    problem: IndexProblem,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IndexProblem {
    /// The system would not read it.
    #[error("cannot be read ({0})")]
    Read(ErrorKind),
    /// The system would not write it: no room, no permission.
    #[error("cannot be written ({0})")]
    Write(ErrorKind),
    /// The place has no file name.
    #[error("is not a place for a file")]
    NotAPlace,
    /// Another process is making an index in this place.
    #[error("is being replaced by another process")]
    Locked,
    /// It is no index, or not of this format.
    #[error("is not an index of a revocation list in this format")]
    OtherFormat,
    /// It is not what was written: the named part.
    #[error("is damaged: {0}")]
    Damaged(&'static str),
    /// What was to be indexed is no revocation list.
    #[error("no index is made of what is not a list: {0}")]
    List(CrlError),
    /// Its signature is not by this key, or is weak and that was not accepted: never over a strong one in place.
    #[error("no index is made of a list that is not trusted: {0}")]
    Signature(ListFault),
    /// It tells changes only (RFC 5280 §5.2.4).
    #[error("no index is made of a list of changes")]
    Delta,
    /// The list in place is another issuer's.
    #[error("holds the list of another issuer")]
    OtherIssuer,
    /// The list in place was signed by another key: by an authority of the same name, or by the issuer's key before.
    #[error("holds a list that another key signed")]
    OtherSigner,
    /// The list in place speaks of other certificates (its issuingDistributionPoint differs).
    #[error("holds a list of another scope")]
    OtherScope,
    /// The list has a lower number than the one in place, or none where that has one.
    #[error("holds a list with a higher number")]
    NumberGoesBack,
    /// The list was made before the one in place.
    #[error("holds a list that was made later")]
    TimeGoesBack,
    /// The list has the number and the date of the one in place, or no number like that, and says something else
    /// (RFC 5280 §5.2.3).
    #[error("holds another list of the same number and date")]
    NumberReused,
}

impl CrlIndexError {
    pub(crate) fn new(path: &Path, problem: IndexProblem) -> Self {
        Self {
            path: path.to_path_buf(),
            problem,
        }
    }

    /// About a file that could not be read.
    pub(crate) fn read(path: &Path) -> impl Fn(std::io::Error) -> Self {
        move |error| Self::new(path, IndexProblem::Read(error.kind()))
    }

    /// About a file that could not be written.
    pub(crate) fn write(path: &Path) -> impl Fn(std::io::Error) -> Self {
        move |error| Self::new(path, IndexProblem::Write(error.kind()))
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is wrong with it.
    #[must_use]
    pub fn problem(&self) -> IndexProblem {
        self.problem
    }

    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.problem {
            IndexProblem::Read(ErrorKind::NotFound) => "crl-index-not-found",
            IndexProblem::Read(_) => "crl-index-unreadable",
            IndexProblem::Write(
                ErrorKind::StorageFull | ErrorKind::FileTooLarge | ErrorKind::QuotaExceeded,
            ) => "crl-index-no-room",
            IndexProblem::Write(_) => "crl-index-not-written",
            IndexProblem::NotAPlace => "crl-index-not-a-place",
            IndexProblem::Locked => "crl-index-locked",
            IndexProblem::OtherFormat => "crl-index-other-format",
            IndexProblem::Damaged(_) => "crl-index-damaged",
            IndexProblem::List(error) => error.code(),
            IndexProblem::Signature(ListFault::Weak) => "crl-index-weak-signature",
            IndexProblem::Signature(_) => "crl-index-not-signed",
            IndexProblem::Delta => "crl-index-delta",
            IndexProblem::OtherIssuer => "crl-index-other-issuer",
            IndexProblem::OtherSigner => "crl-index-other-signer",
            IndexProblem::OtherScope => "crl-index-other-scope",
            IndexProblem::NumberGoesBack => "crl-index-number-goes-back",
            IndexProblem::TimeGoesBack => "crl-index-time-goes-back",
            IndexProblem::NumberReused => "crl-index-number-reused",
        }
    }
}
