//! The trust store on disk: whom to believe, kept fresh, and carried to machines without a network.
//!
//! A folder with one file, `store.json`, that says what is in it, and files named by their hash that hold it: certificates,
//! trusted lists as they were signed, revocation lists with their indexes. Every load verifies again what a list says.
//! Whoever can write to the folder decides whom is believed, so a folder that others may write to is refused.
//!
//! Start with [`TrustStore::open`]; then [`TrustStore::anchors`] and [`TrustStore::evidence`], or [`OnlineEvidence`] where
//! there is a network. Not here: the clock, random numbers and who the operator is, which are arguments.

mod anchors;
mod answers;
mod bundle;
mod crls;
mod error;
mod evidence;
mod fields;
mod folder;
mod hosts;
mod lists;
mod manifest;
mod online;
mod places;
mod speaks;
mod status;
mod update;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use varco_pki::{ClockFloor, Timestamp};

pub use anchors::{AnchorTerms, StoredAnchor};
pub use bundle::{
    BUNDLE_LENGTH_MAX, BundleError, BundleHead, BundleKey, BundlePublicKey, ImportedBundle, open_bundle,
};
pub use crls::StoredCrl;
pub use error::{StoreError, StoreProblem};
pub use evidence::StoreEvidence;
pub use fields::Fingerprint;
pub use lists::{StoredList, StoredSigner};
pub use manifest::Origin;
pub use online::{OnlineEvent, OnlineEvidence};
pub use status::{Item, ItemState, StoreStatus};
pub use update::{Updated, Updates, WhatIsDue};

use folder::Folder;
use manifest::Manifest;

/// A store. Threads share it, and so do processes: each change is made under a lock, on what is in the folder by then.
#[derive(Clone)]
pub struct TrustStore {
    folder: Folder,
}

/// What became of something that was to be put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// It is in the store now.
    New,
    /// It was there already.
    Known,
}

impl TrustStore {
    /// Opens a store.
    ///
    /// # Errors
    /// [`StoreError`]: no store, one that others may write to, one that is damaged or of another format.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let store = Self {
            folder: Folder::open(path)?,
        };
        store.manifest().map(|_| store)
    }

    /// Opens a store, and makes an empty one where nothing is yet.
    ///
    /// # Errors
    /// [`StoreError`]; a folder of something else is left as it is.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        match Self::open(path) {
            Err(error) if *error.problem() == StoreProblem::NotFound => {}
            opened => return opened,
        }
        if let Ok(folder) = Folder::open(path)
            && !folder.is_bare()?
        {
            return Err(StoreError::new(path, StoreProblem::OtherFolder));
        }
        let folder = Folder::create(path)?;
        let lock = folder.lock()?;
        let store = Self { folder };
        // Another may have been quicker.
        match store.manifest() {
            Err(error) if *error.problem() == StoreProblem::NotFound => store.keep(&Manifest::empty())?,
            found => drop(found?),
        }
        drop(lock);
        Ok(store)
    }

    /// Its folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The instant to judge at, for a clock that shows `now`: see [`ClockFloor::check`]. Everything signed that the store
    /// accepted has raised its floor.
    ///
    /// # Errors
    /// [`StoreError`], with [`varco_pki::ClockError`] for a clock that is behind.
    pub fn clock(&self, now: Timestamp) -> Result<Timestamp, StoreError> {
        let floor = floor_of(&self.manifest()?);
        floor
            .check(now)
            .map_err(|error| StoreProblem::Clock(error).into())
    }

    /// How late a trusted list may be.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn list_grace(&self) -> Result<Duration, StoreError> {
        self.manifest().map(|manifest| manifest.list_grace())
    }

    /// Sets how many hours a trusted list may be late, 2160 at most.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn set_list_grace(&self, hours: u16) -> Result<(), StoreError> {
        self.change(|manifest| {
            manifest.list_grace_hours = hours;
            manifest.list_grace_origin = Some(Origin::Operator);
            Ok(())
        })
    }

    fn manifest(&self) -> Result<Manifest, StoreError> {
        self.folder.check()?;
        Manifest::load(&self.folder)
    }

    /// Looks at the store. What another process replaced meanwhile is looked at again.
    fn look<T>(&self, look: impl Fn(&Manifest) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let manifest = self.manifest()?;
        match look(&manifest) {
            Err(error) if error.is_gone() => {
                let newer = self.manifest()?;
                if newer == manifest {
                    Err(error)
                } else {
                    look(&newer)
                }
            }
            seen => seen,
        }
    }

    /// Changes the store, under its lock. Files that the change writes count once `store.json` names them; when it fails
    /// nothing has changed.
    fn change<T>(
        &self,
        change: impl FnOnce(&mut Manifest) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let _lock = self.folder.lock()?;
        let standing = self.manifest()?;
        self.sweep(&standing);
        let mut manifest = standing.clone();
        let changed = change(&mut manifest)?;
        if manifest != standing {
            self.keep(&manifest)?;
        }
        Ok(changed)
    }

    fn keep(&self, manifest: &Manifest) -> Result<(), StoreError> {
        self.folder.replace(manifest::NAME, &manifest.write()?)
    }

    /// Throws away what the store as it stands does not name: leftovers of changes that were killed, and what the change
    /// before replaced, which no reader can be about to open any more.
    fn sweep(&self, manifest: &Manifest) {
        let folder = &self.folder;
        folder.sweep(folder::CERTIFICATES, &|it| manifest.names_certificate(it));
        folder.sweep(folder::LISTS, &|it| {
            manifest.lists.iter().any(|list| list.sha256 == *it)
        });
        folder.sweep(folder::CRLS, &|it| {
            manifest.crls.iter().any(|crl| crl.sha256 == *it)
        });
    }
}

impl Manifest {
    fn list_grace(&self) -> Duration {
        Duration::from_secs(u64::from(self.list_grace_hours) * 3600)
    }

    /// Notes that an instant has passed: only after a signature was found good.
    fn has_passed(&mut self, seen: Timestamp) {
        let mut floor = floor_of(self);
        floor.raise(seen);
        self.clock_floor = floor.floor();
    }
}

fn floor_of(manifest: &Manifest) -> ClockFloor {
    let mut floor = ClockFloor::new(manifest::MADE);
    floor.raise(manifest.clock_floor);
    floor
}

/// Where a store is, unless somebody says otherwise: that of the machine for root, else in the user's data folder, given
/// what the environment has as `XDG_DATA_HOME` and `HOME`.
#[must_use]
pub fn default_folder(is_root: bool, data_home: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    const OF_MACHINE: &str = "/var/lib/varco/trust";
    const OF_USER: &str = "varco/trust";
    if is_root {
        return Some(OF_MACHINE.into());
    }
    let home = || home.map(|home| home.join(".local/share"));
    let folder = data_home.filter(|folder| folder.is_absolute()).or_else(home)?;
    folder.is_absolute().then(|| folder.join(OF_USER))
}

impl fmt::Debug for TrustStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "TrustStore({})", self.path().display())
    }
}

#[cfg(test)]
mod tests;
