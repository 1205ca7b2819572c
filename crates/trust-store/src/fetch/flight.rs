//! One fetch for all threads that want the same at once.
//!
//! Not here: other processes (`lock`), and what is fetched.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::cancel::{Cancel, LOOK_EVERY};
use super::error::{FetchProblem, Phase};

/// Most fetches under way at once.
const FLIGHTS_MAX: usize = 64;
/// How often a thread that waits takes over from others that gave up, before it gives up itself.
const ROUNDS_MAX: usize = 16;

type Outcome<V> = Result<V, FetchProblem>;

/// The fetches under way, by what they fetch.
#[derive(Debug)]
pub(crate) struct Flights<K, V>(Mutex<HashMap<K, Arc<Flight<V>>>>);

#[derive(Debug)]
struct Flight<V> {
    state: Mutex<State<V>>,
    ended: Condvar,
}

#[derive(Debug, Clone)]
enum State<V> {
    Running,
    /// The thread that fetched was cancelled or fell: others still want it.
    Abandoned,
    Done(Outcome<V>),
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing is ever left half changed under these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K, V> Default for Flights<K, V> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

/// Ends a flight, whatever becomes of the thread that leads it.
struct Lead<'f, K: Eq + Hash, V> {
    flights: &'f Flights<K, V>,
    key: &'f K,
    flight: Arc<Flight<V>>,
    outcome: Option<Outcome<V>>,
}

impl<K: Eq + Hash, V> Drop for Lead<'_, K, V> {
    fn drop(&mut self) {
        lock(&self.flights.0).remove(self.key);
        *lock(&self.flight.state) = match self.outcome.take() {
            None | Some(Err(FetchProblem::Cancelled)) => State::Abandoned,
            Some(outcome) => State::Done(outcome),
        };
        self.flight.ended.notify_all();
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Flights<K, V> {
    /// Fetches by `fetch`, or waits for a thread that does so for the same key. Who waits takes over from one that gave up, or
    /// that began earlier and had no time left.
    ///
    /// # Errors
    /// That of the fetch; [`FetchProblem::Cancelled`] by this thread's own flag alone.
    pub(crate) fn share(
        &self,
        key: &K,
        deadline: Instant,
        cancel: &Cancel,
        fetch: &mut dyn FnMut() -> Outcome<V>,
    ) -> Outcome<V> {
        for _ in 0..ROUNDS_MAX {
            let other = {
                let mut running = lock(&self.0);
                match running.get(key) {
                    Some(flight) => Arc::clone(flight),
                    None if running.len() >= FLIGHTS_MAX => return Err(FetchProblem::Busy),
                    None => {
                        let flight = Arc::new(Flight {
                            state: Mutex::new(State::Running),
                            ended: Condvar::new(),
                        });
                        running.insert(key.clone(), Arc::clone(&flight));
                        drop(running);
                        return self.lead(key, flight, fetch);
                    }
                }
            };
            match wait(&other, deadline, cancel) {
                None => {}
                // The other one's time was up, not this one's.
                Some(Err(FetchProblem::TimedOut(phase))) if is_of_one(phase) && Instant::now() < deadline => {
                }
                Some(outcome) => return outcome,
            }
        }
        Err(FetchProblem::Busy)
    }

    /// How many threads wait for the fetch of this key: they hold it, beside the map and the one that leads.
    #[cfg(test)]
    pub(crate) fn waiting(&self, key: &K) -> usize {
        let running = lock(&self.0);
        running
            .get(key)
            .map_or(0, |flight| Arc::strong_count(flight).saturating_sub(2))
    }

    fn lead(&self, key: &K, flight: Arc<Flight<V>>, fetch: &mut dyn FnMut() -> Outcome<V>) -> Outcome<V> {
        let mut lead = Lead {
            flights: self,
            key,
            flight,
            outcome: None,
        };
        let outcome = fetch();
        lead.outcome = Some(outcome.clone());
        outcome
    }
}

/// Whether such a time is measured from when a thread began, so that another one's is not up with it.
fn is_of_one(phase: Phase) -> bool {
    match phase {
        Phase::Name | Phase::Overall | Phase::Other => true,
        Phase::Connect | Phase::Send | Phase::Idle => false,
    }
}

/// The outcome of another thread's fetch. None when it was abandoned.
fn wait<V: Clone>(flight: &Flight<V>, deadline: Instant, cancel: &Cancel) -> Option<Outcome<V>> {
    let mut state = lock(&flight.state);
    loop {
        match &*state {
            State::Done(outcome) => return Some(outcome.clone()),
            State::Abandoned => return None,
            State::Running => {}
        }
        if cancel.is_cancelled() {
            return Some(Err(FetchProblem::Cancelled));
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Some(Err(FetchProblem::TimedOut(Phase::Other)));
        }
        state = flight
            .ended
            .wait_timeout(state, left.min(LOOK_EVERY))
            .unwrap_or_else(PoisonError::into_inner)
            .0;
    }
}

#[cfg(test)]
mod tests;
