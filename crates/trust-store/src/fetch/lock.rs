//! One fetch for all processes that keep their lists in the same folder: an advisory lock, by a file in it.
//!
//! The caller holds the lock from before the fetch until what was fetched is stored, so that who waited finds it there.
//!
//! Not here: threads of one process that want the same (`flight`).

use std::fs::{File, OpenOptions, Permissions, TryLockError};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::time::{Duration, Instant};

use super::address::FetchAddress;
use super::cancel::{Cancel, LOOK_EVERY};
use super::error::{FetchError, FetchProblem, Phase};

/// How many lock files a folder has at most. Two addresses that share one only wait for each other.
const FILES: u64 = 256;

/// Only the owner may open a lock file.
const LOCK_MODE: u32 = 0o600;

/// The right to fetch an address, until it is dropped. A thread takes one at a time: two addresses can share a file,
/// and who holds it would wait for itself.
#[derive(Debug)]
pub struct FetchLock {
    _file: File,
    has_waited: bool,
}

impl FetchLock {
    /// Takes the lock of an address in `folder`, and waits up to `wait` for another process that has it.
    ///
    /// # Errors
    /// [`FetchProblem::Lock`] when the file cannot be made or locked, [`FetchProblem::TimedOut`],
    /// [`FetchProblem::Cancelled`].
    pub fn take(
        folder: &Path,
        address: &FetchAddress,
        wait: Duration,
        cancel: &Cancel,
    ) -> Result<Self, FetchError> {
        Self::try_take(folder, address, wait, cancel).map_err(|problem| FetchError::new(address, problem))
    }

    fn try_take(
        folder: &Path,
        address: &FetchAddress,
        wait: Duration,
        cancel: &Cancel,
    ) -> Result<Self, FetchProblem> {
        let number = hash(address.to_url().as_bytes()) % FILES;
        let path = folder.join(format!("fetch-{number}.lock"));
        let file = open_lock(&path).map_err(|error| FetchProblem::Lock(error.kind()))?;
        let began = Instant::now();
        let mut has_waited = false;
        loop {
            match file.try_lock() {
                Ok(()) => {
                    return Ok(Self {
                        _file: file,
                        has_waited,
                    });
                }
                Err(TryLockError::WouldBlock) => has_waited = true,
                Err(TryLockError::Error(error)) => return Err(FetchProblem::Lock(error.kind())),
            }
            if cancel.is_cancelled() {
                return Err(FetchProblem::Cancelled);
            }
            let left = wait.saturating_sub(began.elapsed());
            if left.is_zero() {
                return Err(FetchProblem::TimedOut(Phase::Other));
            }
            std::thread::sleep(left.min(LOOK_EVERY));
        }
    }

    /// Whether another held it meanwhile: then what is wanted may be in the store already.
    #[must_use]
    pub fn has_waited(&self) -> bool {
        self.has_waited
    }
}

/// Opens a lock file, and makes it where there is none. Nobody else may open it: who can read a file can lock it, and keep
/// all others waiting. One that was made otherwise is put right.
pub(crate) fn open_lock(path: &Path) -> std::io::Result<File> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(LOCK_MODE)
        .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed())
        .open(path)?;
    let about = file.metadata()?;
    let is_own = about.uid() == rustix::process::geteuid().as_raw();
    if is_own && about.mode() & 0o777 & !LOCK_MODE != 0 {
        file.set_permissions(Permissions::from_mode(LOCK_MODE))?;
    }
    Ok(file)
}

/// FNV-1a: the same in every process and version. It only spreads addresses over files.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(folder: &Path, wait: Duration) -> Result<FetchLock, FetchError> {
        let address = FetchAddress::parse("http://crl.example/a.crl?b").unwrap();
        FetchLock::take(folder, &address, wait, &Cancel::default())
    }

    #[test]
    fn one_holder_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = take(folder.path(), Duration::ZERO).unwrap();
        assert!(!first.has_waited());
        let second = take(folder.path(), Duration::ZERO).unwrap_err();
        assert_eq!(*second.problem(), FetchProblem::TimedOut(Phase::Other));
        drop(first);
        assert!(!take(folder.path(), Duration::ZERO).unwrap().has_waited());
    }

    #[test]
    fn who_waits_gets_the_lock_in_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let first = take(folder.path(), Duration::ZERO).unwrap();
        let (began, has_begun) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            let path = folder.path();
            let second = scope.spawn(move || {
                let cancel = Cancel::default();
                let address = FetchAddress::parse("http://crl.example/a.crl?b").unwrap();
                let refused = FetchLock::take(path, &address, Duration::ZERO, &cancel);
                began.send(refused.is_err()).unwrap();
                FetchLock::take(path, &address, Duration::from_secs(60), &cancel)
            });
            assert!(has_begun.recv().unwrap());
            drop(first);
            second.join().unwrap().unwrap();
        });
    }

    #[test]
    fn a_folder_that_is_not_there_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing");
        let error = take(&missing, Duration::ZERO).unwrap_err();
        assert_eq!(error.code(), "fetch-lock");
    }

    #[test]
    fn a_wait_can_be_cancelled() {
        let folder = tempfile::tempdir().unwrap();
        let _first = take(folder.path(), Duration::ZERO).unwrap();
        let cancel = Cancel::default();
        cancel.cancel();
        let address = FetchAddress::parse("http://crl.example/a.crl?b").unwrap();
        let error = FetchLock::take(folder.path(), &address, Duration::from_secs(60), &cancel).unwrap_err();
        assert_eq!(error.code(), "fetch-cancelled");
    }
}
