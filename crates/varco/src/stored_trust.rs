//! The trust store on disk, with the clock and the random numbers that it is told.
//!
//! Not here: the store itself (`varco-trust-store`), and where it is, which the caller says.

use ring::rand::{SecureRandom as _, SystemRandom};
use varco_pki::{ClockError, Timestamp};
use varco_trust_store::store::{BundleKey, OnlineEvidence, StoreError, StoreProblem, TrustStore};

/// A store's evidence, and what can be fetched where that is not fresh, by the system's clock. A clock that is behind
/// what the store knows counts as showing that, however far behind it is: what is out of date by then is not fresh. Who
/// judges a path asks [`TrustStore::clock`] as well, which says that the clock is behind.
#[must_use]
pub fn online_evidence(store: &TrustStore) -> OnlineEvidence {
    let known = store.clone();
    let clock = move || {
        let now = Timestamp::now();
        instant(known.clock(now), now)
    };
    OnlineEvidence::new(store, clock, random)
}

/// The instant to judge at: of a clock that is behind, the one that has passed. Of a store that cannot be read nothing is
/// fresh at any instant.
fn instant(checked: Result<Timestamp, StoreError>, now: Timestamp) -> Timestamp {
    match checked {
        Ok(at) => at,
        Err(error) => match error.problem() {
            StoreProblem::Clock(ClockError::Behind { passed, .. }) => (*passed).max(now),
            _ => now,
        },
    }
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

#[cfg(test)]
mod tests {
    use varco_pki::ClockFloor;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_clock_that_is_far_behind_counts_as_showing_what_has_passed() {
        let floor = ClockFloor::new(at("2026-11-25T06:00:00Z"));
        let seen = |now| {
            instant(
                floor.check(now).map_err(|error| StoreProblem::from(error).into()),
                now,
            )
        };
        assert_eq!(seen(at("2020-01-01T00:00:00Z")), floor.floor());
        assert_eq!(seen(at("2026-11-25T05:59:00Z")), floor.floor());
        assert_eq!(seen(at("2026-12-01T00:00:00Z")), at("2026-12-01T00:00:00Z"));
    }
}
