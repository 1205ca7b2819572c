//! A person at the controlling terminal: the question, then keys that do not show.
//!
//! Not here: standard input and output, which may lead elsewhere.

#[cfg(test)]
mod tests;

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::time::Duration;

use varco_apdu::Pin;
use varco_credential::{Attendance, CardSecret, TriesLeft};
use varco_messages::{Arg, Messages};
use varco_session::{EntryError, PinEntry, PinQuestion};

use crate::dumpable::NotDumpable;
use crate::question::{self, Face};
use crate::quiet::Quiet;
use crate::typed::Typed;
use crate::wait::{BYTES_MAX, TERMINAL, TIME_LIMIT_DEFAULT, deadline, next_byte, unavailable};

/// Asks on the controlling terminal. Nothing shows while the PIN is typed, not even stars: their number would
/// tell its length.
///
/// Backspace takes back a character, Ctrl-U all of them; Enter ends; Esc, Ctrl-C, Ctrl-D, Ctrl-Z and Ctrl-\
/// cancel. Anything else counts as a character, so that a stray key is refused and not overlooked. The time limit
/// starts anew with each key: slow typing is not punished.
///
/// A value that its holder got in two halves may be typed in a row, or half by half with Enter between them. Before the first
/// digit of the second half, Enter does nothing: lines that are pasted may end with two characters.
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
        let mut lines: Vec<String> = question::not_taken(question, &self.messages)
            .into_iter()
            .collect();
        lines.extend(question::lines(
            question,
            &self.messages,
            Face::Terminal(self.time_limit),
        ));
        let prompt = question::prompt(question, &self.messages);
        let halves = question::first_half(question).and_then(|first| {
            let second = question.form.length_max.checked_sub(first)?;
            let digits = [("digits", Arg::Range(second, second))];
            Some((first, self.messages.text("ask-prompt-second-half", &digits)))
        });
        self.ask_for(
            &lines,
            &prompt,
            halves.as_ref().map(|(first, prompt)| (*first, prompt.as_str())),
        )
    }

    fn before_sending(&mut self, secret: CardSecret, tries_left: TriesLeft) -> Result<(), EntryError> {
        let lines = question::before_sending(secret, tries_left, &self.messages);
        write(&self.open()?, &format!("{}\n", lines.join("\n")))
    }
}

impl TerminalEntry {
    /// Shows the lines, and takes what is typed.
    pub(crate) fn ask_after(&self, lines: &[String]) -> Result<Pin, EntryError> {
        self.ask_for(lines, &question::plain_prompt(&self.messages), None)
    }

    /// The same; `second_half` is the number of digits of a first half, and what then stands before the second one.
    fn ask_for(
        &self,
        lines: &[String],
        prompt: &str,
        second_half: Option<(usize, &str)>,
    ) -> Result<Pin, EntryError> {
        let _guard = NotDumpable::begin();
        let terminal = self.open()?;
        // Before the question is shown: who sees it may type.
        let quiet = Quiet::begin(&terminal)?;
        let shown: String = lines.iter().map(|line| format!("{line}\n")).collect();
        write(&terminal, &format!("{shown}{prompt} "))?;
        let typed = type_pin(&terminal, self.time_limit, second_half);
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

fn type_pin(
    terminal: &File,
    time_limit: Duration,
    second_half: Option<(usize, &str)>,
) -> Result<Pin, EntryError> {
    let mut typed = Typed::new();
    for _ in 0..BYTES_MAX {
        let byte = next_byte(terminal, deadline(time_limit)?)?.ok_or(EntryError::Cancelled)?;
        match meaning(*byte) {
            Key::Ends => match second_half {
                Some((digits, prompt)) if typed.settle(digits) => write(terminal, &format!("\n{prompt} "))?,
                Some(_) if typed.awaits_second_half() => {}
                _ => return typed.finish(),
            },
            Key::Cancels => return Err(EntryError::Cancelled),
            Key::Erases => typed.erase(),
            Key::Clears => typed.clear(),
            Key::Types => typed.push(*byte),
        }
    }
    Err(EntryError::TooLong)
}
