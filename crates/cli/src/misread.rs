//! A command line that clap could not read, said in the person's language and without what was typed: a PIN that
//! was typed where none belongs is not to end up in a log.
//!
//! Not here: the command line itself (`arguments`).

use std::ffi::OsString;

use clap::error::{ContextKind, ErrorKind};
use varco_messages::{Locale, Messages};

use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;

/// Tells it. Help and version are no errors.
pub(crate) fn tell(error: &clap::Error, environment: Locale) -> Exit {
    let is_help = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Some(Exit::Done),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Some(Exit::Usage),
        _ => None,
    };
    if let Some(exit) = is_help {
        // A closed pipe means that nobody reads any more.
        let _ = error.print();
        return exit;
    }
    let typed: Vec<OsString> = std::env::args_os().collect();
    let locale = language(&typed).unwrap_or(environment);
    let for_programs = typed.iter().any(|argument| argument == "--json");
    let output = Output::new(Messages::new(locale), Format::chosen(for_programs));
    let kind = output.say(kind(error.kind()), &[]);
    let argument = [ContextKind::InvalidArg, ContextKind::InvalidSubcommand]
        .into_iter()
        .find_map(|kind| error.get(kind))
        .map(ToString::to_string)
        .filter(|argument| argument.chars().all(is_of_an_option));
    let what = argument.map_or_else(|| kind.clone(), |argument| format!("{kind}: {argument}"));
    output.fail(&Problem::usage(output.messages(), &what))
}

/// `--lang`, as far as it can be made out.
fn language(typed: &[OsString]) -> Option<Locale> {
    let mut typed = typed.iter().filter_map(|argument| argument.to_str());
    while let Some(argument) = typed.next() {
        match argument.strip_prefix("--lang") {
            Some("") => return typed.next().and_then(Locale::from_tag),
            Some(value) => return value.strip_prefix('=').and_then(Locale::from_tag),
            None => {}
        }
    }
    None
}

fn kind(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand => "usage-unknown",
        ErrorKind::MissingRequiredArgument | ErrorKind::MissingSubcommand => "usage-missing",
        ErrorKind::ArgumentConflict => "usage-conflict",
        ErrorKind::InvalidValue
        | ErrorKind::ValueValidation
        | ErrorKind::TooManyValues
        | ErrorKind::TooFewValues
        | ErrorKind::WrongNumberOfValues
        | ErrorKind::NoEquals
        | ErrorKind::InvalidUtf8 => "usage-value",
        _ => "usage-other",
    }
}

/// What stands in names of options, but not in a PIN.
fn is_of_an_option(character: char) -> bool {
    character.is_ascii_alphabetic() || " -<>[],".contains(character)
}
