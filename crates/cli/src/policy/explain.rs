//! `varco policy explain`: what the rules say, and where it comes from.
//!
//! Not here: why a decision was made so, which the decision says.

use serde_json::json;
use varco::ServiceId;
use varco::policy::Rule;
use varco_messages::Arg;

use super::{rule_json, rule_line};
use crate::arguments::RulesArguments;
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;
use crate::rules;

pub(super) fn run(id: Option<&str>, arguments: &RulesArguments, output: &Output) -> Result<Exit, Problem> {
    let policy = rules::policy(arguments, output)?;
    let Some(id) = id else {
        return Ok(list(&policy.rules().iter().collect::<Vec<_>>(), output));
    };
    if let Some(rule) = policy.rules().iter().find(|rule| rule.id == id) {
        let text = policy.text_of(id).unwrap_or_default();
        return Ok(one(rule, &text, output));
    }
    let about = ServiceId::parse(id).ok().and_then(|id| policy.rules_about(&id));
    match about {
        Some(about) => Ok(list(&about, output)),
        None => Err(output.problem("policy-rule-unknown", &[("id", Arg::Text(id))])),
    }
}

fn list(rules: &[&Rule], output: &Output) -> Exit {
    match output.format() {
        Format::Json => {
            let rules: Vec<_> = rules.iter().map(|rule| rule_json(rule)).collect();
            output.json(json!({ "rules": rules }));
        }
        Format::Text => {
            for rule in rules {
                output.line(&rule_line(rule, output));
            }
        }
    }
    Exit::Done
}

fn one(rule: &Rule, text: &str, output: &Output) -> Exit {
    match output.format() {
        Format::Json => {
            let mut value = rule_json(rule);
            if let Some(fields) = value.as_object_mut() {
                fields.insert("cedar".to_owned(), text.into());
            }
            output.json(json!({ "rules": [value] }));
        }
        Format::Text => {
            output.line(&rule_line(rule, output));
            output.table(&[
                ("label-source", rule.source.clone()),
                ("label-file", rule.file.clone()),
            ]);
            for line in text.lines() {
                output.line(line);
            }
        }
    }
    Exit::Done
}
