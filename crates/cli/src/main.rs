//! The command line `varco`: reads arguments, does one thing, ends with a published exit code.
//!
//! Not here: any decision about cards, PINs, trust or access; those are the library's.

mod arguments;
mod completions;
#[cfg(feature = "pcsc")]
mod doctor;
#[cfg(feature = "played")]
mod emulate;
mod exit;
mod man;
mod output;

use clap::Parser;
use varco_messages::{Locale, Messages};

use arguments::{Arguments, Command};
use exit::Exit;
use output::{Audience, Output};

fn main() -> Exit {
    let arguments = Arguments::parse();
    let locale = arguments
        .lang
        .as_deref()
        .and_then(Locale::from_tag)
        .unwrap_or_else(|| Locale::from_environment(&|name| std::env::var(name).ok()));
    let audience = if arguments.json {
        Audience::Programs
    } else {
        Audience::People
    };
    let output = Output {
        messages: Messages::new(locale),
        audience,
    };
    match &arguments.command {
        #[cfg(feature = "played")]
        Command::Emulate(arguments) => emulate::run(arguments, &output),
        #[cfg(feature = "pcsc")]
        Command::Doctor(arguments) => doctor::run(arguments, &output),
        Command::Completions(arguments) => completions::run(arguments, &output),
        Command::Man(arguments) => man::run(arguments, &output),
    }
}
