//! `varco category`: records and lists the categories that persons are of. That somebody is a minor is told by the birth date.
//!
//! Not here: what they permit (`policy`).

use serde_json::{Value, json};
use varco::policy::{Categorised, Category, FactId, FactStore as _};

use super::{change, create, dated_json, dated_line, failed, listed, merged, open, period, refused};
use crate::arguments::{CategoryArguments, CategoryCommand};
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;
use crate::rules;

pub(crate) fn run(arguments: &CategoryArguments, output: &Output) -> Exit {
    done(arguments, output).unwrap_or_else(|problem| output.fail(&problem))
}

fn done(arguments: &CategoryArguments, output: &Output) -> Result<Exit, Problem> {
    let all = match &arguments.command {
        CategoryCommand::Add {
            codice_fiscale,
            category,
            period: until,
            change: by,
        } => {
            let recorded = change(by, output)?;
            let person = rules::codice_fiscale(codice_fiscale, output)?;
            let category = named(category, output)?;
            let validity = period(until, recorded.at(), output)?;
            let store = create(&arguments.records, output)?;
            let one = store.record_category(&person, category, validity, &recorded);
            vec![one.map_err(|error| refused(&error, output))?]
        }
        CategoryCommand::End {
            codice_fiscale,
            category,
            change: by,
        } => {
            let ended = change(by, output)?;
            let person = rules::codice_fiscale(codice_fiscale, output)?;
            let category = named(category, output)?;
            let store = open(&arguments.records, output)?;
            store
                .end_category(&person, category, &ended)
                .map_err(|error| refused(&error, output))?
        }
        CategoryCommand::List(list) => {
            let person = listed(list, output)?;
            let store = open(&arguments.records, output)?;
            store
                .categories(person.as_ref(), FactId(list.after), list.limit.into())
                .map_err(|failure| failed(&failure, output))?
        }
    };
    match output.format() {
        Format::Json => output.json(json!({ "categories": all.iter().map(json_of).collect::<Vec<_>>() })),
        Format::Text => {
            for one in &all {
                let what = format!("{}  {}", one.person.as_str(), one.category.name());
                output.line(&dated_line(one.id, &what, one.validity, one.ended.as_ref()));
            }
        }
    }
    Ok(Exit::Done)
}

fn named(name: &str, output: &Output) -> Result<Category, Problem> {
    Category::from_name(name).ok_or_else(|| Problem::usage(output.messages(), &format!("--category {name}")))
}

fn json_of(one: &Categorised) -> Value {
    let what = json!({ "codice_fiscale": one.person.as_str(), "category": one.category.name() });
    let dated = dated_json(one.id, one.validity, &one.recorded, one.ended.as_ref());
    merged(what, dated)
}
