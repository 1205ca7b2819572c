//! A bundle into a store: what an earlier bundle brought goes, what somebody named here stays, and nothing goes backwards.
//!
//! All of it counts at once, or nothing does. Not here: the layout and the signature (`format`).

use std::collections::BTreeSet;
use std::time::Duration;

use varco_pki::{AnchorError, Certificate, ClockFloor, Legacy, ListFault, RevocationList, Timestamp};

use super::format::{Head, Opened, open};
use super::{BundleError, BundlePublicKey};
use crate::IndexProblem;
use crate::list::ListError;
use crate::store::anchors::{AnchorTerms, anchor, put_anchor};
use crate::store::lists::{UNION, put_signer};
use crate::store::manifest::{
    AnchorEntry, BundleEntry, CrlEntry, HostEntry, Kind, Manifest, SignerEntry, kept, series,
};
use crate::store::{
    BundleHead, Fingerprint, Imported, Origin, StoreError, StoreProblem, TrustStore, floor_of,
};

/// What came of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedBundle {
    /// What it said of itself.
    pub head: BundleHead,
    /// Whether it was new.
    pub imported: Imported,
    /// Trusted lists and revocation lists of it that are older than those in place, which stay.
    pub older: usize,
}

impl TrustStore {
    /// Takes a bundle that this key signed. The one that was taken last is taken again, which repairs what was damaged
    /// meanwhile.
    ///
    /// # Errors
    /// [`StoreError`], with [`BundleError`] for a bundle that is not taken, [`varco_pki::ClockError`] where the clock shows an
    /// instant before it was made, [`varco_pki::AnchorError::TestMaterialRefused`] where it brings anchors or trusted lists for
    /// tests. Nothing has changed then.
    pub fn import_bundle(
        &self,
        bytes: &[u8],
        key: &BundlePublicKey,
        now: Timestamp,
    ) -> Result<ImportedBundle, StoreError> {
        let opened = open(bytes, key).map_err(StoreProblem::from)?;
        let Head { anchors, lists, .. } = &opened.head;
        let mut kinds = anchors.iter().map(|part| part.kind);
        let is_test = |kind: Kind| kind == Kind::Test;
        if kinds.any(is_test) || lists.iter().any(|part| is_test(part.kind)) {
            return Err(StoreProblem::Anchor(AnchorError::TestMaterialRefused).into());
        }
        self.import_opened(bytes, &opened, now)
    }

    /// As [`TrustStore::import_bundle`], also where it brings anchors and trusted lists for tests: somebody here said that it
    /// may, since whoever is believed below them shows as test material.
    ///
    /// # Errors
    /// As there.
    pub fn import_bundle_with_test_material(
        &self,
        bytes: &[u8],
        key: &BundlePublicKey,
        now: Timestamp,
    ) -> Result<ImportedBundle, StoreError> {
        let opened = open(bytes, key).map_err(StoreProblem::from)?;
        self.import_opened(bytes, &opened, now)
    }

    fn import_opened(
        &self,
        bytes: &[u8],
        opened: &Opened<'_>,
        now: Timestamp,
    ) -> Result<ImportedBundle, StoreError> {
        let entry = BundleEntry {
            sequence: opened.head.sequence,
            created_at: opened.head.created_at,
            sha256: Fingerprint::of(bytes),
        };
        let head = BundleHead {
            sequence: entry.sequence,
            created_at: entry.created_at,
        };
        self.change(|manifest| {
            let now = floor_of(manifest).check(now).map_err(StoreProblem::from)?;
            let now = ClockFloor::new(entry.created_at)
                .check(now)
                .map_err(StoreProblem::from)?;
            let standing = manifest.bundle;
            let is_known = standing.is_some_and(|standing| standing.sha256 == entry.sha256);
            let is_older = |standing: &BundleEntry| {
                entry.sequence <= standing.sequence || entry.created_at < standing.created_at
            };
            if let Some(newer) = standing.filter(|standing| !is_known && is_older(standing)) {
                return Err(StoreProblem::Bundle(BundleError::Older(newer.created_at)).into());
            }
            let older = self.take_bundle(manifest, opened, now)?;
            manifest.bundle = Some(entry);
            manifest.has_passed(entry.created_at);
            Ok(ImportedBundle {
                head,
                imported: if is_known { Imported::Known } else { Imported::New },
                older,
            })
        })
    }

    fn take_bundle(
        &self,
        manifest: &mut Manifest,
        opened: &Opened<'_>,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let head = &opened.head;
        manifest.signers.retain(|signer| signer.origin != Origin::Bundle);
        manifest.anchors.retain(|anchor| anchor.origin != Origin::Bundle);
        // Before its lists are looked at: what it does not bring any more says nothing about those that it brings.
        manifest.lists.retain(|list| {
            let is_brought = head.lists.iter().any(|part| part.territory == list.territory);
            list.origin != Origin::Bundle || is_brought
        });
        if manifest.list_grace_origin != Some(Origin::Operator) {
            manifest.list_grace_hours = head.list_grace_hours;
            manifest.list_grace_origin = Some(Origin::Bundle);
        }
        take_hosts(manifest, head);
        self.take_certificates(manifest, opened)?;
        let older = self.take_lists(manifest, opened, now)?;
        Ok(older + self.take_crls(manifest, opened, now)?)
    }

    fn take_certificates(&self, manifest: &mut Manifest, opened: &Opened<'_>) -> Result<(), StoreError> {
        let Head { signers, anchors, .. } = &opened.head;
        for part in signers {
            let certificate = certificate(opened, &part.certificate)?;
            let entry = SignerEntry {
                territory: part.territory.clone(),
                sha256: self.put_certificate(&certificate)?,
                origin: Origin::Bundle,
            };
            put_signer(manifest, entry);
        }
        for part in anchors {
            let certificate = certificate(opened, &part.certificate)?;
            let terms = AnchorTerms {
                kind: part.kind.into(),
                purpose: part.purpose.into(),
                legacy_until: part.legacy_until,
            };
            // Test material is no real trust, whoever signs for it.
            anchor(certificate.clone(), &terms)?;
            let entry = AnchorEntry {
                sha256: self.put_certificate(&certificate)?,
                kind: part.kind,
                purpose: part.purpose,
                legacy_until: part.legacy_until,
                origin: Origin::Bundle,
                added_at: part.added_at,
                added_by: kept(&part.added_by),
            };
            put_anchor(manifest, entry);
        }
        Ok(())
    }

    /// Lists of lists first, since they name who may sign the others. One that is out of date is taken: what uses it will
    /// say so.
    fn take_lists(
        &self,
        manifest: &mut Manifest,
        opened: &Opened<'_>,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let mut parts: Vec<_> = opened.head.lists.iter().collect();
        parts.sort_by_key(|part| part.territory != UNION);
        let mut older = 0;
        for part in parts {
            let xml = opened.file(&part.list).map_err(StoreProblem::from)?;
            let standing = manifest
                .lists
                .iter()
                .find(|list| list.territory == part.territory);
            // As what somebody here believes a list stays as it is.
            let own = standing.filter(|list| list.origin == Origin::Operator);
            let (kind, origin) = match own {
                Some(list) => (list.kind, Origin::Operator),
                None => (part.kind, Origin::Bundle),
            };
            let what = (part.territory.as_str(), kind.into());
            match self.put_list(manifest, xml, what, None, (now, Duration::MAX)) {
                Ok(_) => {}
                Err(error) if *error.problem() == StoreProblem::List(ListError::Backwards) => older += 1,
                Err(error) => return Err(error),
            }
            let mut standing = manifest.lists.iter_mut();
            if let Some(list) = standing.find(|list| list.territory == part.territory) {
                (list.kind, list.origin) = (kind, origin);
            }
        }
        Ok(older)
    }

    fn take_crls(
        &self,
        manifest: &mut Manifest,
        opened: &Opened<'_>,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let mut older = 0;
        let own: BTreeSet<Fingerprint> = manifest.crls.iter().map(CrlEntry::series).collect();
        let earlier: BTreeSet<Fingerprint> = manifest.bundle_crls.drain(..).collect();
        let mut brought = BTreeSet::new();
        for part in &opened.head.crls {
            let der = opened.file(&part.list).map_err(StoreProblem::from)?;
            let issuer = certificate(opened, &part.issuer)?;
            let list = RevocationList::parse(der).map_err(StoreProblem::from)?;
            let weak = match list.check_signature(&issuer) {
                Ok(()) => Legacy::Refused,
                // It was taken by the rules of the store that the bundle is of; who judges decides whether it counts.
                Err(ListFault::Weak) => Legacy::Accepted,
                Err(_) => return Err(StoreProblem::NoIssuer.into()),
            };
            let series = series(
                &Fingerprint::of(&list.header().issuer),
                &issuer.key_sha256().into(),
                list.scope_der().map(Fingerprint::of).as_ref(),
            );
            match self.put_crl(manifest, (&list, der), &(issuer, weak), None, now) {
                Ok(_) => {}
                Err(error) if is_older(&error) => older += 1,
                Err(error) => return Err(error),
            }
            brought.insert(series);
        }
        let is_gone = |series: &Fingerprint| earlier.contains(series) && !brought.contains(series);
        manifest.crls.retain(|entry| !is_gone(&entry.series()));
        let is_own = |series: &Fingerprint| own.contains(series) && !earlier.contains(series);
        manifest.bundle_crls = brought.into_iter().filter(|series| !is_own(series)).collect();
        Ok(older)
    }
}

/// The hosts that it names, in the place of those that an earlier bundle named.
fn take_hosts(manifest: &mut Manifest, head: &Head) {
    manifest.hosts.retain(|host| host.origin != Origin::Bundle);
    for part in &head.hosts {
        if !manifest.hosts.iter().any(|known| known.host == part.host) {
            manifest.hosts.push(HostEntry {
                host: part.host.clone(),
                private: part.private,
                origin: Origin::Bundle,
            });
        }
    }
}

fn is_older(error: &StoreError) -> bool {
    match error.problem() {
        StoreProblem::Index(error) => matches!(
            error.problem(),
            IndexProblem::NumberGoesBack | IndexProblem::TimeGoesBack
        ),
        _ => false,
    }
}

fn certificate(opened: &Opened<'_>, sha256: &Fingerprint) -> Result<Certificate, StoreError> {
    let der = opened.file(sha256).map_err(StoreProblem::from)?;
    Ok(Certificate::parse(der).map_err(StoreProblem::from)?)
}
