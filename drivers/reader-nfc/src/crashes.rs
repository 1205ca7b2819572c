//! How often a reader's child ended by itself, and how long to wait before the next is started.
//!
//! Not here: starting it.

use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use crate::child::Lost;

/// After the first crash; each further one in a row doubles it.
const FIRST: Duration = Duration::from_millis(125);
/// No longer than this.
const LONGEST: Duration = Duration::from_secs(8);

/// The crashes of one reader, for all that open it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Crashes(Arc<Mutex<InARow>>);

#[derive(Debug, Default)]
struct InARow {
    count: u32,
    last: Option<Instant>,
}

impl Crashes {
    /// Takes note of how a question ended. A child that answers anything at all does not end the row: it must open a
    /// reader and find a card before it crashes, and a reader that kills each child would never be waited for.
    pub(crate) fn note(&self, lost: Option<&Lost>) {
        if let Some(Lost::Ended) = lost {
            let mut row = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            row.count = row.count.saturating_add(1);
            row.last = Some(Instant::now());
        }
    }

    /// A card's session ended well.
    pub(crate) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = InARow::default();
    }

    /// What is left of the rest after the last crash.
    pub(crate) fn left(&self) -> Duration {
        let row = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = delay(row.count);
        row.last
            .map_or(Duration::ZERO, |last| rest.saturating_sub(last.elapsed()))
    }

    /// Waits so long.
    pub(crate) fn rest(&self) {
        std::thread::sleep(self.left());
    }
}

fn delay(count: u32) -> Duration {
    let doubled = FIRST.saturating_mul(1_u32.checked_shl(count.saturating_sub(1)).unwrap_or(u32::MAX));
    doubled.min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_doubles_and_has_an_end() {
        assert_eq!(delay(1), FIRST);
        assert_eq!(delay(3), FIRST * 4);
        assert_eq!(delay(32), LONGEST);
        assert_eq!(delay(u32::MAX), LONGEST);
    }

    #[test]
    fn only_an_end_counts_and_a_good_session_is_a_new_beginning() {
        let crashes = Crashes::default();
        crashes.note(Some(&Lost::TimedOut));
        crashes.note(None);
        assert_eq!(crashes.0.lock().unwrap().count, 0);
        crashes.note(Some(&Lost::Ended));
        let begun = Instant::now();
        crashes.note(Some(&Lost::Ended));
        assert_eq!(crashes.0.lock().unwrap().count, 2);
        crashes.rest();
        assert!(begun.elapsed() >= FIRST);
        crashes.forget();
        assert_eq!(crashes.0.lock().unwrap().count, 0);
    }
}
