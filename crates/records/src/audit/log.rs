//! The log that a program adds to.
//!
//! Not here: verifying one, which needs no secret ([`super::verify`]).

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use varco_access_policy::{Decision, DecisionLog, StoreFailure};

use super::line::TornFile;
use super::queue::Queue;
use super::writer::Writer;
use super::{AuditError, AuditKeys, Checkpoint, Entry};

/// There were no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there are no random bytes")]
pub struct NoRandomness;

/// The instant that it is now.
pub type Now = dyn Fn() -> Timestamp + Send + Sync;
/// Fills a place with random bytes, fit for keys.
pub type Random = dyn Fn(&mut [u8]) -> Result<(), NoRandomness> + Send + Sync;

/// What a log takes from outside.
pub struct Sources {
    /// The clock, for the instants at which records are put down.
    pub now: Box<Now>,
    /// Random bytes, for what is sealed.
    pub random: Box<Random>,
}

/// How a log grows. It can be another each time it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// From how many bytes on another segment is begun.
    pub segment_length: u64,
    /// After how many records a checkpoint is put down.
    pub checkpoint_every: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            segment_length: 8 << 20,
            checkpoint_every: 256,
        }
    }
}

/// What was mended when a log was opened, or after another program was interrupted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// The record that says so.
    pub sequence: u64,
    /// Whole records right before it of which nobody was told that they are durable.
    pub unacknowledged: u64,
    /// Files in which bytes were put aside that made no record.
    pub torn: Vec<TornFile>,
}

/// A record of decisions that only grows, and shows when it was rewritten.
///
/// Threads share one; programs open one each on the same folder.
pub struct AuditLog {
    writer: Mutex<Writer>,
    queue: Queue,
}

impl AuditLog {
    /// Makes a log in a folder that is not there yet, or empty.
    ///
    /// # Errors
    /// [`AuditError`].
    pub fn create(
        folder: &Path,
        keys: AuditKeys,
        settings: Settings,
        sources: Sources,
    ) -> Result<Self, AuditError> {
        Writer::create(folder, keys, settings, sources).map(Self::new)
    }

    /// Opens a log. What an interruption left at its end is put aside, and a record says so ([`AuditLog::recovered`]).
    ///
    /// # Errors
    /// [`AuditError`]; among them [`AuditError::Altered`], with nothing changed, for what no interruption explains.
    pub fn open(
        folder: &Path,
        keys: AuditKeys,
        settings: Settings,
        sources: Sources,
    ) -> Result<Self, AuditError> {
        Writer::open(folder, keys, settings, sources).map(Self::new)
    }

    fn new(writer: Writer) -> Self {
        Self {
            writer: Mutex::new(writer),
            queue: Queue::default(),
        }
    }

    /// Puts an entry behind those that are there. Once this returns it is durable, and a signed head speaks about it.
    ///
    /// # Errors
    /// [`AuditError`].
    pub fn append(&self, entry: Entry) -> Result<(), AuditError> {
        entry.check()?;
        self.queue.pass(entry, |entries| self.writer().append(entries))
    }

    /// Puts a checkpoint down and gives it. Kept elsewhere, it shows when the log is rewritten or cut off before it.
    ///
    /// # Errors
    /// [`AuditError`].
    pub fn checkpoint(&self) -> Result<Checkpoint, AuditError> {
        self.writer().checkpoint()
    }

    /// Uses other keys from here on. Records of before stay as they are: who has the keys of before can search and open them.
    /// Programs that have the log open with the keys of before are refused from here on.
    ///
    /// The checkpoint that is given must be kept elsewhere: it shows when the log is put back to before this with the key of before.
    ///
    /// # Errors
    /// [`AuditError`]; the keys of before are then in use still.
    pub fn rotate(&self, keys: AuditKeys) -> Result<Checkpoint, AuditError> {
        self.writer().rotate(keys)
    }

    /// Ends with a checkpoint.
    ///
    /// # Errors
    /// [`AuditError`]. Nothing that was acknowledged is lost by it, nor by not closing.
    pub fn close(self) -> Result<Checkpoint, AuditError> {
        self.checkpoint()
    }

    /// What was mended last, since this log was opened.
    #[must_use]
    pub fn recovered(&self) -> Option<Recovered> {
        self.writer().recovered().cloned()
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl DecisionLog for AuditLog {
    fn record(&self, decision: &Decision) -> Result<(), StoreFailure> {
        self.append(Entry::of(decision)).map_err(StoreFailure::from)
    }
}

impl fmt::Debug for AuditLog {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AuditLog")
    }
}
