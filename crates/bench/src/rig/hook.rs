//! A command that does what a hand would: any program, started anew for each thing that is to be done.
//!
//! It is called as `COMMAND insert NAME`, `COMMAND remove` or `COMMAND press WHAT`, and finds in its environment
//! `VARCO_BENCH_SCENARIO`, `VARCO_BENCH_READER`, `VARCO_BENCH_PROFILES`, `VARCO_BENCH_KINDS` and `VARCO_BENCH_SERIAL`, words with
//! spaces between. Digits come on standard input, one line, and nowhere else. It ends with 0 when it is done, with [`CANNOT`] where
//! it has no such card or no such hand, and otherwise when it failed. What it says is told when it fails, without digits; once keys
//! were to be pressed it is told no more, since it may spell what was pressed.
//!
//! It has a time, and is killed with all of its process group when that is over; what it leaves running in that group when it ends
//! is ended too. A program that must outlast it needs a session of its own.
//!
//! Not here: any of that work.

mod run;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use varco_messages::displayable;
use zeroize::Zeroizing;

use super::{Keys, Rig, Wanted};
use crate::target::Hindrance;

/// The exit status by which a hook says that it cannot, and nothing is broken: that of skipped tests elsewhere too.
pub const CANNOT: i32 = 77;
/// The most characters of a complaint that are told: its end.
const COMPLAINT_CHARS_MAX: usize = 500;
/// How long it may take when nobody says otherwise.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// A rig that is a command.
#[derive(Debug)]
pub struct CommandHook {
    command: PathBuf,
    arguments: Vec<String>,
    scenario: String,
    time_limit: Duration,
    /// It was told digits.
    knows_digits: AtomicBool,
}

impl CommandHook {
    /// By the program's path or name, for the scenario of this name.
    #[must_use]
    pub fn new(command: PathBuf, scenario: &str) -> Self {
        Self {
            command,
            arguments: Vec::new(),
            scenario: scenario.to_owned(),
            time_limit: TIME_LIMIT,
            knows_digits: AtomicBool::new(false),
        }
    }

    /// With arguments before those that say what to do.
    #[must_use]
    pub fn with_arguments(mut self, arguments: &[String]) -> Self {
        self.arguments = arguments.to_vec();
        self
    }

    /// With another time for each run.
    #[must_use]
    pub fn with_time_limit(mut self, time_limit: Duration) -> Self {
        self.time_limit = time_limit;
        self
    }

    fn call(
        &self,
        words: &[&str],
        reader: &str,
        card: Option<Wanted<'_>>,
        digits: Option<&Zeroizing<Vec<u8>>>,
    ) -> Result<(), Hindrance> {
        let shown = self.command.display();
        let (profiles, kinds) = card.map_or((String::new(), String::new()), |card| {
            (card.profiles.join(" "), card.kinds.join(" "))
        });
        let mut command = Command::new(&self.command);
        command
            .args(&self.arguments)
            .args(words)
            .env("VARCO_BENCH_SCENARIO", &self.scenario)
            .env("VARCO_BENCH_READER", reader)
            .env("VARCO_BENCH_PROFILES", profiles)
            .env("VARCO_BENCH_KINDS", kinds)
            .env(
                "VARCO_BENCH_SERIAL",
                card.and_then(|card| card.serial).unwrap_or_default(),
            );
        if digits.is_some() {
            self.knows_digits.store(true, Ordering::SeqCst);
        }
        let ran = run::run(&mut command, digits, self.time_limit)
            .map_err(|error| Hindrance::rig("bench-rig-hook", format!("{shown}: {error}")))?;
        let ended = ran.ended.map_or_else(
            || format!("no end within {} s: killed", self.time_limit.as_secs()),
            |status| status.to_string(),
        );
        let said = match self.knows_digits.load(Ordering::SeqCst) {
            true => "what it said is not told, as it knows what was pressed".to_owned(),
            false => complaint(&ran.output),
        };
        let detail = format!("{shown} {}: {ended}; {said}", words.join(" "));
        match ran.ended {
            Some(status) if status.success() => Ok(()),
            Some(status) if status.code() == Some(CANNOT) => {
                Err(Hindrance::not_applicable("bench-na-hook", detail))
            }
            _ => Err(Hindrance::rig("bench-rig-hook", detail)),
        }
    }
}

/// The end of what it said, on one line of ours, whatever lines it makes.
fn complaint(output: &str) -> String {
    let said = displayable(&output.trim().replace('\n', " "));
    let skipped = said.chars().count().saturating_sub(COMPLAINT_CHARS_MAX);
    said.chars().skip(skipped).collect()
}

impl Rig for CommandHook {
    fn insert(&self, reader: &str, card: Wanted<'_>) -> Result<(), Hindrance> {
        self.call(&["insert", card.name], reader, Some(card), None)
    }

    fn remove(&self, reader: &str) -> Result<(), Hindrance> {
        self.call(&["remove"], reader, None, None)
    }

    fn press(&self, reader: &str, keys: Keys, digits: Option<&Zeroizing<Vec<u8>>>) -> Result<(), Hindrance> {
        self.call(&["press", keys.name()], reader, None, digits)
    }
}
