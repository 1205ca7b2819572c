//! A person at the reader's own keypad: what is said while the reader waits.
//!
//! Not here: the keys. The reader takes them, and the value goes from it to the card; this host never sees it.

#[cfg(test)]
mod tests;

use std::fs::{File, OpenOptions};
use std::io::{self, Write};

use varco_apdu::Pin;
use varco_credential::{Attendance, CardSecret, PadLanguage, PadTerms, TriesLeft};
use varco_messages::{Locale, Messages};
use varco_session::{EntryError, EntryPlace, PinEntry, PinQuestion};

use crate::question::{self, Face};
use crate::quiet::{Quiet, is_in_background};
use crate::wait::{TERMINAL, unavailable};

/// How long the reader waits where nobody says otherwise.
const TIMEOUT_S_DEFAULT: u8 = 60;

/// Guides a person to the reader's keypad, on the controlling terminal if there is one, else on standard error.
///
/// While the reader waits, the terminal shows no keys and sends no signals, and what is typed on it is discarded: it may be the
/// PIN, on the wrong keys. The reader's own key cancels. The terminal is as it was when the reader is done, or this goes.
#[derive(Debug)]
pub struct PadEntryGuide {
    messages: Messages,
    /// In place of both, for tests.
    screen: Option<File>,
    timeout_s: u8,
    /// While the reader waits.
    quiet: Option<Quiet<File>>,
}

impl PadEntryGuide {
    /// Guides in the language of `messages`, which the reader's display is asked for too; each value has 60 seconds.
    #[must_use]
    pub fn new(messages: Messages) -> Self {
        Self {
            messages,
            screen: None,
            timeout_s: TIMEOUT_S_DEFAULT,
            quiet: None,
        }
    }

    /// With another time for each value that is typed; of a change, the reader waits for all three together.
    #[must_use]
    pub fn with_timeout_s(mut self, timeout_s: u8) -> Self {
        self.timeout_s = timeout_s;
        self
    }

    fn open(&self) -> io::Result<File> {
        match &self.screen {
            Some(screen) => screen.try_clone(),
            None => OpenOptions::new().read(true).write(true).open(TERMINAL),
        }
    }

    /// Of no use where there is no terminal, and no hindrance.
    fn quieten(&mut self) {
        // The one before has to restore first.
        self.quiet = None;
        let terminal = self.open().ok();
        let terminal = terminal.filter(|terminal| !is_in_background(terminal));
        self.quiet = terminal.and_then(|terminal| Quiet::begin(terminal).ok());
    }

    fn show(&self, lines: &[String]) -> Result<(), EntryError> {
        let text = format!("{}\n", lines.join("\n"));
        let shown = match self.open() {
            Ok(mut screen) => screen.write_all(text.as_bytes()),
            Err(_) => io::stderr().write_all(text.as_bytes()),
        };
        shown.map_err(|_| unavailable("there is no way to tell a person to type on the reader"))
    }
}

impl PinEntry for PadEntryGuide {
    fn attendance(&self) -> Attendance {
        Attendance::Attended
    }

    fn place(&self) -> EntryPlace {
        EntryPlace::Reader(PadTerms {
            timeout_s: self.timeout_s,
            language: match self.messages.locale() {
                Locale::Italian => PadLanguage::Italian,
                Locale::English => PadLanguage::English,
            },
        })
    }

    fn ask(&mut self, _: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        Err(unavailable("the reader's pad is asked, not this program"))
    }

    fn guide(
        &mut self,
        question: &PinQuestion<'_>,
        next: Option<&PinQuestion<'_>>,
    ) -> Result<(), EntryError> {
        let mut lines: Vec<String> = question::not_taken(question, &self.messages)
            .into_iter()
            .collect();
        let face = Face::Pad {
            timeout_s: self.timeout_s,
            next,
        };
        lines.extend(question::lines(question, &self.messages, face));
        // Before the question is shown: who sees it may type.
        self.quieten();
        let shown = self.show(&lines);
        if shown.is_err() {
            self.quiet = None;
        }
        shown
    }

    fn guided(&mut self) {
        self.quiet = None;
        // That the reader is done is seen on the reader too.
        let _ = self.show(&[self.messages.text("ask-pad-done", &[])]);
    }

    fn before_sending(&mut self, secret: CardSecret, tries_left: TriesLeft) -> Result<(), EntryError> {
        self.show(&question::before_sending(secret, tries_left, &self.messages))
    }
}
