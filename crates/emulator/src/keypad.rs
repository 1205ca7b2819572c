//! What a reader with a keypad tells of it: what it asked for, and how that ended.
//!
//! Not here: digits. Nothing in an event tells what was typed, or how much of it.

use core::fmt;

/// What happens on a reader's keypad, as it happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum KeypadEvent {
    /// The reader shows a message and waits for digits.
    Asked {
        /// Whose digits.
        of: EntryOf,
        /// The fewest digits.
        digits_min: u8,
        /// The most digits.
        digits_max: u8,
        /// How long the reader waits, in seconds.
        timeout_s: u8,
        /// The index of the message that is shown; `None` when the reader chooses it, or shows nothing.
        message: Option<u8>,
    },
    /// The reader has stopped waiting.
    Ended(EntryEnd),
}

/// Which value is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EntryOf {
    /// The value to verify.
    Pin,
    /// The value that allows a change: the PIN so far, or the PUK.
    Current,
    /// The new PIN.
    New,
    /// The new PIN once more.
    Confirmation,
}

/// How an entry ended. For all but the first, nothing reached the card.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum EntryEnd {
    /// Digits were typed and confirmed.
    Typed,
    /// The cancel key was pressed.
    Cancelled,
    /// Nothing was confirmed in time.
    TimedOut,
    /// The two new values differ.
    Differing,
    /// There were fewer digits than the least, or more than the most.
    WrongLength,
    /// The card was taken away, or the host spoke of something else.
    Abandoned,
}

impl fmt::Display for EntryOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pin => "pin",
            Self::Current => "current",
            Self::New => "new",
            Self::Confirmation => "confirmation",
        })
    }
}

impl fmt::Display for EntryEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Typed => "typed",
            Self::Cancelled => "cancelled",
            Self::TimedOut => "timed-out",
            Self::Differing => "differing",
            Self::WrongLength => "wrong-length",
            Self::Abandoned => "abandoned",
        })
    }
}

impl fmt::Display for KeypadEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked {
                of,
                digits_min,
                digits_max,
                timeout_s,
                message,
            } => {
                write!(
                    f,
                    "entry asked: {of}, min {digits_min} max {digits_max}, timeout {timeout_s} s"
                )?;
                message.map_or(Ok(()), |message| write!(f, ", message {message}"))
            }
            Self::Ended(end) => write!(f, "entry ended: {end}"),
        }
    }
}
