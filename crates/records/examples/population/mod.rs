//! Invented persons, as many as wanted, in a store of facts.
//!
//! Not here: what is measured with them.

use std::path::Path;

use rusqlite::Connection;
use varco_auth::CodiceFiscale;

/// The service that everybody has an enablement for.
pub(crate) const SERVICE: &str = "inps.siuss";

/// An invented person of a number.
pub(crate) fn person(number: u32) -> CodiceFiscale {
    let letter = |place: u32| char::from(b'A' + u8::try_from(number / 26_u32.pow(place) % 26).unwrap());
    let letters: String = (0..6).map(letter).collect();
    ('A'..='Z')
        .find_map(|check| CodiceFiscale::parse(&format!("{letters}80A41H501{check}")).ok())
        .unwrap()
}

/// Of every person an enablement, of everybody another instant; of every fourth that he acts for the next; of every tenth a category.
pub(crate) fn fill(path: &Path, persons: u32) {
    let mut raw = Connection::open(path).unwrap();
    raw.pragma_update(None, "cache_size", -400_000).unwrap();
    let all = raw.transaction().unwrap();
    for number in 0..persons {
        // In no order, as persons come.
        let one = u32::try_from(u64::from(number) * 48_271 % u64::from(persons)).unwrap();
        let (one, next) = (person(one), person((one + 1) % persons));
        let from = i64::from(number) * 1_000_000;
        all.prepare_cached(
            "INSERT INTO enablement (holder, service, from_us, granted_who, granted_us, granted_act) \
             VALUES (?1, ?3, ?2, 'office 7000, clerk 12', ?2, 'protocol 2026/1')",
        )
        .unwrap()
        .execute((one.as_str(), from, SERVICE))
        .unwrap();
        if number % 4 == 0 {
            all.prepare_cached(
                "INSERT INTO delegation (delegator, delegate, kind, from_us, channel, registered_who, registered_us, \
                 registered_act) VALUES (?1, ?2, 'delegate', ?3, 'office', 'office 7000', ?3, 'protocol 2026/1')",
            )
            .unwrap()
            .execute((next.as_str(), one.as_str(), from))
            .unwrap();
        }
        if number % 10 == 0 {
            all.prepare_cached(
                "INSERT INTO category (person, category, from_us, recorded_who, recorded_us, recorded_act) \
                 VALUES (?1, 'ward', ?2, 'office 7000', ?2, 'protocol 2026/1')",
            )
            .unwrap()
            .execute((one.as_str(), from))
            .unwrap();
        }
    }
    all.commit().unwrap();
}
