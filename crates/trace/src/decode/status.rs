//! What a status word says, as a code that has texts.
//!
//! Not here: the texts, and what makers mean by their own words.

use varco_apdu::{StatusKind, StatusWord};

/// What the standard says of a status word (ISO/IEC 7816-4 §5.6).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Status(pub StatusWord);

impl Status {
    /// Stable name of the text that tells it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self.0.kind() {
            StatusKind::Success => "status-success",
            StatusKind::MoreData { .. } => "status-more-data",
            StatusKind::EndOfFile => "status-end-of-file",
            StatusKind::WarningUnchanged => "status-warning-unchanged",
            StatusKind::Counter { .. } => "status-counter",
            StatusKind::WarningChanged => "status-warning-changed",
            StatusKind::ExecutionError => "status-execution-error",
            StatusKind::WrongLength => "status-wrong-length",
            StatusKind::ClassFunctionUnsupported => "status-class-function-unsupported",
            StatusKind::SecurityStatusNotSatisfied => "status-security-not-satisfied",
            StatusKind::AuthenticationBlocked => "status-authentication-blocked",
            StatusKind::ReferenceDataNotUsable => "status-reference-data-not-usable",
            StatusKind::ConditionsNotSatisfied => "status-conditions-not-satisfied",
            StatusKind::CommandNotAllowed => "status-command-not-allowed",
            StatusKind::FileNotFound => "status-file-not-found",
            StatusKind::ReferencedDataNotFound => "status-referenced-data-not-found",
            StatusKind::WrongParameters => "status-wrong-parameters",
            StatusKind::CorrectLength { .. } => "status-correct-length",
            StatusKind::InstructionUnsupported => "status-instruction-unsupported",
            StatusKind::ClassUnsupported => "status-class-unsupported",
            StatusKind::NoDiagnosis => "status-no-diagnosis",
            _ => "status-unknown",
        }
    }

    /// The number that the word carries: tries left, bytes available, the right length.
    #[must_use]
    pub fn number(self) -> Option<u32> {
        match self.0.kind() {
            StatusKind::MoreData { length_bytes } | StatusKind::CorrectLength { length_bytes } => {
                Some(length_bytes)
            }
            StatusKind::Counter { tries_left } => Some(tries_left.into()),
            _ => None,
        }
    }
}
