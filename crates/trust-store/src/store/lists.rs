//! Trusted lists and those who may sign them: kept as they were signed, and verified at every load.
//!
//! A signer is named by somebody, or learned from a list of lists that was itself accepted. Not here: how a list is verified
//! and compared with the one before ([`crate::list`]).

use std::time::Duration;

use varco_pki::{AnchorKind, Certificate, Timestamp};

use super::folder::LISTS;
use super::manifest::{ListEntry, Manifest, SignerEntry, Source, check_territory, note_source};
use super::{Fingerprint, Imported, Origin, StoreError, StoreProblem, TrustStore, floor_of};
use crate::fetch::{FetchAddress, Validators};
use crate::list::{
    LIST_BYTES_MAX, LIST_OF_A_STATE, LIST_OF_LISTS, ListError, ListState, Pointer, TrustedList, accept,
};

/// The territory of the Union's list of lists.
pub(super) const UNION: &str = "EU";

/// A certificate whose key may sign the list of a territory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSigner {
    /// The territory.
    pub territory: String,
    /// The certificate.
    pub certificate: Certificate,
    /// Who brought it; `None` where a list of lists names it.
    pub origin: Option<Origin>,
}

/// A trusted list of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredList {
    /// Its territory.
    pub territory: String,
    /// Of its bytes.
    pub sha256: Fingerprint,
    /// Its number.
    pub sequence_number: u64,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// By when the next one is due.
    pub next_update: Option<Timestamp>,
    /// What its authorities are believed as.
    pub kind: AnchorKind,
    /// Where it was fetched from.
    pub sources: Vec<String>,
    /// Who brought it.
    pub origin: Origin,
}

impl TrustStore {
    /// Names a certificate whose key may sign the list of a territory; `EU` is that of the Union's list of lists.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_signer(&self, territory: &str, certificate: &Certificate) -> Result<Imported, StoreError> {
        check_territory(territory)?;
        self.change(|manifest| {
            let entry = SignerEntry {
                territory: territory.to_owned(),
                sha256: self.put_certificate(certificate)?,
                origin: Origin::Operator,
            };
            Ok(put_signer(manifest, entry))
        })
    }

    /// Verifies a trusted list by those who may sign that of this territory, and puts it in the place of the one before.
    /// Its authorities are believed as `kind`, and `from` is where the next one will be fetched. Without `from` somebody brought
    /// it here; a list that a bundle brought stays the bundle's when a newer one is fetched.
    ///
    /// # Errors
    /// [`StoreError`], with [`ListError`] for a list that is not believed, is older than the one in place, or out of date.
    pub fn import_list(
        &self,
        bytes: &[u8],
        territory: &str,
        kind: AnchorKind,
        from: Option<(&FetchAddress, &Validators)>,
        now: Timestamp,
    ) -> Result<Imported, StoreError> {
        check_territory(territory)?;
        let source = from.map(|(address, validators)| Source {
            url: address.to_url(),
            validators: validators.clone(),
        });
        self.change(|manifest| {
            let grace = manifest.list_grace();
            let is_fetched = source.is_some();
            let imported = self.put_list(manifest, bytes, (territory, kind), source, (now, grace))?;
            let standing = manifest.lists.iter_mut();
            let mut standing = standing.filter(|list| list.territory == territory && !is_fetched);
            if let Some(list) = standing.next() {
                list.origin = Origin::Operator;
            }
            Ok(imported)
        })
    }

    /// Takes a list that may be late by so much into the manifest. Who brought the one in place brought this one too.
    pub(super) fn put_list(
        &self,
        manifest: &mut Manifest,
        bytes: &[u8],
        (territory, kind): (&str, AnchorKind),
        source: Option<Source>,
        (now, grace): (Timestamp, Duration),
    ) -> Result<Imported, StoreError> {
        let now = floor_of(manifest).check(now).map_err(StoreProblem::from)?;
        let signers = self.signers_of(manifest, territory)?;
        if signers.is_empty() {
            return Err(StoreProblem::NoSigner(territory.to_owned()).into());
        }
        let list = TrustedList::open(bytes, territory, &signers).map_err(StoreProblem::from)?;
        let standing = manifest
            .lists
            .iter()
            .position(|known| known.territory == territory);
        let standing = standing.and_then(|place| manifest.lists.get_mut(place));
        let previous = standing.as_ref().map(|known| ListState {
            territory: known.territory.clone(),
            sequence_number: known.sequence_number,
            issued_at: known.issued_at,
            sha256: *known.sha256.as_bytes(),
        });
        accept(&list, previous.as_ref(), now, grace).map_err(StoreProblem::from)?;
        let sha256 = self.folder.put_named(LISTS, "xml", bytes)?;
        let mut entry = ListEntry {
            territory: territory.to_owned(),
            sha256,
            sequence_number: list.sequence_number(),
            issued_at: list.issued_at(),
            next_update: list.next_update(),
            kind: kind.into(),
            sources: standing
                .as_ref()
                .map(|known| known.sources.clone())
                .unwrap_or_default(),
            origin: standing.as_ref().map_or(Origin::Operator, |known| known.origin),
        };
        if let Some(source) = source {
            note_source(&mut entry.sources, source);
        }
        let imported = match standing {
            Some(known) if known.sha256 == sha256 && known.kind == entry.kind => {
                *known = entry;
                Imported::Known
            }
            Some(known) => {
                *known = entry;
                Imported::New
            }
            None => {
                manifest.lists.push(entry);
                Imported::New
            }
        };
        manifest.has_passed(list.issued_at());
        Ok(imported)
    }

    /// The lists, by what the store noted of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn lists(&self) -> Result<Vec<StoredList>, StoreError> {
        let lists = self.manifest()?.lists.into_iter();
        Ok(lists
            .map(|list| StoredList {
                territory: list.territory,
                sha256: list.sha256,
                sequence_number: list.sequence_number,
                issued_at: list.issued_at,
                next_update: list.next_update,
                kind: list.kind.into(),
                sources: list.sources.into_iter().map(|source| source.url).collect(),
                origin: list.origin,
            })
            .collect())
    }

    /// All signers: those that were named, and those that the list of lists names for the territories of which there is a
    /// list.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn signers(&self) -> Result<Vec<StoredSigner>, StoreError> {
        self.look(|manifest| {
            let mut signers = Vec::new();
            for entry in &manifest.signers {
                signers.push(StoredSigner {
                    territory: entry.territory.clone(),
                    certificate: self.certificate(&entry.sha256)?,
                    origin: Some(entry.origin),
                });
            }
            Ok(signers)
        })
    }

    /// Those who may sign the list of a territory.
    pub(super) fn signers_of(
        &self,
        manifest: &Manifest,
        territory: &str,
    ) -> Result<Vec<Certificate>, StoreError> {
        let mut signers = self.named_signers(manifest, territory)?;
        for pointer in self.pointers_to(manifest, territory)? {
            signers.extend(pointer.signers().iter().cloned());
        }
        Ok(signers)
    }

    fn named_signers(&self, manifest: &Manifest, territory: &str) -> Result<Vec<Certificate>, StoreError> {
        let named = manifest
            .signers
            .iter()
            .filter(|signer| signer.territory == territory);
        named.map(|signer| self.certificate(&signer.sha256)).collect()
    }

    /// What the Union's list of lists says about the list of a territory. It says nothing about itself: its own signers are
    /// named.
    pub(super) fn pointers_to(
        &self,
        manifest: &Manifest,
        territory: &str,
    ) -> Result<Vec<Pointer>, StoreError> {
        let of_union = manifest.lists.iter().find(|list| list.territory == UNION);
        let Some(entry) = of_union.filter(|_| territory != UNION) else {
            return Ok(Vec::new());
        };
        let list = self.open_list(entry, &self.named_signers(manifest, UNION)?)?;
        if list.list_type() != LIST_OF_LISTS {
            return Ok(Vec::new());
        }
        let to_it = list.pointers().iter().filter(|pointer| {
            let is_of_state = pointer.list_type().is_none_or(|kind| kind == LIST_OF_A_STATE);
            pointer.territory() == territory && is_of_state
        });
        Ok(to_it.cloned().collect())
    }

    /// Opens a list as it lies there, by these signers.
    fn open_list(&self, entry: &ListEntry, signers: &[Certificate]) -> Result<TrustedList, StoreError> {
        let bytes = self
            .folder
            .read_named(LISTS, &entry.sha256, "xml", LIST_BYTES_MAX as u64)?;
        TrustedList::open(&bytes, &entry.territory, signers)
            .map_err(|error| StoreError::new(&self.folder.named(LISTS, &entry.sha256, "xml"), error))
    }

    /// Opens a list by those who may sign it now.
    pub(super) fn verified_list(
        &self,
        manifest: &Manifest,
        entry: &ListEntry,
    ) -> Result<TrustedList, StoreError> {
        let signers = self.signers_of(manifest, &entry.territory)?;
        self.open_list(entry, &signers)
    }

    /// All lists, verified. One that is out of date at the instant is an error.
    pub(super) fn fresh_lists(
        &self,
        manifest: &Manifest,
        at: Timestamp,
        grace: Duration,
    ) -> Result<Vec<(TrustedList, AnchorKind)>, StoreError> {
        let mut lists = Vec::new();
        for entry in &manifest.lists {
            let list = self.verified_list(manifest, entry)?;
            if is_stale(list.next_update(), at, grace) {
                let path = self.folder.named(LISTS, &entry.sha256, "xml");
                return Err(StoreError::new(&path, ListError::Stale));
            }
            lists.push((list, entry.kind.into()));
        }
        Ok(lists)
    }
}

/// Whether something is out of date at an instant, beyond a grace.
pub(super) fn is_stale(next_update: Option<Timestamp>, at: Timestamp, grace: Duration) -> bool {
    next_update.is_none_or(|due| due.saturating_add(grace).unwrap_or(Timestamp::MAX) < at)
}

/// Notes a signer, once.
pub(super) fn put_signer(manifest: &mut Manifest, entry: SignerEntry) -> Imported {
    let is_same =
        |known: &&mut SignerEntry| (&known.territory, known.sha256) == (&entry.territory, entry.sha256);
    match manifest.signers.iter_mut().find(is_same) {
        Some(known) if known.origin == Origin::Bundle && entry.origin == Origin::Operator => {
            known.origin = Origin::Operator;
            Imported::New
        }
        Some(_) => Imported::Known,
        None => {
            manifest.signers.push(entry);
            Imported::New
        }
    }
}
