//! `varco bench tell`: one command to a card of the bench around this process.
//!
//! Not here: the commands (`emulate::control`).

use std::path::Path;

use varco_bench::up::control;
use varco_messages::Arg;

use crate::arguments::TellArguments;
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;

pub(crate) fn run(arguments: &TellArguments, output: &Output) -> Exit {
    tell(arguments, output).unwrap_or_else(|problem| output.fail(&problem))
}

fn tell(arguments: &TellArguments, output: &Output) -> Result<Exit, Problem> {
    let number = arguments.card.to_string();
    let absent = || output.problem("bench-not-inside", &[("card", Arg::Text(&number))]);
    let socket = std::env::var_os(format!("VARCO_BENCH_CONTROL_{number}")).ok_or_else(absent)?;
    let command = arguments.words.join(" ");
    let mut answer =
        control::tell(Path::new(&socket), &command).map_err(|error| absent().detailed(&error))?;
    if let Some(said) = control::refused(&answer) {
        let told = [("words", Arg::Text(&command)), ("said", Arg::Text(&said))];
        return Err(output.problem("bench-told-in-vain", &told));
    }
    match output.format() {
        Format::Json => output.json(answer.take()),
        Format::Text => output.line(&answer.to_string()),
    }
    Ok(Exit::Done)
}
