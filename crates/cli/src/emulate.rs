//! `varco emulate`.

use crate::{exit::Exit, output::Output};

/// Options of `varco emulate`.
#[derive(clap::Args)]
pub(crate) struct EmulateArguments {}

pub(crate) fn run(_arguments: &EmulateArguments, _output: &Output) -> Exit {
    Exit::Defect
}
