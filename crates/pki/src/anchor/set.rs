//! A set of anchors, and which of them bear a name.
//!
//! Not here: what may become an anchor.

use std::fmt;
use std::sync::OnceLock;

use super::TrustAnchor;
use crate::Certificate;
use crate::path::{NameTable, bears_issuers_name};

/// A set of anchors, tried in the order production, legacy, test: what passes under real trust is not marked.
#[derive(Clone, Default)]
pub struct TrustAnchors {
    all: Vec<TrustAnchor>,
    /// Made when first asked, and anew after a change.
    by_name: OnceLock<NameTable>,
}

impl TrustAnchors {
    /// Adds an anchor. The same certificate may stand once for each kind and purpose; of two ends of what is legacy the
    /// earlier counts.
    pub fn add(&mut self, anchor: TrustAnchor) {
        let is_same = |known: &TrustAnchor| {
            (known.kind(), known.purpose()) == (anchor.kind(), anchor.purpose())
                && known.certificate() == anchor.certificate()
        };
        if let Some(known) = self.all.iter_mut().find(|known| is_same(known)) {
            known.tighten(&anchor);
        } else {
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
        let bears = |anchor: &TrustAnchor| bears_issuers_name(anchor.certificate(), below);
        if let [only] = self.all.as_slice() {
            return Some(only).filter(|anchor| bears(anchor)).into_iter().collect();
        }
        let names = self.all.iter().map(|anchor| anchor.certificate().subject_der());
        let table = self.by_name.get_or_init(|| NameTable::new(names));
        let places = table.places(below.issuer_der(), || {
            let all = self.all.iter().enumerate();
            all.filter(|(_, anchor)| bears(anchor))
                .map(|(place, _)| place)
                .collect()
        });
        places.iter().filter_map(|place| self.all.get(*place)).collect()
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
