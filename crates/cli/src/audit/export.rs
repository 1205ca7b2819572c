//! `varco audit export`: decisions written out, into a new file as a whole or to standard output as they come.
//!
//! Not here: their forms (the library's).

use std::io::{self, Write};

use serde_json::json;
use varco::records::audit::{AuditError, ExportFormat, export};
use varco_messages::Arg;

use super::read::auditor_keys;
use super::{count, failed};
use crate::arguments::{ExportArguments, ExportForm};
use crate::exit::Exit;
use crate::new_file;
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
    let file = new_file::create(path, "audit-file-exists", "file-unwritable", output)?;
    let decisions = new_file::fill(path, file, |file| {
        let count = export(&arguments.folder, form, keys, file)?;
        file.sync_all()
            .map_err(|error| AuditError::Export(error.kind()))?;
        Ok(count)
    })
    .map_err(|error| failed(&error, output))?;
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
