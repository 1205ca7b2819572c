//! `cargo xtask bench emulator`: how fast a played card answers, in process, and through pcscd beside a card that does nothing.
//!
//! The program that measures prints a line of JSON; here it is run and its line made a table. Not here: what is measured.

use std::fmt::Write as _;

use serde_json::Value;

use super::run::{Print, example, number};
use crate::{Outcome, debian};

/// Runs what measures in a release build.
pub(crate) fn emulator(print: Print) -> Outcome {
    debian::install(&[debian::TO_BUILD, debian::TO_PLAY])?;
    let told = example("varco-virtual-vpcd", "speed")?;
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
        "{} in process, one core, {} rounds of {}: commands a second.\n",
        told.get("profile").and_then(Value::as_str).unwrap_or_default(),
        number(told, "rounds"),
        number(told, "batch"),
    )?;
    writeln!(text, "{:<26}{:>12}{:>12}", "", "median", "least")?;
    for measure in rows(told, "in_process") {
        let (median, least) = (number(measure, "per_s_median"), number(measure, "per_s_least"));
        writeln!(text, "{:<26}{median:>12.0}{least:>12.0}", what(measure))?;
    }
    let through = told.get("through_pcscd").unwrap_or(&Value::Null);
    writeln!(
        text,
        "\nThrough pcscd and vpcd, beside a card that does nothing in the other slot, all on one core: {} rounds of {} each in
turn, microseconds, medians; the ratio is the median over the rounds.\n",
        number(through, "rounds"),
        number(through, "block"),
    )?;
    writeln!(text, "{:<26}{:>12}{:>12}{:>12}", "", "played", "null", "ratio")?;
    for measure in rows(through, "measures") {
        let figures = ["played_us", "null_us"].map(|name| number(measure, name));
        let [played, null] = figures;
        let ratio = number(measure, "ratio");
        writeln!(
            text,
            "{:<26}{played:>12.1}{null:>12.1}{ratio:>12.3}",
            what(measure)
        )?;
    }
    Ok(text)
}

fn rows<'v>(part: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    part.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn what(measure: &Value) -> &str {
    measure.get("what").and_then(Value::as_str).unwrap_or_default()
}
