//! The entries of a list sorted by serial number, for those who build something that is searched.
//!
//! Not here: what is built ([`super::HeldList`] in memory; indexes on disk belong to the trust store).

use super::{AllEntries, CrlError, RevokedEntry, SerialNumber, entry};
use crate::der_reader::tag;

/// Entries that are looked at together.
const AHEAD: usize = 64;

/// A serial number with what counts of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderedEntry {
    /// The serial number.
    pub serial: SerialNumber,
    /// What the list says of it.
    pub revoked: RevokedEntry,
    /// Where that stands in the list's entries.
    pub(super) offset: u32,
}

/// Entries in the order of [`SerialNumber`], each serial number once.
///
/// Sorted are pairs of the first eight bytes and the place, 16 bytes each; the entry itself is read again when its turn comes.
#[derive(Debug)]
pub struct InOrder<'a> {
    entries: &'a [u8],
    sorted: std::vec::IntoIter<(u64, u32)>,
    /// Read already, as it ended the serial number before it.
    next: Option<OrderedEntry>,
}

impl<'a> InOrder<'a> {
    pub(super) fn new(entries: &'a [u8], all: AllEntries<'a>, count: u64) -> Result<Self, CrlError> {
        // The list was walked: the count is one of entries that are there.
        let mut sorted = Vec::with_capacity(usize::try_from(count).map_err(|_| CrlError::TooLarge)?);
        for entry in all {
            let entry = entry?;
            if entry.is_of_issuer() {
                let serial = SerialNumber::new(entry.serial()).ok_or(CrlError::Malformed("serial number"))?;
                sorted.push((serial.sort_key(), entry.offset()));
            }
        }
        sorted.sort_unstable_by(|(key, offset), (other_key, other_offset)| {
            key.cmp(other_key)
                .then_with(|| {
                    entry::serial_at(entries, *offset).cmp(&entry::serial_at(entries, *other_offset))
                })
                .then_with(|| offset.cmp(other_offset))
        });
        Ok(Self {
            entries,
            sorted: sorted.into_iter(),
            next: None,
        })
    }

    fn read_next(&mut self) -> Result<Option<OrderedEntry>, CrlError> {
        if self.sorted.len().is_multiple_of(AHEAD) {
            self.look_ahead()?;
        }
        let Some((_, offset)) = self.sorted.next() else {
            return Ok(None);
        };
        let found = entry::at(self.entries, offset);
        let (serial, revoked) = found.ok_or(CrlError::Malformed("structure of an entry"))?;
        Ok(Some(OrderedEntry {
            serial,
            revoked,
            offset,
        }))
    }

    /// That the next entries begin as entries do. They stand anywhere in the list, and asked one after the other each would
    /// be waited for: asked for together, the processor fetches them at once.
    fn look_ahead(&self) -> Result<(), CrlError> {
        let next = self.sorted.as_slice().iter().take(AHEAD);
        let begins = |offset: u32| {
            usize::try_from(offset)
                .ok()
                .and_then(|place| self.entries.get(place))
        };
        let all = next.fold(true, |all, (_, offset)| {
            all & (begins(*offset) == Some(&tag::SEQUENCE))
        });
        if all {
            Ok(())
        } else {
            Err(CrlError::Malformed("structure of an entry"))
        }
    }

    fn read_one(&mut self) -> Result<Option<OrderedEntry>, CrlError> {
        let first = match self.next.take() {
            Some(first) => Some(first),
            None => self.read_next()?,
        };
        let Some(mut current) = first else {
            return Ok(None);
        };
        while let Some(following) = self.read_next()? {
            if following.serial != current.serial {
                self.next = Some(following);
                break;
            }
            if current.revoked.stricter(following.revoked) != current.revoked {
                current = following;
            }
        }
        Ok(Some(current))
    }
}

/// An item is an error only where an entry is not what [`super::RevocationList::parse`] walked.
impl Iterator for InOrder<'_> {
    type Item = Result<OrderedEntry, CrlError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read_one().transpose()
    }
}
