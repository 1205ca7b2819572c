//! One passage over a whole log, from its first record to its last, with no more in memory than a line.
//!
//! It goes on behind what is wrong, so that all of it is told. Not here: what is made of the records on the way
//! ([`super::verify`], [`super::read`]).

use std::path::Path;

use super::chain::Chain;
use super::checkpoint::Checkpoint;
use super::folder::{Folder, lock_to_read, open_to_read};
use super::head::read_head;
use super::line::{Line, What};
use super::lines::{Lines, Next, check_format};
use super::reach::{Beyond, TORN_MAX, Torn, check_head};
use super::{AuditError, Fault, Finding};

/// Most findings that are told.
pub const FINDINGS_MAX: usize = 1000;

/// What was seen on the way.
pub(super) struct Passage {
    pub(super) head: Option<Checkpoint>,
    /// The last record that was read.
    pub(super) chain: Option<Chain>,
    pub(super) segments: u32,
    pub(super) torn: Option<Torn>,
    pub(super) beyond: Beyond,
    pub(super) findings: Vec<Finding>,
    pub(super) is_more: bool,
    visited: Visited,
    is_passed: bool,
    /// What comes next cannot be held against what was before.
    is_loose: bool,
}

/// Where a line stands.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) segment: u32,
    pub(super) line: u64,
    pub(super) offset: u64,
}

/// What is done with each record: the log up to it, the record, and where it stands.
pub(super) type Visit<'v> = dyn FnMut(&Chain, &Line, Place) -> Result<Vec<Fault>, AuditError> + 'v;

/// Passes over the log as it is when this begins, over all of it that can be read.
pub(super) fn pass(path: &Path, visit: &mut Visit<'_>) -> Result<Passage, AuditError> {
    pass_as(path, Visited::Whatever, visit)
}

/// Passes over the log, and visits nothing from the first record on that is wrong.
pub(super) fn pass_to_fault(path: &Path, visit: &mut Visit<'_>) -> Result<Passage, AuditError> {
    pass_as(path, Visited::BeforeFaults, visit)
}

/// Which records are visited.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Visited {
    Whatever,
    BeforeFaults,
}

fn pass_as(path: &Path, visited: Visited, visit: &mut Visit<'_>) -> Result<Passage, AuditError> {
    let folder = Folder::open(path)?;
    let (head, segments) = snapshot(&folder)?;
    let numbers: Vec<u32> = segments.iter().map(|(number, _)| *number).collect();
    check_format(&folder, &numbers)?;
    if segments.is_empty() && matches!(head, Err(Fault::HeadMissing)) {
        return Err(AuditError::Absent(path.to_path_buf()));
    }
    let mut passage = Passage {
        head: None,
        chain: None,
        segments: u32::try_from(segments.len()).unwrap_or(u32::MAX),
        torn: None,
        beyond: Beyond::default(),
        findings: Vec::new(),
        is_more: false,
        visited,
        is_passed: false,
        is_loose: false,
    };
    match head {
        Ok(head) => passage.head = Some(head),
        Err(fault) => passage.find(
            fault,
            Place {
                segment: 0,
                line: 0,
                offset: 0,
            },
        ),
    }
    let mut expected = 1;
    let last = segments.last().map_or(0, |(number, _)| *number);
    for (number, length) in segments {
        if number != expected {
            passage.find(
                Fault::SegmentMissing,
                Place {
                    segment: expected,
                    line: 0,
                    offset: 0,
                },
            );
            passage.is_loose = true;
        }
        passage.take_segment(&folder, (number, length), number == last, visit)?;
        expected = number.saturating_add(1);
    }
    passage.end();
    Ok(passage)
}

/// Head and lengths of one instant: while nobody adds.
type Snapshot = (Result<Checkpoint, Fault>, Vec<(u32, u64)>);

fn snapshot(folder: &Folder) -> Result<Snapshot, AuditError> {
    // In a copy there may be no lock, and nobody who adds.
    let file = folder.lock_file_if_there();
    let _lock = file.as_ref().map(lock_to_read).transpose()?;
    let head = read_head(folder)?;
    let mut segments = Vec::new();
    for number in folder.segments()? {
        let path = folder.segment(number);
        let about = std::fs::metadata(&path).map_err(|error| AuditError::read(&path, &error))?;
        segments.push((number, about.len()));
    }
    Ok((head, segments))
}

impl Passage {
    pub(super) fn find(&mut self, fault: Fault, place: Place) {
        if self.findings.len() >= FINDINGS_MAX {
            self.is_more = true;
            return;
        }
        self.findings.push(Finding {
            fault,
            segment: place.segment,
            line: place.line,
            offset: place.offset,
            sequence: self.chain.map_or(0, |chain| chain.sequence.saturating_add(1)),
        });
    }

    fn take_segment(
        &mut self,
        folder: &Folder,
        (segment, to): (u32, u64),
        is_last: bool,
        visit: &mut Visit<'_>,
    ) -> Result<(), AuditError> {
        let path = folder.segment(segment);
        let unreadable = |error| AuditError::read(&path, &error);
        let mut lines = Lines::new(open_to_read(&path)?, 0, to).map_err(unreadable)?;
        loop {
            let next = lines.next().map_err(unreadable)?;
            let place = Place {
                segment,
                line: lines.number,
                offset: lines.offset,
            };
            let read = match next {
                Next::Whole => Line::parse(&lines.bytes),
                Next::End if lines.offset == 0 => Err(Fault::SegmentLine),
                Next::End => return Ok(()),
                Next::Unfinished => Err(Fault::LineForm),
                Next::TooLong => Err(Fault::LineTooLong),
            };
            // Keys that nobody was told of are not in use.
            let read = read.and_then(|line| match line.what {
                What::Keys(_) if self.is_passed => Err(Fault::OtherKey),
                _ => Ok(line),
            });
            let taken = read.and_then(|line| self.take(&line, segment).map(|()| line));
            match taken {
                Ok(line) => self.visit(&line, place, visit)?,
                Err(_) if is_last && self.could_be_torn(to.saturating_sub(lines.offset)) => {
                    self.torn = Some(Torn {
                        segment,
                        offset: lines.offset,
                        bytes: to.saturating_sub(lines.offset),
                    });
                    return Ok(());
                }
                // What is missing there shows at the end.
                Err(_) if is_last && next == Next::Unfinished => return Ok(()),
                Err(fault) => {
                    self.find(fault, place);
                    self.go_on(&lines.bytes, segment);
                    if next == Next::TooLong {
                        lines.skip().map_err(unreadable)?;
                    }
                    if matches!(next, Next::End | Next::Unfinished) {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// What cannot be read behind the head, with nothing wrong before it, is what an interruption left.
    fn could_be_torn(&self, bytes: u64) -> bool {
        self.is_passed && self.findings.is_empty() && bytes <= TORN_MAX
    }

    fn visit(&mut self, line: &Line, place: Place, visit: &mut Visit<'_>) -> Result<(), AuditError> {
        let Some(chain) = self.chain else { return Ok(()) };
        // A head that is missing or damaged is told first, and is not about a record.
        let about_head = usize::from(self.head.is_none());
        if self.visited == Visited::BeforeFaults && self.findings.len() > about_head {
            return Ok(());
        }
        for fault in visit(&chain, line, place)? {
            self.find(fault, place);
        }
        let Some(head) = &self.head else { return Ok(()) };
        if self.is_passed {
            self.beyond.take(&line.what);
        } else if chain.sequence == head.sequence {
            let checked = check_head(head, &chain);
            self.is_passed = true;
            if let Err(fault) = checked {
                self.find(fault, place);
            }
        }
        Ok(())
    }

    fn take(&mut self, line: &Line, segment: u32) -> Result<(), Fault> {
        match &mut self.chain {
            Some(chain) if !self.is_loose => chain.follow(line, segment),
            _ => {
                let mut chain = match self.chain {
                    Some(chain) if !matches!(line.what, What::Segment(_)) => chain,
                    _ => Chain::begin(line, segment)?,
                };
                adopt(&mut chain, line, segment);
                self.chain = Some(chain);
                self.is_loose = false;
                Ok(())
            }
        }
    }

    /// Behind what is wrong: a line that is whole in itself is where the next begins; else the next is taken as it comes.
    fn go_on(&mut self, bytes: &[u8], segment: u32) {
        match (Line::parse(bytes), &mut self.chain) {
            (Ok(line), Some(chain)) => {
                adopt(chain, &line, segment);
                self.is_loose = false;
            }
            _ => self.is_loose = true,
        }
    }

    /// Whether the head speaks about what is there.
    fn end(&mut self) {
        let place = Place {
            segment: self.chain.map_or(0, |chain| chain.segment),
            line: 0,
            offset: 0,
        };
        let Some(chain) = self.chain else {
            return self.find(Fault::Truncated, place);
        };
        let Some(head) = self.head.clone() else { return };
        if chain.sequence < head.sequence {
            self.find(Fault::Truncated, place);
        } else if !self.is_passed {
            self.find(Fault::HeadDiffers, place);
        } else if self.beyond.is_too_far() {
            self.find(Fault::HeadBehind, place);
        }
    }
}

fn adopt(chain: &mut Chain, line: &Line, segment: u32) {
    chain.sequence = line.seq;
    chain.hash = line.hash;
    chain.segment = segment;
    match &line.what {
        What::Keys(keys) => chain.keys = *keys,
        What::Segment(begin) => chain.keys = begin.keys,
        _ => {}
    }
}
