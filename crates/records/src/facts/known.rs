//! What every decision asks. Each part is found by an index, and all of it is of one instant of the store.

use rusqlite::{Connection, params};
use varco_access_policy::{
    Categorised, FACTS_MAX, FactQuery, FactSource, KnownFacts, ServiceId, StoreFailure,
};
use varco_auth::CodiceFiscale;

use super::Records;
use super::fault::Fault;
use super::rows::{self, category_columns, delegation_columns, enablement_columns};

pub(super) const ENABLEMENTS: &str = concat!(
    "SELECT ",
    enablement_columns!(),
    " FROM enablement WHERE holder = ?1 AND service = ?2 ORDER BY id DESC LIMIT ?3"
);
pub(super) const DELEGATIONS: &str = concat!(
    "SELECT ",
    delegation_columns!(),
    " FROM delegation WHERE delegator = ?1 AND delegate = ?2 ORDER BY id DESC LIMIT ?3"
);
pub(super) const CATEGORIES: &str = concat!(
    "SELECT ",
    category_columns!(),
    " FROM category WHERE person = ?1 ORDER BY id DESC LIMIT ?2"
);

impl FactSource for Records {
    fn known(&self, query: FactQuery<'_>) -> Result<KnownFacts, StoreFailure> {
        // Behind the lock of the connection that it bounds.
        self.question(|connection| self.budget.bound(|| known(connection, query)))
    }
}

fn known(connection: &Connection, query: FactQuery<'_>) -> Result<KnownFacts, Fault> {
    // No service is named so.
    let service = query.service.map_or("", ServiceId::as_str);
    let subject = query.subject.as_str();
    let asked = asked();
    let mut known = KnownFacts {
        enablements: few(rows::all(
            connection,
            ENABLEMENTS,
            params![subject, service, asked],
            rows::enablement,
        )?)?,
        subject_categories: categories(connection, query.subject)?,
        ..KnownFacts::default()
    };
    if let Some(person) = query.acting_for {
        let params = params![person.as_str(), subject, asked];
        known.delegations = few(rows::all(connection, DELEGATIONS, params, rows::delegation)?)?;
        known.acted_for_categories = categories(connection, person)?;
    }
    Ok(known)
}

fn categories(connection: &Connection, person: &CodiceFiscale) -> Result<Vec<Categorised>, Fault> {
    let params = params![person.as_str(), asked()];
    few(rows::all(connection, CATEGORIES, params, rows::category)?)
}

/// How many rows are asked for: one more than are taken, to see whether there are more.
fn asked() -> i64 {
    rows::listed(FACTS_MAX + 1)
}

/// No more than a decision looks at. Cut off, the list could lack what forbids.
fn few<T>(facts: Vec<T>) -> Result<Vec<T>, Fault> {
    if facts.len() > FACTS_MAX {
        return Err(StoreFailure::TooMany.into());
    }
    Ok(facts)
}
