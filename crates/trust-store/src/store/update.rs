//! Keeping a store fresh: trusted lists and revocation lists that are due are fetched from where they are published.
//!
//! One that fails keeps what is in place, and does not keep the others from being fetched. Not here: when this is done,
//! which is the operator's timer.

use std::time::Duration;

use varco_pki::{AnchorKind, Timestamp};

use super::anchors::listed;
use super::lists::{UNION, is_stale};
use super::manifest::{CrlEntry, Manifest};
use super::status::is_due;
use super::{Fingerprint, Imported, StoreError, TrustStore, folder, hosts};
use crate::fetch::{
    AllowedHost, Cancel, FetchAddress, FetchError, FetchKind, FetchLock, FetchProblem, FetchRules, Fetched,
    Fetcher, Progress, Validators,
};

/// Longest wait for another process that fetches the same.
const LOCK_WAIT: Duration = Duration::from_secs(60);
/// That nothing newer is there, of what is late (RFC 9110 §15.4.5).
const NOT_MODIFIED: FetchProblem = FetchProblem::Status {
    status: 304,
    retry_after: None,
};

/// What is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhatIsDue {
    /// What is out of date or will be soon: three quarters of its time have passed.
    Due,
    /// Everything, whether an address failed a short while ago or not.
    All,
}

/// What one update is to do.
pub struct Updates<'a> {
    /// Limits and waits, and hosts that may be asked beside those of the store.
    pub rules: FetchRules,
    /// What is fetched.
    pub what: WhatIsDue,
    /// Territories whose list is wanted though the store has none, with its address where that is known.
    pub wanted: Vec<(String, Option<String>)>,
    /// What the authorities of such a list are believed as.
    pub kind: AnchorKind,
    /// Stops it.
    pub cancel: &'a Cancel,
    /// Told how far a fetch is.
    pub progress: &'a mut dyn FnMut(&FetchAddress, Progress),
}

/// What came of one thing that was to be fetched.
#[derive(Debug)]
pub enum Updated {
    /// Something newer is in place.
    New {
        /// A territory, or the issuer of a revocation list.
        name: String,
        /// From where.
        from: FetchAddress,
    },
    /// There is nothing newer.
    NotModified {
        /// As above.
        name: String,
        /// From where that was told.
        from: FetchAddress,
    },
    /// No address is known, or none gave anything. What is in place stays.
    NotFetched {
        /// As above.
        name: String,
        /// Why the last address gave nothing; `None` where none is known.
        error: Option<FetchError>,
    },
    /// What came was not taken. What is in place stays.
    Refused {
        /// As above.
        name: String,
        /// From where.
        from: FetchAddress,
        /// Why.
        error: StoreError,
    },
}

impl Updated {
    /// The stable name in JSON.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::New { .. } => "update-new",
            Self::NotModified { .. } => "update-not-modified",
            Self::NotFetched { .. } => "update-not-fetched",
            Self::Refused { .. } => "update-refused",
        }
    }

    /// A territory, or the issuer of a revocation list.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::New { name, .. }
            | Self::NotModified { name, .. }
            | Self::NotFetched { name, .. }
            | Self::Refused { name, .. } => name,
        }
    }
}

/// One thing to be fetched, and where it may be.
struct Errand {
    name: String,
    kind: FetchKind,
    wanted: Wanted,
    places: Vec<(String, Option<Validators>)>,
}

/// What is to be fetched.
enum Wanted {
    /// The trusted list of a territory, whose authorities are believed as this kind.
    List(String, AnchorKind),
    /// A revocation list: the hashes of its issuer's name, of the key, and of its scope.
    Crl(Fingerprint, Fingerprint, Option<Fingerprint>),
}

impl TrustStore {
    /// Fetches what is due: lists of lists first, then other trusted lists, then revocation lists.
    ///
    /// # Errors
    /// [`StoreError`] where the store itself cannot be read; what came of single things is in the answer.
    pub fn update(&self, mut updates: Updates<'_>, now: Timestamp) -> Result<Vec<Updated>, StoreError> {
        let manifest = self.manifest()?;
        let mut territories: Vec<String> = manifest.lists.iter().map(|list| list.territory.clone()).collect();
        territories.extend(updates.wanted.iter().map(|(territory, _)| territory.clone()));
        territories.sort_by_key(|territory| (territory != UNION, territory.clone()));
        territories.dedup();
        let mut done = Vec::new();
        for territory in territories {
            // What a list of lists says that was just fetched counts.
            let manifest = self.manifest()?;
            if let Some(errand) = self.list_errand(&manifest, &territory, &updates, now) {
                let rules = self.rules_for(&manifest, &errand, &updates);
                done.push(self.run(&errand, &Fetcher::new(rules), &mut updates, now));
            }
        }
        let manifest = self.manifest()?;
        let errands = self.crl_errands(&manifest, updates.what, now);
        if !errands.is_empty() {
            let allowed = self.crl_hosts(&manifest, now);
            let fetcher = Fetcher::new(updates.rules.clone().and_hosts(allowed));
            for errand in errands {
                done.push(self.run(&errand, &fetcher, &mut updates, now));
            }
        }
        Ok(done)
    }

    /// What is to be fetched for a territory, if anything.
    fn list_errand(
        &self,
        manifest: &Manifest,
        territory: &str,
        updates: &Updates<'_>,
        now: Timestamp,
    ) -> Option<Errand> {
        let entry = manifest.lists.iter().find(|list| list.territory == territory);
        let wanted = updates.wanted.iter().find(|(wanted, _)| wanted == territory);
        let is_due = entry.is_none_or(|list| {
            list.next_update
                .is_none_or(|until| is_due(list.issued_at, until, now))
        });
        // What is damaged, or signed by nobody who may, is wanted anew whatever its version.
        let is_good = entry.is_some_and(|list| self.verified_list(manifest, list).is_ok());
        let has_address = wanted.is_some_and(|(_, url)| url.is_some());
        if !is_due && is_good && !has_address && updates.what == WhatIsDue::Due {
            return None;
        }
        let mut places: Vec<(String, Option<Validators>)> = Vec::new();
        let mut note = |url: &str, validators: Option<Validators>| {
            if !places.iter().any(|(known, _)| known == url) {
                places.push((url.to_owned(), validators.filter(|_| is_good)));
            }
        };
        if let Some((_, Some(url))) = wanted {
            let known = entry.and_then(|list| list.sources.first());
            note(
                url,
                known
                    .filter(|source| source.url == *url)
                    .map(|source| source.validators.clone()),
            );
        }
        for (place, source) in entry.iter().flat_map(|list| &list.sources).enumerate() {
            note(&source.url, (place == 0).then(|| source.validators.clone()));
        }
        for pointer in self.pointers_to(manifest, territory).unwrap_or_default() {
            note(pointer.location(), None);
        }
        Some(Errand {
            name: territory.to_owned(),
            kind: FetchKind::TrustedList,
            wanted: Wanted::List(
                territory.to_owned(),
                entry.map_or(updates.kind, |list| list.kind.into()),
            ),
            places,
        })
    }

    /// Who may be asked for a trusted list: named hosts, that of an address given by hand, and those that the list of lists
    /// points to; and where the list that is in place came from, since it was accepted.
    fn rules_for(&self, manifest: &Manifest, errand: &Errand, updates: &Updates<'_>) -> FetchRules {
        let mut allowed: Vec<AllowedHost> = hosts::named(manifest);
        let given = updates
            .wanted
            .iter()
            .filter(|(territory, _)| *territory == errand.name);
        allowed.extend(given.filter_map(|(_, url)| hosts::of(url.as_deref()?)));
        let in_place = manifest.lists.iter().filter(|list| list.territory == errand.name);
        let sources = in_place.flat_map(|list| &list.sources);
        allowed.extend(sources.filter_map(|source| hosts::of(&source.url)));
        // Of a list of lists that is not believed any more nothing counts.
        let pointers = self.pointers_to(manifest, &errand.name).unwrap_or_default();
        allowed.extend(
            pointers
                .iter()
                .filter_map(|pointer| hosts::of(pointer.location())),
        );
        updates.rules.clone().and_hosts(allowed)
    }

    /// Who may be asked for revocation lists: named hosts, and those that authorities name. An authority that cannot be read,
    /// or a trusted list that is not believed, names none.
    fn crl_hosts(&self, manifest: &Manifest, now: Timestamp) -> Vec<AllowedHost> {
        let mut allowed = hosts::named(manifest);
        for anchor in self.named_anchors(manifest).unwrap_or_default() {
            allowed.extend(hosts::of_authority(anchor.anchor.certificate()));
        }
        for entry in &manifest.lists {
            if let Ok(list) = self.verified_list(manifest, entry) {
                let anchors = listed(&list, entry.kind.into(), now).into_iter();
                allowed.extend(anchors.flat_map(|it| hosts::of_authority(it.anchor.certificate())));
            }
        }
        for entry in &manifest.crls {
            if let Ok(issuer) = self.certificate(&entry.issuer) {
                allowed.extend(hosts::of_authority(&issuer));
            }
        }
        allowed
    }

    /// Tries the places of one thing, one after another, until what is in place is not late any more.
    fn run(&self, errand: &Errand, fetcher: &Fetcher, updates: &mut Updates<'_>, now: Timestamp) -> Updated {
        let mut last = None;
        let mut refused = None;
        for (url, validators) in &errand.places {
            let address = match FetchAddress::parse(url) {
                Ok(address) => address,
                Err(fault) => {
                    last = Some(FetchError::no_address(fault));
                    continue;
                }
            };
            let fetched = self.fetch(&address, errand.kind, validators.as_ref(), fetcher, updates, now);
            let (outcome, late) = match fetched {
                Ok(Fetched::NotModified) => (
                    Updated::NotModified {
                        name: errand.name.clone(),
                        from: address.clone(),
                    },
                    NOT_MODIFIED,
                ),
                Ok(Fetched::New(answer)) => (
                    self.take(errand, &address, answer.body(), answer.validators(), now),
                    FetchProblem::ContentType,
                ),
                Err(error) => {
                    self.note_failure(&address, error.problem(), now);
                    last = Some(error);
                    continue;
                }
            };
            let is_late = self.is_late(errand, now);
            let is_refused = matches!(outcome, Updated::Refused { .. });
            if is_late || is_refused {
                self.note_failure(&address, &FetchProblem::ContentType, now);
            } else {
                self.forget_failures(&address);
            }
            if !is_late {
                return outcome;
            }
            if is_refused {
                refused = Some(outcome);
            } else {
                last = Some(FetchError::new(&address, late));
            }
        }
        refused.unwrap_or(Updated::NotFetched {
            name: errand.name.clone(),
            error: last,
        })
    }

    /// Whether what is in place is out of date, damaged or not there.
    fn is_late(&self, errand: &Errand, now: Timestamp) -> bool {
        let Ok(manifest) = self.manifest() else {
            return true;
        };
        match &errand.wanted {
            Wanted::List(territory, _) => {
                let in_place = manifest.lists.iter().find(|list| list.territory == *territory);
                in_place.is_none_or(|list| {
                    is_stale(list.next_update, now, Duration::ZERO)
                        || self.verified_list(&manifest, list).is_err()
                })
            }
            Wanted::Crl(name, key, scope) => {
                let is_it = |crl: &&CrlEntry| (&crl.name, &crl.issuer_key, &crl.scope) == (name, key, scope);
                let in_place = manifest.crls.iter().find(is_it);
                in_place.is_none_or(|crl| crl.is_late(now) || self.index(crl).is_err())
            }
        }
    }

    fn fetch(
        &self,
        address: &FetchAddress,
        kind: FetchKind,
        validators: Option<&Validators>,
        fetcher: &Fetcher,
        updates: &mut Updates<'_>,
        now: Timestamp,
    ) -> Result<Fetched, FetchError> {
        let locks = self.folder.file(folder::LOCKS);
        let _lock = FetchLock::take(&locks, address, LOCK_WAIT, updates.cancel)?;
        if updates.what == WhatIsDue::Due {
            let backoff = self
                .manifest()
                .map(|manifest| manifest.backoff(&address.to_url()));
            let held_back = backoff.unwrap_or_default().check(now);
            held_back.map_err(|problem| FetchError::new(address, problem))?;
        }
        let progress = &mut updates.progress;
        fetcher.get(
            &address.to_url(),
            kind,
            validators,
            updates.cancel,
            &mut |so_far| {
                progress(address, so_far);
            },
        )
    }

    fn take(
        &self,
        errand: &Errand,
        from: &FetchAddress,
        bytes: &[u8],
        validators: &Validators,
        now: Timestamp,
    ) -> Updated {
        let source = Some((from, validators));
        let imported = match &errand.wanted {
            Wanted::List(territory, kind) => self.import_list(bytes, territory, *kind, source, now),
            Wanted::Crl(..) => self.import_crl(bytes, &[], source, now),
        };
        let (name, from) = (errand.name.clone(), from.clone());
        match imported {
            Ok(Imported::New) => Updated::New { name, from },
            Ok(Imported::Known) => Updated::NotModified { name, from },
            Err(error) => Updated::Refused { name, from, error },
        }
    }

    /// Notes that an address failed. Where the store cannot be written it is tried again sooner.
    fn note_failure(&self, address: &FetchAddress, problem: &FetchProblem, now: Timestamp) {
        if problem.counts_as_failure() {
            let _ = self.change(|manifest| {
                let url = address.to_url();
                let mut backoff = manifest.backoff(&url);
                backoff.failed(now, problem.retry_after());
                manifest.set_backoff(&url, backoff);
                Ok(())
            });
        }
    }

    fn forget_failures(&self, address: &FetchAddress) {
        let _ = self.change(|manifest| {
            manifest.set_backoff(&address.to_url(), crate::fetch::Backoff::default());
            Ok(())
        });
    }

    /// The revocation lists that are to be fetched.
    fn crl_errands(&self, manifest: &Manifest, what: WhatIsDue, now: Timestamp) -> Vec<Errand> {
        let errand = |entry: &CrlEntry| {
            let is_good = self.index(entry).is_ok();
            let is_due = entry
                .next_update
                .is_none_or(|until| is_due(entry.this_update, until, now));
            // One of which nobody said where it is has to be imported, and is missed when it is out of date.
            let can_be_fetched = !entry.sources.is_empty() && (what == WhatIsDue::All || is_due || !is_good);
            if !can_be_fetched && !entry.is_late(now) {
                return None;
            }
            // Only the newest is the version that is in place, where that can be read.
            let places = entry.sources.iter().enumerate().map(|(place, source)| {
                let is_version = place == 0 && is_good;
                (source.url.clone(), is_version.then(|| source.validators.clone()))
            });
            Some(Errand {
                name: entry.issuer_name.clone(),
                kind: FetchKind::Crl,
                wanted: Wanted::Crl(entry.name, entry.issuer_key, entry.scope),
                places: places.collect(),
            })
        };
        manifest.crls.iter().filter_map(errand).collect()
    }
}
