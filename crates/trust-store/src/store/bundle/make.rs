//! A bundle out of a store.
//!
//! Not here: the layout (`format`).

use std::collections::BTreeMap;

use varco_pki::{CERTIFICATE_LENGTH_MAX, Timestamp};

use super::format::{
    AnchorPart, BUNDLE_LENGTH_MAX, CrlPart, FilePart, Head, HostPart, ListPart, SignerPart, write,
};
use super::{BundleError, BundleKey};
use crate::list::LIST_BYTES_MAX;
use crate::store::folder::{CERTIFICATES, LISTS};
use crate::store::manifest::Manifest;
use crate::store::{Fingerprint, StoreError, StoreProblem, TrustStore, floor_of};

impl TrustStore {
    /// All that this store holds about trust, signed: signers, trusted lists, anchors, hosts and revocation lists. Its number
    /// is higher than that of every bundle before, also of a store that was set up anew.
    ///
    /// # Errors
    /// [`StoreError`], with [`BundleError::TooLarge`] where it would be longer than 256 MiB.
    pub fn bundle(&self, key: &BundleKey, now: Timestamp) -> Result<Vec<u8>, StoreError> {
        self.change(|manifest| {
            let now = floor_of(manifest).check(now).map_err(StoreProblem::from)?;
            let instant = u64::try_from(now.as_second()).unwrap_or(0);
            let sequence = manifest.bundles_made.saturating_add(1).max(instant);
            let mut files = BTreeMap::new();
            let head = self.parts(manifest, &mut files, (sequence, now))?;
            let head = Head {
                files: files
                    .iter()
                    .map(|(sha256, bytes): (&Fingerprint, &Vec<u8>)| FilePart {
                        sha256: *sha256,
                        length: bytes.len() as u64,
                    })
                    .collect(),
                ..head
            };
            let files: Vec<Vec<u8>> = files.into_values().collect();
            let bytes = write(&head, &files, key).map_err(StoreProblem::from)?;
            manifest.bundles_made = sequence;
            Ok(bytes)
        })
    }

    /// What the head says, and the files that it names.
    fn parts(
        &self,
        manifest: &Manifest,
        files: &mut BTreeMap<Fingerprint, Vec<u8>>,
        (sequence, created_at): (u64, Timestamp),
    ) -> Result<Head, StoreError> {
        let certificates = manifest.signers.iter().map(|signer| signer.sha256);
        let certificates = certificates.chain(manifest.anchors.iter().map(|anchor| anchor.sha256));
        for sha256 in certificates.chain(manifest.crls.iter().map(|crl| crl.issuer)) {
            let length_max = CERTIFICATE_LENGTH_MAX as u64;
            let der = self.folder.read_named(CERTIFICATES, &sha256, "der", length_max)?;
            files.insert(sha256, der);
        }
        for entry in &manifest.lists {
            let xml = self
                .folder
                .read_named(LISTS, &entry.sha256, "xml", LIST_BYTES_MAX as u64)?;
            files.insert(entry.sha256, xml);
        }
        let mut length = 0_usize;
        for entry in &manifest.crls {
            let der = self.crl_bytes(entry)?;
            // Not after hundreds of long lists were read.
            length = length.saturating_add(der.len());
            if length > BUNDLE_LENGTH_MAX {
                return Err(StoreProblem::Bundle(BundleError::TooLarge).into());
            }
            files.insert(entry.sha256, der);
        }
        let anchors = manifest.anchors.iter().map(|entry| AnchorPart {
            certificate: entry.sha256,
            kind: entry.kind,
            purpose: entry.purpose,
            legacy_until: entry.legacy_until,
            added_at: entry.added_at,
            added_by: entry.added_by.clone(),
        });
        let signers = manifest.signers.iter().map(|entry| SignerPart {
            territory: entry.territory.clone(),
            certificate: entry.sha256,
        });
        let lists = manifest.lists.iter().map(|entry| ListPart {
            territory: entry.territory.clone(),
            kind: entry.kind,
            list: entry.sha256,
        });
        let crls = manifest.crls.iter().map(|entry| CrlPart {
            list: entry.sha256,
            issuer: entry.issuer,
        });
        let hosts = manifest.hosts.iter().map(|entry| HostPart {
            host: entry.host.clone(),
            private: entry.private,
        });
        Ok(Head {
            sequence,
            created_at,
            list_grace_hours: manifest.list_grace_hours,
            hosts: hosts.collect(),
            signers: signers.collect(),
            lists: lists.collect(),
            anchors: anchors.collect(),
            crls: crls.collect(),
            files: Vec::new(),
        })
    }
}
