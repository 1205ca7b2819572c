//! What was written wrong can be put right, and in no other way than towards less.

use varco_access_policy::{Category, DelegationKind, FactError, FactId, FactStore as _};
use varco_records::facts::What;

use crate::people::*;

/// Revoked decades too late, by a slip of the pen.
const FAR: &str = "2062-01-01T00:00:00Z";
const NOW: &str = "2026-11-28T00:00:00Z";

/// What is in the history of such changes, in its order: their instants.
fn written(records: &Records, what: &What) -> Vec<String> {
    let history = records.history(0, 100).unwrap();
    let of = history.iter().filter(|entry| entry.what == *what);
    of.map(|entry| entry.change.at().to_string()).collect()
}

#[test]
fn an_end_with_a_wrong_date_is_moved_earlier_and_never_later() {
    let (_folder, records) = store();
    let (one, siuss) = (person(1), service("comune.siuss"));
    let added = delegation(2, 1, DelegationKind::Delegate, months(1, None));
    let id = records.add_delegation(&added).unwrap().id;
    records.grant_enablement(&enablement(1, months(1, None))).unwrap();
    records
        .record_category(
            &one,
            Category::Ward,
            months(1, None),
            &change("2026-01-01T00:00:00Z"),
        )
        .unwrap();
    for at in [FAR, NOW] {
        let at = change(at);
        assert_eq!(
            records.revoke_delegation(id, &at).unwrap().revoked.as_ref(),
            Some(&at)
        );
        let ended = records.revoke_enablement(&one, &siuss, &at).unwrap();
        assert_eq!(ended[0].revoked.as_ref(), Some(&at));
        let ended = records.end_category(&one, Category::Ward, &at).unwrap();
        assert_eq!(ended[0].ended.as_ref(), Some(&at));
    }
    let before = records.history(0, 100).unwrap();
    for at in [NOW, "2026-11-28T00:00:00.000001Z", FAR] {
        let at = change(at);
        let refused = [
            records.revoke_delegation(id, &at).unwrap_err(),
            records.revoke_enablement(&one, &siuss, &at).unwrap_err(),
            records.end_category(&one, Category::Ward, &at).unwrap_err(),
        ];
        assert!(
            refused.iter().all(|error| *error == FactError::AlreadyEnded),
            "{refused:?}"
        );
    }
    assert_eq!(records.history(0, 100).unwrap(), before);
    for what in [
        What::DelegationRevoked,
        What::EnablementRevoked,
        What::CategoryEnded,
    ] {
        assert_eq!(written(&records, &what), [FAR, NOW], "both are in the history");
    }
}

#[test]
fn what_a_clock_that_ran_ahead_recorded_can_be_ended_now_and_never_holds() {
    let (_folder, records) = store();
    let (one, siuss, now) = (person(1), service("comune.siuss"), change(NOW));
    let mut added = delegation(2, 1, DelegationKind::Delegate, months(1, None));
    added.registered = change(FAR);
    let id = records.add_delegation(&added).unwrap().id;
    let mut granted = enablement(1, months(1, None));
    granted.granted = change(FAR);
    records.grant_enablement(&granted).unwrap();
    records
        .record_category(&one, Category::Ward, months(13, None), &change(FAR))
        .unwrap();
    records.revoke_delegation(id, &now).unwrap();
    records.revoke_enablement(&one, &siuss, &now).unwrap();
    // It ends before it begins, so there is room for another at any time.
    records.end_category(&one, Category::Ward, &now).unwrap();
    records
        .record_category(&one, Category::Ward, months(1, None), &now)
        .unwrap();
    records.check().unwrap();
}

#[test]
fn what_never_holds_is_not_ended_again() {
    let (_folder, records) = store();
    let added = delegation(2, 1, DelegationKind::Guardian, months(9, None));
    let id = records.add_delegation(&added).unwrap().id;
    records.grant_enablement(&enablement(1, months(9, None))).unwrap();
    let siuss = service("comune.siuss");
    let (first, earlier) = (change("2026-02-01T00:00:00Z"), change("2026-01-15T00:00:00Z"));
    records.revoke_delegation(id, &first).unwrap();
    records.revoke_enablement(&person(1), &siuss, &first).unwrap();
    let refused = [
        records.revoke_delegation(id, &earlier).unwrap_err(),
        records
            .revoke_enablement(&person(1), &siuss, &earlier)
            .unwrap_err(),
    ];
    assert_eq!(refused, [FactError::AlreadyEnded, FactError::AlreadyEnded]);
    let listed = records.enablements(None, FactId(0), 9).unwrap();
    assert_eq!(listed[0].revoked.as_ref(), Some(&first));
}

#[test]
fn an_end_moved_earlier_makes_room_under_the_limit() {
    let (_folder, records) = store();
    let add = |delegator| {
        records.add_delegation(&delegation(
            delegator,
            1,
            DelegationKind::Delegate,
            months(6, None),
        ))
    };
    let ids: Vec<FactId> = (10..15).map(|delegator| add(delegator).unwrap().id).collect();
    records.revoke_delegation(ids[0], &change(FAR)).unwrap();
    assert_eq!(add(20).unwrap_err(), FactError::LimitReached { limit: 5 });
    records
        .revoke_delegation(ids[0], &change("2026-06-01T00:00:00Z"))
        .unwrap();
    add(20).unwrap();
}

#[test]
fn no_program_moves_an_end_later_or_takes_it_away() {
    let (_folder, records) = store();
    records
        .grant_enablement(&enablement(1, months(1, Some(7))))
        .unwrap();
    let raw = raw(records.path());
    let end = |at: &str| {
        let sql = format!("UPDATE enablement SET revoked_who = 'w', revoked_act = 'a', revoked_us = {at}");
        raw.execute(&sql, []).is_ok()
    };
    assert!(
        !end("until_us") && !end("until_us + 1"),
        "its own end is no later one"
    );
    assert!(end("until_us - 1") && end("until_us - 2") && end("from_us - 1"));
    assert!(!end("revoked_us + 1") && !end("revoked_us") && !end("NULL"));
}
