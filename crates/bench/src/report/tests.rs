//! What other people's readers make of the reports: xmllint and prove.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{Summary, json, junit, tap};
use crate::run::pool::RunResult;
use crate::run::{Finding, Outcome};
use crate::target::Target;

/// What nobody should write.
const HOSTILE: &str =
    "]]> <a b='c' d=\"e\">&amp;\u{0}\u{1b}[31m\u{7f}\u{85}\u{fffe}\r\n\t# SKIP\\ ok 9 \u{1F4B3}";

fn results() -> Vec<RunResult> {
    let outcomes = [
        Outcome::Passed,
        Outcome::Failed,
        Outcome::RigError,
        Outcome::NotApplicable,
    ];
    let targets = [Target::InProcess, Target::Reader];
    let mut results = Vec::new();
    for target in targets {
        for outcome in outcomes {
            results.push(RunResult {
                path: PathBuf::from(match target {
                    Target::Reader => HOSTILE,
                    _ => "scenarios/a&b.toml",
                }),
                name: "login-cns".to_owned(),
                title: HOSTILE.to_owned(),
                target,
                finding: Finding {
                    outcome,
                    code: (outcome != Outcome::Passed).then(|| "bench-otherwise".to_owned()),
                    detail: Some(HOSTILE.to_owned()),
                    line: Some(7),
                    ends: Vec::new(),
                },
                took: Duration::from_millis(1234),
            });
        }
    }
    results
}

fn judged(program: &mut Command, input: &str) -> (bool, String) {
    let mut child = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

fn by_schema(xml: &str) -> (bool, String) {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/schema/junit-varco-1.xsd");
    let mut xmllint = Command::new("xmllint");
    xmllint
        .args(["--nonet", "--noout", "--schema"])
        .arg(schema)
        .arg("-");
    judged(&mut xmllint, xml)
}

#[test]
fn junit_keeps_to_its_schema_whatever_is_told() {
    let xml = junit(&results());
    let (is_valid, said) = by_schema(&xml);
    assert!(is_valid, "{said}\n{xml}");
    assert!(
        xml.contains("tests=\"8\" failures=\"2\" errors=\"2\" skipped=\"2\""),
        "{xml}"
    );
    let (is_valid, said) = by_schema(&junit(&[]));
    assert!(is_valid, "{said}");
    // The schema is one that can be broken.
    for (good, bad) in [
        ("failures=\"2\"", "failures=\"two\""),
        ("<skipped", "<ignored"),
        ("classname", "class"),
    ] {
        assert!(!by_schema(&xml.replacen(good, bad, 1)).0, "{bad}");
    }
}

#[test]
fn tap_is_read_as_it_is_meant() {
    let text = tap(&results());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("results.tap");
    std::fs::write(&file, &text).unwrap();
    let mut prove = Command::new("prove");
    prove.args(["--exec", "cat", "--failures"]).arg(&file);
    let (is_good, said) = judged(&mut prove, "");
    assert!(!is_good);
    assert!(said.contains("Failed 4/8 subtests"), "{said}");
    assert!(said.contains("Failed tests:  2-3, 6-7"), "{said}");
    let passed: Vec<RunResult> = results().into_iter().step_by(4).collect();
    std::fs::write(&file, tap(&passed)).unwrap();
    let (is_good, said) = judged(&mut prove, "");
    assert!(is_good, "{said}");
}

#[test]
fn what_is_told_for_programs_has_every_field() {
    let results = results();
    let told = json(&results[1]);
    assert_eq!(told["outcome"], "failed");
    assert_eq!(told["took_ms"], 1234);
    assert_eq!(told["title"], HOSTILE);
    let summary = Summary::of(&results);
    assert_eq!((summary.passed, summary.rig_errors), (2, 2));
}
