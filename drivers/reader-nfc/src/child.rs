//! The running `varco-nfcd`: asked one question at a time, each with a limit. What it says is hostile input.
//!
//! Not here: what a question is for (`link`).

use core::time::Duration;
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use varco_card::LinkError;
use zeroize::Zeroizing;

use crate::wire::{Answer, Inbox, Malformed, Question, frame};

/// A child. Dropping it ends the process; one that listens takes the power off the card first.
pub(crate) struct Nfcd {
    process: Child,
    /// Closing it asks the child to let go of the reader and to end.
    input: Option<ChildStdin>,
    output: ChildStdout,
    number: u32,
    is_lost: bool,
}

/// How long a child may take to let go of the reader.
const FAREWELL: Duration = Duration::from_millis(500);
const BUSY_TRIES: u32 = 20;
const BUSY_WAIT: Duration = Duration::from_millis(10);
/// What a shell and the dynamic linker say of a program that cannot be loaded.
const NOT_LOADED: i32 = 127;

/// Why a question has no answer. The child is of no use after any of these.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Lost {
    /// The process ended, or closed its output.
    Ended,
    /// No answer in time.
    TimedOut,
    /// It speaks otherwise than a child of ours.
    Strange,
}

impl From<Malformed> for Lost {
    fn from(_: Malformed) -> Self {
        Self::Strange
    }
}

impl Nfcd {
    /// Starts the executable at this absolute path, with nothing of this process's environment. What is lent to it, it keeps
    /// open.
    ///
    /// # Errors
    /// [`LinkError::DriverAbsent`] when there is nothing that can be run.
    pub(crate) fn start(executable: &Path, lent: Stdio) -> Result<Self, LinkError> {
        let failed = |code| LinkError::System {
            what: "starting varco-nfcd, the process that talks to libnfc",
            code,
        };
        if !executable.is_absolute() {
            return Err(LinkError::DriverAbsent);
        }
        let mut command = Command::new(executable);
        command
            .env_clear()
            // Not even warnings: libnfc would write whole commands.
            .env("LIBNFC_LOG_LEVEL", "0")
            .env("LIBNFC_AUTO_SCAN", "false")
            .env("LIBNFC_INTRUSIVE_SCAN", "false")
            .current_dir("/")
            // A Ctrl-C is the parent's: it lets the child go, which then takes the power off the card.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(lent);
        let mut spawned = command.spawn();
        // A file that is being installed cannot be run for a moment.
        for _ in 0..BUSY_TRIES {
            match &spawned {
                Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => {
                    std::thread::sleep(BUSY_WAIT);
                    spawned = command.spawn();
                }
                _ => break,
            }
        }
        let mut process = spawned.map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::PermissionDenied => LinkError::DriverAbsent,
            _ => failed(error.raw_os_error().unwrap_or_default().unsigned_abs()),
        })?;
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(failed(0));
        };
        rustix::io::ioctl_fionbio(&input, true)
            .map_err(|errno| failed(errno.raw_os_error().unsigned_abs()))?;
        Ok(Self {
            process,
            input: Some(input),
            output,
            number: 0,
            is_lost: false,
        })
    }

    /// Asks, and waits at most so long. After an error the child is asked nothing more.
    pub(crate) fn ask(&mut self, question: &Question, limit: Duration) -> Result<Answer, Lost> {
        let answer = self.exchange(question, limit);
        self.is_lost |= answer.is_err();
        answer
    }

    /// Whether it ended because the system could not load it: it misses libnfc.
    pub(crate) fn could_not_be_loaded(&mut self) -> bool {
        self.input = None;
        self.is_lost = true;
        let end = Instant::now() + FAREWELL;
        // It may have closed its output and go on all the same.
        while Instant::now() < end {
            match self.process.try_wait() {
                Ok(Some(status)) => return status.code() == Some(NOT_LOADED),
                Ok(None) => std::thread::sleep(BUSY_WAIT),
                Err(_) => return false,
            }
        }
        false
    }

    fn exchange(&mut self, question: &Question, limit: Duration) -> Result<Answer, Lost> {
        let end = Instant::now() + limit;
        self.number = self.number.wrapping_add(1);
        let (kind, content) = question.encode();
        let asked = frame(self.number, kind, &content).ok_or(Lost::Strange)?;
        let input = self.input.as_mut().ok_or(Lost::Ended)?;
        // A question goes into a pipe whole or not at all. One that is full is not read: its child answers unasked.
        match input.write(&asked) {
            Ok(written) if written == asked.len() => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Err(Lost::Strange),
            _ => return Err(Lost::Ended),
        }
        let mut inbox = Inbox::default();
        loop {
            self.wait(end)?;
            let mut buffer = Zeroizing::new(vec![0; inbox.wanted()]);
            let read = match self.output.read(&mut buffer) {
                Ok(0) | Err(_) => return Err(Lost::Ended),
                Ok(read) => read,
            };
            let taken = inbox.take(buffer.get(..read).unwrap_or_default())?;
            if let Some((number, kind, content)) = taken {
                if number != self.number {
                    return Err(Lost::Strange);
                }
                return Ok(Answer::decode(kind, &content)?);
            }
        }
    }

    /// Whether the child closes its output within this time, whatever it still says.
    fn until_ended(&mut self, limit: Duration) -> bool {
        let end = Instant::now() + limit;
        let mut buffer = Zeroizing::new([0; 64]);
        // Each round reads something, or is the last.
        while self.wait(end).is_ok() {
            if !matches!(self.output.read(buffer.as_mut_slice()), Ok(1..)) {
                return true;
            }
        }
        false
    }

    /// Until something can be read.
    fn wait(&self, end: Instant) -> Result<(), Lost> {
        loop {
            let left = end.saturating_duration_since(Instant::now());
            // Also where it has been talking all the time.
            if left.is_zero() {
                return Err(Lost::TimedOut);
            }
            let timeout = Timespec::try_from(left).map_err(|_| Lost::TimedOut)?;
            let mut watched = [PollFd::new(&self.output, PollFlags::IN)];
            match poll(&mut watched, Some(&timeout)) {
                Ok(0) => return Err(Lost::TimedOut),
                Ok(_) => return Ok(()),
                Err(Errno::INTR) => {}
                Err(_) => return Err(Lost::Ended),
            }
        }
    }
}

impl Drop for Nfcd {
    fn drop(&mut self) {
        // It takes the power off the card by itself, where it still can.
        self.input = None;
        if !self.is_lost {
            self.until_ended(FAREWELL);
        }
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
