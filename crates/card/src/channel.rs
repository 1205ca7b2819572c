//! The one trait that card drivers speak through, and what passes it.
//!
//! One exchange, from above:
//!
//! ```text
//!   driver ── Request ──▶ channel ── Request ──▶ … ──▶ Transaction ── bytes ──▶ card
//!          ◀─ ResponseApdu ─       ◀─ ResponseApdu ─               ◀─ bytes ──
//! ```
//!
//! A channel must not: send a command that it was not given (GET RESPONSE aside), send a non-repeatable
//! command twice, drop a permit on the way down, keep data of an exchange after it, or hide a change of epoch.
//!
//! What is sent in another form than it was given (protected, in parts) is told beforehand, see [`Meaning`]: for who records.

use varco_apdu::{CommandApdu, ResponseApdu};

use crate::{Epoch, Limits, LinkError, PinPermit};

/// A conversation with one card, held for the length of a transaction.
///
/// A card speaks only when spoken to, so this is all a driver needs.
pub trait CardChannel {
    /// Sends one command, or has the reader's pin pad do it, and gives the card's answer.
    ///
    /// # Errors
    /// [`LinkError`] when there is no answer of the card: removal, reset, time-out, refusal by the PIN guard.
    /// A status word, whatever it says, is an answer and not an error.
    fn exchange(&mut self, request: Request<'_>) -> Result<ResponseApdu, LinkError>;

    /// What fits through this channel.
    fn limits(&self) -> Limits;

    /// The present epoch. Whatever the card granted in an earlier one is gone.
    fn epoch(&self) -> Epoch;

    /// Whether what passes is protected end to end by secure messaging with the card. A channel around one says what that
    /// one says.
    fn is_secure(&self) -> bool {
        false
    }

    /// Hears what the exchanges that follow stand for. A channel around one hands it on; nothing depends on it but a record.
    fn meant(&mut self, meaning: Meaning<'_>) {
        let _ = meaning;
    }

    /// Resets the card: verified PINs and selections are gone, the epoch rises.
    ///
    /// # Errors
    /// [`LinkError`] when the reader could not; the epoch has risen all the same.
    fn reset(&mut self) -> Result<(), LinkError>;

    /// Sends a command that spends no PIN try.
    ///
    /// # Errors
    /// As [`CardChannel::exchange`].
    fn send(&mut self, command: &CommandApdu) -> Result<ResponseApdu, LinkError> {
        self.exchange(Request::Command(command))
    }
}

impl<C: CardChannel + ?Sized> CardChannel for &mut C {
    fn exchange(&mut self, request: Request<'_>) -> Result<ResponseApdu, LinkError> {
        (**self).exchange(request)
    }
    fn limits(&self) -> Limits {
        (**self).limits()
    }
    fn epoch(&self) -> Epoch {
        (**self).epoch()
    }
    fn is_secure(&self) -> bool {
        (**self).is_secure()
    }
    fn meant(&mut self, meaning: Meaning<'_>) {
        (**self).meant(meaning);
    }
    fn reset(&mut self) -> Result<(), LinkError> {
        (**self).reset()
    }
}

/// What secure messaging tells the channels within it, so that a record has commands and not cryptograms.
///
/// Both come in pairs, around the exchanges that carry the command. Pairs within a pair belong to the outer one: a command that
/// is protected in parts is one command.
#[derive(Debug)]
pub enum Meaning<'m> {
    /// A command, before anything of it leaves.
    Command(&'m Request<'m>),
    /// What came of it, after its protection was checked and taken off.
    Outcome(Result<&'m ResponseApdu, &'m LinkError>),
}

/// What is asked of a channel.
///
/// A command that can spend a PIN try has a kind of its own, so that its permit cannot be forgotten.
#[derive(Debug)]
pub enum Request<'r> {
    /// Any other command.
    Command(&'r CommandApdu),
    /// VERIFY, CHANGE REFERENCE DATA or RESET RETRY COUNTER, with the permit that one typed value earned.
    PinCommand {
        /// The command.
        command: &'r CommandApdu,
        /// Its permit, spent on the way.
        permit: &'r mut PinPermit,
    },
    /// The same, typed on the reader's own pin pad: the value never enters the host.
    PadEntry {
        /// What the reader completes and sends.
        entry: &'r PadEntry,
        /// Its permit, spent on the way.
        permit: &'r mut PinPermit,
    },
}

impl Request<'_> {
    /// The command's name in the standard, for errors and traces.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Command(command) | Self::PinCommand { command, .. } => command.name(),
            Self::PadEntry { entry, .. } => entry.template.name(),
        }
    }
}

/// What a pin pad is to do (PC/SC part 10 §2.5), and where in the command's data the values stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum PadTask {
    /// One value, at the beginning of the data: VERIFY.
    Verify,
    /// A new value, typed twice: CHANGE REFERENCE DATA or RESET RETRY COUNTER.
    Modify {
        /// The byte where the present value (PIN or PUK) begins, if it is typed too, before the new one.
        present_at: Option<u8>,
        /// The byte where the new value begins.
        new_at: u8,
    },
}

impl PadTask {
    /// How many values are typed: a new one twice.
    #[must_use]
    pub fn values(self) -> u8 {
        match self {
            Self::Verify => 1,
            Self::Modify { present_at, .. } => 2 + u8::from(present_at.is_some()),
        }
    }
}

/// Most seconds that a reader is told to wait (PC/SC part 10 §2.5, `bTimeOut`: one byte, to which a driver adds its own ten).
const PAD_TIMEOUT_S_MAX: u8 = 245;

/// How long a reader waits for all values of one entry, in seconds, at least one, where a person has `value_s` for each.
///
/// The reader is told one time, and its driver reads it as that of the whole entry.
#[must_use]
pub fn pad_timeout_s(values: u8, value_s: u8) -> u8 {
    value_s
        .max(1)
        .saturating_mul(values.max(1))
        .min(PAD_TIMEOUT_S_MAX)
}

/// The language in which a reader with a display asks (PC/SC part 10 §2.5.2, `wLangId`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum PadLanguage {
    /// Italian, 0410.
    #[default]
    Italian,
    /// English, 0409.
    English,
}

/// A PIN entry on the reader's own keys: the command with room for the value, and how the value is written.
///
/// The answer's status word is the card's, or 6400 (nothing typed in time), 6401 (cancelled on the pad), 6402 (the new
/// values differ) or 6403 (too few or too many digits), as PC/SC part 10 §2.5.4 has it.
#[derive(Clone, Debug)]
pub struct PadEntry {
    /// What the person is asked for.
    pub task: PadTask,
    /// The command, its data field filled with padding where the values will stand: digits in ASCII, left-justified.
    pub template: CommandApdu,
    /// Bytes of the block that holds one value with its padding.
    pub block_bytes: u8,
    /// Fewest digits accepted.
    pub length_min: u8,
    /// Most digits accepted.
    pub length_max: u8,
    /// How long the person has for one value, in seconds; the reader waits for [`pad_timeout_s`].
    pub timeout_s: u8,
    /// In which language a reader with a display asks.
    pub language: PadLanguage,
}
