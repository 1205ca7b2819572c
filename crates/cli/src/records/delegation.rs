//! `varco delegation`: registers, revokes and lists delegations, as the rules permit it.
//!
//! Not here: what they permit (`policy`).

use std::num::NonZeroU8;

use serde_json::{Value, json};
use varco::policy::{
    Act, AskedBy, Change, Channel, Delegation, DelegationKind, Deployment, FactId, FactQuery,
    FactSource as _, FactStore as _, Facts, NewDelegation, Represented, TestMaterial,
};
use varco::records::facts::Records;
use varco::steps::Timestamp;
use varco::{AccessPolicy, Effect};
use varco_messages::Arg;

use super::{change, create, dated_json, dated_line, failed, listed, merged, open, period, refused};
use crate::arguments::{AddDelegation, AskedByName, ChannelName, DelegationArguments, DelegationCommand};
use crate::decision;
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;
use crate::rules;

pub(crate) fn run(arguments: &DelegationArguments, output: &Output) -> Exit {
    done(arguments, output).unwrap_or_else(|problem| output.fail(&problem))
}

fn done(arguments: &DelegationArguments, output: &Output) -> Result<Exit, Problem> {
    if let DelegationCommand::Limit { set, who, act } = &arguments.command {
        return limit(arguments, *set, (who.as_deref(), act.as_deref()), output);
    }
    let policy = rules::policy(&arguments.rules, output)?;
    let all = match &arguments.command {
        DelegationCommand::Add(new) => {
            let new = read(new, output)?;
            let store = create(&arguments.records, output)?;
            let act = Act::RegisterDelegation(new.channel, new.kind);
            let at = new.registered.at();
            let person = Represented::new(new.delegator.clone(), new.birth_date)
                .map_err(|_| output.problem("delegation-birth-date", &[]))?;
            if let Some(exit) = refused_by_rules(&policy, &store, &person, act, at, output)? {
                return Ok(exit);
            }
            vec![
                store
                    .add_delegation(&new)
                    .map_err(|error| refused(&error, output))?,
            ]
        }
        DelegationCommand::Revoke {
            id,
            channel,
            asked_by,
            change: by,
        } => {
            let revoked = change(by, output)?;
            let store = open(&arguments.records, output)?;
            let found = store
                .delegation(FactId(*id))
                .map_err(|failure| failed(&failure, output))?;
            let found = found.ok_or_else(|| output.problem("fact-not-there", &[]))?;
            let act = Act::RevokeDelegation {
                channel: channel_of(*channel),
                asked_by: match asked_by {
                    AskedByName::Delegator => AskedBy::Delegator,
                    AskedByName::Authority => AskedBy::Authority,
                },
                kind: found.kind,
                registered_at: found.registered.at(),
            };
            let at = revoked.at();
            let person = Represented::new(found.delegator.clone(), found.birth_date)
                .map_err(|_| output.problem("delegation-birth-date", &[]))?;
            if let Some(exit) = refused_by_rules(&policy, &store, &person, act, at, output)? {
                return Ok(exit);
            }
            let one = store.revoke_delegation(FactId(*id), &revoked);
            vec![one.map_err(|error| refused(&error, output))?]
        }
        DelegationCommand::Limit { .. } => Vec::new(),
        DelegationCommand::List(list) => {
            let person = listed(list, output)?;
            let store = open(&arguments.records, output)?;
            store
                .delegations(person.as_ref(), FactId(list.after), list.limit.into())
                .map_err(|failure| failed(&failure, output))?
        }
    };
    match output.format() {
        Format::Json => output.json(json!({ "delegations": all.iter().map(json_of).collect::<Vec<_>>() })),
        Format::Text => {
            for one in &all {
                let (from, to, kind) = (one.delegator.as_str(), one.delegate.as_str(), one.kind.name());
                let what = format!("{from} → {to}  {kind}");
                output.line(&dated_line(one.id, &what, one.validity, one.revoked.as_ref()));
            }
        }
    }
    Ok(Exit::Done)
}

/// For how many persons a delegate may act.
fn limit(
    arguments: &DelegationArguments,
    set: Option<NonZeroU8>,
    (who, act): (Option<&str>, Option<&str>),
    output: &Output,
) -> Result<Exit, Problem> {
    let store = match set {
        Some(limit) => {
            let change = Change::new(who.unwrap_or_default(), Timestamp::now(), act.unwrap_or_default())
                .map_err(|_| output.problem("change-malformed", &[]))?;
            let store = create(&arguments.records, output)?;
            store
                .set_delegation_limit(limit, &change)
                .map_err(|failure| failed(&failure, output))?;
            store
        }
        None => open(&arguments.records, output)?,
    };
    let limit = store
        .delegation_limit()
        .map_err(|failure| failed(&failure, output))?;
    match output.format() {
        Format::Json => output.json(json!({ "delegation_limit": limit })),
        Format::Text => {
            let said = [("limit", Arg::Number(limit))];
            output.line(&output.say("delegation-limit", &said));
        }
    }
    Ok(Exit::Done)
}

fn read(new: &AddDelegation, output: &Output) -> Result<NewDelegation, Problem> {
    let kind = DelegationKind::from_name(&new.kind)
        .ok_or_else(|| Problem::usage(output.messages(), &format!("--kind {}", new.kind)))?;
    let born = new.birth_date.as_deref();
    let born = born
        .map(|born| rules::date("--birth-date", born, output))
        .transpose()?;
    let registered = change(&new.change, output)?;
    Ok(NewDelegation {
        delegator: rules::codice_fiscale(&new.delegator, output)?,
        delegate: rules::codice_fiscale(&new.delegate, output)?,
        kind,
        validity: period(&new.period, registered.at(), output)?,
        birth_date: born,
        channel: channel_of(new.channel),
        registered,
    })
}

fn channel_of(name: ChannelName) -> Channel {
    match name {
        ChannelName::Office => Channel::Office,
        ChannelName::Online => Channel::Online,
    }
}

/// Whether the rules are against it, which is told then.
fn refused_by_rules(
    policy: &AccessPolicy,
    store: &Records,
    delegator: &Represented,
    act: Act,
    at: Timestamp,
    output: &Output,
) -> Result<Option<Exit>, Problem> {
    let query = FactQuery {
        subject: delegator.codice_fiscale(),
        acting_for: None,
        service: None,
    };
    let known = store.known(query).map_err(|failure| failed(&failure, output))?;
    let facts = Facts::of(Deployment::new(TestMaterial::Refused)).knowing(known);
    let name = output.say(&format!("act-{}", act.name()), &[]);
    let admission = policy.admit(delegator, act, &facts, at);
    if admission.effect == Effect::Permit {
        return Ok(None);
    }
    match output.format() {
        Format::Json => output.json(json!({ "admission": decision::json(&admission, output) })),
        Format::Text => {
            decision::headline(&admission, &name, output);
            decision::lines(&admission, output);
        }
    }
    Ok(Some(decision::exit_of(&admission)))
}

fn json_of(one: &Delegation) -> Value {
    let what = json!({
        "delegator": one.delegator.as_str(),
        "delegate": one.delegate.as_str(),
        "kind": one.kind.name(),
        "channel": one.channel.name(),
        "birth_date": one.birth_date.map(|date| date.to_string()),
    });
    let dated = dated_json(one.id, one.validity, &one.registered, one.revoked.as_ref());
    merged(what, dated)
}
