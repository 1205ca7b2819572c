//! Threads that add at once are written at once: the first to come writes for all who wait.
//!
//! Not here: the writing.

use std::collections::{HashMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::reach::BATCH_MAX;
use super::{AuditError, Entry};

/// Who waits to be written.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<(u64, Entry)>,
    done: HashMap<u64, Result<(), AuditError>>,
    next: u64,
    is_led: bool,
}

/// Answers those who were taken, however the writing ends.
struct Taken<'q> {
    queue: &'q Queue,
    tickets: Vec<u64>,
    answer: Result<(), AuditError>,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut state = self.queue.lock();
        for ticket in self.tickets.drain(..) {
            state.done.insert(ticket, self.answer.clone());
        }
        state.is_led = false;
        drop(state);
        self.queue.changed.notify_all();
    }
}

impl Queue {
    /// Waits until an entry is written, by this thread or by another.
    pub(super) fn pass(
        &self,
        entry: Entry,
        write: impl Fn(&[Entry]) -> Result<(), AuditError>,
    ) -> Result<(), AuditError> {
        let mut state = self.lock();
        let mine = state.next;
        state.next = state.next.wrapping_add(1);
        state.waiting.push_back((mine, entry));
        loop {
            if let Some(answer) = state.done.remove(&mine) {
                return answer;
            }
            if state.is_led {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            state.is_led = true;
            let count = state.waiting.len().min(BATCH_MAX);
            let (tickets, entries): (Vec<_>, Vec<_>) = state.waiting.drain(..count).unzip();
            drop(state);
            let mut taken = Taken {
                queue: self,
                tickets,
                answer: Err(AuditError::Broken),
            };
            taken.answer = write(&entries);
            drop(taken);
            state = self.lock();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
