//! `cargo xtask simulate`: the PIN rules against a model, whole journeys with faults, and the bugs that those must find.
//!
//! The PIN rules run in the profile of tests, whose dependencies are optimised: a release build of all of them takes longer than
//! a million steps. Journeys run in a release build. Planted bugs compile in no such build, so that they run as tests do.
//!
//! Not here: the simulation (`tests/simulation`), and the short runs that ordinary `cargo test` makes.

use crate::{Outcome, shell};

const RUN: [&str; 5] = ["run", "--quiet", "--locked", "--package", "varco-simulation"];

/// How many journeys a planted bug may hide in.
const PLANTED_COUNT: [&str; 2] = ["--count", "10000"];

/// The PIN rules.
pub(crate) fn pins(arguments: &[&str]) -> Outcome {
    run(&["--bin", "simulate-pins"], arguments)
}

/// Journeys, with a bug planted where one is named.
pub(crate) fn journeys(arguments: &[&str]) -> Outcome {
    if arguments.contains(&"--plant") {
        planted(arguments)
    } else {
        run(&["--release", "--bin", "simulate-journeys"], arguments)
    }
}

/// Every planted bug, or the one that is named.
pub(crate) fn planted(arguments: &[&str]) -> Outcome {
    let build = ["--bin", "simulate-journeys", "--features", "planted-bugs"];
    run(&build, &[&PLANTED_COUNT, arguments].concat())
}

fn run(build: &[&str], arguments: &[&str]) -> Outcome {
    let words = [&RUN, build, &["--"], arguments].concat();
    shell::run(&mut shell::command("cargo", &words)?)
}
