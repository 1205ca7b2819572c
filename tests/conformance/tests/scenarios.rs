//! The scenarios of the fixtures at all five targets at once: the same files, and the same end of each.
//!
//! The fifth target is a reader of a pcscd that the bench knows nothing of, driven through PC/SC alone; a script moves cards in it,
//! as a robot would.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod robot;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use varco_testkit::program::{nfcd, run_with_input};

use robot::{Robot, workspace};

/// What a reader with contacts, one without, a reader without PC/SC, or one that faults of the catalogue do not reach cannot do.
const NOT_APPLICABLE: &[(&str, &str)] = &[
    ("login-cie", "ccid"),
    ("login-cns", "nfc"),
    ("pkcs11-tool", "in-process"),
    ("pkcs11-tool", "nfc"),
    ("refused-before-pin", "nfc"),
    ("removed-at-verify", READER),
    ("reset-while-typing", "nfc"),
    ("wrong-pin-lost", "nfc"),
    ("wrong-pin-lost", READER),
];
/// How a card that leaves or is reset in the middle is noticed depends on what is between.
const SEVERAL_ENDS: &[&str] = &["removed-at-verify", "removed-while-typing", "reset-while-typing"];
const CODES: &str = "cns-st pin 12345\ncns-st puk 12345678\nsecond pin 12345\nexpired pin 12345\n\
    cie-nxp pin 12345678\ncie-nxp puk 87654321\n";
const READER: &str = "reader";
/// What the scenarios spend in all, and one that a right PIN could cost: not one try more is permitted.
const CARDS: &str = r#"
[cards.cns-st]
serial = "6999000000001016"
kind = "cns"
spend_tries = 8
spend_puk_tries = 1
destructive = true

[cards.cie-nxp]
serial = "998877000001"
kind = "cie"
spend_tries = 1

[cards.second]
serial = "6999000000002022"
spend_tries = 1

[cards.expired]
serial = "6999000000004044"
spend_tries = 1
"#;

fn judged(program: &str, arguments: &[&str], file: &Path) {
    let output = Command::new(program).args(arguments).arg(file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {said}");
}

#[test]
fn the_same_scenarios_pass_at_all_five_targets() {
    let robot = Robot::start();
    let bench_file = robot.bench_file(&robot.hook(60), CARDS);
    let folder = tempfile::tempdir().unwrap();
    let (junit, tap) = (folder.path().join("junit.xml"), folder.path().join("results.tap"));
    let config = folder.path().join("varco.toml");
    fs::write(&config, format!("[nfc]\nnfcd = {:?}\n", nfcd().to_str().unwrap())).unwrap();
    let mut bench = robot.varco(&["--json", "bench", "run", "fixtures/scenarios", "--jobs", "8"]);
    bench
        .args(["--target", "in-process,vpcd,ccid,nfc", "--target", READER])
        .args(["--codes", "fd:0", "--bench"])
        .arg(bench_file)
        .arg("--config")
        .arg(&config)
        .arg("--junit")
        .arg(&junit)
        .arg("--tap")
        .arg(&tap);
    let output = run_with_input(&mut bench, CODES.as_bytes()).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"));
    let results = told["scenarios"].as_array().unwrap();
    let mut skipped = BTreeSet::new();
    for result in results {
        let is_skipped = result["outcome"] == "not-applicable";

        assert!(is_skipped || result["outcome"] == "passed", "{result:#}");
        if is_skipped {
            skipped.insert((
                result["scenario"].as_str().unwrap(),
                result["target"].as_str().unwrap(),
            ));
        }
    }
    let mut ends: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for result in results.iter().filter(|result| result["outcome"] == "passed") {
        let name = result["scenario"].as_str().unwrap();
        ends.entry(name).or_default().insert(result["ends"].to_string());
    }
    // What differs does so as the scenario itself says: by several ends of one action.
    ends.retain(|name, _| !SEVERAL_ENDS.contains(name));
    assert!(ends.values().all(|ends| ends.len() == 1), "{ends:#?}");
    assert_eq!(skipped, NOT_APPLICABLE.iter().copied().collect::<BTreeSet<_>>());
    assert_eq!(output.status.code(), Some(0), "{said}");
    let files = fs::read_dir(workspace().join("fixtures/scenarios"))
        .unwrap()
        .count();
    assert_eq!(results.len(), files * 5);

    let schema = workspace().join("fixtures/schema/junit-varco-1.xsd");
    judged(
        "xmllint",
        &["--nonet", "--noout", "--schema", schema.to_str().unwrap()],
        &junit,
    );
    judged("prove", &["--exec", "cat"], &tap);
}
