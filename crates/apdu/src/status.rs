//! Status words in the standard's order (ISO/IEC 7816-4 §5.6). Unknown words stay intact.
//!
//! Not here: makers' readings. That 6300 is a wrong PIN on some cards [cns §3.4] is a driver's knowledge.

use core::fmt;

/// The two status bytes of an answer, SW1 first. Any of the 65,536 values is kept as it came.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StatusWord(u16);

/// What the standard says of a status word, ranges resolved to the number they carry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum StatusKind {
    /// 9000: done.
    Success,
    /// 61xx: done, this many bytes can be fetched with GET RESPONSE (256 for 00).
    MoreData {
        /// Bytes available, 1 to 256.
        length_bytes: u32,
    },
    /// 6282: the end of the file came before Le bytes.
    EndOfFile,
    /// 62xx, other: a warning, nothing changed.
    WarningUnchanged,
    /// 63Cx: verification failed or was asked for, with this many tries left.
    Counter {
        /// 0 to 15.
        tries_left: u8,
    },
    /// 63xx, other: a warning, something changed.
    WarningChanged,
    /// 64xx, 65xx, 66xx: execution error.
    ExecutionError,
    /// 6700: wrong length.
    WrongLength,
    /// 68xx: the class asks for something this card does not do.
    ClassFunctionUnsupported,
    /// 6982: security status not satisfied.
    SecurityStatusNotSatisfied,
    /// 6983: authentication method blocked.
    AuthenticationBlocked,
    /// 6984: reference data not usable.
    ReferenceDataNotUsable,
    /// 6985: conditions of use not satisfied.
    ConditionsNotSatisfied,
    /// 69xx, other: command not allowed.
    CommandNotAllowed,
    /// 6A82: file or application not found.
    FileNotFound,
    /// 6A88: referenced data not found.
    ReferencedDataNotFound,
    /// 6Axx, other, and 6B00: wrong parameters.
    WrongParameters,
    /// 6Cxx: wrong Le, send again with this one (256 for 00).
    CorrectLength {
        /// The exact length, 1 to 256.
        length_bytes: u32,
    },
    /// 6D00: instruction not supported.
    InstructionUnsupported,
    /// 6E00: class not supported.
    ClassUnsupported,
    /// 6F00: no precise diagnosis.
    NoDiagnosis,
    /// A word the standard does not define.
    Unknown,
}

impl StatusWord {
    /// 9000.
    pub const SUCCESS: Self = Self(0x9000);
    /// 6282.
    pub const END_OF_FILE: Self = Self(0x6282);
    /// 6300.
    pub const VERIFICATION_FAILED: Self = Self(0x6300);
    /// 6700.
    pub const WRONG_LENGTH: Self = Self(0x6700);
    /// 6881.
    pub const LOGICAL_CHANNEL_UNSUPPORTED: Self = Self(0x6881);
    /// 6882.
    pub const SECURE_MESSAGING_UNSUPPORTED: Self = Self(0x6882);
    /// 6883.
    pub const LAST_COMMAND_OF_CHAIN_EXPECTED: Self = Self(0x6883);
    /// 6982.
    pub const SECURITY_STATUS_NOT_SATISFIED: Self = Self(0x6982);
    /// 6983.
    pub const AUTHENTICATION_BLOCKED: Self = Self(0x6983);
    /// 6984.
    pub const REFERENCE_DATA_NOT_USABLE: Self = Self(0x6984);
    /// 6985.
    pub const CONDITIONS_NOT_SATISFIED: Self = Self(0x6985);
    /// 6986.
    pub const NO_CURRENT_FILE: Self = Self(0x6986);
    /// 6A80.
    pub const WRONG_DATA: Self = Self(0x6A80);
    /// 6A82.
    pub const FILE_NOT_FOUND: Self = Self(0x6A82);
    /// 6A86.
    pub const WRONG_P1P2: Self = Self(0x6A86);
    /// 6A88.
    pub const REFERENCED_DATA_NOT_FOUND: Self = Self(0x6A88);
    /// 6B00.
    pub const WRONG_PARAMETERS: Self = Self(0x6B00);
    /// 6D00.
    pub const INSTRUCTION_UNSUPPORTED: Self = Self(0x6D00);
    /// 6E00.
    pub const CLASS_UNSUPPORTED: Self = Self(0x6E00);

    /// 63Cx with this counter; a counter above 15 is written as 15, the most the word can say.
    #[must_use]
    pub fn counter(tries_left: u8) -> Self {
        Self(0x63C0 | u16::from(tries_left.min(15)))
    }

    /// What the standard says of this word.
    #[must_use]
    pub fn kind(self) -> StatusKind {
        let [sw1, sw2] = self.0.to_be_bytes();
        match (sw1, sw2) {
            (0x90, 0x00) => StatusKind::Success,
            (0x61, n) => StatusKind::MoreData {
                length_bytes: length(n),
            },
            (0x62, 0x82) => StatusKind::EndOfFile,
            (0x62, _) => StatusKind::WarningUnchanged,
            (0x63, 0xC0..=0xCF) => StatusKind::Counter {
                tries_left: sw2 & 0x0F,
            },
            (0x63, _) => StatusKind::WarningChanged,
            (0x64..=0x66, _) => StatusKind::ExecutionError,
            (0x67, 0x00) => StatusKind::WrongLength,
            (0x68, _) => StatusKind::ClassFunctionUnsupported,
            (0x69, 0x82) => StatusKind::SecurityStatusNotSatisfied,
            (0x69, 0x83) => StatusKind::AuthenticationBlocked,
            (0x69, 0x84) => StatusKind::ReferenceDataNotUsable,
            (0x69, 0x85) => StatusKind::ConditionsNotSatisfied,
            (0x69, _) => StatusKind::CommandNotAllowed,
            (0x6A, 0x82) => StatusKind::FileNotFound,
            (0x6A, 0x88) => StatusKind::ReferencedDataNotFound,
            (0x6A, _) | (0x6B, 0x00) => StatusKind::WrongParameters,
            (0x6C, n) => StatusKind::CorrectLength {
                length_bytes: length(n),
            },
            (0x6D, 0x00) => StatusKind::InstructionUnsupported,
            (0x6E, 0x00) => StatusKind::ClassUnsupported,
            (0x6F, 0x00) => StatusKind::NoDiagnosis,
            _ => StatusKind::Unknown,
        }
    }

    /// Whether this is 9000.
    #[must_use]
    pub fn is_success(self) -> bool {
        self == Self::SUCCESS
    }

    /// The counter of 63Cx.
    #[must_use]
    pub fn tries_left(self) -> Option<u8> {
        match self.kind() {
            StatusKind::Counter { tries_left } => Some(tries_left),
            _ => None,
        }
    }
}

fn length(sw2: u8) -> u32 {
    if sw2 == 0 { 256 } else { u32::from(sw2) }
}

impl From<u16> for StatusWord {
    fn from(word: u16) -> Self {
        Self(word)
    }
}

impl From<StatusWord> for u16 {
    fn from(status: StatusWord) -> Self {
        status.0
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

impl fmt::Debug for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SW {:04X}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_survives_and_ranges_carry_their_number() {
        for word in 0..=u16::MAX {
            let status = StatusWord::from(word);
            assert_eq!(u16::from(status), word);
            match status.kind() {
                StatusKind::Counter { tries_left } => assert_eq!(word, 0x63C0 + u16::from(tries_left)),
                StatusKind::MoreData { length_bytes } | StatusKind::CorrectLength { length_bytes } => {
                    assert!((1..=256).contains(&length_bytes));
                    assert_eq!(u32::from(word) & 0xFF, length_bytes & 0xFF);
                }
                _ => {}
            }
        }
        assert_eq!(StatusWord::counter(200), StatusWord::from(0x63CF));
    }
}
