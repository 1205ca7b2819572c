//! Threads that want the same.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use super::*;

fn far() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

/// A leader that fetches until it is told what to answer, and a follower that would answer 2.
fn leader_and_follower(answer: impl FnOnce() -> Outcome<u32> + Send) -> (Outcome<u32>, Outcome<u32>, usize) {
    let flights = Flights::<&str, u32>::default();
    let fetches = AtomicUsize::new(0);
    let (began, has_begun) = channel();
    let (go, may_go) = channel::<()>();
    std::thread::scope(|scope| {
        let (flights, fetches) = (&flights, &fetches);
        let leader = scope.spawn(move || {
            let mut answer = Some(answer);
            flights.share(&"a", far(), &Cancel::default(), &mut || {
                fetches.fetch_add(1, Ordering::SeqCst);
                began.send(()).unwrap();
                may_go.recv().unwrap();
                answer.take().unwrap()()
            })
        });
        has_begun.recv().unwrap();
        let follower = scope.spawn(move || {
            flights.share(&"a", far(), &Cancel::default(), &mut || {
                fetches.fetch_add(1, Ordering::SeqCst);
                Ok(2)
            })
        });
        // The follower holds the flight as soon as it waits for it: the map, the leader, the follower.
        let waits = || {
            lock(&flights.0)
                .get("a")
                .is_some_and(|flight| Arc::strong_count(flight) >= 3)
        };
        let deadline = far();
        while !waits() && Instant::now() < deadline {
            std::thread::yield_now();
        }
        go.send(()).unwrap();
        let followed = follower.join().unwrap();
        let led = leader
            .join()
            .unwrap_or(Err(FetchProblem::Address(crate::fetch::AddressFault::Scheme)));
        assert!(lock(&flights.0).is_empty());
        (led, followed, fetches.load(Ordering::SeqCst))
    })
}

#[test]
fn two_threads_share_one_fetch() {
    assert_eq!(leader_and_follower(|| Ok(1)), (Ok(1), Ok(1), 1));
}

#[test]
fn two_threads_share_one_failure() {
    let (led, followed, fetches) = leader_and_follower(|| Err(FetchProblem::NotHttp));
    assert_eq!((led, fetches), (followed, 1));
}

#[test]
fn whoever_waits_takes_over_from_one_that_was_cancelled() {
    let cancelled = leader_and_follower(|| Err(FetchProblem::Cancelled));
    assert_eq!(cancelled, (Err(FetchProblem::Cancelled), Ok(2), 2));
}

#[test]
fn whoever_waits_and_has_time_left_takes_over_from_one_that_had_none() {
    for phase in [Phase::Overall, Phase::Name, Phase::Other] {
        let late = Err(FetchProblem::TimedOut(phase));
        assert_eq!(leader_and_follower(|| late.clone()), (late.clone(), Ok(2), 2));
    }
    // Another would wait as long for the same server.
    let silent = Err(FetchProblem::TimedOut(Phase::Connect));
    assert_eq!(
        leader_and_follower(|| silent.clone()),
        (silent.clone(), silent, 1)
    );
}

#[test]
fn whoever_waits_takes_over_from_one_that_fell() {
    let (_, followed, fetches) = leader_and_follower(|| panic!("meant to"));
    assert_eq!((followed, fetches), (Ok(2), 2));
}

#[test]
fn a_thread_that_waits_can_be_cancelled_and_does_not_wait_for_ever() {
    let flight = Flight::<u32> {
        state: Mutex::new(State::Running),
        ended: Condvar::new(),
    };
    let cancel = Cancel::default();
    let late = wait(&flight, Instant::now(), &cancel);
    assert_eq!(late, Some(Err(FetchProblem::TimedOut(Phase::Other))));
    cancel.cancel();
    assert_eq!(wait(&flight, far(), &cancel), Some(Err(FetchProblem::Cancelled)));
}

#[test]
fn fetches_at_once_are_bounded() {
    fn nested(flights: &Flights<usize, usize>, depth: usize) -> Outcome<usize> {
        flights.share(&depth, far(), &Cancel::default(), &mut || {
            nested(flights, depth + 1).or(Ok(depth))
        })
    }
    assert_eq!(nested(&Flights::default(), 0), Ok(FLIGHTS_MAX - 1));
}
