//! How long a failed address is left alone. Pure: the instant is an argument, the state is the store's to keep.
//!
//! Not here: what counts as a failure, which is the caller's word.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use varco_pki::Timestamp;

use super::error::FetchProblem;
use super::retry_after::RetryAfter;

/// The wait after the first failure, doubled by each that follows.
const FIRST: Duration = Duration::from_secs(30);
/// The longest wait that failures alone come to.
const WAIT_MAX: Duration = Duration::from_secs(6 * 3600);
/// The longest wait that a server can ask for.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 3600);

/// What is remembered about an address that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Backoff {
    failures: u32,
    #[serde(serialize_with = "write_instant", deserialize_with = "read_instant")]
    not_before: Option<Timestamp>,
}

impl Backoff {
    /// How often it failed since it last went well.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// When it may be tried again.
    #[must_use]
    pub fn not_before(&self) -> Option<Timestamp> {
        self.not_before
    }

    /// Whether it may be tried now.
    ///
    /// An instant further away than any wait can be was not set by a clock that agrees with this one, and holds
    /// nothing back.
    ///
    /// # Errors
    /// [`FetchProblem::BackingOff`] with the instant from which it may.
    pub fn check(&self, now: Timestamp) -> Result<(), FetchProblem> {
        match self.not_before {
            Some(until) if now < until && until <= after(now, RETRY_AFTER_MAX) => {
                Err(FetchProblem::BackingOff { until })
            }
            _ => Ok(()),
        }
    }

    /// It failed at `now`: not again for 30 s, twice as long after each further failure, six hours at most. A server
    /// that asks for more time gets it, up to a day; one that asks for less does not get it.
    pub fn failed(&mut self, now: Timestamp, retry_after: Option<RetryAfter>) {
        let doubled = 2_u32.checked_pow(self.failures).unwrap_or(u32::MAX);
        let wait = FIRST.checked_mul(doubled).unwrap_or(WAIT_MAX).min(WAIT_MAX);
        let own = after(now, wait);
        let asked = match retry_after {
            Some(RetryAfter::Seconds(seconds)) => {
                after(now, Duration::from_secs(seconds).min(RETRY_AFTER_MAX))
            }
            Some(RetryAfter::At(at)) => at.min(after(now, RETRY_AFTER_MAX)),
            None => own,
        };
        self.failures = self.failures.saturating_add(1);
        self.not_before = Some(own.max(asked));
    }

    /// It went well: nothing is remembered.
    pub fn succeeded(&mut self) {
        *self = Self::default();
    }
}

fn after(now: Timestamp, wait: Duration) -> Timestamp {
    now.saturating_add(wait).unwrap_or(Timestamp::MAX)
}

fn write_instant<S: Serializer>(instant: &Option<Timestamp>, to: S) -> Result<S::Ok, S::Error> {
    instant.map(|instant| instant.to_string()).serialize(to)
}

fn read_instant<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    text.map(|text| text.parse())
        .transpose()
        .map_err(|_| serde::de::Error::custom("no instant"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    const NOON: &str = "2026-11-25T12:00:00Z";

    /// The seconds to wait after so many failures at once.
    fn wait(failures: u32, retry_after: Option<RetryAfter>) -> i64 {
        let mut backoff = Backoff::default();
        for _ in 1..failures {
            backoff.failed(at(NOON), None);
        }
        backoff.failed(at(NOON), retry_after);
        assert_eq!(backoff.failures(), failures);
        backoff.not_before().unwrap().as_second() - at(NOON).as_second()
    }

    #[test]
    fn the_wait_doubles_up_to_six_hours() {
        let waits: Vec<i64> = [1, 2, 3, 9, 10, 11, 40, 100]
            .map(|failures| wait(failures, None))
            .into();
        assert_eq!(waits, [30, 60, 120, 7680, 15360, 21600, 21600, 21600]);
    }

    #[test]
    fn a_server_gets_more_time_but_never_less_and_never_more_than_a_day() {
        assert_eq!(wait(1, Some(RetryAfter::Seconds(3600))), 3600);
        assert_eq!(wait(3, Some(RetryAfter::Seconds(1))), 120);
        assert_eq!(wait(1, Some(RetryAfter::Seconds(u64::MAX))), 86400);
        assert_eq!(wait(1, Some(RetryAfter::At(at("2026-11-25T13:00:00Z")))), 3600);
        assert_eq!(wait(1, Some(RetryAfter::At(at("2006-11-25T13:00:00Z")))), 30);
        assert_eq!(wait(1, Some(RetryAfter::At(Timestamp::MAX))), 86400);
    }

    #[test]
    fn nothing_is_tried_before_its_time_and_all_is_after_it() {
        let mut backoff = Backoff::default();
        assert_eq!(backoff.check(at(NOON)), Ok(()));
        backoff.failed(at(NOON), None);
        let until = at("2026-11-25T12:00:30Z");
        assert_eq!(backoff.check(at(NOON)), Err(FetchProblem::BackingOff { until }));
        assert_eq!(backoff.check(until), Ok(()));
        backoff.succeeded();
        assert_eq!(backoff, Backoff::default());
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_hold_an_address_for_years() {
        let mut backoff = Backoff::default();
        backoff.failed(at("2036-11-25T12:00:00Z"), None);
        assert_eq!(backoff.check(at(NOON)), Ok(()));
        backoff.failed(Timestamp::MAX, Some(RetryAfter::Seconds(9)));
        assert_eq!(backoff.not_before(), Some(Timestamp::MAX));
    }

    #[test]
    fn the_state_survives_being_kept() {
        let mut backoff = Backoff::default();
        backoff.failed(at(NOON), None);
        let kept = serde_json::to_string(&backoff).unwrap();
        assert_eq!(kept, r#"{"failures":1,"not_before":"2026-11-25T12:00:30Z"}"#);
        assert_eq!(serde_json::from_str::<Backoff>(&kept).unwrap(), backoff);
        assert!(serde_json::from_str::<Backoff>(r#"{"failures":1,"not_before":"x"}"#).is_err());
    }
}
