//! Categories of persons: recorded, ended, listed.

use rusqlite::{Connection, params};
use varco_access_policy::{Categorised, Category, Change, FactError, FactId, Validity};
use varco_auth::CodiceFiscale;

use super::enablements::none_to_end;
use super::fault::Fault;
use super::instant;
use super::rows::{self, category_columns};

const RECORD: &str = "INSERT INTO category (person, category, from_us, until_us, recorded_who, recorded_us, recorded_act) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
const END: &str = "UPDATE category SET revoked_who = ?2, revoked_us = ?3, revoked_act = ?4 WHERE id = ?1";
const ONE: &str = concat!("SELECT ", category_columns!(), " FROM category WHERE id = ?1");
/// Those that can be ended: that hold at the instant or after it. One that was ended for later is ended earlier.
const OPEN: &str = "SELECT id FROM category \
     WHERE person = ?1 AND category = ?2 AND ended_us > ?3 AND ended_us > from_us ORDER BY id";
const ANY: &str = "SELECT 1 FROM category WHERE person = ?1 AND category = ?2";
const LIST: &str = concat!(
    "SELECT ",
    category_columns!(),
    " FROM category WHERE id > ?1 ORDER BY id LIMIT ?2"
);
const LIST_OF: &str = concat!(
    "SELECT ",
    category_columns!(),
    " FROM category WHERE person = ?3 AND id > ?1 ORDER BY id LIMIT ?2"
);

pub(super) fn record(
    connection: &Connection,
    person: &CodiceFiscale,
    category: Category,
    validity: Validity,
    recorded: &Change,
) -> Result<Categorised, Fault> {
    let (from, until) = instant::kept_span(validity)?;
    let id = connection.prepare_cached(RECORD)?.insert(params![
        person.as_str(),
        category.name(),
        from,
        until,
        recorded.who(),
        instant::kept(recorded.at()),
        recorded.act(),
    ])?;
    one(connection, id)
}

pub(super) fn end(
    connection: &Connection,
    person: &CodiceFiscale,
    category: Category,
    ended: &Change,
) -> Result<Vec<Categorised>, Fault> {
    let at = instant::kept(ended.at());
    let of = (person.as_str(), category.name());
    let open = rows::all(connection, OPEN, params![of.0, of.1, at], |row| Ok(row.get(0)?))?;
    if open.is_empty() {
        let is_any = connection.prepare_cached(ANY)?.exists(params![of.0, of.1])?;
        return Err(none_to_end(is_any).into());
    }
    let mut ending = connection.prepare_cached(END)?;
    let mut all = Vec::with_capacity(open.len());
    for id in open {
        ending.execute(params![id, ended.who(), at, ended.act()])?;
        all.push(one(connection, id)?);
    }
    Ok(all)
}

pub(super) fn list(
    connection: &Connection,
    person: Option<&CodiceFiscale>,
    after: FactId,
    limit: usize,
) -> Result<Vec<Categorised>, Fault> {
    let (after, limit) = (rows::number(after), rows::listed(limit));
    match person {
        None => rows::all(connection, LIST, params![after, limit], rows::category),
        Some(person) => {
            let params = params![after, limit, person.as_str()];
            rows::all(connection, LIST_OF, params, rows::category)
        }
    }
}

fn one(connection: &Connection, id: i64) -> Result<Categorised, Fault> {
    let mut found = rows::all(connection, ONE, [id], rows::category)?;
    found.pop().ok_or_else(|| FactError::NotThere.into())
}
