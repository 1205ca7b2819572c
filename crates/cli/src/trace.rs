//! `varco trace`: what was said to a card.
//!
//! Not here: what is in a trace, and what it means (crate `trace`).

mod carry;
mod differ;
#[cfg(feature = "played")]
mod replay;
mod show;

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use varco_messages::Arg;
use varco_trace::lines::{self, TRACE_MAX_BYTES};
use varco_trace::said::Said;
use zeroize::Zeroizing;

use crate::arguments::{TraceArguments, TraceCommand};
use crate::exit::Exit;
use crate::output::Output;
use crate::problem::Problem;

pub(crate) fn run(arguments: &TraceArguments, output: &Output) -> Exit {
    match &arguments.command {
        TraceCommand::Show(arguments) => show::run(arguments, output),
        TraceCommand::Diff(arguments) => differ::run(arguments, output),
        TraceCommand::Export(arguments) => carry::export(arguments, output),
        TraceCommand::Import(arguments) => carry::import(arguments, output),
        #[cfg(feature = "played")]
        TraceCommand::Record(arguments) => replay::record(arguments, output),
        #[cfg(feature = "played")]
        TraceCommand::Replay(arguments) => replay::replay(arguments, output),
    }
    .unwrap_or_else(|problem| output.fail(&problem))
}

fn read(path: &Path, output: &Output) -> Result<Vec<Said>, Problem> {
    let text = contents(path, TRACE_MAX_BYTES)
        .map_err(|error| Problem::file(output.messages(), "file-unreadable", path, &error))?;
    lines::read(&text).map_err(|error| problem_at("trace-malformed", path, output).detailed(&error))
}

/// What is in a file, up to one byte more than it may have; whoever reads it refuses that. It may hold a PIN.
fn contents(path: &Path, max_bytes: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = File::open(path)?;
    let expected = usize::try_from(file.metadata()?.len()).unwrap_or(max_bytes);
    // Reserved at once: a growing vector would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(expected.min(max_bytes) + 1));
    let limit = u64::try_from(max_bytes).unwrap_or(u64::MAX).saturating_add(1);
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// It overwrites nothing, and only its owner may read it.
fn new_file(path: &Path, output: &Output) -> Result<File, Problem> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options.open(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => problem_at("trace-exists", path, output),
        _ => Problem::file(output.messages(), "trace-unwritable", path, &error),
    })
}

fn problem_at(code: &'static str, path: &Path, output: &Output) -> Problem {
    let shown = path.display().to_string();
    output.problem(code, &[("path", Arg::Text(&shown))])
}

/// How many commands are in a trace.
fn commands(said: &[Said]) -> usize {
    said.iter()
        .filter(|said| matches!(said, Said::Exchange(_)))
        .count()
}
