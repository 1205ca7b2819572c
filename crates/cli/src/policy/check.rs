//! `varco policy check`: what would be decided if what is claimed were true.
//!
//! Not here: what is claimed (`claimed`), and how a decision is told (`decision`).

use serde_json::json;
use varco::AccessPolicy;
use varco::policy::{
    Act, AskedBy, Channel, DelegationKind, Deployment, FactQuery, FactSource as _, Facts, KnownFacts,
    Request, TestMaterial,
};
use varco::steps::Timestamp;

use varco_messages::Arg;

use super::claimed;
use crate::arguments::{ActName, AskedByName, ChannelName, CheckArguments};
use crate::decision;
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;
use crate::rules;
use crate::trust::{parse_instant, parse_named_instant};

pub(super) fn run(arguments: &CheckArguments, output: &Output) -> Result<Exit, Problem> {
    let policy = rules::policy(&arguments.rules, output)?;
    let at = match &arguments.at {
        Some(at) => parse_instant(at, output)?,
        None => Timestamp::now(),
    };
    if arguments.service.is_some() && arguments.delegation.is_some() && arguments.acting.acting_for.is_none()
    {
        return Err(Problem::usage(output.messages(), "--delegation without --for"));
    }
    let claims = claimed::claims(arguments, output)?;
    let act = act(arguments, &policy, at, output)?;
    if act.service().is_none() && arguments.acting.acting_for.is_some() {
        // A register is about one person, and no login counts there.
        let said = [("what", Arg::Text("--act, --for"))];
        return Err(output.problem("facts-contradict", &said));
    }
    let request = rules::acting(Request::to(act), &arguments.acting, output)?;
    let person = claims.codice_fiscale();
    let mut known = stored(person, &request, arguments, output)?;
    claimed::add_facts(&mut known, person, &policy, arguments, output)?;
    // What would be decided in a deployment where test material counts is seen in one.
    let mut deployment = Deployment::new(TestMaterial::Refused);
    if arguments.acting.cns_high {
        deployment = deployment.with_cns_high();
    }
    let facts = Facts::of(deployment).knowing(known);
    let (json, would_be) = if request.act.service().is_some() {
        let simulation = policy.simulate(&claims, &request, &facts, at);
        let json = decision::simulation_json(&simulation, output);
        (json, simulation.would_be().clone())
    } else {
        let admission = policy.admit(&claims.person(), request.act.clone(), &facts, at);
        let mut json = decision::json(&admission, output);
        if let Some(fields) = json.as_object_mut() {
            fields.insert("simulated".to_owned(), true.into());
        }
        (json, (*admission).clone())
    };
    let would_be = &would_be;
    match output.format() {
        Format::Json => {
            output.json(json!({ "decision": json }));
        }
        Format::Text => {
            output.line(&output.say("policy-simulated", &[]));
            decision::headline(would_be, &decision::name_of(&request, &policy, output), output);
            decision::lines(would_be, output);
            for id in &would_be.policies {
                if let Some(rule) = policy.rules().iter().find(|rule| rule.id == *id) {
                    output.line(&super::rule_line(rule, output));
                }
            }
        }
    }
    Ok(decision::exit_of(would_be))
}

fn act(
    arguments: &CheckArguments,
    policy: &AccessPolicy,
    at: Timestamp,
    output: &Output,
) -> Result<Act, Problem> {
    let channel = match arguments.channel {
        ChannelName::Office => Channel::Office,
        ChannelName::Online => Channel::Online,
    };
    let Some(act) = arguments.act else {
        let id = arguments.service.as_deref().unwrap_or_default();
        return Ok(Act::Use(rules::known_service(id, policy, output)?));
    };
    let kind = arguments.delegation.as_deref().unwrap_or("delegate");
    let kind = DelegationKind::from_name(kind)
        .ok_or_else(|| Problem::usage(output.messages(), &format!("--delegation {kind}")))?;
    Ok(match act {
        ActName::IssuePin => Act::IssuePin,
        ActName::RenewPin => Act::RenewPin,
        ActName::RegisterDelegation => Act::RegisterDelegation(channel, kind),
        ActName::RevokeDelegation => Act::RevokeDelegation {
            channel,
            asked_by: match arguments.asked_by {
                AskedByName::Delegator => AskedBy::Delegator,
                AskedByName::Authority => AskedBy::Authority,
            },
            kind,
            registered_at: match &arguments.registered_at {
                Some(registered) => parse_named_instant("--registered-at", registered, output)?,
                None => at,
            },
        },
    })
}

/// What a store knows, where there is one.
fn stored(
    person: &varco::CodiceFiscale,
    request: &Request,
    arguments: &CheckArguments,
    output: &Output,
) -> Result<KnownFacts, Problem> {
    let Some(store) = crate::records::open_if_there(&arguments.records, output)? else {
        return Ok(KnownFacts::default());
    };
    let query = FactQuery {
        subject: person,
        acting_for: request.acting_for.as_ref().map(|other| other.codice_fiscale()),
        service: request.act.service(),
    };
    store
        .known(query)
        .map_err(|failure| crate::records::failed(&failure, output))
}
