//! The head of an index: what the list said of itself, who signed it, and what the records must be.
//!
//! Numbers are big-endian, instants whole seconds. Not here: the records.

use sha2::{Digest as _, Sha256};
use varco_pki::{CRL_LENGTH_MAX, CrlHeader, CrlNumber, CrlScope, Timestamp};

use super::IndexProblem;
use super::record::{RECORD_LENGTH, instant};

const MAGIC: &[u8; 8] = b"VARCOCRL";
/// Of this layout.
const VERSION: u32 = 1;
/// Bytes that tell how long the head is.
pub(super) const START_LENGTH: usize = 16;
/// Longest head: a list's issuer has 16 KiB at most, its extensions 64 KiB.
const HEAD_LENGTH_MAX: usize = 128 * 1024;
/// Fewest bytes of an entry in a list.
const ENTRY_LENGTH_MIN: usize = 20;
/// Most records: those of the longest list.
const RECORDS_MAX: u64 = (CRL_LENGTH_MAX / ENTRY_LENGTH_MIN) as u64;
const DIGEST_LENGTH: usize = 32;

const WEAK: u8 = 1;
const UNKNOWN_CRITICAL: u8 = 1 << 1;
const HAS_NEXT_UPDATE: u8 = 1 << 2;
const HAS_NUMBER: u8 = 1 << 3;
const HAS_KEY_IDENTIFIER: u8 = 1 << 4;
const HAS_SCOPE: u8 = 1 << 5;
const ALL_FLAGS: u8 = (1 << 6) - 1;

/// A head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) list: CrlHeader,
    /// The scope's extension as the list has it.
    pub(super) scope_der: Option<Vec<u8>>,
    pub(super) signer_key_sha256: [u8; 32],
    pub(super) is_weak: bool,
    pub(super) fetched_at: Timestamp,
    pub(super) records: u64,
    pub(super) records_sha256: [u8; 32],
}

impl Head {
    /// Its bytes. How many they are does not depend on the records.
    pub(super) fn write(&self) -> Result<Vec<u8>, IndexProblem> {
        let list = &self.list;
        let flag = |bit: u8, set: bool| if set { bit } else { 0 };
        let flags = flag(WEAK, self.is_weak)
            | flag(UNKNOWN_CRITICAL, list.has_unknown_critical)
            | flag(HAS_NEXT_UPDATE, list.next_update.is_some())
            | flag(HAS_NUMBER, list.number.is_some())
            | flag(HAS_KEY_IDENTIFIER, list.authority_key_identifier.is_some())
            | flag(HAS_SCOPE, self.scope_der.is_some());
        let mut body = vec![flags];
        body.extend(self.records.to_be_bytes());
        body.extend(self.records_sha256);
        body.extend(list.entries.to_be_bytes());
        body.extend(list.sha256);
        body.extend(self.signer_key_sha256);
        let next_update = list.next_update.unwrap_or(Timestamp::UNIX_EPOCH);
        for instant in [list.this_update, next_update, self.fetched_at] {
            body.extend(instant.as_second().to_be_bytes());
        }
        let number = list.number.as_ref().map(CrlNumber::as_bytes);
        let parts = [
            Some(list.issuer.as_slice()),
            number,
            list.authority_key_identifier.as_deref(),
            self.scope_der.as_deref(),
        ];
        for part in parts {
            let part = part.unwrap_or_default();
            let length = u32::try_from(part.len()).map_err(|_| IndexProblem::OtherFormat)?;
            body.extend(length.to_be_bytes());
            body.extend(part);
        }
        let total = START_LENGTH + body.len() + DIGEST_LENGTH;
        if total > HEAD_LENGTH_MAX {
            return Err(IndexProblem::OtherFormat);
        }
        let total = u32::try_from(total).map_err(|_| IndexProblem::OtherFormat)?;
        let mut bytes = [&MAGIC[..], &VERSION.to_be_bytes(), &total.to_be_bytes(), &body].concat();
        bytes.extend(Sha256::digest(&bytes));
        Ok(bytes)
    }

    /// How long the head is that starts so.
    pub(super) fn length(start: &[u8; START_LENGTH]) -> Result<usize, IndexProblem> {
        let mut bytes = Bytes(start);
        let (magic, version) = (bytes.array::<8>(), bytes.array().map(u32::from_be_bytes));
        if magic != Some(*MAGIC) || version != Some(VERSION) {
            return Err(IndexProblem::OtherFormat);
        }
        let length = bytes.array().map(u32::from_be_bytes);
        match length.and_then(|length| usize::try_from(length).ok()) {
            Some(length) if (START_LENGTH + DIGEST_LENGTH..=HEAD_LENGTH_MAX).contains(&length) => Ok(length),
            _ => Err(IndexProblem::Damaged("length of its head")),
        }
    }

    /// Out of all its bytes.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, IndexProblem> {
        let (before, digest) = bytes
            .split_last_chunk::<DIGEST_LENGTH>()
            .ok_or(IndexProblem::Damaged("head"))?;
        if *digest != <[u8; DIGEST_LENGTH]>::from(Sha256::digest(before)) {
            return Err(IndexProblem::Damaged("head"));
        }
        let body = before.get(START_LENGTH..).unwrap_or_default();
        Self::read_body(Bytes(body)).ok_or(IndexProblem::Damaged("head"))
    }

    fn read_body(mut bytes: Bytes<'_>) -> Option<Self> {
        let [flags] = bytes.array()?;
        let is_set = |bit: u8| flags & bit != 0;
        let records = u64::from_be_bytes(bytes.array()?);
        let records_sha256 = bytes.array()?;
        let entries = u64::from_be_bytes(bytes.array()?);
        let sha256 = bytes.array()?;
        let signer_key_sha256 = bytes.array()?;
        let mut time = || instant(i64::from_be_bytes(bytes.array()?));
        let (this_update, next_update, fetched_at) = (time()?, time()?, time()?);
        let issuer = bytes.part()?.to_vec();
        let mut optional = |bit: u8| {
            let part = bytes.part()?;
            // What is not there has no bytes.
            (is_set(bit) || part.is_empty()).then(|| is_set(bit).then_some(part))
        };
        let number = optional(HAS_NUMBER)?;
        let key_identifier = optional(HAS_KEY_IDENTIFIER)?;
        let scope_der = optional(HAS_SCOPE)?;
        if !bytes.0.is_empty() || flags > ALL_FLAGS || records > RECORDS_MAX || entries < records {
            return None;
        }
        let number = match number {
            None => None,
            Some([0, ..]) => return None,
            // A zero in front, as what begins with a high bit would be negative.
            Some(number) => Some(CrlNumber::new(&[&[0], number].concat())?),
        };
        let scope = match scope_der {
            Some(der) => CrlScope::from_der(der).ok()?,
            None => CrlScope::WHOLE,
        };
        Some(Self {
            list: CrlHeader {
                issuer,
                this_update,
                next_update: is_set(HAS_NEXT_UPDATE).then_some(next_update),
                number,
                authority_key_identifier: key_identifier.map(<[u8]>::to_vec),
                scope,
                is_delta: false,
                has_unknown_critical: is_set(UNKNOWN_CRITICAL),
                sha256,
                entries,
            },
            scope_der: scope_der.map(<[u8]>::to_vec),
            signer_key_sha256,
            is_weak: is_set(WEAK),
            fetched_at,
            records,
            records_sha256,
        })
    }

    /// Bytes of all records.
    pub(super) fn records_length(&self) -> u64 {
        // No overflow: RECORDS_MAX bounds them.
        self.records * RECORD_LENGTH as u64
    }
}

/// What is still to be read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    /// Bytes behind their length.
    fn part(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(u32::from_be_bytes(self.array()?)).ok()?;
        let (part, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(part)
    }
}
