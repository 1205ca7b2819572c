//! After an interruption: bytes that make no record are put aside and taken off the end, and a record says so.
//!
//! Not here: telling an interruption from tampering (`reach.rs`).

use std::io::Read as _;
use std::path::PathBuf;

use super::super::folder::{make, open_to_read, open_to_write};
use super::super::line::{RecoveredLine, TornFile, What};
use super::super::reach::{Reached, TORN_MAX, Torn};
use super::super::{AuditError, Digest, Recovered};
use super::Writer;

/// Most files that are put aside before one record. The last of them takes what comes later, behind what is in it.
const FILES_MAX: usize = 16;

impl Writer {
    /// What was put aside by somebody who was interrupted before he could say so.
    fn left_aside(&self) -> Result<Vec<TornFile>, AuditError> {
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

    /// Where bytes are put aside first.
    pub(super) fn first_aside(&self) -> PathBuf {
        self.folder.torn(&name(self.chain.sequence.saturating_add(1), 0))
    }

    /// Mends the end of the log, as it was reached, and says so in a record; does nothing where nothing is to be said.
    pub(super) fn recover(&mut self, reached: &Reached) -> Result<(), AuditError> {
        if let Some(left) = &reached.torn {
            self.put_aside(left)?;
        }
        let torn = self.left_aside()?;
        if let Some(left) = &reached.torn {
            self.take_off(left)?;
        }
        if torn.is_empty() && reached.unacknowledged == 0 {
            return Ok(());
        }
        if let (true, Some((sequence, said))) = (torn.is_empty(), reached.mended.clone()) {
            // It is mended, and only the head was not reached: nothing more is said, however often this is interrupted.
            let word = self.prepare_head(&reached.chain)?;
            self.place_head(word)?;
            self.recovered = Some(recovered(sequence, said));
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
        self.recovered = Some(recovered(sequence, said));
        Ok(())
    }

    /// Copies the bytes into a file beside the log, on the disk, if none of this record holds them.
    fn put_aside(&self, left: &Torn) -> Result<(), AuditError> {
        let bytes = read(&self.folder.segment(left.segment), left.offset)?;
        if bytes.is_empty() {
            return Ok(());
        }
        let next = self.chain.sequence.saturating_add(1);
        let mut last = (self.folder.torn(&name(next, 0)), Vec::new());
        for turn in 0..FILES_MAX {
            let path = self.folder.torn(&name(next, turn));
            if !path.try_exists().unwrap_or(true) {
                make(&path, &bytes)?;
                return self.folder.sync();
            }
            let there = read(&path, 0)?;
            if there == bytes || (turn == FILES_MAX.saturating_sub(1) && there.ends_with(&bytes)) {
                // Put aside before, by who was interrupted then.
                return Ok(());
            }
            last = (path, there);
        }
        let (path, mut there) = last;
        if there.len().saturating_add(bytes.len()) as u64 > TORN_MAX {
            there.clear();
        }
        there.extend(bytes);
        self.folder.replace(&path, &there)
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

fn recovered(sequence: u64, said: RecoveredLine) -> Recovered {
    Recovered {
        sequence,
        unacknowledged: said.unacknowledged,
        torn: said.torn,
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
