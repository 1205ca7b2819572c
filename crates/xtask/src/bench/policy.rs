//! `cargo xtask bench policy`: decisions beside Cedar alone, and facts looked up among few persons and many.
//!
//! The program that measures prints a line of JSON; here it is run and its line made a table. Not here: what is measured.

use std::fmt::Write as _;

use serde_json::Value;

use super::run::{Print, example, number};
use crate::{Outcome, debian};

/// Runs what measures in a release build.
pub(crate) fn policy(print: Print) -> Outcome {
    debian::install(&[debian::TO_BUILD])?;
    let told = example("varco-records", "policy_speed")?;
    match print {
        Print::Table => print!("{}", table(&told)?),
        Print::Json => println!("{told}"),
    }
    Ok(())
}

fn table(told: &Value) -> Outcome<String> {
    let mut text = String::new();
    writeln!(
        text,
        "One core, {} rounds of {} calls of each in turn, in microseconds; calls in a second: the median of the rounds.
",
        number(told, "rounds"),
        number(told, "batch"),
    )?;
    writeln!(
        text,
        "{:<56}{:>9}{:>10}{:>10}{:>10}",
        "", "persons", "median", "99 of 100", "per s"
    )?;
    let measures = told.get("measures").and_then(Value::as_array);
    for measure in measures.into_iter().flatten() {
        let what = measure.get("what").and_then(Value::as_str).unwrap_or_default();
        let persons = measure.get("persons").and_then(Value::as_u64);
        writeln!(
            text,
            "{what:<56}{:>9}{:>10.1}{:>10.1}{:>10.0}",
            persons.map_or_else(String::new, |persons| persons.to_string()),
            number(measure, "p50_us"),
            number(measure, "p99_us"),
            number(measure, "per_s"),
        )?;
    }
    Ok(text)
}
