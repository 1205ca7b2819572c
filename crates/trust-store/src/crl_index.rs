//! A revocation list as an index on disk: sorted records that are searched without being loaded.
//!
//! Not here: fetching lists, and whether their signer is believed. Whoever can write to the folder can put any list into it:
//! keep it as close as the folder of anchors.

mod blocks;
mod build;
mod error;
mod head;
mod place;
mod record;

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use varco_pki::{
    Certificate, CrlHeader, KnownList, Legacy, ListFault, RevokedEntry, SerialNumber, Timestamp,
};

use blocks::{BLOCK_LENGTH, Blocks};
pub use error::{CrlIndexError, IndexProblem};
use head::{Head, START_LENGTH};

/// An index that is open. It answers from what was verified when it was opened: a file that takes its place is not seen, and
/// one that is changed in place is noticed where it is read.
pub struct CrlIndex {
    file: File,
    head: Head,
    head_length: u64,
    blocks: Blocks,
}

impl CrlIndex {
    /// Makes the index of a list in `place`, a file, and opens it.
    ///
    /// The list must be signed by `signer` with today's algorithms, and must not go back behind the list in place: neither in
    /// its number nor in its date; where both are the same it must be the same list. The list in place must be of the same
    /// issuer, key and scope. The index before stays beside it, with `.previous` behind its name, and is what counts where the
    /// one in place is damaged or gone: to begin anew, both files are removed. The same list again renews `fetched_at` only,
    /// which is kept in whole seconds; it is the caller's, also where that is before the one kept.
    ///
    /// Takes 16 bytes of memory for each entry besides the list's own.
    ///
    /// # Errors
    /// [`CrlIndexError`]; the index in place is then as it was.
    pub fn build(
        der: &[u8],
        signer: &Certificate,
        fetched_at: Timestamp,
        place: &Path,
    ) -> Result<Self, CrlIndexError> {
        build::build(der, signer, Legacy::Refused, fetched_at, place)
    }

    /// As [`CrlIndex::build`], of a list whose signature may be SHA-1 or by RSA under 2048 bits. The index says so whenever it
    /// is asked about its signature.
    ///
    /// # Errors
    /// [`CrlIndexError`].
    pub fn build_even_if_weak(
        der: &[u8],
        signer: &Certificate,
        fetched_at: Timestamp,
        place: &Path,
    ) -> Result<Self, CrlIndexError> {
        build::build(der, signer, Legacy::Accepted, fetched_at, place)
    }

    /// Opens an index and reads it through once: one that was cut, lengthened or changed is not opened. Whose it is, is for
    /// the caller to compare: the issuer in the header, the key by [`KnownList::check_signature`].
    ///
    /// # Errors
    /// [`CrlIndexError`].
    pub fn open(path: &Path) -> Result<Self, CrlIndexError> {
        let unreadable = CrlIndexError::read(path);
        // Anything else, such as a pipe, could keep the reader waiting.
        if !std::fs::metadata(path).map_err(&unreadable)?.is_file() {
            return Err(CrlIndexError::new(path, IndexProblem::OtherFormat));
        }
        Self::of_file(File::open(path).map_err(&unreadable)?, path)
    }

    /// As [`CrlIndex::open`], of a file that is open for reading.
    pub(crate) fn of_file(mut file: File, path: &Path) -> Result<Self, CrlIndexError> {
        let unreadable = CrlIndexError::read(path);
        let length = file.metadata().map_err(&unreadable)?.len();
        let damaged = |part| CrlIndexError::new(path, IndexProblem::Damaged(part));
        let short = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => damaged("length"),
            kind => CrlIndexError::new(path, IndexProblem::Read(kind)),
        };

        let mut start = [0; START_LENGTH];
        file.read_exact(&mut start).map_err(short)?;
        let head_length = Head::length(&start).map_err(|problem| CrlIndexError::new(path, problem))?;
        let mut bytes = vec![0; head_length];
        file.read_exact_at(&mut bytes, 0).map_err(short)?;
        let head = Head::read(&bytes).map_err(|problem| CrlIndexError::new(path, problem))?;
        let head_length = head_length as u64;
        if length != head_length + head.records_length() {
            return Err(damaged("length"));
        }

        let mut blocks = Blocks::for_records(usize::try_from(head.records).unwrap_or(0));
        let mut block = [0; BLOCK_LENGTH];
        let mut offset = head_length;
        while offset < length {
            let part = block_part(&mut block, length - offset);
            file.read_exact_at(part, offset).map_err(short)?;
            blocks.push(part).map_err(|_| damaged("records"))?;
            offset += part.len() as u64;
        }
        if blocks.sha256() != head.records_sha256 {
            return Err(damaged("records"));
        }
        Ok(Self {
            file,
            head,
            head_length,
            blocks,
        })
    }

    /// SHA-256 of the SubjectPublicKeyInfo of the key that signed the list.
    #[must_use]
    pub fn signer_key_sha256(&self) -> [u8; 32] {
        self.head.signer_key_sha256
    }

    fn read_block(&self, place: usize, block: &mut [u8; BLOCK_LENGTH]) -> std::io::Result<usize> {
        let before = (place as u64).saturating_mul(BLOCK_LENGTH as u64);
        let part = block_part(block, self.head.records_length().saturating_sub(before));
        self.file.read_exact_at(part, self.head_length + before)?;
        Ok(part.len())
    }
}

/// A block's buffer, or what is used of it when fewer bytes are left.
fn block_part(block: &mut [u8; BLOCK_LENGTH], left: u64) -> &mut [u8] {
    let length = usize::try_from(left).map_or(BLOCK_LENGTH, |left| left.min(BLOCK_LENGTH));
    block
        .split_at_mut_checked(length)
        .map_or(&mut [], |(part, _)| part)
}

impl KnownList for CrlIndex {
    fn header(&self) -> &CrlHeader {
        &self.head.list
    }

    /// By comparing keys: the signature was checked over the whole list when the index was made.
    fn check_signature(&self, signer: &Certificate) -> Result<(), ListFault> {
        match (
            signer.key_sha256() == self.head.signer_key_sha256,
            self.head.is_weak,
        ) {
            (false, _) => Err(ListFault::NotSigned),
            (true, true) => Err(ListFault::Weak),
            (true, false) => Ok(()),
        }
    }

    fn find(&self, serial: &[u8]) -> Result<Option<RevokedEntry>, ListFault> {
        // No list has a serial number that is none.
        let Some(serial) = SerialNumber::new(serial) else {
            return Ok(None);
        };
        let Some(place) = self.blocks.place_of(&serial.to_record()) else {
            return Ok(None);
        };
        let mut block = [0; BLOCK_LENGTH];
        let length = self
            .read_block(place, &mut block)
            .map_err(|_| ListFault::Unreadable)?;
        let read = block.get(..length).unwrap_or_default();
        self.blocks
            .find(place, read, serial)
            .map_err(|_| ListFault::Unreadable)
    }

    fn fetched_at(&self) -> Option<Timestamp> {
        Some(self.head.fetched_at)
    }
}

/// Shows how much it holds: the list itself is about persons.
impl std::fmt::Debug for CrlIndex {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "CrlIndex({} records)", self.head.records)
    }
}

#[cfg(test)]
mod tests;
