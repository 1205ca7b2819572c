//! The command line as clap reads it.
//!
//! Not here: what the commands do.

use clap::{Parser, Subcommand};

/// Card login for Italian cards.
#[derive(Parser)]
#[command(name = "varco", version, propagate_version = true)]
pub(crate) struct Arguments {
    /// Language of the output: it or en.
    #[arg(long, global = true, value_name = "LANG")]
    pub(crate) lang: Option<String>,
    /// Write JSON for programs instead of text for people.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Put a played card into a reader behind pcscd.
    #[cfg(feature = "played")]
    Emulate(crate::emulate::EmulateArguments),
    /// Find out what is wrong with readers and services.
    #[cfg(feature = "pcsc")]
    Doctor(crate::doctor::DoctorArguments),
    /// Write a completion script for a shell.
    Completions(crate::completions::CompletionsArguments),
    /// Write the manual pages.
    Man(crate::man::ManArguments),
}
