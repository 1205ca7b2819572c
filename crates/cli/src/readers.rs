//! `varco readers`: the readers, what lies in them, and with `--watch` what happens.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use varco::steps::{CardPresence, LinkError, ReaderDriver, ReaderEvent, ReaderName};
use varco_messages::Arg;

use crate::arguments::ReadersArguments;
use crate::exit::Exit;
use crate::output::{Format, Output, is_stdout_closed};
use crate::problem::Problem;
use crate::source::{Wanted, varco};

/// How often a watch looks whether anybody still reads.
const LOOK: Duration = Duration::from_millis(500);
/// How long a watch waits before it asks a service again that went away.
const RETRY: Duration = Duration::from_secs(1);

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

/// Each kind of reader is watched by a thread of its own: none waits for another.
fn watch(arguments: &ReadersArguments, output: &Output) -> Exit {
    let varco = match varco(arguments.wanted(), &arguments.config, output) {
        Ok(varco) => varco,
        Err(problem) => return output.fail(&problem),
    };
    output.note(&output.say("watch-started", &[]));
    let is_over = AtomicBool::new(false);
    let (sender, events) = channel();
    thread::scope(|scope| {
        for driver in varco.reader_drivers() {
            let (sender, is_over) = (sender.clone(), &is_over);
            scope.spawn(move || watch_one(&**driver, &sender, is_over));
        }
        while !is_stdout_closed() {
            match events.recv_timeout(LOOK) {
                Ok(Ok(event)) => tell(&event, output),
                Ok(Err(error)) => output.explain(&output.problem(error.code(), &[])),
                Err(_) => {}
            }
        }
        is_over.store(true, Ordering::Relaxed);
    });
    Exit::Done
}

fn watch_one(
    driver: &dyn ReaderDriver,
    events: &Sender<Result<ReaderEvent, LinkError>>,
    is_over: &AtomicBool,
) {
    let mut told = None;
    while !is_over.load(Ordering::Relaxed) {
        let ended = driver.watch().and_then(|mut watch| {
            while !is_over.load(Ordering::Relaxed) {
                if let Some(event) = watch.next(LOOK)? {
                    told = None;
                    // Nobody listens any more when it is over.
                    let _ = events.send(Ok(event));
                }
            }
            Ok(())
        });
        if let Err(error) = ended {
            // Told once, however long the service stays away.
            if told.as_ref() != Some(&error) {
                let _ = events.send(Err(error.clone()));
                told = Some(error);
            }
            thread::sleep(RETRY);
        }
    }
}

fn tell(event: &ReaderEvent, output: &Output) {
    let (code, kind, reader, atr): (_, _, &ReaderName, _) = match event {
        ReaderEvent::ReaderAdded(reader) => ("watch-reader-added", "reader-added", reader, None),
        ReaderEvent::ReaderGone(reader) => ("watch-reader-gone", "reader-gone", reader, None),
        ReaderEvent::CardInserted(reader, atr) => (
            "watch-card-inserted",
            "card-inserted",
            reader,
            Some(atr.to_string()),
        ),
        ReaderEvent::CardMute(reader) => ("watch-card-mute", "card-mute", reader, None),
        ReaderEvent::CardRemoved(reader) => ("watch-card-removed", "card-removed", reader, None),
        _ => return,
    };
    match output.format() {
        Format::Json => output.json(json!({ "event": kind, "reader": reader.as_str(), "atr": atr })),
        Format::Text => output.line(&output.say(code, &[("reader", Arg::Text(reader.as_str()))])),
    }
}
