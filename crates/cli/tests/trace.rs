//! `varco trace record` and `replay`, by their exit codes and what they write.
//!
//! Not here: what is in a trace (`tests/scenario`), and the other commands of `varco trace`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::path::Path;
use std::process::{Command, Output};

use varco_testkit::program::run_with_input;

fn ran(arguments: &[&str], typed: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_varco"));
    command
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .env("PCSCLITE_CSOCK_NAME", "/nonexistent/pcscd.comm")
        .args(["--lang", "en"])
        .args(arguments);
    run_with_input(&mut command, typed.as_bytes()).unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8([output.stdout.as_slice(), &output.stderr].concat()).unwrap()
}

fn record(reader: &str, out: &Path, more: &[&str]) -> Output {
    let out = out.to_str().unwrap();
    let mut arguments = vec!["trace", "record", "--reader", reader, "--out", out];
    arguments.extend(more);
    ran(&arguments, "54321\n")
}

#[test]
fn a_recording_is_replayed_and_the_same_seed_gives_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    for profile in ["cns-st", "cie-nxp"] {
        let [first, second] = ["a", "b"].map(|name| folder.path().join(format!("{profile}-{name}")));
        let reader = format!("played:{profile}");
        let more = ["--seed", "7", "--at", "2026-11-29T08:00:00Z"];
        for out in [&first, &second] {
            let output = record(&reader, out, &more);
            assert_eq!(output.status.code(), Some(0), "{}", said(&output));
            assert!(said(&output).contains("with the seed 7"), "{}", said(&output));
        }
        assert_eq!(std::fs::read(&first).unwrap(), std::fs::read(&second).unwrap());
        let file = first.to_str().unwrap();
        let output = ran(&["trace", "replay", file], "");
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert!(said(&output).contains("the trace is the same"));
        // A file is never written over.
        let output = record(&reader, &first, &more);
        assert_eq!(output.status.code(), Some(60), "{}", said(&output));
    }
}

#[test]
fn a_wrong_pin_is_recorded_as_it_ended() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("trace");
    let output = record("played:cns-st", &out, &["--pin-stdin"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        said(&output).contains("ended with pin-wrong"),
        "{}",
        said(&output)
    );
    let output = ran(&["trace", "replay", out.to_str().unwrap()], "");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
}

#[test]
fn what_differs_is_told_by_its_line_and_never_by_its_data() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("trace");
    let text = std::fs::read_to_string(Path::new("../../fixtures/transcripts/login-cns-st.jsonl")).unwrap();
    let changed = text.replacen("3132333435", "3132333436", 2);
    assert_ne!(text, changed);
    std::fs::write(&out, changed).unwrap();
    let file = out.to_str().unwrap();
    let output = ran(&["--json", "trace", "replay", file], "");
    assert_eq!(output.status.code(), Some(67), "{}", said(&output));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["error"]["code"], "replay-differs");
    assert_eq!(told["difference"]["what"], "replay-again");
    let line = text.lines().position(|line| line.contains("3132333435")).unwrap() + 1;
    assert_eq!(told["difference"]["line"], line);
    assert!(!said(&output).contains("313233343"), "{}", said(&output));
}

#[test]
fn a_redacted_trace_is_replayed_by_its_shapes() {
    let folder = tempfile::tempdir().unwrap();
    for (profile, pin, more) in [
        (
            "cns-st",
            "12345",
            &["--trust-test", "fixtures/pki/ca-cns.pem"][..],
        ),
        (
            "cie-nxp",
            "12345678",
            &[
                "--trust-test",
                "fixtures/pki/ca-cie-sub.pem",
                "--csca-test",
                "fixtures/pki/csca.pem",
            ],
        ),
    ] {
        let out = folder.path().join(profile);
        let file = out.to_str().unwrap();
        let reader = format!("played:{profile}");
        let mut login = vec!["login", "--pin-stdin", "--revocation", "off", "--reader", &reader];
        login.extend(more);
        login.extend(["--trace", file]);
        let output = ran(&login, pin);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert_eq!(ran(&["trace", "replay", file], "").status.code(), Some(64));
        let output = ran(&["trace", "replay", "--tolerant", file], "");
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert!(said(&output).contains("needs what the trace leaves out"));
        let output = ran(&["trace", "replay", "--tolerant", file, "--reader", &reader], "");
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert!(said(&output).contains("identified"), "{}", said(&output));
        let other = [
            "trace",
            "replay",
            "--tolerant",
            file,
            "--reader",
            "played:cns-gd-2025",
        ];
        assert_eq!(ran(&other, "").status.code(), Some(67));
    }
}

#[test]
fn every_byte_is_recorded_of_virtual_cards_alone() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("trace");
    for (reader, more) in [
        ("pcsc:any", &[][..]),
        ("played:nobody", &[]),
        ("played:cns-st", &["--at", "yesterday"]),
    ] {
        let output = record(reader, &out, more);
        assert_eq!(output.status.code(), Some(64), "{}", said(&output));
        assert!(!out.exists());
    }
    let output = record("played:cns-st", &out, &["--audience", ""]);
    assert_eq!(output.status.code(), Some(60), "{}", said(&output));
    assert!(!out.exists());
}
