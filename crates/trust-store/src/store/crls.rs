//! Revocation lists: each kept as it was signed and as an index, one for each issuer, key and scope.
//!
//! Not here: how an index is made and asked ([`CrlIndex`]), and what a list says of a certificate (`varco-pki`).

use std::sync::Arc;

use varco_pki::{
    CRL_LENGTH_MAX, Certificate, CrlHeader, KnownList as _, Legacy, ListFault, RevocationList, Timestamp,
};

use super::anchors::listed;
use super::folder::{CRLS, open};
use super::lists::is_stale;
use super::manifest::{CrlEntry, Manifest, Source, kept, note_source};
use super::{Fingerprint, Imported, StoreError, StoreProblem, TrustStore, floor_of};
use crate::fetch::{FetchAddress, Validators};
use crate::{CrlIndex, CrlIndexError, IndexProblem};

/// How far a list may be from the future, in seconds: its issuer's clock is not ours.
const SKEW_S: i64 = 300;

/// A revocation list of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCrl {
    /// Of its bytes.
    pub sha256: Fingerprint,
    /// The subject of the certificate whose key signed it.
    pub issuer: String,
    /// The fingerprint of that certificate.
    pub issuer_sha256: Fingerprint,
    /// Its number in hexadecimal, where it has one.
    pub number: Option<String>,
    /// When it was made.
    pub this_update: Timestamp,
    /// When the next one is due.
    pub next_update: Option<Timestamp>,
    /// When it was brought or fetched last.
    pub fetched_at: Timestamp,
    /// How many entries it has.
    pub entries: u64,
    /// Where it was fetched from.
    pub sources: Vec<String>,
}

impl CrlEntry {
    /// Whether it speaks for the same issuer, key and scope.
    fn is_same_series(&self, other: &Self) -> bool {
        (self.name, self.issuer_key, self.scope) == (other.name, other.issuer_key, other.scope)
    }

    /// Whether a newer one is due.
    pub(super) fn is_late(&self, now: Timestamp) -> bool {
        is_stale(self.next_update, now, std::time::Duration::ZERO)
    }

    /// That it may take the place of another: neither its number nor its date goes back, and where both are the same it is
    /// the same list: which of two is the later one cannot be told.
    fn follows(&self, standing: &Self) -> Result<(), IndexProblem> {
        let order = |entry: &Self| (entry.number.len(), entry.number.clone());
        if order(self) < order(standing) {
            return Err(IndexProblem::NumberGoesBack);
        }
        if self.this_update < standing.this_update {
            return Err(IndexProblem::TimeGoesBack);
        }
        let is_as_late = (&self.number, self.this_update) == (&standing.number, standing.this_update);
        if is_as_late && self.sha256 != standing.sha256 {
            return Err(IndexProblem::NumberReused);
        }
        Ok(())
    }
}

impl TrustStore {
    /// Checks the signature of a revocation list in DER and puts it, with an index, in the place of the one before. Signed by
    /// whom is found among the authorities at hand: the store's anchors, those whose lists are there already, and `issuers`.
    /// A weak signature passes only below an anchor that accepts it. `from` is where the next one will be fetched.
    ///
    /// # Errors
    /// [`StoreError`]; what is in place is then as it was.
    pub fn import_crl(
        &self,
        der: &[u8],
        issuers: &[Certificate],
        from: Option<(&FetchAddress, &Validators)>,
        now: Timestamp,
    ) -> Result<Imported, StoreError> {
        let source = from.map(|(address, validators)| Source {
            url: address.to_url(),
            validators: validators.clone(),
        });
        // Before the lock: long lists take a while.
        let list = RevocationList::parse(der).map_err(StoreProblem::from)?;
        self.change(|manifest| {
            let now = floor_of(manifest).check(now).map_err(StoreProblem::from)?;
            let issuer = self.issuer_of(manifest, &list, issuers, now)?;
            self.put_crl(manifest, (&list, der), &issuer, source, now)
        })
    }

    /// Who signed a list, and whether weakly. Only those that bear its issuer's name are tried: a signature over a long list
    /// takes a while to check.
    fn issuer_of(
        &self,
        manifest: &Manifest,
        list: &RevocationList<'_>,
        issuers: &[Certificate],
        now: Timestamp,
    ) -> Result<(Certificate, Legacy), StoreError> {
        let is_namesake = |certificate: &Certificate| list.header().is_named_after(certificate);
        let mut known: Vec<Certificate> = issuers.iter().filter(|it| is_namesake(it)).cloned().collect();
        for entry in &manifest.crls {
            let certificate = self.certificate(&entry.issuer)?;
            if is_namesake(&certificate) && !known.contains(&certificate) {
                known.push(certificate);
            }
        }
        // Those at hand first: the anchors of trusted lists are verified anew.
        if let Some(strong) = known.iter().find(|it| list.check_signature(it).is_ok()) {
            return Ok((strong.clone(), Legacy::Refused));
        }
        let anchors = self.all_anchors(manifest, now)?;
        for (certificate, _) in &anchors {
            if is_namesake(certificate) && !known.contains(certificate) {
                known.push(certificate.clone());
            }
        }
        let is_legacy_known = anchors.iter().any(|(_, legacy)| *legacy == Legacy::Accepted);
        let mut weak = None;
        for certificate in known {
            match list.check_signature(&certificate) {
                Ok(()) => return Ok((certificate, Legacy::Refused)),
                Err(ListFault::Weak) => {
                    let own = anchors.iter().filter(|(anchor, _)| *anchor == certificate);
                    let own: Vec<Legacy> = own.map(|(_, legacy)| *legacy).collect();
                    let is_accepted = if own.is_empty() {
                        is_legacy_known
                    } else {
                        own.contains(&Legacy::Accepted)
                    };
                    weak = Some((certificate, is_accepted));
                }
                Err(_) => {}
            }
        }
        match weak {
            Some((certificate, true)) => Ok((certificate, Legacy::Accepted)),
            Some((_, false)) => Err(self.refused(IndexProblem::Signature(ListFault::Weak))),
            None => Err(StoreProblem::NoIssuer.into()),
        }
    }

    /// The certificates of all anchors, whether their lists are late or not, with whether legacy algorithms pass below them.
    pub(super) fn all_anchors(
        &self,
        manifest: &Manifest,
        now: Timestamp,
    ) -> Result<Vec<(Certificate, Legacy)>, StoreError> {
        let mut all: Vec<(Certificate, Legacy)> = Vec::new();
        for stored in self.named_anchors(manifest)? {
            all.push((stored.anchor.certificate().clone(), stored.anchor.legacy_at(now)));
        }
        for entry in &manifest.lists {
            let list = self.verified_list(manifest, entry)?;
            for stored in listed(&list, entry.kind.into(), now) {
                all.push((stored.anchor.certificate().clone(), stored.anchor.legacy_at(now)));
            }
        }
        Ok(all)
    }

    fn refused(&self, problem: IndexProblem) -> StoreError {
        CrlIndexError::new(&self.folder.file(CRLS), problem).into()
    }

    /// Takes a list into the manifest whose signature was found good.
    pub(super) fn put_crl(
        &self,
        manifest: &mut Manifest,
        (list, der): (&RevocationList<'_>, &[u8]),
        (issuer, weak): &(Certificate, Legacy),
        source: Option<Source>,
        now: Timestamp,
    ) -> Result<Imported, StoreError> {
        let header = list.header();
        if header.is_delta {
            return Err(self.refused(IndexProblem::Delta));
        }
        if header.this_update.as_second() > now.as_second().saturating_add(SKEW_S) {
            return Err(StoreProblem::CrlFuture.into());
        }
        let mut entry = entry(header, list.scope_der(), issuer, now);
        let standing = manifest
            .crls
            .iter()
            .position(|known| known.is_same_series(&entry));
        let standing = standing.and_then(|place| manifest.crls.get_mut(place));
        if let Some(known) = &standing {
            entry.follows(known).map_err(|problem| self.refused(problem))?;
            if *weak == Legacy::Accepted && self.is_strong(known, issuer) {
                return Err(self.refused(IndexProblem::Signature(ListFault::Weak)));
            }
            entry.sources.clone_from(&known.sources);
        }
        if let Some(source) = source {
            note_source(&mut entry.sources, source);
        }
        entry.issuer = self.put_certificate(issuer)?;
        self.folder.put_named(CRLS, "crl", der)?;
        self.put_index(&entry, der, (issuer, *weak))?;
        let this_update = entry.this_update;
        let imported = match standing {
            Some(known) => {
                let is_known = known.sha256 == entry.sha256;
                *known = entry;
                if is_known { Imported::Known } else { Imported::New }
            }
            None => {
                manifest.crls.push(entry);
                Imported::New
            }
        };
        manifest.has_passed(this_update);
        Ok(imported)
    }

    /// Whether a list that is in place bears a signature by today's algorithms. Where its index is damaged the list says it.
    fn is_strong(&self, entry: &CrlEntry, issuer: &Certificate) -> bool {
        match self.index(entry) {
            Ok(index) => index.check_signature(issuer).is_ok(),
            Err(_) => self.crl_bytes(entry).is_ok_and(|der| {
                RevocationList::parse(&der).is_ok_and(|list| list.check_signature(issuer).is_ok())
            }),
        }
    }

    /// Makes the index of a list, unless a good one is there.
    fn put_index(
        &self,
        entry: &CrlEntry,
        der: &[u8],
        (issuer, weak): (&Certificate, Legacy),
    ) -> Result<(), StoreError> {
        match self.index(entry) {
            Ok(_) => return Ok(()),
            Err(error)
                if matches!(error.problem(), StoreProblem::Index(_) | StoreProblem::Damaged(_))
                    || error.is_gone() => {}
            Err(error) => return Err(error),
        }
        let place = self.folder.named(CRLS, &entry.sha256, "index");
        match weak {
            Legacy::Refused => CrlIndex::build(der, issuer, entry.fetched_at, &place)?,
            Legacy::Accepted => CrlIndex::build_even_if_weak(der, issuer, entry.fetched_at, &place)?,
        };
        Ok(())
    }

    /// Opens the index of a list.
    pub(super) fn index(&self, entry: &CrlEntry) -> Result<Arc<CrlIndex>, StoreError> {
        let path = self.folder.named(CRLS, &entry.sha256, "index");
        // The file that was checked is the one that is read, whatever takes its place.
        let index = CrlIndex::of_file(open(&path)?, &path)?;
        let is_same = index.header().sha256 == *entry.sha256.as_bytes()
            && index.signer_key_sha256() == *entry.issuer_key.as_bytes();
        if !is_same {
            return Err(StoreError::new(
                &path,
                StoreProblem::Damaged("it is another list's"),
            ));
        }
        Ok(Arc::new(index))
    }

    /// A list as it was signed.
    pub(super) fn crl_bytes(&self, entry: &CrlEntry) -> Result<Vec<u8>, StoreError> {
        self.folder
            .read_named(CRLS, &entry.sha256, "crl", CRL_LENGTH_MAX as u64)
    }

    /// The lists, by what the store noted of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn crls(&self) -> Result<Vec<StoredCrl>, StoreError> {
        let crls = self.manifest()?.crls.into_iter();
        Ok(crls
            .map(|crl| StoredCrl {
                sha256: crl.sha256,
                issuer: crl.issuer_name,
                issuer_sha256: crl.issuer,
                number: (!crl.number.is_empty()).then_some(crl.number),
                this_update: crl.this_update,
                next_update: crl.next_update,
                fetched_at: crl.fetched_at,
                entries: crl.entries,
                sources: crl.sources.into_iter().map(|source| source.url).collect(),
            })
            .collect())
    }
}

fn entry(header: &CrlHeader, scope: Option<&[u8]>, issuer: &Certificate, now: Timestamp) -> CrlEntry {
    let number = header.number.as_ref().map(|number| {
        let digits = number.as_bytes().iter().map(|byte| format!("{byte:02X}"));
        digits.collect::<String>()
    });
    CrlEntry {
        sha256: header.sha256.into(),
        issuer: issuer.sha256().into(),
        issuer_key: issuer.key_sha256().into(),
        issuer_name: kept(issuer.subject()),
        scope: scope.map(Fingerprint::of),
        name: Fingerprint::of(&header.issuer),
        number: number.unwrap_or_default(),
        this_update: header.this_update,
        next_update: header.next_update,
        fetched_at: now,
        entries: header.entries,
        sources: Vec::new(),
    }
}
