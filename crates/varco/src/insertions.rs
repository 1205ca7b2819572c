//! What is remembered of an insertion between processes: that a try may have been spent on a card which does not
//! tell how many are left.
//!
//! A marker is an empty file in a folder of the user's, `/tmp/varco-UID`, the same for whatever he runs, with
//! whatever environment, and gone when the machine starts. Its name holds a digest of the reader's name and the
//! card's ATR, a number for the service, and its count of the insertion; where nobody counts, as at NFC readers, a digest of the ATR
//! alone. For another secret than the PIN that logs in, its name stands behind. Nothing of person or PIN is kept.
//!
//! Not here: the rule itself (`credential`). Other users of the same machine, and services with a /tmp of their
//! own, do not see the marker.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use ring::digest::{SHA256, digest};
use varco_card::{CardLink, InsertionCount};
use varco_credential::{CardSecret, PinId};

/// One insertion of a card, known again by the user's other processes.
pub struct Insertion {
    folder: PathBuf,
    place: String,
    at: InsertionCount,
}

impl Insertion {
    /// The insertion of a card whose reader counts them; `None` where nobody counts, and then nothing but this
    /// process can know it again.
    #[must_use]
    pub fn of(link: &dyn CardLink) -> Option<Self> {
        let folder = PathBuf::from(format!("/tmp/varco-{}", rustix::process::geteuid().as_raw()));
        let at = link.insertion()?;
        // Where nobody counts, one port can go by several names: the card's kind alone counts then.
        let reader = match at {
            InsertionCount::UNCOUNTED => "",
            _ => link.reader().as_str(),
        };
        let place = [reader.as_bytes(), link.atr().as_bytes()].concat();
        Some(Self::within(folder, &place, at))
    }

    fn within(folder: PathBuf, place: &[u8], at: InsertionCount) -> Self {
        let place = digest(&SHA256, place);
        let place = place.as_ref().iter().take(8).map(|byte| format!("{byte:02x}"));
        Self {
            folder,
            place: place.collect(),
            at,
        }
    }

    fn marker(&self, secret: CardSecret) -> PathBuf {
        let InsertionCount { service, count } = self.at;
        let behind = behind(secret);
        self.folder
            .join(format!("{}-{service:016x}-{count}{behind}", self.place))
    }

    /// All markers of this place, of whichever insertion and secret.
    fn markers(&self) -> Vec<PathBuf> {
        let prefix = format!("{}-", self.place);
        fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))
            .map(|entry| entry.path())
            .collect()
    }

    /// Whether a try of a secret may have been spent in this insertion without the card telling how many are left. With a count
    /// of zero the service has started anew while the card lay in the reader, and what it counted before is lost:
    /// then any marker speaks against it.
    #[must_use]
    pub fn is_spent(&self, secret: CardSecret) -> bool {
        if self.at.count == 0 {
            self.markers().iter().any(|found| names(found, secret))
        } else {
            self.marker(secret).exists()
        }
    }

    /// Remembers that a try of a secret may be spent, and forgets insertions that are over.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] when another process was quicker; otherwise what the system says of the
    /// folder, which must be the user's alone.
    pub fn spend(&self, secret: CardSecret) -> io::Result<()> {
        private_folder(&self.folder)?;
        let marker = self.marker(secret);
        if self.at.count > 0 {
            let present = CardSecret::ALL.map(|secret| self.marker(secret));
            for over in self.markers().iter().filter(|found| !present.contains(found)) {
                // One that stays is refused for nothing, some day, at worst.
                let _ = fs::remove_file(over);
            }
        }
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(marker)
            .map(drop)
    }

    /// Forgets it: nothing was sent after all, or the card accepted a PIN and has all its tries again.
    pub fn forget(&self, secret: CardSecret) {
        // What is not there is forgotten.
        let _ = fs::remove_file(self.marker(secret));
    }
}

/// What stands behind the name of a marker.
fn behind(secret: CardSecret) -> &'static str {
    match secret {
        CardSecret::Pin(PinId::Signature) => "-signature-pin",
        CardSecret::Puk(PinId::Signature) => "-signature-puk",
        CardSecret::Puk(_) => "-puk",
        CardSecret::Pin(_) => "",
    }
}

/// Whether a marker is about this secret.
fn names(marker: &Path, secret: CardSecret) -> bool {
    let name = marker.to_string_lossy();
    let of_another = |other: &CardSecret| !behind(*other).is_empty() && name.ends_with(behind(*other));
    match behind(secret) {
        "" => !CardSecret::ALL.iter().any(of_another),
        // "-puk" is the end of no longer name: "-signature-puk" ends in it too.
        "-puk" => name.ends_with("-puk") && !name.ends_with("-signature-puk"),
        behind => name.ends_with(behind),
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

    fn counted(count: u32) -> InsertionCount {
        InsertionCount { service: 7, count }
    }

    #[test]
    fn an_insertion_is_spent_once_and_forgotten_when_told() {
        let folder = tempfile::tempdir().unwrap();
        let at = |count| Insertion::within(folder.path().join("varco"), b"Reader 00", counted(count));
        assert!(!at(3).is_spent(CardSecret::USER_PIN));
        at(3).spend(CardSecret::USER_PIN).unwrap();
        assert!(at(3).is_spent(CardSecret::USER_PIN));
        assert_eq!(
            at(3).spend(CardSecret::USER_PIN).unwrap_err().kind(),
            io::ErrorKind::AlreadyExists
        );
        at(3).forget(CardSecret::USER_PIN);
        assert!(!at(3).is_spent(CardSecret::USER_PIN));
    }

    #[test]
    fn another_insertion_and_another_reader_are_not_spent() {
        let folder = tempfile::tempdir().unwrap();
        let of =
            |reader: &[u8], count| Insertion::within(folder.path().join("varco"), reader, counted(count));
        of(b"Reader 00", 3).spend(CardSecret::USER_PIN).unwrap();
        assert!(!of(b"Reader 01", 3).is_spent(CardSecret::USER_PIN));
        assert!(!of(b"Reader 00", 5).is_spent(CardSecret::USER_PIN));
        // Once another is remembered the third is over: should the service count anew, it is another one.
        of(b"Reader 00", 5).spend(CardSecret::USER_PIN).unwrap();
        assert!(!of(b"Reader 00", 3).is_spent(CardSecret::USER_PIN));
    }

    #[test]
    fn a_service_that_started_anew_does_not_make_an_insertion_new() {
        let folder = tempfile::tempdir().unwrap();
        let at = |count| Insertion::within(folder.path().join("varco"), b"Reader 00", counted(count));
        assert!(!at(0).is_spent(CardSecret::USER_PIN));
        at(3).spend(CardSecret::USER_PIN).unwrap();
        assert!(
            at(0).is_spent(CardSecret::USER_PIN),
            "the same card may have been there all the time"
        );
        assert!(!at(1).is_spent(CardSecret::USER_PIN), "it was put in since");
    }

    #[test]
    fn the_count_of_another_service_is_another_count() {
        let folder = tempfile::tempdir().unwrap();
        let of = |service| {
            let at = InsertionCount { service, count: 1 };
            Insertion::within(folder.path().join("varco"), b"Reader 00", at)
        };
        of(7).spend(CardSecret::USER_PIN).unwrap();
        assert!(of(7).is_spent(CardSecret::USER_PIN));
        assert!(!of(8).is_spent(CardSecret::USER_PIN));
    }

    #[test]
    fn a_folder_of_somebody_else_remembers_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let shared = folder.path().join("varco");
        DirBuilder::new().mode(0o777).create(&shared).unwrap();
        fs::set_permissions(&shared, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
        let insertion = Insertion::within(shared, b"Reader 00", counted(1));
        assert_eq!(
            insertion.spend(CardSecret::USER_PIN).unwrap_err().kind(),
            io::ErrorKind::PermissionDenied
        );
    }

    #[test]
    fn each_secret_is_remembered_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let at = |count| Insertion::within(folder.path().join("varco"), b"Reader 00", counted(count));
        for secret in CardSecret::ALL {
            at(3).spend(secret).unwrap();
        }
        for forgotten in CardSecret::ALL {
            at(3).forget(forgotten);
            for secret in CardSecret::ALL {
                let is_spent = secret != forgotten;
                assert_eq!(at(3).is_spent(secret), is_spent, "{secret:?}");
                assert_eq!(at(0).is_spent(secret), is_spent, "{secret:?}");
            }
            at(3).spend(forgotten).unwrap();
        }
        at(5).spend(CardSecret::USER_PIN).unwrap();
        assert!(!CardSecret::ALL.iter().any(|secret| at(3).is_spent(*secret)));
    }
}
