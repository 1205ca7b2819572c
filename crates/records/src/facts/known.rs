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
        self.question(|connection| known(connection, query))
    }
}

fn known(connection: &Connection, query: FactQuery<'_>) -> Result<KnownFacts, Fault> {
    // No service is named so.
    let service = query.service.map_or("", ServiceId::as_str);
    let subject = query.subject.as_str();
    let most = rows::listed(FACTS_MAX);
    let mut known = KnownFacts {
        enablements: rows::all(
            connection,
            ENABLEMENTS,
            params![subject, service, most],
            rows::enablement,
        )?,
        subject_categories: categories(connection, query.subject)?,
        ..KnownFacts::default()
    };
    if let Some(person) = query.acting_for {
        let params = params![person.as_str(), subject, most];
        known.delegations = rows::all(connection, DELEGATIONS, params, rows::delegation)?;
        known.acted_for_categories = categories(connection, person)?;
    }
    Ok(known)
}

fn categories(connection: &Connection, person: &CodiceFiscale) -> Result<Vec<Categorised>, Fault> {
    let params = params![person.as_str(), rows::listed(FACTS_MAX)];
    rows::all(connection, CATEGORIES, params, rows::category)
}
