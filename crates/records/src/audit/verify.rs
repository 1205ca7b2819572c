//! Whether a log is what was written: by public keys alone, and by checkpoints that were kept elsewhere.
//!
//! Not here: mending ([`super::AuditLog::open`] does), and opening what is sealed ([`super::read`]).

use std::collections::HashMap;
use std::path::Path;

use jiff::Timestamp;

use super::folder::{Folder, open_to_read};
use super::line::{Line, RecoveredLine, TornFile, What};
use super::pass::{Place, pass};
use super::reach::{TORN_MAX, Torn};
use super::{AuditError, Checkpoint, CheckpointPublicKey, Digest, Fault, Finding, KeyId, LogId};

/// Most files that one record names.
const TORN_FILES_MAX: usize = 17;

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

/// Verifies a log by the checkpoint keys that are believed, in the order of their use, and by checkpoints that were kept elsewhere.
///
/// The last of the keys is the one in use now: those before it are believed for what stands before it alone, and a head that one
/// of them signed is [`Fault::HeadOldKey`]. So who still has a key that was replaced does not put the log back to before that and
/// go on. In a wrong order, a log that is good is told to be wrong at once, and none that is wrong to be good for longer than that.
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
        aside: HashMap::new(),
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
    let is_old = |head: &Checkpoint| {
        let is_by = |key: &CheckpointPublicKey| key.id() == head.key;
        !believed.last().is_some_and(is_by) && believed.iter().any(is_by)
    };
    if let Some(head) = passage.head.as_ref().filter(|head| is_old(head)) {
        told.findings.push(Finding {
            fault: Fault::HeadOldKey,
            segment: 0,
            line: 0,
            offset: 0,
            sequence: head.sequence,
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
    /// Length and hash of what was put aside, by the names of files.
    aside: HashMap<String, (u64, Digest)>,
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

    /// That what was put aside is there still. Each file is read once, however often it is named.
    fn check_torn(&mut self, recovered: &RecoveredLine) -> Option<Fault> {
        let torn = &recovered.torn;
        let is_twice = |(place, one): (usize, &TornFile)| {
            torn.iter()
                .skip(place.saturating_add(1))
                .any(|other| other.file == one.file)
        };
        if torn.len() > TORN_FILES_MAX || torn.iter().enumerate().any(is_twice) {
            return Some(Fault::TornFile);
        }
        (!torn.iter().all(|torn| self.is_there(torn))).then_some(Fault::TornFile)
    }

    fn is_there(&mut self, torn: &TornFile) -> bool {
        if !torn.file.starts_with("torn-") || torn.file.contains('/') || torn.bytes > TORN_MAX {
            return false;
        }
        let known = self.aside.get(&torn.file).copied();
        let Some(found) = known.or_else(|| read_aside(&self.folder, torn)) else {
            return false;
        };
        if known.is_none() {
            self.aside.insert(torn.file.clone(), found);
        }
        found == (torn.bytes, torn.sha256)
    }
}

/// The length of a file and its hash, where it is as long as it is told.
fn read_aside(folder: &Folder, torn: &TornFile) -> Option<(u64, Digest)> {
    use std::io::Read as _;
    let file = open_to_read(&folder.torn(&torn.file)).ok()?;
    if file.metadata().ok()?.len() != torn.bytes {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(torn.bytes).read_to_end(&mut bytes).ok()?;
    Some((bytes.len() as u64, Digest::of(&bytes)))
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
