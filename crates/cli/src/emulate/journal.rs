//! `--log`: what happens in the slot, as JSON lines: header, lengths and status word, never a data byte.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::{Value, json};
use varco::played::fault::Fired;
use varco::played::vpcd::SlotEvent;
use varco_emulator::KeypadEvent;

use crate::output::Output;
use crate::problem::Problem;

/// The file, or nothing where none is asked for.
pub(super) struct Journal {
    file: Option<(PathBuf, File)>,
    begun: Instant,
}

impl Journal {
    /// Begins anew: an old log of this name is overwritten.
    pub(super) fn create(path: Option<&Path>, output: &Output) -> Result<Self, Problem> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let create = |path: &Path| match options.open(path) {
            Ok(file) => Ok((path.to_owned(), file)),
            Err(error) => Err(Problem::file(output.messages(), "file-unwritable", path, &error)),
        };
        Ok(Self {
            file: path.map(create).transpose()?,
            begun: Instant::now(),
        })
    }

    /// Writes one line, at once: whoever saw the card's answer finds it in the log.
    pub(super) fn write(&mut self, event: &SlotEvent) -> Result<(), (PathBuf, io::Error)> {
        let Some((path, file)) = &mut self.file else {
            return Ok(());
        };
        let mut line = line(event);
        if let Value::Object(fields) = &mut line {
            let milliseconds = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            fields.insert("ms".to_owned(), milliseconds.into());
        }
        file.write_all(format!("{line}\n").as_bytes())
            .map_err(|error| (path.clone(), error))
    }
}

fn line(event: &SlotEvent) -> Value {
    match event {
        SlotEvent::Exchange(exchange) => {
            let [cla, ins, p1, p2] = exchange.header;
            let mut line = json!({
                "event": "exchange",
                "header": format!("{cla:02X}{ins:02X}{p1:02X}{p2:02X}"),
                "command_bytes": exchange.command_bytes,
                "answer_bytes": exchange.answer_bytes,
                "status": exchange.status.to_string(),
                "model_ns": u64::try_from(exchange.took.as_nanos()).unwrap_or(u64::MAX),
            });
            if let (Some(read), Value::Object(fields)) = (exchange.read, &mut line) {
                let part = json!({
                    "file": read.file.to_string(), "offset": read.offset, "length": read.length,
                });
                fields.insert("read".to_owned(), part);
            }
            line
        }
        SlotEvent::Keypad(event) => keypad(event),
        SlotEvent::Fault(fired) => fault_event(fired),
        SlotEvent::Inserted => json!({ "event": "inserted" }),
        SlotEvent::PowerOn => json!({ "event": "power-on" }),
        SlotEvent::PowerOff => json!({ "event": "power-off" }),
        SlotEvent::Reset => json!({ "event": "reset" }),
        SlotEvent::Removed => json!({ "event": "removed" }),
        _ => json!({ "event": "other" }),
    }
}

/// A fault that happened: as it was armed, at which exchange, at which command.
pub(super) fn fault(fired: &Fired) -> Value {
    let [cla, ins, p1, p2] = fired.header;
    json!({
        "fault": fired.plan.to_string(),
        "exchange": fired.exchange,
        "header": format!("{cla:02X}{ins:02X}{p1:02X}{p2:02X}"),
    })
}

/// The same as a line.
pub(super) fn fault_event(fired: &Fired) -> Value {
    let mut line = fault(fired);
    if let Value::Object(fields) = &mut line {
        fields.insert("event".to_owned(), "fault".into());
    }
    line
}

/// What was asked for and how it ended; nothing of what was typed.
pub(super) fn keypad(event: &KeypadEvent) -> Value {
    match event {
        KeypadEvent::Asked {
            of,
            digits_min,
            digits_max,
            timeout_s,
            message,
        } => json!({
            "event": "entry-asked",
            "of": of.to_string(),
            "digits_min": digits_min,
            "digits_max": digits_max,
            "timeout_s": timeout_s,
            "message": message,
        }),
        KeypadEvent::Ended(end) => json!({ "event": "entry-ended", "end": end.to_string() }),
        _ => json!({ "event": "other" }),
    }
}
