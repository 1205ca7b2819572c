//! TAP version 13, which readers of version 14 take too, and `prove` no other: a test point for each scenario at a target.
//!
//! Not here: the order of results, which is kept.

use core::fmt::Write as _;

use super::told;
use crate::run::Outcome;
use crate::run::pool::RunResult;

/// The results as a document. A rig's error is a test point that is not ok and says so in its diagnostics.
#[must_use]
pub fn tap(results: &[RunResult]) -> String {
    let mut tap = format!("TAP version 13\n1..{}\n", results.len());
    for (index, result) in results.iter().enumerate() {
        let number = index + 1;
        let what = plain(&format!("{} at {}", result.name, result.target));
        let outcome = result.finding.outcome;
        // Writing to a text cannot fail.
        let _ = match outcome {
            Outcome::Passed => writeln!(tap, "ok {number} - {what}"),
            Outcome::NotApplicable => writeln!(tap, "ok {number} - {what} # SKIP {}", plain(&told(result))),
            Outcome::Failed | Outcome::RigError => writeln!(tap, "not ok {number} - {what}"),
        };
        if matches!(outcome, Outcome::Failed | Outcome::RigError) {
            let _ = writeln!(
                tap,
                "  ---\n  outcome: {}\n  code: {}\n  message: {}\n  file: {}\n  ...",
                outcome.name(),
                quoted(result.finding.code.as_deref().unwrap_or("unknown")),
                quoted(&told(result)),
                quoted(&result.path.display().to_string()),
            );
        }
    }
    tap
}

/// On one line, with no character that means something in TAP.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '#' => {
                plain.push('\\');
                plain.push(c);
            }
            c if c.is_control() => plain.push(' '),
            c => plain.push(c),
        }
    }
    plain
}

/// As a scalar of YAML, which takes what JSON takes.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
