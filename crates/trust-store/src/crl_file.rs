//! Revocation lists from files, DER or PEM (`X509 CRL`).
//!
//! Not here: whether they are believed, and indexes of them ([`crate::CrlIndex`]).

use std::path::Path;

use varco_pki::{CRL_LENGTH_MAX, HeldList, Timestamp};

use crate::{Problem, TrustStoreError, list, pem, read_up_to};

/// Longest file of lists read, in bytes: the longest list in PEM, with its lines.
const FILE_LENGTH_MAX: u64 = CRL_LENGTH_MAX as u64 / 2 * 3;
/// Most lists read from one file or folder.
const LISTS_MAX: usize = 64;

/// Loads the lists in a file: one in DER, or one or several in PEM with text around them left aside; or in a folder, all its
/// files that end in `.crl`, by name, folders in it left aside.
///
/// # Errors
/// [`TrustStoreError`], which names the file. One bad list spoils it, and so does a file without any.
pub fn load_crl(path: &Path, fetched_at: Option<Timestamp>) -> Result<Vec<HeldList>, TrustStoreError> {
    if path.is_dir() {
        let mut lists = Vec::new();
        for file in list(path, &["crl"])? {
            lists.extend(load_file(&file, fetched_at)?);
            if lists.len() > LISTS_MAX {
                return Err(TrustStoreError::new(path, Problem::TooManyLists));
            }
        }
        return Ok(lists);
    }
    load_file(path, fetched_at)
}

fn load_file(path: &Path, fetched_at: Option<Timestamp>) -> Result<Vec<HeldList>, TrustStoreError> {
    let lists = read_crl(path)?.into_iter().enumerate();
    let held = lists.map(|(index, der)| {
        let place = index + 1;
        HeldList::parse(der, fetched_at)
            .map_err(|error| TrustStoreError::new(path, Problem::List { place, error }))
    });
    held.collect()
}

/// The lists in a file in DER, not yet read: for those who make indexes of them.
///
/// # Errors
/// [`TrustStoreError`].
pub fn read_crl(path: &Path) -> Result<Vec<Vec<u8>>, TrustStoreError> {
    let about = |problem: Problem| TrustStoreError::new(path, problem);
    let bytes = read_up_to(path, FILE_LENGTH_MAX, Problem::ListsTooLong).map_err(about)?;
    if bytes.first() == Some(&0x30) {
        return Ok(vec![bytes]);
    }
    let lists = pem::blocks(&bytes, "X509 CRL", Problem::NoList).map_err(about)?;
    if lists.len() > LISTS_MAX {
        return Err(about(Problem::TooManyLists));
    }
    Ok(lists)
}
