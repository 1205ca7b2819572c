//! One value that is set once and seen by all who ask, whenever they do.
//!
//! Not here: values that change. What has been signalled stays.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;

use crate::sync::{Arc, Condvar, Mutex, lock, wait_within, wake};

struct Inner<T> {
    value: Option<T>,
    /// Futures that wait, each by its number.
    wakers: Vec<(u64, Waker)>,
    futures: u64,
}

impl<T> Inner<T> {
    /// Takes out the waker of a future.
    fn forget(&mut self, number: u64) -> Option<Waker> {
        let at = self.wakers.iter().position(|(other, _)| *other == number)?;
        Some(self.wakers.swap_remove(at).1)
    }
}

struct Shared<T> {
    inner: Mutex<Inner<T>>,
    changed: Condvar,
}

/// The value and those who wait for it; clones are the same signal.
pub struct Signal<T>(Arc<Shared<T>>);

impl<T> Clone for Signal<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Clone> Default for Signal<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Clone> Signal<T> {
    /// Nothing is signalled yet.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Shared {
            inner: Mutex::new(Inner {
                value: None,
                wakers: Vec::new(),
                futures: 0,
            }),
            changed: Condvar::new(),
        }))
    }

    /// Sets the value, unless one was set; tells whether it was this one.
    pub fn set(&self, value: T) -> bool {
        let mut inner = lock(&self.0.inner);
        if inner.value.is_some() {
            return false;
        }
        inner.value = Some(value);
        let wakers = core::mem::take(&mut inner.wakers);
        drop(inner);
        self.0.changed.notify_all();
        for (_, waker) in wakers {
            wake(waker);
        }
        true
    }

    /// The value, if it was set.
    #[must_use]
    pub fn value(&self) -> Option<T> {
        lock(&self.0.inner).value.clone()
    }

    /// Waits once, at most so long.
    #[must_use]
    pub fn wait_within(&self, most: Duration) -> Option<T> {
        let mut inner = lock(&self.0.inner);
        if inner.value.is_none() {
            inner = wait_within(&self.0.changed, inner, most);
        }
        inner.value.clone()
    }

    /// A future of it. Any number may wait.
    #[must_use]
    pub fn signalled(&self) -> Signalled<T> {
        let mut inner = lock(&self.0.inner);
        inner.futures += 1;
        Signalled {
            number: inner.futures,
            signal: self.clone(),
        }
    }
}

/// The future of a signal.
pub struct Signalled<T> {
    signal: Signal<T>,
    number: u64,
}

impl<T: Clone> Future for Signalled<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        // Outside the lock, as all that is done with it: a waker is somebody else's.
        let new = context.waker().clone();
        let mut inner = lock(&self.signal.0.inner);
        if let Some(value) = &inner.value {
            return Poll::Ready(value.clone());
        }
        let old = inner.forget(self.number);
        inner.wakers.push((self.number, new));
        drop(inner);
        drop(old);
        Poll::Pending
    }
}

impl<T> Drop for Signalled<T> {
    fn drop(&mut self) {
        let old = lock(&self.signal.0.inner).forget(self.number);
        drop(old);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_stays_and_all_see_it() {
        let signal = Signal::new();
        let seen = signal.clone();
        assert_eq!(signal.value(), None);
        assert_eq!(signal.wait_within(Duration::ZERO), None);
        assert!(signal.set(1));
        assert!(!signal.set(2));
        assert_eq!(seen.value(), Some(1));
    }

    #[test]
    fn a_future_that_is_dropped_is_forgotten() {
        let signal = Signal::<u8>::new();
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..3 {
            let mut future = signal.signalled();
            assert!(Pin::new(&mut future).poll(&mut context).is_pending());
            assert!(Pin::new(&mut future).poll(&mut context).is_pending());
            assert_eq!(lock(&signal.0.inner).wakers.len(), 1);
        }
        assert!(lock(&signal.0.inner).wakers.is_empty());
        let mut future = signal.signalled();
        assert!(Pin::new(&mut future).poll(&mut context).is_pending());
        signal.set(3);
        assert_eq!(Pin::new(&mut future).poll(&mut context), Poll::Ready(3));
    }
}
