//! What in a store is fresh, what is due and what is damaged, at an instant.
//!
//! Not here: what to do about it; who updates a store does ([`TrustStore::update`]).

use std::time::Duration;

use varco_pki::{Certificate, Timestamp};

use super::anchors::left_aside;
use super::lists::{UNION, is_stale};
use super::manifest::Manifest;
use super::{Fingerprint, StoreError, TrustStore, floor_of};

/// Something in a store, and how it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// `anchor`, `list` or `crl`.
    pub what: &'static str,
    /// A subject, or a territory.
    pub name: String,
    /// By which it is found.
    pub sha256: Fingerprint,
    /// How it is.
    pub state: ItemState,
    /// How many certificates a list calls recognised that cannot be anchors of its kind.
    pub left_aside: usize,
}

/// How something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemState {
    /// Good for now.
    Fresh {
        /// Until when, where it says.
        until: Option<Timestamp>,
    },
    /// Good, and most of its time has passed.
    Due {
        /// Until when.
        until: Timestamp,
    },
    /// Out of date, within the grace that the store gives.
    InGrace {
        /// Since when.
        since: Timestamp,
    },
    /// Out of date.
    Stale {
        /// Since when; `None` where it never said until when it counts.
        since: Option<Timestamp>,
    },
    /// It cannot be read, or is not believed any more.
    Broken(StoreError),
}

impl ItemState {
    /// The stable name in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Fresh { .. } => "fresh",
            Self::Due { .. } => "due",
            Self::InGrace { .. } => "in_grace",
            Self::Stale { .. } => "stale",
            Self::Broken(_) => "broken",
        }
    }

    /// Whether something must be done before it can be relied on.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        matches!(self, Self::Stale { .. } | Self::Broken(_))
    }
}

/// How a store is at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreStatus {
    /// The instant.
    pub at: Timestamp,
    /// The latest instant that is known to have passed.
    pub clock_floor: Timestamp,
    /// Whether the clock shows an earlier one.
    pub is_clock_behind: bool,
    /// How late a trusted list may be.
    pub list_grace: Duration,
    /// When the bundle was made that was taken last.
    pub bundle_created_at: Option<Timestamp>,
    /// Subjects of anchors whose key signed no revocation list that is here. Evidence about their cards must come from
    /// elsewhere.
    pub without_crl: Vec<String>,
    /// All that is in it.
    pub items: Vec<Item>,
}

impl StoreStatus {
    /// Whether something needed is stale or broken, the clock is behind, or there is nobody to believe.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        // A list of lists names signers, nobody whose cards are believed.
        let is_believed = |item: &Item| item.what == "anchor" || (item.what == "list" && item.name != UNION);
        let has_anchors = self.items.iter().any(is_believed);
        self.is_clock_behind || !has_anchors || self.items.iter().any(|item| item.state.is_bad())
    }
}

impl TrustStore {
    /// How the store is at an instant. Every list and every index is opened for it.
    ///
    /// # Errors
    /// [`StoreError`] where the store itself cannot be read; what is wrong with single things stands in their state.
    pub fn status(&self, at: Timestamp) -> Result<StoreStatus, StoreError> {
        self.look(|manifest| {
            let mut items = self.anchor_items(manifest, at);
            items.extend(self.list_items(manifest, at));
            items.extend(self.crl_items(manifest, at));
            Ok(StoreStatus {
                at,
                clock_floor: floor_of(manifest).floor(),
                is_clock_behind: floor_of(manifest).check(at).is_err(),
                list_grace: manifest.list_grace(),
                bundle_created_at: manifest.bundle.map(|bundle| bundle.created_at),
                without_crl: self.without_crl(manifest, at),
                items,
            })
        })
    }

    /// Of the anchors that can be read: what is wrong with the others stands in their state.
    fn without_crl(&self, manifest: &Manifest, at: Timestamp) -> Vec<String> {
        let anchors = self.all_anchors(manifest, at).unwrap_or_default().into_iter();
        let has_crl = |certificate: &Certificate| {
            let key = Fingerprint::from(certificate.key_sha256());
            manifest.crls.iter().any(|crl| crl.issuer_key == key)
        };
        let without = anchors.filter(|(certificate, _)| !has_crl(certificate));
        let mut names: Vec<String> = without
            .map(|(certificate, _)| certificate.subject().to_owned())
            .collect();
        names.sort();
        names.dedup();
        names
    }

    fn anchor_items(&self, manifest: &Manifest, at: Timestamp) -> Vec<Item> {
        let read = |entry: &super::manifest::AnchorEntry| {
            let (name, state) = match self.certificate(&entry.sha256) {
                Ok(certificate) if certificate.not_after() < at => {
                    let since = Some(certificate.not_after());
                    (certificate.subject().to_owned(), ItemState::Stale { since })
                }
                Ok(certificate) => {
                    let until = Some(certificate.not_after());
                    (certificate.subject().to_owned(), ItemState::Fresh { until })
                }
                Err(error) => (String::new(), ItemState::Broken(error)),
            };
            item("anchor", name, entry.sha256, state)
        };
        manifest.anchors.iter().map(read).collect()
    }

    fn list_items(&self, manifest: &Manifest, at: Timestamp) -> Vec<Item> {
        let read = |entry: &super::manifest::ListEntry| {
            let opened = self.verified_list(manifest, entry);
            let aside = opened
                .as_ref()
                .map_or(0, |list| left_aside(list, entry.kind.into(), at));
            let state = match opened {
                Ok(list) => state(
                    Some(list.issued_at()),
                    list.next_update(),
                    at,
                    manifest.list_grace(),
                ),
                Err(error) => ItemState::Broken(error),
            };
            Item {
                left_aside: aside,
                ..item("list", entry.territory.clone(), entry.sha256, state)
            }
        };
        manifest.lists.iter().map(read).collect()
    }

    fn crl_items(&self, manifest: &Manifest, at: Timestamp) -> Vec<Item> {
        let read = |entry: &super::manifest::CrlEntry| {
            let state = match self.index(entry) {
                Ok(_) => state(Some(entry.this_update), entry.next_update, at, Duration::ZERO),
                Err(error) => ItemState::Broken(error),
            };
            item("crl", entry.issuer_name.clone(), entry.sha256, state)
        };
        manifest.crls.iter().map(read).collect()
    }
}

fn item(what: &'static str, name: String, sha256: Fingerprint, state: ItemState) -> Item {
    Item {
        what,
        name,
        sha256,
        state,
        left_aside: 0,
    }
}

/// How something is that was made at an instant and counts until another.
fn state(made: Option<Timestamp>, due: Option<Timestamp>, at: Timestamp, grace: Duration) -> ItemState {
    let Some(until) = due else {
        return ItemState::Stale { since: None };
    };
    if is_stale(due, at, grace) {
        ItemState::Stale { since: Some(until) }
    } else if until < at {
        ItemState::InGrace { since: until }
    } else if made.is_some_and(|made| is_due(made, until, at)) {
        ItemState::Due { until }
    } else {
        ItemState::Fresh { until: Some(until) }
    }
}

/// Whether three quarters of its time have passed: then a newer one is looked for.
pub(super) fn is_due(made: Timestamp, until: Timestamp, at: Timestamp) -> bool {
    let (made, until, at) = (made.as_second(), until.as_second(), at.as_second());
    let (age, life) = (at.saturating_sub(made), until.saturating_sub(made));
    age.saturating_mul(4) >= life.saturating_mul(3)
}
