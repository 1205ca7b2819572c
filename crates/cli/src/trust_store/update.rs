//! `varco trust update`: trusted lists and revocation lists that are due are fetched. Progress goes to standard error.
//!
//! Not here: when this is done, which is a timer's.

use serde_json::{Value, json};
use varco::steps::Timestamp;
use varco::trust::fetch::{Cancel, FetchRules};
use varco::trust::store::{StoreError, TrustStore, Updated, Updates, WhatIsDue};
use varco_messages::Arg;

use super::{coming, problem};
use crate::arguments::UpdateArguments;
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;

/// The territory of --list-url where none is named.
const TERRITORY: &str = "IT";

pub(super) fn run(store: &TrustStore, arguments: &UpdateArguments, output: &Output) -> Exit {
    let updated = match configure(store, arguments).and_then(|()| update(store, arguments, output)) {
        Ok(updated) => updated,
        Err(error) => return output.fail(&problem(&error, output)),
    };
    let failed = updated.iter().find_map(|one| failure(one, output));
    let failed = failed.map(|_| output.problem("store-not-updated", &[]));
    match output.format() {
        Format::Json => output.json(json!({
            "trust_updated": updated.iter().map(|one| to_json(one, output)).collect::<Vec<_>>(),
            "error": failed.as_ref().map(Problem::to_json),
        })),
        Format::Text => text(&updated, failed.as_ref(), output),
    }
    failed.map_or(Exit::Done, |problem| problem.exit())
}

fn configure(store: &TrustStore, arguments: &UpdateArguments) -> Result<(), StoreError> {
    for (hosts, private) in [
        (&arguments.allow_host, false),
        (&arguments.allow_private_host, true),
    ] {
        for host in hosts {
            store.allow_host(host, private)?;
        }
    }
    arguments
        .list_grace
        .map_or(Ok(()), |hours| store.set_list_grace(hours))
}

fn update(
    store: &TrustStore,
    arguments: &UpdateArguments,
    output: &Output,
) -> Result<Vec<Updated>, StoreError> {
    let territory = arguments.territory.clone();
    let territory = territory.or_else(|| arguments.list_url.as_ref().map(|_| TERRITORY.to_owned()));
    let wanted = territory.map(|territory| (territory, arguments.list_url.clone()));
    let updates = Updates {
        rules: FetchRules::default(),
        what: if arguments.all {
            WhatIsDue::All
        } else {
            WhatIsDue::Due
        },
        wanted: wanted.into_iter().collect(),
        kind: arguments.kind.into(),
        cancel: &Cancel::default(),
        progress: &mut |address, progress| coming(address, progress, output.messages()),
    };
    let now = store.clock(Timestamp::now())?;
    store.update(updates, now)
}

/// What kept something from being fetched.
fn failure(updated: &Updated, output: &Output) -> Option<Problem> {
    match updated {
        Updated::New { .. } | Updated::NotModified { .. } => None,
        Updated::NotFetched {
            error: Some(error), ..
        } => Some(Problem::fetch(output.messages(), error)),
        // Nobody said where it is: it has to be imported.
        Updated::NotFetched { error: None, .. } => Some(output.problem("store-not-updated", &[])),
        Updated::Refused { error, .. } => Some(problem(error, output)),
    }
}

fn to_json(updated: &Updated, output: &Output) -> Value {
    let from = match updated {
        Updated::New { from, .. } | Updated::NotModified { from, .. } | Updated::Refused { from, .. } => {
            Some(from.to_string())
        }
        Updated::NotFetched { .. } => None,
    };
    json!({
        "name": updated.name(),
        "outcome": updated.code(),
        "from": from,
        "error": failure(updated, output).as_ref().map(Problem::to_json),
    })
}

fn text(updated: &[Updated], failed: Option<&Problem>, output: &Output) {
    if updated.is_empty() {
        output.line(&output.say("store-nothing-due", &[]));
    }
    for one in updated {
        let from = match one {
            Updated::New { from, .. } | Updated::NotModified { from, .. } | Updated::Refused { from, .. } => {
                from.to_string()
            }
            Updated::NotFetched { .. } => String::new(),
        };
        let arguments = [("name", Arg::Text(one.name())), ("address", Arg::Text(&from))];
        output.line(&output.say(one.code(), &arguments));
        if let Some(problem) = failure(one, output).filter(|problem| problem.told.code != "store-not-updated")
        {
            output.line(&format!("- {} {}", problem.told.message, problem.told.advice));
        }
    }
    if let Some(problem) = failed {
        output.explain(problem);
    }
}
