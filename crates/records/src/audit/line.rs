//! A line of the log: one JSON object in one form only. `docs/audit.md` has it byte for byte.
//!
//! Not here: whether a line follows the one before it ([`super::chain`]), and what is inside a sealed part.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use varco_access_policy::Effect;

use super::checkpoint::Signature;
use super::seal::is_sealed;
use super::words::instant;
use super::{AuditorPublicKey, CheckpointPublicKey, Digest, Fault, KeyId, LogId, Pseudonym};

/// Longest line, in bytes, with its end.
pub const LINE_LENGTH_MAX: usize = 16_384;
/// The version of the form.
pub const FORMAT: u32 = 1;
/// `,"hash":"` 64 digits `"}`: what of a line is not in its hash.
const HASH_LENGTH: usize = 75;

/// A record as it stands in the log.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Its place in the log, from 0.
    pub seq: u64,
    /// The hash of the record before; 32 zero bytes for the first.
    pub prev: Digest,
    /// When it was put down.
    #[serde(with = "instant")]
    pub at: Timestamp,
    /// What it tells.
    pub what: What,
    /// SHA-256 of the line up to `,"hash"`.
    pub hash: Digest,
}

/// What a record tells.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum What {
    /// A segment begins: the first line of each file.
    Segment(SegmentLine),
    /// A decision.
    Decision(Box<DecisionLine>),
    /// The record before this one is signed.
    Checkpoint(CheckpointLine),
    /// From here on other keys are in use.
    Keys(KeysLine),
    /// The writer was interrupted before this.
    Recovered(RecoveredLine),
}

/// A segment begins.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentLine {
    /// [`FORMAT`].
    pub format: u32,
    /// The log.
    pub log: LogId,
    /// The number of the segment, from 1: that of its file.
    pub segment: u32,
    /// Keys in use.
    pub keys: KeysLine,
}

/// Keys in use from here on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeysLine {
    /// Signs checkpoints and the head.
    pub checkpoint: CheckpointPublicKey,
    /// To whom is sealed.
    pub auditor: AuditorPublicKey,
    /// The id of the key of pseudonyms.
    pub pseudonym: KeyId,
}

/// The record before this one is signed, as a [`super::Checkpoint`] whose instant is this record's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckpointLine {
    /// Who signed.
    pub key: KeyId,
    pub(super) signature: Signature,
}

/// The writer was interrupted before this.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecoveredLine {
    /// How many records right before this one were whole on disk, but nobody was told so before the interruption.
    pub unacknowledged: u64,
    /// Bytes that made no record, put aside.
    pub torn: Vec<TornFile>,
}

/// Bytes that made no record, put aside in a file of the log's folder.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TornFile {
    /// The file's name.
    pub file: String,
    /// How many bytes.
    pub bytes: u64,
    /// Their hash.
    pub sha256: Digest,
}

/// A decision, with its persons as pseudonyms and sealed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionLine {
    /// What is told in clear.
    pub decided: Decided,
    /// The key of the pseudonyms.
    pub pseudonym_key: KeyId,
    /// Whom it is about.
    pub subject: Option<Pseudonym>,
    /// For whom the subject acts.
    pub acting_for: Option<Pseudonym>,
    /// To whom it is sealed.
    pub auditor_key: KeyId,
    /// The sealed part, in Base64: 32 bytes of encapsulated key and the ciphertext.
    pub sealed: String,
}

/// What is told of a decision in clear.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// The instant as of which it was decided.
    #[serde(with = "instant")]
    pub at: Timestamp,
    /// Permit or deny.
    #[serde(with = "effect")]
    pub effect: Effect,
    /// The service.
    pub service: String,
    /// The policies that decided.
    pub policies: Vec<String>,
    /// The codes of the reasons, each once.
    pub reasons: Vec<String>,
    /// The codes of what hindered deciding.
    pub errors: Vec<String>,
    /// Kind of credential.
    pub credential: Option<String>,
    /// Level of assurance.
    pub level: Option<String>,
    /// The login that proved it.
    pub evidence: Option<String>,
    /// In which quality the subject acts for another.
    pub quality: Option<String>,
    /// The number of that delegation.
    pub delegation: Option<u64>,
}

mod effect {
    //! How an effect stands in a line.

    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize as _, Serializer};
    use varco_access_policy::Effect;

    pub(super) fn serialize<S: Serializer>(effect: &Effect, serializer: S) -> Result<S::Ok, S::Error> {
        effect.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Effect, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "permit" => Ok(Effect::Permit),
            "deny" => Ok(Effect::Deny),
            _ => Err(D::Error::custom("neither permit nor deny")),
        }
    }
}

impl Line {
    /// Makes a line and its bytes, with their end; `None` where it would be too long.
    pub(super) fn make(seq: u64, prev: Digest, at: Timestamp, what: What) -> Option<(Self, Vec<u8>)> {
        let mut line = Self {
            seq,
            prev,
            at,
            what,
            hash: Digest::from_bytes([0; 32]),
        };
        let unsigned = serde_json::to_vec(&line).ok()?;
        line.hash = hash_of(&unsigned)?;
        let mut bytes = serde_json::to_vec(&line).ok()?;
        bytes.push(b'\n');
        (bytes.len() <= LINE_LENGTH_MAX).then_some((line, bytes))
    }

    /// Reads a line without its end: in its one form, with the hash that is its own.
    ///
    /// # Errors
    /// [`Fault::LineTooLong`], [`Fault::LineForm`], [`Fault::Hash`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        if bytes.len() >= LINE_LENGTH_MAX {
            return Err(Fault::LineTooLong);
        }
        let line: Self = serde_json::from_slice(bytes).map_err(|_| Fault::LineForm)?;
        // One text for one record: what was read must be written so again.
        if serde_json::to_vec(&line).ok().as_deref() != Some(bytes) {
            return Err(Fault::LineForm);
        }
        if hash_of(bytes) != Some(line.hash) {
            return Err(Fault::Hash);
        }
        match &line.what {
            What::Decision(decision) if !is_sealed(&decision.sealed) => return Err(Fault::LineForm),
            _ => {}
        }
        Ok(line)
    }
}

/// The format of the first line of a segment, where it is a later one than this program knows: read as far as every format has it.
pub(super) fn later_format(bytes: &[u8]) -> Option<u32> {
    let Later { what, hash } = serde_json::from_slice(bytes).ok()?;
    let is_whole = hash_of(bytes) == Some(hash);
    Some(what.segment.format).filter(|format| *format > FORMAT && is_whole)
}

/// What of a first line stays as it is in later formats.
#[derive(Deserialize)]
struct Later {
    what: LaterWhat,
    hash: Digest,
}

#[derive(Deserialize)]
struct LaterWhat {
    segment: LaterSegment,
}

#[derive(Deserialize)]
struct LaterSegment {
    format: u32,
}

/// The hash of a line's bytes without their end.
fn hash_of(bytes: &[u8]) -> Option<Digest> {
    let end = bytes.len().checked_sub(HASH_LENGTH)?;
    bytes.get(..end).map(Digest::of)
}
