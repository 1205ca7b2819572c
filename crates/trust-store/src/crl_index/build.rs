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
        goes_on(list.header(), signer, is_weak, &standing.index.head).map_err(refused)?;
    }
    // The same list again: what was before it stays what was before. And what is not the index itself is there already.
    let kept = standing
        .filter(|standing| standing.is_in_place)
        .map(|standing| standing.index)
        .filter(|index| index.head.list.sha256 != list.header().sha256);
    let mut head = Head {
        list: list.header().clone(),
        scope_der: list.scope_der().map(<[u8]>::to_vec),
        signer_key_sha256: signer.key_sha256(),
        is_weak,
        fetched_at,
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
    let file = place.put(new, kept.as_ref())?;
    Ok(CrlIndex {
        file,
        head,
        head_length,
        blocks,
    })
}

/// What a list must not go back behind.
struct Standing {
    index: CrlIndex,
    /// Whether it is the index itself, not the one before it.
    is_in_place: bool,
}

/// The index in place; where that is damaged the one before it, so that damage does not open the way back.
fn standing(index: &Path) -> Result<Option<Standing>, CrlIndexError> {
    for (path, is_in_place) in [(index, true), (&place::previous(index), false)] {
        match CrlIndex::open(path) {
            Ok(index) => return Ok(Some(Standing { index, is_in_place })),
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
fn goes_on(
    list: &CrlHeader,
    signer: &Certificate,
    is_weak: bool,
    standing: &Head,
) -> Result<(), IndexProblem> {
    let known = &standing.list;
    if list.issuer != known.issuer {
        return Err(IndexProblem::OtherIssuer);
    }
    // Two authorities can have one name.
    if signer.key_sha256() != standing.signer_key_sha256 {
        return Err(IndexProblem::OtherSigner);
    }
    if list.scope != known.scope {
        return Err(IndexProblem::OtherScope);
    }
    if is_weak && !standing.is_weak {
        return Err(IndexProblem::Signature(ListFault::Weak));
    }
    // None is before any number.
    if list.number < known.number {
        return Err(IndexProblem::NumberGoesBack);
    }
    if list.this_update < known.this_update {
        return Err(IndexProblem::TimeGoesBack);
    }
    // Which of two is the later one cannot be told.
    let is_as_late = (&list.number, list.this_update) == (&known.number, known.this_update);
    if is_as_late && list.sha256 != known.sha256 {
        return Err(IndexProblem::NumberReused);
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
