//! Why there is no answer of a card, sorted by who is to blame.
//!
//! Not here: status words. An answer that says no is an answer.

use varco_apdu::StatusWord;

use crate::GuardRefusal;

/// Why a conversation was ended from this side before its next command.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Interruption {
    /// Somebody cancelled it.
    Cancelled,
    /// Its time was over.
    DeadlinePassed,
    /// Nobody waited for it any more.
    Abandoned,
}

impl core::fmt::Display for Interruption {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Cancelled => "it was cancelled",
            Self::DeadlinePassed => "its time was over",
            Self::Abandoned => "nobody waited for it any more",
        })
    }
}

impl Interruption {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::DeadlinePassed => "deadline-passed",
            Self::Abandoned => "abandoned",
        }
    }
}

/// The link gave no answer. Variants stand in the order of the way to the card: service, reader, card, then
/// the host itself. Each has a stable [`LinkError::code`].
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// No PC/SC service (or no daemon of another kind) runs.
    #[error("the smart-card service is not running")]
    NoService,
    /// The service runs but does not let this user in.
    #[error("the smart-card service refuses access to this user")]
    ServiceRefused,
    /// The system does not let this user open the reader's port.
    #[error("the system does not let this user open the reader's port")]
    ReaderRefused,
    /// There is no reader of this name.
    #[error("there is no reader of this name")]
    NoReader,
    /// The reader disappeared during use.
    #[error("the reader was disconnected")]
    ReaderGone,
    /// Another program holds reader or card.
    #[error("another program is using the reader")]
    ReaderBusy,
    /// The same, and who holds it is known.
    #[error("another program is using the reader")]
    ReaderHeld {
        /// Numbers of the processes that hold it.
        by: Vec<u32>,
    },
    /// The reader is empty.
    #[error("there is no card in the reader")]
    NoCard,
    /// The card does not answer to reset.
    #[error("the card does not answer")]
    CardMute,
    /// The card was taken out during use.
    #[error("the card was removed")]
    CardRemoved,
    /// Another program reset the card: what was verified and selected is gone.
    #[error("another program reset the card")]
    CardReset,
    /// No answer within the time limit. The card's state is unknown.
    #[error("no answer within the time limit to {command}")]
    TimedOut {
        /// The command's name.
        command: &'static str,
    },
    /// The program that drives readers of this kind is not installed, or cannot be started.
    #[error("the program that drives readers of this kind is missing or does not start")]
    DriverAbsent,
    /// The process that drives the reader ended: what was in the field is lost, nothing else is.
    #[error("the process that drives the reader ended unexpectedly")]
    DriverCrashed,
    /// The card or reader broke the protocol.
    #[error("the card or reader broke the protocol: {what}")]
    Protocol {
        /// What was wrong, in fixed words.
        what: &'static str,
    },
    /// Secure messaging with the card is over: nothing more is sent through it.
    #[error("the secure channel to the card is closed: {what} ({command}{})", answered(*status))]
    SecureChannel {
        /// The command at which it ended.
        command: &'static str,
        /// The status word that the card gave, where it gave one that shows.
        status: Option<StatusWord>,
        /// Why, in fixed words.
        what: &'static str,
    },
    /// The command does not fit through this reader, or this card has no way to take it.
    #[error("{command} with {length_bytes} data bytes does not fit through this reader and card")]
    CommandTooLong {
        /// The command's name.
        command: &'static str,
        /// Bytes in its data field.
        length_bytes: usize,
    },
    /// The reader has no pin pad, or none that fits.
    #[error("the reader offers no PIN entry of its own")]
    PinPadUnsupported,
    /// An entry on the reader's pin pad ended without an answer. Whether the card saw a value is not known.
    #[error("the entry on the reader's pin pad failed")]
    PinPadFailed,
    /// The PIN guard did not let the command pass.
    #[error("{command} was not sent: {refusal}")]
    Guard {
        /// The command's name.
        command: &'static str,
        /// Why.
        refusal: GuardRefusal,
    },
    /// The conversation was ended from this side: the command was not sent.
    #[error("{command} was not sent: {why}")]
    Interrupted {
        /// The command's name.
        command: &'static str,
        /// Why.
        why: Interruption,
    },
    /// The reader's system reported something else.
    #[error("the reader's system reported {code:#010x} ({what})")]
    System {
        /// What was being done.
        what: &'static str,
        /// The system's own number.
        code: u32,
    },
}

fn answered(status: Option<StatusWord>) -> String {
    status
        .map(|status| format!(", answered {status}"))
        .unwrap_or_default()
}

impl LinkError {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoService => "no-service",
            Self::ServiceRefused => "service-refused",
            Self::ReaderRefused => "reader-refused",
            Self::NoReader => "no-reader",
            Self::ReaderGone => "reader-gone",
            Self::ReaderBusy | Self::ReaderHeld { .. } => "reader-busy",
            Self::NoCard => "no-card",
            Self::CardMute => "card-mute",
            Self::CardRemoved => "card-removed",
            Self::CardReset => "card-reset",
            Self::TimedOut { .. } => "link-timed-out",
            Self::Protocol { .. } => "link-protocol",
            Self::DriverAbsent => "reader-driver-absent",
            Self::DriverCrashed => "reader-driver-crashed",
            Self::SecureChannel { .. } => "secure-channel",
            Self::CommandTooLong { .. } => "command-too-long",
            Self::PinPadUnsupported => "pin-pad-unsupported",
            Self::PinPadFailed => "pin-pad-failed",
            Self::Guard { .. } => "pin-guard",
            Self::Interrupted { why, .. } => why.code(),
            Self::System { .. } => "link-system",
        }
    }
}
