//! `varco enablement`: grants, revokes and lists the enablements of persons.
//!
//! Not here: what they permit (`policy`).

use serde_json::{Value, json};
use varco::policy::{Enablement, FactId, FactStore as _, NewEnablement, ServiceClass};
use varco_messages::Arg;

use super::{change, create, dated_json, dated_line, failed, listed, merged, open, period, refused};
use crate::arguments::{EnablementArguments, EnablementCommand};
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;
use crate::rules;

pub(crate) fn run(arguments: &EnablementArguments, output: &Output) -> Exit {
    done(arguments, output).unwrap_or_else(|problem| output.fail(&problem))
}

fn done(arguments: &EnablementArguments, output: &Output) -> Result<Exit, Problem> {
    let policy = rules::policy(&arguments.rules, output)?;
    let all = match &arguments.command {
        EnablementCommand::Grant {
            codice_fiscale,
            service,
            period: until,
            change: by,
        } => {
            let granted = change(by, output)?;
            let service = rules::known_service(service, &policy, output)?;
            let is_professional = policy.service(&service).is_some_and(|known| {
                matches!(known.class, ServiceClass::Professional | ServiceClass::Operator)
            });
            if !is_professional {
                let id = service.to_string();
                return Err(output.problem("enablement-not-needed", &[("service", Arg::Text(&id))]));
            }
            let new = NewEnablement {
                holder: rules::codice_fiscale(codice_fiscale, output)?,
                service,
                validity: period(until, granted.at(), output)?,
                granted,
            };
            let store = create(&arguments.records, output)?;
            vec![
                store
                    .grant_enablement(&new)
                    .map_err(|error| refused(&error, output))?,
            ]
        }
        EnablementCommand::Revoke {
            codice_fiscale,
            service,
            change: by,
        } => {
            let revoked = change(by, output)?;
            let holder = rules::codice_fiscale(codice_fiscale, output)?;
            let service = rules::known_service(service, &policy, output)?;
            let store = open(&arguments.records, output)?;
            store
                .revoke_enablement(&holder, &service, &revoked)
                .map_err(|error| refused(&error, output))?
        }
        EnablementCommand::List(list) => {
            let holder = listed(list, output)?;
            let store = open(&arguments.records, output)?;
            store
                .enablements(holder.as_ref(), FactId(list.after), list.limit.into())
                .map_err(|failure| failed(&failure, output))?
        }
    };
    match output.format() {
        Format::Json => output.json(json!({ "enablements": all.iter().map(json_of).collect::<Vec<_>>() })),
        Format::Text => {
            for one in &all {
                let what = format!("{}  {}", one.holder.as_str(), one.service);
                output.line(&dated_line(one.id, &what, one.validity, one.revoked.as_ref()));
            }
        }
    }
    Ok(Exit::Done)
}

fn json_of(one: &Enablement) -> Value {
    let what = json!({ "codice_fiscale": one.holder.as_str(), "service": one.service.as_str() });
    let dated = dated_json(one.id, one.validity, &one.granted, one.revoked.as_ref());
    merged(what, dated)
}
