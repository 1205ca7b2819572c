//! Trust anchors, other certificates and revocation lists from files and folders, and indexes of lists on disk.
//!
//! # What it does not do
//! It does not judge certificates (that is `varco-pki`).
//!
//! # Where to start
//! [`load_anchors`] takes a file or a folder and what its certificates are trusted for. [`load_crl`] reads revocation lists
//! into memory; [`CrlIndex`] keeps one on disk, and is what a service with long lists asks. [`list::TrustedList::open`] takes
//! the bytes of a trusted list and those who may sign it. [`fetch`] asks the network. [`store::TrustStore`] keeps all of it
//! in a folder.
//!
//! # Layer and invariants
//! Layer 7 (edge): it reads and writes files, and [`fetch`] alone opens connections.
//! - A trusted list is read only from the tree that its signature was verified over, and only a pinned key verifies it.
//! - What is asked for is loaded whole or not at all: a folder with one bad file is an error that names it.
//! - Every read is bounded: 4 MiB a file, 512 files a folder, 2048 certificates in all.
//! - Lists: 96 MiB and 64 lists a file. No index is made of a list whose signature was not checked, or that goes back.
//! - An index in place is whole at every instant, whatever ends the process that replaces it.
//! - A store is at every instant what it was before a change or after it, and nothing in it goes backwards.
//! - Test material never becomes real trust, whatever file brought it.
//!
//! # Example
//! ```
//! use varco_pki::{AnchorKind, TrustAnchors};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/pki/ca-cns.pem"));
//! let mut anchors = TrustAnchors::default();
//! anchors.extend(varco_trust_store::load_anchors(file, AnchorKind::Test)?);
//! assert_eq!(anchors.len(), 1);
//! # Ok(())
//! # }
//! ```

mod crl_file;
mod crl_index;
mod error;
pub mod fetch;
pub mod list;
mod pem;
pub mod store;

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use varco_pki::{AnchorKind, Certificate, TrustAnchor};

pub use crl_file::{load_crl, read_crl};
pub use crl_index::{CrlIndex, CrlIndexError, IndexProblem};
pub use error::{Problem, TrustStoreError};

/// Longest file read, in bytes: about four times all the Italian authorities there are.
const FILE_LENGTH_MAX: u64 = 4 * 1024 * 1024;
/// Most files read from one folder.
const FILES_MAX: usize = 512;
/// Most certificates read by one call.
const CERTIFICATES_MAX: usize = 2048;
/// Endings of the files that are read from a folder, whatever their case.
const ENDINGS: [&str; 4] = ["pem", "crt", "cer", "der"];

/// Loads the anchors in `path`: a PEM file of one or many certificates, a DER file of one, or a folder of such
/// files (`.pem .crt .cer .der`, by name, folders in it left aside).
///
/// # Errors
/// [`TrustStoreError`], which names the file. A folder without such files is one, and so is a file without a
/// certificate: trust that somebody asked for and did not get must not pass in silence.
pub fn load_anchors(path: &Path, kind: AnchorKind) -> Result<Vec<TrustAnchor>, TrustStoreError> {
    let mut anchors = Vec::new();
    for (file, place, certificate) in load(path)? {
        let anchor = TrustAnchor::new(certificate, kind)
            .map_err(|error| TrustStoreError::new(&file, Problem::Anchor { place, error }))?;
        anchors.push(anchor);
    }
    Ok(anchors)
}

/// Loads the certificates in `path`, whatever they are for: files and folders as [`load_anchors`] takes them.
///
/// # Errors
/// As [`load_anchors`].
pub fn load_certificates(path: &Path) -> Result<Vec<Certificate>, TrustStoreError> {
    let certificates = load(path)?.into_iter();
    Ok(certificates.map(|(_, _, certificate)| certificate).collect())
}

/// The certificates with their file and their place in it, counted from 1.
fn load(path: &Path) -> Result<Vec<(PathBuf, usize, Certificate)>, TrustStoreError> {
    let about = |problem: Problem| TrustStoreError::new(path, problem);
    let metadata = std::fs::metadata(path).map_err(|error| about(Problem::Read(error.kind())))?;
    let files = if metadata.is_dir() {
        list(path, &ENDINGS)?
    } else {
        vec![path.to_path_buf()]
    };
    let mut found = Vec::new();
    for file in files {
        let certificates = load_file(&file)?.into_iter().enumerate();
        found.extend(certificates.map(|(index, certificate)| (file.clone(), index + 1, certificate)));
        if found.len() > CERTIFICATES_MAX {
            return Err(about(Problem::TooMany));
        }
    }
    Ok(found)
}

/// The files with one of these endings in a folder, sorted by name.
fn list(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, TrustStoreError> {
    let about = |problem: Problem| TrustStoreError::new(folder, problem);
    let unreadable = |error: std::io::Error| about(Problem::Read(error.kind()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let ending = path
            .extension()
            .and_then(|ending| ending.to_str())
            .map(str::to_ascii_lowercase);
        if ending.is_some_and(|ending| endings.contains(&ending.as_str())) && path.is_file() {
            files.push(path);
        }
        if files.len() > FILES_MAX {
            return Err(about(Problem::TooMany));
        }
    }
    if files.is_empty() {
        return Err(about(Problem::EmptyFolder));
    }
    files.sort();
    Ok(files)
}

fn load_file(path: &Path) -> Result<Vec<Certificate>, TrustStoreError> {
    let about = |problem: Problem| TrustStoreError::new(path, problem);
    let bytes = read_up_to(path, FILE_LENGTH_MAX, Problem::TooLong).map_err(about)?;
    let certificates = if bytes.first() == Some(&0x30) {
        vec![bytes]
    } else {
        pem::blocks(&bytes, "CERTIFICATE", Problem::NoCertificate).map_err(about)?
    };
    if certificates.len() > CERTIFICATES_MAX {
        return Err(about(Problem::TooMany));
    }
    let parse = |(index, der): (usize, &Vec<u8>)| {
        let place = index + 1;
        Certificate::parse(der).map_err(|error| about(Problem::Certificate { place, error }))
    };
    certificates.iter().enumerate().map(parse).collect()
}

/// Reads a regular file up to the cap. Anything else, such as a pipe, could keep the reader waiting.
fn read_up_to(path: &Path, length_max: u64, too_long: Problem) -> Result<Vec<u8>, Problem> {
    let unreadable = |error: std::io::Error| Problem::Read(error.kind());
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(Problem::NotAFile);
    }
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(length_max + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    match u64::try_from(bytes.len()) {
        Ok(length) if length <= length_max => Ok(bytes),
        _ => Err(too_long),
    }
}

#[cfg(test)]
mod tests;
