//! Claims about the store in memory: once, in time, within bounds, also from many threads.

use std::sync::Barrier;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_780_304_400 + second).unwrap()
}

fn store(ttl_s: u32, capacity: usize, per_client: usize) -> MemoryNonceStore {
    MemoryNonceStore::new(NonceLimits::new(ttl_s, capacity, per_client).unwrap())
}

fn random(number: u32) -> [u8; 32] {
    let mut bytes = [0x5A; 32];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    bytes
}

#[test]
fn a_nonce_is_taken_once_and_tells_whose_it_was() {
    let store = store(120, 10, 10);
    let client = Client::named(b"session 7");
    let nonce = store.issue(client, random(1), at(0)).unwrap();
    assert_eq!(nonce.as_bytes(), random(1));
    let taken = store.take(&nonce, at(120)).unwrap();
    assert_eq!((taken.client, taken.issued_at_s), (client, at(0).as_second()));
    assert_eq!(store.take(&nonce, at(120)), Err(NonceError::NotOutstanding));
    let never = Nonce::new(&random(2)).unwrap();
    assert_eq!(store.take(&never, at(0)), Err(NonceError::NotOutstanding));
    assert_eq!(store.outstanding(), 0);
}

#[test]
fn a_nonce_whose_life_is_over_is_used_up_by_asking() {
    for late in [121, 100_000, -1] {
        let store = store(120, 10, 10);
        let nonce = store.issue(Client::named(b""), random(1), at(0)).unwrap();
        assert_eq!(store.take(&nonce, at(late)), Err(NonceError::Expired));
        assert_eq!(store.take(&nonce, at(0)), Err(NonceError::NotOutstanding));
    }
}

#[test]
fn of_many_takers_at_once_one_wins() {
    const TAKERS: usize = 16;
    let store = store(300, 100, 100);
    for round in 0..50 {
        let nonce = store.issue(Client::named(b"c"), random(round), at(0)).unwrap();
        let barrier = Barrier::new(TAKERS);
        let won: usize = std::thread::scope(|scope| {
            let takers: Vec<_> = (0..TAKERS)
                .map(|_| {
                    scope.spawn(|| {
                        barrier.wait();
                        usize::from(store.take(&nonce, at(1)).is_ok())
                    })
                })
                .collect();
            takers.into_iter().map(|taker| taker.join().unwrap()).sum()
        });
        assert_eq!(won, 1);
    }
}

#[test]
fn a_client_has_its_quota_and_the_store_its_capacity() {
    let store = store(120, 5, 2);
    let (one, other) = (Client::named(b"one"), Client::named(b"other"));
    let first = store.issue(one, random(1), at(0)).unwrap();
    store.issue(one, random(2), at(0)).unwrap();
    assert_eq!(store.issue(one, random(3), at(0)), Err(NonceError::ClientQuota));
    store.issue(other, random(4), at(0)).unwrap();
    let _ = store.take(&first, at(0)).unwrap();
    store.issue(one, random(5), at(0)).unwrap();
    store.issue(other, random(6), at(0)).unwrap();
    store.issue(Client::named(b"third"), random(7), at(0)).unwrap();
    let fourth = Client::named(b"fourth");
    assert_eq!(store.issue(fourth, random(8), at(0)), Err(NonceError::StoreFull));
    // What is too old makes room.
    assert_eq!(
        store.issue(fourth, random(8), at(120)),
        Err(NonceError::StoreFull)
    );
    store.issue(fourth, random(8), at(121)).unwrap();
    assert_eq!(store.outstanding(), 1);
}

#[test]
fn taken_nonces_leave_nothing_behind() {
    let store = store(300, 2, 1);
    for number in 0..10_000_u32 {
        let client = Client::named(&number.to_be_bytes());
        let nonce = store.issue(client, random(number), at(0)).unwrap();
        let _ = store.take(&nonce, at(0)).unwrap();
    }
    assert_eq!(store.outstanding(), 0);
}

#[test]
fn the_same_random_bytes_are_not_issued_twice() {
    let store = store(120, 10, 10);
    store.issue(Client::named(b"a"), random(1), at(0)).unwrap();
    let again = store.issue(Client::named(b"b"), random(1), at(0));
    assert_eq!(again, Err(NonceError::Repeated));
}

#[test]
fn bounds_are_sensible() {
    for (ttl_s, capacity, per_client) in [
        (119, 10, 1),
        (901, 10, 1),
        (120, 0, 1),
        (120, 1_000_001, 1),
        (120, 10, 0),
        (120, 10, 11),
    ] {
        let refused = NonceLimits::new(ttl_s, capacity, per_client).unwrap_err();
        assert_eq!(refused.code(), "nonce-limits");
    }
    assert!(NonceLimits::new(900, 1_000_000, 1_000_000).is_ok());
}

#[test]
fn a_client_does_not_print() {
    assert_eq!(format!("{:?}", Client::named(b"session 7")), "Client(..)");
}
