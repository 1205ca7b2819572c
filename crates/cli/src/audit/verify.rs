//! `varco audit verify`: whether a record of decisions is what was written.
//!
//! Not here: the verifying (the library's).

use std::path::Path;

use serde_json::{Value, json};
use varco::records::audit::{Checkpoint, CheckpointPublicKey, Verification, read_public, verify};
use varco_messages::Arg;

use super::written::checkpoint_json;
use super::{count, failed, finding_json, problem_at, read_key, sentence};
use crate::arguments::AuditVerifyArguments;
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;
use crate::rules;

/// Most bytes of a file of checkpoints: some three thousand of them.
const CHECKPOINTS_LENGTH_MAX: u64 = 1024 * 1024;

pub(super) fn run(arguments: &AuditVerifyArguments, output: &Output) -> Result<Exit, Problem> {
    let keys = arguments
        .key
        .iter()
        .map(|path| read_key(path, read_public, CheckpointPublicKey::parse, output))
        .collect::<Result<Vec<_>, _>>()?;
    let mut kept = Vec::new();
    for path in &arguments.checkpoint {
        kept.extend(read_checkpoints(path, output)?);
    }
    let told = verify(&arguments.folder, &keys, &kept).map_err(|error| failed(&error, output))?;
    let bad = (!told.is_good()).then(|| output.problem("audit-altered", &[]));
    match output.format() {
        Format::Json => output.json(json!({
            "audit_verification": to_json(&told, output),
            "error": bad.as_ref().map(Problem::to_json),
        })),
        Format::Text => text(&told, bad.as_ref(), kept.is_empty(), output),
    }
    Ok(bad.map_or(Exit::Done, |problem| problem.exit()))
}

/// One a line; at least one.
fn read_checkpoints(path: &Path, output: &Output) -> Result<Vec<Checkpoint>, Problem> {
    let text = rules::read(path, CHECKPOINTS_LENGTH_MAX, output)?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let read: Result<Vec<_>, _> = lines.map(Checkpoint::parse).collect();
    read.ok()
        .filter(|checkpoints| !checkpoints.is_empty())
        .ok_or_else(|| problem_at("audit-checkpoint-invalid", path, output))
}

fn to_json(told: &Verification, output: &Output) -> Value {
    let findings = told.findings.iter().map(|finding| finding_json(finding, output));
    json!({
        "good": told.is_good(),
        "findings": findings.collect::<Vec<_>>(),
        "more": told.is_more,
        "log": told.log.map(|log| log.to_string()),
        "records": told.records,
        "decisions": told.decisions,
        "first_at": told.first_at.map(|at| at.to_string()),
        "last_at": told.last_at.map(|at| at.to_string()),
        "last": told.last.map(|(record, hash)| json!({ "record": record, "hash": hash.to_string() })),
        "segments": told.segments,
        "checkpoints": told.checkpoints,
        "head": told.head.as_ref().map(checkpoint_json),
        "unacknowledged": told.unacknowledged,
        "torn": told.torn.map(|torn| json!({
            "segment": torn.segment,
            "byte": torn.offset,
            "bytes": torn.bytes,
        })),
        "recoveries": told.recoveries,
        "pseudonym_keys": told.pseudonym_keys.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "auditor_keys": told.auditor_keys.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "kept": told.kept,
    })
}

fn text(told: &Verification, bad: Option<&Problem>, is_nothing_kept: bool, output: &Output) {
    if bad.is_none() {
        output.line(&output.say("audit-verified", &[]));
    }
    output.table(&rows(told));
    for finding in &told.findings {
        output.line(&format!("- {}", sentence(finding, output)));
    }
    if told.is_more {
        output.line(&format!("- {}", output.say("audit-is-more", &[])));
    }
    if told.unacknowledged > 0 {
        let arguments = [("count", count(told.unacknowledged))];
        output.line(&output.say("audit-unacknowledged", &arguments));
    }
    if let Some(torn) = told.torn {
        let numbers = [torn.segment.into(), torn.offset, torn.bytes];
        let [segment, byte, bytes] = numbers.map(|number: u64| number.to_string());
        let arguments = [
            ("segment", Arg::Text(&segment)),
            ("byte", Arg::Text(&byte)),
            ("count", Arg::Text(&bytes)),
        ];
        output.line(&output.say("audit-torn", &arguments));
    }
    if is_nothing_kept {
        output.line(&output.say("audit-nothing-kept", &[]));
    }
    if let Some(problem) = bad {
        output.explain(problem);
    }
}

fn rows(told: &Verification) -> Vec<(&'static str, String)> {
    let absent = || "-".to_owned();
    let instant = |at: Option<varco::steps::Timestamp>| at.map_or_else(absent, |at| at.to_string());
    let names = |keys: &[varco::records::audit::KeyId]| {
        let names: Vec<String> = keys.iter().map(ToString::to_string).collect();
        names.join(", ")
    };
    vec![
        (
            "label-audit-log",
            told.log.map_or_else(absent, |log| log.to_string()),
        ),
        ("label-audit-records", told.records.to_string()),
        ("label-audit-decisions", told.decisions.to_string()),
        ("label-audit-first", instant(told.first_at)),
        ("label-audit-last", instant(told.last_at)),
        (
            "label-audit-acknowledged",
            told.head
                .as_ref()
                .map_or_else(absent, |head| head.sequence.to_string()),
        ),
        ("label-audit-segments", told.segments.to_string()),
        ("label-audit-checkpoints", told.checkpoints.to_string()),
        ("label-audit-kept", told.kept.to_string()),
        ("label-audit-recoveries", told.recoveries.to_string()),
        ("label-audit-pseudonym-keys", names(&told.pseudonym_keys)),
        ("label-audit-auditor-keys", names(&told.auditor_keys)),
    ]
}
