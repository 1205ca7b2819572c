//! The pseudo-terminal that stands for the serial port, and the link by which it is found.
//!
//! Not here: what is said over it.

use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

use crate::CcidError;

/// The longest path: the reader's kind must fit behind it.
const PATH_BYTES_MAX: usize = 200;

/// A pseudo-terminal. Dropping it hangs it up and removes the link.
pub(crate) struct Port {
    link: PathBuf,
    terminal: PathBuf,
    ours: OwnedFd,
    /// Held open: a terminal whose last program has closed it cannot be read any more.
    _theirs: OwnedFd,
}

impl Port {
    /// Opens one and puts the link to it where nothing is, or where a link leads nowhere any more.
    pub(crate) fn open(link: &Path) -> Result<Self, CcidError> {
        let path = || link.display().to_string();
        if is_unfit(&path()) {
            return Err(CcidError::LinkForm { path: path() });
        }
        let is_dead_link = fs::symlink_metadata(link).is_ok_and(|found| found.is_symlink()) && !link.exists();
        if is_dead_link {
            // What cannot be removed shows as taken.
            let _ = fs::remove_file(link);
        }
        let failed = |reason| CcidError::Terminal { path: path(), reason };
        let (ours, theirs, terminal) = pair().map_err(|errno| failed(errno.into()))?;
        symlink(&terminal, link).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => CcidError::LinkTaken { path: path() },
            _ => failed(error),
        })?;
        Ok(Self {
            link: link.to_owned(),
            terminal,
            ours,
            _theirs: theirs,
        })
    }

    pub(crate) fn read(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        rustix::io::read(&self.ours, buffer)
    }

    /// What does not fit is lost, as on a line that nobody reads.
    pub(crate) fn write(&self, mut bytes: &[u8]) {
        while let Ok(written @ 1..) = rustix::io::write(&self.ours, bytes) {
            bytes = bytes.get(written..).unwrap_or_default();
        }
    }
}

impl AsFd for Port {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.ours.as_fd()
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        // Somebody may have put his own there.
        if fs::read_link(&self.link).is_ok_and(|target| target == self.terminal) {
            let _ = fs::remove_file(&self.link);
        }
    }
}

/// What cannot stand in a reader's entry: libccid takes what follows a colon for the reader's kind, pcscd ends a name at
/// a blank and keeps 255 bytes of it.
fn is_unfit(path: &str) -> bool {
    path.len() > PATH_BYTES_MAX || path.contains(|c: char| c == ':' || c == '"' || c.is_whitespace())
}

/// Both ends, and the name of the other one. Bytes pass as they are.
fn pair() -> Result<(OwnedFd, OwnedFd, PathBuf), Errno> {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    rustix::io::ioctl_fionbio(&ours, true)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let name = ptsname(&ours, Vec::new())?;
    let terminal = PathBuf::from(name.into_string().map_err(|_| Errno::ILSEQ)?);
    let theirs = rustix::fs::open(
        &terminal,
        OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    let mut modes = tcgetattr(&theirs)?;
    modes.make_raw();
    tcsetattr(&theirs, OptionalActions::Now, &modes)?;
    Ok((ours, theirs, terminal))
}
