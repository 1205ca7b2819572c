//! `varco services`: what the access rules know.

use serde_json::{Value, json};
use varco::AccessPolicy;

use crate::exit::Exit;
use crate::output::{Format, Output, to_json};

pub(crate) fn run(output: &Output) -> Exit {
    let policy = AccessPolicy::builtin();
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
