//! A person at a pinentry, the program of GnuPG that asks for secrets in a window or on a terminal.
//!
//! Not here: a window of our own. Why no crate speaks to it for us: ADR 88.

mod assuan;
mod program;
#[cfg(test)]
mod tests;

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use varco_apdu::Pin;
use varco_credential::{Attendance, CardSecret, TriesLeft};
use varco_messages::{Locale, Messages};
use varco_session::{EntryError, PinEntry, PinQuestion};

use crate::dumpable::NotDumpable;
use crate::question::{self, Face};
use crate::typed::Typed;
use crate::wait::{TERMINAL, unavailable};
pub(crate) use assuan::escaped_bytes;
use program::{Program, Reply};

/// How long a person has for one dialogue where nobody says otherwise. A pinentry counts the whole of it, not from key to key.
const TIME_LIMIT_DEFAULT: Duration = Duration::from_secs(120);
/// How long a program has for what needs no person.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
/// How much later than the program itself its time limit is enforced.
const GRACE: Duration = Duration::from_secs(5);

// Of libgpg-error, as they stand in the low 16 bits of an `ERR`.
const TIMEOUT: u16 = 62;
const CANCELED: u16 = 99;
const NOT_CONFIRMED: u16 = 114;
const FULLY_CANCELED: u16 = 198;

/// Asks through a pinentry: what is called `pinentry` on the `PATH`, or a given program.
///
/// The program is started for each question and has ended when the answer is given. It is told the terminal and its type
/// (`GPG_TTY`, else the controlling one; `TERM`), the locale, and the time limit; it is never allowed to keep a value in a cache
/// of the desktop. One that is silent past its time, talks without end or breaks its protocol is ended by force.
///
/// What it hands over goes byte by byte into a buffer that wipes itself. What it does with the value in its own process is its
/// affair; GnuPG's programs lock and wipe it too.
#[derive(Debug)]
pub struct PinentryEntry {
    messages: Messages,
    program: PathBuf,
    /// Its path and type.
    terminal: Option<(String, String)>,
    time_limit: Duration,
    answer_limit: Duration,
    grace: Duration,
}

impl PinentryEntry {
    /// Asks in the language of `messages`, through `pinentry`, with two minutes for each question.
    #[must_use]
    pub fn new(messages: Messages) -> Self {
        Self {
            messages,
            program: PathBuf::from("pinentry"),
            terminal: None,
            time_limit: TIME_LIMIT_DEFAULT,
            answer_limit: ANSWER_LIMIT,
            grace: GRACE,
        }
    }

    /// Another program: its path, or a name to be looked for on the `PATH`.
    #[must_use]
    pub fn with_program(mut self, program: impl Into<PathBuf>) -> Self {
        self.program = program.into();
        self
    }

    /// On another terminal than the one that `GPG_TTY` names or that controls this process: its path, and its type as `TERM` has
    /// it. A program with a window does not need it.
    #[must_use]
    pub fn with_terminal(mut self, path: &str, kind: &str) -> Self {
        self.terminal = Some((path.to_owned(), kind.to_owned()));
        self
    }

    /// With another time limit for each question, in whole seconds.
    #[must_use]
    pub fn with_time_limit(mut self, time_limit: Duration) -> Self {
        self.time_limit = time_limit;
        self
    }
}

impl PinEntry for PinentryEntry {
    fn attendance(&self) -> Attendance {
        Attendance::Attended
    }

    fn ask(&mut self, question: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        self.ask_for(&Dialogue {
            description: &question::lines(question, &self.messages, Face::Window(self.time_limit)),
            error: question::not_taken(question, &self.messages),
            prompt: &question::prompt(question, &self.messages),
        })
    }

    /// Only before the last try: a click is then asked for, while the card waits. Otherwise nothing shows.
    fn before_sending(&mut self, secret: CardSecret, tries_left: TriesLeft) -> Result<(), EntryError> {
        if tries_left != TriesLeft::Known(1) {
            return Ok(());
        }
        let lines = question::before_sending(secret, tries_left, &self.messages);
        let mut program = self.start(&lines, None)?;
        let reply = program.ask("CONFIRM", "", self.patience(), None)?;
        finish(reply)
    }
}

/// What is shown.
struct Dialogue<'d> {
    description: &'d [String],
    error: Option<String>,
    prompt: &'d str,
}

impl PinentryEntry {
    /// Shows the lines, and takes what is typed.
    pub(crate) fn ask_after(&self, lines: &[String]) -> Result<Pin, EntryError> {
        self.ask_for(&Dialogue {
            description: lines,
            error: None,
            prompt: &question::plain_prompt(&self.messages),
        })
    }

    fn ask_for(&self, dialogue: &Dialogue<'_>) -> Result<Pin, EntryError> {
        let _guard = NotDumpable::begin();
        let mut program = self.start(dialogue.description, dialogue.error.as_deref())?;
        self.set(&mut program, "SETPROMPT", dialogue.prompt)?;
        let mut typed = Typed::new();
        let reply = program.ask("GETPIN", "", self.patience(), Some(&mut typed))?;
        drop(program);
        finish(reply)?;
        typed.finish()
    }

    /// A program that greeted and was told everything that a person shall see.
    fn start(&self, lines: &[String], error: Option<&str>) -> Result<Program, EntryError> {
        let mut program = Program::start(&self.program)?;
        let greeting = program.answer(self.answer_limit, None);
        if greeting.map_err(impatient)? != Reply::Done {
            return Err(unavailable("the pinentry program refuses to begin"));
        }
        for (name, value) in self.options() {
            // Options that a program does not know are none that it needs.
            self.tell(&mut program, "OPTION", &format!("{name}={value}"))?;
        }
        let label = |code| self.messages.text(code, &[]);
        let seconds = self.time_limit.as_secs().max(1).to_string();
        for (command, words) in [
            ("SETTITLE", label("ask-title")),
            ("SETOK", label("ask-button-ok")),
            ("SETCANCEL", label("ask-button-cancel")),
            ("SETTIMEOUT", seconds),
        ] {
            self.tell(&mut program, command, &words)?;
        }
        self.set(&mut program, "SETDESC", &lines.join("\n"))?;
        if let Some(error) = error {
            self.set(&mut program, "SETERROR", error)?;
        }
        Ok(program)
    }

    /// Where and in which language it shows itself.
    fn options(&self) -> Vec<(&'static str, String)> {
        let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let character_set = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
        let character_set = character_set.filter(|locale| locale != "C" && locale != "POSIX");
        let language = match self.messages.locale() {
            Locale::Italian => "it_IT.UTF-8",
            Locale::English => "en_GB.UTF-8",
        };
        let (terminal, kind) = self.terminal.clone().unwrap_or_else(|| {
            let terminal = set("GPG_TTY").unwrap_or_else(|| TERMINAL.to_owned());
            (terminal, set("TERM").unwrap_or_else(|| "dumb".to_owned()))
        });
        vec![
            ("ttyname", terminal),
            ("ttytype", kind),
            // What is shown is UTF-8, as on a terminal without a pinentry.
            ("lc-ctype", character_set.unwrap_or_else(|| "C.UTF-8".to_owned())),
            ("lc-messages", language.to_owned()),
        ]
    }

    /// Says what may be refused.
    fn tell(&self, program: &mut Program, command: &str, words: &str) -> Result<Reply, EntryError> {
        program
            .ask(command, words, self.answer_limit, None)
            .map_err(impatient)
    }

    /// Says what a person must see.
    fn set(&self, program: &mut Program, command: &str, words: &str) -> Result<(), EntryError> {
        match self.tell(program, command, words)? {
            Reply::Done => Ok(()),
            Reply::Failed(_) => Err(unavailable("the pinentry program does not show what it must")),
        }
    }

    /// How long a person's answer is waited for: the program's own limit comes first.
    fn patience(&self) -> Duration {
        self.time_limit
            .max(Duration::from_secs(1))
            .saturating_add(self.grace)
    }
}

/// No person was slow here, but the program.
fn impatient(error: EntryError) -> EntryError {
    match error {
        EntryError::TimedOut => unavailable("the pinentry program does not answer"),
        other => other,
    }
}

fn finish(reply: Reply) -> Result<(), EntryError> {
    match reply {
        Reply::Done => Ok(()),
        Reply::Failed(CANCELED | NOT_CONFIRMED | FULLY_CANCELED) => Err(EntryError::Cancelled),
        Reply::Failed(TIMEOUT) => Err(EntryError::TimedOut),
        Reply::Failed(_) => Err(unavailable("the pinentry program could not ask")),
    }
}
