//! The scenarios of the fixtures at all five targets at once: the same files, and the same end of each.
//!
//! The fifth target is a reader of a pcscd that the bench knows nothing of, driven through PC/SC alone; a script moves cards in it,
//! as a robot would.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use varco_stand::pcscd::PrivatePcscd;
use varco_testkit::program::{nfcd, run_with_input, varco};

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
const CODES: &str = "cns pin 12345\ncns puk 12345678\ncie pin 12345678\ncie puk 87654321\n";
const READER: &str = "reader:Virtual PCD 00 00";

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A robot at the first slot of a pcscd.
struct Robot {
    folder: tempfile::TempDir,
    play: String,
    script: PathBuf,
}

impl Robot {
    fn at(service: &PrivatePcscd) -> Self {
        let mut play = service.command(varco());
        play.args([
            "emulate",
            "--via",
            &format!("vpcd://127.0.0.1:{}", service.port(0)),
        ]);
        let words: Vec<&str> = [play.get_program()]
            .into_iter()
            .chain(play.get_args())
            .map(|word| OsStr::to_str(word).unwrap())
            .collect();
        Self {
            folder: tempfile::tempdir().unwrap(),
            play: words.join(" "),
            script: workspace().join("tests/conformance/rig/vpcd_rig.py"),
        }
    }

    fn lend(&self, command: &mut Command) {
        command
            .env("VPCD_RIG", self.folder.path())
            .env("VPCD_RIG_PLAY", &self.play);
    }
}

impl Drop for Robot {
    fn drop(&mut self) {
        let mut end = Command::new(&self.script);
        self.lend(end.arg("end"));
        // Cards that are left end with their pcscd.
        let _ = end.output();
    }
}

fn judged(program: &str, arguments: &[&str], file: &Path) {
    let output = Command::new(program).args(arguments).arg(file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {said}");
}

#[test]
fn the_same_scenarios_pass_at_all_five_targets() {
    let service = PrivatePcscd::start().unwrap();
    let robot = Robot::at(&service);
    let folder = tempfile::tempdir().unwrap();
    let (junit, tap) = (folder.path().join("junit.xml"), folder.path().join("results.tap"));
    let config = folder.path().join("varco.toml");
    fs::write(&config, format!("[nfc]\nnfcd = {:?}\n", nfcd().to_str().unwrap())).unwrap();
    let mut bench = Command::new(varco());
    bench
        .args(["--json", "bench", "run", "fixtures/scenarios", "--jobs", "8"])
        .args(["--target", "in-process,vpcd,ccid,nfc", "--target", READER])
        .args([
            "--codes",
            "fd:0",
            "--may-spend",
            "4",
            "--may-change-codes",
            "--rig",
        ])
        .arg(&robot.script)
        .arg("--config")
        .arg(&config)
        .arg("--junit")
        .arg(&junit)
        .arg("--tap")
        .arg(&tap)
        .current_dir(workspace())
        .envs(service.env());
    robot.lend(&mut bench);
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
