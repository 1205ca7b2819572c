//! The access rules that a command works with, and what is wanted under them.
//!
//! Not here: any decision (the library's), and the report of one (`decision`).

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use varco::CodiceFiscale;
use varco::ServiceId;
use varco::policy::{
    AccessPolicy, BirthDateContradicts, OperatorFile, PolicyError, Profile, Represented, Request,
};
use varco_messages::Arg;

use crate::arguments::{ForArguments, ProfileName, RulesArguments};
use crate::output::Output;
use crate::ownership::is_ours;
use crate::problem::Problem;

/// Most bytes of a file that are read; the library takes fewer.
const FILE_LENGTH_MAX: u64 = 1024 * 1024;
/// Most files of a folder that are looked at.
const FILES_MAX: usize = 256;

/// The built-in rules, with those of an operator that are named.
pub(crate) fn policy(arguments: &RulesArguments, output: &Output) -> Result<AccessPolicy, Problem> {
    let builtin = AccessPolicy::builtin();
    if arguments.policy.is_empty() {
        return Ok(builtin);
    }
    let mut paths = Vec::new();
    for path in &arguments.policy {
        if path.is_dir() {
            let found = in_folder(path, &["cedar", "toml"], output)?;
            if found.is_empty() {
                // What somebody meant to forbid would be permitted without a word.
                let detail = format!("no such file in {}", path.display());
                return Err(output.problem("policy-file-kind", &[]).detailed(&detail));
            }
            paths.extend(found);
        } else {
            paths.push(path.clone());
        }
    }
    let files = paths
        .iter()
        .map(|path| Ok((path.display().to_string(), read_own(path, output)?)))
        .collect::<Result<Vec<_>, Problem>>()?;
    with_operator(&builtin, &files).map_err(|error| problem(&error, output))
}

/// The rules with an operator's files, each with its name and text.
pub(crate) fn with_operator(
    policy: &AccessPolicy,
    files: &[(String, String)],
) -> Result<AccessPolicy, PolicyError> {
    let files: Vec<OperatorFile<'_>> = files
        .iter()
        .map(|(name, text)| OperatorFile { name, text })
        .collect();
    policy.with_operator(&files)
}

/// The files of a folder whose names end so, in the order of their names.
pub(crate) fn in_folder(folder: &Path, kinds: &[&str], output: &Output) -> Result<Vec<PathBuf>, Problem> {
    let unreadable =
        |error: &std::io::Error| Problem::file(output.messages(), "file-unreadable", folder, error);
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| unreadable(&error))? {
        let path = entry.map_err(|error| unreadable(&error))?.path();
        let kind = path.extension().and_then(|kind| kind.to_str());
        if kind.is_some_and(|kind| kinds.contains(&kind)) {
            paths.push(path);
        }
        if paths.len() > FILES_MAX {
            return Err(unreadable(&ErrorKind::QuotaExceeded.into()));
        }
    }
    paths.sort();
    Ok(paths)
}

/// A file that decides who may use what must be the user's or the machine's.
fn read_own(path: &Path, output: &Output) -> Result<String, Problem> {
    let file = open(path, output)?;
    let about = file
        .metadata()
        .map_err(|error| Problem::file(output.messages(), "file-unreadable", path, &error))?;
    if !is_ours(&about) {
        let path = path.display().to_string();
        return Err(output.problem("policy-unsafe", &[("path", Arg::Text(&path))]));
    }
    text_of(file, path, FILE_LENGTH_MAX, output)
}

/// A file's text, at most so long.
pub(crate) fn read(path: &Path, length_max: u64, output: &Output) -> Result<String, Problem> {
    text_of(open(path, output)?, path, length_max, output)
}

fn open(path: &Path, output: &Output) -> Result<File, Problem> {
    let unreadable = |error| Problem::file(output.messages(), "file-unreadable", path, &error);
    // What is no file may have no other end.
    match std::fs::metadata(path).map_err(unreadable)?.is_file() {
        true => File::open(path).map_err(unreadable),
        false => Err(unreadable(ErrorKind::InvalidInput.into())),
    }
}

fn text_of(file: File, path: &Path, length_max: u64, output: &Output) -> Result<String, Problem> {
    let unreadable = |error| Problem::file(output.messages(), "file-unreadable", path, &error);
    let mut text = String::new();
    let most = length_max.saturating_add(1);
    let read = file.take(most).read_to_string(&mut text).map_err(unreadable)?;
    match u64::try_from(read) {
        Ok(read) if read <= length_max => Ok(text),
        _ => Err(unreadable(ErrorKind::FileTooLarge.into())),
    }
}

/// What is wrong with rules, with its place.
pub(crate) fn problem(error: &PolicyError, output: &Output) -> Problem {
    let place = error
        .place()
        .map(|place| format!("{}:{}:{}", place.file, place.line, place.column));
    let annotation = match error {
        PolicyError::Annotation { annotation, .. } => annotation,
        _ => "",
    };
    let arguments = [
        ("place", Arg::Text(place.as_deref().unwrap_or_default())),
        ("annotation", Arg::Text(annotation)),
        ("service", Arg::Text("")),
    ];
    // TOML shows the place in a drawing of several lines.
    let detail = error.to_string();
    let detail: Vec<&str> = detail.split_whitespace().collect();
    output
        .problem(error.code(), &arguments)
        .detailed(&detail.join(" "))
}

/// A service that the rules know.
pub(crate) fn known_service(id: &str, policy: &AccessPolicy, output: &Output) -> Result<ServiceId, Problem> {
    let service = ServiceId::parse(id)
        .map_err(|_| output.problem("service-id-invalid", &[("service", Arg::Text(id))]))?;
    if policy.service(&service).is_some() {
        return Ok(service);
    }
    let known: Vec<&str> = policy
        .services()
        .iter()
        .map(|service| service.id.as_str())
        .collect();
    let arguments = [
        ("service", Arg::Text(id)),
        ("services", Arg::Text(&known.join(", "))),
    ];
    Err(output.problem("service-unknown", &arguments))
}

/// A codice fiscale that was typed.
pub(crate) fn codice_fiscale(text: &str, output: &Output) -> Result<CodiceFiscale, Problem> {
    CodiceFiscale::parse(text).map_err(|error| {
        let problem = output.problem("codice-fiscale-malformed", &[("value", Arg::Text(text))]);
        problem.detailed(&error)
    })
}

/// A day that was typed.
pub(crate) fn date(option: &str, text: &str, output: &Output) -> Result<jiff::civil::Date, Problem> {
    day(text).ok_or_else(|| Problem::usage(output.messages(), &format!("{option} {text}")))
}

/// A day alone, such as 2026-05-03. A time beside it would be lost, so such a text is none.
pub(crate) fn day(text: &str) -> Option<jiff::civil::Date> {
    let is_alone = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    text.parse().ok().filter(|_| is_alone)
}

/// A birth date that is not that of the person.
pub(crate) fn contradicts(_: BirthDateContradicts, output: &Output) -> Problem {
    output.problem("birth-date-contradicts", &[])
}

/// The request in its profile, and for whom.
pub(crate) fn acting(
    request: Request,
    arguments: &ForArguments,
    output: &Output,
) -> Result<Request, Problem> {
    let request = request.in_profile(match arguments.profile {
        ProfileName::Citizen => Profile::Citizen,
        ProfileName::Professional => Profile::Professional,
    });
    let Some(other) = &arguments.acting_for else {
        return Ok(request);
    };
    let born = arguments.for_birth_date.as_deref();
    let born = born
        .map(|born| date("--for-birth-date", born, output))
        .transpose()?;
    let person =
        Represented::new(codice_fiscale(other, output)?, born).map_err(|error| contradicts(error, output))?;
    Ok(request.on_behalf_of(person))
}
