//! `varco trace export` and `import`: traces to and from the forms of other programs.
//!
//! Not here: the forms (crate `trace`).

use std::io::{BufWriter, Write as _};

use serde_json::json;
use varco_messages::Arg;
use varco_trace::import::{self, LOG_MAX_BYTES, LogKind};
use varco_trace::lines;
use varco_trace::pcapng::{self, ExportError};

use super::{commands, contents, fill, new_file, problem_at, read};
use crate::arguments::{LogForm, TraceExportArguments, TraceImportArguments};
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;

pub(super) fn export(arguments: &TraceExportArguments, output: &Output) -> Result<Exit, Problem> {
    let start_us = start(arguments.start.as_deref(), output)?;
    let said = read(&arguments.file, output)?;
    let path = &arguments.pcapng;
    fill(path, new_file(path, output)?, |file| {
        let mut out = BufWriter::new(file);
        pcapng::write(&said, start_us, &mut out)?;
        Ok(out.flush()?)
    })
    .map_err(|error| match error {
        ExportError::Write(error) => Problem::file(output.messages(), "trace-unwritable", path, &error),
        error => problem_at("trace-not-exported", &arguments.file, output).detailed(&error),
    })?;
    let shown = path.display().to_string();
    let count = commands(&said);
    match output.format() {
        Format::Json => output.json(json!({ "trace_exported": { "path": shown, "commands": count } })),
        Format::Text => {
            let count = count.to_string();
            let arguments = [("count", Arg::Text(&count)), ("path", Arg::Text(&shown))];
            output.line(&output.say("trace-exported", &arguments));
        }
    }
    Ok(Exit::Done)
}

/// Microseconds since 1970.
fn start(text: Option<&str>, output: &Output) -> Result<u64, Problem> {
    let Some(text) = text else { return Ok(0) };
    text.parse::<jiff::Timestamp>()
        .ok()
        .and_then(|instant| u64::try_from(instant.as_microsecond()).ok())
        .ok_or_else(|| Problem::usage(output.messages(), &format!("--start {text}: RFC 3339")))
}

pub(super) fn import(arguments: &TraceImportArguments, output: &Output) -> Result<Exit, Problem> {
    let log = contents(&arguments.log, LOG_MAX_BYTES)
        .map_err(|error| Problem::file(output.messages(), "file-unreadable", &arguments.log, &error))?;
    let kind = match arguments.from {
        Some(LogForm::Pcscd) => Some(LogKind::Pcscd),
        Some(LogForm::Opensc) => Some(LogKind::OpenSc),
        None => LogKind::detect(&log),
    };
    let kind = kind.ok_or_else(|| problem_at("trace-log-nothing", &arguments.log, output))?;
    let imported = import::import(kind, &log)
        .map_err(|error| problem_at(error.code(), &arguments.log, output).detailed(&error))?;
    let path = &arguments.into;
    fill(path, new_file(path, output)?, |file| {
        let mut out = BufWriter::new(file);
        lines::write(&imported.said, &mut out)?;
        out.flush()
    })
    .map_err(|error| Problem::file(output.messages(), "trace-unwritable", path, &error))?;
    let shown = path.display().to_string();
    let (count, left_out) = (commands(&imported.said), imported.left_out);
    match output.format() {
        Format::Json => output.json(json!({
            "trace_imported": { "path": shown, "commands": count, "left_out_lines": left_out },
        })),
        Format::Text => {
            let count = count.to_string();
            let arguments = [("count", Arg::Text(&count)), ("path", Arg::Text(&shown))];
            output.line(&output.say("trace-imported", &arguments));
            if left_out > 0 {
                let left_out = left_out.to_string();
                output.note(&output.say("trace-left-out", &[("count", Arg::Text(&left_out))]));
            }
        }
    }
    Ok(Exit::Done)
}
