//! Evidence that is fetched where nothing fresh is at hand: revocation lists first, then a responder's answer.
//!
//! It is asked after the path was judged, and asks only hosts that somebody named or that an authority's certificate names.
//! What was fetched is kept, and an address that failed is left alone for a while. Not here: the rules of fetching
//! ([`crate::fetch`]), and what the evidence is worth (`varco-pki`).

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use varco_pki::{
    Asked, Certificate, EvidenceAtHand, HeldList, KnownAnswer, KnownList, KnownRevocation, OcspAnswer,
    OcspRequest, OcspResponse, RevocationList, RevocationSource, Timestamp, Undetermined,
};

use super::answers::{Answers, is_answer_fresh, judge_answer};
use super::manifest::Manifest;
use super::places::{ADDRESSES_MAX, lists_of, validators_of};
use super::speaks::{is_fresh, is_in_time};
use super::{Fingerprint, StoreError, StoreEvidence, StoreProblem, TrustStore, folder, hosts};
use crate::IndexProblem;
use crate::fetch::{
    AllowedHost, Backoff, Cancel, FetchAddress, FetchError, FetchKind, FetchLock, FetchProblem, FetchRules,
    Fetched, Fetcher, Progress, Validators,
};

/// Most authorities below which fetchers are kept, lists in memory.
const KEPT_MAX: usize = 64;
/// Longest wait for another process that fetches the same.
const LOCK_WAIT: Duration = Duration::from_secs(60);

/// By how much the clock's floor must rise before an answer has it written down, in seconds.
const FLOOR_STEP_S: i64 = 3600;

/// What is told while evidence is fetched.
#[derive(Debug, Clone, Copy)]
pub enum OnlineEvent<'a> {
    /// An address is asked.
    Asking(&'a FetchAddress),
    /// So much has come.
    Coming(&'a FetchAddress, Progress),
    /// Something newer is at hand, and the store keeps it.
    Stored(&'a FetchAddress),
    /// What came counts now, but the store did not keep it.
    NotKept(&'a StoreError),
    /// An address did not give anything that helps.
    Failed(&'a FetchError),
    /// What came was not taken.
    Refused(&'a FetchAddress, &'a StoreError),
}

type Clock = dyn Fn() -> Timestamp + Send + Sync;
type Random = dyn Fn() -> Option<[u8; 32]> + Send + Sync;
type Listener = dyn Fn(OnlineEvent<'_>) + Send + Sync;

/// A store's evidence, and what can be fetched where that is not fresh. Threads share it.
pub struct OnlineEvidence {
    store: TrustStore,
    at_hand: StoreEvidence,
    beside: Box<dyn RevocationSource + Send + Sync>,
    clock: Box<Clock>,
    random: Box<Random>,
    listener: Box<Listener>,
    rules: FetchRules,
    cancel: Cancel,
    kept: Mutex<Kept>,
}

/// What is kept in memory.
#[derive(Default)]
struct Kept {
    /// By the hosts that may be asked beside those of the store.
    fetchers: HashMap<Fingerprint, Arc<Fetcher>>,
    /// Lists that the store could not keep, by the issuer's key and the hash of the scope.
    lists: HashMap<([u8; 32], Option<Fingerprint>), Arc<HeldList>>,
    answers: Answers,
    /// Where the store could not note that an address failed.
    backoffs: HashMap<String, Backoff>,
}

impl OnlineEvidence {
    /// Around a store. `clock` tells the present instant; `random` gives 32 random bytes for the nonce of a question to a
    /// responder, or none, and then the question has none.
    #[must_use]
    pub fn new(
        store: &TrustStore,
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
        random: impl Fn() -> Option<[u8; 32]> + Send + Sync + 'static,
    ) -> Self {
        Self {
            store: store.clone(),
            at_hand: store.evidence(),
            beside: Box::new(EvidenceAtHand::default()),
            clock: Box::new(clock),
            random: Box::new(random),
            listener: Box::new(|_| ()),
            rules: FetchRules::default(),
            cancel: Cancel::default(),
            kept: Mutex::default(),
        }
    }

    /// With other evidence that is at hand: what is fresh there is not fetched.
    #[must_use]
    pub fn beside(mut self, source: impl RevocationSource + Send + Sync + 'static) -> Self {
        self.beside = Box::new(source);
        self
    }

    /// Tells what is going on.
    #[must_use]
    pub fn telling(mut self, listener: impl Fn(OnlineEvent<'_>) + Send + Sync + 'static) -> Self {
        self.listener = Box::new(listener);
        self
    }

    /// With these limits and waits, whatever hosts they allow, which count too.
    #[must_use]
    pub fn by_rules(mut self, rules: FetchRules) -> Self {
        self.rules = rules;
        self
    }

    /// Stops when this flag is raised.
    #[must_use]
    pub fn until(mut self, cancel: Cancel) -> Self {
        self.cancel = cancel;
        self
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // What a thread that panicked left there is whole: single values are put in.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is at hand without asking anybody.
    fn at_hand(&self, asked: Asked<'_>) -> KnownRevocation {
        let mut known = self.beside.known(asked);
        let stored = self.at_hand.known(asked);
        known.lists.extend(stored.lists);
        known.answers.extend(stored.answers);
        known.trouble = known.trouble.max(stored.trouble);
        let kept = self.kept();
        let key = asked.issuer.key_sha256();
        let lists = kept.lists.iter().filter(|((issuer, _), _)| *issuer == key);
        known
            .lists
            .extend(lists.map(|(_, list)| Arc::clone(list) as Arc<dyn KnownList + Send + Sync>));
        if let Some(answer) = kept.answers.about(asked.certificate) {
            known.answers.push(answer.clone());
        }
        known
    }

    fn is_fresh(&self, known: &KnownRevocation, asked: Asked<'_>, now: Timestamp) -> bool {
        is_fresh(known, asked, now)
            || known
                .answers
                .iter()
                .any(|answer| is_answer_fresh(answer, asked, now))
    }

    /// Fetches what there is to be fetched, until something fresh is at hand.
    fn fetch(&self, asked: Asked<'_>, now: Timestamp) -> Result<KnownRevocation, StoreError> {
        let manifest = self.at_hand.manifest()?;
        let fetcher = self.fetcher(&manifest, asked)?;
        for url in lists_of(&self.at_hand, &manifest, asked) {
            let Ok(address) = FetchAddress::parse(&url) else {
                continue;
            };
            self.fetch_list(&fetcher, &address, asked, now);
            let known = self.at_hand(asked);
            if self.is_fresh(&known, asked, now) {
                return Ok(known);
            }
        }
        for url in asked.certificate.ocsp_addresses().iter().take(ADDRESSES_MAX) {
            let Ok(address) = FetchAddress::parse(url) else {
                continue;
            };
            if self.ask_responder(&fetcher, &address, asked, now) {
                break;
            }
        }
        Ok(self.at_hand(asked))
    }

    /// The fetcher for the hosts that may be asked about this certificate. Fetches that it shares are made once.
    fn fetcher(&self, manifest: &Manifest, asked: Asked<'_>) -> Result<Arc<Fetcher>, StoreError> {
        let mut names = vec![asked.issuer.clone()];
        names.extend(asked.certificate.is_ca().then(|| asked.certificate.clone()));
        let mut identity = serde_json::to_vec(&manifest.hosts).unwrap_or_default();
        names.iter().for_each(|name| identity.extend(name.sha256()));
        for anchor in &manifest.anchors {
            identity.extend(anchor.sha256.as_bytes());
        }
        let identity = Fingerprint::of(&identity);
        if let Some(fetcher) = self.kept().fetchers.get(&identity) {
            return Ok(Arc::clone(fetcher));
        }
        for anchor in self.store.named_anchors(manifest)? {
            names.push(anchor.anchor.certificate().clone());
        }
        let mut hosts: Vec<AllowedHost> = hosts::named(manifest);
        hosts.extend(names.iter().flat_map(hosts::of_authority));
        let fetcher = Arc::new(Fetcher::new(self.rules.clone().and_hosts(hosts)));
        let mut kept = self.kept();
        if kept.fetchers.len() >= KEPT_MAX {
            kept.fetchers.clear();
        }
        kept.fetchers.insert(identity, Arc::clone(&fetcher));
        Ok(fetcher)
    }

    /// Fetches a list and keeps it. What comes of it shows in what is at hand.
    fn fetch_list(&self, fetcher: &Fetcher, address: &FetchAddress, asked: Asked<'_>, now: Timestamp) {
        let problem = match self.try_fetch_list(fetcher, address, asked, now) {
            Ok(()) => return,
            Err(problem) => problem,
        };
        let error = FetchError::new(address, problem);
        (self.listener)(OnlineEvent::Failed(&error));
        self.failed(address, error.problem(), now);
    }

    fn try_fetch_list(
        &self,
        fetcher: &Fetcher,
        address: &FetchAddress,
        asked: Asked<'_>,
        now: Timestamp,
    ) -> Result<(), FetchProblem> {
        fetcher.rules().check(address)?;
        // One process and one thread at a time; where the folder cannot be written there is nothing to wait for.
        let locks = self.store.folder.file(folder::LOCKS);
        let lock = FetchLock::take(&locks, address, LOCK_WAIT, &self.cancel);
        if let Err(error) = &lock
            && !matches!(error.problem(), FetchProblem::Lock(_))
        {
            return Err(error.problem().clone());
        }
        let known = self.at_hand(asked);
        if self.is_fresh(&known, asked, now) {
            return Ok(());
        }
        let manifest = self.at_hand.manifest().map_err(|_| FetchProblem::Busy)?;
        self.backoff(&manifest, address).check(now)?;
        (self.listener)(OnlineEvent::Asking(address));
        // A list that cannot be read is wanted again, whatever its version.
        let is_readable = known.trouble != Some(Undetermined::Unreadable);
        let validators = validators_of(&self.at_hand, &manifest, address, asked).filter(|_| is_readable);
        let mut progress = |progress| (self.listener)(OnlineEvent::Coming(address, progress));
        let fetched = fetcher
            .get(
                &address.to_url(),
                FetchKind::Crl,
                validators.as_ref(),
                &self.cancel,
                &mut progress,
            )
            .map_err(|error| error.problem().clone())?;
        let is_in_time = match fetched {
            Fetched::New(answer) => self.take_list(address, answer.body(), answer.validators(), asked, now),
            Fetched::NotModified => {
                let of_issuer = self.at_hand.of_issuer(&manifest, asked);
                let url = address.to_url();
                of_issuer.iter().any(|entry| {
                    let is_from_there = entry.sources.first().is_some_and(|source| source.url == url);
                    is_from_there && is_in_time(entry.this_update, entry.next_update, now)
                })
            }
        };
        // What is late after all is not asked for again at once. One that is about others is not the address's fault.
        let known = self.at_hand(asked);
        if is_in_time || self.is_fresh(&known, asked, now) {
            self.succeeded(address);
        } else {
            self.note(address, |backoff| backoff.failed(now, None));
        }
        Ok(())
    }

    /// Keeps a list where it may be kept. Says whether it was taken, and counts now.
    fn take_list(
        &self,
        address: &FetchAddress,
        der: &[u8],
        validators: &Validators,
        asked: Asked<'_>,
        now: Timestamp,
    ) -> bool {
        let issuers = [asked.issuer.clone()];
        match self
            .store
            .import_crl(der, &issuers, Some((address, validators)), now)
        {
            Ok(_) => {
                (self.listener)(OnlineEvent::Stored(address));
                let sha256 = Fingerprint::of(der);
                self.at_hand.manifest().is_ok_and(|manifest| {
                    let mut taken = manifest.crls.iter().filter(|entry| entry.sha256 == sha256);
                    taken.any(|entry| is_in_time(entry.this_update, entry.next_update, now))
                })
            }
            Err(error) if is_unwritten(&error) => {
                (self.listener)(OnlineEvent::NotKept(&error));
                self.keep_in_memory(der, asked.issuer, now)
            }
            Err(error) => {
                (self.listener)(OnlineEvent::Refused(address, &error));
                false
            }
        }
    }

    /// Keeps a list for as long as this lives, in the place of an older one of the same scope. Says whether it counts now.
    fn keep_in_memory(&self, der: &[u8], issuer: &Certificate, now: Timestamp) -> bool {
        let Ok(parsed) = RevocationList::parse(der) else {
            return false;
        };
        let key = (issuer.key_sha256(), parsed.scope_der().map(Fingerprint::of));
        let Ok(list) = HeldList::parse(der.to_vec(), Some(now)) else {
            return false;
        };
        if parsed.check_signature(issuer).is_err() {
            return false;
        }
        let mut kept = self.kept();
        let is_newer = kept
            .lists
            .get(&key)
            .is_none_or(|known| known.header().this_update <= list.header().this_update);
        if !is_newer {
            return false;
        }
        if kept.lists.len() >= KEPT_MAX {
            kept.lists.clear();
        }
        let is_in_time = is_in_time(list.header().this_update, list.header().next_update, now);
        kept.lists.insert(key, Arc::new(list));
        is_in_time
    }

    /// Asks a responder. Says whether a fresh answer of its is at hand. What is not believed is a failure like no answer.
    fn ask_responder(
        &self,
        fetcher: &Fetcher,
        address: &FetchAddress,
        asked: Asked<'_>,
        now: Timestamp,
    ) -> bool {
        let (answer, said) = match self.try_ask_responder(fetcher, address, asked, now) {
            Ok(believed) => believed,
            Err(problem) => {
                let error = FetchError::new(address, problem);
                (self.listener)(OnlineEvent::Failed(&error));
                self.failed(address, error.problem(), now);
                return false;
            }
        };
        self.raise_floor(said.produced_at());
        self.kept().answers.keep(answer, said, asked, now);
        let is_fresh = said.is_fresh_at(now);
        if is_fresh {
            self.succeeded(address);
        } else {
            self.note(address, |backoff| backoff.failed(now, None));
        }
        is_fresh
    }

    fn try_ask_responder(
        &self,
        fetcher: &Fetcher,
        address: &FetchAddress,
        asked: Asked<'_>,
        now: Timestamp,
    ) -> Result<(KnownAnswer, OcspAnswer), FetchProblem> {
        fetcher.rules().check(address)?;
        let manifest = self.at_hand.manifest().map_err(|_| FetchProblem::Busy)?;
        self.backoff(&manifest, address).check(now)?;
        (self.listener)(OnlineEvent::Asking(address));
        let nonce = (self.random)();
        let request = OcspRequest::new(asked.certificate, asked.issuer, nonce);
        let answer = fetcher
            .post_ocsp(&address.to_url(), &request.to_der(), &self.cancel)
            .map_err(|error| error.problem().clone())?;
        let response = OcspResponse::parse(answer.body()).map_err(|_| FetchProblem::ContentType)?;
        let answer = KnownAnswer {
            response: Arc::new(response),
            nonce,
            fetched_at: Some(now),
        };
        let said = judge_answer(&answer, asked, now).ok_or(FetchProblem::ContentType)?;
        Ok((answer, said))
    }

    /// An answer that was rightly signed proves that its instant has passed. Not every answer is worth a write.
    fn raise_floor(&self, produced: Timestamp) {
        let is_worth_it = self.at_hand.manifest().is_ok_and(|manifest| {
            let floor = manifest.clock_floor.as_second();
            produced.as_second().saturating_sub(floor) >= FLOOR_STEP_S
        });
        if is_worth_it {
            // Where the store cannot be written the floor stays where it is.
            let _ = self.store.change(|manifest| {
                manifest.has_passed(produced);
                Ok(())
            });
        }
    }

    fn backoff(&self, manifest: &Manifest, address: &FetchAddress) -> Backoff {
        let url = address.to_url();
        let kept = self.kept().backoffs.get(&url).copied();
        kept.unwrap_or_else(|| manifest.backoff(&url))
    }

    /// Notes that an address failed. What was not asked, or was wanted no more, did not fail.
    fn failed(&self, address: &FetchAddress, problem: &FetchProblem, now: Timestamp) {
        if problem.counts_as_failure() {
            self.note(address, |backoff| backoff.failed(now, problem.retry_after()));
        }
    }

    fn succeeded(&self, address: &FetchAddress) {
        self.note(address, Backoff::succeeded);
    }

    fn note(&self, address: &FetchAddress, change: impl Fn(&mut Backoff)) {
        let url = address.to_url();
        let noted = self.store.change(|manifest| {
            let mut backoff = manifest.backoff(&url);
            change(&mut backoff);
            manifest.set_backoff(&url, backoff);
            Ok(())
        });
        let mut kept = self.kept();
        if noted.is_ok() {
            kept.backoffs.remove(&url);
        } else {
            if kept.backoffs.len() >= KEPT_MAX {
                kept.backoffs.clear();
            }
            change(kept.backoffs.entry(url).or_default());
        }
    }
}

impl RevocationSource for OnlineEvidence {
    /// What is at hand where that is fresh, else what could be fetched. Where nothing could, the trouble says so.
    fn known(&self, asked: Asked<'_>) -> KnownRevocation {
        let now = (self.clock)();
        let known = self.at_hand(asked);
        if self.is_fresh(&known, asked, now) {
            return known;
        }
        let mut fetched = self.fetch(asked, now).unwrap_or(known);
        if !self.is_fresh(&fetched, asked, now) {
            fetched.trouble = fetched.trouble.max(Some(Undetermined::NotFetched));
        }
        fetched
    }
}

/// Whether the store would have taken a list, and could not.
fn is_unwritten(error: &StoreError) -> bool {
    match error.problem() {
        StoreProblem::Write(_) | StoreProblem::Locked | StoreProblem::Full(_) => true,
        StoreProblem::Index(error) => matches!(error.problem(), IndexProblem::Write(_)),
        _ => false,
    }
}

impl fmt::Debug for OnlineEvidence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "OnlineEvidence({:?})", self.store)
    }
}
