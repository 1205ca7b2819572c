//! The choice of an entry as a command line writes it.

use varco_apdu::Pin;
use varco_messages::Messages;
use varco_session::{EntryError, PinEntry};

use crate::wait::unavailable;
use crate::{PadEntryGuide, PinentryEntry, StreamEntry, TerminalEntry};

/// Where the PIN comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EntryChoice {
    /// The controlling terminal.
    Terminal,
    /// A pinentry, in a window or on a terminal.
    Pinentry,
    /// The reader's own keypad.
    Pad,
    /// Standard input.
    Stdin,
    /// An open file descriptor of this process.
    Descriptor(u32),
}

impl EntryChoice {
    /// Reads `terminal`, `pinentry`, `pad`, `stdin` or `fd:N`; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "terminal" => Some(Self::Terminal),
            "pinentry" => Some(Self::Pinentry),
            "pad" => Some(Self::Pad),
            "stdin" => Some(Self::Stdin),
            _ => {
                let number = text.strip_prefix("fd:")?;
                let digits = number.bytes().all(|byte| byte.is_ascii_digit());
                let number = number.parse().ok().filter(|_| digits)?;
                Some(Self::Descriptor(number))
            }
        }
    }

    /// The entry itself, with the default time limit. `messages` is what a person is asked in.
    ///
    /// # Errors
    /// [`EntryError::Unavailable`] when the stream is not open. A terminal is opened when it is asked, and so is a pinentry
    /// started.
    pub fn open(self, messages: Messages) -> Result<Box<dyn PinEntry>, EntryError> {
        Ok(match self {
            Self::Terminal => Box::new(TerminalEntry::new(messages)),
            Self::Pinentry => Box::new(PinentryEntry::new(messages)),
            Self::Pad => Box::new(PadEntryGuide::new(messages)),
            Self::Stdin => Box::new(StreamEntry::stdin()?),
            Self::Descriptor(number) => Box::new(StreamEntry::descriptor(number)?),
        })
    }

    /// Takes a secret that is no card's, such as a telephone PIN; a person is shown these lines first.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn ask_apart(self, lines: &[String], messages: Messages) -> Result<Pin, EntryError> {
        match self {
            Self::Terminal => TerminalEntry::new(messages).ask_after(lines),
            Self::Pinentry => PinentryEntry::new(messages).ask_after(lines),
            Self::Pad => Err(unavailable(
                "the reader's pad takes no secret that is not a card's",
            )),
            Self::Stdin => StreamEntry::stdin()?.take_line(),
            Self::Descriptor(number) => StreamEntry::descriptor(number)?.take_line(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_five_forms_are_read() {
        assert_eq!(EntryChoice::parse("terminal"), Some(EntryChoice::Terminal));
        assert_eq!(EntryChoice::parse("pinentry"), Some(EntryChoice::Pinentry));
        assert_eq!(EntryChoice::parse("pad"), Some(EntryChoice::Pad));
        assert_eq!(EntryChoice::parse("stdin"), Some(EntryChoice::Stdin));
        assert_eq!(EntryChoice::parse("fd:0"), Some(EntryChoice::Descriptor(0)));
        for text in [
            "",
            "Terminal",
            "pinentry-curses",
            "pad:60",
            "fd",
            "fd:",
            "fd:-1",
            "fd:+1",
            "fd:x",
            "fd:99999999999",
            "fd:1 ",
        ] {
            assert_eq!(EntryChoice::parse(text), None, "{text}");
        }
    }
}
