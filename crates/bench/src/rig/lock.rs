//! One run at a time for each card: a lock on its serial, which the system releases when whoever holds it ends, however it ends.
//!
//! Not here: the card. A lock says nothing about other programs than the bench.

#[cfg(test)]
mod tests;

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

/// The most bytes that are read of who holds a lock.
const HOLDER_BYTES_MAX: u64 = 256;

/// A card that this run has for itself. Dropping it, or the end of the process, gives it back.
#[derive(Debug)]
pub struct CardLock {
    _file: File,
}

/// Why a card is not ours.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another run has it.
    #[error("another run of the bench has the card {serial}: {holder}; wait for it, or end it")]
    Held {
        /// The card.
        serial: String,
        /// Who holds it: program and process id, as they wrote it there.
        holder: String,
    },
    /// A serial that cannot be one.
    #[error("a serial has letters and digits only")]
    Serial,
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
            Self::Serial | Self::Folder { .. } => "bench-lock-folder",
        }
    }
}

impl CardLock {
    /// Where locks are when nobody says otherwise: below the session's runtime folder, else below the folder for temporary
    /// files, by the user's number.
    #[must_use]
    pub fn default_folder() -> PathBuf {
        match std::env::var_os("XDG_RUNTIME_DIR").filter(|folder| Path::new(folder).is_absolute()) {
            Some(folder) => Path::new(&folder).join("varco-bench"),
            None => {
                let user = rustix::process::geteuid().as_raw();
                std::env::temp_dir().join(format!("varco-bench-{user}"))
            }
        }
    }

    /// Takes the card with this serial, at once or not at all.
    ///
    /// # Errors
    /// [`LockError::Held`] with who has it; the others where locks cannot be.
    pub fn take(folder: &Path, serial: &str) -> Result<Self, LockError> {
        if !(1..=64).contains(&serial.len()) || !serial.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(LockError::Serial);
        }
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
            .open(folder.join(format!("card-{serial}.lock")))
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
                    serial: serial.to_owned(),
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
    if !found.is_dir() || found.uid() != rustix::process::geteuid().as_raw() || found.mode() & 0o022 != 0 {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    Ok(())
}
