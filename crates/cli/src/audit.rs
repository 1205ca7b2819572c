//! `varco audit`: the record of decisions, made, verified, read and carried on.
//!
//! Not here: the record itself (the library's), and what is decided (`login`, `hand_over`).

mod export;
mod keys;
mod read;
mod verify;
mod written;

use std::path::Path;

use serde_json::{Value, json};
use varco::records::audit::{AuditError, Fault, Finding};
use varco_messages::Arg;

use crate::arguments::{AuditArguments, AuditCommand};
use crate::exit::Exit;
use crate::output::Output;
use crate::problem::Problem;

pub(crate) use written::open_log;

pub(crate) fn run(arguments: &AuditArguments, output: &Output) -> Exit {
    let done = match &arguments.command {
        AuditCommand::Keys(arguments) => keys::run(arguments, output),
        AuditCommand::Init(arguments) => written::init(arguments, output),
        AuditCommand::Verify(arguments) => verify::run(arguments, output),
        AuditCommand::Checkpoint(arguments) => written::checkpoint(arguments, output),
        AuditCommand::Rotate(arguments) => written::rotate(arguments, output),
        AuditCommand::Open(arguments) => read::open(arguments, output),
        AuditCommand::Find(arguments) => read::find(arguments, output),
        AuditCommand::Export(arguments) => export::run(arguments, output),
    };
    done.unwrap_or_else(|problem| output.fail(&problem))
}

/// Why something was not done with the record. What was altered is said with its place.
fn failed(error: &AuditError, output: &Output) -> Problem {
    let path = match error {
        AuditError::Absent(path)
        | AuditError::Exists(path)
        | AuditError::Unsafe(path)
        | AuditError::Read { path, .. }
        | AuditError::Write { path, .. } => path.as_path(),
        _ => Path::new(""),
    };
    let mut problem = problem_at(error.code(), path, output).detailed(error);
    if let AuditError::Altered(finding) = error {
        problem.told.message = format!("{} {}", problem.told.message, sentence(finding, output));
    }
    problem
}

/// By its code, about a file or folder.
fn problem_at(code: &'static str, path: &Path, output: &Output) -> Problem {
    let path = path.display().to_string();
    output.problem(code, &[("path", Arg::Text(&path))])
}

/// What is wrong, and where.
fn sentence(finding: &Finding, output: &Output) -> String {
    let is_kept = matches!(
        finding.fault,
        Fault::KeptOtherLog | Fault::KeptSignature | Fault::KeptNotReached | Fault::KeptDiffers
    );
    let kind = match (finding.segment, finding.line) {
        // Of a checkpoint from elsewhere the record counts.
        _ if is_kept => "log",
        (0, _) => "log",
        (_, 0) => "segment",
        _ => "line",
    };
    let numbers = [
        finding.segment.into(),
        finding.line,
        finding.offset,
        finding.sequence,
    ];
    let [segment, line, byte, record] = numbers.map(|number: u64| number.to_string());
    let place = [
        ("kind", Arg::Text(kind)),
        ("segment", Arg::Text(&segment)),
        ("line", Arg::Text(&line)),
        ("byte", Arg::Text(&byte)),
        ("record", Arg::Text(&record)),
    ];
    format!(
        "{} {}",
        output.say(finding.fault.code(), &[]),
        output.say("audit-place", &place)
    )
}

fn finding_json(finding: &Finding, output: &Output) -> Value {
    json!({
        "code": finding.fault.code(),
        "segment": finding.segment,
        "line": finding.line,
        "byte": finding.offset,
        "record": finding.sequence,
        "text": output.say(finding.fault.code(), &[]),
    })
}

/// A key out of a file, each kind by its reader.
fn read_key<K, T: std::ops::Deref<Target = String>>(
    path: &Path,
    read: fn(&Path) -> Result<T, AuditError>,
    parse: impl Fn(&str) -> Result<K, varco::records::audit::KeyInvalid>,
    output: &Output,
) -> Result<K, Problem> {
    let text = read(path).map_err(|error| failed(&error, output))?;
    parse(&text).map_err(|error| problem_at(error.code(), path, output).detailed(&error))
}

/// As many as can be said: a count beyond is the greatest.
fn count(number: u64) -> Arg<'static> {
    Arg::Number(u32::try_from(number).unwrap_or(u32::MAX))
}
