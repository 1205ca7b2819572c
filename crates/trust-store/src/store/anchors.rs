//! Anchors: those that somebody named, and those of the trusted lists that were accepted.
//!
//! Not here: how a list is verified ([`crate::list`]).

use std::time::Duration;

use varco_pki::{
    AnchorKind, AnchorPurpose, CERTIFICATE_LENGTH_MAX, Certificate, Provenance, Timestamp, TrustAnchor,
    TrustAnchors,
};

use super::folder::{CERTIFICATES, Folder};
use super::manifest::{AnchorEntry, Manifest, kept};
use super::{Fingerprint, Imported, Origin, StoreError, StoreProblem, TrustStore};
use crate::list::TrustedList;

/// What an anchor is believed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnchorTerms {
    /// Real trust, with legacy algorithms or without, or for tests.
    pub kind: AnchorKind,
    /// The kind of card.
    pub purpose: AnchorPurpose,
    /// Until when legacy algorithms pass; `None` leaves it to [`varco_pki::LEGACY_END`].
    pub legacy_until: Option<Timestamp>,
}

/// An anchor of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnchor {
    /// As it is believed.
    pub anchor: TrustAnchor,
    /// Until when legacy algorithms pass, where that was said.
    pub legacy_until: Option<Timestamp>,
    /// Who brought it; of one that stands on a trusted list, who brought that is not said here.
    pub origin: Option<Origin>,
    /// When somebody brought it.
    pub added_at: Option<Timestamp>,
    /// Who that was, in the operator's words.
    pub added_by: Option<String>,
}

impl TrustStore {
    /// Puts an anchor in. The same again with other terms changes them; one certificate can stand once for each kind and
    /// purpose.
    ///
    /// # Errors
    /// [`StoreError`]; among them [`varco_pki::AnchorError`] for a certificate that may not become such an anchor.
    pub fn add_anchor(
        &self,
        certificate: &Certificate,
        terms: &AnchorTerms,
        by: &str,
        now: Timestamp,
    ) -> Result<Imported, StoreError> {
        anchor(certificate.clone(), terms).map_err(StoreError::from)?;
        self.change(|manifest| {
            let entry = AnchorEntry {
                sha256: self.put_certificate(certificate)?,
                kind: terms.kind.into(),
                purpose: terms.purpose.into(),
                legacy_until: terms.legacy_until,
                origin: Origin::Operator,
                added_at: now,
                added_by: kept(by),
            };
            Ok(put_anchor(manifest, entry))
        })
    }

    /// Takes out whatever has this fingerprint: a certificate as anchor and as signer of lists, a trusted list, a revocation
    /// list. A list that is taken out is forgotten with its number, and an older one can be put in. Says how much that was.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn remove(&self, sha256: &Fingerprint) -> Result<usize, StoreError> {
        self.change(|manifest| {
            let count = |it: &Manifest| it.anchors.len() + it.signers.len() + it.lists.len() + it.crls.len();
            let before = count(manifest);
            manifest.anchors.retain(|anchor| anchor.sha256 != *sha256);
            manifest.signers.retain(|signer| signer.sha256 != *sha256);
            manifest.lists.retain(|list| list.sha256 != *sha256);
            manifest.crls.retain(|crl| crl.sha256 != *sha256);
            Ok(before.saturating_sub(count(manifest)))
        })
    }

    /// All anchors that are believed at an instant: those that were named, and the services of identity verification that
    /// accepted lists recognise. What a list calls recognised that cannot be an anchor of its kind is left aside: see
    /// [`TrustStore::status`].
    ///
    /// # Errors
    /// [`StoreError`]; among them [`crate::list::ListError::Stale`] for a list that is out of date beyond the store's grace.
    pub fn anchors(&self, at: Timestamp) -> Result<TrustAnchors, StoreError> {
        let stored = self.stored_anchors(at)?;
        Ok(stored.into_iter().map(|stored| stored.anchor).collect())
    }

    /// As [`TrustStore::anchors`], with who brought them.
    ///
    /// # Errors
    /// As there.
    pub fn stored_anchors(&self, at: Timestamp) -> Result<Vec<StoredAnchor>, StoreError> {
        self.look(|manifest| self.anchors_of(manifest, at, manifest.list_grace()))
    }

    /// The same where lists may be late by so much, whatever the store's own grace: to show what is there.
    ///
    /// # Errors
    /// As there.
    pub fn anchors_within(&self, at: Timestamp, grace: Duration) -> Result<Vec<StoredAnchor>, StoreError> {
        self.look(|manifest| self.anchors_of(manifest, at, grace))
    }

    fn anchors_of(
        &self,
        manifest: &Manifest,
        at: Timestamp,
        grace: Duration,
    ) -> Result<Vec<StoredAnchor>, StoreError> {
        let mut anchors = self.named_anchors(manifest)?;
        for (list, kind) in self.fresh_lists(manifest, at, grace)? {
            anchors.extend(listed(&list, kind, at));
        }
        Ok(anchors)
    }

    /// Those that were named, here or by a bundle, without those of trusted lists.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn own_anchors(&self) -> Result<Vec<StoredAnchor>, StoreError> {
        self.look(|manifest| self.named_anchors(manifest))
    }

    /// Those that somebody named.
    pub(super) fn named_anchors(&self, manifest: &Manifest) -> Result<Vec<StoredAnchor>, StoreError> {
        let read = |entry: &AnchorEntry| {
            let terms = AnchorTerms {
                kind: entry.kind.into(),
                purpose: entry.purpose.into(),
                legacy_until: entry.legacy_until,
            };
            let anchor = anchor(self.certificate(&entry.sha256)?, &terms).map_err(|problem| {
                StoreError::new(&self.folder.named(CERTIFICATES, &entry.sha256, "der"), problem)
            })?;
            Ok(StoredAnchor {
                anchor,
                legacy_until: entry.legacy_until,
                origin: Some(entry.origin),
                added_at: Some(entry.added_at),
                added_by: Some(entry.added_by.clone()),
            })
        };
        manifest.anchors.iter().map(read).collect()
    }

    /// A certificate that the store names.
    pub(super) fn certificate(&self, sha256: &Fingerprint) -> Result<Certificate, StoreError> {
        read_certificate(&self.folder, sha256)
    }

    pub(super) fn put_certificate(&self, certificate: &Certificate) -> Result<Fingerprint, StoreError> {
        self.folder.put_named(CERTIFICATES, "der", certificate.der())
    }
}

fn read_certificate(folder: &Folder, sha256: &Fingerprint) -> Result<Certificate, StoreError> {
    let der = folder.read_named(CERTIFICATES, sha256, "der", CERTIFICATE_LENGTH_MAX as u64)?;
    Certificate::parse(&der)
        .map_err(|error| StoreError::new(&folder.named(CERTIFICATES, sha256, "der"), error))
}

/// Makes an anchor by its terms.
pub(super) fn anchor(certificate: Certificate, terms: &AnchorTerms) -> Result<TrustAnchor, StoreProblem> {
    let anchor = TrustAnchor::new(certificate, terms.kind)?.only_for(terms.purpose);
    Ok(match terms.legacy_until {
        Some(end) => anchor.legacy_until(end),
        None => anchor,
    })
}

/// Notes an anchor in the place of the same one.
pub(super) fn put_anchor(manifest: &mut Manifest, entry: AnchorEntry) -> Imported {
    let is_same = |known: &AnchorEntry| {
        (known.sha256, known.kind, known.purpose) == (entry.sha256, entry.kind, entry.purpose)
    };
    match manifest.anchors.iter_mut().find(|known| is_same(known)) {
        Some(known) if known.legacy_until == entry.legacy_until && known.origin == entry.origin => {
            Imported::Known
        }
        // What was named here stays, whatever a bundle brings.
        Some(known) if known.origin == Origin::Operator && entry.origin == Origin::Bundle => Imported::Known,
        Some(known) => {
            *known = entry;
            Imported::New
        }
        None => {
            manifest.anchors.push(entry);
            Imported::New
        }
    }
}

/// The anchors that a list gives.
pub(super) fn listed(list: &TrustedList, kind: AnchorKind, at: Timestamp) -> Vec<StoredAnchor> {
    let mut anchors = Vec::new();
    for listed in list.anchors_at(at) {
        let provenance = Provenance::Listed {
            territory: listed.source.territory,
            sequence_number: listed.source.sequence_number,
            service: listed.service_name,
        };
        if let Ok(anchor) = TrustAnchor::new(listed.certificate, kind) {
            anchors.push(StoredAnchor {
                anchor: anchor.listed(provenance, listed.since),
                legacy_until: None,
                origin: None,
                added_at: None,
                added_by: None,
            });
        }
    }
    anchors
}

/// How many certificates a list calls recognised that are no anchors of its kind.
pub(super) fn left_aside(list: &TrustedList, kind: AnchorKind, at: Timestamp) -> usize {
    list.anchors_at(at)
        .len()
        .saturating_sub(listed(list, kind, at).len())
}
