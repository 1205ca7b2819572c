//! What is kept comes back; what ended stays ended; every change is in the history.

use varco_access_policy::{
    Category, DelegationKind, FACTS_MAX, FactError, FactId, FactQuery, FactSource as _, FactStore as _,
    StoreFailure, Validity,
};
use varco_records::facts::{HistoryEntry, VERSION, What};

use crate::people::*;

fn numbers(history: &[HistoryEntry]) -> Vec<(u64, What, u64)> {
    history
        .iter()
        .map(|entry| (entry.number, entry.what, entry.fact.0))
        .collect()
}

#[test]
fn what_was_kept_is_known_after_opening_again() {
    let (_folder, path) = place();
    let records = Records::create_or_open(&path, PATIENT).unwrap();
    let enablement = records
        .grant_enablement(&enablement(1, months(1, Some(7))))
        .unwrap();
    let delegation = records
        .add_delegation(&delegation(2, 1, DelegationKind::Parent, months(1, None)))
        .unwrap();
    let category = records
        .record_category(
            &person(2),
            Category::NoItalianDocument,
            months(2, None),
            &change("2026-02-01T09:00:00Z"),
        )
        .unwrap();
    drop(records);

    for records in [
        Records::open(&path, PATIENT).unwrap(),
        Records::open_to_read(&path, PATIENT).unwrap(),
    ] {
        let (subject, acting_for) = (person(1), person(2));
        let known = records
            .known(FactQuery {
                subject: &subject,
                acting_for: Some(&acting_for),
                service: Some(&service("comune.siuss")),
            })
            .unwrap();
        assert_eq!(known.enablements, std::slice::from_ref(&enablement));
        assert_eq!(known.delegations, std::slice::from_ref(&delegation));
        assert_eq!(known.subject_categories, []);
        assert_eq!(known.acted_for_categories, std::slice::from_ref(&category));
        records.check().unwrap();
    }
    assert_eq!(VERSION, 3);
}

#[test]
fn a_decision_hears_of_nobody_else_and_of_no_other_service() {
    let (_folder, records) = store();
    let all = months(1, None);
    records.grant_enablement(&enablement(1, all)).unwrap();
    records
        .add_delegation(&delegation(2, 1, DelegationKind::Delegate, all))
        .unwrap();
    records
        .record_category(&person(1), Category::Ward, all, &change("2026-01-01T09:00:00Z"))
        .unwrap();
    let known = |subject: u32, acting_for: Option<u32>, id: &str| {
        let (subject, acting_for, service) = (person(subject), acting_for.map(person), service(id));
        let query = FactQuery {
            subject: &subject,
            acting_for: acting_for.as_ref(),
            service: Some(&service),
        };
        let known = records.known(query).unwrap();
        [
            known.enablements.len(),
            known.delegations.len(),
            known.subject_categories.len(),
            known.acted_for_categories.len(),
        ]
    };
    assert_eq!(known(1, None, "comune.siuss"), [1, 0, 1, 0]);
    assert_eq!(known(1, None, "comune.isee"), [0, 0, 1, 0]);
    assert_eq!(known(1, Some(2), "comune.siuss"), [1, 1, 1, 0]);
    assert_eq!(known(2, Some(1), "comune.siuss"), [0, 0, 0, 1]);
    assert_eq!(known(3, Some(2), "comune.siuss"), [0, 0, 0, 0]);
}

#[test]
fn a_decision_hears_of_every_fact_or_of_none() {
    let (_folder, records) = store();
    let (subject, other, siuss) = (person(1), person(2), service("comune.siuss"));
    let most = u32::try_from(FACTS_MAX).unwrap();
    let at = change("2026-01-01T09:00:00Z");
    let known = |subject, acting_for| {
        records.known(FactQuery {
            subject,
            acting_for,
            service: Some(&siuss),
        })
    };
    records
        .record_category(&subject, Category::Ward, months(1, None), &at)
        .unwrap();
    for number in 1..=most {
        let a_month = months(number, Some(number + 1));
        records.grant_enablement(&enablement(1, a_month)).unwrap();
        records
            .add_delegation(&delegation(2, 1, DelegationKind::Delegate, a_month))
            .unwrap();
        if number < most {
            records
                .record_category(&subject, Category::ResidentAbroad, a_month, &at)
                .unwrap();
        }
    }
    let all = known(&subject, Some(&other)).unwrap();
    for facts in [
        all.enablements.len(),
        all.delegations.len(),
        all.subject_categories.len(),
    ] {
        assert_eq!(facts, FACTS_MAX);
    }
    assert_eq!(all.enablements[0].id, FactId(u64::from(most)));
    assert!(all.enablements.is_sorted_by(|one, next| one.id > next.id));
    assert!(
        all.subject_categories
            .iter()
            .any(|one| one.category == Category::Ward)
    );

    // One more of any sort is one too many, and the ward is not forgotten for it.
    let next = months(most + 1, Some(most + 2));
    let added = delegation(2, 1, DelegationKind::Delegate, next);
    records.add_delegation(&added).unwrap();
    known(&subject, None).unwrap();
    assert_eq!(known(&subject, Some(&other)).unwrap_err(), StoreFailure::TooMany);
    records
        .record_category(&subject, Category::ResidentAbroad, next, &at)
        .unwrap();
    assert_eq!(known(&subject, None).unwrap_err(), StoreFailure::TooMany);
    assert_eq!(known(&other, Some(&subject)).unwrap_err(), StoreFailure::TooMany);
    for number in 1..=most + 1 {
        let a_month = months(number, Some(number + 1));
        records.grant_enablement(&enablement(2, a_month)).unwrap();
    }
    assert_eq!(known(&other, None).unwrap_err(), StoreFailure::TooMany);
}

#[test]
fn an_enablement_holds_once_at_an_instant() {
    let (_folder, records) = store();
    records
        .grant_enablement(&enablement(1, months(3, Some(6))))
        .unwrap();
    for validity in [
        months(1, None),
        months(1, Some(4)),
        months(4, Some(5)),
        months(5, None),
    ] {
        let error = records.grant_enablement(&enablement(1, validity)).unwrap_err();
        assert_eq!(error, FactError::AlreadyThere);
    }
    // Before it and behind it there is room, and for others at any time.
    records
        .grant_enablement(&enablement(1, months(1, Some(3))))
        .unwrap();
    records.grant_enablement(&enablement(1, months(6, None))).unwrap();
    records
        .grant_enablement(&enablement(2, months(3, Some(6))))
        .unwrap();
}

#[test]
fn a_revoked_enablement_stays_revoked_and_leaves_room() {
    let (_folder, records) = store();
    let (holder, siuss) = (person(1), service("comune.siuss"));
    let revoked = change("2026-02-01T00:00:00Z");
    assert_eq!(
        records.revoke_enablement(&holder, &siuss, &revoked).unwrap_err(),
        FactError::NotThere
    );
    records.grant_enablement(&enablement(1, months(1, None))).unwrap();
    let ended = records.revoke_enablement(&holder, &siuss, &revoked).unwrap();
    assert_eq!(ended.len(), 1);
    assert_eq!(ended[0].revoked.as_ref(), Some(&revoked));
    let again = change("2026-03-01T00:00:00Z");
    assert_eq!(
        records.revoke_enablement(&holder, &siuss, &again).unwrap_err(),
        FactError::AlreadyEnded
    );
    records.grant_enablement(&enablement(1, months(2, None))).unwrap();
    assert_eq!(
        records.enablements(Some(&holder), FactId(0), 10).unwrap()[0],
        ended[0]
    );
}

#[test]
fn what_has_not_begun_can_be_revoked_and_then_never_holds() {
    let (_folder, records) = store();
    let (holder, siuss) = (person(1), service("comune.siuss"));
    records.grant_enablement(&enablement(1, months(9, None))).unwrap();
    let revoked = change("2026-02-01T00:00:00Z");
    records.revoke_enablement(&holder, &siuss, &revoked).unwrap();
    records.grant_enablement(&enablement(1, months(1, None))).unwrap();
}

#[test]
fn what_is_over_cannot_be_revoked() {
    let (_folder, records) = store();
    records
        .grant_enablement(&enablement(1, months(1, Some(2))))
        .unwrap();
    let late = change("2026-02-01T00:00:00Z");
    assert_eq!(
        records
            .revoke_enablement(&person(1), &service("comune.siuss"), &late)
            .unwrap_err(),
        FactError::AlreadyEnded
    );
    let one = records
        .add_delegation(&delegation(2, 1, DelegationKind::Delegate, months(1, Some(2))))
        .unwrap();
    assert_eq!(
        records.revoke_delegation(one.id, &late).unwrap_err(),
        FactError::AlreadyEnded
    );
    assert_eq!(records.delegation(one.id).unwrap(), Some(one));
}

#[test]
fn a_revoked_delegation_stays_revoked() {
    let (_folder, records) = store();
    let one = records
        .add_delegation(&delegation(2, 1, DelegationKind::Guardian, months(1, None)))
        .unwrap();
    let revoked = change("2026-02-01T00:00:00Z");
    let ended = records.revoke_delegation(one.id, &revoked).unwrap();
    assert_eq!(ended.revoked.as_ref(), Some(&revoked));
    assert_eq!(
        records
            .revoke_delegation(one.id, &change("2026-03-01T00:00:00Z"))
            .unwrap_err(),
        FactError::AlreadyEnded
    );
    assert_eq!(
        records.revoke_delegation(FactId(99), &revoked).unwrap_err(),
        FactError::NotThere
    );
    assert_eq!(
        records.revoke_delegation(FactId(u64::MAX), &revoked).unwrap_err(),
        FactError::NotThere
    );
    assert_eq!(records.delegation(one.id).unwrap(), Some(ended));
    assert_eq!(records.delegation(FactId(99)).unwrap(), None);
}

#[test]
fn a_category_is_recorded_once_at_an_instant_and_ended_once() {
    let (_folder, records) = store();
    let (ward, recorded) = (person(1), change("2026-01-01T09:00:00Z"));
    let record = |validity| records.record_category(&ward, Category::Ward, validity, &recorded);
    let ended = change("2026-03-01T00:00:00Z");
    let end = || records.end_category(&ward, Category::Ward, &ended);
    assert_eq!(end().unwrap_err(), FactError::NotThere);
    record(months(1, None)).unwrap();
    assert_eq!(record(months(2, None)).unwrap_err(), FactError::AlreadyThere);
    records
        .record_category(&ward, Category::ResidentAbroad, months(2, None), &recorded)
        .unwrap();
    assert_eq!(end().unwrap()[0].ended.as_ref(), Some(&ended));
    assert_eq!(end().unwrap_err(), FactError::AlreadyEnded);
    record(months(3, None)).unwrap();
}

#[test]
fn a_birth_date_must_be_that_of_the_codice_fiscale() {
    let (_folder, records) = store();
    let with = |kind, birth_date| {
        let mut new = delegation(2, 1, kind, months(1, None));
        new.birth_date = birth_date;
        records.add_delegation(&new).map(|added| added.birth_date)
    };
    let date = |year, month, day| Some(jiff::civil::date(year, month, day));
    for wrong in [
        None,
        date(2010, 1, 2),
        date(2010, 2, 1),
        date(2011, 1, 1),
        date(1710, 1, 1),
        date(-90, 1, 1),
    ] {
        assert_eq!(
            with(DelegationKind::Parent, wrong).unwrap_err(),
            FactError::BirthDate
        );
    }
    assert_eq!(
        with(DelegationKind::Guardian, date(1999, 1, 1)).unwrap_err(),
        FactError::BirthDate
    );
    assert_eq!(
        with(DelegationKind::Parent, date(2010, 1, 1)).unwrap(),
        date(2010, 1, 1)
    );
    assert_eq!(
        with(DelegationKind::Guardian, date(1910, 1, 1)).unwrap(),
        date(1910, 1, 1)
    );
    assert_eq!(with(DelegationKind::Delegate, None).unwrap(), None);
}

#[test]
fn lists_go_on_after_a_number_and_end_at_the_limit() {
    let (_folder, records) = store();
    for number in 1..=6 {
        records
            .grant_enablement(&enablement(number % 2, months(number, Some(number + 1))))
            .unwrap();
        records
            .add_delegation(&delegation(
                number + 10,
                number % 2,
                DelegationKind::Curator,
                months(1, None),
            ))
            .unwrap();
        records
            .record_category(
                &person(number % 2),
                Category::Ward,
                months(number, Some(number + 1)),
                &change("2026-01-01T09:00:00Z"),
            )
            .unwrap();
    }
    let one = person(1);
    for (of, after, limit, expected) in [
        (None, 0, 10, vec![1, 2, 3, 4, 5, 6]),
        (None, 2, 2, vec![3, 4]),
        (None, 6, 10, vec![]),
        (None, 0, 0, vec![]),
        (None, u64::MAX, 10, vec![]),
        (None, 4, usize::MAX, vec![5, 6]),
        (Some(&one), 0, 10, vec![1, 3, 5]),
        (Some(&one), 1, 1, vec![3]),
    ] {
        let after = FactId(after);
        let enablements = records.enablements(of, after, limit).unwrap();
        let delegations = records.delegations(of, after, limit).unwrap();
        let categories = records.categories(of, after, limit).unwrap();
        assert_eq!(
            enablements.iter().map(|one| one.id.0).collect::<Vec<_>>(),
            expected
        );
        assert_eq!(
            delegations.iter().map(|one| one.id.0).collect::<Vec<_>>(),
            expected
        );
        assert_eq!(
            categories.iter().map(|one| one.id.0).collect::<Vec<_>>(),
            expected
        );
    }
    let ward = records.delegations(Some(&person(13)), FactId(0), 10).unwrap();
    assert_eq!(ward.len(), 1, "whoever is acted for sees it too");
}

#[test]
fn every_change_is_in_the_history_and_a_refused_one_is_not() {
    let (_folder, records) = store();
    let (holder, siuss, at) = (person(1), service("comune.siuss"), change("2026-02-01T00:00:00Z"));
    records.grant_enablement(&enablement(1, months(1, None))).unwrap();
    records
        .grant_enablement(&enablement(1, months(1, None)))
        .unwrap_err();
    let one = records
        .add_delegation(&delegation(2, 1, DelegationKind::Delegate, months(1, None)))
        .unwrap();
    records
        .add_delegation(&delegation(2, 3, DelegationKind::Delegate, months(1, None)))
        .unwrap_err();
    records.revoke_enablement(&holder, &siuss, &at).unwrap();
    records
        .record_category(&holder, Category::Ward, months(1, None), &at)
        .unwrap();
    records.revoke_delegation(one.id, &at).unwrap();
    records.end_category(&holder, Category::Ward, &at).unwrap();
    records.set_delegation_limit(3.try_into().unwrap(), &at).unwrap();
    let history = records.history(0, 100).unwrap();
    assert_eq!(
        numbers(&history),
        [
            (1, What::EnablementGranted, 1),
            (2, What::DelegationRegistered, 1),
            (3, What::EnablementRevoked, 1),
            (4, What::CategoryRecorded, 1),
            (5, What::DelegationRevoked, 1),
            (6, What::CategoryEnded, 1),
            (7, What::DelegationLimitSet, 1),
        ]
    );
    assert_eq!(history[0].change, change("2026-01-01T09:00:00Z"));
    assert_eq!(history[2].change, at);
    assert_eq!(
        numbers(&records.history(5, 1).unwrap()),
        [(6, What::CategoryEnded, 1)]
    );
}

#[test]
fn instants_come_back_to_the_microsecond_and_what_is_finer_is_cut_off() {
    let (_folder, records) = store();
    let validity = Validity::new(
        instant("1901-12-31T23:59:59.999999999Z"),
        Some(instant("9999-12-30T22:00:00.000001Z")),
    );
    let granted = records
        .grant_enablement(&enablement(1, validity.unwrap()))
        .unwrap();
    assert_eq!(granted.validity.from().to_string(), "1901-12-31T23:59:59.999999Z");
    assert_eq!(
        granted.validity.until().unwrap().to_string(),
        "9999-12-30T22:00:00.000001Z"
    );
    let short = Validity::new(month(1), Some(month(1) + jiff::SignedDuration::from_nanos(999)));
    assert_eq!(
        records
            .grant_enablement(&enablement(2, short.unwrap()))
            .unwrap_err(),
        FactError::BeforeBeginning
    );
}

#[test]
fn a_backup_is_a_store_of_the_same_facts() {
    use std::os::unix::fs::PermissionsExt as _;

    let (folder, records) = store();
    records.grant_enablement(&enablement(1, months(1, None))).unwrap();
    let copy = folder.path().join("copy.db");
    assert_eq!(records.back_up(&copy).unwrap(), copy.canonicalize().unwrap());
    assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    records.grant_enablement(&enablement(2, months(1, None))).unwrap();
    let error = records.back_up(&copy).unwrap_err();
    assert!(error.to_string().contains("is there already"), "{error}");

    let copied = Records::open(&copy, PATIENT).unwrap();
    copied.check().unwrap();
    assert_eq!(copied.history(0, 10).unwrap(), records.history(0, 1).unwrap());
    copied.grant_enablement(&enablement(2, months(1, None))).unwrap();
    let read_only = Records::open_to_read(&copy, PATIENT).unwrap();
    read_only.back_up(&folder.path().join("second.db")).unwrap();
}

#[test]
fn nothing_of_a_person_is_in_debug_output() {
    let (_folder, records) = store();
    let granted = records.grant_enablement(&enablement(1, months(1, None))).unwrap();
    let history = records.history(0, 10).unwrap();
    let shown = format!("{records:?} {granted:?} {history:?}");
    assert!(!shown.contains(person(1).as_str()), "{shown}");
    assert!(!shown.contains("clerk"), "{shown}");
}
