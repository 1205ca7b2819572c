//! The limits of delegations: at every instant, for each kind, and whoever writes to the file.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use varco_access_policy::{DelegationKind, FactError, FactId, FactStore as _};
use varco_records::facts::DELEGATION_LIMIT;

use crate::people::*;

fn delegated(records: &Records, delegator: u32, from: u32, until: Option<u32>) -> Result<FactId, FactError> {
    let mut new = delegation(delegator, 0, DelegationKind::Delegate, months(from, until));
    new.registered = change("2025-12-01T00:00:00Z");
    records.add_delegation(&new).map(|added| added.id)
}

#[test]
fn a_delegate_acts_for_five_at_an_instant_and_no_more() {
    let (_folder, records) = store();
    assert_eq!(records.delegation_limit().unwrap(), DELEGATION_LIMIT);
    for delegator in 1..=5 {
        delegated(&records, delegator, delegator, Some(12)).unwrap();
    }
    // All five hold from May on: whatever touches that time is one too many, and what ends before is not.
    for (from, until) in [(1, None), (1, Some(6)), (5, Some(6)), (11, Some(12)), (11, None)] {
        assert_eq!(
            delegated(&records, 6, from, until).unwrap_err(),
            FactError::LimitReached { limit: 5 },
            "{from} {until:?}"
        );
    }
    delegated(&records, 6, 1, Some(5)).unwrap();
    assert_eq!(
        delegated(&records, 7, 4, Some(5)).unwrap_err(),
        FactError::LimitReached { limit: 5 }
    );
    delegated(&records, 7, 12, None).unwrap();
}

#[test]
fn a_revoked_delegation_counts_until_it_was_revoked() {
    let (_folder, records) = store();
    let ids: Vec<FactId> = (1..=5)
        .map(|delegator| delegated(&records, delegator, 1, None).unwrap())
        .collect();
    delegated(&records, 6, 6, None).unwrap_err();
    records
        .revoke_delegation(ids[2], &change("2026-06-01T00:00:00Z"))
        .unwrap();
    delegated(&records, 6, 5, None).unwrap_err();
    delegated(&records, 6, 6, None).unwrap();
    delegated(&records, 7, 6, None).unwrap_err();
}

#[test]
fn the_limit_is_what_was_set_last() {
    let (_folder, path) = place();
    let records = Records::create_or_open(&path, PATIENT).unwrap();
    let set = |persons: u8| {
        let change = change("2026-01-02T00:00:00Z");
        records
            .set_delegation_limit(persons.try_into().unwrap(), &change)
            .unwrap();
    };
    set(3);
    for delegator in 1..=3 {
        delegated(&records, delegator, 1, None).unwrap();
    }
    assert_eq!(
        delegated(&records, 4, 1, None).unwrap_err(),
        FactError::LimitReached { limit: 3 }
    );
    set(4);
    delegated(&records, 4, 1, None).unwrap();
    set(1);
    assert_eq!(
        delegated(&records, 5, 1, None).unwrap_err(),
        FactError::LimitReached { limit: 1 }
    );
    let other = Records::open(&path, PATIENT).unwrap();
    assert_eq!(other.delegation_limit().unwrap(), 1);
    assert_eq!(
        other.delegations(None, FactId(0), 10).unwrap().len(),
        4,
        "what is there stays"
    );
}

#[test]
fn whom_a_judge_or_birth_appointed_may_act_for_any_number() {
    let (_folder, records) = store();
    for kind in DelegationKind::ALL.into_iter().filter(|kind| !kind.is_limited()) {
        for ward in 1..=12 {
            records
                .add_delegation(&delegation(ward, 0, kind, months(1, None)))
                .unwrap();
        }
    }
}

#[test]
fn as_many_act_for_a_person_as_the_kind_allows() {
    for kind in DelegationKind::ALL {
        let (_folder, records) = store();
        let add = |delegate, from, until| {
            records.add_delegation(&delegation(0, delegate, kind, months(from, until)))
        };
        for delegate in 1..=kind.per_person_max() {
            add(delegate, 3, Some(9)).unwrap();
        }
        for (from, until) in [(1, None), (1, Some(4)), (8, None), (4, Some(5))] {
            assert_eq!(
                add(50, from, until).unwrap_err(),
                FactError::DelegatorHasOne,
                "{kind:?}"
            );
        }
        add(50, 1, Some(3)).unwrap();
        add(51, 9, None).unwrap();
    }
}

#[test]
fn one_pair_has_a_kind_once_at_an_instant() {
    let (_folder, records) = store();
    let add = |kind, from, until| records.add_delegation(&delegation(1, 0, kind, months(from, until)));
    add(DelegationKind::Parent, 1, Some(6)).unwrap();
    assert_eq!(
        add(DelegationKind::Parent, 5, None).unwrap_err(),
        FactError::AlreadyThere
    );
    add(DelegationKind::Parent, 6, None).unwrap();
    add(DelegationKind::Guardian, 1, None).unwrap();
}

#[test]
fn nobody_acts_for_himself() {
    let (_folder, records) = store();
    let error = records
        .add_delegation(&delegation(1, 1, DelegationKind::Delegate, months(1, None)))
        .unwrap_err();
    assert_eq!(error, FactError::SamePerson);
}

/// Whether one more delegation from `from` until `until` would make six at an instant: counted month by month.
fn is_too_many(held: &[(u32, u32)], from: u32, until: u32) -> bool {
    (from..until).any(|month| {
        held.iter()
            .filter(|held| held.0 <= month && month < held.1)
            .count()
            >= 5
    })
}

#[test]
fn the_limit_is_that_of_counting_every_instant() {
    let seed = 81;
    let mut random = ChaCha20Rng::seed_from_u64(seed);
    let mut below = |bound: u32| random.next_u32() % bound;
    for round in 0..6 {
        let (_folder, records) = store();
        let mut held: Vec<(u32, u32)> = Vec::new();
        for delegator in 1..=80 {
            let from = 1 + below(30);
            let until = from + 1 + below(14);
            let added = delegated(&records, delegator, from, Some(until));
            let refused = is_too_many(&held, from, until);
            assert_eq!(
                added.is_err(),
                refused,
                "seed {seed}, round {round}, delegator {delegator}"
            );
            let Ok(id) = added else { continue };
            // Some are revoked at once, before, within or behind their time.
            let revoked = (below(4) == 0).then(|| 1 + below(44));
            let until = match revoked {
                Some(at) if at < until => {
                    records
                        .revoke_delegation(id, &change(&month(at).to_string()))
                        .unwrap();
                    revoked.unwrap()
                }
                _ => until,
            };
            held.push((from, until));
        }
    }
}
