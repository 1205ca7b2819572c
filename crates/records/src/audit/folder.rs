//! The folder of a log: who may write to it, one writer at a time, and its files by name.
//!
//! ```text
//! lock                 held while something is added
//! head                 how far it came, signed
//! 00000001.log         segments
//! torn-42.bin          bytes that an interruption left, put aside
//! ```
//! Not here: what the files say.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::AuditError;

/// How often another program's lock is looked at, and for how long in between: ten seconds in all.
const LOOKS_MAX: u32 = 20_000;
const LOOK_EVERY: Duration = Duration::from_micros(500);
/// Write permission of group or others.
const OTHERS_WRITE: u32 = 0o022;
/// Most files of a folder that are looked at.
const FILES_MAX: usize = 1_000_000;

/// A log's folder.
#[derive(Debug, Clone)]
pub(super) struct Folder(PathBuf);

/// The right to add to the log, or that nobody does, until it is dropped or the process ends.
pub(super) struct Lock<'f>(&'f File);

impl Drop for Lock<'_> {
    fn drop(&mut self) {
        // What cannot be unlocked is so when the file is closed.
        let _ = self.0.unlock();
    }
}

impl Folder {
    /// A folder that is there, and that nobody else may write to.
    pub(super) fn open(path: &Path) -> Result<Self, AuditError> {
        let about = std::fs::metadata(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => AuditError::Absent(path.to_path_buf()),
            _ => AuditError::read(path, &error),
        })?;
        let user = rustix::process::geteuid().as_raw();
        if !about.is_dir() {
            return Err(AuditError::Absent(path.to_path_buf()));
        }
        if ![0, user].contains(&about.uid()) || about.mode() & OTHERS_WRITE != 0 {
            return Err(AuditError::Unsafe(path.to_path_buf()));
        }
        Ok(Self(path.to_path_buf()))
    }

    /// Makes the folder if it is not there; it is then its owner's alone.
    pub(super) fn create(path: &Path) -> Result<Self, AuditError> {
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder
            .create(path)
            .map_err(|error| AuditError::write(path, &error))?;
        Self::open(path)
    }

    fn lock(&self) -> PathBuf {
        self.0.join("lock")
    }

    pub(super) fn head(&self) -> PathBuf {
        self.0.join("head")
    }

    /// Where a head is written before it takes the place of the head.
    pub(super) fn new_head(&self) -> PathBuf {
        self.0.join("head.new")
    }

    pub(super) fn segment(&self, number: u32) -> PathBuf {
        self.0.join(format!("{number:08}.log"))
    }

    pub(super) fn torn(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The numbers of the segments, sorted.
    pub(super) fn segments(&self) -> Result<Vec<u32>, AuditError> {
        let mut numbers = Vec::new();
        for name in self.names()? {
            let number = name.strip_suffix(".log").filter(|stem| stem.len() == 8);
            let number = number.and_then(|stem| stem.parse().ok());
            numbers.extend(number.filter(|number| self.segment(*number).ends_with(&name)));
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// The names of its files, those of text alone.
    pub(super) fn names(&self) -> Result<Vec<String>, AuditError> {
        let unreadable = |error| AuditError::read(&self.0, &error);
        let entries = std::fs::read_dir(&self.0).map_err(unreadable)?;
        let mut names = Vec::new();
        for entry in entries.take(FILES_MAX) {
            names.extend(entry.map_err(unreadable)?.file_name().into_string().ok());
        }
        Ok(names)
    }

    /// That names in it are on the disk.
    pub(super) fn sync(&self) -> Result<(), AuditError> {
        let synced = File::open(&self.0).and_then(|folder| folder.sync_all());
        synced.map_err(|error| AuditError::write(&self.0, &error))
    }

    /// Opens the file of the lock.
    pub(super) fn lock_file(&self) -> Result<File, AuditError> {
        let path = self.lock();
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        options.mode(0o600).custom_flags(no_follow());
        options
            .open(&path)
            .map_err(|error| AuditError::write(&path, &error))
    }

    /// Opens the file of the lock if it is there, for who only reads.
    pub(super) fn lock_file_if_there(&self) -> Option<File> {
        open_to_read(&self.lock()).ok()
    }
}

/// Takes the lock, and waits for whoever has it. It is the lock of the folder only while the name leads to it: when it was
/// taken away, who came later holds another.
pub(super) fn lock<'f>(folder: &Folder, file: &'f File) -> Result<Lock<'f>, AuditError> {
    wait_for(|| file.try_lock())?;
    let lock = Lock(file);
    check_lock(folder, file).map(|()| lock)
}

/// That the name of the lock leads to this file still.
pub(super) fn check_lock(folder: &Folder, file: &File) -> Result<(), AuditError> {
    if is_same(&folder.lock(), file) {
        Ok(())
    } else {
        Err(AuditError::LockReplaced)
    }
}

/// Whether a name still leads to the file that is open.
pub(super) fn is_same(path: &Path, file: &File) -> bool {
    let named = std::fs::symlink_metadata(path).map(|about| (about.dev(), about.ino()));
    let open = file.metadata().map(|about| (about.dev(), about.ino()));
    matches!((named, open), (Ok(named), Ok(open)) if named == open)
}

/// Waits until nobody adds.
pub(super) fn lock_to_read(file: &File) -> Result<Lock<'_>, AuditError> {
    wait_for(|| file.try_lock_shared()).map(|()| Lock(file))
}

fn wait_for(take: impl Fn() -> Result<(), TryLockError>) -> Result<(), AuditError> {
    for _ in 0..LOOKS_MAX {
        match take() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOOK_EVERY),
            Err(TryLockError::Error(error)) => return Err(AuditError::write(Path::new("lock"), &error)),
        }
    }
    Err(AuditError::Locked)
}

fn no_follow() -> i32 {
    // Nor waiting for the other end of what is no file.
    (rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK)
        .bits()
        .cast_signed()
}

impl Folder {
    /// Puts a file with these bytes, on the disk, in the place of another.
    pub(super) fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), AuditError> {
        let new = self.0.join("torn.new");
        take_away(&new)?;
        make(&new, bytes)?;
        std::fs::rename(&new, path).map_err(|error| AuditError::write(path, &error))?;
        self.sync()
    }
}

/// Takes away what may be there under this name.
pub(super) fn take_away(path: &Path) -> Result<(), AuditError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(AuditError::write(path, &error)),
        _ => Ok(()),
    }
}

/// Opens a regular file of the folder to read.
pub(super) fn open_to_read(path: &Path) -> Result<File, AuditError> {
    open(path, File::options().read(true))
}

/// Opens a regular file of the folder to read and write.
pub(super) fn open_to_write(path: &Path) -> Result<File, AuditError> {
    open(path, File::options().read(true).write(true))
}

fn open(path: &Path, options: &mut OpenOptions) -> Result<File, AuditError> {
    let unreadable = |error| AuditError::read(path, &error);
    let file = options.custom_flags(no_follow()).open(path).map_err(unreadable)?;
    if !file.metadata().map_err(unreadable)?.is_file() {
        return Err(AuditError::read(path, &ErrorKind::InvalidInput.into()));
    }
    Ok(file)
}

/// Makes a file that is not there yet, with these bytes, on the disk. What could not be made is not there, and what was there stays.
pub(super) fn make(path: &Path, bytes: &[u8]) -> Result<File, AuditError> {
    use std::io::Write as _;
    let unwritable = |error| AuditError::write(path, &error);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true).mode(0o600);
    let mut file = options.open(path).map_err(unwritable)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if let Err(error) = written {
        // Where it stays, it is told from what is whole like anything that was being written.
        let _ = std::fs::remove_file(path);
        return Err(unwritable(error));
    }
    Ok(file)
}
