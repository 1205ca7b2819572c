//! The clock of a journey: it goes by what cards and people take, and jumps where a fault makes it.
//!
//! Not here: any real clock. Nothing waits.

use core::time::Duration;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use varco_pki::Timestamp;

/// When every journey begins, in seconds since 1970: 1 June 2026, when most of the fixtures are valid.
const BEGINS_S: i64 = 1_780_272_000;

/// What it said: a second since 1970, and the number of the command that any card heard next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Said {
    pub(crate) second: i64,
    pub(crate) before: u64,
}

/// A clock that stands still unless it is moved.
#[derive(Default)]
pub(crate) struct Clock {
    /// What people took, and jumps, in seconds.
    moved_s: AtomicI64,
    /// All that it said, in its order, each with the number that the next command to a card had then.
    said: Mutex<Vec<Said>>,
}

impl Clock {
    /// The time, for the code under test, where exchanges took so long and the reader's faults moved it so far; what is said is
    /// kept.
    pub(crate) fn say(&self, exchanged: Duration, jumped_s: i64, before: u64) -> Timestamp {
        let second = BEGINS_S
            .saturating_add_unsigned(exchanged.as_secs())
            .saturating_add(jumped_s)
            .saturating_add(self.moved_s.load(Ordering::SeqCst));
        self.said.lock().unwrap().push(Said { second, before });
        Timestamp::from_second(second).unwrap()
    }

    /// What it said since the last time.
    pub(crate) fn take_said(&self) -> Vec<Said> {
        std::mem::take(&mut *self.said.lock().unwrap())
    }

    /// Somebody takes so long, or it jumps.
    pub(crate) fn move_by(&self, seconds: i64) {
        self.moved_s.fetch_add(seconds, Ordering::SeqCst);
    }
}
