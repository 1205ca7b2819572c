//! The folder of a store: who may write to it, one writer at a time, and how a file takes the place of another.
//!
//! Files are named by the hash of what is in them, so one that is there is whole or is noticed; only `store.json` is ever
//! replaced. Not here: what the files say.

use std::fs::{DirBuilder, File, Metadata, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{Fingerprint, StoreError, StoreProblem};
use crate::fetch::open_lock;

/// Folders inside: certificates in DER, trusted lists, revocation lists with their indexes, locks of who fetches.
pub(super) const CERTIFICATES: &str = "certificates";
pub(super) const LISTS: &str = "lists";
pub(super) const CRLS: &str = "crls";
pub(super) const LOCKS: &str = "locks";
const FOLDERS: [&str; 4] = [CERTIFICATES, LISTS, CRLS, LOCKS];

/// How long one waits for another process to be done with the store.
const WAIT_MAX: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Most files of one folder that are looked at when old ones are thrown away.
const FILES_MAX: usize = 8192;
/// Writable by everybody, and by a group.
const OTHERS_WRITE: u32 = 0o002;
const GROUP_WRITES: u32 = 0o020;

/// A store's folder.
#[derive(Debug, Clone)]
pub(super) struct Folder(PathBuf);

/// The right to change the store, until it is dropped or the process ends, however it ends.
pub(super) struct Lock(#[expect(dead_code, reason = "held, not used")] File);

impl Folder {
    /// A folder that is there, and that nobody else may write to.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let folder = Self(path.to_path_buf());
        folder.check()?;
        Ok(folder)
    }

    /// That nobody else may write to it or to the folders in it: who can could take files away or put old ones back.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        check_folder(&self.0)?;
        for inside in FOLDERS {
            match check_folder(&self.0.join(inside)) {
                // Made by `create`; a file that should be in it is missed when it is read.
                Err(error) if *error.problem() == StoreProblem::NotFound => {}
                checked => checked?,
            }
        }
        Ok(())
    }

    /// Makes the folder, those above it and those in it, as far as they are not there.
    pub(super) fn create(path: &Path) -> Result<Self, StoreError> {
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(0o755);
        builder.create(path).map_err(StoreError::write(path))?;
        let folder = Self::open(path)?;
        for inside in FOLDERS {
            let path = path.join(inside);
            builder.create(&path).map_err(StoreError::write(&path))?;
        }
        Ok(folder)
    }

    /// Whether nothing is in it but what [`Folder::create`] makes.
    pub(super) fn is_bare(&self) -> Result<bool, StoreError> {
        let unreadable = StoreError::read(&self.0);
        for entry in std::fs::read_dir(&self.0).map_err(&unreadable)? {
            let name = entry.map_err(&unreadable)?.file_name();
            let is_known = FOLDERS.iter().any(|known| name == *known);
            if !is_known && name != "lock" && name != "store.json.new" {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The folder itself.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// The path of a file in it.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The path of a file that is named by a hash.
    pub(super) fn named(&self, folder: &str, fingerprint: &Fingerprint, ending: &str) -> PathBuf {
        self.0.join(folder).join(format!("{fingerprint}.{ending}"))
    }

    /// Takes the lock, and waits for whoever has it.
    pub(super) fn lock(&self) -> Result<Lock, StoreError> {
        let path = self.file("lock");
        let file = open_lock(&path).map_err(StoreError::write(&path))?;
        let began = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Lock(file)),
                Err(TryLockError::WouldBlock) if began.elapsed() < WAIT_MAX => {
                    std::thread::sleep(LOOK_EVERY);
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(StoreError::new(&self.0, StoreProblem::Locked));
                }
                Err(TryLockError::Error(error)) => return Err(StoreError::write(&path)(error)),
            }
        }
    }

    /// Reads a regular file up to a cap; a longer one is damaged.
    pub(super) fn read(&self, path: &Path, length_max: u64) -> Result<Vec<u8>, StoreError> {
        let unreadable = StoreError::read(path);
        let file = open(path)?;
        let mut bytes = Vec::new();
        file.take(length_max.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(&unreadable)?;
        if bytes.len() as u64 > length_max {
            return Err(StoreError::new(path, StoreProblem::Damaged("its length")));
        }
        Ok(bytes)
    }

    /// Reads a file that is named by a hash, and holds it against that.
    pub(super) fn read_named(
        &self,
        folder: &str,
        fingerprint: &Fingerprint,
        ending: &str,
        length_max: u64,
    ) -> Result<Vec<u8>, StoreError> {
        let path = self.named(folder, fingerprint, ending);
        let bytes = self.read(&path, length_max)?;
        if Fingerprint::of(&bytes) != *fingerprint {
            return Err(StoreError::new(&path, StoreProblem::Damaged("its content")));
        }
        Ok(bytes)
    }

    /// Puts a file in place that is named by a hash. One that is there is left, unless it is damaged.
    pub(super) fn put_named(
        &self,
        folder: &str,
        ending: &str,
        bytes: &[u8],
    ) -> Result<Fingerprint, StoreError> {
        let fingerprint = Fingerprint::of(bytes);
        let path = self.named(folder, &fingerprint, ending);
        match self.read_named(folder, &fingerprint, ending, bytes.len() as u64) {
            Ok(_) => {}
            Err(error) if error.is_gone() || matches!(error.problem(), StoreProblem::Damaged(_)) => {
                replace(&path, bytes)?;
            }
            Err(error) => return Err(error),
        }
        Ok(fingerprint)
    }

    /// Puts a file in the place of another: at every instant one of the two is there, whole.
    pub(super) fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        replace(&self.file(name), bytes)
    }

    /// Throws away files named by a hash that nobody wants any more. What cannot be thrown away stays.
    pub(super) fn sweep(&self, folder: &str, is_wanted: &dyn Fn(&Fingerprint) -> bool) {
        let Ok(entries) = std::fs::read_dir(self.0.join(folder)) else {
            return;
        };
        for entry in entries.take(FILES_MAX).filter_map(Result::ok) {
            let name = entry.file_name();
            let fingerprint = name
                .to_str()
                .and_then(|name| name.split_once('.'))
                .and_then(|(stem, _)| Fingerprint::parse(stem));
            if fingerprint.is_some_and(|fingerprint| !is_wanted(&fingerprint)) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
}

/// Opens a regular file that nobody else may write to.
pub(super) fn open(path: &Path) -> Result<File, StoreError> {
    let unreadable = StoreError::read(path);
    // Not waiting for the other end of what is no file.
    let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let file = File::options()
        .read(true)
        .custom_flags(flags)
        .open(path)
        .map_err(&unreadable)?;
    let metadata = file.metadata().map_err(&unreadable)?;
    if !metadata.is_file() {
        return Err(StoreError::new(path, StoreProblem::Damaged("it is no file")));
    }
    is_ours(path, &metadata)?;
    Ok(file)
}

fn check_folder(path: &Path) -> Result<(), StoreError> {
    let metadata = std::fs::metadata(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => StoreError::new(path, StoreProblem::NotFound),
        kind => StoreError::new(path, StoreProblem::Read(kind)),
    })?;
    if !metadata.is_dir() {
        return Err(StoreError::new(path, StoreProblem::OtherFolder));
    }
    is_ours(path, &metadata)
}

/// What says whom to believe must be the user's or the machine's, and nobody else may write it: no group either, for who
/// else is in it cannot be told here.
fn is_ours(path: &Path, about: &Metadata) -> Result<(), StoreError> {
    let user = rustix::process::geteuid().as_raw();
    if ![0, user].contains(&about.uid()) || about.mode() & (OTHERS_WRITE | GROUP_WRITES) != 0 {
        return Err(StoreError::new(path, StoreProblem::Unsafe));
    }
    Ok(())
}

fn replace(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    let written = write_new(&new, bytes)
        .and_then(|()| std::fs::rename(&new, path).map_err(StoreError::write(path)))
        .and_then(|()| {
            let folder = path.parent().unwrap_or(path);
            let synced = File::open(folder).and_then(|folder| folder.sync_all());
            synced.map_err(StoreError::write(folder))
        });
    if written.is_err() {
        // What stays behind is written over by the next.
        let _ = std::fs::remove_file(&new);
    }
    written
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let fault = StoreError::write(path);
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(fault(error)),
        _ => {}
    }
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o644)
        .open(path)
        .map_err(&fault)?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(&fault)
}
