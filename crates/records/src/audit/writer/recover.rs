//! After an interruption: bytes that make no record are put aside and taken off the end, and a record says so.
//!
//! Not here: telling an interruption from tampering (`reach.rs`).

use std::io::Read as _;

use super::super::folder::{make, open_to_read, open_to_write};
use super::super::line::{RecoveredLine, TornFile, What};
use super::super::reach::{Reached, TORN_MAX, Torn};
use super::super::{AuditError, Digest, Recovered};
use super::Writer;

/// Most files that are put aside before one record.
const FILES_MAX: usize = 16;

impl Writer {
    /// What was put aside by somebody who was interrupted before he could say so.
    pub(super) fn left_aside(&self) -> Result<Vec<TornFile>, AuditError> {
        let next = self.chain.sequence.saturating_add(1);
        let mut left = Vec::new();
        for name in (0..FILES_MAX).map(|turn| name(next, turn)) {
            let path = self.folder.torn(&name);
            if path.try_exists().unwrap_or(true) {
                let bytes = read(&path, 0)?;
                left.push(torn_file(name, &bytes));
            }
        }
        Ok(left)
    }

    /// Mends the end of the log, as it was reached, and says so in a record; does nothing where nothing is to be said.
    pub(super) fn recover(&mut self, reached: &Reached, mut torn: Vec<TornFile>) -> Result<(), AuditError> {
        if let Some(left) = &reached.torn {
            torn.extend(self.put_aside(left)?);
            self.take_off(left)?;
        }
        if torn.is_empty() && reached.unacknowledged == 0 {
            return Ok(());
        }
        let said = RecoveredLine {
            unacknowledged: reached.unacknowledged,
            torn,
        };
        let now = (self.sources.now)();
        let mut chain = self.chain;
        let mut bytes = chain
            .add(now, What::Recovered(said.clone()))
            .ok_or(AuditError::TooLong)?;
        let signed = chain.add_checkpoint(&self.keys.checkpoint, now);
        bytes.extend(signed.ok_or(AuditError::TooLong)?);
        let sequence = self.chain.sequence.saturating_add(1);
        self.commit(&bytes, chain)?;
        self.recovered = Some(Recovered {
            sequence,
            unacknowledged: said.unacknowledged,
            torn: said.torn,
        });
        Ok(())
    }

    /// Copies the bytes into a file beside the log, on the disk.
    fn put_aside(&self, left: &Torn) -> Result<Option<TornFile>, AuditError> {
        let bytes = read(&self.folder.segment(left.segment), left.offset)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let next = self.chain.sequence.saturating_add(1);
        for name in (0..FILES_MAX).map(|turn| name(next, turn)) {
            let path = self.folder.torn(&name);
            if !path.try_exists().unwrap_or(true) {
                make(&path, &bytes)?;
                self.folder.sync()?;
                return Ok(Some(torn_file(name, &bytes)));
            }
            if read(&path, 0)? == bytes {
                // Put aside before, and named already.
                return Ok(None);
            }
        }
        Err(AuditError::Exists(self.folder.torn(&name(next, 0))))
    }

    fn take_off(&self, left: &Torn) -> Result<(), AuditError> {
        let path = self.folder.segment(left.segment);
        let unwritable = |error| AuditError::write(&path, &error);
        if left.offset == 0 {
            // It was being made, and has no line yet.
            std::fs::remove_file(&path).map_err(unwritable)?;
            return self.folder.sync();
        }
        let file = open_to_write(&path)?;
        file.set_len(left.offset).map_err(unwritable)?;
        file.sync_all().map_err(unwritable)
    }
}

fn name(sequence: u64, turn: usize) -> String {
    if turn == 0 {
        format!("torn-{sequence}.bin")
    } else {
        format!("torn-{sequence}-{turn}.bin")
    }
}

fn torn_file(file: String, bytes: &[u8]) -> TornFile {
    TornFile {
        file,
        bytes: bytes.len() as u64,
        sha256: Digest::of(bytes),
    }
}

fn read(path: &std::path::Path, offset: u64) -> Result<Vec<u8>, AuditError> {
    use std::io::Seek as _;
    let unreadable = |error| AuditError::read(path, &error);
    let mut file = open_to_read(path)?;
    file.seek(std::io::SeekFrom::Start(offset)).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(TORN_MAX.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    Ok(bytes)
}
