//! A decision, or what would be decided, for people and for programs.
//!
//! Not here: the report of a login around it (`login`).

use serde_json::Value;
use varco::policy::{Act, Request, Simulation, Verdict};
use varco::{AccessPolicy, Effect};
use varco_messages::Arg;

use crate::exit::Exit;
use crate::output::{Output, to_json};

/// How a command ends by it.
pub(crate) fn exit_of(decision: &Verdict) -> Exit {
    match decision.effect {
        Effect::Permit => Exit::Done,
        Effect::Deny if decision.errors.is_empty() => Exit::Denied,
        Effect::Deny => Exit::Undecided,
    }
}

/// The decision as it is, each reason, advice and error with its sentence.
pub(crate) fn json(decision: &Verdict, output: &Output) -> Value {
    with_sentences(to_json(decision), decision, output)
}

/// The same of a simulation, which says that it is one.
pub(crate) fn simulation_json(simulation: &Simulation, output: &Output) -> Value {
    with_sentences(to_json(simulation), simulation.would_be(), output)
}

fn with_sentences(mut value: Value, decision: &Verdict, output: &Output) -> Value {
    for list in ["reasons", "advice", "errors"] {
        let sentences: Vec<String> = sentences(decision, list, output);
        let entries = value
            .get_mut(list)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten();
        for (entry, sentence) in entries.zip(sentences) {
            if let Some(entry) = entry.as_object_mut() {
                entry.insert("text".to_owned(), sentence.into());
            }
        }
    }
    value
}

/// What is said of a decision, a line each.
pub(crate) fn lines(decision: &Verdict, output: &Output) {
    for list in ["reasons", "errors", "advice"] {
        for sentence in sentences(decision, list, output) {
            output.line(&format!("- {sentence}"));
        }
    }
}

fn sentences(decision: &Verdict, list: &str, output: &Output) -> Vec<String> {
    let messages = output.messages();
    match list {
        "reasons" => decision
            .reasons
            .iter()
            .map(|r| messages.decided(r.code, &r.arguments))
            .collect(),
        "advice" => decision
            .advice
            .iter()
            .map(|a| messages.decided(a.code, &a.arguments))
            .collect(),
        _ => decision
            .errors
            .iter()
            .map(|e| messages.decided(e.code, &e.arguments))
            .collect(),
    }
}

/// What is wanted, as people call it.
pub(crate) fn name_of(request: &Request, policy: &AccessPolicy, output: &Output) -> String {
    match &request.act {
        Act::Use(service) => {
            let name = policy.service(service).map_or(service.as_str(), |service| {
                output.messages().pick(&service.title.it, &service.title.en)
            });
            name.to_owned()
        }
        act => output.say(&format!("act-{}", act.name()), &[]),
    }
}

/// Whether it is permitted, and what is said of it. Without what was wanted, it is called by its id.
pub(crate) fn tell(decision: &Verdict, wanted: Option<(&AccessPolicy, &Request)>, output: &Output) {
    let name = wanted.map(|(policy, request)| name_of(request, policy, output));
    let id = decision.service.as_ref().map(ToString::to_string);
    headline(decision, &name.or(id).unwrap_or_default(), output);
    lines(decision, output);
}

/// Whether it is permitted, in a line.
pub(crate) fn headline(decision: &Verdict, name: &str, output: &Output) {
    let said = match (decision.effect, decision.service.is_some()) {
        (Effect::Permit, true) => "login-permitted",
        (Effect::Deny, true) => "login-denied",
        (Effect::Permit, false) => "act-permitted",
        (Effect::Deny, false) => "act-denied",
    };
    let called = if decision.service.is_some() {
        "service"
    } else {
        "act"
    };
    output.line(&output.say(said, &[(called, Arg::Text(name))]));
}
