//! `varco services`: what the access rules know.

use serde_json::{Value, json};
use varco::AccessPolicy;

use crate::arguments::RulesArguments;
use crate::exit::Exit;
use crate::output::{Format, Output, to_json};
use crate::rules;

pub(crate) fn run(arguments: &RulesArguments, output: &Output) -> Exit {
    match rules::policy(arguments, output) {
        Ok(policy) => list(&policy, output),
        Err(problem) => output.fail(&problem),
    }
}

fn list(policy: &AccessPolicy, output: &Output) -> Exit {
    match output.format() {
        Format::Json => {
            let list: Vec<Value> = policy
                .services()
                .iter()
                .map(|service| {
                    json!({
                        "id": service.id.as_str(),
                        "class": to_json(&service.class),
                        "title_it": service.title.it,
                        "title_en": service.title.en,
                    })
                })
                .collect();
            output.json(json!({ "services": list }));
        }
        Format::Text => {
            for service in policy.services() {
                let title = output.messages().pick(&service.title.it, &service.title.en);
                output.line(&format!("{:<30}  {title}", service.id.as_str()));
            }
        }
    }
    Exit::Done
}
