//! `varco completions`.

use crate::{exit::Exit, output::Output};

/// Options of `varco completions`.
#[derive(clap::Args)]
pub(crate) struct CompletionsArguments {}

pub(crate) fn run(_arguments: &CompletionsArguments, _output: &Output) -> Exit {
    Exit::Defect
}
