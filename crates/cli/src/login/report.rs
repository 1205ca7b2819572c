//! The report of a login, for people and for programs (docs/schema/varco-cli-1.schema.json).

use serde_json::{Value, json};
use varco::policy::{AccessPolicy, Request};
use varco::steps::{Agreement, BirthYear};
use varco::{Assurance, Decision, Effect, LoginError, LoginReport, VerifiedIdentity};
use varco_messages::{Arg, OfCard};

use crate::decision;
use crate::exit::Exit;
use crate::output::{Format, Output, to_json};
use crate::problem::Problem;

/// Tells the report and gives its exit.
pub(crate) fn tell(report: &LoginReport, wanted: Option<(&AccessPolicy, &Request)>, output: &Output) -> Exit {
    let problem = report
        .outcome
        .as_ref()
        .err()
        .map(|error| Problem::of_card(output.messages(), error, of_card(report)));
    let exit = match (&report.outcome, &problem) {
        (_, Some(problem)) => problem.exit(),
        (Ok((_, decision)), None) => decision
            .as_ref()
            .map_or(Exit::Done, |decision| decision::exit_of(decision)),
        (Err(_), None) => Exit::Defect,
    };
    match output.format() {
        Format::Json => output.json(json(report, problem.as_ref(), output)),
        Format::Text => {
            if let Some(problem) = &problem {
                output.explain(problem);
            }
            if let Ok((identity, decision)) = &report.outcome {
                text(report, identity, decision.as_ref(), wanted, output);
            }
        }
    }
    // Where the problem itself is about the PIN, it says so.
    let is_about_card = matches!(report.outcome, Err(LoginError::Card(_) | LoginError::CardChanged));
    if is_about_card && report.pin.is_some_and(|pin| !pin.sent) {
        output.note(&output.say("login-pin-not-sent", &[]));
    }
    if let Some(tries) = report.pin.and_then(|pin| pin.puk_tries_left.known()) {
        output.note(&output.say("puk-tries-left", &[("tries", Arg::Tries(Some(tries)))]));
    }
    if report.reset_failed {
        output.note(&output.say("login-card-not-reset", &[]));
    }
    if report.trace_failed {
        output.note(&output.say("login-trace-cut", &[]));
    }
    exit
}

/// What is known of the card, for whoever is told what to do.
fn of_card(report: &LoginReport) -> OfCard<'_> {
    OfCard {
        kind: report.card.as_ref().map(|card| card.kind),
        issuer: None,
        pin: None,
    }
}

/// Whether somebody is logged in, and permitted what was asked for.
pub(crate) fn is_granted(report: &LoginReport) -> bool {
    let decision = report.outcome.as_ref().ok().map(|(_, decision)| decision);
    decision.is_some_and(|decision| {
        decision
            .as_ref()
            .is_none_or(|decision| decision.effect == Effect::Permit)
    })
}

/// What must be known of an assurance besides its level.
pub(crate) fn marks(assurance: &Assurance, output: &Output) {
    if assurance.rests_on_fixtures() {
        // Without a certificate there was no card.
        let said = match assurance.revocation() {
            Some(_) => "login-test-material",
            None => "login-test-gateway",
        };
        output.line(&output.say(said, &[]));
    }
    if assurance.is_judged_elsewhen() {
        let day = assurance.judged_at().to_string();
        let day = day.split('T').next().unwrap_or_default();
        output.line(&output.say("login-judged-at", &[("day", Arg::Text(day))]));
    }
}

fn json(report: &LoginReport, problem: Option<&Problem>, output: &Output) -> Value {
    let (identity, decision) = match &report.outcome {
        Ok((identity, decision)) => (to_json(identity), decision.as_ref()),
        Err(_) => (Value::Null, None),
    };
    json!({
        "identity": identity,
        "decision": decision.map(|decision| decision::json(decision, output)),
        "card": {
            "kind": report.card.as_ref().map(|card| card.kind.name()),
            "profile": report.card.as_ref().map(|card| card.profile.as_str()),
            "exchanges": report.exchanges,
            "reset_failed": report.reset_failed,
            "personal_data": report.personal_data.map(Agreement::name),
        },
        "pin": {
            "tries_left": report.pin.and_then(|pin| pin.tries_left.known()),
            "puk_tries_left": report.pin.and_then(|pin| pin.puk_tries_left.known()),
            "sent": report.pin.is_some_and(|pin| pin.sent),
        },
        "trace_complete": !report.trace_failed,
        "error": problem.map(Problem::to_json),
    })
}

/// Who it is, by what it was proven, and how far that can be relied on: of a card or of SPID.
pub(crate) fn identity_rows(identity: &VerifiedIdentity, output: &Output) -> Vec<(&'static str, String)> {
    let (credential, assurance) = (identity.credential(), identity.assurance());
    let issuer = match credential.handed_over() {
        None => "label-issuer",
        Some(_) => "label-identity-provider",
    };
    let mut rows = vec![
        ("label-holder", holder(identity)),
        (
            "label-codice-fiscale",
            identity.codice_fiscale().as_str().to_owned(),
        ),
        (
            "label-credential",
            output.say(&format!("credential-{}", credential.id()), &[]),
        ),
        (issuer, credential.issuer().to_owned()),
        (
            "label-assurance",
            output.say("level", &[("level", Arg::Text(assurance.level().name()))]),
        ),
    ];
    if let Some(handed_over) = credential.handed_over() {
        rows.push(("label-gateway", handed_over.gateway().to_owned()));
    }
    if let Some(revocation) = assurance.revocation() {
        rows.extend(crate::cert::evidence_rows(revocation, output));
    }
    rows
}

fn text(
    report: &LoginReport,
    identity: &VerifiedIdentity,
    decision: Option<&Decision>,
    wanted: Option<(&AccessPolicy, &Request)>,
    output: &Output,
) {
    let assurance = identity.assurance();
    output.line(&output.say("login-identified", &[]));
    let mut rows = identity_rows(identity, output);
    rows.push(("label-exchanges", report.exchanges.to_string()));
    output.table(&rows);
    marks(assurance, output);
    if !assurance.downgraded().is_empty() {
        output.line(&output.say("login-downgraded", &[]));
    }
    for downgrade in assurance.downgraded() {
        output.line(&format!("- {}", output.say(downgrade.code(), &[])));
    }
    if report.personal_data.is_some() && matches!(identity.birth_date().year, BirthYear::TwoDigits(_)) {
        output.line(&output.say("login-birth-date-not-confirmed", &[]));
    }
    if let Some(decision) = decision {
        decision::tell(decision, wanted, output);
    }
}

/// Given name and surname, as far as the certificate states them.
fn holder(identity: &VerifiedIdentity) -> String {
    let name = identity.name();
    let parts: Vec<&str> = [name.given_name(), name.surname()]
        .into_iter()
        .flatten()
        .collect();
    if parts.is_empty() {
        "-".to_owned()
    } else {
        parts.join(" ")
    }
}

#[cfg(test)]
mod tests;
