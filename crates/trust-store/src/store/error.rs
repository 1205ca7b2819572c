//! What can be wrong with a store on disk, or with what is to be put into it.
//!
//! Not here: what is wrong with a bundle's bytes ([`super::BundleError`]), and the words for people (crate `messages`).

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use varco_pki::{AnchorError, CertificateError, ClockError, CrlError};

use super::BundleError;
use crate::CrlIndexError;
use crate::fetch::AddressFault;
use crate::list::ListError;

/// Why a store did not do what was asked: what is wrong, and with which file where it is about one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{problem}", about(path.as_deref()))]
pub struct StoreError {
    path: Option<PathBuf>,
    problem: StoreProblem,
}

fn about(path: Option<&Path>) -> String {
    path.map_or_else(String::new, |path| format!("{}: ", path.display()))
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreProblem {
    /// No store is there.
    #[error("there is no trust store")]
    NotFound,
    /// A folder that is no store, and not empty either.
    #[error("is a folder of something else")]
    OtherFolder,
    /// Others than its owner may write to it, or its owner is somebody else.
    #[error("can be written by others")]
    Unsafe,
    /// The system would not read it.
    #[error("cannot be read ({0})")]
    Read(ErrorKind),
    /// The system would not write it: no room, no permission.
    #[error("cannot be written ({0})")]
    Write(ErrorKind),
    /// Another process has been changing the store for too long.
    #[error("is being changed by another process")]
    Locked,
    /// Made by a version of the program that knows another format.
    #[error("is of format {0}, which is not known")]
    OtherFormat(u32),
    /// It is not what was written: the named part.
    #[error("is damaged: {0}")]
    Damaged(&'static str),
    /// More of something than a store holds.
    #[error("holds no more {0}")]
    Full(&'static str),
    /// A certificate that may not become an anchor.
    #[error("{0}")]
    Anchor(#[from] AnchorError),
    /// A certificate that cannot be read.
    #[error("{0}")]
    Certificate(#[from] CertificateError),
    /// A trusted list that is not believed, or no more.
    #[error("trusted list: {0}")]
    List(#[from] ListError),
    /// Nobody was named who may sign the list of this territory.
    #[error("nobody is named who may sign the trusted list of {0}")]
    NoSigner(String),
    /// Not two capital letters.
    #[error("a territory is two capital letters")]
    Territory,
    /// Bytes that are no revocation list.
    #[error("{0}")]
    Crl(#[from] CrlError),
    /// A revocation list of which no index is made, or an index that cannot be opened.
    #[error("{0}")]
    Index(#[from] CrlIndexError),
    /// None of the authorities at hand signed the revocation list.
    #[error("none of the authorities at hand signed the revocation list")]
    NoIssuer,
    /// A revocation list that is from the future by this clock.
    #[error("the revocation list is from the future")]
    CrlFuture,
    /// The clock shows an instant that has passed.
    #[error("{0}")]
    Clock(#[from] ClockError),
    /// An address that is none.
    #[error("{0}")]
    Address(#[from] AddressFault),
    /// Nothing in the store has this fingerprint.
    #[error("nothing in the store has this fingerprint")]
    Unknown,
    /// Several things in the store have a fingerprint that begins so.
    #[error("several fingerprints begin so")]
    Ambiguous,
    /// A bundle that is not taken.
    #[error("bundle: {0}")]
    Bundle(#[from] BundleError),
}

impl StoreError {
    pub(crate) fn new(path: &Path, problem: impl Into<StoreProblem>) -> Self {
        Self {
            path: Some(path.to_path_buf()),
            problem: problem.into(),
        }
    }

    /// About a file that the system would not read.
    pub(super) fn read(path: &Path) -> impl Fn(std::io::Error) -> Self {
        move |error| Self::new(path, StoreProblem::Read(error.kind()))
    }

    /// About a file that the system would not write.
    pub(super) fn write(path: &Path) -> impl Fn(std::io::Error) -> Self {
        move |error| Self::new(path, StoreProblem::Write(error.kind()))
    }

    /// The file or folder, where it is about one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match &self.problem {
            StoreProblem::Index(error) => Some(error.path()),
            _ => self.path.as_deref(),
        }
    }

    /// What is wrong.
    #[must_use]
    pub fn problem(&self) -> &StoreProblem {
        &self.problem
    }

    /// Whether a file is gone that the store names: what another process replaced meanwhile looks so.
    pub(super) fn is_gone(&self) -> bool {
        match &self.problem {
            StoreProblem::Read(ErrorKind::NotFound) => true,
            StoreProblem::Index(error) => error.code() == "crl-index-not-found",
            _ => false,
        }
    }

    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match &self.problem {
            StoreProblem::NotFound => "store-not-found",
            StoreProblem::OtherFolder => "store-other-folder",
            StoreProblem::Unsafe => "store-unsafe",
            StoreProblem::Read(ErrorKind::NotFound) => "store-file-missing",
            StoreProblem::Read(_) => "store-unreadable",
            StoreProblem::Write(
                ErrorKind::StorageFull | ErrorKind::FileTooLarge | ErrorKind::QuotaExceeded,
            ) => "store-no-room",
            StoreProblem::Write(_) => "store-not-written",
            StoreProblem::Locked => "store-locked",
            StoreProblem::OtherFormat(_) => "store-other-format",
            StoreProblem::Damaged(_) => "store-damaged",
            StoreProblem::Full(_) => "store-full",
            StoreProblem::Anchor(AnchorError::TestMaterialRefused) => "store-test-material",
            StoreProblem::Anchor(_) => "store-not-an-authority",
            StoreProblem::Certificate(_) => "store-bad-certificate",
            StoreProblem::List(error) => error.code(),
            StoreProblem::NoSigner(_) => "store-no-signer",
            StoreProblem::Territory => "store-territory",
            StoreProblem::Crl(error) => error.code(),
            StoreProblem::Index(error) => error.code(),
            StoreProblem::NoIssuer => "store-crl-no-issuer",
            StoreProblem::CrlFuture => "store-crl-future",
            StoreProblem::Clock(error) => error.code(),
            StoreProblem::Address(fault) => fault.code(),
            StoreProblem::Unknown => "store-unknown",
            StoreProblem::Ambiguous => "store-ambiguous",
            StoreProblem::Bundle(error) => error.code(),
        }
    }
}

impl From<StoreProblem> for StoreError {
    fn from(problem: StoreProblem) -> Self {
        Self { path: None, problem }
    }
}

impl From<CrlIndexError> for StoreError {
    fn from(error: CrlIndexError) -> Self {
        StoreProblem::Index(error).into()
    }
}
