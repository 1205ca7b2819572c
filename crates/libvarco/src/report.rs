//! How a login went, as C strings that live as long as the report.
//!
//! Not here: the login.

use std::ffi::CString;

use serde::Serialize;
use serde_json::{Value, json};
use varco::policy::{Arguments, Verdict};
use varco::steps::Agreement;
use varco::{Decision, Effect, LoginReport, VerifiedIdentity};
use varco_messages::Messages;

use crate::call_error::CallError;
use crate::problem::{Ending, Problem};

/// What stands behind a handle of a report.
pub(crate) struct Report {
    /// Why nobody was identified, or not permitted what was asked for.
    pub(crate) code: Option<CString>,
    pub(crate) identity: Option<CString>,
    pub(crate) decision: Option<CString>,
    pub(crate) proof: Option<CString>,
    /// The card, its counter, and whether it was reset.
    pub(crate) card: CString,
}

/// A report, and what ended the login if it did not end well.
pub(crate) fn of(
    report: &LoginReport,
    fault: Option<CallError>,
    messages: &Messages,
) -> (Report, Option<Problem>) {
    let mut told = Report {
        code: None,
        identity: None,
        decision: None,
        proof: None,
        card: text(&card(report)),
    };
    let problem = match (&report.outcome, fault) {
        (Ok((identity, decision)), _) => identified(identity, decision.as_ref(), report, &mut told, messages),
        (Err(_), Some(fault)) => Some(fault.into()),
        (Err(error), None) => Some(Problem::of_login(error, report)),
    };
    told.code = problem
        .as_ref()
        .and_then(|problem| CString::new(problem.code()).ok());
    (told, problem)
}

fn identified(
    identity: &VerifiedIdentity,
    decision: Option<&Decision>,
    report: &LoginReport,
    told: &mut Report,
    messages: &Messages,
) -> Option<Problem> {
    let proof = match report.proof.as_ref().map(|proof| proof.write()) {
        // Without what was asked for nobody is let in.
        Some(Err(error)) => return Some(Problem::failed(error.code())),
        Some(Ok(json)) => CString::new(json).ok(),
        None => None,
    };
    told.identity = Some(text(&to_json(identity)));
    told.decision = decision.map(|decision| text(&with_sentences(decision, messages)));
    let refused = decision.and_then(|decision| refused(decision));
    if refused.is_some() {
        // Who is not let in has no use for a proof that others would take.
        return refused;
    }
    told.proof = proof;
    None
}

fn refused(decision: &Verdict) -> Option<Problem> {
    let code = match decision.effect {
        Effect::Permit => return None,
        Effect::Deny if decision.errors.is_empty() => "access-denied",
        Effect::Deny => "access-undecided",
    };
    Some(Problem::coded(Ending::Denied, code, &[]))
}

fn card(report: &LoginReport) -> Value {
    json!({
        "kind": report.card.as_ref().map(|card| card.kind.name()),
        "profile": report.card.as_ref().map(|card| card.profile.as_str()),
        "exchanges": report.exchanges,
        "reset_failed": report.reset_failed,
        "personal_data": report.personal_data.map(Agreement::name),
        "pin": {
            "tries_left": report.pin.and_then(|pin| pin.tries_left.known()),
            "puk_tries_left": report.pin.and_then(|pin| pin.puk_tries_left.known()),
            "sent": report.pin.is_some_and(|pin| pin.sent),
        },
    })
}

/// The decision as it is, each reason, advice and error with its sentence.
fn with_sentences(decision: &Verdict, messages: &Messages) -> Value {
    let mut value = to_json(decision);
    let say = |code: &str, arguments: &Arguments| messages.decided(code, arguments);
    let reasons = decision.reasons.iter().map(|r| say(r.code, &r.arguments));
    put(&mut value, "reasons", reasons.collect());
    let advice = decision.advice.iter().map(|a| say(a.code, &a.arguments));
    put(&mut value, "advice", advice.collect());
    let errors = decision.errors.iter().map(|e| say(e.code, &e.arguments));
    put(&mut value, "errors", errors.collect());
    value
}

fn put(value: &mut Value, list: &str, sentences: Vec<String>) {
    let entries = value.get_mut(list).and_then(Value::as_array_mut);
    for (entry, sentence) in entries.into_iter().flatten().zip(sentences) {
        if let Some(entry) = entry.as_object_mut() {
            entry.insert("text".to_owned(), sentence.into());
        }
    }
}

fn to_json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

/// JSON has no zero byte in it: it is written as an escape.
fn text(value: &Value) -> CString {
    CString::new(value.to_string()).unwrap_or_default()
}
