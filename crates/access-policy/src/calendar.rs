//! The dates that the rules turn on, read from `data/calendar.toml`.
//!
//! Every date of the sheet stands there, also those that later acts superseded and those that no rule asks for yet.

use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ZonedDateTime, civil::Date};
use serde::Deserialize;

use crate::PolicyError;

/// The time in Rome, by the rules that are compiled in: no file of the system is read.
#[expect(
    clippy::expect_used,
    reason = "the zone is compiled in, and a test of this crate takes it"
)]
static ROME: LazyLock<TimeZone> = LazyLock::new(|| {
    TimeZoneDatabase::bundled()
        .get("Europe/Rome")
        .expect("Europe/Rome is compiled in")
});

/// An instant as clocks in Rome show it.
pub(crate) fn in_rome(at: Timestamp) -> ZonedDateTime {
    at.to_zoned_datetime(ROME.clone())
}

/// The subject of the date until which INPS PINs are taken.
const INPS_PIN_END: &str = "inps-pin-end";

/// One date as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Event {
    /// Its own id.
    id: String,
    /// What it dates. One date of each subject is in force.
    subject: String,
    /// The day as the act words it: a first day or a last.
    day: String,
    /// The first instant from which things are different: RFC 3339, local midnight in Rome.
    effective: String,
    /// The acts and documents that say so.
    source: String,
    /// The id of the date that took its place.
    superseded_by: Option<String>,
}

/// The end of something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    /// The last day on which it held.
    pub(crate) last_day: Date,
    /// The first instant at which it does not.
    pub(crate) ended_at: Timestamp,
}

/// The dates in force.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    inps_pin_end: End,
}

impl Calendar {
    /// Checks every date and keeps those that the rules need.
    pub(crate) fn new(events: &[Event]) -> Result<Self, PolicyError> {
        let mut ends = Vec::new();
        for event in events {
            let end = read(event, events)?;
            if event.subject == INPS_PIN_END && event.superseded_by.is_none() {
                ends.push(end);
            }
        }
        match ends[..] {
            [inps_pin_end] => Ok(Self { inps_pin_end }),
            _ => Err(PolicyError::DateNotUnique(INPS_PIN_END)),
        }
    }

    pub(crate) fn inps_pin_end(&self) -> End {
        self.inps_pin_end
    }
}

fn read(event: &Event, events: &[Event]) -> Result<End, PolicyError> {
    let invalid = || PolicyError::DateInvalid(event.id.clone());
    if events.iter().filter(|other| other.id == event.id).count() > 1 {
        return Err(PolicyError::Duplicate(event.id.clone()));
    }
    let successor_known = event.superseded_by.as_ref().is_none_or(|successor| {
        events
            .iter()
            .any(|other| other.id == *successor && other.id != event.id && other.subject == event.subject)
    });
    if !successor_known || event.source.is_empty() {
        return Err(invalid());
    }
    Ok(End {
        last_day: event.day.parse().map_err(|_| invalid())?,
        ended_at: event.effective.parse().map_err(|_| invalid())?,
    })
}
