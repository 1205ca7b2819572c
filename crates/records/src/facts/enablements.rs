//! Enablements: granted, revoked, listed.

use rusqlite::{Connection, params};
use varco_access_policy::{Change, Enablement, FactError, FactId, NewEnablement, ServiceId};
use varco_auth::CodiceFiscale;

use super::fault::Fault;
use super::instant;
use super::rows::{self, enablement_columns};

const GRANT: &str = "INSERT INTO enablement (holder, service, from_us, until_us, granted_who, granted_us, granted_act) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
const REVOKE: &str =
    "UPDATE enablement SET revoked_who = ?2, revoked_us = ?3, revoked_act = ?4 WHERE id = ?1";
const ONE: &str = concat!("SELECT ", enablement_columns!(), " FROM enablement WHERE id = ?1");
/// Those that can be revoked: that hold at the instant or after it. One that was revoked for later is revoked earlier.
const OPEN: &str = "SELECT id FROM enablement \
     WHERE holder = ?1 AND service = ?2 AND ended_us > ?3 AND ended_us > from_us ORDER BY id";
const ANY: &str = "SELECT 1 FROM enablement WHERE holder = ?1 AND service = ?2";
const LIST: &str = concat!(
    "SELECT ",
    enablement_columns!(),
    " FROM enablement WHERE id > ?1 ORDER BY id LIMIT ?2"
);
const LIST_OF: &str = concat!(
    "SELECT ",
    enablement_columns!(),
    " FROM enablement WHERE holder = ?3 AND id > ?1 ORDER BY id LIMIT ?2"
);

pub(super) fn grant(connection: &Connection, new: &NewEnablement) -> Result<Enablement, Fault> {
    let (from, until) = instant::kept_span(new.validity)?;
    let id = connection.prepare_cached(GRANT)?.insert(params![
        new.holder.as_str(),
        new.service.as_str(),
        from,
        until,
        new.granted.who(),
        instant::kept(new.granted.at()),
        new.granted.act(),
    ])?;
    one(connection, id)
}

pub(super) fn revoke(
    connection: &Connection,
    holder: &CodiceFiscale,
    service: &ServiceId,
    revoked: &Change,
) -> Result<Vec<Enablement>, Fault> {
    let at = instant::kept(revoked.at());
    let of = (holder.as_str(), service.as_str());
    let open = rows::all(connection, OPEN, params![of.0, of.1, at], |row| Ok(row.get(0)?))?;
    if open.is_empty() {
        let is_any = connection.prepare_cached(ANY)?.exists(params![of.0, of.1])?;
        return Err(none_to_end(is_any).into());
    }
    let mut revocation = connection.prepare_cached(REVOKE)?;
    let mut ended = Vec::with_capacity(open.len());
    for id in open {
        revocation.execute(params![id, revoked.who(), at, revoked.act()])?;
        ended.push(one(connection, id)?);
    }
    Ok(ended)
}

/// Why nothing is there to end: because of all that there were, or because there was none.
pub(super) fn none_to_end(is_any: bool) -> FactError {
    if is_any {
        FactError::AlreadyEnded
    } else {
        FactError::NotThere
    }
}

pub(super) fn list(
    connection: &Connection,
    holder: Option<&CodiceFiscale>,
    after: FactId,
    limit: usize,
) -> Result<Vec<Enablement>, Fault> {
    let (after, limit) = (rows::number(after), rows::listed(limit));
    match holder {
        None => rows::all(connection, LIST, params![after, limit], rows::enablement),
        Some(holder) => {
            let params = params![after, limit, holder.as_str()];
            rows::all(connection, LIST_OF, params, rows::enablement)
        }
    }
}

fn one(connection: &Connection, id: i64) -> Result<Enablement, Fault> {
    let mut found = rows::all(connection, ONE, [id], rows::enablement)?;
    found.pop().ok_or_else(|| FactError::NotThere.into())
}
