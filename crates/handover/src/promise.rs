//! One value that one side gives and the other takes: by waiting, or as a future.
//!
//! Not here: stopping whoever is to give it ([`Control`](crate::Control)).

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use crate::sync::{Arc, Condvar, Mutex, lock, wait, wake};

/// Whoever was to give a value is gone without it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("whoever was to give it is gone")]
pub struct Lost;

enum Value<T> {
    Awaited(Option<Waker>),
    Given(T),
    Lost,
    /// The taker is gone, or has it.
    Unwanted,
}

struct Shared<T> {
    value: Mutex<Value<T>>,
    changed: Condvar,
}

/// Gives the value, once.
pub struct Giver<T>(Arc<Shared<T>>);

/// Takes the value: [`Taker::wait`], or as a future.
pub struct Taker<T>(Arc<Shared<T>>);

/// A value that is to come.
#[must_use]
pub fn promise<T>() -> (Giver<T>, Taker<T>) {
    let shared = Arc::new(Shared {
        value: Mutex::new(Value::Awaited(None)),
        changed: Condvar::new(),
    });
    (Giver(Arc::clone(&shared)), Taker(shared))
}

impl<T> Shared<T> {
    /// Settles what was awaited; gives back what nobody waits for.
    fn settle(&self, settled: Value<T>) -> Option<Value<T>> {
        let mut value = lock(&self.value);
        let Value::Awaited(waker) = &mut *value else {
            return Some(settled);
        };
        let waker = waker.take();
        *value = settled;
        drop(value);
        self.changed.notify_all();
        if let Some(waker) = waker {
            wake(waker);
        }
        None
    }
}

impl<T> Giver<T> {
    /// Gives it.
    ///
    /// # Errors
    /// The value, where nobody will take it any more.
    pub fn give(self, value: T) -> Result<(), T> {
        match self.0.settle(Value::Given(value)) {
            Some(Value::Given(value)) => Err(value),
            _ => Ok(()),
        }
    }
}

impl<T> Drop for Giver<T> {
    fn drop(&mut self) {
        // After `give` there is nothing awaited.
        let _ = self.0.settle(Value::Lost);
    }
}

impl<T> Taker<T> {
    /// Waits for it.
    ///
    /// # Errors
    /// [`Lost`].
    pub fn wait(self) -> Result<T, Lost> {
        let mut value = lock(&self.0.value);
        loop {
            match take(&mut value) {
                Some(taken) => return taken,
                None => value = wait(&self.0.changed, value),
            }
        }
    }
}

/// What was settled, if anything was.
fn take<T>(value: &mut Value<T>) -> Option<Result<T, Lost>> {
    if matches!(value, Value::Awaited(_)) {
        return None;
    }
    match core::mem::replace(value, Value::Unwanted) {
        Value::Given(given) => Some(Ok(given)),
        // Taken before: there is no second one.
        _ => Some(Err(Lost)),
    }
}

impl<T> Future for Taker<T> {
    type Output = Result<T, Lost>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // Outside the lock, as all that is done with it: a waker is somebody else's.
        let new = context.waker().clone();
        let mut value = lock(&self.0.value);
        if let Value::Awaited(waker) = &mut *value {
            let old = waker.replace(new);
            drop(value);
            drop(old);
            return Poll::Pending;
        }
        let taken = take(&mut value);
        drop(value);
        Poll::Ready(taken.unwrap_or(Err(Lost)))
    }
}

impl<T> Drop for Taker<T> {
    fn drop(&mut self) {
        let left = core::mem::replace(&mut *lock(&self.0.value), Value::Unwanted);
        // Outside the lock: what a value does when it is dropped is its own affair.
        drop(left);
    }
}

#[cfg(all(test, not(loom)))]
#[allow(clippy::unwrap_used, reason = "test code")]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_is_taken_and_what_is_lost_is_told() {
        let (giver, taker) = promise();
        giver.give(7).unwrap();
        assert_eq!(taker.wait(), Ok(7));
        let (giver, taker) = promise::<u8>();
        drop(giver);
        assert_eq!(taker.wait(), Err(Lost));
    }

    #[test]
    fn what_nobody_takes_comes_back_or_is_dropped() {
        let (giver, taker) = promise();
        drop(taker);
        assert_eq!(giver.give(7), Err(7));
        let kept = Arc::new(());
        let (giver, taker) = promise();
        giver.give(Arc::clone(&kept)).unwrap();
        drop(taker);
        assert_eq!(Arc::strong_count(&kept), 1);
    }

    #[test]
    fn a_future_is_woken_by_the_value() {
        struct Flag(std::sync::atomic::AtomicBool);
        impl std::task::Wake for Flag {
            fn wake(self: Arc<Self>) {
                self.0.store(true, std::sync::atomic::Ordering::SeqCst);
            }
        }
        let flag = Arc::new(Flag(false.into()));
        let waker = Waker::from(Arc::clone(&flag));
        let mut context = Context::from_waker(&waker);
        let (giver, mut taker) = promise();
        assert_eq!(Pin::new(&mut taker).poll(&mut context), Poll::Pending);
        giver.give(7).unwrap();
        assert!(flag.0.load(std::sync::atomic::Ordering::SeqCst));
        assert_eq!(Pin::new(&mut taker).poll(&mut context), Poll::Ready(Ok(7)));
        assert_eq!(Pin::new(&mut taker).poll(&mut context), Poll::Ready(Err(Lost)));
    }
}
