//! What can be wrong with a file of anchors or revocation lists, in technical words.
//!
//! Not here: what to do about it, which the crate `messages` says by code.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use varco_pki::{AnchorError, CertificateError, CrlError};

/// Why anchors or revocation lists were not loaded: the file or folder, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct TrustStoreError {
    path: PathBuf,
    problem: Problem,
}

/// What is wrong with a trust file or folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The system would not read it.
    #[error("cannot be read ({0})")]
    Read(ErrorKind),
    /// Neither a regular file nor a folder.
    #[error("is neither a file nor a folder")]
    NotAFile,
    /// Longer than 4 MiB.
    #[error("is longer than 4 MiB")]
    TooLong,
    /// More than 512 files or 2048 certificates.
    #[error("holds more than 512 files or 2048 certificates")]
    TooMany,
    /// A folder without certificate files.
    #[error("holds no file of the kind that is wanted (.pem, .crt, .cer, .der; .crl for revocation lists)")]
    EmptyFolder,
    /// Neither DER nor PEM.
    #[error("holds no certificate")]
    NoCertificate,
    /// A PEM block that is not closed, or whose lines are not base64.
    #[error("has a broken PEM block, number {place}")]
    Pem {
        /// Which block, counted from 1.
        place: usize,
    },
    /// Bytes that are not a certificate.
    #[error("certificate number {place}: {error}")]
    Certificate {
        /// Which certificate of the file, counted from 1.
        place: usize,
        /// What is wrong with it.
        error: CertificateError,
    },
    /// A file of revocation lists longer than 96 MiB.
    #[error("is longer than 96 MiB")]
    ListsTooLong,
    /// More than 64 revocation lists.
    #[error("holds more than 64 revocation lists")]
    TooManyLists,
    /// Neither DER nor PEM.
    #[error("holds no revocation list")]
    NoList,
    /// Bytes that are not a revocation list.
    #[error("revocation list number {place}: {error}")]
    List {
        /// Which list of the file, counted from 1.
        place: usize,
        /// What is wrong with it.
        error: CrlError,
    },
    /// A certificate that may not become an anchor of the kind asked.
    #[error("certificate number {place}: {error}")]
    Anchor {
        /// Which certificate of the file, counted from 1.
        place: usize,
        /// Why not.
        error: AnchorError,
    },
}

impl TrustStoreError {
    pub(crate) fn new(path: &Path, problem: Problem) -> Self {
        Self {
            path: path.to_path_buf(),
            problem,
        }
    }

    /// The file or folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is wrong with it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        self.problem
    }

    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.problem {
            Problem::Read(ErrorKind::NotFound) => "trust-file-not-found",
            Problem::Read(_) => "trust-file-unreadable",
            Problem::NotAFile => "trust-file-not-a-file",
            Problem::TooLong | Problem::TooMany => "trust-file-too-large",
            Problem::ListsTooLong | Problem::TooManyLists => "crl-file-too-large",
            Problem::NoList => "crl-file-not-lists",
            Problem::List { .. } => "crl-file-bad-list",
            Problem::EmptyFolder => "trust-folder-empty",
            Problem::NoCertificate | Problem::Pem { .. } => "trust-file-not-certificates",
            Problem::Certificate { .. } => "trust-file-bad-certificate",
            Problem::Anchor {
                error: AnchorError::TestMaterialRefused,
                ..
            } => "trust-file-test-material",
            Problem::Anchor { .. } => "trust-file-not-an-authority",
        }
    }
}
