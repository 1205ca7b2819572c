//! Bundles of a trust store: as they are found, and as a signer who means no good might write them.
//!
//! Not here: what they bring (`certificate`, `crl`, `trusted_list`), and altered bundles byte by byte (`varco-trust-store`).

use std::sync::LazyLock;

use ring::signature::Ed25519KeyPair;
use varco_pki::{AnchorKind, AnchorPurpose, Certificate, Timestamp};
use varco_trust_store::store::{AnchorTerms, BundleKey, BundlePublicKey, TrustStore, open_bundle};

use crate::fixtures;

const SEED: [u8; 32] = [7; 32];
const SIGNATURE_LENGTH: usize = 64;

static PUBLIC: LazyLock<BundlePublicKey> = LazyLock::new(|| key().public());
static SIGNER: LazyLock<Ed25519KeyPair> =
    LazyLock::new(|| Ed25519KeyPair::from_seed_unchecked(&SEED).unwrap());

static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let store = TrustStore::create(folder.path()).unwrap();
    let empty = store.bundle(&key(), now()).unwrap();
    let authority = Certificate::parse(&fixtures::read("pki/ca-cns.der")).unwrap();
    let terms = AnchorTerms {
        kind: AnchorKind::Test,
        purpose: AnchorPurpose::Any,
        legacy_until: None,
    };
    store.add_anchor(&authority, &terms, "nobody", now()).unwrap();
    store
        .import_crl(&fixtures::read("pki/crl-cns.crl"), &[], None, now())
        .unwrap();
    vec![empty, store.bundle(&key(), now()).unwrap()]
});

fn key() -> BundleKey {
    BundleKey::from_pkcs8(BundleKey::pem_of_seed(&SEED).as_bytes()).unwrap()
}

fn now() -> Timestamp {
    "2026-12-01T00:00:00Z".parse().unwrap()
}

/// Only what was signed is opened; and whatever is signed is taken whole or not at all.
pub fn target(data: &[u8]) {
    match open_bundle(data, &PUBLIC) {
        Ok(_) => assert!(SEEDS.iter().any(|seed| seed == data)),
        Err(error) => assert!(error.code().starts_with("bundle-") && !error.to_string().is_empty()),
    }
    let mut signed = data[..data.len().saturating_sub(SIGNATURE_LENGTH)].to_vec();
    let signature = SIGNER.sign(&signed);
    signed.extend_from_slice(signature.as_ref());
    let Ok(head) = open_bundle(&signed, &PUBLIC) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let store = TrustStore::create(folder.path()).unwrap();
    match store.import_bundle_with_test_material(&signed, &PUBLIC, now()) {
        Ok(taken) => {
            assert_eq!(taken.head, head);
            assert!(store.status(now()).unwrap().clock_floor >= head.created_at);
        }
        Err(error) => {
            assert!(!error.code().is_empty());
            assert!(store.own_anchors().unwrap().is_empty() && store.crls().unwrap().is_empty());
        }
    }
}

/// A bundle of an empty store, and one with an authority and its list.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    SEEDS.clone()
}
