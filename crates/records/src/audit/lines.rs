//! Reads a segment line by line, with no more in memory than a line and a buffer.
//!
//! Not here: what a line says.

use std::io::{BufRead, BufReader, Error, Read, Seek as _, SeekFrom};

use std::fs::File;

use super::AuditError;
use super::folder::{Folder, open_to_read};
use super::line::{LINE_LENGTH_MAX, later_format};

/// What is read next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// A line, with its end.
    Whole,
    /// Bytes with no end of line behind them, up to the end.
    Unfinished,
    /// Longer than any line.
    TooLong,
    /// Nothing.
    End,
}

/// The lines of a segment from a byte on, up to another.
pub(super) struct Lines {
    from: BufReader<std::io::Take<File>>,
    /// The last line, without its end.
    pub(super) bytes: Vec<u8>,
    /// Where it begins.
    pub(super) offset: u64,
    /// Which it is, from 1, counted from where reading began.
    pub(super) number: u64,
    next: u64,
}

/// That no segment was begun by a later version: asked for of the first and of the last, before anything else is read, since what
/// a later version writes would be told to be altered.
pub(super) fn check_format(folder: &Folder, segments: &[u32]) -> Result<(), AuditError> {
    for number in segments.first().into_iter().chain(segments.last()) {
        let path = folder.segment(*number);
        let unreadable = |error| AuditError::read(&path, &error);
        let file = open_to_read(&path)?;
        let mut lines = Lines::new(file, 0, LINE_LENGTH_MAX as u64).map_err(unreadable)?;
        if lines.next().map_err(unreadable)? == Next::Whole
            && let Some(format) = later_format(&lines.bytes)
        {
            return Err(AuditError::OtherFormat(format));
        }
    }
    Ok(())
}

impl Lines {
    /// From this byte up to that one.
    pub(super) fn new(mut file: File, from: u64, to: u64) -> Result<Self, Error> {
        file.seek(SeekFrom::Start(from))?;
        Ok(Self {
            from: BufReader::with_capacity(1 << 16, file.take(to.saturating_sub(from))),
            bytes: Vec::with_capacity(2048),
            offset: from,
            number: 0,
            next: from,
        })
    }

    /// Reads the next line.
    pub(super) fn next(&mut self) -> Result<Next, Error> {
        self.bytes.clear();
        self.offset = self.next;
        let cap = LINE_LENGTH_MAX as u64;
        let read = self.from.by_ref().take(cap).read_until(b'\n', &mut self.bytes)?;
        if read == 0 {
            return Ok(Next::End);
        }
        self.number = self.number.saturating_add(1);
        self.next = self.next.saturating_add(read as u64);
        if self.bytes.last() == Some(&b'\n') {
            self.bytes.pop();
            return Ok(Next::Whole);
        }
        if read < LINE_LENGTH_MAX {
            return Ok(Next::Unfinished);
        }
        Ok(Next::TooLong)
    }

    /// Goes on behind the end of a line that is too long; says whether it has an end.
    pub(super) fn skip(&mut self) -> Result<bool, Error> {
        loop {
            let (used, is_end) = {
                let buffer = self.from.fill_buf()?;
                match buffer.iter().position(|byte| *byte == b'\n') {
                    Some(place) => (place.saturating_add(1), true),
                    None => (buffer.len(), false),
                }
            };
            self.from.consume(used);
            self.next = self.next.saturating_add(used as u64);
            if is_end || used == 0 {
                return Ok(is_end);
            }
        }
    }

    /// Behind the last line.
    pub(super) fn end(&self) -> u64 {
        self.next
    }
}
