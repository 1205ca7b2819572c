//! `store.json`: what the store holds, and which files say it. It is replaced as a whole, so the store is at every instant
//! what it was before a change or what it is after.
//!
//! Not here: the files that it names, and what may be put in (`anchors`, `lists`, `crls`).

use std::collections::BTreeSet;
use std::io::ErrorKind;

use serde::{Deserialize, Serialize};
use varco_pki::{AnchorKind, AnchorPurpose, Timestamp};

use super::fields::{instant, maybe_instant};
use super::folder::{CERTIFICATES, CRLS, Folder, LISTS};
use super::{Fingerprint, StoreError, StoreProblem};
use crate::fetch::{ADDRESS_LENGTH_MAX, AllowedHost, Backoff, HOSTS_MAX, Validators};

/// The file's name.
pub(super) const NAME: &str = "store.json";
/// The format that is written and read.
pub(super) const FORMAT: u32 = 1;
/// Longest file, in bytes.
pub(super) const LENGTH_MAX: u64 = 8 * 1024 * 1024;
/// When this version was made: no clock shows less.
pub(super) const MADE: Timestamp = Timestamp::constant(1_793_491_200, 0);

/// Most of each.
pub(super) const SIGNERS_MAX: usize = 64;
pub(super) const LISTS_MAX: usize = 32;
pub(super) const ANCHORS_MAX: usize = 2048;
pub(super) const CRLS_MAX: usize = 512;
pub(super) const ADDRESSES_MAX: usize = 512;
/// Most addresses kept of one list.
pub(super) const SOURCES_MAX: usize = 8;
/// Longest name that is kept, in characters.
pub(super) const NAME_LENGTH_MAX: usize = 512;
/// Most hours of grace for a trusted list: 90 days.
pub(super) const GRACE_HOURS_MAX: u16 = 2160;

/// All that a store says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) format: u32,
    /// The latest instant that is known to have passed.
    #[serde(with = "instant")]
    pub(super) clock_floor: Timestamp,
    /// How late a trusted list may be.
    pub(super) list_grace_hours: u16,
    /// Who said so; `None` where nobody has.
    #[serde(default)]
    pub(super) list_grace_origin: Option<Origin>,
    pub(super) hosts: Vec<HostEntry>,
    pub(super) signers: Vec<SignerEntry>,
    pub(super) lists: Vec<ListEntry>,
    pub(super) anchors: Vec<AnchorEntry>,
    pub(super) crls: Vec<CrlEntry>,
    pub(super) addresses: Vec<AddressEntry>,
    /// The bundle that was taken last.
    pub(super) bundle: Option<BundleEntry>,
    /// The series of revocation lists that came with bundles: see [`CrlEntry::series`].
    #[serde(default)]
    pub(super) bundle_crls: Vec<Fingerprint>,
    /// The number of the bundle that was made last; 0 where there was none.
    pub(super) bundles_made: u64,
}

/// A host that may be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HostEntry {
    pub(super) host: String,
    /// Whether it may be inside the network or on this machine.
    pub(super) private: bool,
    #[serde(default)]
    pub(super) origin: Origin,
}

/// Who brought something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Somebody named it here.
    #[default]
    Operator,
    /// It came with a bundle, and goes when a later one does not bring it.
    Bundle,
}

impl Origin {
    /// The stable name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Bundle => "bundle",
        }
    }
}

/// A certificate whose key may sign the list of a territory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignerEntry {
    pub(super) territory: String,
    pub(super) sha256: Fingerprint,
    pub(super) origin: Origin,
}

/// Where something was fetched from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    pub(super) url: String,
    pub(super) validators: Validators,
}

/// A trusted list that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListEntry {
    pub(super) territory: String,
    pub(super) sha256: Fingerprint,
    pub(super) sequence_number: u64,
    #[serde(with = "instant")]
    pub(super) issued_at: Timestamp,
    #[serde(with = "maybe_instant")]
    pub(super) next_update: Option<Timestamp>,
    /// What its authorities are believed as.
    pub(super) kind: Kind,
    pub(super) sources: Vec<Source>,
    #[serde(default)]
    pub(super) origin: Origin,
}

/// [`AnchorKind`] in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Production,
    Legacy,
    Test,
}

impl From<AnchorKind> for Kind {
    fn from(kind: AnchorKind) -> Self {
        match kind {
            AnchorKind::Production => Self::Production,
            AnchorKind::Legacy => Self::Legacy,
            AnchorKind::Test => Self::Test,
        }
    }
}

impl From<Kind> for AnchorKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Production => Self::Production,
            Kind::Legacy => Self::Legacy,
            Kind::Test => Self::Test,
        }
    }
}

/// [`AnchorPurpose`] in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Purpose {
    Any,
    Cns,
    Cie,
}

impl From<AnchorPurpose> for Purpose {
    fn from(purpose: AnchorPurpose) -> Self {
        match purpose {
            AnchorPurpose::Any => Self::Any,
            AnchorPurpose::Cns => Self::Cns,
            AnchorPurpose::Cie => Self::Cie,
        }
    }
}

impl From<Purpose> for AnchorPurpose {
    fn from(purpose: Purpose) -> Self {
        match purpose {
            Purpose::Any => Self::Any,
            Purpose::Cns => Self::Cns,
            Purpose::Cie => Self::Cie,
        }
    }
}

/// An anchor that somebody named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnchorEntry {
    pub(super) sha256: Fingerprint,
    pub(super) kind: Kind,
    pub(super) purpose: Purpose,
    #[serde(with = "maybe_instant")]
    pub(super) legacy_until: Option<Timestamp>,
    pub(super) origin: Origin,
    #[serde(with = "instant")]
    pub(super) added_at: Timestamp,
    pub(super) added_by: String,
}

/// A revocation list with its index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CrlEntry {
    /// Of the list's bytes; its files are named so.
    pub(super) sha256: Fingerprint,
    /// The certificate whose key signed it.
    pub(super) issuer: Fingerprint,
    /// The hash of that key.
    pub(super) issuer_key: Fingerprint,
    /// Its subject, for people and to find it by.
    pub(super) issuer_name: String,
    /// The hash of its IssuingDistributionPoint extension, where it has one.
    pub(super) scope: Option<Fingerprint>,
    /// The hash of its issuer's name in DER.
    pub(super) name: Fingerprint,
    /// Its number in hexadecimal, without zeros in front; empty where it has none.
    pub(super) number: String,
    #[serde(with = "instant")]
    pub(super) this_update: Timestamp,
    #[serde(with = "maybe_instant")]
    pub(super) next_update: Option<Timestamp>,
    #[serde(with = "instant")]
    pub(super) fetched_at: Timestamp,
    pub(super) entries: u64,
    pub(super) sources: Vec<Source>,
}

impl CrlEntry {
    /// What the lists have in common that follow one another: the hash of issuer, key and scope.
    pub(super) fn series(&self) -> Fingerprint {
        series(&self.name, &self.issuer_key, self.scope.as_ref())
    }
}

/// As [`CrlEntry::series`], of the hashes of the issuer's name, of its key and of the scope.
pub(super) fn series(name: &Fingerprint, key: &Fingerprint, scope: Option<&Fingerprint>) -> Fingerprint {
    let mut parts = [*name.as_bytes(), *key.as_bytes()].concat();
    parts.extend(scope.into_iter().flat_map(Fingerprint::as_bytes));
    Fingerprint::of(&parts)
}

/// An address that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AddressEntry {
    pub(super) url: String,
    pub(super) backoff: Backoff,
}

/// A bundle that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BundleEntry {
    pub(super) sequence: u64,
    #[serde(with = "instant")]
    pub(super) created_at: Timestamp,
    pub(super) sha256: Fingerprint,
}

/// Only what is looked at before the rest: files of later formats have other fields.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

impl Manifest {
    /// Of an empty store.
    pub(super) fn empty() -> Self {
        Self {
            format: FORMAT,
            clock_floor: MADE,
            list_grace_hours: 0,
            list_grace_origin: None,
            hosts: Vec::new(),
            signers: Vec::new(),
            lists: Vec::new(),
            anchors: Vec::new(),
            crls: Vec::new(),
            addresses: Vec::new(),
            bundle: None,
            bundle_crls: Vec::new(),
            bundles_made: 0,
        }
    }

    /// Reads it from its folder.
    pub(super) fn load(folder: &Folder) -> Result<Self, StoreError> {
        let path = folder.file(NAME);
        let bytes = folder
            .read(&path, LENGTH_MAX)
            .map_err(|error| match error.problem() {
                // Where files lie there a store.json was before them: it was lost.
                StoreProblem::Read(ErrorKind::NotFound) if !has_content(folder) => {
                    StoreError::new(folder.path(), StoreProblem::NotFound)
                }
                _ => error,
            })?;
        Self::read(&bytes).map_err(|problem| StoreError::new(&path, problem))
    }

    fn read(bytes: &[u8]) -> Result<Self, StoreProblem> {
        let damaged = |_| StoreProblem::Damaged("its JSON");
        let Format { format } = serde_json::from_slice(bytes).map_err(damaged)?;
        if format != FORMAT {
            return Err(StoreProblem::OtherFormat(format));
        }
        let manifest: Self = serde_json::from_slice(bytes).map_err(damaged)?;
        manifest.check().map_err(|what| match what {
            StoreProblem::Full(what) => StoreProblem::Damaged(what),
            other => other,
        })?;
        Ok(manifest)
    }

    /// Its bytes.
    pub(super) fn write(&self) -> Result<Vec<u8>, StoreProblem> {
        self.check()?;
        let mut bytes =
            serde_json::to_vec_pretty(self).map_err(|_| StoreProblem::Damaged("what is to be written"))?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// That it holds no more than it may, and nothing twice.
    fn check(&self) -> Result<(), StoreProblem> {
        let full = [
            ("hosts", self.hosts.len() > HOSTS_MAX),
            ("signers", self.signers.len() > SIGNERS_MAX),
            ("trusted lists", self.lists.len() > LISTS_MAX),
            ("anchors", self.anchors.len() > ANCHORS_MAX),
            ("revocation lists", self.crls.len() > CRLS_MAX),
            ("revocation lists", self.bundle_crls.len() > CRLS_MAX),
            ("addresses", self.addresses.len() > ADDRESSES_MAX),
            ("hours of grace", self.list_grace_hours > GRACE_HOURS_MAX),
        ];
        if let Some((what, _)) = full.iter().find(|(_, is_full)| *is_full) {
            return Err(StoreProblem::Full(what));
        }
        self.check_once()?;
        let territories = self.lists.iter().map(|list| &list.territory);
        let territories = territories.chain(self.signers.iter().map(|signer| &signer.territory));
        for territory in territories {
            check_territory(territory)?;
        }
        if self
            .hosts
            .iter()
            .any(|entry| AllowedHost::parse(&entry.host).is_err())
        {
            return Err(StoreProblem::Damaged("a host"));
        }
        let lists = self.lists.iter().map(|list| &list.sources);
        let crls = self.crls.iter().map(|crl| &crl.sources);
        for sources in lists.chain(crls) {
            let is_long = sources.iter().any(|source| source.url.len() > ADDRESS_LENGTH_MAX);
            if sources.len() > SOURCES_MAX || is_long {
                return Err(StoreProblem::Damaged("an address"));
            }
        }
        let is_long = |text: &str| text.chars().count() > NAME_LENGTH_MAX;
        let names = self.crls.iter().map(|crl| &crl.issuer_name);
        if names
            .chain(self.anchors.iter().map(|anchor| &anchor.added_by))
            .any(|name| is_long(name))
        {
            return Err(StoreProblem::Damaged("a name"));
        }
        Ok(())
    }

    /// That nothing is in it twice.
    fn check_once(&self) -> Result<(), StoreProblem> {
        let anchor = |it: &AnchorEntry| (it.sha256, it.kind, it.purpose);
        let checked = [
            ("a host twice", is_once(self.hosts.iter().map(|it| &it.host))),
            (
                "a signer twice",
                is_once(self.signers.iter().map(|it| (&it.territory, it.sha256))),
            ),
            (
                "a trusted list twice",
                is_once(self.lists.iter().map(|it| &it.territory)),
            ),
            ("an anchor twice", is_once(self.anchors.iter().map(anchor))),
            (
                "a revocation list twice",
                is_once(self.crls.iter().map(CrlEntry::series)),
            ),
            (
                "an address twice",
                is_once(self.addresses.iter().map(|it| &it.url)),
            ),
        ];
        match checked.iter().find(|(_, is_once)| !is_once) {
            Some((what, _)) => Err(StoreProblem::Damaged(what)),
            None => Ok(()),
        }
    }

    /// The certificates that it names.
    pub(super) fn names_certificate(&self, wanted: &Fingerprint) -> bool {
        self.signers.iter().any(|signer| signer.sha256 == *wanted)
            || self.anchors.iter().any(|anchor| anchor.sha256 == *wanted)
            || self.crls.iter().any(|crl| crl.issuer == *wanted)
    }

    /// The back-off of an address.
    pub(super) fn backoff(&self, url: &str) -> Backoff {
        let known = self.addresses.iter().find(|entry| entry.url == url);
        known.map(|entry| entry.backoff).unwrap_or_default()
    }

    /// Notes the back-off of an address. Where there are too many, those that may be tried soonest are forgotten.
    pub(super) fn set_backoff(&mut self, url: &str, backoff: Backoff) {
        self.addresses.retain(|entry| entry.url != url);
        if backoff != Backoff::default() && url.len() <= ADDRESS_LENGTH_MAX {
            self.addresses.push(AddressEntry {
                url: url.to_owned(),
                backoff,
            });
        }
        while self.addresses.len() > ADDRESSES_MAX {
            let soonest = self.addresses.iter().enumerate();
            let soonest = soonest.min_by_key(|(_, entry)| entry.backoff.not_before());
            match soonest.map(|(place, _)| place) {
                Some(place) => drop(self.addresses.remove(place)),
                None => return,
            }
        }
    }
}

fn is_once<T: Ord>(mut things: impl Iterator<Item = T>) -> bool {
    let mut seen = BTreeSet::new();
    things.all(|thing| seen.insert(thing))
}

/// Whether files lie in the folder that only a store has.
fn has_content(folder: &Folder) -> bool {
    [CERTIFICATES, LISTS, CRLS].iter().any(|inside| {
        std::fs::read_dir(folder.file(inside)).is_ok_and(|mut entries| entries.next().is_some())
    })
}

/// That this is a territory: `IT`, `EU`.
pub(super) fn check_territory(territory: &str) -> Result<(), StoreProblem> {
    if territory.len() == 2 && territory.bytes().all(|byte| byte.is_ascii_uppercase()) {
        Ok(())
    } else {
        Err(StoreProblem::Territory)
    }
}

/// A name at the length at which it is kept.
pub(super) fn kept(name: &str) -> String {
    name.chars().take(NAME_LENGTH_MAX).collect()
}

/// Notes where a list came from, the newest first.
pub(super) fn note_source(sources: &mut Vec<Source>, source: Source) {
    sources.retain(|known| known.url != source.url);
    sources.insert(0, source);
    sources.truncate(SOURCES_MAX);
}
