//! `varco readers`: the readers, what lies in them, and with `--watch` what happens.

use std::time::Duration;

use serde_json::{Value, json};
use varco::steps::{CardPresence, ReaderName};
use varco::{Event, Recognise};
use varco_messages::Arg;

use crate::arguments::ReadersArguments;
use crate::exit::Exit;
use crate::output::{Format, Output, is_stdout_closed};
use crate::problem::Problem;
use crate::source::{Wanted, varco};

/// How often a watch looks whether anybody still reads.
const LOOK: Duration = Duration::from_millis(500);

impl ReadersArguments {
    fn wanted(&self) -> Wanted<'_> {
        #[cfg(feature = "nfc")]
        if self.scan_serial {
            return Wanted::AlsoOnSerialPorts;
        }
        Wanted::Reader(None)
    }
}

pub(crate) fn run(arguments: &ReadersArguments, output: &Output) -> Exit {
    if arguments.watch {
        return watch(arguments, output);
    }
    let readers = varco(arguments.wanted(), &arguments.config, output).and_then(|varco| {
        varco
            .readers()
            .map_err(|error| Problem::start(output.messages(), &error))
    });
    let readers = match readers {
        Ok(readers) => readers,
        Err(problem) => return output.fail(&problem),
    };
    if readers.is_empty() {
        return output.fail(&output.problem("no-reader", &[]));
    }
    match output.format() {
        Format::Json => {
            let list: Vec<Value> = readers
                .iter()
                .map(|reader| json!({ "name": reader.name.as_str(), "card": card_json(&reader.card) }))
                .collect();
            output.json(json!({ "readers": list }));
        }
        Format::Text => {
            for reader in &readers {
                let (state, atr) = match &reader.card {
                    CardPresence::Absent => ("reader-empty", String::new()),
                    CardPresence::Mute => ("reader-card-mute", String::new()),
                    card if card.is_in_use() => ("reader-in-use", String::new()),
                    CardPresence::Unknown(error) => (error.code(), String::new()),
                    CardPresence::Present(atr) => ("reader-card-present", format!("  {atr}")),
                };
                output.line(&format!("{}: {}{atr}", reader.name, output.say(state, &[])));
            }
        }
    }
    Exit::Done
}

fn card_json(card: &CardPresence) -> Value {
    match card {
        CardPresence::Absent => Value::Null,
        CardPresence::Mute => json!({ "state": "mute" }),
        card if card.is_in_use() => json!({ "state": "in-use" }),
        CardPresence::Unknown(error) => json!({ "state": "unknown", "error": error.code() }),
        CardPresence::Present(atr) => json!({ "state": "present", "atr": atr.to_string() }),
    }
}

fn watch(arguments: &ReadersArguments, output: &Output) -> Exit {
    let varco = match varco(arguments.wanted(), &arguments.config, output) {
        Ok(varco) => varco,
        Err(problem) => return output.fail(&problem),
    };
    let mut watch = match varco.watch_with(Recognise::No) {
        Ok(watch) => watch,
        Err(error) => return output.fail(&Problem::start(output.messages(), &error)),
    };
    output.note(&output.say("watch-started", &[]));
    while !is_stdout_closed() {
        // Nobody calls this from within a login.
        if let Ok(Some(event)) = watch.next_within(LOOK) {
            tell(&event, output);
        }
    }
    Exit::Done
}

fn tell(event: &Event, output: &Output) {
    let (code, kind, reader, atr): (_, _, &ReaderName, _) = match event {
        Event::ReaderAdded(reader) => ("watch-reader-added", "reader-added", reader, None),
        Event::ReaderGone(reader) => ("watch-reader-gone", "reader-gone", reader, None),
        Event::CardInserted { reader, atr } => (
            "watch-card-inserted",
            "card-inserted",
            reader,
            Some(atr.to_string()),
        ),
        Event::CardMute(reader) => ("watch-card-mute", "card-mute", reader, None),
        Event::CardRemoved(reader) => ("watch-card-removed", "card-removed", reader, None),
        Event::ServiceLost(error) => return output.explain(&output.problem(error.code(), &[])),
        _ => return,
    };
    match output.format() {
        Format::Json => output.json(json!({ "event": kind, "reader": reader.as_str(), "atr": atr })),
        Format::Text => output.line(&output.say(code, &[("reader", Arg::Text(reader.as_str()))])),
    }
}
