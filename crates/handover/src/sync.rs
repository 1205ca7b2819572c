//! Locks and condition variables: the standard library's, or those of the model checker.
//!
//! Not here: anything of our own but the handling of a poisoned lock.

use core::time::Duration;

#[cfg(loom)]
pub(crate) use loom::sync::{Arc, Condvar, Mutex, MutexGuard};
#[cfg(not(loom))]
pub(crate) use std::sync::{Arc, Condvar, Mutex, MutexGuard};

/// What is inside. Whoever panicked with the lock held left plain data behind, whose every state is valid.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Wakes a future. A waker that panics is whoever's it is; the thread that found it goes on.
pub fn wake(waker: core::task::Waker) {
    // There is nothing to say of it, and nobody to say it to.
    let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| waker.wake()));
}

/// Waits to be told that something changed; it may come back without.
pub(crate) fn wait<'a, T>(changed: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    changed
        .wait(guard)
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// As [`wait`], at most so long.
pub(crate) fn wait_within<'a, T>(
    changed: &Condvar,
    guard: MutexGuard<'a, T>,
    most: Duration,
) -> MutexGuard<'a, T> {
    changed
        .wait_timeout(guard, most)
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .0
}
