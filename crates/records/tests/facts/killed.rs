//! kill -9 at any moment: every change that was acknowledged is there, and nothing of any other in part.

use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use varco_access_policy::{DelegationKind, FactId, FactStore as _};
use varco_records::facts::What;

use crate::again::{Other, say, told};
use crate::people::*;

/// How many rounds, where more than the usual are wanted, and from which seed.
const ROUNDS: &str = "VARCO_TEST_KILL_ROUNDS";
const SEED: &str = "VARCO_TEST_KILL_SEED";

fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).map_or(usual, |text| text.parse().unwrap())
}

/// The other half: changes one after another, each said once it was acknowledged, until it is killed.
fn change_on(records: &Records) {
    let done = records.delegations(None, FactId(0), 10_000).unwrap();
    let mut next = u32::try_from(done.len()).unwrap() + 1;
    loop {
        let new = delegation(next, 0, DelegationKind::Administrator, months(1, None));
        let added = records.add_delegation(&new).unwrap();
        say(&format!("added {}", added.id));
        if next.is_multiple_of(3) {
            let revoked = change("2026-03-01T00:00:00Z");
            records.revoke_delegation(added.id, &revoked).unwrap();
            say(&format!("revoked {}", added.id));
        }
        next += 1;
    }
}

/// That all of what was said is there, and everything that is there is whole.
fn assert_kept(records: &Records, said: &[String]) {
    records.check().unwrap();
    let history = records.history(0, 10_000).unwrap();
    for (place, entry) in history.iter().enumerate() {
        assert_eq!(
            entry.number,
            u64::try_from(place).unwrap() + 1,
            "the history has a gap"
        );
    }
    let delegations = records.delegations(None, FactId(0), 10_000).unwrap();
    let revoked = delegations.iter().filter(|one| one.revoked.is_some()).count();
    assert_eq!(history.len(), delegations.len() + revoked);
    for word in said {
        let (what, id) = word.split_once(' ').unwrap();
        let id = FactId(id.parse().unwrap());
        let found = delegations
            .iter()
            .find(|one| one.id == id)
            .expect("an acknowledged fact is lost");
        let what = if what == "revoked" {
            assert!(found.revoked.is_some(), "an acknowledged revocation is lost");
            What::DelegationRevoked
        } else {
            What::DelegationRegistered
        };
        assert!(history.iter().any(|entry| entry.what == what && entry.fact == id));
    }
}

#[test]
fn what_was_acknowledged_survives_a_kill_at_any_moment() {
    const TEST: &str = "killed::what_was_acknowledged_survives_a_kill_at_any_moment";
    if let Some(path) = told() {
        change_on(&Records::create_or_open(&path, PATIENT).unwrap());
        return;
    }
    let seed = number(SEED, 81);
    let rounds = number(ROUNDS, 40);
    println!("{SEED}={seed} {ROUNDS}={rounds}");
    let mut random = ChaCha20Rng::seed_from_u64(seed);
    let (folder, _) = place();
    let mut acknowledged = 0;
    let mut said: Vec<String> = Vec::new();
    for round in 0..rounds {
        // A new store now and then, so that its making is killed too.
        let generation = round / 10;
        if round % 10 == 0 {
            said.clear();
        }
        let path = folder.path().join(format!("facts-{generation}.db"));
        let other = Other::start(TEST, &path);
        std::thread::sleep(Duration::from_micros(random.next_u64() % 60_000));
        let heard = other.kill();
        acknowledged += heard.len();
        said.extend(heard);
        let records = Records::create_or_open(&path, PATIENT).unwrap();
        assert_kept(&records, &said);
    }
    println!("{acknowledged} changes acknowledged");
    assert!(acknowledged > 0, "every kill came too early to say anything");
}
