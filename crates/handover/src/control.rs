//! What a running piece of work and those who may stop it agree about: how far it is, whether it is to end, and the answer
//! of a person for whom it waits.
//!
//! Not here: the work, and time. Whoever keeps the time stops it at its deadline.

use crate::sync::{Arc, Condvar, Mutex, lock, wait};

/// Why work is to end before it is done.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Stop {
    /// Somebody wants it so.
    Cancelled,
    /// Its time is over.
    Deadline,
    /// Nobody waits for it any more.
    Abandoned,
}

/// What a stop comes to, at the instant at which it was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Effect {
    /// The work has not begun, and will not.
    NotBegun,
    /// No PIN was sent and none will be: it ends before its next command.
    BeforePin,
    /// A PIN is on its way to the card and cannot be taken back. Its answer is awaited; then the work ends and the card is reset.
    PinInFlight,
    /// A PIN was sent and answered. The work ends before its next command, but for the question for the PIN's counter, and the card
    /// is reset.
    AfterPin,
    /// The work was over already.
    Over,
}

/// Why a person's answer did not come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unanswered {
    /// The work is to end.
    Stopped(Stop),
    /// Whoever was asked let the question go.
    Dropped,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Waiting,
    BeforePin,
    PinInFlight,
    AfterPin,
    Over,
}

enum Question<A> {
    None,
    Open(u64),
    Answered(A),
    Dropped,
}

struct Inner<A> {
    stage: Stage,
    was_pin_let_through: bool,
    stop: Option<Stop>,
    question: Question<A>,
    questions: u64,
}

struct Shared<A> {
    inner: Mutex<Inner<A>>,
    changed: Condvar,
}

/// One piece of work, as its worker and its stoppers see it; clones are the same.
pub struct Control<A>(Arc<Shared<A>>);

impl<A> Clone for Control<A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<A> Default for Control<A> {
    fn default() -> Self {
        Self::new()
    }
}

impl<A> Control<A> {
    /// Of work that has not begun.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Shared {
            inner: Mutex::new(Inner {
                stage: Stage::Waiting,
                was_pin_let_through: false,
                stop: None,
                question: Question::None,
                questions: 0,
            }),
            changed: Condvar::new(),
        }))
    }

    /// Asks the work to end. The first reason stays. What is told holds from this instant on.
    pub fn stop(&self, why: Stop) -> Effect {
        let mut inner = lock(&self.0.inner);
        let effect = match inner.stage {
            Stage::Waiting => Effect::NotBegun,
            Stage::BeforePin => Effect::BeforePin,
            Stage::PinInFlight => Effect::PinInFlight,
            Stage::AfterPin => Effect::AfterPin,
            Stage::Over => return Effect::Over,
        };
        inner.stop.get_or_insert(why);
        drop(inner);
        self.0.changed.notify_all();
        effect
    }

    /// Begins the work.
    ///
    /// # Errors
    /// [`Stop`]: it is not to begin.
    pub fn begin(&self) -> Result<(), Stop> {
        let mut inner = lock(&self.0.inner);
        match inner.stop {
            Some(stop) => Err(stop),
            None => {
                inner.stage = Stage::BeforePin;
                Ok(())
            }
        }
    }

    /// Whether the next command may be sent.
    ///
    /// # Errors
    /// [`Stop`]: it is not to be.
    pub fn may_go_on(&self) -> Result<(), Stop> {
        lock(&self.0.inner).stop.map_or(Ok(()), Err)
    }

    /// Lets a command with a PIN through. From here on a stop says that it is on its way.
    ///
    /// # Errors
    /// [`Stop`]: it is not to be sent.
    pub fn let_pin_through(&self) -> Result<(), Stop> {
        let mut inner = lock(&self.0.inner);
        match inner.stop {
            Some(stop) => Err(stop),
            None => {
                inner.stage = Stage::PinInFlight;
                inner.was_pin_let_through = true;
                Ok(())
            }
        }
    }

    /// The command with the PIN was answered, or its answer is lost for good.
    pub fn pin_answered(&self) {
        let mut inner = lock(&self.0.inner);
        if inner.stage == Stage::PinInFlight {
            inner.stage = Stage::AfterPin;
        }
    }

    /// The work is over, or what is left of it cannot be stopped in this way. Tells whether it was stopped before.
    pub fn finish(&self) -> Option<Stop> {
        let mut inner = lock(&self.0.inner);
        inner.stage = Stage::Over;
        let stop = inner.stop;
        let left = core::mem::replace(&mut inner.question, Question::None);
        drop(inner);
        self.0.changed.notify_all();
        drop(left);
        stop
    }

    /// Whether a command with a PIN was let through, however it went on.
    #[must_use]
    pub fn was_pin_let_through(&self) -> bool {
        lock(&self.0.inner).was_pin_let_through
    }

    /// Whether the work is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        lock(&self.0.inner).stage == Stage::Over
    }

    /// Opens a question. An older one does not count any more.
    #[must_use]
    pub fn ask(&self) -> Answer<A> {
        let mut inner = lock(&self.0.inner);
        inner.questions += 1;
        let number = inner.questions;
        let left = core::mem::replace(&mut inner.question, Question::Open(number));
        drop(inner);
        drop(left);
        Answer {
            control: self.clone(),
            number,
        }
    }

    /// Waits for the answer to the question that was opened last.
    ///
    /// # Errors
    /// [`Unanswered`]: the stop, or whoever was asked let go. A later answer comes back to who gives it.
    pub fn answer(&self) -> Result<A, Unanswered> {
        let mut inner = lock(&self.0.inner);
        loop {
            if let Some(stop) = inner.stop {
                let left = core::mem::replace(&mut inner.question, Question::None);
                drop(inner);
                drop(left);
                return Err(Unanswered::Stopped(stop));
            }
            if !matches!(inner.question, Question::Open(_)) {
                return match core::mem::replace(&mut inner.question, Question::None) {
                    Question::Answered(answer) => Ok(answer),
                    _ => Err(Unanswered::Dropped),
                };
            }
            inner = wait(&self.0.changed, inner);
        }
    }
}

/// The way to answer one question, from any thread and at any time. Dropping it lets the question go.
pub struct Answer<A> {
    control: Control<A>,
    number: u64,
}

impl<A> Answer<A> {
    /// Answers.
    ///
    /// # Errors
    /// The answer, where nobody waits for it any more.
    pub fn give(self, answer: A) -> Result<(), A> {
        self.settle(Question::Answered(answer))
            .map_or(Ok(()), |left| match left {
                Question::Answered(answer) => Err(answer),
                _ => Ok(()),
            })
    }

    /// Whether an answer is still waited for.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        let inner = lock(&self.control.0.inner);
        inner.stop.is_none() && matches!(inner.question, Question::Open(number) if number == self.number)
    }

    fn settle(&self, settled: Question<A>) -> Option<Question<A>> {
        let mut inner = lock(&self.control.0.inner);
        if inner.stop.is_some() || !matches!(inner.question, Question::Open(number) if number == self.number)
        {
            return Some(settled);
        }
        inner.question = settled;
        drop(inner);
        self.control.0.changed.notify_all();
        None
    }
}

impl<A> Drop for Answer<A> {
    fn drop(&mut self) {
        // After `give` its question is not open any more.
        let _ = self.settle(Question::Dropped);
    }
}

#[cfg(all(test, not(loom)))]
#[allow(clippy::unwrap_used, reason = "test code")]
mod tests {
    use super::*;

    #[test]
    fn a_stop_says_what_it_comes_to_at_every_stage() {
        let at = |bring: fn(&Control<u8>)| {
            let control = Control::new();
            bring(&control);
            control.stop(Stop::Cancelled)
        };
        assert_eq!(at(|_| ()), Effect::NotBegun);
        assert_eq!(at(|control| control.begin().unwrap()), Effect::BeforePin);
        assert_eq!(
            at(|control| control.let_pin_through().unwrap()),
            Effect::PinInFlight
        );
        assert_eq!(
            at(|control| {
                control.let_pin_through().unwrap();
                control.pin_answered();
            }),
            Effect::AfterPin
        );
        assert_eq!(at(|control| assert_eq!(control.finish(), None)), Effect::Over);
    }

    #[test]
    fn after_a_stop_nothing_goes_on_and_its_first_reason_stays() {
        let control = Control::<u8>::new();
        control.stop(Stop::Deadline);
        control.stop(Stop::Cancelled);
        for refused in [control.begin(), control.may_go_on(), control.let_pin_through()] {
            assert_eq!(refused, Err(Stop::Deadline));
        }
    }

    #[test]
    fn a_question_is_answered_once_let_go_or_stopped() {
        let control = Control::new();
        control.ask().give(7).unwrap();
        assert_eq!(control.answer(), Ok(7));
        drop(control.ask());
        assert_eq!(control.answer(), Err(Unanswered::Dropped));
        let older = control.ask();
        let newer = control.ask();
        assert_eq!(older.give(1), Err(1));
        assert!(newer.is_awaited());
        control.stop(Stop::Cancelled);
        assert!(!newer.is_awaited());
        assert_eq!(control.answer(), Err(Unanswered::Stopped(Stop::Cancelled)));
        assert_eq!(newer.give(2), Err(2));
    }
}
