//! `varco doctor`.

use crate::{exit::Exit, output::Output};

/// Options of `varco doctor`.
#[derive(clap::Args)]
pub(crate) struct DoctorArguments {}

pub(crate) fn run(_arguments: &DoctorArguments, _output: &Output) -> Exit {
    Exit::Defect
}
