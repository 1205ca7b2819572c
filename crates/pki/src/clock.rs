//! An instant that is known to have passed, against clocks that were set back.
//!
//! Whoever sets a clock back makes an expired certificate valid again and an old list fresh. What was signed at an
//! instant proves that it has passed: a clock that shows less is wrong.
//!
//! Not here: reading a clock, and keeping the floor between runs, which is the store's.

use std::time::Duration;

use jiff::Timestamp;

/// How far a clock may be behind the floor: signers' clocks are not ours to the second.
const BEHIND_MAX: Duration = Duration::from_secs(5 * 60);
/// How far after the program was built an instant may raise the floor: twenty years. One signer who writes the year 9999
/// must not make every clock wrong for good.
const BELIEVED_MAX: Duration = Duration::from_secs(20 * 366 * 86_400);

/// The latest instant that is known to have passed.
///
/// ```
/// use varco_pki::{ClockFloor, Timestamp};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let built: Timestamp = "2026-11-01T00:00:00Z".parse()?;
/// let mut floor = ClockFloor::new(built);
/// floor.raise("2026-11-25T06:00:00Z".parse()?);
/// assert!(floor.check("2026-11-25T08:00:00Z".parse()?).is_ok());
/// assert_eq!(floor.check("2026-11-24T08:00:00Z".parse()?).unwrap_err().code(), "clock-behind");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockFloor {
    built: Timestamp,
    floor: Timestamp,
}

impl ClockFloor {
    /// A floor at the instant when the program was built.
    #[must_use]
    pub fn new(built: Timestamp) -> Self {
        Self { built, floor: built }
    }

    /// Raises the floor to an instant that was seen in something signed, or that the store kept: a list's thisUpdate
    /// (RFC 5280 §5.1.2.4), the issue date of a trusted list, an OCSP answer's producedAt (RFC 6960 §4.2.2.1). Only after
    /// the signature was found good.
    ///
    /// An earlier instant changes nothing, and one that is twenty years after the build is not believed. Says
    /// whether the floor rose, which is when there is something to keep.
    pub fn raise(&mut self, seen: Timestamp) -> bool {
        let believed = seen <= after(self.built, BELIEVED_MAX);
        let rises = believed && seen > self.floor;
        if rises {
            self.floor = seen;
        }
        rises
    }

    /// The floor, for the store to keep.
    #[must_use]
    pub fn floor(&self) -> Timestamp {
        self.floor
    }

    /// The instant to judge at, for a clock that shows `now`: never before the floor. A clock may be five minutes
    /// behind it.
    ///
    /// # Errors
    /// [`ClockError::Behind`] for a clock that is further behind.
    pub fn check(&self, now: Timestamp) -> Result<Timestamp, ClockError> {
        if after(now, BEHIND_MAX) < self.floor {
            return Err(ClockError::Behind {
                shows: now,
                passed: self.floor,
            });
        }
        Ok(now.max(self.floor))
    }
}

fn after(instant: Timestamp, wait: Duration) -> Timestamp {
    instant.saturating_add(wait).unwrap_or(Timestamp::MAX)
}

/// Why a clock is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClockError {
    /// It shows an instant before one that has passed.
    #[error("the clock shows {shows}, and {passed} has passed already")]
    Behind {
        /// What the clock shows.
        shows: Timestamp,
        /// What is known to have passed.
        passed: Timestamp,
    },
}

impl ClockError {
    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Behind { .. } => "clock-behind",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    const BUILT: &str = "2026-11-01T00:00:00Z";
    const SEEN: &str = "2026-11-25T06:00:00Z";

    fn raised() -> ClockFloor {
        let mut floor = ClockFloor::new(at(BUILT));
        assert!(floor.raise(at(SEEN)));
        floor
    }

    #[test]
    fn a_clock_before_the_build_is_refused() {
        let (shows, passed) = (at("1970-01-01T00:00:00Z"), at(BUILT));
        let refusal = ClockFloor::new(passed).check(shows).unwrap_err();
        assert_eq!(refusal, ClockError::Behind { shows, passed });
    }

    #[test]
    fn a_clock_before_a_list_that_was_seen_is_refused() {
        assert!(raised().check(at("2026-11-25T05:54:59Z")).is_err());
        assert!(raised().check(Timestamp::MIN).is_err());
    }

    #[test]
    fn a_clock_a_few_minutes_behind_is_taken_and_corrected() {
        for now in ["2026-11-25T05:55:00Z", "2026-11-25T05:59:59Z", SEEN] {
            assert_eq!(raised().check(at(now)), Ok(at(SEEN)), "{now}");
        }
    }

    #[test]
    fn a_clock_after_the_floor_is_taken_as_it_is() {
        for now in [
            at("2026-11-25T06:00:01Z"),
            at("2046-01-01T00:00:00Z"),
            Timestamp::MAX,
        ] {
            assert_eq!(raised().check(now), Ok(now));
        }
    }

    #[test]
    fn the_floor_never_sinks() {
        let mut floor = raised();
        for seen in [at(SEEN), at(BUILT), Timestamp::MIN] {
            assert!(!floor.raise(seen));
        }
        assert_eq!(floor.floor(), at(SEEN));
    }

    #[test]
    fn a_signer_from_the_far_future_does_not_stop_every_clock() {
        let mut floor = raised();
        for seen in [at("2060-01-01T00:00:00Z"), Timestamp::MAX] {
            assert!(!floor.raise(seen));
        }
        assert!(floor.check(at("2026-11-25T07:00:00Z")).is_ok());
    }
}
