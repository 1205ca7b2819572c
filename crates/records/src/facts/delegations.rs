//! Delegations: registered within their limits, revoked, listed; and the limit that can be set.
//!
//! The limits themselves are kept by the file, in `migrations/`.

use core::num::NonZeroU8;

use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension as _, params};
use varco_access_policy::{
    Change, Delegation, DelegationKind, FactError, FactId, NewDelegation, StoreFailure,
};
use varco_auth::CodiceFiscale;

use super::fault::{Fault, raised};
use super::rows::{self, delegation_columns};
use super::{Records, instant};

/// For how many persons one may act in a kind that is limited, where no limit was set. `[access sheet, delegation: N]`
pub const DELEGATION_LIMIT: u32 = 5;
/// Years of birth that a person who is acted for can have.
const BIRTH_YEARS: core::ops::RangeInclusive<i16> = 1800..=2199;

const ADD: &str = "INSERT INTO delegation (delegator, delegate, kind, from_us, until_us, birth_date, channel, \
     registered_who, registered_us, registered_act) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
const REVOKE: &str = "UPDATE delegation SET revoked_who = ?2, revoked_us = ?3, revoked_act = ?4 \
     WHERE id = ?1 AND ended_us > ?3 AND ended_us > from_us";
const ONE: &str = concat!("SELECT ", delegation_columns!(), " FROM delegation WHERE id = ?1");
const LIST: &str = concat!(
    "SELECT ",
    delegation_columns!(),
    " FROM delegation WHERE id > ?1 ORDER BY id LIMIT ?2"
);
const LIST_OF: &str = concat!(
    "SELECT ",
    delegation_columns!(),
    " FROM delegation WHERE id IN (SELECT id FROM delegation WHERE delegator = ?3 AND id > ?1 \
     UNION SELECT id FROM delegation WHERE delegate = ?3 AND id > ?1) ORDER BY id LIMIT ?2"
);
const LIMIT: &str = "SELECT persons FROM delegation_limit ORDER BY id DESC LIMIT 1";
const SET_LIMIT: &str = "INSERT INTO delegation_limit (persons, who, at_us, act) VALUES (?1, ?2, ?3, ?4)";

impl Records {
    /// For how many persons one may act at an instant in a kind that is limited: what was set last, or [`DELEGATION_LIMIT`].
    ///
    /// # Errors
    /// [`StoreFailure`].
    pub fn delegation_limit(&self) -> Result<u32, StoreFailure> {
        self.question(limit)
    }

    /// Sets that number. Delegations that are there stay, be they more.
    ///
    /// # Errors
    /// [`StoreFailure`].
    pub fn set_delegation_limit(&self, persons: NonZeroU8, set: &Change) -> Result<(), StoreFailure> {
        let params = params![persons.get(), set.who(), instant::kept(set.at()), set.act()];
        self.change(|connection| Ok(connection.prepare_cached(SET_LIMIT)?.execute(params)?))
            .map(drop)
            .map_err(|error| Fault::from(error).into())
    }
}

pub(super) fn add(connection: &Connection, new: &NewDelegation) -> Result<Delegation, Fault> {
    if new.delegator == new.delegate {
        return Err(FactError::SamePerson.into());
    }
    if !is_birth_date_right(new) {
        return Err(FactError::BirthDate.into());
    }
    let (from, until) = instant::kept_span(new.validity)?;
    let added = connection.prepare_cached(ADD)?.insert(params![
        new.delegator.as_str(),
        new.delegate.as_str(),
        new.kind.name(),
        from,
        until,
        new.birth_date.map(|date| date.to_string()),
        new.channel.name(),
        new.registered.who(),
        instant::kept(new.registered.at()),
        new.registered.act(),
    ]);
    match added {
        Ok(id) => existing(connection, id),
        Err(error) if raised(&error) == Some("delegation-limit-reached") => {
            let limit = limit(connection)?;
            Err(FactError::LimitReached { limit }.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// That it is there where it must be, and is the date that the codice fiscale tells without its century.
fn is_birth_date_right(new: &NewDelegation) -> bool {
    match new.birth_date {
        None => new.kind != DelegationKind::Parent,
        Some(date) => BIRTH_YEARS.contains(&date.year()) && is_of(&new.delegator, date),
    }
}

fn is_of(person: &CodiceFiscale, date: Date) -> bool {
    let told = person.birth_date(Some(date.year()));
    let is_year = matches!(told.year, varco_auth::BirthYear::Known(_));
    is_year
        && i16::from(told.month) == i16::from(date.month())
        && i16::from(told.day) == i16::from(date.day())
}

pub(super) fn revoke(connection: &Connection, id: FactId, revoked: &Change) -> Result<Delegation, Fault> {
    let at = instant::kept(revoked.at());
    let found = one(connection, id)?.ok_or(FactError::NotThere)?;
    let id = rows::number(found.id);
    let params = params![id, revoked.who(), at, revoked.act()];
    // One that was revoked for later is revoked earlier.
    if connection.prepare_cached(REVOKE)?.execute(params)? == 0 {
        return Err(FactError::AlreadyEnded.into());
    }
    existing(connection, id)
}

pub(super) fn one(connection: &Connection, id: FactId) -> Result<Option<Delegation>, Fault> {
    let mut found = rows::all(connection, ONE, [rows::number(id)], rows::delegation)?;
    Ok(found.pop())
}

fn existing(connection: &Connection, id: i64) -> Result<Delegation, Fault> {
    let mut found = rows::all(connection, ONE, [id], rows::delegation)?;
    found.pop().ok_or_else(|| FactError::NotThere.into())
}

pub(super) fn list(
    connection: &Connection,
    person: Option<&CodiceFiscale>,
    after: FactId,
    limit: usize,
) -> Result<Vec<Delegation>, Fault> {
    let (after, limit) = (rows::number(after), rows::listed(limit));
    match person {
        None => rows::all(connection, LIST, params![after, limit], rows::delegation),
        Some(person) => {
            let params = params![after, limit, person.as_str()];
            rows::all(connection, LIST_OF, params, rows::delegation)
        }
    }
}

fn limit(connection: &Connection) -> Result<u32, Fault> {
    let set = connection
        .prepare_cached(LIMIT)?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(set.unwrap_or(DELEGATION_LIMIT))
}
