//! Instants as the store keeps them: whole microseconds since 1970, which hold all of the calendar's range in 64 bits
//! (nanoseconds do not).

use jiff::Timestamp;
use varco_access_policy::{FactError, StoreFailure, Validity};

use super::fault::Fault;

/// The microsecond in which the instant lies: what is finer is cut off towards the past, before 1970 too.
pub(super) fn kept(at: Timestamp) -> i64 {
    let is_cut_upwards = at.subsec_nanosecond() % 1000 < 0;
    at.as_microsecond() - i64::from(is_cut_upwards)
}

/// The instant that was kept.
pub(super) fn given(microseconds: i64) -> Result<Timestamp, StoreFailure> {
    // Not by `Timestamp::from_microsecond`, which knows nothing of the calendar's last second.
    let nanoseconds = i32::try_from(microseconds.rem_euclid(1_000_000) * 1000).unwrap_or_default();
    Timestamp::new(microseconds.div_euclid(1_000_000), nanoseconds)
        .map_err(|_| StoreFailure::Corrupt("an instant is out of range".to_owned()))
}

/// Beginning and end as they are kept. What would last less than a microsecond has no place.
pub(super) fn kept_span(validity: Validity) -> Result<(i64, Option<i64>), Fault> {
    let (from, until) = (kept(validity.from()), validity.until().map(kept));
    if until.is_some_and(|until| until <= from) {
        return Err(FactError::BeforeBeginning.into());
    }
    Ok((from, until))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_microsecond_of_the_calendar_comes_back_as_it_was() {
        for at in [Timestamp::MIN, Timestamp::MAX, Timestamp::UNIX_EPOCH] {
            let cut = given(kept(at)).unwrap();
            assert!(cut <= at && at.duration_since(cut).as_micros() == 0);
            assert_eq!(given(kept(cut)).unwrap(), cut);
        }
        let at: Timestamp = "2026-11-28T09:00:00.123456Z".parse().unwrap();
        assert_eq!(given(kept(at)).unwrap(), at);
    }

    #[test]
    fn what_is_finer_than_a_microsecond_is_cut_towards_the_past() {
        for (whole, kept_as) in [
            ("2026-11-28T09:00:00.123456999Z", "2026-11-28T09:00:00.123456Z"),
            ("1969-12-31T23:59:59.999999001Z", "1969-12-31T23:59:59.999999Z"),
            ("1901-01-01T00:00:00.000000999Z", "1901-01-01T00:00:00Z"),
        ] {
            let at: Timestamp = whole.parse().unwrap();
            assert_eq!(given(kept(at)).unwrap().to_string(), kept_as);
        }
    }

    #[test]
    fn what_is_out_of_range_is_damage() {
        assert_eq!(given(i64::MAX).unwrap_err().code(), "records-corrupt");
        assert_eq!(given(i64::MIN).unwrap_err().code(), "records-corrupt");
    }

    #[test]
    fn what_lasts_no_microsecond_is_refused() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let validity = Validity::new(
            at("2026-01-01T00:00:00Z"),
            Some(at("2026-01-01T00:00:00.0000005Z")),
        );
        assert!(kept_span(validity.unwrap()).is_err());
    }
}
