//! Many threads and many processes at once: the limits hold, and nobody's change is lost.

use std::sync::Barrier;

use varco_access_policy::{DelegationKind, FactError, FactId, FactQuery, FactSource as _, FactStore as _};

use crate::again::{Other, say, told};
use crate::people::*;

const WRITERS: u32 = 8;
/// Delegations that each tries to add for the one delegate.
const EACH: u32 = 4;

/// Adds delegations of persons that no other writer has, and gives how many were taken.
fn add_many(records: &Records, writer: u32) -> usize {
    let added = (0..EACH).map(|turn| {
        let delegator = 100 + writer * EACH + turn;
        let new = delegation(delegator, 0, DelegationKind::Delegate, months(1, None));
        match records.add_delegation(&new) {
            Ok(_) => 1,
            Err(FactError::LimitReached { limit: 5 }) => 0,
            Err(error) => panic!("{error}"),
        }
    });
    added.sum()
}

fn assert_exactly_five(records: &Records, taken: usize) {
    assert_eq!(taken, 5);
    let kept = records.delegations(Some(&person(0)), FactId(0), 100).unwrap();
    assert_eq!(kept.len(), 5);
    assert_eq!(records.history(0, 100).unwrap().len(), 5);
    records.check().unwrap();
}

#[test]
fn threads_that_share_a_store_never_pass_the_limit() {
    let (_folder, records) = store();
    let start = Barrier::new(WRITERS as usize);
    let taken = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (records, start) = (&records, &start);
                scope.spawn(move || {
                    start.wait();
                    add_many(records, writer)
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).sum()
    });
    assert_exactly_five(&records, taken);
}

#[test]
fn threads_with_a_store_each_never_pass_the_limit() {
    let (_folder, path) = place_in_memory();
    let start = Barrier::new(WRITERS as usize);
    let taken = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (path, start) = (&path, &start);
                scope.spawn(move || {
                    start.wait();
                    add_many(&Records::create_or_open(path, PATIENT).unwrap(), writer)
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).sum()
    });
    assert_exactly_five(&Records::open(&path, PATIENT).unwrap(), taken);
}

#[test]
fn processes_never_pass_the_limit() {
    const TEST: &str = "together::processes_never_pass_the_limit";
    if let Some(path) = told() {
        // The first of them makes the store.
        let records = Records::create_or_open(&path, PATIENT).unwrap();
        let taken = add_many(&records, std::process::id() % 100_000);
        say(&taken.to_string());
        return;
    }
    let (_folder, path) = place_in_memory();
    let others: Vec<Other> = (0..WRITERS).map(|_| Other::start(TEST, &path)).collect();
    let taken = others
        .into_iter()
        .flat_map(Other::finish)
        .map(|word| word.parse::<usize>().unwrap())
        .sum();
    assert_exactly_five(&Records::open(&path, PATIENT).unwrap(), taken);
    let left = std::fs::read_dir(path.parent().unwrap()).unwrap().count();
    assert_eq!(left, 1, "of making and using it nothing is left but the store");
}

#[test]
fn a_question_waits_for_no_change_and_sees_none_that_is_not_done() {
    let (_folder, path) = place();
    let records = Records::create_or_open(&path, IMPATIENT).unwrap();
    records.grant_enablement(&enablement(1, months(1, None))).unwrap();
    let mut raw = raw(&path);
    let change = raw
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .unwrap();
    change
        .execute(
            "UPDATE enablement SET revoked_who = 'w', revoked_us = 1900000000000000, revoked_act = 'a'",
            [],
        )
        .unwrap();
    let (subject, service) = (person(1), service("comune.siuss"));
    let query = FactQuery {
        subject: &subject,
        acting_for: None,
        service: Some(&service),
    };
    assert_eq!(records.known(query).unwrap().enablements[0].revoked, None);
    let fresh = Records::open_to_read(&path, IMPATIENT).unwrap();
    assert_eq!(fresh.known(query).unwrap().enablements[0].revoked, None);
    change.commit().unwrap();
    assert!(records.known(query).unwrap().enablements[0].revoked.is_some());
    assert!(fresh.known(query).unwrap().enablements[0].revoked.is_some());
}
