//! `varco trace show`: a trace in words.
//!
//! Not here: the words of a comparison (`differ`).

use serde_json::{Value, json};
use varco_messages::Arg;
use varco_trace::decode::{self, Place, Status};
use varco_trace::said::{Answer, Exchange, Field, Said};

use crate::arguments::TraceShowArguments;
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;

pub(super) fn run(arguments: &TraceShowArguments, output: &Output) -> Result<Exit, Problem> {
    let said = super::read(&arguments.file, output)?;
    let mut place = Place::default();
    for one in &said {
        match output.format() {
            Format::Json => output.json(json!({ "said": to_json(one, &place) })),
            Format::Text => {
                for line in lines(one, &place, output) {
                    output.line(&line);
                }
            }
        }
        place.pass(one);
    }
    Ok(Exit::Done)
}

/// One thing of a trace in words, its answer on a line of its own.
pub(super) fn lines(said: &Said, place: &Place, output: &Output) -> Vec<String> {
    let at = seconds(said.at_us());
    match said {
        Said::Connect { atr, .. } => vec![format!("{at}  {}", connect(atr, output))],
        Said::Reset { .. } => vec![format!("{at}  {}", output.say("trace-reset", &[]))],
        Said::Removed { .. } => vec![format!("{at}  {}", output.say("trace-removed", &[]))],
        Said::Control { what, .. } => {
            vec![format!(
                "{at}  {}",
                output.say("trace-control", &[("what", Arg::Text(what))])
            )]
        }
        Said::Exchange(exchange) => vec![
            format!("{at}  > {}", command(exchange, place, output)),
            match &exchange.answer {
                Answer::Given { at_us, data, status } => {
                    let status = Status(*status);
                    let number = status.number().map(|number| number.to_string());
                    let arguments = number.as_deref().map(|number| ("number", Arg::Text(number)));
                    let told = output.say(status.code(), arguments.as_slice());
                    let data = field(data, output);
                    format!("{}    {} {told}{data}", seconds(*at_us), status.0)
                }
                Answer::Missing { at_us, code, status } => {
                    let told = output.say("trace-said-nothing", &[("code", Arg::Text(code))]);
                    let outside = status.map_or(String::new(), |status| {
                        let status = status.to_string();
                        let told = output.say("trace-status-outside", &[("status", Arg::Text(&status))]);
                        format!(" {told}")
                    });
                    format!("{}    {told}{outside}", seconds(*at_us))
                }
                Answer::Cut => format!("{at}    {}", output.say("trace-cut", &[])),
            },
        ],
    }
}

fn seconds(at_us: u64) -> String {
    format!("{:>6}.{:06}", at_us / 1_000_000, at_us % 1_000_000)
}

fn connect(atr: &[u8], output: &Output) -> String {
    if atr.is_empty() {
        let unknown = output.say("trace-atr-unknown", &[]);
        return output.say("trace-began", &[("atr", Arg::Text(&unknown))]);
    }
    let summary = decode::summary(atr);
    let mut notes = Vec::new();
    for (is_so, code) in [
        (summary.is_cns, "trace-atr-cns"),
        (summary.is_contactless, "trace-atr-contactless"),
        (summary.only_t0 == Some(true), "trace-atr-only-t0"),
    ] {
        if is_so {
            notes.push(output.say(code, &[]));
        }
    }
    if let Some(printable) = summary.printable.filter(|text| !text.is_empty()) {
        notes.push(output.say("trace-atr-historical", &[("bytes", Arg::Text(&printable))]));
    }
    let told = output.say("trace-began", &[("atr", Arg::Text(&summary.hex))]);
    if notes.is_empty() {
        told
    } else {
        format!("{told} ({})", notes.join(", "))
    }
}

fn command(exchange: &Exchange, place: &Place, output: &Output) -> String {
    let mut parts: Vec<String> = Vec::new();
    for fact in decode::facts(exchange, place) {
        let arguments = [("value", Arg::Text(&fact.value))];
        let arguments = if fact.value.is_empty() {
            &[][..]
        } else {
            &arguments
        };
        parts.push(output.say(fact.topic.code(), arguments));
    }
    let name = decode::name(exchange.ins()).unwrap_or("?");
    let [cla, ins, p1, p2] = exchange.header;
    let told = if parts.is_empty() {
        String::new()
    } else {
        format!(": {}", parts.join(", "))
    };
    format!(
        "{cla:02X} {ins:02X} {p1:02X} {p2:02X}  {name}{told}{}",
        field(&exchange.data, output)
    )
}

/// How much data there is, and why it is not shown; nothing for none.
fn field(field: &Field, output: &Output) -> String {
    let count = field.length_bytes().to_string();
    match field {
        _ if field.length_bytes() == 0 => String::new(),
        Field::Known(_) => format!("; {}", output.say("trace-bytes", &[("count", Arg::Text(&count))])),
        Field::Withheld { kind, label, .. } => {
            let arguments = [
                ("count", Arg::Text(&count)),
                ("kind", Arg::Text(kind)),
                ("label", Arg::Text(label.as_deref().unwrap_or("-"))),
            ];
            format!("; {}", output.say("trace-withheld", &arguments))
        }
    }
}

/// One thing of a trace for programs.
pub(super) fn to_json(said: &Said, place: &Place) -> Value {
    let at_us = said.at_us();
    match said {
        Said::Connect { atr, .. } => {
            let summary = decode::summary(atr);
            json!({
                "event": "connect", "at_us": at_us, "atr": summary.hex, "historical": summary.historical,
                "is_cns": summary.is_cns, "is_contactless": summary.is_contactless, "only_t0": summary.only_t0,
            })
        }
        Said::Reset { .. } => json!({ "event": "reset", "at_us": at_us }),
        Said::Removed { .. } => json!({ "event": "removed", "at_us": at_us }),
        Said::Control { what, .. } => json!({ "event": "control", "at_us": at_us, "what": what }),
        Said::Exchange(exchange) => {
            let facts: Vec<Value> = decode::facts(exchange, place)
                .iter()
                .map(|fact| json!({ "topic": fact.topic.code(), "value": fact.value }))
                .collect();
            json!({
                "event": "exchange", "at_us": at_us, "name": decode::name(exchange.ins()),
                "header": exchange.header.map(|byte| format!("{byte:02X}")).concat(), "facts": facts,
                "data": data_json(&exchange.data), "expected": exchange.expected, "secured": exchange.secured,
                "by_pad": exchange.by_pad,
                "took_us": exchange.took_us(), "answer": answer_json(&exchange.answer),
            })
        }
    }
}

fn answer_json(answer: &Answer) -> Value {
    match answer {
        Answer::Given { data, status, .. } => json!({
            "status": status.to_string(), "meaning": Status(*status).code(), "number": Status(*status).number(),
            "data": data_json(data), "code": null,
        }),
        Answer::Missing { code, status, .. } => json!({
            "status": status.map(|status| status.to_string()),
            "meaning": status.map(|status| Status(status).code()),
            "number": status.and_then(|status| Status(status).number()), "data": null, "code": code,
        }),
        Answer::Cut => Value::Null,
    }
}

fn data_json(field: &Field) -> Value {
    match field {
        Field::Known(bytes) => {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
            json!({ "length_bytes": bytes.len(), "hex": hex, "redacted": null, "label": null })
        }
        Field::Withheld {
            length_bytes,
            kind,
            label,
        } => {
            json!({ "length_bytes": length_bytes, "hex": null, "redacted": kind, "label": label })
        }
    }
}
