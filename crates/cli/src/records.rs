//! The commands about facts: `varco enablement`, `delegation`, `category` and `phone-pin`.
//!
//! Not here: the store (the library's), and what facts permit (`policy`).

pub(crate) mod category;
pub(crate) mod delegation;
pub(crate) mod enablement;
pub(crate) mod phone_pin;

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use varco::policy::{Change, FactError, StoreFailure, Validity, midnight_in_rome};
use varco::records::facts::Records;
use varco::steps::Timestamp;
use varco::{CodiceFiscale, policy};
use varco_messages::Arg;

use crate::arguments::{ChangeArguments, ListArguments, PeriodArguments, RecordsArguments};
use crate::output::{Output, to_json};
use crate::problem::Problem;
use crate::rules;
use crate::trust::parse_named_instant;

/// How long another program may hold the store.
const WAIT: Duration = Duration::from_secs(5);
/// Of the whole machine.
const SYSTEM: &str = "/var/lib/varco/records.db";
/// In a user's data folder.
const OF_USER: &str = "varco/records.db";

/// The file that is meant.
fn place(arguments: &RecordsArguments, output: &Output) -> Result<PathBuf, Problem> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let of_user = || {
        let home = variable("HOME").map(|home| home.join(".local/share"));
        let folder = variable("XDG_DATA_HOME")
            .filter(|path| path.is_absolute())
            .or(home)?;
        folder.is_absolute().then(|| folder.join(OF_USER))
    };
    let default = || match rustix::process::geteuid().is_root() {
        true => Some(SYSTEM.into()),
        false => of_user(),
    };
    let named = arguments.records.clone().or_else(default);
    named.ok_or_else(|| output.problem("records-nowhere", &[]))
}

/// The store, made where there is none.
fn create(arguments: &RecordsArguments, output: &Output) -> Result<Records, Problem> {
    let place = place(arguments, output)?;
    if arguments.records.is_none()
        && let Some(folder) = place.parent()
    {
        make_folder(folder)
            .map_err(|error| Problem::file(output.messages(), "file-unwritable", folder, &error))?;
    }
    Records::create_or_open(&place, WAIT).map_err(|failure| failed(&failure, output))
}

/// A folder for the user alone.
fn make_folder(folder: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

/// The store that must be there.
pub(crate) fn open(arguments: &RecordsArguments, output: &Output) -> Result<Records, Problem> {
    Records::open(&place(arguments, output)?, WAIT).map_err(|failure| failed(&failure, output))
}

/// The store, to be looked at: the one that is named, which must be there, or the usual one, where that is.
pub(crate) fn open_if_there(
    arguments: &RecordsArguments,
    output: &Output,
) -> Result<Option<Records>, Problem> {
    let is_named = arguments.records.is_some();
    let Ok(place) = place(arguments, output) else {
        return Ok(None);
    };
    match Records::open_to_read(&place, WAIT) {
        Ok(records) => Ok(Some(records)),
        Err(StoreFailure::Absent) if !is_named => Ok(None),
        Err(failure) => Err(failed(&failure, output)),
    }
}

/// Why the store did not answer.
pub(crate) fn failed(failure: &StoreFailure, output: &Output) -> Problem {
    output.problem(failure.code(), &[]).detailed(failure)
}

/// Why a change was not made.
fn refused(error: &FactError, output: &Output) -> Problem {
    let limit = match error {
        FactError::LimitReached { limit } => *limit,
        _ => 0,
    };
    let problem = output.problem(error.code(), &[("limit", Arg::Number(limit))]);
    match error {
        FactError::Store(failure) => problem.detailed(failure),
        _ => problem,
    }
}

/// Who changes something, when, and by which act.
fn change(arguments: &ChangeArguments, output: &Output) -> Result<Change, Problem> {
    let at = match &arguments.at {
        Some(at) => parse_named_instant("--at", at, output)?,
        None => Timestamp::now(),
    };
    // What is dated ahead could not be corrected until then. A clock may be a little behind.
    if at.as_second() > Timestamp::now().as_second() + 60 {
        return Err(output.problem("facts-future", &[]));
    }
    Change::new(&arguments.who, at, &arguments.act).map_err(|_| output.problem("change-malformed", &[]))
}

/// From when and until when. Without a beginning, from the instant of the change on.
fn period(arguments: &PeriodArguments, at: Timestamp, output: &Output) -> Result<Validity, Problem> {
    let from = match &arguments.from {
        Some(from) => parse_named_instant("--from", from, output)?,
        None => at,
    };
    let until = match arguments.until.as_deref() {
        None => None,
        Some(until) => Some(match rules::day(until) {
            Some(last) => {
                let next = last.tomorrow().ok().and_then(midnight_in_rome);
                next.ok_or_else(|| output.problem("period-malformed", &[]))?
            }
            None => parse_named_instant("--until", until, output)?,
        }),
    };
    Validity::new(from, until).map_err(|_| output.problem("period-malformed", &[]))
}

/// Whose are listed.
fn listed(arguments: &ListArguments, output: &Output) -> Result<Option<CodiceFiscale>, Problem> {
    let code = arguments.codice_fiscale.as_deref();
    code.map(|code| rules::codice_fiscale(code, output)).transpose()
}

fn change_json(change: &Change) -> Value {
    to_json(change)
}

/// What every fact says besides what it is.
fn dated_json(id: policy::FactId, validity: Validity, begun: &Change, ended: Option<&Change>) -> Value {
    json!({
        "id": id.0,
        "validity": to_json(&validity),
        "entered": change_json(begun),
        "ended": ended.map(change_json),
    })
}

/// The line of a fact for people.
fn dated_line(id: policy::FactId, what: &str, validity: Validity, ended: Option<&Change>) -> String {
    let until = validity
        .until()
        .map(|until| until.to_string())
        .unwrap_or_default();
    let ended = ended
        .map(|ended| format!(" ✗ {}", ended.at()))
        .unwrap_or_default();
    format!("{id}  {what}  {} … {until}{ended}", validity.from())
}

/// One object of several.
fn merged(mut one: Value, other: Value) -> Value {
    if let (Value::Object(one), Value::Object(other)) = (&mut one, other) {
        one.extend(other);
    }
    one
}
