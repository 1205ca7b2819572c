//! The record of decisions: it only grows, and shows when it was rewritten or cut off.
//!
//! A log is a folder of files with one record a line; `docs/audit.md` has it byte for byte. Each record holds the hash of
//! the one before. Persons are in it as pseudonyms ([`PseudonymKey`]) and sealed to an auditor ([`AuditorKey`]), never in
//! clear. A signed head tells how far the log has come that was acknowledged, so that what is cut off shows; signed
//! [`Checkpoint`]s, kept elsewhere, show that all of it was put back to an earlier day, or rewritten by who has the key.
//!
//! Not here: who may see what (whoever has a key), sending checkpoints elsewhere, throwing old records away, and
//! sentences (codes are in [`Fault`] and [`AuditError`]).
//!
//! Start with [`AuditLog`] to write, [`verify`] to check, [`decisions`], [`find`] and [`export`] to read.

mod chain;
mod checkpoint;
mod entry;
mod error;
mod finding;
mod folder;
mod head;
mod keys;
mod line;
mod lines;
mod log;
mod pass;
mod queue;
mod reach;
mod read;
mod seal;
mod verify;
mod words;
mod writer;

pub use checkpoint::{Checkpoint, CheckpointInvalid};
pub use entry::Entry;
pub use error::AuditError;
pub use finding::{Fault, Finding};
pub use keys::{
    AuditKeys, AuditorKey, AuditorPublicKey, CheckpointKey, CheckpointPublicKey, KeyInvalid, PseudonymKey,
    read_public, read_secret, write_public, write_secret,
};
pub use line::{
    CheckpointLine, Decided, DecisionLine, FORMAT, KeysLine, LINE_LENGTH_MAX, Line, RecoveredLine,
    SegmentLine, TornFile, What,
};
pub use log::{AuditLog, NoRandomness, Now, Random, Recovered, Settings, Sources};
pub use pass::FINDINGS_MAX;
pub use reach::Torn;
pub use read::{ExportFormat, LoggedDecision, decisions, export, find};
pub use seal::Persons;
pub use verify::{Verification, verify};
pub use words::{Digest, KeyId, LogId, Pseudonym};
