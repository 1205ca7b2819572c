//! Where a list about a certificate may be fetched, and by what it is told that it has not changed.
//!
//! Not here: whether the place may be asked (`hosts`), and the fetch (`online`).

use varco_pki::{Asked, KnownList as _};

use super::StoreEvidence;
use super::manifest::Manifest;
use super::speaks::speaks_of;
use crate::fetch::{FetchAddress, Validators};

/// Most addresses that are tried for one certificate.
pub(super) const ADDRESSES_MAX: usize = 8;

/// Where a list about a certificate may be: where the certificate says, then where the lists about it came from that the
/// store has. What came with a list about others leads to others.
pub(super) fn lists_of(at_hand: &StoreEvidence, manifest: &Manifest, asked: Asked<'_>) -> Vec<String> {
    let named = asked
        .certificate
        .crl_points()
        .iter()
        .flat_map(|point| point.uris());
    let mut urls: Vec<String> = Vec::new();
    let mut note = |url: &str| {
        if urls.len() < ADDRESSES_MAX && !urls.iter().any(|other| other == url) {
            urls.push(url.to_owned());
        }
    };
    named.for_each(&mut note);
    for entry in at_hand.of_issuer(manifest, asked) {
        // Of one that cannot be read nobody knows whom it is about: it is wanted anew.
        let is_about = at_hand
            .index(entry)
            .map_or(true, |index| speaks_of(index.header(), asked.certificate));
        if is_about {
            entry.sources.iter().for_each(|source| note(&source.url));
        }
    }
    urls
}

/// By what an address tells that the list at hand is still its newest.
pub(super) fn validators_of(
    at_hand: &StoreEvidence,
    manifest: &Manifest,
    address: &FetchAddress,
    asked: Asked<'_>,
) -> Option<Validators> {
    let url = address.to_url();
    let of_issuer = at_hand.of_issuer(manifest, asked).into_iter();
    // Only what came from there last: a list from elsewhere is not its version.
    let mut sources = of_issuer.filter_map(|entry| entry.sources.first());
    sources
        .find(|source| source.url == url)
        .map(|source| source.validators.clone())
}
