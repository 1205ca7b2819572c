//! Lists against the one held before, and against the instant.

use std::time::Duration;

use varco_pki::Timestamp;
use varco_trust_store::list::{Freshness, ListError, ListState, TrustedList, accept};

use super::maker::List;
use super::{RSA, SIGNED, certificate, open, signed};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-06-01T00:00:00Z")
}

fn list(number: &str, issued: &str) -> TrustedList {
    let list = List {
        number: number.to_owned(),
        issued: issued.to_owned(),
        ..List::small()
    };
    open(&signed(&list)).unwrap()
}

#[test]
fn a_first_list_is_fresh_until_its_next_update() {
    let list = open(&SIGNED).unwrap();
    let due = at("2026-08-01T10:00:00Z");
    let fresh = Ok(Freshness::Fresh { until: due });
    assert_eq!(accept(&list, None, now(), Duration::ZERO), fresh);
    assert_eq!(accept(&list, None, due, Duration::ZERO), fresh);
    let late = at("2026-08-01T10:00:01Z");
    assert_eq!(accept(&list, None, late, Duration::ZERO), Err(ListError::Stale));
    let end = at("2026-08-02T10:00:00Z");
    let grace = Ok(Freshness::InGrace {
        since: due,
        until: end,
    });
    assert_eq!(accept(&list, None, late, DAY), grace);
    assert_eq!(accept(&list, None, end, DAY), grace);
    assert_eq!(
        accept(&list, None, at("2026-08-02T10:00:01Z"), DAY),
        Err(ListError::Stale)
    );
    let endless = accept(&list, None, at("9000-01-01T00:00:00Z"), Duration::MAX);
    assert!(matches!(endless, Ok(Freshness::InGrace { .. })));
}

#[test]
fn a_list_of_the_future_is_refused() {
    let list = open(&SIGNED).unwrap();
    assert_eq!(
        accept(&list, None, at("2026-03-01T09:59:59Z"), DAY),
        Err(ListError::Future)
    );
    assert!(accept(&list, None, at("2026-03-01T10:00:00Z"), DAY).is_ok());
}

#[test]
fn a_closed_list_is_refused_whatever_the_grace() {
    let closed = List {
        next: None,
        ..List::small()
    };
    let list = open(&signed(&closed)).unwrap();
    assert_eq!(list.next_update(), None);
    assert_eq!(accept(&list, None, now(), Duration::MAX), Err(ListError::Closed));
}

#[test]
fn numbers_and_dates_never_go_back() {
    let held = open(&SIGNED).unwrap().state();
    let after =
        |number: &str, issued: &str| accept(&list(number, issued), Some(&held), now(), DAY).map(|_| ());
    assert_eq!(after("42", "2026-04-01T00:00:00Z"), Ok(()));
    assert_eq!(after("42", "2026-03-01T10:00:00Z"), Ok(()));
    assert_eq!(after("40", "2026-04-01T00:00:00Z"), Err(ListError::Backwards));
    assert_eq!(after("40", "2026-02-01T00:00:00Z"), Err(ListError::Backwards));
    assert_eq!(after("42", "2026-03-01T09:00:00Z"), Err(ListError::Backwards));
}

#[test]
fn other_bytes_under_the_same_number_must_be_later() {
    let same = open(&SIGNED).unwrap();
    let held = same.state();
    assert!(accept(&same, Some(&held), now(), DAY).is_ok());
    let mut other = List::small();
    other.providers.pop();
    let other = open(&signed(&other)).unwrap();
    assert_eq!(
        accept(&other, Some(&held), now(), DAY),
        Err(ListError::NumberReused)
    );
    let earlier = list("41", "2026-02-01T00:00:00Z");
    assert_eq!(
        accept(&earlier, Some(&held), now(), DAY),
        Err(ListError::Backwards)
    );
    assert!(accept(&list("41", "2026-03-02T00:00:00Z"), Some(&held), now(), DAY).is_ok());
    // What is held is never believed because of its bytes alone.
    let later = ListState {
        sequence_number: 50,
        ..held
    };
    let moved = list("41", "2026-03-02T00:00:00Z");
    assert_eq!(
        accept(&moved, Some(&later), now(), DAY),
        Err(ListError::Backwards)
    );
}

#[test]
fn lists_of_two_territories_are_not_compared() {
    let other = List {
        number: "1".to_owned(),
        territory: "FR",
        ..List::small()
    };
    let xml = signed(&other);
    let other = TrustedList::open(xml.as_bytes(), "FR", &[certificate(&RSA.der)]).unwrap();
    let later = list("42", "2026-04-01T00:00:00Z");
    let refused = accept(&later, Some(&other.state()), now(), DAY);
    assert_eq!(refused, Err(ListError::Territory));
}
