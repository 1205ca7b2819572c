//! `varco pin`: how many tries PIN and PUK have left, a change, an unblocking.
//!
//! Not here: the way to the card (`varco`), and where a code comes from (`trust`).

use std::io::Write;

use serde_json::{Value, json};
use varco::steps::{NewPinWay, PinId, Tries, TriesLeft};
use varco::{Audience, CareReport, LoginError, LoginOptions, PinCounters};
use varco_messages::{Arg, OfCard};

use crate::arguments::{NewPinArguments, PinArguments, PinCommand, ReaderArguments};
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;
use crate::source::varco_for;
use crate::trust;

pub(crate) fn run(arguments: &PinArguments, output: &Output) -> Exit {
    let done = match &arguments.command {
        PinCommand::Status(arguments) => status(arguments, output),
        PinCommand::Change(arguments) => renew(arguments, Renewal::Change, output),
        PinCommand::Unblock(arguments) => renew(arguments, Renewal::Unblock, output),
    };
    done.unwrap_or_else(|problem| output.fail(&problem))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Renewal {
    Change,
    Unblock,
}

fn options(reader: &ReaderArguments, output: &Output) -> Result<LoginOptions, Problem> {
    let audience = Audience::parse("varco-cli").map_err(|error| output.problem(error.code(), &[]))?;
    let mut options = LoginOptions::new(audience);
    if let Some(reader) = reader.name() {
        options.reader(reader);
    }
    options.wait(reader.wait());
    Ok(options)
}

fn status(arguments: &ReaderArguments, output: &Output) -> Result<Exit, Problem> {
    let options = options(arguments, output)?;
    let report = varco_for(arguments, output)?
        .pin_status(&options)
        .map_err(|error| Problem::start(output.messages(), &error))?;
    let problem = problem(&report, output);
    match (output.format(), &report.outcome) {
        (Format::Json, outcome) => {
            let pins = outcome.as_ref().map(Vec::as_slice).unwrap_or_default();
            let mut object = card_json(&report);
            put(&mut object, "pins", pins.iter().map(counters_json).collect());
            put(
                &mut object,
                "error",
                problem.as_ref().map(Problem::to_json).into(),
            );
            output.json(object);
        }
        (Format::Text, Ok(pins)) => status_text(&report, pins, output),
        (Format::Text, Err(_)) => {
            if let Some(problem) = &problem {
                output.explain(problem);
            }
        }
    }
    Ok(problem.map_or(Exit::Done, |problem| problem.exit()))
}

fn status_text(report: &CareReport<Vec<PinCounters>>, pins: &[PinCounters], output: &Output) {
    let mut rows = card_rows(report, output);
    for counters in pins {
        let (pin, puk) = labels(counters.id);
        rows.push((pin, tries(counters.pin, output)));
        rows.push((
            puk,
            counters
                .puk
                .map_or_else(|| output.say("puk-unknown", &[]), |puk| tries(puk, output)),
        ));
    }
    output.table(&rows);
    if pins
        .iter()
        .any(|counters| counters.pin.left == TriesLeft::Known(0))
    {
        output.line(&output.say("pin-status-blocked", &[]));
    }
    if report.card.as_ref().is_some_and(|card| card.kind.name() == "cie") {
        output.line(&output.say("pin-status-unchecked", &[]));
    }
}

fn renew(arguments: &NewPinArguments, renewal: Renewal, output: &Output) -> Result<Exit, Problem> {
    let mut options = options(&arguments.reader, output)?;
    trust::country_signers(&arguments.csca, &mut options, output)?;
    trust::instant(arguments.at.as_deref(), &mut options, output)?;
    if arguments.allow_last_try {
        options.allow_last_try();
    }
    if arguments.require_known_tries {
        options.require_known_tries();
    }
    let mut entry = trust::entry(&arguments.entry, output)?;
    let varco = varco_for(&arguments.reader, output)?;
    // Last: where nothing can begin, no empty file stays.
    let mut trace = arguments
        .trace
        .as_deref()
        .map(|path| crate::new_file::trace(path, output))
        .transpose()?;
    let sink = trace.as_mut().map(|file| file as &mut (dyn Write + Send));
    let pin = if arguments.signature_pin {
        PinId::Signature
    } else {
        PinId::User
    };
    let report = match renewal {
        Renewal::Change => varco.change_pin(&options, pin, &mut *entry, sink),
        Renewal::Unblock => varco.unblock_pin(&options, pin, &mut *entry, sink),
    };
    let report = report.map_err(|error| Problem::start(output.messages(), &error))?;
    Ok(tell(&report, renewal, output))
}

fn tell(report: &CareReport<()>, renewal: Renewal, output: &Output) -> Exit {
    let problem = problem(report, output);
    match output.format() {
        Format::Json => {
            let mut object = card_json(report);
            put(&mut object, "changed", report.outcome.is_ok().into());
            put(&mut object, "sent", report.sent.is_some().into());
            put(
                &mut object,
                "counters",
                report.counters.as_ref().map(counters_json).into(),
            );
            put(&mut object, "trace_complete", (!report.trace_failed).into());
            put(
                &mut object,
                "error",
                problem.as_ref().map(Problem::to_json).into(),
            );
            output.json(object);
        }
        Format::Text => match &problem {
            Some(problem) => output.explain(problem),
            None => {
                output.line(&output.say(
                    match renewal {
                        Renewal::Change => "pin-changed",
                        Renewal::Unblock => "pin-unblocked",
                    },
                    &[],
                ));
                if let Some(counters) = &report.counters {
                    let (pin, puk) = labels(counters.id);
                    let rows = [
                        Some((pin, tries(counters.pin, output))),
                        counters.puk.map(|told| (puk, tries(told, output))),
                    ];
                    output.table(&rows.into_iter().flatten().collect::<Vec<_>>());
                }
            }
        },
    }
    // Where the problem itself is about a code, it says so.
    let is_about_card = matches!(report.outcome, Err(LoginError::Card(_) | LoginError::CardChanged));
    if is_about_card && report.sent.is_none() {
        output.note(&output.say("login-pin-not-sent", &[]));
    }
    if report.reset_failed {
        output.note(&output.say("login-card-not-reset", &[]));
    }
    if report.trace_failed {
        output.note(&output.say("login-trace-cut", &[]));
    }
    problem.map_or(Exit::Done, |problem| problem.exit())
}

/// What PIN and PUK are called.
fn labels(id: PinId) -> (&'static str, &'static str) {
    match id {
        PinId::Signature => ("label-signature-pin", "label-signature-puk"),
        _ => ("label-pin", "label-puk"),
    }
}

fn problem<T>(report: &CareReport<T>, output: &Output) -> Option<Problem> {
    let of_card = OfCard {
        kind: report.card.as_ref().map(|card| card.kind),
        issuer: report.issuer.as_deref(),
        pin: report.pin,
    };
    let error = report.outcome.as_ref().err()?;
    Some(Problem::of_card(output.messages(), error, of_card))
}

fn tries(tries: Tries, output: &Output) -> String {
    let most = tries.most.map(|most| most.to_string());
    output.say(
        "tries-of",
        &[
            ("tries", Arg::Tries(tries.left.known())),
            ("most", Arg::Text(most.as_deref().unwrap_or("unknown"))),
        ],
    )
}

fn card_rows<T>(report: &CareReport<T>, output: &Output) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    if let Some(card) = &report.card {
        rows.push((
            "label-card",
            output.say(&format!("credential-{}", card.kind.name()), &[]),
        ));
        let title = output.messages().pick(&card.title_it, &card.title_en);
        rows.push(("label-profile", title.to_owned()));
    }
    rows.extend(report.issuer.clone().map(|issuer| ("label-issued-by", issuer)));
    rows
}

fn card_json<T>(report: &CareReport<T>) -> Value {
    json!({
        "card": {
            "kind": report.card.as_ref().map(|card| card.kind.name()),
            "profile": report.card.as_ref().map(|card| card.profile.as_str()),
            "issued_by": report.issuer,
            "exchanges": report.exchanges,
            "reset_failed": report.reset_failed,
        },
    })
}

fn put(object: &mut Value, key: &str, value: Value) {
    if let Value::Object(fields) = object {
        fields.insert(key.to_owned(), value);
    }
}

fn counters_json(counters: &PinCounters) -> Value {
    json!({
        "id": counters.id.name(),
        "pin": tries_json(counters.pin),
        "puk": counters.puk.map(tries_json),
        "change": counters.ways.change.map(way),
        "unblock": counters.ways.unblock.map(way),
    })
}

fn tries_json(tries: Tries) -> Value {
    json!({ "tries_left": tries.left.known(), "tries_max": tries.most })
}

fn way(way: NewPinWay) -> &'static str {
    match way {
        NewPinWay::OneCommand => "one-command",
        NewPinWay::VerifiedFirst => "verified-first",
    }
}
