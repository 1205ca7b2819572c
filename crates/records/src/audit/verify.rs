//! Whether a log is what was written: by public keys alone, and by checkpoints that were kept elsewhere.
//!
//! Not here: mending ([`super::AuditLog::open`] does), and opening what is sealed ([`super::read`]).

use std::path::Path;

use jiff::Timestamp;

use super::folder::{Folder, open_to_read};
use super::line::{Line, RecoveredLine, What};
use super::pass::{Place, pass};
use super::reach::{TORN_MAX, Torn};
use super::{AuditError, Checkpoint, CheckpointPublicKey, Digest, Fault, Finding, KeyId, LogId};

/// What a log is, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verification {
    /// Everything that is wrong, in the order of the log; at most [`super::FINDINGS_MAX`]. Empty: it is what was written.
    pub findings: Vec<Finding>,
    /// Whether there is more that is wrong.
    pub is_more: bool,
    /// The log; `None` where not even its first line is.
    pub log: Option<LogId>,
    /// Records that were read.
    pub records: u64,
    /// Decisions among them.
    pub decisions: u64,
    /// When the first was put down.
    pub first_at: Option<Timestamp>,
    /// When the last was put down.
    pub last_at: Option<Timestamp>,
    /// The number and the hash of the last.
    pub last: Option<(u64, Digest)>,
    /// Files of it.
    pub segments: u32,
    /// Checkpoints in it.
    pub checkpoints: u64,
    /// The signed head: what was acknowledged.
    pub head: Option<Checkpoint>,
    /// Whole records behind the head: an interruption left them, and the next opening says so in a record.
    pub unacknowledged: u64,
    /// What an interruption left behind the last record: the next opening puts it aside.
    pub torn: Option<Torn>,
    /// Interruptions that were mended.
    pub recoveries: u64,
    /// The pseudonym keys in the order of their use.
    pub pseudonym_keys: Vec<KeyId>,
    /// The auditor's keys in the order of their use.
    pub auditor_keys: Vec<KeyId>,
    /// Checkpoints that were kept elsewhere and hold.
    pub kept: usize,
}

impl Verification {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Verifies a log by the checkpoint keys that are believed, and by checkpoints that were kept elsewhere.
///
/// Without a kept checkpoint a whole log of an earlier day in the place of today's does not show.
///
/// # Errors
/// [`AuditError`] where it cannot be read; what is wrong with it is no error.
pub fn verify(
    folder: &Path,
    believed: &[CheckpointPublicKey],
    kept: &[Checkpoint],
) -> Result<Verification, AuditError> {
    let mut seen = Seen {
        folder: Folder::open(folder)?,
        believed,
        kept: kept
            .iter()
            .map(|checkpoint| (checkpoint, Held::NotReached))
            .collect(),
        told: empty(),
    };
    let passage = pass(folder, &mut |chain, line, _: Place| {
        seen.told.log.get_or_insert(chain.log);
        Ok(seen.take(line, &chain.log))
    })?;
    let end = passage
        .chain
        .map_or((0, 0), |chain| (chain.segment, chain.sequence.saturating_add(1)));
    let mut told = seen.told;
    told.findings.extend(passage.findings);
    for (checkpoint, held) in &seen.kept {
        let fault = match held {
            _ if !believed.iter().any(|key| checkpoint.is_signed_by(key)) => Fault::KeptSignature,
            Held::Holds => {
                told.kept = told.kept.saturating_add(1);
                continue;
            }
            _ if told.log.is_some_and(|log| log != checkpoint.log) => Fault::KeptOtherLog,
            Held::Differs => Fault::KeptDiffers,
            Held::NotReached if end.1 > checkpoint.sequence => Fault::KeptDiffers,
            Held::NotReached => Fault::KeptNotReached,
        };
        told.findings.push(Finding {
            fault,
            segment: end.0,
            line: 0,
            offset: 0,
            sequence: checkpoint.sequence,
        });
    }
    told.is_more = passage.is_more;
    told.last = passage.chain.map(|chain| (chain.sequence, chain.hash));
    told.segments = passage.segments;
    told.head = passage.head;
    told.unacknowledged = passage.beyond.count;
    told.torn = passage.torn;
    Ok(told)
}

/// What became of a checkpoint that was kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    NotReached,
    Holds,
    Differs,
}

struct Seen<'v> {
    folder: Folder,
    believed: &'v [CheckpointPublicKey],
    kept: Vec<(&'v Checkpoint, Held)>,
    told: Verification,
}

impl Seen<'_> {
    fn take(&mut self, line: &Line, log: &LogId) -> Vec<Fault> {
        let told = &mut self.told;
        told.records = told.records.saturating_add(1);
        told.first_at.get_or_insert(line.at);
        told.last_at = Some(line.at);
        for (checkpoint, held) in &mut self.kept {
            if checkpoint.sequence == line.seq {
                let is_this = checkpoint.log == *log && checkpoint.hash == line.hash;
                *held = if is_this { Held::Holds } else { Held::Differs };
            }
        }
        let mut faults = Vec::new();
        match &line.what {
            What::Decision(_) => told.decisions = told.decisions.saturating_add(1),
            What::Checkpoint(_) => told.checkpoints = told.checkpoints.saturating_add(1),
            What::Segment(begin) => faults.extend(self.take_keys(&begin.keys)),
            What::Keys(keys) => faults.extend(self.take_keys(keys)),
            What::Recovered(recovered) => {
                told.recoveries = told.recoveries.saturating_add(1);
                faults.extend(self.check_torn(recovered));
            }
        }
        faults
    }

    fn take_keys(&mut self, keys: &super::line::KeysLine) -> Option<Fault> {
        let told = &mut self.told;
        note(&mut told.pseudonym_keys, keys.pseudonym);
        note(&mut told.auditor_keys, keys.auditor.id());
        (!self.believed.contains(&keys.checkpoint)).then_some(Fault::KeyUnknown)
    }

    /// That what was put aside is there still.
    fn check_torn(&self, recovered: &RecoveredLine) -> Option<Fault> {
        use std::io::Read as _;
        let is_there = |torn: &super::line::TornFile| {
            let is_named = torn.file.starts_with("torn-") && !torn.file.contains('/');
            let mut bytes = Vec::new();
            let read = is_named
                .then(|| open_to_read(&self.folder.torn(&torn.file)).ok())
                .flatten()
                .and_then(|file| file.take(TORN_MAX.saturating_add(1)).read_to_end(&mut bytes).ok());
            read.is_some() && bytes.len() as u64 == torn.bytes && Digest::of(&bytes) == torn.sha256
        };
        (!recovered.torn.iter().all(is_there)).then_some(Fault::TornFile)
    }
}

fn note(keys: &mut Vec<KeyId>, key: KeyId) {
    if keys.last() != Some(&key) {
        keys.push(key);
    }
}

fn empty() -> Verification {
    Verification {
        findings: Vec::new(),
        is_more: false,
        log: None,
        records: 0,
        decisions: 0,
        first_at: None,
        last_at: None,
        last: None,
        segments: 0,
        checkpoints: 0,
        head: None,
        unacknowledged: 0,
        torn: None,
        recoveries: 0,
        pseudonym_keys: Vec::new(),
        auditor_keys: Vec::new(),
        kept: 0,
    }
}
