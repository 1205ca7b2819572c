//! From a place in the log that is known to its end: what is whole, what was acknowledged, and what an interruption left.
//!
//! Nothing behind the record that the head speaks about was ever acknowledged. So what cannot be read there was being written
//! when the program, the system or the power ended; what cannot be read before it was altered.
//!
//! Not here: mending it (`writer/recover.rs`), and telling everything that is wrong ([`super::verify`]).

use super::chain::Chain;
use super::folder::{Folder, open_to_read};
use super::line::{LINE_LENGTH_MAX, Line, RecoveredLine, What};
use super::lines::{Lines, Next};
use super::{AuditError, Checkpoint, Fault, Finding};

/// Most decisions that are written at once.
pub(super) const BATCH_MAX: usize = 64;
/// Most records that can be whole behind the head with nothing signed behind them: what is written at once, with a checkpoint or
/// what is said after an interruption.
pub(super) const BEYOND_MAX: u64 = BATCH_MAX as u64 + 4;
/// Most bytes that an interruption can leave.
pub(super) const TORN_MAX: u64 = BEYOND_MAX * LINE_LENGTH_MAX as u64;

/// Bytes behind the last whole record that make none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Torn {
    /// The segment.
    pub segment: u32,
    /// The first of them.
    pub offset: u64,
    /// How many.
    pub bytes: u64,
}

/// A place in the log: behind a record, or before the first line of a segment.
#[derive(Debug, Clone, Copy)]
pub(super) struct From {
    pub(super) segment: u32,
    pub(super) offset: u64,
    pub(super) chain: Option<Chain>,
}

/// The end of the log.
#[derive(Debug, Clone)]
pub(super) struct Reached {
    /// The last whole record.
    pub(super) chain: Chain,
    /// Behind it in its segment.
    pub(super) length: u64,
    /// What is behind that.
    pub(super) torn: Option<Torn>,
    /// Whole records that were not acknowledged.
    pub(super) unacknowledged: u64,
    /// What the last records say, where these are the ones that mending ends with, signed: only the head was not reached.
    pub(super) mended: Option<(u64, RecoveredLine)>,
}

/// The records behind the head. Each mending that was interrupted leaves two more, of which the second is signed: who has no
/// key cannot add those, so they are as many as they may be.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Beyond {
    /// All of them.
    pub(super) count: u64,
    /// Those that no signature stands behind.
    loose: u64,
    is_after_recovered: bool,
    is_too_far: bool,
}

impl Beyond {
    /// One more that is whole and follows.
    pub(super) fn take(&mut self, what: &What) {
        self.count = self.count.saturating_add(1);
        self.loose = self.loose.saturating_add(1);
        if self.is_after_recovered && matches!(what, What::Checkpoint(_)) {
            self.loose = 0;
        }
        self.is_after_recovered = matches!(what, What::Recovered(_));
        self.is_too_far |= self.loose > BEYOND_MAX;
    }

    /// Whether they are more than an interruption explains.
    pub(super) fn is_too_far(&self) -> bool {
        self.is_too_far
    }
}

/// How far it was right before a record that says what was mended.
#[derive(Debug, Clone)]
struct Before {
    chain: Chain,
    length: u64,
    beyond: Beyond,
    said: RecoveredLine,
}

/// What a line is held against.
struct Follower<'h> {
    head: &'h Checkpoint,
    chain: Option<Chain>,
    length: u64,
    is_passed: bool,
    beyond: Beyond,
    /// Behind the head, a record was the last that says what was mended: it counts with the checkpoint that was written with it.
    mending: Option<Before>,
    mended: Option<(u64, RecoveredLine)>,
    /// The length of the segment that is read.
    to: u64,
}

/// Goes to the end of the log. The lock is held.
pub(super) fn reach(folder: &Folder, from: From, head: &Checkpoint) -> Result<Reached, AuditError> {
    let mut follower = Follower {
        head,
        chain: from.chain,
        length: from.offset,
        is_passed: from.chain.is_some_and(|chain| chain.sequence == head.sequence),
        beyond: Beyond::default(),
        mending: None,
        mended: None,
        to: from.offset,
    };
    let mut segment = from.segment;
    let mut offset = from.offset;
    let torn = loop {
        let path = folder.segment(segment);
        let is_there = path
            .try_exists()
            .map_err(|error| AuditError::read(&path, &error))?;
        if !is_there {
            break None;
        }
        if let Some(torn) = follower.take_segment(folder, segment, offset)? {
            break Some(torn);
        }
        offset = 0;
        segment = segment.saturating_add(1);
    };
    follower.end(folder, torn)
}

impl Follower<'_> {
    fn take_segment(&mut self, folder: &Folder, segment: u32, from: u64) -> Result<Option<Torn>, AuditError> {
        let path = folder.segment(segment);
        let unreadable = |error| AuditError::read(&path, &error);
        let file = open_to_read(&path)?;
        let to = file.metadata().map_err(unreadable)?.len();
        let mut lines = Lines::new(file, from, to).map_err(unreadable)?;
        self.to = to;
        loop {
            let taken = match lines.next().map_err(unreadable)? {
                Next::Whole => Line::parse(&lines.bytes).and_then(|line| self.take(&line, segment)),
                // A segment that has no line yet was being made.
                Next::End if lines.offset == 0 => Err(Fault::SegmentLine),
                Next::End => return Ok(None),
                Next::Unfinished => Err(Fault::LineForm),
                Next::TooLong => Err(Fault::LineTooLong),
            };
            let torn = Torn {
                segment,
                offset: lines.offset,
                bytes: to.saturating_sub(lines.offset),
            };
            match taken {
                Ok(()) => self.length = lines.end(),
                Err(_) if self.is_passed && torn.bytes <= TORN_MAX => return Ok(Some(torn)),
                Err(fault) => {
                    let line = if from == 0 { lines.number } else { 0 };
                    return Err(self.altered(fault, (segment, line, lines.offset)));
                }
            }
            if self.beyond.is_too_far() {
                return Err(self.altered(Fault::HeadBehind, (segment, 0, lines.offset)));
            }
        }
    }

    fn take(&mut self, line: &Line, segment: u32) -> Result<(), Fault> {
        // Keys that nobody was told of are not in use: to change them is to be asked for again.
        if self.is_passed && matches!(line.what, What::Keys(_)) {
            return Err(Fault::OtherKey);
        }
        if self.mending.is_some() && !matches!(line.what, What::Checkpoint(_)) {
            return Err(Fault::Signature);
        }
        let mut chain = match self.chain {
            Some(chain) => chain,
            None => {
                let chain = Chain::begin(line, segment)?;
                // What keys it names is to be held against what is before it, where nobody without a key writes.
                if chain.sequence > self.head.sequence {
                    return Err(Fault::HeadBehind);
                }
                chain
            }
        };
        if self.chain.is_some() {
            chain.follow(line, segment)?;
        }
        if self.is_passed {
            self.mended = self
                .mending
                .take()
                .map(|before| (before.chain.sequence.saturating_add(1), before.said));
            if let (What::Recovered(said), Some(before)) = (&line.what, self.chain) {
                self.mending = Some(Before {
                    chain: before,
                    length: self.length,
                    beyond: self.beyond,
                    said: said.clone(),
                });
            }
            self.beyond.take(&line.what);
        } else if chain.sequence == self.head.sequence {
            check_head(self.head, &chain)?;
            self.is_passed = true;
        }
        self.chain = Some(chain);
        Ok(())
    }

    /// Goes back to before a mending of which not all was written: it is done again, and says the same.
    fn go_back(&mut self, torn: Option<Torn>) -> Result<Option<Torn>, AuditError> {
        let Some(before) = self.mending.take() else {
            return Ok(torn);
        };
        let segment = before.chain.segment;
        self.chain = Some(before.chain);
        self.length = before.length;
        self.beyond = before.beyond;
        let bytes = self.to.saturating_sub(before.length);
        if torn.is_some_and(|torn| torn.segment != segment) || bytes > TORN_MAX {
            return Err(self.altered(Fault::LineForm, (segment, 0, before.length)));
        }
        Ok(Some(Torn {
            segment,
            offset: before.length,
            bytes,
        }))
    }

    fn end(mut self, folder: &Folder, torn: Option<Torn>) -> Result<Reached, AuditError> {
        let torn = self.go_back(torn)?;
        let place = (self.chain.map_or(0, |chain| chain.segment), 0, self.length);
        let Some(chain) = self.chain.filter(|_| self.is_passed) else {
            return Err(self.altered(Fault::Truncated, place));
        };
        if let Some(torn) = torn {
            let next = folder.segment(torn.segment.saturating_add(1));
            if next.try_exists().unwrap_or(true) {
                return Err(self.altered(Fault::LineForm, (torn.segment, 0, torn.offset)));
            }
        }
        Ok(Reached {
            chain,
            length: self.length,
            torn,
            unacknowledged: self.beyond.count,
            mended: self.mended.filter(|_| torn.is_none()),
        })
    }

    fn altered(&self, fault: Fault, (segment, line, offset): (u32, u64, u64)) -> AuditError {
        AuditError::Altered(Finding {
            fault,
            segment,
            line,
            offset,
            sequence: self.chain.map_or(0, |chain| chain.sequence.saturating_add(1)),
        })
    }
}

/// That a head speaks about this very record, and is signed by the key that is in use behind it.
pub(super) fn check_head(head: &Checkpoint, chain: &Chain) -> Result<(), Fault> {
    if head.log != chain.log || head.hash != chain.hash || head.sequence != chain.sequence {
        return Err(Fault::HeadDiffers);
    }
    if !head.is_signed_by(&chain.keys.checkpoint) {
        return Err(Fault::HeadSignature);
    }
    Ok(())
}
