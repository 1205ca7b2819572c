//! When a fault happens: at an exchange by its number, at an instruction by its name, at every one.
//!
//! Not here: the faults (`kind`).

use core::fmt;

use varco_apdu::ins;

use super::FaultError;
use super::kind::number;

/// When a fault happens, counted from arming.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// At the next exchange that it can happen to.
    Next,
    /// At this exchange, the first being 1; or at the first after it that it can happen to.
    Exchange(u64),
    /// At this command of this name, the first being 1, of those that it can happen to.
    Instruction(Instruction, u64),
    /// At every exchange that it can happen to, until it is cleared.
    Every,
}

/// Instructions that have a name in plans. Under secure messaging they are in the clear too, so the names hold there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Instruction {
    /// VERIFY.
    Verify,
    /// CHANGE REFERENCE DATA.
    Change,
    /// RESET RETRY COUNTER.
    Unblock,
    /// SELECT.
    Select,
    /// READ BINARY, even or odd.
    Read,
    /// PERFORM SECURITY OPERATION that computes with a private key.
    Sign,
    /// PERFORM SECURITY OPERATION that takes a certificate: identity cards check the terminal's.
    VerifyCertificate,
    /// MANAGE SECURITY ENVIRONMENT.
    ManageEnvironment,
    /// GET CHALLENGE.
    GetChallenge,
    /// INTERNAL AUTHENTICATE: an identity card signs by it.
    InternalAuthenticate,
    /// EXTERNAL AUTHENTICATE.
    ExternalAuthenticate,
    /// GET DATA, even or odd.
    GetData,
    /// GET RESPONSE.
    GetResponse,
    /// UPDATE BINARY.
    Update,
}

/// UPDATE BINARY (ISO/IEC 7816-4 §11.2.5).
const UPDATE_BINARY: u8 = 0xD6;

impl Instruction {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Verify,
        Self::Change,
        Self::Unblock,
        Self::Select,
        Self::Read,
        Self::Sign,
        Self::VerifyCertificate,
        Self::ManageEnvironment,
        Self::GetChallenge,
        Self::InternalAuthenticate,
        Self::ExternalAuthenticate,
        Self::GetData,
        Self::GetResponse,
        Self::Update,
    ];

    /// The name in plans.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Change => "change",
            Self::Unblock => "unblock",
            Self::Select => "select",
            Self::Read => "read",
            Self::Sign => "sign",
            Self::VerifyCertificate => "verify-certificate",
            Self::ManageEnvironment => "mse",
            Self::GetChallenge => "get-challenge",
            Self::InternalAuthenticate => "internal-authenticate",
            Self::ExternalAuthenticate => "external-authenticate",
            Self::GetData => "get-data",
            Self::GetResponse => "get-response",
            Self::Update => "update",
        }
    }

    /// The instruction of this command, by CLA, INS, P1, P2; `None` for one that has no name.
    #[must_use]
    pub fn of(header: [u8; 4]) -> Option<Self> {
        let [_, instruction, p1, p2] = header;
        Some(match instruction {
            // ISO/IEC 7816-8 §11: to verify a certificate, plain or out of data objects.
            ins::PERFORM_SECURITY_OPERATION if p1 == 0x00 && matches!(p2, 0xAE | 0xBE) => {
                Self::VerifyCertificate
            }
            ins::PERFORM_SECURITY_OPERATION => Self::Sign,
            ins::VERIFY | 0x21 => Self::Verify,
            ins::CHANGE_REFERENCE_DATA => Self::Change,
            ins::RESET_RETRY_COUNTER => Self::Unblock,
            ins::SELECT => Self::Select,
            ins::READ_BINARY | ins::READ_BINARY_OBJECTS => Self::Read,
            ins::MANAGE_SECURITY_ENVIRONMENT => Self::ManageEnvironment,
            ins::GET_CHALLENGE => Self::GetChallenge,
            ins::INTERNAL_AUTHENTICATE => Self::InternalAuthenticate,
            ins::EXTERNAL_AUTHENTICATE => Self::ExternalAuthenticate,
            ins::GET_DATA | ins::GET_DATA_OBJECTS => Self::GetData,
            ins::GET_RESPONSE => Self::GetResponse,
            UPDATE_BINARY => Self::Update,
            _ => return None,
        })
    }
}

impl When {
    /// Reads what follows the `@`.
    pub(super) fn parse(text: &str) -> Result<Self, FaultError> {
        let when = || {
            if text == "every" {
                return Some(Self::Every);
            }
            if text.starts_with(|c: char| c.is_ascii_digit()) {
                return number(text, 1, u64::MAX).map(Self::Exchange);
            }
            let (name, nth) = match text.split_once('#') {
                Some((name, nth)) => (name, number(nth, 1, u64::MAX)?),
                None => (text, 1),
            };
            let known = Instruction::ALL.into_iter().find(|known| known.name() == name)?;
            Some(Self::Instruction(known, nth))
        };
        when().ok_or_else(|| FaultError::When {
            text: text.to_owned(),
            names: Instruction::ALL.map(|known| known.name()).join(", "),
        })
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Next => Ok(()),
            Self::Exchange(number) => write!(f, "@{number}"),
            Self::Instruction(instruction, 1) => write!(f, "@{}", instruction.name()),
            Self::Instruction(instruction, nth) => write!(f, "@{}#{nth}", instruction.name()),
            Self::Every => f.write_str("@every"),
        }
    }
}
