//! A checkpoint: a signed word that a log had come so far, with this hash. One line of text, to be kept elsewhere.
//!
//! `varco-audit-checkpoint 1 LOG SEQUENCE HASH INSTANT KEY SIGNATURE`; what is signed is the line before its last space.
//!
//! Not here: when one is made.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{CheckpointKey, CheckpointPublicKey, Digest, KeyId, LogId};

const BEGIN: &str = "varco-audit-checkpoint 1";
const BEGIN_HEAD: &str = "varco-audit-head 1";
/// Longest text of a checkpoint, in bytes.
pub(super) const TEXT_LENGTH_MAX: usize = 320;

/// An Ed25519 signature.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Signature([u8; 64]);

impl Signature {
    fn text(&self) -> String {
        STANDARD.encode(self.0)
    }

    fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("not a signature"))
    }
}

/// A text that is no checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a checkpoint of an audit record: one line that begins with `{BEGIN}`")]
pub struct CheckpointInvalid;

impl CheckpointInvalid {
    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "audit-checkpoint-invalid"
    }
}

/// A signed word about a log. Whether the signature holds is asked for by [`Checkpoint::is_signed_by`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    /// Of which log.
    pub log: LogId,
    /// The last record that it speaks about.
    pub sequence: u64,
    /// That record's hash, in which all before it are.
    pub hash: Digest,
    /// When it was signed.
    pub at: Timestamp,
    /// Who signed.
    pub key: KeyId,
    pub(super) kind: Kind,
    pub(super) signature: Signature,
}

/// What a signed word is for. One cannot be taken for the other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// In the log and elsewhere: it had come so far.
    Checkpoint,
    /// Beside the log: it has come so far, and everything up to there was acknowledged.
    Head,
}

impl Kind {
    fn begin(self) -> &'static str {
        match self {
            Self::Checkpoint => BEGIN,
            Self::Head => BEGIN_HEAD,
        }
    }
}

impl Checkpoint {
    pub(super) fn sign(
        kind: Kind,
        key: &CheckpointKey,
        (log, sequence, hash): (LogId, u64, Digest),
        at: Timestamp,
    ) -> Self {
        let mut checkpoint = Self {
            log,
            sequence,
            hash,
            at,
            key: key.public().id(),
            kind,
            signature: Signature([0; 64]),
        };
        checkpoint.signature = Signature(key.sign(checkpoint.message().as_bytes()));
        checkpoint
    }

    /// What is signed.
    fn message(&self) -> String {
        let Self {
            log,
            sequence,
            hash,
            at,
            key,
            kind,
            ..
        } = self;
        format!("{} {log} {sequence} {hash} {at} {key}", kind.begin())
    }

    /// Whether this key signed it.
    #[must_use]
    pub fn is_signed_by(&self, key: &CheckpointPublicKey) -> bool {
        key.id() == self.key && key.has_signed(self.message().as_bytes(), &self.signature.0)
    }

    /// Reads the line that it is written as, with white space around it.
    ///
    /// # Errors
    /// [`CheckpointInvalid`].
    pub fn parse(text: &str) -> Result<Self, CheckpointInvalid> {
        Self::parse_as(Kind::Checkpoint, text.trim()).ok_or(CheckpointInvalid)
    }

    /// Reads the text of a head.
    pub(super) fn parse_head(text: &str) -> Option<Self> {
        Self::parse_as(Kind::Head, text)
    }

    fn parse_as(kind: Kind, text: &str) -> Option<Self> {
        // One text for one word.
        let is_one = |word: &Self| word.to_string() == text;
        (text.len() <= TEXT_LENGTH_MAX)
            .then(|| Self::read(kind, text))
            .flatten()
            .filter(is_one)
    }

    fn read(kind: Kind, text: &str) -> Option<Self> {
        let mut words = text.strip_prefix(kind.begin())?.strip_prefix(' ')?.split(' ');
        let checkpoint = Self {
            log: LogId::parse(words.next()?)?,
            sequence: words.next()?.parse().ok()?,
            hash: Digest::parse(words.next()?)?,
            at: words.next()?.parse().ok()?,
            key: KeyId::parse(words.next()?)?,
            kind,
            signature: Signature::parse(words.next()?)?,
        };
        words.next().is_none().then_some(checkpoint)
    }
}

/// One line of text without its end.
impl fmt::Display for Checkpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.message(), self.signature.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made() -> (CheckpointKey, Checkpoint) {
        let key = CheckpointKey::from_pem(&CheckpointKey::pem_of_seed(&[3; 32])).unwrap();
        let at = "2026-11-28T09:00:00.25Z".parse().unwrap();
        let about = (LogId::from_bytes([1; 16]), 42, Digest::of(b"x"));
        let checkpoint = Checkpoint::sign(Kind::Checkpoint, &key, about, at);
        (key, checkpoint)
    }

    #[test]
    fn a_checkpoint_is_read_back_and_holds() {
        let (key, checkpoint) = made();
        let again = Checkpoint::parse(&format!(" {checkpoint}\n")).unwrap();
        assert_eq!(again, checkpoint);
        assert!(again.is_signed_by(&key.public()));
    }

    #[test]
    fn a_checkpoint_of_which_any_character_was_changed_does_not_hold() {
        let (key, checkpoint) = made();
        let text = checkpoint.to_string();
        for place in 0..text.len() {
            for change in [1, 2, 0x20, 0x40] {
                let mut bytes = text.clone().into_bytes();
                bytes[place] ^= change;
                let Ok(changed) = String::from_utf8(bytes) else {
                    continue;
                };
                let holds = Checkpoint::parse(&changed)
                    .is_ok_and(|changed| changed != checkpoint && changed.is_signed_by(&key.public()));
                assert!(!holds, "{changed}");
            }
        }
    }

    #[test]
    fn a_checkpoint_is_no_head() {
        let (key, checkpoint) = made();
        let text = checkpoint.to_string();
        assert_eq!(Checkpoint::parse_head(&text), None);
        let forged = Checkpoint::parse_head(&text.replace("checkpoint", "head")).unwrap();
        assert!(!forged.is_signed_by(&key.public()));
    }

    #[test]
    fn what_is_no_checkpoint_is_refused() {
        let (_, checkpoint) = made();
        for text in [
            "",
            BEGIN,
            "varco-audit-checkpoint 2 ",
            &format!("{checkpoint} more"),
            &"x".repeat(400),
        ] {
            assert_eq!(Checkpoint::parse(text), Err(CheckpointInvalid), "{text}");
        }
    }
}
