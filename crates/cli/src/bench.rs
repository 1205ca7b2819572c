//! `varco bench`: the test bench at the command line.
//!
//! Not here: the bench itself (crate `bench`).

mod compare;
mod install;
mod record_card;
mod reserve;
mod run;
mod tell;
mod up;

use std::fs::File;
use std::io::{self, BufReader};
use std::os::fd::AsFd as _;

use varco_bench::run::worker;

use crate::arguments::{BenchArguments, BenchCommand};
use crate::exit::Exit;
use crate::output::Output;

pub(crate) fn run(arguments: &BenchArguments, output: &Output) -> Exit {
    match &arguments.command {
        BenchCommand::Run(arguments) => run::run(arguments, output),
        BenchCommand::Up(arguments) => up::run(arguments, output),
        BenchCommand::RecordCard(arguments) => record_card::run(arguments, output),
        BenchCommand::Compare(arguments) => compare::run(arguments, output),
        BenchCommand::Tell(arguments) => tell::run(arguments, output),
        BenchCommand::Worker => work(),
    }
}

/// Whoever started it hears what happens; it has nothing to say to anybody else.
fn work() -> Exit {
    let input = io::stdin().as_fd().try_clone_to_owned().map(File::from);
    match input.and_then(|input| worker::run(BufReader::new(input), io::stdout())) {
        Ok(()) => Exit::Done,
        Err(error) => {
            crate::output::note(&error.to_string());
            Exit::Usage
        }
    }
}
