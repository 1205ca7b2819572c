//! The one who adds to a log: takes the lock, catches up with others, writes, and moves the head.
//!
//! The order is: records to the disk, then the head to the disk, then the answer. So whoever was answered finds his record
//! spoken about by a signed head, and what is behind the head was answered to nobody.
//!
//! Not here: threads that wait for each other ([`super::queue`]).

mod recover;

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::chain::Chain;
use super::checkpoint::Kind;
use super::folder::{Folder, check_lock, is_same, lock, make, open_to_write};
use super::head::{place_head, prepare_head, read_head};
use super::line::{DecisionLine, FORMAT, KeysLine, SegmentLine, What};
use super::lines::check_format;
use super::reach::{From, Reached, reach};
use super::seal::seal;
use super::{AuditError, AuditKeys, Checkpoint, Entry, Fault, Finding, LogId, Recovered, Settings, Sources};

/// The one who adds to a log.
pub(super) struct Writer {
    folder: Folder,
    lock: Arc<File>,
    segment_file: File,
    keys: AuditKeys,
    settings: Settings,
    sources: Sources,
    chain: Chain,
    /// Behind the last record in its segment.
    length: u64,
    /// What is in the head.
    head: Checkpoint,
    is_broken: bool,
    recovered: Option<Recovered>,
}

impl Writer {
    /// Makes a log in a folder that is empty or not there.
    pub(super) fn create(
        path: &Path,
        keys: AuditKeys,
        settings: Settings,
        sources: Sources,
    ) -> Result<Self, AuditError> {
        let folder = Folder::create(path)?;
        let lock_file = Arc::new(folder.lock_file()?);
        let _lock = lock(&folder, &lock_file)?;
        if folder.names()?.iter().any(|name| name != "lock") {
            return Err(AuditError::Exists(path.to_path_buf()));
        }
        let mut id = [0; 16];
        (sources.random)(&mut id).map_err(|_| AuditError::NoRandomness)?;
        let now = (sources.now)();
        let (chain, bytes) =
            Chain::first(LogId::from_bytes(id), in_use(&keys), now).ok_or(AuditError::TooLong)?;
        let head = chain.sign(Kind::Head, &keys.checkpoint, now);
        let segment_file = make(&folder.segment(1), &bytes)?;
        prepare_head(&folder, &head)?;
        place_head(&folder)?;
        if let Some(above) = path.parent().filter(|above| !above.as_os_str().is_empty()) {
            let synced = File::open(above).and_then(|above| above.sync_all());
            synced.map_err(|error| AuditError::write(above, &error))?;
        }
        Ok(Self {
            folder,
            lock: Arc::clone(&lock_file),
            segment_file,
            keys,
            settings,
            sources,
            chain,
            length: bytes.len() as u64,
            head,
            is_broken: false,
            recovered: None,
        })
    }

    /// Opens a log, and mends what an interruption left.
    pub(super) fn open(
        path: &Path,
        keys: AuditKeys,
        settings: Settings,
        sources: Sources,
    ) -> Result<Self, AuditError> {
        let folder = Folder::open(path)?;
        let segments = folder.segments()?;
        let head_there = folder.head().try_exists().unwrap_or(true);
        if segments.is_empty() && !head_there {
            return Err(AuditError::Absent(path.to_path_buf()));
        }
        let lock_file = Arc::new(folder.lock_file()?);
        let _lock = lock(&folder, &lock_file)?;
        check_format(&folder, &folder.segments()?)?;
        let head = read_head(&folder)?.map_err(|fault| altered(fault, 0))?;
        let reached = reach_from_the_last(&folder, &head)?;
        let segment_file = open_to_write(&folder.segment(reached.chain.segment))?;
        let mut writer = Self {
            folder,
            lock: Arc::clone(&lock_file),
            segment_file,
            keys,
            settings,
            sources,
            chain: reached.chain,
            length: reached.length,
            head,
            is_broken: false,
            recovered: None,
        };
        writer.check_keys()?;
        writer.recover(&reached)?;
        Ok(writer)
    }

    /// What opening it mended.
    pub(super) fn recovered(&self) -> Option<&Recovered> {
        self.recovered.as_ref()
    }

    /// Puts decisions behind those that are there. Once this returns they are durable.
    pub(super) fn append(&mut self, entries: &[Entry]) -> Result<(), AuditError> {
        self.locked(|writer| {
            writer.begin_segment_if_full()?;
            let mut chain = writer.chain;
            let mut bytes = Vec::new();
            for entry in entries {
                let what = writer.decision(entry, &chain)?;
                let line = chain
                    .add((writer.sources.now)(), what)
                    .ok_or(AuditError::TooLong)?;
                bytes.extend(line);
            }
            if chain.unsigned >= writer.settings.checkpoint_every {
                let now = (writer.sources.now)();
                let line = chain.add_checkpoint(&writer.keys.checkpoint, now);
                bytes.extend(line.ok_or(AuditError::TooLong)?);
            }
            writer.commit(&bytes, chain)
        })
    }

    /// Writes a checkpoint of what is there, and gives it: to be kept elsewhere.
    pub(super) fn checkpoint(&mut self) -> Result<Checkpoint, AuditError> {
        self.locked(|writer| {
            writer.commit_checkpoint()?;
            Ok(writer.kept_word())
        })
    }

    /// Uses other keys from here on.
    pub(super) fn rotate(&mut self, keys: AuditKeys) -> Result<Checkpoint, AuditError> {
        self.locked(|writer| {
            let now = (writer.sources.now)();
            let mut chain = writer.chain;
            let mut bytes = Vec::new();
            let lines = [
                chain.add_checkpoint(&writer.keys.checkpoint, now),
                chain.add(now, What::Keys(in_use(&keys))),
                chain.add_checkpoint(&keys.checkpoint, now),
            ];
            for line in lines {
                bytes.extend(line.ok_or(AuditError::TooLong)?);
            }
            // The head behind them is signed with the new key; if it is not reached, the old ones stay.
            let old = std::mem::replace(&mut writer.keys, keys);
            if let Err(error) = writer.commit(&bytes, chain) {
                writer.keys = old;
                return Err(error);
            }
            Ok(writer.kept_word())
        })
    }

    /// With the lock, and with everything known that others added.
    fn locked<T>(&mut self, act: impl FnOnce(&mut Self) -> Result<T, AuditError>) -> Result<T, AuditError> {
        if self.is_broken {
            return Err(AuditError::Broken);
        }
        let file = Arc::clone(&self.lock);
        let _lock = lock(&self.folder, &file)?;
        self.catch_up()?;
        self.check_keys()?;
        act(self)
    }

    /// Reads what others added since.
    fn catch_up(&mut self) -> Result<(), AuditError> {
        let path = self.folder.segment(self.chain.segment);
        if !is_same(&path, &self.segment_file) {
            return Err(altered(Fault::SegmentMissing, self.chain.segment));
        }
        let head = read_head(&self.folder)?.map_err(|fault| altered(fault, 0))?;
        let about = self.segment_file.metadata();
        let length = about.map_err(|error| AuditError::read(&path, &error))?.len();
        let next = self.folder.segment(self.chain.segment.saturating_add(1));
        let is_there = |path: &Path| path.try_exists().unwrap_or(true);
        if head == self.head && length == self.length && !is_there(&next) && !is_there(&self.first_aside()) {
            return Ok(());
        }
        let known = &self.head;
        if head.sequence < known.sequence || (head.sequence == known.sequence && head != *known) {
            return Err(altered(Fault::HeadDiffers, 0));
        }
        let from = From {
            segment: self.chain.segment,
            offset: self.length,
            chain: Some(self.chain),
        };
        let reached = reach(&self.folder, from, &head)?;
        if reached.chain.segment != self.chain.segment {
            self.segment_file = open_to_write(&self.folder.segment(reached.chain.segment))?;
        }
        self.chain = reached.chain;
        self.length = reached.length;
        self.head = head;
        self.check_keys()?;
        self.recover(&reached)
            // What was found here is to be found again by who opens it anew.
            .inspect_err(|_| self.is_broken = true)
    }

    fn check_keys(&self) -> Result<(), AuditError> {
        let (mine, used) = (in_use(&self.keys), self.chain.keys);
        if mine.checkpoint != used.checkpoint {
            Err(AuditError::OtherKey("checkpoint"))
        } else if mine.auditor != used.auditor {
            Err(AuditError::OtherKey("auditor's"))
        } else if mine.pseudonym != used.pseudonym {
            Err(AuditError::OtherKey("pseudonym"))
        } else {
            Ok(())
        }
    }

    fn decision(&self, entry: &Entry, chain: &Chain) -> Result<What, AuditError> {
        let mut random = Zeroizing::new([0; 32]);
        (self.sources.random)(random.as_mut_slice()).map_err(|_| AuditError::NoRandomness)?;
        let pseudonym = |person| self.keys.pseudonym.pseudonym(person);
        Ok(What::Decision(Box::new(DecisionLine {
            decided: entry.decided.clone(),
            pseudonym_key: chain.keys.pseudonym,
            subject: entry.subject.as_ref().map(pseudonym),
            acting_for: entry.acting_for.as_ref().map(pseudonym),
            auditor_key: chain.keys.auditor.id(),
            sealed: seal(
                &chain.keys.auditor,
                (chain.log, chain.sequence.saturating_add(1)),
                entry.subject.as_ref(),
                entry.acting_for.as_ref(),
                random,
            )?,
        })))
    }

    fn commit_checkpoint(&mut self) -> Result<(), AuditError> {
        let mut chain = self.chain;
        let line = chain.add_checkpoint(&self.keys.checkpoint, (self.sources.now)());
        self.commit(&line.ok_or(AuditError::TooLong)?, chain)
    }

    /// Begins another segment where this one has grown enough.
    fn begin_segment_if_full(&mut self) -> Result<(), AuditError> {
        if self.length < self.settings.segment_length {
            return Ok(());
        }
        self.commit_checkpoint()?;
        let mut chain = self.chain;
        let segment = chain.segment.checked_add(1).ok_or(AuditError::TooLong)?;
        let what = What::Segment(SegmentLine {
            format: FORMAT,
            log: chain.log,
            segment,
            keys: chain.keys,
        });
        let bytes = chain.add((self.sources.now)(), what).ok_or(AuditError::TooLong)?;
        let word = self.prepare_head(&chain)?;
        let path = self.folder.segment(segment);
        // What there is of it is taken away again, if it was made here; else who opens the log anew mends it.
        let made = make(&path, &bytes);
        let file = made.inspect_err(|_| self.is_broken = path.symlink_metadata().is_ok())?;
        let synced = self.folder.sync();
        synced.inspect_err(|_| self.is_broken = std::fs::remove_file(&path).is_err())?;
        self.segment_file = file;
        self.length = bytes.len() as u64;
        self.chain = chain;
        self.place_head(word)
    }

    /// Writes lines, then puts the head in its place.
    fn commit(&mut self, bytes: &[u8], chain: Chain) -> Result<(), AuditError> {
        let word = self.prepare_head(&chain)?;
        let path = self.folder.segment(self.chain.segment);
        let unwritable = |error| AuditError::write(&path, &error);
        if let Err(error) = self.segment_file.write_all_at(bytes, self.length) {
            // Nobody was answered: what was written of it is taken back.
            self.is_broken = self.segment_file.set_len(self.length).is_err();
            return Err(unwritable(error));
        }
        if let Err(error) = self.segment_file.sync_data() {
            // What the system forgot of it now cannot be told by asking again.
            self.is_broken = true;
            return Err(unwritable(error));
        }
        self.length = self.length.saturating_add(bytes.len() as u64);
        self.chain = chain;
        self.place_head(word)
    }

    fn prepare_head(&self, chain: &Chain) -> Result<Checkpoint, AuditError> {
        let now = (self.sources.now)();
        let word = chain.sign(Kind::Head, &self.keys.checkpoint, now);
        prepare_head(&self.folder, &word)?;
        Ok(word)
    }

    fn place_head(&mut self, word: Checkpoint) -> Result<(), AuditError> {
        // Who came to hold another lock meanwhile may have written in the same place. Who comes to it later finds on the disk
        // what this is about.
        check_lock(&self.folder, &self.lock).inspect_err(|_| self.is_broken = true)?;
        // Whether it is there is not known then: who opens the log anew sees.
        place_head(&self.folder).inspect_err(|_| self.is_broken = true)?;
        self.head = word;
        Ok(())
    }

    /// Signed for who keeps it elsewhere.
    fn kept_word(&self) -> Checkpoint {
        let now = (self.sources.now)();
        self.chain.sign(Kind::Checkpoint, &self.keys.checkpoint, now)
    }
}

/// The keys as lines name them.
fn in_use(keys: &AuditKeys) -> KeysLine {
    KeysLine {
        checkpoint: keys.checkpoint.public(),
        auditor: keys.auditor,
        pseudonym: keys.pseudonym.id(),
    }
}

fn altered(fault: Fault, segment: u32) -> AuditError {
    AuditError::Altered(Finding {
        fault,
        segment,
        line: 0,
        offset: 0,
        sequence: 0,
    })
}

/// From the beginning of the last segment, or of the one before where the last has no beginning yet, or one behind the head.
fn reach_from_the_last(folder: &Folder, head: &Checkpoint) -> Result<Reached, AuditError> {
    let segments = folder.segments()?;
    let last = segments.last().copied().unwrap_or(0);
    for (expected, number) in (1..).zip(&segments) {
        if expected != *number {
            return Err(altered(Fault::SegmentMissing, expected));
        }
    }
    if last == 0 {
        return Err(altered(Fault::SegmentMissing, 1));
    }
    let from = |segment| From {
        segment,
        offset: 0,
        chain: None,
    };
    match reach(folder, from(last), head) {
        Err(AuditError::Altered(finding)) if last > 1 && finding.segment == last && finding.offset == 0 => {
            reach(folder, from(last.saturating_sub(1)), head)
        }
        reached => reached,
    }
}
