//! The terminal of another program: who asks there is noticed, and what is typed goes there.
//!
//! Not here: the program (`program`), and whether a value may go to it.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags, open};
use rustix::io::ioctl_fionread;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

/// How often in a row it must look as if there were another question, of which nobody saw the beginning.
const SEEN_ENOUGH: u32 = 3;
/// How long a program that goes on hiding what is typed, without a word, is taken to do something with the value before.
const QUIET: Duration = Duration::from_secs(2);

/// Both ends. The program's end stays open here too, to be looked at.
pub(super) struct Terminal {
    ours: OwnedFd,
    theirs: OwnedFd,
    state: State,
}

/// What is known of questions.
enum State {
    /// What is typed is seen.
    Open,
    /// A question was answered when so much had been said, and no other was seen since.
    Answered { said: usize, since: Instant, looks: u32 },
}

impl Terminal {
    pub(super) fn open() -> io::Result<Self> {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&ours)?;
        unlockpt(&ours)?;
        let name = ptsname(&ours, Vec::new())?;
        let theirs = open(
            &name,
            OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC,
            Mode::empty(),
        )?;
        Ok(Self {
            ours,
            theirs,
            state: State::Open,
        })
    }

    /// The program's end, as one of its standard streams.
    pub(super) fn theirs(&self) -> io::Result<OwnedFd> {
        self.theirs.try_clone()
    }

    /// What it says.
    pub(super) fn said(&self) -> io::Result<File> {
        Ok(File::from(self.ours.try_clone()?))
    }

    /// Whether a question stands that was not answered; it is taken to be answered now. `said` is how much was said so far, blanks
    /// excepted.
    ///
    /// A program that hides what is typed asks. One that asks again and again hides it again before anybody could see that it did not:
    /// then what was typed before has been read, and something was said since.
    pub(super) fn asks(&mut self, said: usize) -> bool {
        // One that has closed its terminal asks nothing more.
        let is_hidden =
            tcgetattr(&self.ours).is_ok_and(|modes| !modes.local_modes.contains(LocalModes::ECHO));
        let is_asking = match &mut self.state {
            _ if !is_hidden => {
                self.state = State::Open;
                return false;
            }
            State::Open => true,
            State::Answered {
                said: before,
                since,
                looks,
            } => {
                if ioctl_fionread(&self.theirs).unwrap_or(0) > 0 {
                    (*before, *since, *looks) = (said, Instant::now(), 0);
                    false
                } else {
                    *looks = if said > *before { *looks + 1 } else { 0 };
                    *looks >= SEEN_ENOUGH || since.elapsed() >= QUIET
                }
            }
        };
        if is_asking {
            self.state = State::Answered {
                said,
                since: Instant::now(),
                looks: 0,
            };
        }
        is_asking
    }

    pub(super) fn type_in(&self, bytes: &[u8]) -> io::Result<()> {
        rustix::io::write(&self.ours, bytes)?;
        Ok(())
    }
}
