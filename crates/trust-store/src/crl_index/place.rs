//! The place of an index: who may write there, and how one file takes the place of another.
//!
//! At every instant the place holds the old index or the new one, whole, and so does the place of the one before. Not here:
//! what is in them.

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Seek as _, SeekFrom};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::{CrlIndex, CrlIndexError, IndexProblem};
use crate::fetch::open_lock;

/// The files of a place.
pub(super) struct Place {
    index: PathBuf,
    folder: PathBuf,
    /// Held for as long as this lives. The system lets it go when the process ends, however it ends.
    _lock: File,
}

impl Place {
    /// Takes the lock of a place.
    pub(super) fn lock(index: &Path) -> Result<Self, CrlIndexError> {
        let folder = match (index.file_name(), index.parent()) {
            (None, _) | (_, None) => return Err(CrlIndexError::new(index, IndexProblem::NotAPlace)),
            (Some(_), Some(folder)) if folder.as_os_str().is_empty() => PathBuf::from("."),
            (Some(_), Some(folder)) => folder.to_path_buf(),
        };
        let path = beside(index, ".lock");
        let lock = open_lock(&path);
        let lock = lock.map_err(CrlIndexError::write(&path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                index: index.to_path_buf(),
                folder,
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(CrlIndexError::new(index, IndexProblem::Locked)),
            Err(TryLockError::Error(error)) => Err(CrlIndexError::write(&path)(error)),
        }
    }

    /// An empty file for the index to be. One that a process left behind is thrown away.
    pub(super) fn start(&self) -> Result<NewFile, CrlIndexError> {
        let path = beside(&self.index, ".new");
        remove(&path)?;
        let file = File::options()
            .create_new(true)
            .read(true)
            .write(true)
            .mode(0o644)
            .open(&path);
        Ok(NewFile {
            file: file.map_err(CrlIndexError::write(&path))?,
            path,
            is_done: false,
        })
    }

    /// Puts the new index in place, once it is on the disk. `kept`, which was in place until now, stays beside it.
    pub(super) fn put(&self, mut new: NewFile, kept: Option<&CrlIndex>) -> Result<File, CrlIndexError> {
        let written = CrlIndexError::write(&new.path);
        new.file.sync_all().map_err(&written)?;
        // The same file, by a handle of which nothing can be written.
        let file = File::open(&new.path).map_err(&written)?;
        if let Some(kept) = kept {
            self.keep_previous(kept)?;
        }
        rename(&new.path, &self.index)?;
        new.is_done = true;
        let folder = File::open(&self.folder).and_then(|folder| folder.sync_all());
        folder.map_err(CrlIndexError::write(&self.folder))?;
        Ok(file)
    }

    /// Keeps a copy of an index that was opened as the one before. It is on the disk, and was read whole again, before the
    /// last one is given up. No second name of the same file: what damages that would damage both, should the process end
    /// before the new index is in place.
    pub(super) fn keep_previous(&self, kept: &CrlIndex) -> Result<(), CrlIndexError> {
        let between = beside(&self.index, ".previous.new");
        remove(&between)?;
        let done = copy(&kept.file, &between)
            .map_err(CrlIndexError::write(&between))
            .and_then(|()| match CrlIndex::open(&between) {
                Ok(copied) if copied.head == kept.head => rename(&between, &previous(&self.index)),
                // What was in place was changed since it was opened.
                _ => Err(CrlIndexError::new(&self.index, IndexProblem::Damaged("records"))),
            });
        if done.is_err() {
            // What stays behind is thrown away by the next who keeps one.
            let _ = std::fs::remove_file(&between);
        }
        done
    }
}

/// Copies what an open file holds into a new one, up to the disk.
fn copy(mut from: &File, to: &Path) -> std::io::Result<()> {
    let mut to = File::options()
        .create_new(true)
        .write(true)
        .mode(0o644)
        .open(to)?;
    from.seek(SeekFrom::Start(0))?;
    std::io::copy(&mut from, &mut to)?;
    to.sync_all()
}

/// A file that is not in place yet, and is thrown away unless it gets there.
pub(super) struct NewFile {
    pub(super) file: File,
    path: PathBuf,
    is_done: bool,
}

impl NewFile {
    /// About this file, which could not be written.
    pub(super) fn fault(&self, error: std::io::Error) -> CrlIndexError {
        CrlIndexError::write(&self.path)(error)
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.is_done {
            // What stays behind is thrown away by the next who starts.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Where the index is kept that was in place before.
pub(super) fn previous(index: &Path) -> PathBuf {
    beside(index, ".previous")
}

fn beside(index: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(index);
    name.push(ending);
    PathBuf::from(name)
}

fn remove(path: &Path) -> Result<(), CrlIndexError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(CrlIndexError::write(path)(error)),
        _ => Ok(()),
    }
}

fn rename(from: &Path, to: &Path) -> Result<(), CrlIndexError> {
    std::fs::rename(from, to).map_err(CrlIndexError::write(to))
}
