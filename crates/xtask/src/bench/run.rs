//! A program that measures, run in a release build, and the figures that it prints.

use std::process::Stdio;

use serde_json::Value;

use crate::{Outcome, shell};

/// How the figures are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Print {
    /// For people.
    Table,
    /// One line of JSON.
    Json,
}

/// The last line that an example of a package prints.
pub(super) fn example(package: &str, name: &str) -> Outcome<Value> {
    let cargo = ["run", "--quiet", "--locked", "--release"];
    let which = ["--package", package, "--example", name];
    let mut command = shell::command("cargo", &[&cargo[..], &which].concat())?;
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{name} failed ({})", output.status).into());
    }
    let text = String::from_utf8(output.stdout)?;
    let line = text
        .lines()
        .last()
        .ok_or_else(|| format!("{name} printed nothing"))?;
    Ok(serde_json::from_str(line)?)
}

/// A figure by its name.
pub(super) fn number(part: &Value, name: &str) -> f64 {
    part.get(name).and_then(Value::as_f64).unwrap_or(f64::NAN)
}
