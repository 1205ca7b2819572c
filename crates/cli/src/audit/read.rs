//! `varco audit open` and `find`: decisions out of a record, who it was, and those about a person.
//!
//! An altered record is read up to where it is, and told as that. Not here: writing them out (`export`).

use std::path::PathBuf;

use serde_json::{Value, json};
use varco::policy::Effect;
use varco::records::audit::{
    AuditorKey, LoggedDecision, Persons, Pseudonym, PseudonymKey, decisions, find as find_all, read_secret,
};
use varco::{CodiceFiscale, records::audit::KeyId};
use varco_messages::Arg;

use super::{count, failed, read_key};
use crate::arguments::{FindArguments, OpenArguments};
use crate::exit::Exit;
use crate::output::{Format, Output, to_json};
use crate::problem::Problem;
use crate::rules;

pub(super) fn auditor_keys(paths: &[PathBuf], output: &Output) -> Result<Vec<AuditorKey>, Problem> {
    paths
        .iter()
        .map(|path| read_key(path, read_secret, AuditorKey::parse, output))
        .collect()
}

pub(super) fn open(arguments: &OpenArguments, output: &Output) -> Result<Exit, Problem> {
    let keys = auditor_keys(&arguments.auditor_key, output)?;
    let (mut told, mut opened) = (0_u64, 0_u64);
    let mut missing = arguments.sequence.clone();
    let read = decisions(&arguments.folder, &mut |decision| {
        if !arguments.sequence.is_empty() && !arguments.sequence.contains(&decision.sequence) {
            return Ok(());
        }
        missing.retain(|number| *number != decision.sequence);
        let persons = decision.open(&keys);
        told = told.saturating_add(1);
        opened = opened.saturating_add(persons.is_some().into());
        let is_ours = keys.iter().any(|key| {
            key.public()
                .is_ok_and(|public| public.id() == decision.auditor_key)
        });
        tell_opened(&decision, persons.as_ref(), is_ours, output);
        Ok(())
    });
    read.map_err(|error| failed(&error, output))?;
    if let Some(number) = missing.first() {
        let number = number.to_string();
        return Err(output.problem("audit-no-such-record", &[("record", Arg::Text(&number))]));
    }
    if told > 0 && opened == 0 {
        return Err(output.problem("audit-not-opened", &[]));
    }
    match output.format() {
        Format::Json => output.json(json!({ "audit_read": {
            "decisions": told,
            "opened": opened,
            "out_of_reach": told.saturating_sub(opened),
        }})),
        Format::Text => output.line(&output.say("audit-counted", &[("count", count(told))])),
    }
    Ok(Exit::Done)
}

fn tell_opened(decision: &LoggedDecision, persons: Option<&Persons>, is_ours: bool, output: &Output) {
    match output.format() {
        Format::Json => {
            let text = |person: Option<&CodiceFiscale>| person.map(|person| person.as_str().to_owned());
            let mut object = decision_json(decision);
            object.insert("opened".to_owned(), persons.is_some().into());
            if let Some(persons) = persons {
                let subject = text(persons.subject.as_ref());
                let acting_for = text(persons.acting_for.as_ref());
                object.insert("subject_codice_fiscale".to_owned(), subject.into());
                object.insert("acting_for_codice_fiscale".to_owned(), acting_for.into());
            }
            output.json(json!({ "logged_decision": object }));
        }
        Format::Text => {
            let who = match persons {
                Some(persons) => names(persons, output),
                None if is_ours => output.say("audit-does-not-open", &[]),
                None => {
                    let key = decision.auditor_key.to_string();
                    output.say("audit-sealed-to-another", &[("key", Arg::Text(&key))])
                }
            };
            output.line(&line(decision, &who, output));
        }
    }
}

fn names(persons: &Persons, output: &Output) -> String {
    let subject = persons.subject.as_ref();
    let subject = subject.map_or_else(
        || output.say("audit-nobody", &[]),
        |person| person.as_str().to_owned(),
    );
    match &persons.acting_for {
        None => subject,
        Some(person) => {
            let other = output.say("audit-for", &[("person", Arg::Text(person.as_str()))]);
            format!("{subject} {other}")
        }
    }
}

pub(super) fn find(arguments: &FindArguments, output: &Output) -> Result<Exit, Problem> {
    let person = rules::codice_fiscale(&arguments.codice_fiscale, output)?;
    let keys = arguments
        .pseudonym_key
        .iter()
        .map(|path| read_key(path, read_secret, PseudonymKey::parse, output))
        .collect::<Result<Vec<_>, _>>()?;
    let pseudonyms: Vec<(KeyId, Pseudonym)> = keys
        .iter()
        .map(|key| (key.id(), key.pseudonym(&person)))
        .collect();
    let mut told = 0_u64;
    let found = find_all(&arguments.folder, &person, &keys, &mut |decision| {
        told = told.saturating_add(1);
        let is_subject = decision
            .subject
            .is_some_and(|subject| pseudonyms.contains(&(decision.pseudonym_key, subject)));
        tell_found(&decision, is_subject, output);
        Ok(())
    });
    let out_of_reach = found.map_err(|error| failed(&error, output))?;
    match output.format() {
        Format::Json => output.json(json!({ "audit_read": {
            "decisions": told,
            "opened": 0,
            "out_of_reach": out_of_reach,
        }})),
        Format::Text => {
            output.line(&output.say("audit-counted", &[("count", count(told))]));
            if out_of_reach > 0 {
                output.line(&output.say("audit-out-of-reach", &[("count", count(out_of_reach))]));
            }
        }
    }
    Ok(Exit::Done)
}

fn tell_found(decision: &LoggedDecision, is_subject: bool, output: &Output) {
    match output.format() {
        Format::Json => {
            let mut object = decision_json(decision);
            let found = if is_subject { "subject" } else { "acting_for" };
            object.insert("found_as".to_owned(), found.into());
            output.json(json!({ "logged_decision": object }));
        }
        Format::Text => {
            let how = match is_subject {
                true => String::new(),
                false => output.say("audit-as-acted-for", &[]),
            };
            output.line(&line(decision, &how, output));
        }
    }
}

/// As it is exported: what is told in clear, and pseudonyms.
fn decision_json(decision: &LoggedDecision) -> serde_json::Map<String, Value> {
    let mut object = serde_json::Map::new();
    object.insert("seq".to_owned(), decision.sequence.into());
    object.insert("recorded_at".to_owned(), decision.at.to_string().into());
    if let Value::Object(decided) = to_json(&decision.decided) {
        object.extend(decided);
    }
    let words = [
        ("pseudonym_key", Some(decision.pseudonym_key.to_string())),
        ("subject", decision.subject.map(|word| word.to_string())),
        ("acting_for", decision.acting_for.map(|word| word.to_string())),
        ("auditor_key", Some(decision.auditor_key.to_string())),
    ];
    for (name, word) in words {
        object.insert(name.to_owned(), word.into());
    }
    object
}

fn line(decision: &LoggedDecision, who: &str, output: &Output) -> String {
    let effect = match decision.decided.effect {
        Effect::Permit => "permit",
        Effect::Deny => "deny",
    };
    let effect = output.say("audit-effect", &[("effect", Arg::Text(effect))]);
    let columns = [
        decision.sequence.to_string(),
        decision.decided.at.to_string(),
        effect,
        decision.decided.service.clone(),
        who.to_owned(),
    ];
    columns.join("  ").trim_end().to_owned()
}
