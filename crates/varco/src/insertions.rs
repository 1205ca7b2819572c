//! What is remembered of an insertion between processes: that a script sent a PIN to a card which does not tell how
//! many tries are left.
//!
//! A marker is an empty file in a folder of the user's that the system empties when he leaves or the machine
//! starts. Its name holds a digest of the reader's name and the service's count of the insertion. Nothing of card,
//! person or PIN is kept.
//!
//! Not here: the rule itself (`credential`). Other users of the same machine do not see the marker.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use ring::digest::{SHA256, digest};
use varco_card::CardLink;

/// One insertion, and where it is remembered.
pub(crate) struct Insertion {
    folder: PathBuf,
    reader: String,
    count: u32,
}

impl Insertion {
    /// The insertion of a card whose reader counts them; `None` where nobody counts, and then nothing but this
    /// process can know it again.
    pub(crate) fn of(link: &dyn CardLink) -> Option<Self> {
        Some(Self::within(
            folder_of_user(),
            link.reader().as_str(),
            link.insertion()?,
        ))
    }

    fn within(folder: PathBuf, reader: &str, count: u32) -> Self {
        let reader = digest(&SHA256, reader.as_bytes());
        let reader = reader.as_ref().iter().take(8).map(|byte| format!("{byte:02x}"));
        Self {
            folder,
            reader: reader.collect(),
            count,
        }
    }

    fn marker(&self) -> PathBuf {
        self.folder.join(format!("{}-{}", self.reader, self.count))
    }

    /// Whether a PIN was sent in this insertion, or may have been: with a count of zero the service has started
    /// anew while the card lay in the reader, and what it counted before is lost.
    ///
    /// Markers of other insertions are removed once it is certain that they are over.
    pub(crate) fn is_spent(&self) -> bool {
        let prefix = format!("{}-", self.reader);
        let marker = self.marker();
        let markers: Vec<PathBuf> = fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))
            .map(|entry| entry.path())
            .collect();
        if self.count == 0 {
            return !markers.is_empty();
        }
        for over in markers.iter().filter(|found| **found != marker) {
            // One that stays is refused for nothing, some day, at worst.
            let _ = fs::remove_file(over);
        }
        markers.contains(&marker)
    }

    /// Remembers that a PIN is about to be sent. Fails when another process was quicker.
    pub(crate) fn spend(&self) -> io::Result<()> {
        private_folder(&self.folder)?;
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(self.marker())
            .map(drop)
    }

    /// Forgets it: no PIN was sent after all, or the card accepted it and has all its tries again.
    pub(crate) fn forget(&self) {
        // What is not there is forgotten.
        let _ = fs::remove_file(self.marker());
    }
}

/// `$XDG_RUNTIME_DIR/varco`, or where there is none, a folder of this user's in /tmp.
fn folder_of_user() -> PathBuf {
    match std::env::var_os("XDG_RUNTIME_DIR") {
        Some(folder) if Path::new(&folder).is_absolute() => Path::new(&folder).join("varco"),
        _ => std::env::temp_dir().join(format!("varco-{}", rustix::process::geteuid().as_raw())),
    }
}

/// Makes the folder, and sees that nobody else can have put anything into it or taken anything out.
fn private_folder(folder: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let found = fs::symlink_metadata(folder)?;
    let is_private =
        found.is_dir() && found.uid() == rustix::process::geteuid().as_raw() && found.mode() & 0o022 == 0;
    if is_private {
        Ok(())
    } else {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "test code")]
mod tests {
    use super::*;

    #[test]
    fn an_insertion_is_spent_once_and_forgotten_when_told() {
        let folder = tempfile::tempdir().unwrap();
        let at = |count| Insertion::within(folder.path().join("varco"), "Reader 00", count);
        assert!(!at(3).is_spent());
        at(3).spend().unwrap();
        assert!(at(3).is_spent());
        assert_eq!(at(3).spend().unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        at(3).forget();
        assert!(!at(3).is_spent());
    }

    #[test]
    fn another_insertion_and_another_reader_are_not_spent() {
        let folder = tempfile::tempdir().unwrap();
        let of = |reader, count| Insertion::within(folder.path().join("varco"), reader, count);
        of("Reader 00", 3).spend().unwrap();
        assert!(!of("Reader 01", 3).is_spent());
        assert!(!of("Reader 00", 5).is_spent());
        // The third is over: should the service count anew, it is another one.
        assert!(!of("Reader 00", 3).is_spent());
    }

    #[test]
    fn a_service_that_started_anew_does_not_make_an_insertion_new() {
        let folder = tempfile::tempdir().unwrap();
        let at = |count| Insertion::within(folder.path().join("varco"), "Reader 00", count);
        assert!(!at(0).is_spent());
        at(3).spend().unwrap();
        assert!(at(0).is_spent(), "the same card may have been there all the time");
        assert!(!at(1).is_spent(), "it was put in since");
    }

    #[test]
    fn a_folder_of_somebody_else_remembers_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let shared = folder.path().join("varco");
        DirBuilder::new().mode(0o777).create(&shared).unwrap();
        fs::set_permissions(&shared, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
        let insertion = Insertion::within(shared, "Reader 00", 1);
        assert_eq!(
            insertion.spend().unwrap_err().kind(),
            io::ErrorKind::PermissionDenied
        );
    }
}
