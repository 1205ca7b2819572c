//! The pinentry program while it runs: what it is told, how long is waited for it, and how it ends.
//!
//! Not here: what a line says (`assuan`).

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

use varco_session::EntryError;

use super::assuan::{Line, Lines, request};
use crate::quiet::discard_keys;
use crate::typed::Typed;
use crate::wait::{TERMINAL, deadline, unavailable};

/// How long a program that was told to end may take to do so.
const ENDING: Duration = Duration::from_millis(500);
const POLL: Duration = Duration::from_millis(5);

/// A running program. When it goes, the program has ended, by force if need be, a terminal that it left in disorder is as it was
/// before, and keys that were typed beside its window, or for longer than it read them, are discarded.
pub(super) struct Program {
    child: Child,
    /// Taken when it is to end.
    input: Option<ChildStdin>,
    output: ChildStdout,
    lines: Lines,
    before: Option<(File, Termios)>,
}

/// How a request ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reply {
    /// `OK`.
    Done,
    /// `ERR` with this code.
    Failed(u16),
}

impl Program {
    /// Starts it. Its command line is bare, its environment the one of this process, and what it complains of is not shown.
    pub(super) fn start(path: &Path) -> Result<Self, EntryError> {
        let before = terminal();
        let mut child = Command::new(path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| match error.kind() {
                ErrorKind::NotFound => unavailable("the pinentry program was not found"),
                _ => unavailable("the pinentry program could not be started"),
            })?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Ok(Self {
                child,
                input: Some(input),
                output,
                lines: Lines::new(),
                before,
            }),
            _ => Err(unavailable("the pinentry program could not be started")),
        }
    }

    /// Says a request and waits for its end; data go into `data`, and break the protocol where none are asked for.
    pub(super) fn ask(
        &mut self,
        command: &str,
        words: &str,
        limit: Duration,
        data: Option<&mut Typed>,
    ) -> Result<Reply, EntryError> {
        let deaf = unavailable("the pinentry program ended before it answered");
        let input = self.input.as_mut().ok_or(deaf.clone())?;
        // What is said in all is less than a pipe holds: a program that does not listen keeps nobody waiting here.
        input
            .write_all(request(command, words).as_bytes())
            .map_err(|_| deaf)?;
        self.answer(limit, data)
    }

    /// Waits for the end of what was asked; at first, for the greeting.
    pub(super) fn answer(
        &mut self,
        limit: Duration,
        mut data: Option<&mut Typed>,
    ) -> Result<Reply, EntryError> {
        let deadline = deadline(limit)?;
        loop {
            // Ends: the lines are counted by their bytes.
            match self.lines.next(&self.output, deadline, data.as_deref_mut())? {
                Line::Done => return Ok(Reply::Done),
                Line::Failed(code) => return Ok(Reply::Failed(code)),
                Line::Data | Line::Remark => {}
            }
        }
    }

    /// Whether it ended by itself in this time.
    fn ended_within(&mut self, limit: Duration) -> bool {
        let begun = Instant::now();
        loop {
            match self.child.try_wait() {
                Ok(Some(_)) => return true,
                Ok(None) if begun.elapsed() < limit => thread::sleep(POLL),
                Ok(None) | Err(_) => return false,
            }
        }
    }
}

impl Program {
    fn end(&mut self) {
        if let Some(mut input) = self.input.take() {
            let _ = input.write_all(b"BYE\n");
        }
        if self.ended_within(ENDING) {
            return;
        }
        // Asked first, so that it can clear its screen.
        let number = i32::try_from(self.child.id()).ok();
        if let Some(pid) = number.and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::TERM);
        }
        if !self.ended_within(ENDING) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.end();
        if let Some((terminal, before)) = &self.before {
            restore(terminal, before);
            discard_keys(terminal);
        }
    }
}

/// Only where something changed: who sets a terminal from the background is stopped.
fn restore(terminal: &File, before: &Termios) {
    let modes = |settings: &Termios| (settings.local_modes, settings.input_modes, settings.output_modes);
    if tcgetattr(terminal).is_ok_and(|now| modes(&now) != modes(before)) {
        let _ = tcsetattr(terminal, OptionalActions::Now, before);
    }
}

/// The controlling terminal and how it stands, if there is one.
fn terminal() -> Option<(File, Termios)> {
    let terminal = OpenOptions::new().read(true).write(true).open(TERMINAL).ok()?;
    let settings = tcgetattr(&terminal).ok()?;
    Some((terminal, settings))
}
