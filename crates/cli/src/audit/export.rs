//! `varco audit export`: decisions written out, into a new file as a whole or to standard output as they come.
//!
//! Not here: their forms (the library's).

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use serde_json::json;
use varco::records::audit::{AuditError, ExportFormat, export};
use varco_messages::Arg;

use super::read::auditor_keys;
use super::{count, failed, problem_at};
use crate::arguments::{ExportArguments, ExportForm};
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;

pub(super) fn run(arguments: &ExportArguments, output: &Output) -> Result<Exit, Problem> {
    if arguments.out.is_none() && arguments.form == ExportForm::Csv && output.format() == Format::Json {
        // A table and an object would stand in one stream.
        return Err(Problem::usage(
            output.messages(),
            "audit export --json --as csv, --out",
        ));
    }
    let keys = auditor_keys(&arguments.auditor_key, output)?;
    let keys = (!keys.is_empty()).then_some(keys.as_slice());
    let form = match arguments.form {
        ExportForm::Jsonl => ExportFormat::JsonLines,
        ExportForm::Csv => ExportFormat::Csv,
    };
    let Some(path) = &arguments.out else {
        let exported = export(&arguments.folder, form, keys, &mut Stdout(output));
        return exported
            .map(|_| Exit::Done)
            .map_err(|error| failed(&error, output));
    };
    let mut file = new_file(path, output)?;
    let exported = export(&arguments.folder, form, keys, &mut file);
    let exported = exported.and_then(|count| {
        let synced = file.sync_all().map_err(|error| AuditError::Export(error.kind()));
        synced.map(|()| count)
    });
    let decisions = exported.map_err(|error| {
        // A part of it would look like the whole.
        let _ = std::fs::remove_file(path);
        failed(&error, output)
    })?;
    let shown = path.display().to_string();
    match output.format() {
        Format::Json => output.json(json!({ "audit_export": { "path": shown, "decisions": decisions } })),
        Format::Text => {
            let arguments = [("count", count(decisions)), ("path", Arg::Text(&shown))];
            output.line(&output.say("audit-exported", &arguments));
        }
    }
    Ok(Exit::Done)
}

/// It overwrites nothing, and only its owner may read it.
fn new_file(path: &Path, output: &Output) -> Result<File, Problem> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options.open(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => problem_at("audit-file-exists", path, output),
        _ => Problem::file(output.messages(), "file-unwritable", path, &error),
    })
}

/// Standard output, whose end the output knows about.
struct Stdout<'o>(&'o Output);

impl Write for Stdout<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
