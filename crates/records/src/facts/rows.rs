//! A row of a table as a value. What a column must not hold is damage, and is named without what it holds.

use jiff::civil::Date;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Params, Row};
use varco_access_policy::{
    Categorised, Category, Change, Channel, Delegation, DelegationKind, Enablement, FactError, FactId,
    ServiceId, StoreFailure, Validity,
};
use varco_auth::CodiceFiscale;

use super::fault::Fault;
use super::{LISTED_MAX, instant};

/// The columns of an enablement, in the order in which [`enablement`] reads them.
macro_rules! enablement_columns {
    () => {
        "id, holder, from_us, until_us, granted_who, granted_us, granted_act, revoked_who, revoked_us, revoked_act, service"
    };
}
/// The columns of a delegation, in the order in which [`delegation`] reads them.
macro_rules! delegation_columns {
    () => {
        "id, delegator, from_us, until_us, registered_who, registered_us, registered_act, revoked_who, revoked_us, \
         revoked_act, delegate, kind, birth_date, channel"
    };
}
/// The columns of a category, in the order in which [`category`] reads them.
macro_rules! category_columns {
    () => {
        "id, person, from_us, until_us, recorded_who, recorded_us, recorded_act, revoked_who, revoked_us, revoked_act, \
         category"
    };
}
pub(super) use {category_columns, delegation_columns, enablement_columns};

/// Every row that a prepared statement gives.
pub(super) fn all<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl Fn(&Row<'_>) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(read(row).map_err(|fault| named(row, fault))?);
    }
    Ok(all)
}

/// What is damaged, with the number of its row, so that it can be found.
fn named(row: &Row<'_>, fault: Fault) -> Fault {
    match (fault, row.get::<_, i64>(0)) {
        (Fault::Fact(FactError::Store(StoreFailure::Corrupt(why))), Ok(number)) => {
            StoreFailure::Corrupt(format!("number {number}: {why}")).into()
        }
        (fault, _) => fault,
    }
}

/// How many rows a list is asked for.
pub(super) fn listed(limit: usize) -> i64 {
    i64::try_from(limit.min(LISTED_MAX)).unwrap_or_default()
}

/// The number as SQLite has it; none is as large as what does not fit.
pub(super) fn number(id: FactId) -> i64 {
    i64::try_from(id.0).unwrap_or(i64::MAX)
}

pub(super) fn enablement(row: &Row<'_>) -> Result<Enablement, Fault> {
    Ok(Enablement {
        id: id(row, 0)?,
        holder: person(row, 1)?,
        service: ServiceId::parse(text(row, 10)?).map_err(|_| damaged("a service"))?,
        validity: validity(row)?,
        granted: change(row, 4)?,
        revoked: change_or_none(row, 7)?,
    })
}

pub(super) fn delegation(row: &Row<'_>) -> Result<Delegation, Fault> {
    let birth_date = text_or_none(row, 12)?
        .map(|date| date.parse::<Date>().map_err(|_| damaged("a birth date")))
        .transpose()?;
    Ok(Delegation {
        id: id(row, 0)?,
        delegator: person(row, 1)?,
        delegate: person(row, 10)?,
        kind: DelegationKind::from_name(text(row, 11)?).ok_or_else(|| damaged("a kind of delegation"))?,
        validity: validity(row)?,
        birth_date,
        channel: Channel::from_name(text(row, 13)?).ok_or_else(|| damaged("a channel"))?,
        registered: change(row, 4)?,
        revoked: change_or_none(row, 7)?,
    })
}

pub(super) fn category(row: &Row<'_>) -> Result<Categorised, Fault> {
    Ok(Categorised {
        id: id(row, 0)?,
        person: person(row, 1)?,
        category: Category::from_name(text(row, 10)?).ok_or_else(|| damaged("a category"))?,
        validity: validity(row)?,
        recorded: change(row, 4)?,
        ended: change_or_none(row, 7)?,
    })
}

pub(super) fn id(row: &Row<'_>, column: usize) -> Result<FactId, Fault> {
    let number = row.get::<_, i64>(column)?;
    Ok(FactId(u64::try_from(number).map_err(|_| damaged("a number"))?))
}

pub(super) fn text<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r str, Fault> {
    row.get_ref(column)?.as_str().map_err(|_| damaged("a text"))
}

fn text_or_none<'r>(row: &'r Row<'_>, column: usize) -> Result<Option<&'r str>, Fault> {
    row.get_ref(column)?
        .as_str_or_null()
        .map_err(|_| damaged("a text"))
}

/// Who, when and by which act, in three columns.
pub(super) fn change(row: &Row<'_>, column: usize) -> Result<Change, Fault> {
    let at = instant::given(row.get(column + 1)?)?;
    Change::new(text(row, column)?, at, text(row, column + 2)?).map_err(|_| damaged("who changed something"))
}

fn change_or_none(row: &Row<'_>, column: usize) -> Result<Option<Change>, Fault> {
    if row.get_ref(column + 1)? == ValueRef::Null {
        return Ok(None);
    }
    change(row, column).map(Some)
}

fn person(row: &Row<'_>, column: usize) -> Result<CodiceFiscale, Fault> {
    CodiceFiscale::parse(text(row, column)?).map_err(|_| damaged("a codice fiscale"))
}

fn validity(row: &Row<'_>) -> Result<Validity, Fault> {
    let from = instant::given(row.get(2)?)?;
    let until = row.get::<_, Option<i64>>(3)?.map(instant::given).transpose()?;
    Validity::new(from, until).map_err(|_| damaged("an end that is not after its beginning"))
}

fn damaged(what: &str) -> Fault {
    StoreFailure::Corrupt(format!("what it holds in the place of {what} is none")).into()
}
