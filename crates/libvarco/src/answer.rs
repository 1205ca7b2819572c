//! One question's answer: it may come while the prompt is called, or later and from another thread.
//!
//! Not here: the question (`prompt`).

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use varco::EntryError;
use varco::steps::Pin;

use crate::call_error::CallError;
use crate::problem::Problem;

/// What a question waits for.
pub(crate) struct Answer {
    state: Mutex<State>,
    bell: Condvar,
    /// When nothing is taken any more: what comes late may be meant for another card.
    deadline: Instant,
}

enum State {
    Open,
    Given(Pin),
    Cancelled,
    /// Nobody waits any more, or what was given has been taken.
    Over,
}

impl Answer {
    pub(crate) fn new(deadline: Instant) -> Self {
        Self {
            state: Mutex::new(State::Open),
            bell: Condvar::new(),
            deadline,
        }
    }

    /// Takes the digits out of `source`, which is wiped whatever comes of it. Too many of them leave the question open.
    pub(crate) fn give(&self, source: &mut [u8]) -> Result<(), Problem> {
        let taken = Pin::take_from(source);
        let pin = taken.map_err(|_| Problem::of_entry(&EntryError::TooLong))?;
        Ok(self.settle(State::Given(pin))?)
    }

    /// Nobody will answer.
    pub(crate) fn cancel(&self) -> Result<(), CallError> {
        self.settle(State::Cancelled)
    }

    fn settle(&self, with: State) -> Result<(), CallError> {
        let mut state = self.state();
        if self.is_late() && matches!(*state, State::Open) {
            *state = State::Over;
        }
        if !matches!(*state, State::Open) {
            return Err(CallError::Answered);
        }
        *state = with;
        self.bell.notify_all();
        Ok(())
    }

    /// What was given so far, `None` where nothing was. The question is over with that.
    pub(crate) fn take(&self) -> Option<Result<Pin, EntryError>> {
        taken(&mut self.state())
    }

    /// What is given in time. The question is over with that.
    pub(crate) fn wait(&self) -> Result<Pin, EntryError> {
        let mut state = self.state();
        while matches!(*state, State::Open) {
            let left = self.deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let waited = self.bell.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        taken(&mut state).unwrap_or(Err(EntryError::TimedOut))
    }

    /// Whether the time is over.
    pub(crate) fn is_late(&self) -> bool {
        Instant::now() > self.deadline
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn taken(state: &mut State) -> Option<Result<Pin, EntryError>> {
    match std::mem::replace(state, State::Over) {
        State::Open | State::Over => None,
        State::Given(pin) => Some(Ok(pin)),
        State::Cancelled => Some(Err(EntryError::Cancelled)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "test code: what fails here fails the test")]

    use std::time::Duration;

    use super::*;

    fn far() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    #[test]
    fn what_comes_late_is_wiped_and_not_taken() {
        let answer = Answer::new(Instant::now() - Duration::from_millis(1));
        let mut digits = *b"12345";
        assert_eq!(answer.give(&mut digits).unwrap_err().code(), "call-answered");
        assert_eq!(digits, [0; 5]);
        assert_eq!(answer.wait().unwrap_err(), EntryError::TimedOut);
    }

    #[test]
    fn one_answer_is_taken_and_the_source_is_wiped_in_any_case() {
        let answer = Answer::new(far());
        let mut digits = *b"12345";
        answer.give(&mut digits).unwrap();
        let mut again = *b"54321";
        assert_eq!(answer.give(&mut again).unwrap_err().code(), "call-answered");
        assert_eq!((digits, again), ([0; 5], [0; 5]));
        assert_eq!(answer.cancel(), Err(CallError::Answered));
        assert_eq!(answer.take().unwrap().unwrap().length(), 5);
        assert!(answer.take().is_none());
        assert_eq!(answer.cancel(), Err(CallError::Answered));
    }

    #[test]
    fn too_many_digits_are_wiped_and_leave_the_question_open() {
        let answer = Answer::new(far());
        let mut many = [b'1'; 40];
        assert_eq!(answer.give(&mut many).unwrap_err().code(), "pin-wrong-form");
        assert_eq!(many, [0; 40]);
        answer.cancel().unwrap();
        assert_eq!(answer.take().unwrap().unwrap_err(), EntryError::Cancelled);
    }

    #[test]
    fn an_answer_from_another_thread_ends_the_wait_and_none_ends_it_by_time() {
        let answer = Answer::new(far());
        std::thread::scope(|scope| {
            scope.spawn(|| answer.give(&mut b"12345".to_owned()).unwrap());
            assert_eq!(answer.wait().unwrap().length(), 5);
        });
        let unanswered = Answer::new(Instant::now()).wait();
        assert_eq!(unanswered.unwrap_err(), EntryError::TimedOut);
    }
}
