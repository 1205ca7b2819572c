//! `varco policy`: the access rules, tried without a card.
//!
//! Not here: a decision about somebody who logged in (`login`).

mod check;
mod claimed;
mod corpora;
mod explain;

use std::path::PathBuf;

use serde_json::json;
use varco::policy::{AccessPolicy, Origin, Rule};

use crate::arguments::{PolicyArguments, PolicyCommand};
use crate::exit::Exit;
use crate::output::{Format, Output, to_json};
use crate::problem::Problem;
use crate::rules;

/// Most bytes of a policy's file.
const FILE_LENGTH_MAX: u64 = 1024 * 1024;

pub(crate) fn run(arguments: &PolicyArguments, output: &Output) -> Exit {
    let done = match &arguments.command {
        PolicyCommand::Check(arguments) => check::run(arguments, output),
        PolicyCommand::Test(arguments) => corpora::run(arguments, output),
        PolicyCommand::Validate { files } => validate(files, output),
        PolicyCommand::Explain { id, rules } => explain::run(id.as_deref(), rules, output),
    };
    done.unwrap_or_else(|problem| output.fail(&problem))
}

/// Checks an operator's files together. Those that come with the program are known to be well.
fn validate(paths: &[PathBuf], output: &Output) -> Result<Exit, Problem> {
    let mut files = Vec::new();
    for path in paths {
        let text = rules::read(path, FILE_LENGTH_MAX, output)?;
        if !AccessPolicy::is_builtin_file(&text) {
            files.push((path.display().to_string(), text));
        }
    }
    let policy = rules::with_operator(&AccessPolicy::builtin(), &files)
        .map_err(|error| rules::problem(&error, output))?;
    let own: Vec<&Rule> = policy
        .rules()
        .iter()
        .filter(|rule| rule.origin == Origin::Operator)
        .collect();
    match output.format() {
        Format::Json => output.json(json!({
            "valid": true,
            "rules": own.iter().map(|rule| rule_json(rule)).collect::<Vec<_>>(),
        })),
        Format::Text => {
            output.line(&output.say("policy-valid", &[]));
            for rule in own {
                output.line(&rule_line(rule, output));
            }
        }
    }
    Ok(Exit::Done)
}

fn rule_json(rule: &Rule) -> serde_json::Value {
    json!({
        "id": rule.id,
        "effect": to_json(&rule.effect),
        "it": rule.it,
        "en": rule.en,
        "source": rule.source,
        "file": rule.file,
        "origin": match rule.origin {
            Origin::Builtin => "builtin",
            Origin::Operator => "operator",
        },
    })
}

fn rule_line(rule: &Rule, output: &Output) -> String {
    let words = output.messages().pick(&rule.it, &rule.en);
    format!("{}  {words}", rule.id)
}
