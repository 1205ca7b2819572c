//! `varco bench` as clap reads it. No option takes a PIN.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::ConfigArguments;

mod cards;
mod up;

pub(crate) use cards::{CompareArguments, RecordCardArguments};
pub(crate) use up::{BenchReader, TellArguments, UpArguments};

#[derive(Args)]
pub(crate) struct BenchArguments {
    #[command(subcommand)]
    pub(crate) command: BenchCommand,
}

#[derive(Subcommand)]
pub(crate) enum BenchCommand {
    /// Run scenarios: what happens to a card and what must come of it, at virtual readers or a real one.
    Run(BenchRunArguments),
    /// Stand up a private pcscd with virtual readers and cards, run a command with it, and take everything down again. Without
    /// a command it stands until Ctrl-C.
    Up(UpArguments),
    /// Make a virtual card of the one in a reader: how it is built and how it answers is the card's, what it holds is invented. No PIN
    /// is asked for, and no try spent.
    RecordCard(RecordCardArguments),
    /// Ask two cards the same and tell where they answer otherwise. No PIN is asked for, and no try spent.
    Compare(CompareArguments),
    /// Say something to a card of the bench that this command runs in: insert, remove, state, fault PLAN, keys DIGITS…
    Tell(TellArguments),
    /// One scenario at one target, as `run` starts it.
    #[command(hide = true)]
    Worker,
}

#[derive(Args)]
pub(crate) struct BenchRunArguments {
    /// The scenarios' files; of a folder, all that end in .toml.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Where they are run: in-process, vpcd, ccid, nfc, or reader, which is the real one that --bench names. Several with commas, or
    /// by repeating this.
    #[arg(
        long,
        value_name = "TARGET",
        value_delimiter = ',',
        default_value = "in-process"
    )]
    pub(crate) target: Vec<String>,
    /// Write the results as JUnit XML into this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Write the results as TAP into this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) tap: Option<PathBuf>,
    /// How many run at once. A real reader has one at a time.
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) jobs: u8,
    /// How long one may take. The time of hands at a real reader is not counted.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub(crate) timeout: u32,
    /// The bench file of a real reader: whose hands are at it, which cards there are, and what may be spent on them. docs/bench.md has
    /// the format.
    #[arg(long, value_name = "FILE")]
    pub(crate) bench: Option<PathBuf>,
    /// The codes of real cards by a pipe, fd:N: lines `CARD pin|new-pin|puk DIGITS`, CARD being a card of the bench file.
    /// Without it, a person types them.
    #[arg(long, value_name = "fd:N", requires = "bench")]
    pub(crate) codes: Option<String>,
    /// Tell of each step as it is done, also where nobody is at a terminal.
    #[arg(long)]
    pub(crate) progress: bool,
    #[command(flatten)]
    pub(crate) config: ConfigArguments,
}
