//! The entries of a revocation list, one after the other (RFC 5280 §5.1.2.6, §5.3).
//!
//! Not here: finding one ([`super::HeldList`]).

use super::extensions::{EntryExtensions, names_issuer};
use super::outline::Outline;
use super::{CrlError, RevokedEntry, SerialNumber, time};
use crate::Timestamp;
use crate::der_reader::{DerReader, tag};

/// One entry.
#[derive(Clone, Copy)]
pub struct ListEntry<'a> {
    serial: &'a [u8],
    revoked: RevokedEntry,
    extensions: EntryExtensions<'a>,
    offset: u32,
    is_of_issuer: bool,
}

impl<'a> ListEntry<'a> {
    /// The serial number, the content of its INTEGER as encoded.
    #[must_use]
    pub fn serial(&self) -> &'a [u8] {
        self.serial
    }

    /// What it says.
    #[must_use]
    pub fn revoked(&self) -> RevokedEntry {
        self.revoked
    }

    /// Since when the key is thought to be in other hands, where that is told (RFC 5280 §5.3.2).
    #[must_use]
    pub fn invalid_since(&self) -> Option<Timestamp> {
        self.extensions.invalid_since
    }

    /// Whether it is about a certificate of the list's own issuer. Only an indirect list has others (RFC 5280 §5.3.3).
    #[must_use]
    pub fn is_of_issuer(&self) -> bool {
        self.is_of_issuer
    }

    /// Whether it has a critical extension that is not known here.
    #[must_use]
    pub fn has_unknown_critical(&self) -> bool {
        self.extensions.has_unknown_critical
    }

    /// Where it stands in the list's entries, in bytes.
    pub(super) fn offset(&self) -> u32 {
        self.offset
    }
}

/// Shows what is said, not of whom.
impl std::fmt::Debug for ListEntry<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "ListEntry({:?})", self.revoked)
    }
}

/// All entries in the order of the list. Ends behind the first that is malformed.
#[derive(Clone, Debug)]
pub struct AllEntries<'a> {
    reader: DerReader<'a>,
    /// Bytes of all entries.
    length: usize,
    may_have_extensions: bool,
    is_indirect: bool,
    issuer: &'a [u8],
    /// Whose certificates the entries are about from here on: an entry without an issuer has that of the one before.
    is_of_issuer: bool,
}

impl<'a> AllEntries<'a> {
    pub(super) fn new(outline: &Outline<'a>, is_indirect: bool) -> Self {
        Self {
            reader: DerReader::new(outline.entries),
            length: outline.entries.len(),
            may_have_extensions: outline.is_version_2,
            is_indirect,
            issuer: outline.issuer,
            is_of_issuer: true,
        }
    }

    fn read(&mut self) -> Result<ListEntry<'a>, CrlError> {
        let offset = self.length - self.reader.remaining();
        let offset = u32::try_from(offset).map_err(|_| CrlError::TooLarge)?;
        let (serial, revoked, extensions) = entry(&mut self.reader, self.may_have_extensions)?;
        if let Some(names) = extensions.certificate_issuer {
            if !self.is_indirect {
                return Err(CrlError::Malformed(
                    "certificateIssuer in a list that is not indirect",
                ));
            }
            self.is_of_issuer = names_issuer(names, self.issuer)?;
        }
        Ok(ListEntry {
            serial,
            revoked,
            extensions,
            offset,
            is_of_issuer: self.is_of_issuer,
        })
    }
}

impl<'a> Iterator for AllEntries<'a> {
    type Item = Result<ListEntry<'a>, CrlError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.reader.is_empty() {
            return None;
        }
        let entry = self.read();
        if entry.is_err() {
            self.reader = DerReader::new(&[]);
        }
        Some(entry)
    }
}

type Parts<'a> = (&'a [u8], RevokedEntry, EntryExtensions<'a>);

/// One entry, whoever issued the certificate.
fn entry<'a>(reader: &mut DerReader<'a>, may_have_extensions: bool) -> Result<Parts<'a>, CrlError> {
    let structure = CrlError::in_part("structure of an entry");
    let mut inside = reader.enter(tag::SEQUENCE).map_err(&structure)?;
    let serial = inside.expect(tag::INTEGER).map_err(&structure)?.content;
    if SerialNumber::new(serial).is_none() {
        return Err(CrlError::Malformed("serial number"));
    }
    let date = inside.object().map_err(&structure)?;
    let revoked_at = time::instant(&date).map_err(CrlError::in_part("revocationDate"))?;
    let extensions = match inside.optional(tag::SEQUENCE).map_err(&structure)? {
        None => EntryExtensions::NONE,
        Some(_) if !may_have_extensions => return Err(CrlError::Malformed("extensions in version 1")),
        Some(extensions) => EntryExtensions::read(extensions.content)?,
    };
    inside.end().map_err(&structure)?;
    let reason = extensions.reason;
    Ok((serial, RevokedEntry { revoked_at, reason }, extensions))
}

/// What stands at an offset in a list's entries that were walked before.
pub(super) fn at(entries: &[u8], offset: u32) -> Option<(SerialNumber, RevokedEntry)> {
    let mut reader = DerReader::new(entries.get(usize::try_from(offset).ok()?..)?);
    let (serial, revoked, _) = entry(&mut reader, true).ok()?;
    Some((SerialNumber::new(serial)?, revoked))
}

/// Only the serial number of what stands there.
pub(super) fn serial_at(entries: &[u8], offset: u32) -> Option<SerialNumber> {
    let mut reader = DerReader::new(entries.get(usize::try_from(offset).ok()?..)?);
    let mut inside = reader.enter(tag::SEQUENCE).ok()?;
    SerialNumber::new(inside.expect(tag::INTEGER).ok()?.content)
}
