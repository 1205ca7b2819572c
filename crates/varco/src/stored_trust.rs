//! The trust store on disk, with the clock and the random numbers that it is told.
//!
//! Not here: the store itself (`varco-trust-store`), and where it is, which the caller says.

use ring::rand::{SecureRandom as _, SystemRandom};
use varco_pki::Timestamp;
use varco_trust_store::store::{BundleKey, OnlineEvidence, TrustStore};

/// A store's evidence, and what can be fetched where that is not fresh, by the system's clock. A clock that is behind what
/// the store knows counts as showing that.
#[must_use]
pub fn online_evidence(store: &TrustStore) -> OnlineEvidence {
    let known = store.clone();
    let clock = move || {
        let now = Timestamp::now();
        known.clock(now).unwrap_or(now)
    };
    OnlineEvidence::new(store, clock, random)
}

/// A new key for bundles, in PKCS#8 as PEM; `None` where the system gives no random numbers.
#[must_use]
pub fn new_bundle_key() -> Option<String> {
    random().map(|seed| BundleKey::pem_of_seed(&seed))
}

fn random() -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(bytes)
}
