//! Python's jsonschema as judge of what the bench and a trace tell with `--json`.
//!
//! Not here: other commands (`schema`), and the lines of a trace itself (`trace_schema`).
#![allow(clippy::unwrap_used, reason = "test code")]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use varco_testkit::program::{run_with_input, varco};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A command, away from any reader of this machine.
fn command() -> Command {
    let mut command = Command::new(varco());
    command
        .current_dir(workspace())
        .env("PCSCLITE_CSOCK_NAME", "/nonexistent/pcscd.comm")
        .arg("--json");
    command
}

/// What is done with cards at the bench: FOLDER stands for a folder.
const CARD_COMMANDS: &[(&str, i32)] = &[
    (
        "bench record-card --reader played:cns-st --name mine --out FOLDER/cns",
        0,
    ),
    (
        "bench record-card --reader played:cie-nxp --name mine --out FOLDER/cie",
        0,
    ),
    (
        "bench record-card --reader played:cns-st --name mine --out FOLDER/cns",
        60,
    ),
    (
        "bench record-card --reader played:cns-st --name ../mine --out FOLDER/other",
        64,
    ),
    ("bench compare --reader played:cns-st --with FOLDER/cns", 0),
    ("bench compare --reader played:cie-nxp --with FOLDER/cie", 0),
    ("bench compare --reader played:cns-st --with cns-athena", 65),
    (
        "bench compare --reader played:cns-st --with reader:played:cie-st",
        65,
    ),
    ("bench compare --reader played:cns-st --with cns-of-nobody", 64),
    (
        "bench compare --reader played:cns-st --with cns-st --recording FOLDER",
        60,
    ),
    ("bench tell state", 64),
    ("trace show tests/conformance/tests/traces/login.jsonl", 0),
    ("trace show fixtures/transcripts/login-cie-nxp.jsonl", 0),
];

#[test]
fn what_the_bench_and_a_trace_tell_is_as_published() {
    let folder = tempfile::tempdir().unwrap();
    let judged = tempfile::tempdir().unwrap();
    // By its whole path: another Python's jsonschema, earlier in PATH, may lack the module that it needs.
    let mut judge = Command::new("/usr/bin/jsonschema");
    let mut number = 0;
    let mut take = |text: &[u8]| {
        let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let mut count = 0;
        for line in lines {
            let path = judged.path().join(format!("{number}.json"));
            std::fs::write(&path, line).unwrap();
            judge.arg("--instance").arg(path);
            number += 1;
            count += 1;
        }
        count
    };
    for (words, exit) in CARD_COMMANDS {
        let words = words.replace("FOLDER", folder.path().to_str().unwrap());
        let ran = run_with_input(command().args(words.split(' ')), b"").unwrap();
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert_eq!(ran.status.code(), Some(*exit), "{words}: {said}");
        let lines = take(&ran.stdout);
        let is_trace = words.starts_with("trace");
        assert!(lines == 1 || (is_trace && lines > 1), "{words}: {lines}");
    }
    // With a command, what stands is told on standard error, and in a file; the command asks the card.
    let tell = "for words in state faults remove insert 'fault remove@verify' faults nonsense; do \
                \"$VARCO\" --json bench tell $words; done; cat \"$VARCO_BENCH_JSON\"";
    for reader in ["vpcd", "pin-pad"] {
        let mut up = command();
        up.args(["bench", "up", "--reader", reader, "--", "sh", "-c", tell]);
        let ran = run_with_input(up.env("VARCO", varco()), b"").unwrap();
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(ran.status.success(), "{said}");
        assert_eq!((take(&ran.stdout), take(&ran.stderr)), (8, 1), "{said}");
    }
    // Without one, on standard output, for as long as nobody ends it.
    let mut up = command();
    up.args(["bench", "up"]).stdout(Stdio::piped());
    let mut standing = up.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(standing.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let ended = Command::new("kill")
        .arg(standing.id().to_string())
        .status()
        .unwrap();
    assert!(ended.success());
    standing.wait().unwrap();
    assert!(line.contains("\"environment\":{"), "{line}");
    assert_eq!(take(line.as_bytes()), 1);
    let said = judge
        .arg(workspace().join("docs/schema/varco-cli-1.schema.json"))
        .output()
        .unwrap();
    let text = [said.stdout, said.stderr].concat();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&text));
}
