//! The dates that the rules turn on, from `data/calendar.toml`, and the time in Rome.
//!
//! Every date of the sheet stands in the data, also those that later acts superseded and those that no rule asks for.
//!
//! Not here: ages and categories (`person`).

use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ZonedDateTime};
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

/// The day in Rome.
pub(crate) fn day_in_rome(at: Timestamp) -> Date {
    in_rome(at).date()
}

/// The first instant of a day in Rome. `None` at the end of the calendar's range.
#[must_use]
pub fn midnight_in_rome(day: Date) -> Option<Timestamp> {
    let midnight = day.to_datetime(jiff::civil::Time::midnight());
    ROME.to_timestamp(midnight).ok()
}

/// The last day in Rome of what holds until just before an instant.
pub(crate) fn last_day(until: Timestamp) -> Date {
    let before = until.checked_sub(jiff::Span::new().milliseconds(1));
    day_in_rome(before.unwrap_or(until))
}

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

/// A date in force.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct InForce {
    /// The day as the act words it.
    pub(crate) day: Date,
    /// The first instant at which things are different.
    pub(crate) effective: Timestamp,
}

/// The dates in force that rules ask for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Calendar {
    /// No new INPS PIN from here on.
    pub(crate) no_new_pin: InForce,
    /// No INPS PIN is taken from here on.
    pub(crate) pin_end: InForce,
    /// The same in profiles other than that of citizen.
    pub(crate) pin_end_professional: InForce,
    /// Delegations are registered at offices from here on.
    pub(crate) delegations_at_offices: InForce,
    /// And online from here on.
    pub(crate) delegations_online: InForce,
}

impl Calendar {
    /// Checks every date and keeps those that the rules need.
    pub(crate) fn new(events: &[Event]) -> Result<Self, PolicyError> {
        let mut in_force = Vec::new();
        for event in events {
            let date = read(event, events)?;
            if event.superseded_by.is_none() {
                in_force.push((event.subject.as_str(), date));
            }
        }
        let the = |subject: &'static str| {
            let mut dates = in_force.iter().filter(|(of, _)| *of == subject);
            match (dates.next(), dates.next()) {
                (Some((_, date)), None) => Ok(*date),
                _ => Err(PolicyError::DateNotUnique(subject)),
            }
        };
        Ok(Self {
            no_new_pin: the("inps-pin-issue-end")?,
            pin_end: the("inps-pin-end")?,
            pin_end_professional: the("inps-pin-end-professional")?,
            delegations_at_offices: the("delegation-at-office-start")?,
            delegations_online: the("delegation-online-start")?,
        })
    }

    /// The instants from which something is different, for advice about waiting.
    pub(crate) fn beginnings(&self) -> [InForce; 2] {
        [self.delegations_at_offices, self.delegations_online]
    }
}

fn read(event: &Event, events: &[Event]) -> Result<InForce, PolicyError> {
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
    let date = InForce {
        day: event.day.parse().map_err(|_| invalid())?,
        effective: event.effective.parse().map_err(|_| invalid())?,
    };
    // A first day begins, or a last day has ended, at that midnight in Rome.
    let local = in_rome(date.effective);
    let is_midnight = local.time() == jiff::civil::Time::midnight();
    let is_its_day = local.date() == date.day || date.day.tomorrow().is_ok_and(|next| next == local.date());
    if !is_midnight || !is_its_day {
        return Err(invalid());
    }
    Ok(date)
}
