//! The store's revocation lists as evidence: an index is opened when somebody asks about its issuer, and stays open.
//!
//! Not here: fetching (`online`), and what the evidence is worth (`varco-pki`).

use std::collections::HashMap;
use std::fmt;
use std::os::unix::fs::MetadataExt as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use varco_pki::{Asked, Certificate, KnownRevocation, RevocationSource, Undetermined};

use super::manifest::{self, CrlEntry, Manifest, kept};
use super::{Fingerprint, StoreError, TrustStore};
use crate::CrlIndex;

/// Most indexes that are kept open.
const OPEN_MAX: usize = 64;

/// What the store knows of revocation. Lists that another process puts in place are seen at the next question.
pub struct StoreEvidence {
    store: TrustStore,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    seen: Option<(Stamp, Arc<Manifest>)>,
    open: HashMap<Fingerprint, Arc<CrlIndex>>,
    /// Who signed the lists, by the fingerprint.
    issuers: HashMap<Fingerprint, Arc<Certificate>>,
}

/// By what a replaced `store.json` is told from the one before: inode, seconds, nanoseconds, length.
type Stamp = (u64, i64, i64, u64);

impl TrustStore {
    /// The store's revocation lists as evidence.
    #[must_use]
    pub fn evidence(&self) -> StoreEvidence {
        StoreEvidence {
            store: self.clone(),
            state: Mutex::default(),
        }
    }
}

impl StoreEvidence {
    fn state(&self) -> MutexGuard<'_, State> {
        // What a thread that panicked left there is whole: single values are put in.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the store says now.
    pub(super) fn manifest(&self) -> Result<Arc<Manifest>, StoreError> {
        let path = self.store.folder.file(manifest::NAME);
        let about = std::fs::metadata(&path).map_err(StoreError::read(&path))?;
        let stamp = (about.ino(), about.mtime(), about.mtime_nsec(), about.size());
        if let Some((seen, manifest)) = &self.state().seen
            && *seen == stamp
        {
            return Ok(Arc::clone(manifest));
        }
        let manifest = Arc::new(self.store.manifest()?);
        let mut state = self.state();
        state
            .open
            .retain(|sha256, _| manifest.crls.iter().any(|crl| crl.sha256 == *sha256));
        state
            .issuers
            .retain(|sha256, _| manifest.crls.iter().any(|crl| crl.issuer == *sha256));
        state.seen = Some((stamp, Arc::clone(&manifest)));
        Ok(manifest)
    }

    pub(super) fn index(&self, entry: &CrlEntry) -> Result<Arc<CrlIndex>, StoreError> {
        if let Some(index) = self.state().open.get(&entry.sha256) {
            return Ok(Arc::clone(index));
        }
        let index = self.store.index(entry)?;
        let mut state = self.state();
        if state.open.len() >= OPEN_MAX {
            state.open.clear();
        }
        state.open.insert(entry.sha256, Arc::clone(&index));
        Ok(index)
    }

    /// What the store knows, and why not more.
    ///
    /// # Errors
    /// [`StoreError`]: the store or an index of this issuer cannot be read.
    pub fn look_up(&self, asked: Asked<'_>) -> Result<KnownRevocation, StoreError> {
        self.look_up_in(&*self.manifest()?, asked).or_else(|error| {
            // Replaced between one look and the next.
            if error.is_gone() {
                self.look_up_in(&*self.manifest()?, asked)
            } else {
                Err(error)
            }
        })
    }

    fn look_up_in(&self, manifest: &Manifest, asked: Asked<'_>) -> Result<KnownRevocation, StoreError> {
        let mut known = KnownRevocation::default();
        for entry in self.of_issuer(manifest, asked) {
            known.lists.push(self.index(entry)?);
        }
        Ok(known)
    }

    /// The lists that may speak of a certificate.
    pub(super) fn of_issuer<'m>(&self, manifest: &'m Manifest, asked: Asked<'_>) -> Vec<&'m CrlEntry> {
        let entries = manifest.crls.iter();
        entries.filter(|entry| self.is_of_issuer(entry, asked)).collect()
    }

    /// Whether a list is of a certificate's issuer: by the key, or by the name where it has changed its key. Names are
    /// compared as in a path; of a signer that cannot be read the text that was kept must do.
    fn is_of_issuer(&self, entry: &CrlEntry, asked: Asked<'_>) -> bool {
        entry.issuer_key == asked.issuer.key_sha256().into()
            || self.signer(entry).map_or_else(
                |_| entry.issuer_name == kept(asked.issuer.subject()),
                |signer| signer.is_namesake_of(asked.issuer),
            )
    }

    fn signer(&self, entry: &CrlEntry) -> Result<Arc<Certificate>, StoreError> {
        if let Some(signer) = self.state().issuers.get(&entry.issuer) {
            return Ok(Arc::clone(signer));
        }
        let signer = Arc::new(self.store.certificate(&entry.issuer)?);
        self.state().issuers.insert(entry.issuer, Arc::clone(&signer));
        Ok(signer)
    }
}

impl RevocationSource for StoreEvidence {
    /// What cannot be read counts as unreadable evidence, never as none.
    fn known(&self, asked: Asked<'_>) -> KnownRevocation {
        self.look_up(asked).unwrap_or_else(|_| KnownRevocation {
            trouble: Some(Undetermined::Unreadable),
            ..KnownRevocation::default()
        })
    }
}

impl fmt::Debug for StoreEvidence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "StoreEvidence({:?}, {} open)",
            self.store,
            self.state().open.len()
        )
    }
}
