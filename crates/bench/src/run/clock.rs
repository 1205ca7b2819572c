//! How much time a scenario has left: that in which hands are at work is not its own.
//!
//! Not here: how long hands may take for one thing, which their rig knows; this is longer, and for a rig that hangs.

use std::time::{Duration, Instant};

/// How much longer than the rig's own limit hands may take.
const BEYOND_RIG: Duration = Duration::from_secs(60);

/// The time of a scenario.
pub(super) struct Clock {
    limit: Duration,
    deadline: Instant,
    hands_limit: Duration,
    by_hand_since: Option<Instant>,
}

impl Clock {
    /// Begins now. `rig_limit` is how long hands may take for one thing.
    pub(super) fn begin(limit: Duration, rig_limit: Duration) -> Self {
        Self {
            limit,
            deadline: Instant::now() + limit,
            hands_limit: rig_limit + BEYOND_RIG,
            by_hand_since: None,
        }
    }

    pub(super) fn by_hand(&mut self, is_busy: bool) {
        match (is_busy, self.by_hand_since) {
            (true, None) => self.by_hand_since = Some(Instant::now()),
            (false, Some(since)) => {
                self.deadline += since.elapsed();
                self.by_hand_since = None;
            }
            _ => {}
        }
    }

    pub(super) fn is_by_hand(&self) -> bool {
        self.by_hand_since.is_some()
    }

    pub(super) fn left(&self) -> Duration {
        let deadline = self
            .by_hand_since
            .map_or(self.deadline, |since| since + self.hands_limit);
        deadline.saturating_duration_since(Instant::now())
    }

    /// The one that counts now.
    pub(super) fn limit(&self) -> Duration {
        if self.is_by_hand() {
            self.hands_limit
        } else {
            self.limit
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_hands_is_not_that_of_what_is_tested() {
        let second = Duration::from_secs(1);
        let mut clock = Clock::begin(Duration::ZERO, second);
        assert_eq!(clock.left(), Duration::ZERO);
        clock.by_hand(true);
        clock.by_hand(true);
        assert!(clock.left() > second && clock.is_by_hand());
        clock.by_hand(false);
        assert_eq!((clock.left(), clock.limit()), (Duration::ZERO, Duration::ZERO));
        let mut clock = Clock::begin(100 * second, second);
        let begun = clock.deadline;
        clock.by_hand(true);
        std::thread::sleep(Duration::from_millis(20));
        clock.by_hand(false);
        assert!(clock.deadline >= begun + Duration::from_millis(20));
    }
}
