//! Records in blocks of 32, of which memory keeps the first serial number and a digest: a search reads one block.
//!
//! What is read later is held against the digest, so an index that was changed in place after it was opened is noticed. Not
//! here: the file.

use sha2::{Digest as _, Sha256};
use varco_pki::{RevokedEntry, SerialNumber};

use super::record::{self, RECORD_LENGTH, RecordSerial, SERIAL_LENGTH};

/// Records of a block.
const RECORDS: usize = 32;
/// Bytes of a whole block.
pub(super) const BLOCK_LENGTH: usize = RECORDS * RECORD_LENGTH;
/// Bytes kept of a block's SHA-256: against accidents and tampering in place, for as long as a process has the index open.
const DIGEST_LENGTH: usize = 16;

/// Records that are no records, or not in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotRecords;

struct Block {
    first: RecordSerial,
    digest: [u8; DIGEST_LENGTH],
}

/// All blocks of an index, in their order: 38 bytes of memory for 32 records.
pub(super) struct Blocks {
    blocks: Vec<Block>,
    /// The last serial number so far, which the next must follow.
    last: Option<RecordSerial>,
    all: Sha256,
}

impl Blocks {
    /// None, with room for those of so many records.
    pub(super) fn for_records(records: usize) -> Self {
        Self {
            blocks: Vec::with_capacity(records.div_ceil(RECORDS)),
            last: None,
            all: Sha256::new(),
        }
    }

    /// Takes the next block: whole, unless it is the last.
    pub(super) fn push(&mut self, block: &[u8]) -> Result<(), NotRecords> {
        let (records, rest) = block.as_chunks::<RECORD_LENGTH>();
        if !rest.is_empty() {
            return Err(NotRecords);
        }
        for record in records {
            let serial = *record.first_chunk().ok_or(NotRecords)?;
            if record::read(record).is_none() || self.last.is_some_and(|last| last >= serial) {
                return Err(NotRecords);
            }
            self.last = Some(serial);
        }
        let whole: [u8; 32] = Sha256::digest(block).into();
        self.all.update(whole);
        self.blocks.push(Block {
            first: *block.first_chunk().ok_or(NotRecords)?,
            digest: *whole.first_chunk().ok_or(NotRecords)?,
        });
        Ok(())
    }

    /// SHA-256 of the SHA-256 of every block, so that each byte is hashed once.
    pub(super) fn sha256(&self) -> [u8; 32] {
        self.all.clone().finalize().into()
    }

    /// Which block would have this serial number.
    pub(super) fn place_of(&self, serial: &RecordSerial) -> Option<usize> {
        self.blocks
            .partition_point(|block| block.first <= *serial)
            .checked_sub(1)
    }

    /// What a block that was read again says of a serial number.
    pub(super) fn find(
        &self,
        place: usize,
        block: &[u8],
        serial: SerialNumber,
    ) -> Result<Option<RevokedEntry>, NotRecords> {
        let whole: [u8; 32] = Sha256::digest(block).into();
        if self.blocks.get(place).map(|known| &known.digest) != whole.first_chunk() {
            return Err(NotRecords);
        }
        let (records, _) = block.as_chunks::<RECORD_LENGTH>();
        let wanted = serial.to_record();
        let found = records.binary_search_by(|record| {
            let serial: Option<&[u8; SERIAL_LENGTH]> = record.first_chunk();
            serial.cmp(&Some(&wanted))
        });
        let Some(found) = found.ok().and_then(|index| records.get(index)) else {
            return Ok(None);
        };
        let (_, entry) = record::read(found).ok_or(NotRecords)?;
        Ok(Some(entry))
    }
}
