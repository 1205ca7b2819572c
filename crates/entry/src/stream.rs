//! The lines of standard input or of a file descriptor.
//!
//! Not here: typing. A terminal is refused, because it would show the PIN.

#[cfg(test)]
mod tests;

use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::fs::{Mode, OFlags, open};
use rustix::termios::isatty;

use varco_apdu::Pin;
use varco_credential::Attendance;
use varco_session::{EntryError, PinEntry, PinQuestion};

use crate::dumpable::NotDumpable;
use crate::typed::Typed;
use crate::wait::{BYTES_MAX, TIME_LIMIT_DEFAULT, deadline, next_byte, unavailable};

/// Takes a PIN from a program: the next line of a stream, without its line end (`\n` or `\r\n`), or all up to the
/// end of the stream. Nothing beyond the line is read.
///
/// Each question takes one line: of a change the present PIN and the new one, of an unblocking the PUK and the new PIN. The
/// stream stays open between them. The time limit counts from the question to the whole line. An empty line or stream is a PIN
/// without digits, which the PIN rules refuse; a stream that ends where another line was due is an error.
#[derive(Debug)]
pub struct StreamEntry {
    source: OwnedFd,
    lines_taken: usize,
    time_limit: Duration,
}

impl StreamEntry {
    /// From a pipe, socket or file, with [`TIME_LIMIT_DEFAULT`].
    pub fn new(source: impl Into<OwnedFd>) -> Self {
        Self {
            source: source.into(),
            lines_taken: 0,
            time_limit: TIME_LIMIT_DEFAULT,
        }
    }

    /// From standard input.
    ///
    /// # Errors
    /// [`EntryError::Unavailable`] when it is closed.
    pub fn stdin() -> Result<Self, EntryError> {
        let stdin = std::io::stdin().as_fd().try_clone_to_owned();
        stdin
            .map(Self::new)
            .map_err(|_| unavailable("standard input is closed"))
    }

    /// From an open descriptor of this process, by its number: a pipe, fifo or file, which is opened anew (a file
    /// is read from its beginning). A socket cannot be.
    ///
    /// # Errors
    /// [`EntryError::Unavailable`] when it is not open or cannot be opened anew.
    pub fn descriptor(number: u32) -> Result<Self, EntryError> {
        // Non-blocking, so that the opening of a fifo without writer does not wait.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
        open(format!("/proc/self/fd/{number}"), flags, Mode::empty())
            .map(Self::new)
            .map_err(|_| unavailable("the file descriptor is not open for reading"))
    }

    /// With another time limit.
    #[must_use]
    pub fn with_time_limit(mut self, time_limit: Duration) -> Self {
        self.time_limit = time_limit;
        self
    }
}

impl PinEntry for StreamEntry {
    fn attendance(&self) -> Attendance {
        Attendance::Scripted
    }

    fn ask(&mut self, _: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        self.take_line()
    }
}

impl StreamEntry {
    /// The next line.
    pub(crate) fn take_line(&mut self) -> Result<Pin, EntryError> {
        if isatty(&self.source) {
            return Err(unavailable("the stream is a terminal, which would show the PIN"));
        }
        let _guard = NotDumpable::begin();
        let deadline = deadline(self.time_limit)?;
        let mut typed = Typed::new();
        for _ in 0..BYTES_MAX {
            match next_byte(&self.source, deadline)?.as_deref() {
                None if typed.is_empty() && self.lines_taken > 0 => {
                    return Err(unavailable("the stream ended before the line that was due"));
                }
                None | Some(b'\n') => {
                    self.lines_taken += 1;
                    typed.strip_carriage_return();
                    return typed.finish();
                }
                Some(byte) => typed.push(*byte),
            }
        }
        Err(EntryError::TooLong)
    }
}
