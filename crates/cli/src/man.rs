//! `varco man`.

use crate::{exit::Exit, output::Output};

/// Options of `varco man`.
#[derive(clap::Args)]
pub(crate) struct ManArguments {}

pub(crate) fn run(_arguments: &ManArguments, _output: &Output) -> Exit {
    Exit::Defect
}
