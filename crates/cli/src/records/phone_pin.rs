//! `varco phone-pin`: telephone PINs, issued to who logged in with a card and checked when a caller tells one.
//!
//! Not here: the login (`login`), and where hashes are kept (the library's).

use serde_json::json;
use varco::entry::EntryChoice;
use varco::policy::{PhonePin, PhonePinChecked, PhonePinGrant, PhonePinSpan, PhonePinStore as _};
use varco::steps::Timestamp;
use varco_messages::{Arg, Messages};

use super::{create, failed, open};
use crate::arguments::{CheckPhonePin, IssueArguments, PhonePinArguments, PhonePinCommand, SpanName};
use crate::exit::Exit;
use crate::login;
use crate::output::{Format, Output};
use crate::problem::Problem;
use crate::rules;

/// The service that issues them.
const SERVICE: &str = "inps.pin-telefonico";

pub(crate) fn run(arguments: &PhonePinArguments, output: &Output) -> Exit {
    let done = match &arguments.command {
        PhonePinCommand::Issue(arguments) => issue(arguments, output),
        PhonePinCommand::Check(arguments) => check(arguments, output),
    };
    done.unwrap_or_else(|problem| output.fail(&problem))
}

fn issue(arguments: &IssueArguments, output: &Output) -> Result<Exit, Problem> {
    let login = &arguments.login;
    if login.service.is_some() || login.deciding.acting.acting_for.is_some() || login.proof.is_some() {
        // It is one service, and for oneself; and no asker is told of it.
        let said = "phone-pin issue --service, --for, --proof";
        return Err(Problem::usage(output.messages(), said));
    }
    // What may be wrong with the store is found out before a PIN is typed.
    let store = create(&arguments.login.deciding.records, output)?;
    let report = match login::perform(&arguments.login, SERVICE, output)? {
        Ok(report) => report,
        Err(exit) => return Ok(exit),
    };
    let decision = report
        .outcome
        .as_ref()
        .ok()
        .and_then(|(_, decision)| decision.as_ref());
    let Some(grant) = decision.and_then(PhonePinGrant::of) else {
        return Ok(login::tell(&report, output));
    };
    let span = match arguments.span {
        SpanName::Day => PhonePinSpan::Day,
        SpanName::Week => PhonePinSpan::Week,
        SpanName::Month => PhonePinSpan::Month,
        SpanName::ThreeMonths => PhonePinSpan::ThreeMonths,
    };
    let fresh = || varco::random().map_err(|error| Problem::start(output.messages(), &error));
    let (pin, salt) = (PhonePin::draw(&fresh()?), fresh()?);
    let salt = salt.first_chunk().copied().unwrap_or_default();
    let until = store
        .issue_phone_pin(&grant, span, &pin, salt)
        .map_err(|failure| failed(&failure, output))?;
    let shown = core::str::from_utf8(pin.reveal()).unwrap_or_default();
    let until = until.to_string();
    match output.format() {
        Format::Json => output.json(json!({ "phone_pin": { "pin": shown, "until": until } })),
        Format::Text => {
            if let Ok((identity, _)) = &report.outcome {
                login::marks(identity.assurance(), output);
            }
            let said = [("pin", Arg::Text(shown)), ("until", Arg::Text(&until))];
            output.line(&output.say("phone-pin-issued", &said));
        }
    }
    if report.reset_failed {
        output.note(&output.say("login-card-not-reset", &[]));
    }
    Ok(Exit::Done)
}

fn check(arguments: &CheckPhonePin, output: &Output) -> Result<Exit, Problem> {
    let holder = rules::codice_fiscale(&arguments.codice_fiscale, output)?;
    let store = open(&arguments.records, output)?;
    let source = if arguments.entry.pin_stdin {
        "stdin"
    } else {
        &arguments.entry.entry
    };
    let choice = EntryChoice::parse(source)
        .ok_or_else(|| Problem::usage(output.messages(), "--entry: terminal, pinentry, stdin, fd:N"))?;
    let lines = [output.say("ask-phone-pin", &[])];
    let told = choice
        .ask_apart(&lines, Messages::new(output.messages().locale()))
        .map_err(|error| match error.code() {
            // No card's PIN is meant.
            "pin-wrong-form" => output.problem("phone-pin-form", &[]),
            code => output.problem(code, &[]).detailed(&error),
        })?;
    // Filled up with what is no digit, a shorter one is of the wrong form.
    let pin = told.padded(8, 0xFF).and_then(|bytes| PhonePin::parse(&bytes));
    let pin = pin.ok_or_else(|| output.problem("phone-pin-form", &[]))?;
    let checked = store
        .check_phone_pin(&holder, &pin, Timestamp::now())
        .map_err(|failure| failed(&failure, output))?;
    let (name, until, exit) = match checked {
        PhonePinChecked::Accepted { until } => ("accepted", Some(until), Exit::Done),
        PhonePinChecked::Refused => ("refused", None, Exit::Denied),
        PhonePinChecked::Expired { until } => ("expired", Some(until), Exit::Denied),
        PhonePinChecked::Blocked => ("blocked", None, Exit::Denied),
    };
    let until = until.map(|until| until.to_string());
    match output.format() {
        Format::Json => output.json(json!({ "phone_pin": { "outcome": name, "until": until } })),
        Format::Text => {
            let until = until.unwrap_or_default();
            output.line(&output.say(&format!("phone-pin-{name}"), &[("until", Arg::Text(&until))]));
        }
    }
    Ok(exit)
}
