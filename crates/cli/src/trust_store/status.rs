//! `varco trust status`: what is fresh, due, out of date or damaged.
//!
//! Not here: what to do about it, beyond the advice.

use serde_json::{Value, json};
use varco::steps::Timestamp;
use varco::trust::store::{Item, ItemState, StoreStatus, TrustStore};
use varco_messages::Arg;

use super::problem;
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;

pub(super) fn run(store: &TrustStore, output: &Output) -> Exit {
    let status = match store.status(Timestamp::now()) {
        Ok(status) => status,
        Err(error) => return output.fail(&problem(&error, output)),
    };
    let bad = status.is_bad().then(|| {
        let code = if status.is_clock_behind {
            "clock-behind"
        } else {
            "store-stale"
        };
        output.problem(code, &[])
    });
    match output.format() {
        Format::Json => output.json(to_json(store, &status, bad.as_ref(), output)),
        Format::Text => text(&status, bad.as_ref(), output),
    }
    bad.map_or(Exit::Done, |problem| problem.exit())
}

fn to_json(store: &TrustStore, status: &StoreStatus, bad: Option<&Problem>, output: &Output) -> Value {
    let item = |item: &Item| {
        let broken = match &item.state {
            ItemState::Broken(error) => Some(problem(error, output).to_json()),
            _ => None,
        };
        json!({
            "what": item.what,
            "name": item.name,
            "sha256": item.sha256.to_string(),
            "state": item.state.name(),
            "until": until(&item.state).map(|at| at.to_string()),
            "left_aside": item.left_aside,
            "error": broken,
        })
    };
    json!({
        "trust_status": {
            "path": store.path().display().to_string(),
            "at": status.at.to_string(),
            "clock_floor": status.clock_floor.to_string(),
            "clock_behind": status.is_clock_behind,
            "list_grace_hours": status.list_grace.as_secs() / 3600,
            "bundle_created_at": status.bundle_created_at.map(|at| at.to_string()),
            "without_crl": status.without_crl,
            "items": status.items.iter().map(item).collect::<Vec<_>>(),
        },
        "error": bad.map(Problem::to_json),
    })
}

/// The instant that a state is about: until or since when.
fn until(state: &ItemState) -> Option<Timestamp> {
    match state {
        ItemState::Fresh { until } => *until,
        ItemState::Due { until } => Some(*until),
        ItemState::InGrace { since } => Some(*since),
        ItemState::Stale { since } => *since,
        ItemState::Broken(_) => None,
    }
}

fn text(status: &StoreStatus, bad: Option<&Problem>, output: &Output) {
    for item in &status.items {
        let until = until(&item.state).map_or_else(|| "-".to_owned(), |at| at.to_string());
        let name = if item.name.is_empty() {
            item.sha256.to_string()
        } else {
            item.name.clone()
        };
        let arguments = [
            ("what", Arg::Text(item.what)),
            ("name", Arg::Text(&name)),
            ("state", Arg::Text(item.state.name())),
            ("until", Arg::Text(&until)),
        ];
        output.line(&output.say("store-state", &arguments));
        if let ItemState::Broken(error) = &item.state {
            let broken = problem(error, output).told;
            output.line(&format!("- {} {}", broken.message, broken.advice));
        }
        if let Ok(count @ 1..) = u32::try_from(item.left_aside) {
            let arguments = [("name", Arg::Text(&item.name)), ("count", Arg::Number(count))];
            output.line(&format!("- {}", output.say("store-left-aside", &arguments)));
        }
    }
    for name in &status.without_crl {
        output.line(&output.say("store-without-crl", &[("name", Arg::Text(name))]));
    }
    let floor = status.clock_floor.to_string();
    output.line(&output.say("store-clock", &[("at", Arg::Text(&floor))]));
    match bad {
        Some(problem) => output.explain(problem),
        None => output.line(&output.say("store-good", &[])),
    }
}
