//! Whether a record follows those before it.
//!
//! Not here: files, and the head.

use jiff::Timestamp;

use super::checkpoint::{Checkpoint, Kind};
use super::line::{DecisionLine, FORMAT, KeysLine, Line, SegmentLine, What};
use super::{CheckpointKey, Digest, Fault, LogId};

/// A log up to one of its records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Chain {
    /// The log.
    pub(super) log: LogId,
    /// The last record.
    pub(super) sequence: u64,
    /// Its hash.
    pub(super) hash: Digest,
    /// The segment that it stands in.
    pub(super) segment: u32,
    /// Keys in use after it.
    pub(super) keys: KeysLine,
    /// Records since the last checkpoint.
    pub(super) unsigned: u64,
}

impl Chain {
    /// A new log: before its first record.
    pub(super) fn first(log: LogId, keys: KeysLine, at: Timestamp) -> Option<(Self, Vec<u8>)> {
        let zero = Digest::from_bytes([0; 32]);
        let what = What::Segment(SegmentLine {
            format: FORMAT,
            log,
            segment: 1,
            keys,
        });
        let (line, bytes) = Line::make(0, zero, at, what)?;
        Some((Self::begin(&line, 1).ok()?, bytes))
    }

    /// Begins at the first line of a segment, whatever was before.
    pub(super) fn begin(line: &Line, segment: u32) -> Result<Self, Fault> {
        let What::Segment(begin) = &line.what else {
            return Err(Fault::SegmentLine);
        };
        let is_first = line.seq == 0;
        let is_apt = begin.segment == segment
            && begin.format == FORMAT
            && (segment == 1) == is_first
            && is_first == (line.prev == Digest::from_bytes([0; 32]));
        if !is_apt {
            return Err(Fault::SegmentLine);
        }
        Ok(Self {
            log: begin.log,
            sequence: line.seq,
            hash: line.hash,
            segment,
            keys: begin.keys,
            unsigned: 1,
        })
    }

    /// Takes the next line, which stands in this segment, as its first line or not.
    pub(super) fn follow(&mut self, line: &Line, segment: u32) -> Result<(), Fault> {
        if self.sequence.checked_add(1) != Some(line.seq) {
            return Err(Fault::Sequence);
        }
        if line.prev != self.hash {
            return Err(Fault::Chain);
        }
        let mut next = *self;
        next.unsigned = next.unsigned.saturating_add(1);
        match &line.what {
            What::Segment(begin) => next.take_segment(begin, line, segment)?,
            _ if segment != self.segment => return Err(Fault::SegmentLine),
            What::Decision(decision) => self.check_keys(decision)?,
            What::Checkpoint(signed) => {
                let checkpoint = Checkpoint {
                    log: self.log,
                    sequence: self.sequence,
                    hash: self.hash,
                    at: line.at,
                    key: signed.key,
                    kind: Kind::Checkpoint,
                    signature: signed.signature,
                };
                if !checkpoint.is_signed_by(&self.keys.checkpoint) {
                    return Err(Fault::Signature);
                }
                next.unsigned = 0;
            }
            What::Keys(keys) => next.keys = *keys,
            What::Recovered(_) => {}
        }
        next.sequence = line.seq;
        next.hash = line.hash;
        *self = next;
        Ok(())
    }

    fn take_segment(&mut self, begin: &SegmentLine, line: &Line, segment: u32) -> Result<(), Fault> {
        if begin.log != self.log {
            return Err(Fault::OtherLog);
        }
        if self.segment.checked_add(1) != Some(segment) || begin.keys != self.keys {
            return Err(Fault::SegmentLine);
        }
        Self::begin(line, segment)?;
        self.segment = segment;
        Ok(())
    }

    fn check_keys(&self, decision: &DecisionLine) -> Result<(), Fault> {
        let is_apt =
            decision.pseudonym_key == self.keys.pseudonym && decision.auditor_key == self.keys.auditor.id();
        if is_apt { Ok(()) } else { Err(Fault::OtherKey) }
    }

    /// Adds a record of its own; `None` where it is too long, or there is no number left.
    pub(super) fn add(&mut self, at: Timestamp, what: What) -> Option<Vec<u8>> {
        let segment = match &what {
            What::Segment(begin) => begin.segment,
            _ => self.segment,
        };
        let (line, bytes) = Line::make(self.sequence.checked_add(1)?, self.hash, at, what)?;
        self.follow(&line, segment).ok()?;
        Some(bytes)
    }

    /// Adds a checkpoint of what is there.
    pub(super) fn add_checkpoint(&mut self, key: &CheckpointKey, at: Timestamp) -> Option<Vec<u8>> {
        let signed = self.sign(Kind::Checkpoint, key, at);
        let what = What::Checkpoint(super::line::CheckpointLine {
            key: signed.key,
            signature: signed.signature,
        });
        self.add(at, what)
    }

    /// Signs what is there.
    pub(super) fn sign(&self, kind: Kind, key: &CheckpointKey, at: Timestamp) -> Checkpoint {
        Checkpoint::sign(kind, key, (self.log, self.sequence, self.hash), at)
    }
}
