//! Handles: tokens that stand for what lives here, so that a wrong one is found out instead of followed.
//!
//! Not here: what stands behind them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use crate::call_error::CallError;

/// The next token, of whatever kind: no two are ever the same, so none of one kind passes for one of another. 0 is none.
static NEXT: AtomicUsize = AtomicUsize::new(1);

/// All handles of a kind.
pub(crate) struct Table<T> {
    /// What an argument of this kind is called in the header.
    name: &'static str,
    held: Mutex<BTreeMap<usize, Arc<T>>>,
}

impl<T> Table<T> {
    pub(crate) const fn new(name: &'static str) -> Self {
        Self {
            name,
            held: Mutex::new(BTreeMap::new()),
        }
    }

    /// A token for something new. Where no token is left, which on 32 bits takes four thousand million, it is refused.
    pub(crate) fn add(&self, new: Arc<T>) -> Result<usize, CallError> {
        let next = |token: usize| token.checked_add(1);
        let token = NEXT
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, next)
            .map_err(|_| CallError::Value(self.name))?;
        self.held().insert(token, new);
        Ok(token)
    }

    /// What a token stands for.
    pub(crate) fn find(&self, token: usize) -> Result<Arc<T>, CallError> {
        match token {
            0 => Err(CallError::Null(self.name)),
            token => self
                .held()
                .get(&token)
                .cloned()
                .ok_or(CallError::Handle(self.name)),
        }
    }

    /// Ends a token.
    pub(crate) fn remove(&self, token: usize) -> Option<Arc<T>> {
        // What goes is dropped by the caller, when the table is free again.
        self.held().remove(&token)
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<usize, Arc<T>>> {
        // Nothing panics between a change's beginning and its end.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Table<Mutex<T>> {
    /// Works with what a token stands for, which nobody else does meanwhile.
    pub(crate) fn with<R, E: From<CallError>>(
        &self,
        token: usize,
        work: impl FnOnce(&mut T) -> Result<R, E>,
    ) -> Result<R, E> {
        let found = self.find(token)?;
        let mut only = self.only(&found)?;
        // Freed by another thread in between, it is not used any more.
        self.find(token)?;
        work(&mut *only)
    }

    /// Ends what a token stands for, unless it is in use. 0 is nothing to end.
    pub(crate) fn free(&self, token: usize) -> Result<(), CallError> {
        if token == 0 {
            return Ok(());
        }
        let found = self.find(token)?;
        let only = self.only(&found)?;
        // Of two that free it at once, one finds it gone.
        let removed = self.remove(token).ok_or(CallError::Handle(self.name))?;
        drop(only);
        drop(removed);
        Ok(())
    }

    fn only<'f>(&self, found: &'f Mutex<T>) -> Result<MutexGuard<'f, T>, CallError> {
        match found.try_lock() {
            Ok(only) => Ok(only),
            Err(TryLockError::Poisoned(after_panic)) => Ok(after_panic.into_inner()),
            Err(TryLockError::WouldBlock) => Err(CallError::Busy(self.name)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "test code: what fails here fails the test")]

    use super::*;

    #[test]
    fn a_token_is_never_given_twice_and_none_of_one_kind_passes_for_another() {
        let (one, other) = (Table::new("one"), Table::new("other"));
        let first = one.add(Arc::new(Mutex::new(1))).unwrap();
        let second = other.add(Arc::new(Mutex::new(2))).unwrap();
        assert_ne!(first, second);
        assert_eq!(one.find(second).unwrap_err(), CallError::Handle("one"));
        assert_eq!(one.free(first), Ok(()));
        assert_eq!(one.free(first), Err(CallError::Handle("one")));
        assert_eq!(one.find(0).unwrap_err(), CallError::Null("one"));
        assert_eq!(one.free(0), Ok(()));
    }

    #[test]
    fn what_is_in_use_is_neither_used_nor_freed_by_others() {
        let table = Table::new("table");
        let token = table.add(Arc::new(Mutex::new(1))).unwrap();
        table
            .with(token, |_| {
                let again = table.with(token, |_| Ok::<(), CallError>(()));
                assert_eq!(again, Err(CallError::Busy("table")));
                assert_eq!(table.free(token), Err(CallError::Busy("table")));
                Ok::<(), CallError>(())
            })
            .unwrap();
        assert_eq!(table.free(token), Ok(()));
    }
}
