//! One run at a time for each card and each reader: a lock, which the system releases when whoever holds it ends, however it ends.
//!
//! Not here: the card. A lock says nothing about other programs than the bench, nor about other users of the machine.

#[cfg(test)]
mod tests;

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use sha2::{Digest as _, Sha256};

/// The most bytes that are read of who holds a lock.
const HOLDER_BYTES_MAX: u64 = 256;

/// How often to look whether a lock is free.
const LOOK_INTERVAL: Duration = Duration::from_millis(50);
/// Names another folder for the locks.
const FOLDER: &str = "VARCO_LOCKS";

/// What one run has for itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Locked<'l> {
    /// The card with this serial.
    Card(&'l str),
    /// The reader of this name, at the service that is there.
    Reader(&'l str),
}

impl Locked<'_> {
    /// A file's name. It does not show a serial or a reader, but whoever sees it can try whether it is a certain one.
    fn file(self) -> String {
        let (what, digest) = match self {
            Self::Card(serial) => ("card", Sha256::digest(serial)),
            Self::Reader(name) => {
                let service = std::env::var_os("PCSCLITE_CSOCK_NAME").unwrap_or_default();
                let place = [name.as_bytes(), &[0], service.as_encoded_bytes()].concat();
                ("reader", Sha256::digest(place))
            }
        };
        let digest = digest.iter().take(16).map(|byte| format!("{byte:02x}"));
        format!("{what}-{}.lock", digest.collect::<String>())
    }

    fn name(self) -> &'static str {
        match self {
            Self::Card(_) => "card",
            Self::Reader(_) => "reader",
        }
    }
}

/// A card that this run has for itself. Dropping it, or the end of the process, gives it back.
#[derive(Debug)]
pub struct CardLock {
    _file: File,
}

/// Why a card or a reader is not ours.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another run has it.
    #[error("another run of the bench has the {what}: {holder}; wait for it, or end it")]
    Held {
        /// Card or reader.
        what: &'static str,
        /// Who holds it: program and process id, as they wrote it there.
        holder: String,
    },
    /// The folder of the locks could not be used.
    #[error("{}: {source}; it must be a folder of this user alone", .folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl LockError {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Held { .. } => "bench-card-held",
            Self::Folder { .. } => "bench-lock-folder",
        }
    }
}

impl CardLock {
    /// Where locks are when nobody says otherwise (`VARCO_LOCKS`): the same folder for all processes of a user, whatever
    /// else is in their environment.
    #[must_use]
    pub fn default_folder() -> PathBuf {
        match std::env::var_os(FOLDER).filter(|folder| Path::new(folder).is_absolute()) {
            Some(folder) => PathBuf::from(folder),
            None => {
                let user = rustix::process::geteuid().as_raw();
                PathBuf::from(format!("/tmp/varco-bench-locks-{user}"))
            }
        }
    }

    /// Takes it as soon as it is free, and waits no longer than this.
    ///
    /// # Errors
    /// As [`CardLock::take`].
    pub fn wait(folder: &Path, what: Locked<'_>, limit: Duration) -> Result<Self, LockError> {
        let begun = Instant::now();
        loop {
            match Self::take(folder, what) {
                Err(LockError::Held { .. }) if begun.elapsed() < limit => sleep(LOOK_INTERVAL),
                taken => return taken,
            }
        }
    }

    /// Takes it at once or not at all.
    ///
    /// # Errors
    /// [`LockError::Held`] with who has it; [`LockError::Folder`] where locks cannot be.
    pub fn take(folder: &Path, what: Locked<'_>) -> Result<Self, LockError> {
        let wrong = |source| LockError::Folder {
            folder: folder.to_owned(),
            source,
        };
        private(folder).map_err(wrong)?;
        // The file stays: removing it would let two have a lock of the same name.
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or(0))
            .open(folder.join(what.file()))
            .map_err(wrong)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = Vec::new();
                // Who it is only helps; that it is held is known.
                let _ = file.take(HOLDER_BYTES_MAX).read_to_end(&mut holder);
                let holder: String = String::from_utf8_lossy(&holder)
                    .chars()
                    .filter(|c| !c.is_control())
                    .collect();
                return Err(LockError::Held {
                    what: what.name(),
                    holder: if holder.is_empty() {
                        "it does not say who it is".to_owned()
                    } else {
                        holder
                    },
                });
            }
            Err(TryLockError::Error(error)) => return Err(wrong(error)),
        }
        let program = std::env::current_exe().unwrap_or_default();
        let program = program
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{program}, process {}", std::process::id()))
            .map_err(wrong)?;
        Ok(Self { _file: file })
    }
}

/// Makes the folder, and sees that it is nobody else's.
fn private(folder: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let found = fs::symlink_metadata(folder)?;
    if !found.is_dir() || found.uid() != rustix::process::geteuid().as_raw() || found.mode() & 0o077 != 0 {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    Ok(())
}
