//! A set of anchors, and which of them bear a name.
//!
//! Names are compared as in paths (RFC 5280 §7.1), where two that differ in bytes may be the same. What that comparison says
//! is kept for names that anchors themselves bear, byte for byte: so what is kept grows with the anchors, and not with what
//! certificates from outside call their issuers. Not here: what may become an anchor.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use super::TrustAnchor;
use crate::Certificate;
use crate::path::bears_issuers_name;

/// So few are compared one by one.
const UNINDEXED_MAX: usize = 4;

/// For each name in DER that an anchor bears, the places of all anchors that bear the same.
type Names = BTreeMap<Vec<u8>, OnceLock<Vec<usize>>>;

/// A set of anchors, tried in the order production, legacy, test: what passes under real trust is not marked.
#[derive(Clone, Default)]
pub struct TrustAnchors {
    all: Vec<TrustAnchor>,
    /// Made when first asked, and anew after a change.
    by_name: OnceLock<Names>,
}

impl TrustAnchors {
    /// Adds an anchor. The same certificate may stand once for each kind and purpose; a repetition changes nothing.
    pub fn add(&mut self, anchor: TrustAnchor) {
        let is_same = |known: &TrustAnchor| {
            (known.kind(), known.purpose()) == (anchor.kind(), anchor.purpose())
                && known.certificate() == anchor.certificate()
        };
        if !self.all.iter().any(is_same) {
            let place = self
                .all
                .partition_point(|earlier| earlier.kind() <= anchor.kind());
            self.all.insert(place, anchor);
            self.by_name = OnceLock::new();
        }
    }

    /// The anchors, in the order in which they are tried.
    pub fn iter(&self) -> std::slice::Iter<'_, TrustAnchor> {
        self.all.iter()
    }

    /// Those that bear the name which a certificate calls its issuer, in the order in which they are tried.
    pub(crate) fn above(&self, below: &Certificate) -> Vec<&TrustAnchor> {
        if self.all.len() <= UNINDEXED_MAX {
            return self.all.iter().filter(|anchor| anchor.issues(below)).collect();
        }
        let index = self.by_name.get_or_init(|| self.names());
        match index.get(below.issuer_der()) {
            Some(known) => {
                let places = known.get_or_init(|| {
                    let all = self.all.iter().enumerate();
                    all.filter(|(_, anchor)| anchor.issues(below))
                        .map(|(place, _)| place)
                        .collect()
                });
                places.iter().filter_map(|place| self.all.get(*place)).collect()
            }
            None => self.all.iter().filter(|anchor| anchor.issues(below)).collect(),
        }
    }

    fn names(&self) -> Names {
        let names = self
            .all
            .iter()
            .map(|anchor| anchor.certificate().subject_der().to_vec());
        names.map(|name| (name, OnceLock::new())).collect()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }
}

impl<'a> IntoIterator for &'a TrustAnchors {
    type Item = &'a TrustAnchor;
    type IntoIter = std::slice::Iter<'a, TrustAnchor>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Extend<TrustAnchor> for TrustAnchors {
    fn extend<I: IntoIterator<Item = TrustAnchor>>(&mut self, anchors: I) {
        anchors.into_iter().for_each(|anchor| self.add(anchor));
    }
}

impl FromIterator<TrustAnchor> for TrustAnchors {
    fn from_iter<I: IntoIterator<Item = TrustAnchor>>(anchors: I) -> Self {
        let mut set = Self::default();
        set.extend(anchors);
        set
    }
}

impl TrustAnchor {
    fn issues(&self, below: &Certificate) -> bool {
        bears_issuers_name(self.certificate(), below)
    }
}

impl PartialEq for TrustAnchors {
    fn eq(&self, other: &Self) -> bool {
        self.all == other.all
    }
}

impl Eq for TrustAnchors {}

impl fmt::Debug for TrustAnchors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("TrustAnchors").field(&self.all).finish()
    }
}
