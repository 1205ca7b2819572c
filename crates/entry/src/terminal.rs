//! A person at the controlling terminal: the question, then keys that do not show.
//!
//! Not here: standard input and output, which may lead elsewhere.

mod quiet;
#[cfg(test)]
mod tests;

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::time::Duration;

use varco_apdu::Pin;
use varco_credential::Attendance;
use varco_messages::Messages;
use varco_session::{EntryError, PinEntry, PinQuestion};

use crate::question;
use crate::typed::Typed;
use crate::wait::{BYTES_MAX, TIME_LIMIT_DEFAULT, deadline, next_byte, unavailable};
use quiet::Quiet;

const TERMINAL: &str = "/dev/tty";

/// Asks on the controlling terminal. Nothing shows while the PIN is typed, not even stars: their number would
/// tell its length.
///
/// Backspace takes back a character, Ctrl-U all of them; Enter ends; Esc, Ctrl-C, Ctrl-D, Ctrl-Z and Ctrl-\
/// cancel. Anything else counts as a character, so that a stray key is refused and not overlooked. The time limit
/// starts anew with each key: slow typing is not punished.
#[derive(Debug)]
pub struct TerminalEntry {
    messages: Messages,
    /// In place of the controlling one, for tests.
    terminal: Option<File>,
    time_limit: Duration,
}

impl TerminalEntry {
    /// Asks in the language of `messages`, with [`TIME_LIMIT_DEFAULT`].
    #[must_use]
    pub fn new(messages: Messages) -> Self {
        Self {
            messages,
            terminal: None,
            time_limit: TIME_LIMIT_DEFAULT,
        }
    }

    /// With another time limit for each key.
    #[must_use]
    pub fn with_time_limit(mut self, time_limit: Duration) -> Self {
        self.time_limit = time_limit;
        self
    }

    fn open(&self) -> Result<File, EntryError> {
        let opened = match &self.terminal {
            Some(terminal) => terminal.try_clone(),
            None => OpenOptions::new().read(true).write(true).open(TERMINAL),
        };
        opened.map_err(|_| unavailable("there is no controlling terminal"))
    }
}

impl PinEntry for TerminalEntry {
    fn attendance(&self) -> Attendance {
        Attendance::Attended
    }

    fn ask(&mut self, question: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        let lines = question::lines(question, &self.messages, self.time_limit);
        self.ask_after(&lines)
    }
}

impl TerminalEntry {
    /// Shows the lines, and takes what is typed.
    pub(crate) fn ask_after(&self, lines: &[String]) -> Result<Pin, EntryError> {
        let terminal = self.open()?;
        let prompt = self.messages.text("ask-prompt", &[]);
        // Before the question is shown: who sees it may type.
        let quiet = Quiet::begin(&terminal)?;
        write(&terminal, &format!("{}\n{prompt} ", lines.join("\n")))?;
        let typed = type_pin(&terminal, self.time_limit);
        let ended = write(&terminal, "\n");
        drop(quiet);
        let pin = typed?;
        ended.map(|()| pin)
    }
}

fn write(mut terminal: &File, text: &str) -> Result<(), EntryError> {
    terminal
        .write_all(text.as_bytes())
        .map_err(|_| unavailable("the terminal cannot be written to"))
}

/// What a key does.
enum Key {
    Ends,
    Cancels,
    Erases,
    Clears,
    Types,
}

fn meaning(byte: u8) -> Key {
    match byte {
        b'\r' | b'\n' => Key::Ends,
        // Ctrl-C, Ctrl-D, Ctrl-Z, Esc, Ctrl-\.
        0x03 | 0x04 | 0x1A | 0x1B | 0x1C => Key::Cancels,
        // Ctrl-H and Delete: either is what Backspace sends.
        0x08 | 0x7F => Key::Erases,
        // Ctrl-U.
        0x15 => Key::Clears,
        _ => Key::Types,
    }
}

fn type_pin(terminal: &File, time_limit: Duration) -> Result<Pin, EntryError> {
    let mut typed = Typed::new();
    for _ in 0..BYTES_MAX {
        let byte = next_byte(terminal, deadline(time_limit)?)?.ok_or(EntryError::Cancelled)?;
        match meaning(*byte) {
            Key::Ends => return typed.finish(),
            Key::Cancels => return Err(EntryError::Cancelled),
            Key::Erases => typed.erase(),
            Key::Clears => typed.clear(),
            Key::Types => typed.push(*byte),
        }
    }
    Err(EntryError::TooLong)
}
