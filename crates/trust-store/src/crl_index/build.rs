//! Making an index of a list: what is asked of the list first, and how its records are written.
//!
//! Not here: how the new file takes its place ([`super::place`]).

use std::io::{BufWriter, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use varco_pki::{Certificate, CrlHeader, Legacy, ListFault, RevocationList, Timestamp};

use super::blocks::{BLOCK_LENGTH, Blocks};
use super::head::Head;
use super::place::{self, NewFile, Place};
use super::{CrlIndex, CrlIndexError, IndexProblem, record};

/// Bytes that are written at once.
const BUFFER_LENGTH: usize = 64 * 1024;

/// See [`CrlIndex::build`].
pub(super) fn build(
    der: &[u8],
    signer: &Certificate,
    weak: Legacy,
    fetched_at: Timestamp,
    index: &Path,
) -> Result<CrlIndex, CrlIndexError> {
    let refused = |problem: IndexProblem| CrlIndexError::new(index, problem);
    let list = RevocationList::parse(der).map_err(|error| refused(IndexProblem::List(error)))?;
    let is_weak = match list.check_signature(signer) {
        Ok(()) => false,
        Err(ListFault::Weak) if weak == Legacy::Accepted => true,
        Err(fault) => return Err(refused(IndexProblem::Signature(fault))),
    };
    if list.header().is_delta {
        return Err(refused(IndexProblem::Delta));
    }
    let place = Place::lock(index)?;
    let standing = standing(index)?;
    if let Some(standing) = &standing {
        goes_on(list.header(), &standing.head.list).map_err(refused)?;
    }
    let renewed = standing.filter(|standing| standing.head.list.sha256 == list.header().sha256);
    let mut head = Head {
        list: list.header().clone(),
        scope_der: list.scope_der().map(<[u8]>::to_vec),
        signer_key_sha256: signer.key_sha256(),
        is_weak,
        // Of two who fetched the same list the later one counts.
        fetched_at: renewed
            .as_ref()
            .map_or(fetched_at, |known| known.head.fetched_at.max(fetched_at)),
        records: 0,
        records_sha256: [0; 32],
    };
    let new = place.start()?;
    let head_length = head.write().map_err(refused)?.len() as u64;
    let (blocks, records) = write_records(&list, &new, head_length, index)?;
    head.records = records;
    head.records_sha256 = blocks.sha256();
    let bytes = head.write().map_err(refused)?;
    new.file
        .write_all_at(&bytes, 0)
        .map_err(|error| new.fault(error))?;
    let file = place.put(new, renewed.is_none())?;
    Ok(CrlIndex {
        file,
        head,
        head_length,
        blocks,
    })
}

/// The index in place; where that is damaged the one before it, so that damage does not open the way back.
fn standing(index: &Path) -> Result<Option<CrlIndex>, CrlIndexError> {
    for path in [index, &place::previous(index)] {
        match CrlIndex::open(path) {
            Ok(standing) => return Ok(Some(standing)),
            Err(error) => match error.problem() {
                IndexProblem::Read(std::io::ErrorKind::NotFound)
                | IndexProblem::OtherFormat
                | IndexProblem::Damaged(_) => {}
                _ => return Err(error),
            },
        }
    }
    Ok(None)
}

/// That a list may take the place of another.
fn goes_on(list: &CrlHeader, standing: &CrlHeader) -> Result<(), IndexProblem> {
    if list.issuer != standing.issuer {
        return Err(IndexProblem::OtherIssuer);
    }
    if list.scope != standing.scope {
        return Err(IndexProblem::OtherScope);
    }
    // None is before any number.
    if list.number < standing.number {
        return Err(IndexProblem::NumberGoesBack);
    }
    if list.this_update < standing.this_update {
        return Err(IndexProblem::TimeGoesBack);
    }
    Ok(())
}

/// Writes the records behind the head's place, and tells how many they are.
fn write_records(
    list: &RevocationList<'_>,
    new: &NewFile,
    head_length: u64,
    index: &Path,
) -> Result<(Blocks, u64), CrlIndexError> {
    let broken = |_| CrlIndexError::new(index, IndexProblem::Damaged("order of its records"));
    let refused = |error| CrlIndexError::new(index, IndexProblem::List(error));
    let fault = |error| new.fault(error);
    let mut writer = BufWriter::with_capacity(BUFFER_LENGTH, &new.file);
    writer.seek(SeekFrom::Start(head_length)).map_err(fault)?;
    let mut blocks = Blocks::for_records(usize::try_from(list.header().entries).unwrap_or(0));
    let mut block = Vec::with_capacity(BLOCK_LENGTH);
    let mut records = 0;
    for entry in list.in_order().map_err(refused)? {
        let entry = entry.map_err(refused)?;
        block.extend_from_slice(&record::write(entry.serial, entry.revoked));
        records += 1;
        if block.len() == BLOCK_LENGTH {
            blocks.push(&block).map_err(broken)?;
            writer.write_all(&block).map_err(fault)?;
            block.clear();
        }
    }
    if !block.is_empty() {
        blocks.push(&block).map_err(broken)?;
        writer.write_all(&block).map_err(fault)?;
    }
    writer.flush().map_err(fault)?;
    Ok((blocks, records))
}
