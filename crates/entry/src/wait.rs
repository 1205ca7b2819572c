//! One byte at a time from a descriptor, within a time limit.

use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, read};
use zeroize::Zeroizing;

use varco_session::EntryError;

/// The controlling terminal.
pub(crate) const TERMINAL: &str = "/dev/tty";
/// How long is waited where nobody says otherwise.
pub const TIME_LIMIT_DEFAULT: Duration = Duration::from_secs(60);
/// Most bytes that one entry takes. What is longer is no PIN, and somebody's file may have no end.
pub(crate) const BYTES_MAX: usize = 4096;

/// The instant at which a wait that begins now ends.
pub(crate) fn deadline(time_limit: Duration) -> Result<Instant, EntryError> {
    Instant::now()
        .checked_add(time_limit)
        .ok_or(unavailable("the time limit is too long"))
}

/// The next byte, or `None` at the end of the stream.
pub(crate) fn next_byte(source: impl AsFd, deadline: Instant) -> Result<Option<Zeroizing<u8>>, EntryError> {
    let mut byte = Zeroizing::new([0]);
    loop {
        // A source that says it is ready and gives nothing would else be asked for ever.
        if Instant::now() > deadline {
            return Err(EntryError::TimedOut);
        }
        wait_for_byte(&source, deadline)?;
        match read(&source, byte.as_mut_slice()) {
            Ok(0) => return Ok(None),
            Ok(_) => {
                let [byte] = *byte;
                return Ok(Some(Zeroizing::new(byte)));
            }
            // Interrupted, or another reader of the same stream was faster.
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(_) => return Err(unavailable("the terminal or stream cannot be read")),
        }
    }
}

fn wait_for_byte(source: impl AsFd, deadline: Instant) -> Result<(), EntryError> {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let timeout = Timespec::try_from(left).map_err(|_| unavailable("the time limit is too long"))?;
        match poll(&mut [PollFd::new(&source, PollFlags::IN)], Some(&timeout)) {
            Ok(0) => return Err(EntryError::TimedOut),
            Ok(_) => return Ok(()),
            Err(Errno::INTR) => {}
            Err(_) => return Err(unavailable("the terminal or stream cannot be waited for")),
        }
    }
}

pub(crate) fn unavailable(what: &'static str) -> EntryError {
    EntryError::Unavailable { what }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn a_source_that_is_always_ready_is_not_read_past_the_time() {
        let endless = File::open("/dev/zero").unwrap();
        let now = Instant::now();
        let later = now + Duration::from_secs(60);
        assert_eq!(next_byte(&endless, later), Ok(Some(Zeroizing::new(0))));
        let past = now.checked_sub(Duration::from_millis(1)).unwrap();
        assert_eq!(next_byte(&endless, past), Err(EntryError::TimedOut));
    }
}
