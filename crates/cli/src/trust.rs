//! The options that several commands share: whom to believe about identity cards, when, and where a PIN comes from.
//!
//! Not here: any verdict.

use varco::entry::EntryChoice;
use varco::trust::{AnchorKind, load_anchors};
use varco::{LoginOptions, PinEntry};
use varco_messages::{Arg, Messages};

use crate::arguments::{CardOrigin, CscaArguments, EntryArguments};
use crate::output::Output;
use crate::problem::Problem;

/// Country signers, or that nobody asks for them.
pub(crate) fn country_signers(
    arguments: &CscaArguments,
    options: &mut LoginOptions,
    output: &Output,
) -> Result<(), Problem> {
    let given = [
        (AnchorKind::Production, &arguments.csca),
        (AnchorKind::Test, &arguments.csca_test),
    ];
    for (kind, paths) in given {
        for path in paths {
            let signers =
                load_anchors(path, kind).map_err(|error| Problem::trust(output.messages(), &error))?;
            options.country_signers(signers);
        }
    }
    if arguments.card_origin == CardOrigin::Unchecked {
        options.unchecked_origin();
    }
    Ok(())
}

/// The instant to judge at.
pub(crate) fn instant(at: Option<&str>, options: &mut LoginOptions, output: &Output) -> Result<(), Problem> {
    let Some(at) = at else {
        return Ok(());
    };
    let said = format!("--at {at}");
    let at = at
        .parse()
        .map_err(|_| output.problem("usage", &[("what", Arg::Text(&said))]))?;
    options.at(at);
    Ok(())
}

/// Where the PIN comes from.
pub(crate) fn entry(arguments: &EntryArguments, output: &Output) -> Result<Box<dyn PinEntry>, Problem> {
    let source = if arguments.pin_stdin {
        "stdin"
    } else {
        &arguments.entry
    };
    // What was given is not repeated: it may be the PIN itself.
    let choice = EntryChoice::parse(source)
        .ok_or_else(|| Problem::usage(output.messages(), "--entry: terminal, stdin, fd:N"))?;
    choice
        .open(Messages::new(output.messages().locale()))
        .map_err(|error| output.problem(error.code(), &[]).detailed(&error))
}
