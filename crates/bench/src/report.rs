//! What came of it, in the forms that other people's CI reads: JUnit XML, TAP and JSON.
//!
//! Not here: where they are written to.

mod junit;
mod tap;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub use junit::junit;
pub use tap::tap;

use crate::run::Outcome;
use crate::run::pool::RunResult;

/// How many ended how.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Serialize)]
pub struct Summary {
    /// Everything that was expected came.
    pub passed: usize,
    /// Something did not.
    pub failed: usize,
    /// The rig failed.
    pub rig_errors: usize,
    /// The target has no such thing.
    pub not_applicable: usize,
}

impl Summary {
    /// Counts.
    #[must_use]
    pub fn of(results: &[RunResult]) -> Self {
        let mut summary = Self::default();
        for result in results {
            match result.finding.outcome {
                Outcome::Passed => summary.passed += 1,
                Outcome::Failed => summary.failed += 1,
                Outcome::RigError => summary.rig_errors += 1,
                Outcome::NotApplicable => summary.not_applicable += 1,
            }
        }
        summary
    }
}

/// One result for programs: docs/schema.
#[must_use]
pub fn json(result: &RunResult) -> serde_json::Value {
    let finding = &result.finding;
    serde_json::json!({
        "scenario": result.name,
        "title": result.title,
        "file": result.path.display().to_string(),
        "target": result.target.to_string(),
        "outcome": finding.outcome.name(),
        "code": finding.code,
        "detail": finding.detail,
        "line": finding.line,
        "ends": finding.ends,
        "took_ms": u64::try_from(result.took.as_millis()).unwrap_or(u64::MAX),
    })
}

/// What went wrong, on one line: code, place, detail.
fn told(result: &RunResult) -> String {
    let finding = &result.finding;
    let line = finding
        .line
        .map(|line| format!(" at {}:{line}", result.path.display()));
    let detail = finding.detail.as_deref().map(|detail| format!(": {detail}"));
    [finding.code.clone(), line, detail]
        .into_iter()
        .flatten()
        .collect()
}
