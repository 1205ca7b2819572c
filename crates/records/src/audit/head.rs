//! The head: how far the log has come that was acknowledged, signed, in a file that is replaced as a whole.
//!
//! `varco-audit-head 1 LOG SEQUENCE HASH INSTANT KEY SIGNATURE` and an end of line. Its first word tells it from a checkpoint:
//! whoever finds a checkpoint in the log cannot make a head of it, and so has none of before unless he kept one.
//!
//! Not here: holding it against the log.

use std::io::{ErrorKind, Read as _};

use super::checkpoint::{Checkpoint, TEXT_LENGTH_MAX};
use super::folder::{Folder, make, open_to_read, take_away};
use super::{AuditError, Fault};

/// Reads the head.
pub(super) fn read_head(folder: &Folder) -> Result<Result<Checkpoint, Fault>, AuditError> {
    let path = folder.head();
    let mut bytes = Vec::with_capacity(TEXT_LENGTH_MAX);
    match open_to_read(&path) {
        Ok(file) => {
            let length_max = TEXT_LENGTH_MAX as u64;
            let read = file.take(length_max.saturating_add(2)).read_to_end(&mut bytes);
            read.map_err(|error| AuditError::read(&path, &error))?;
            Ok(parse_head(&bytes))
        }
        Err(AuditError::Read {
            kind: ErrorKind::NotFound,
            ..
        }) => Ok(Err(Fault::HeadMissing)),
        Err(error) => Err(error),
    }
}

fn parse_head(bytes: &[u8]) -> Result<Checkpoint, Fault> {
    let text = str::from_utf8(bytes)
        .ok()
        .and_then(|text| text.strip_suffix('\n'));
    text.and_then(Checkpoint::parse_head).ok_or(Fault::HeadDamaged)
}

/// Writes a newer word beside the head, on the disk: so that there is room for it before there is a record that needs it.
pub(super) fn prepare_head(folder: &Folder, word: &Checkpoint) -> Result<(), AuditError> {
    let new = folder.new_head();
    // What somebody who was interrupted left there is taken away, whatever it is: nothing is written into what is there.
    take_away(&new)?;
    make(&new, format!("{word}\n").as_bytes()).map(|_| ())
}

/// Puts the word that was prepared in the place of the head: at every instant one of the two is there, whole. Once this returns
/// it is durable.
pub(super) fn place_head(folder: &Folder) -> Result<(), AuditError> {
    let path = folder.head();
    std::fs::rename(folder.new_head(), &path).map_err(|error| AuditError::write(&path, &error))?;
    folder.sync()
}
