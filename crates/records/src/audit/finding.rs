//! What can be found wrong in a log, and where.
//!
//! Not here: the finding of it ([`super::verify`]).

use std::fmt;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A line is longer than any record.
    #[error("a line is longer than any record")]
    LineTooLong,
    /// A line is not a record in its one form.
    #[error("a line is no record")]
    LineForm,
    /// A line's hash is not its own: the line was altered.
    #[error("a record is not what was hashed")]
    Hash,
    /// A record does not follow the one before it.
    #[error("a record does not follow the one before it")]
    Chain,
    /// A number is left out, or comes again.
    #[error("a record's number is not the next one")]
    Sequence,
    /// A segment belongs to another log.
    #[error("a segment belongs to another log")]
    OtherLog,
    /// The line in which a segment begins is not there, not at its beginning, or not this file's.
    #[error("a segment does not begin as it must")]
    SegmentLine,
    /// A file of the row is not there.
    #[error("a segment is missing")]
    SegmentMissing,
    /// A checkpoint's signature does not hold.
    #[error("a checkpoint's signature does not hold")]
    Signature,
    /// Signed by a key that the verifier does not believe.
    #[error("a checkpoint key is not one of those that are believed")]
    KeyUnknown,
    /// A record is sealed or hidden with other keys than the log says.
    #[error("a record names other keys than those in use")]
    OtherKey,
    /// No head is there.
    #[error("the signed head is missing")]
    HeadMissing,
    /// The head is neither as it was written nor as an interruption leaves it.
    #[error("the signed head is damaged")]
    HeadDamaged,
    /// The head's signature does not hold.
    #[error("the head's signature does not hold")]
    HeadSignature,
    /// The head is signed by a key that is believed for what was before, and not by the one in use now.
    #[error("the head is signed by a checkpoint key that was replaced")]
    HeadOldKey,
    /// The record that the head speaks about is another: the log was rewritten.
    #[error("the log is not the one that the head was signed over")]
    HeadDiffers,
    /// The log goes on for longer than an interruption explains behind its head.
    #[error("the log goes on behind its signed head")]
    HeadBehind,
    /// Records that were acknowledged are gone from the end.
    #[error("records are gone from the end")]
    Truncated,
    /// A checkpoint that was kept elsewhere speaks of another log.
    #[error("the kept checkpoint is another log's")]
    KeptOtherLog,
    /// The signature of a checkpoint that was kept elsewhere does not hold.
    #[error("the kept checkpoint's signature does not hold")]
    KeptSignature,
    /// The log ends before a checkpoint that was kept elsewhere.
    #[error("the log ends before the kept checkpoint")]
    KeptNotReached,
    /// The log is not the one that a checkpoint was kept of: it was rewritten.
    #[error("the log is not the one that the kept checkpoint was signed over")]
    KeptDiffers,
    /// Bytes that were put aside are gone or altered.
    #[error("bytes that were put aside are gone or altered")]
    TornFile,
}

impl Fault {
    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::LineTooLong => "audit-line-too-long",
            Self::LineForm => "audit-line-form",
            Self::Hash => "audit-hash",
            Self::Chain => "audit-chain",
            Self::Sequence => "audit-sequence",
            Self::OtherLog => "audit-other-log",
            Self::SegmentLine => "audit-segment-line",
            Self::SegmentMissing => "audit-segment-missing",
            Self::Signature => "audit-signature",
            Self::KeyUnknown => "audit-key-unknown",
            Self::OtherKey => "audit-record-other-key",
            Self::HeadMissing => "audit-head-missing",
            Self::HeadDamaged => "audit-head-damaged",
            Self::HeadSignature => "audit-head-signature",
            Self::HeadOldKey => "audit-head-old-key",
            Self::HeadDiffers => "audit-head-differs",
            Self::HeadBehind => "audit-head-behind",
            Self::Truncated => "audit-truncated",
            Self::KeptOtherLog => "audit-kept-other-log",
            Self::KeptSignature => "audit-kept-signature",
            Self::KeptNotReached => "audit-kept-not-reached",
            Self::KeptDiffers => "audit-kept-differs",
            Self::TornFile => "audit-torn-file",
        }
    }
}

/// What is wrong, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub fault: Fault,
    /// The segment; 0 where it is about none.
    pub segment: u32,
    /// The line in it, from 1; 0 where it is about none, or not counted.
    pub line: u64,
    /// The byte in it at which that line begins.
    pub offset: u64,
    /// The record's number, as expected there.
    pub sequence: u64,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            fault,
            segment,
            line,
            offset,
            sequence,
        } = self;
        write!(
            formatter,
            "{} (segment {segment}, line {line}, byte {offset}, record {sequence}): {fault}",
            fault.code()
        )
    }
}
