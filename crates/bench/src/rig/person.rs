//! A person at the reader, who is asked on the terminal.
//!
//! Not here: the PIN, which is asked for as always (`entry`).

#[cfg(test)]
mod tests;

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use varco_messages::{Arg, Messages, displayable};
use zeroize::Zeroizing;

use super::{Eye, Keys, Rig, Seen, Wanted};
use crate::target::Hindrance;

/// The controlling terminal, whatever the streams are.
const TERMINAL: &str = "/dev/tty";
/// By these words a person gives up.
const GIVES_UP: [&str; 3] = ["q", "quit", "annulla"];
/// The most bytes of a line.
const LINE_BYTES_MAX: usize = 256;

/// Where a person is asked.
pub trait Terminal: Send {
    /// Shows a line.
    ///
    /// # Errors
    /// The system's, where there is nobody any more.
    fn show(&mut self, line: &str) -> io::Result<()>;

    /// A line that was typed since, if one was; it does not wait.
    ///
    /// # Errors
    /// The system's, where there is nobody any more.
    fn typed(&mut self) -> io::Result<Option<String>>;
}

/// The terminal of this process, opened when somebody is asked.
#[derive(Default)]
pub struct Tty {
    file: Option<File>,
    line: Vec<u8>,
}

impl Tty {
    fn open(&mut self) -> io::Result<&mut File> {
        if self.file.is_none() {
            self.file = Some(OpenOptions::new().read(true).write(true).open(TERMINAL)?);
        }
        self.file.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Terminal for Tty {
    fn show(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.open()?, "{line}")
    }

    fn typed(&mut self) -> io::Result<Option<String>> {
        let at_once = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        loop {
            let mut byte = [0];
            let file = self.open()?;
            if poll(&mut [PollFd::new(&*file, PollFlags::IN)], Some(&at_once))? == 0 {
                return Ok(None);
            }
            match (file.read(&mut byte)?, byte) {
                (0, _) => return Err(io::ErrorKind::UnexpectedEof.into()),
                (_, [b'\n']) => {
                    let line = String::from_utf8_lossy(&self.line).trim().to_owned();
                    self.line.clear();
                    return Ok(Some(line));
                }
                (_, [byte]) if self.line.len() < LINE_BYTES_MAX => self.line.push(byte),
                _ => {}
            }
        }
    }
}

/// A rig that asks. By itself it does not wait: the reader tells when it is done.
pub struct Person {
    messages: &'static Messages,
    terminal: Mutex<Box<dyn Terminal>>,
    watch: Option<(Box<dyn Eye>, Duration)>,
}

impl Person {
    /// Asks in this language.
    #[must_use]
    pub fn new(messages: &'static Messages) -> Self {
        Self {
            messages,
            terminal: Mutex::new(Box::new(Tty::default())),
            watch: None,
        }
    }

    /// At another terminal.
    #[must_use]
    pub fn at(mut self, terminal: Box<dyn Terminal>) -> Self {
        self.terminal = Mutex::new(terminal);
        self
    }

    /// Believes the person when the reader shows it, and waits for that so long; the person may give up meanwhile. For a program
    /// that has the terminal in the foreground.
    #[must_use]
    pub fn watching(mut self, eye: Box<dyn Eye>, limit: Duration) -> Self {
        self.watch = Some((eye, limit));
        self
    }

    fn terminal(&self) -> MutexGuard<'_, Box<dyn Terminal>> {
        self.terminal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, text: &str) -> Result<(), Hindrance> {
        let said = self.terminal().show(&displayable(text));
        said.map_err(|error| Hindrance::rig("bench-rig-person", error))
    }

    fn wait_for(&self, wanted: Seen) -> Result<(), Hindrance> {
        let Some((eye, limit)) = &self.watch else {
            return Ok(());
        };
        self.say(&self.messages.text("rig-give-up", &[]))?;
        eye.wait_for(wanted, *limit, &mut || {
            let typed = self.terminal().typed();
            match typed.map_err(|error| Hindrance::rig("bench-rig-person", error))? {
                Some(line) if GIVES_UP.contains(&line.to_lowercase().as_str()) => {
                    Err(Hindrance::rig("bench-rig-cancelled", line))
                }
                _ => Ok(()),
            }
        })
    }
}

impl Rig for Person {
    fn insert(&self, reader: &str, card: Wanted<'_>) -> Result<(), Hindrance> {
        if card.kinds.is_empty() && card.serial.is_none() {
            // Nobody has a real card that is revoked in just this way.
            return Err(Hindrance::not_applicable("bench-na-played", card));
        }
        let wanted = card.to_string();
        let said = [("card", Arg::Text(&wanted)), ("reader", Arg::Text(reader))];
        self.say(&self.messages.text("bench-insert", &said))?;
        self.wait_for(Seen::Card)
    }

    fn remove(&self, reader: &str) -> Result<(), Hindrance> {
        let said = [("reader", Arg::Text(reader))];
        self.say(&self.messages.text("bench-remove", &said))?;
        self.wait_for(Seen::Nothing)
    }

    /// Tells what to press, never the digits, and does not wait.
    fn press(&self, reader: &str, keys: Keys, _: Option<&Zeroizing<Vec<u8>>>) -> Result<(), Hindrance> {
        let code = match keys {
            Keys::Pin => "rig-press-pin",
            Keys::WrongPin => "rig-press-wrong-pin",
            Keys::NewPin => "rig-press-new-pin",
            Keys::Puk => "rig-press-puk",
            Keys::WrongPuk => "rig-press-wrong-puk",
            Keys::Cancel => "rig-press-cancel",
        };
        self.say(&self.messages.text(code, &[("reader", Arg::Text(reader))]))
    }

    fn is_person(&self) -> bool {
        true
    }
}
