//! Where a store lies: whose the file and its folder may be, and how a new file appears.
//!
//! A file that may be open here is never opened and closed beside SQLite: the system would take the locks of this process away.
//! So it is looked at by its name, in a folder that nobody else may change. Not here: what is in it.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{Error, ErrorKind};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use varco_access_policy::StoreFailure;

use super::connection::{self, Access};
use super::fault::Fault;
use super::schema;

/// Write permission of everybody and of the group; read permission of everybody.
const OTHERS_WRITE: u32 = 0o002;
const GROUP_WRITES: u32 = 0o020;
const OTHERS_READ: u32 = 0o004;
/// Most names tried for a new file; what a killed process left behind has one of them.
const NEW_NAMES_MAX: u32 = 64;

/// What SQLite keeps beside a file, by the endings of the names. A new file would be taken for the one that they belong to.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Which file it is, whatever it is named.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
}

/// The place of a store, by an absolute path without symbolic links in its folders.
pub(super) struct Place {
    folder: PathBuf,
    file: PathBuf,
}

impl Place {
    /// The place that a path names.
    pub(super) fn of(path: &Path) -> Result<Self, StoreFailure> {
        let Some(name) = path.file_name() else {
            return Err(unusable("the path ends in no name of a file"));
        };
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let folder = folder.canonicalize().map_err(|error| match error.kind() {
            ErrorKind::NotFound => StoreFailure::Absent,
            _ => system("its folder", &error),
        })?;
        let file = folder.join(name);
        Ok(Self { folder, file })
    }

    /// The file.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// That a regular file is there, the user's or root's, which others may neither write nor replace, nor everybody read.
    pub(super) fn check(&self) -> Result<Identity, StoreFailure> {
        self.check_folder()?;
        let about = std::fs::symlink_metadata(&self.file).map_err(|error| match error.kind() {
            ErrorKind::NotFound => StoreFailure::Absent,
            _ => system("its file", &error),
        })?;
        if about.is_symlink() {
            return Err(unusable("its file is a symbolic link"));
        }
        if !about.is_file() {
            return Err(unusable("it is no regular file"));
        }
        check_ours("file", &about)?;
        if about.mode() & OTHERS_READ != 0 {
            return Err(unusable(
                "everybody may read its file: take that right away (mode 0600)",
            ));
        }
        Ok(Identity {
            device: about.dev(),
            inode: about.ino(),
        })
    }

    fn check_folder(&self) -> Result<(), StoreFailure> {
        let about = std::fs::metadata(&self.folder).map_err(|error| system("its folder", &error))?;
        check_ours("folder", &about)
    }

    /// Makes a store, unless another process does so first: either is complete when it appears.
    pub(super) fn create(&self, busy_timeout: Duration) -> Result<(), StoreFailure> {
        let made = self.fill(|new| {
            let connection = connection::connect(new, Access::Write, busy_timeout).map_err(Fault::from)?;
            connection::settle(&connection, Access::Write).map_err(Fault::from)?;
            schema::create(&connection)?;
            connection.close().map_err(|(_, error)| Fault::from(error).into())
        });
        match made {
            Err(_) if self.check().is_ok() => Ok(()),
            made => made,
        }
    }

    /// Lets a new file, which the user alone may read, be filled and then appear in the place, where none may be.
    pub(super) fn fill(
        &self,
        fill: impl FnOnce(&Path) -> Result<(), StoreFailure>,
    ) -> Result<(), StoreFailure> {
        self.check_folder()?;
        self.check_vacant()?;
        let new = self.new_file()?;
        let filled = fill(&new)
            .and_then(|()| self.check_vacant())
            .and_then(|()| self.put_in_place(&new));
        // Under its other name the file stays; what cannot be taken away is in nobody's way.
        let _ = std::fs::remove_file(&new);
        for ending in BESIDE {
            let _ = std::fs::remove_file(beside(&new, ending));
        }
        filled
    }

    /// That neither a file is there nor anything that a lost one left behind.
    fn check_vacant(&self) -> Result<(), StoreFailure> {
        if is_there(&self.file) {
            // What is beside it is its own.
            return Err(unusable("a file is there already"));
        }
        match BESIDE
            .into_iter()
            .find(|ending| is_there(&beside(&self.file, ending)))
        {
            Some(ending) => Err(unusable(&format!(
                "a file of another store was left beside it, by its name with {ending}: move it away, or put that store back"
            ))),
            None => Ok(()),
        }
    }

    fn new_file(&self) -> Result<PathBuf, StoreFailure> {
        let process = rustix::process::getpid().as_raw_nonzero();
        let mut name = self.file.file_name().unwrap_or_default().to_owned();
        name.push(format!(".new-{process}-"));
        for number in 0..NEW_NAMES_MAX {
            let mut name = name.clone();
            name.push(number.to_string());
            let new = self.folder.join(name);
            if BESIDE.into_iter().any(|ending| is_there(&beside(&new, ending))) {
                continue;
            }
            match OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&new)
            {
                Ok(_) => return Ok(new),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(system("a new file", &error)),
            }
        }
        Err(unusable(
            "files named `.new-` were left in its folder: take them away",
        ))
    }

    fn put_in_place(&self, new: &Path) -> Result<(), StoreFailure> {
        let synced = |path: &Path| File::open(path).and_then(|file| file.sync_all());
        synced(new)
            .and_then(|()| std::fs::hard_link(new, &self.file))
            .and_then(|()| synced(&self.folder))
            .map_err(|error| match error.kind() {
                ErrorKind::AlreadyExists => unusable("a file is there already"),
                _ => system("its file", &error),
            })
    }
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Whether the name is taken, be it by a link that leads nowhere; also where that cannot be known.
fn is_there(path: &Path) -> bool {
    !matches!(std::fs::symlink_metadata(path), Err(error) if error.kind() == ErrorKind::NotFound)
}

/// Like other files that decide: the user's or root's. Many systems give each user a group of his own, and let it write.
fn check_ours(what: &str, about: &Metadata) -> Result<(), StoreFailure> {
    let (user, group) = (
        rustix::process::geteuid().as_raw(),
        rustix::process::getegid().as_raw(),
    );
    if ![0, user].contains(&about.uid()) {
        return Err(unusable(&format!("its {what} is another user's")));
    }
    let refused = if about.uid() == user && about.gid() == group {
        OTHERS_WRITE
    } else {
        OTHERS_WRITE | GROUP_WRITES
    };
    if about.mode() & refused != 0 {
        return Err(unusable(&format!(
            "others may write to its {what}: take that right away"
        )));
    }
    Ok(())
}

fn unusable(why: &str) -> StoreFailure {
    StoreFailure::System(why.to_owned())
}

fn system(what: &str, error: &Error) -> StoreFailure {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => StoreFailure::Full,
        ErrorKind::ReadOnlyFilesystem => StoreFailure::ReadOnly,
        _ => StoreFailure::System(format!("{what}: {error}")),
    }
}
