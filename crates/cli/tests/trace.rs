//! `varco trace record` and `replay`, by their exit codes and what they write.
//!
//! Not here: what is in a trace (`tests/scenario`), and the other commands of `varco trace`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::path::Path;
use std::process::{Command, Output};

use varco_testkit::program::run_with_input;

fn ran(arguments: &[&str], typed: &str) -> Output {
    ran_in("en", arguments, typed)
}

fn ran_in(language: &str, arguments: &[&str], typed: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_varco"));
    command
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .env("PCSCLITE_CSOCK_NAME", "/nonexistent/pcscd.comm")
        .args(["--lang", language])
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
    ran(&arguments, "")
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
    let output = record("played:cns-st", &out, &["--wrong-pin"]);
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
        // No reader has the keys of an identity card's channel.
        let is_secured = profile == "cie-nxp";
        assert_eq!(said(&output).contains("went under secure messaging"), is_secured);
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

#[test]
fn a_login_for_a_service_with_a_nonce_is_recorded_and_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("trace");
    let nonce = ["--nonce", "q6urq6urq6urq6urq6urqw=="];
    let more = [&["--service", "inps.estratto-conto"][..], &nonce].concat();
    let output = record("played:cie-nxp", &out, &more);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let output = ran(&["trace", "replay", out.to_str().unwrap()], "");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    for (more, code) in [
        (["--service", "no.such-service"], 64),
        (["--service", "NO"], 60),
        (["--nonce", "short"], 60),
    ] {
        let out = folder.path().join("refused");
        let output = record("played:cns-st", &out, &more);
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
        assert!(!out.exists());
    }
}

#[test]
fn a_card_from_a_folder_is_recorded_and_named_again_for_the_replay() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("trace");
    let output = record("played:fixtures/cards/cns-st", &out, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let file = out.to_str().unwrap();
    // Where the folder is stands in no trace.
    assert!(!std::fs::read_to_string(&out).unwrap().contains("fixtures"));
    for (more, code, told) in [
        (
            &["--profile", "fixtures/cards/cns-st"][..],
            0,
            "the trace is the same",
        ),
        (
            &["--profile", "fixtures/cards/cns-minor"],
            67,
            "recorded again from its seed",
        ),
        (&[], 64, "--profile FOLDER"),
    ] {
        let output = ran(&[&["trace", "replay", file][..], more].concat(), "");
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
        assert!(said(&output).contains(told), "{}", said(&output));
    }
    let kept = "fixtures/transcripts/login-cns-st.jsonl";
    let output = ran(
        &["trace", "replay", "--profile", "fixtures/cards/cns-st", kept],
        "",
    );
    assert_eq!(output.status.code(), Some(64), "{}", said(&output));
}

/// A trace as the first format had it: without the way it was taken, labels and what came later, and under secure messaging.
fn of_format_1(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
        let members = line.as_object_mut().unwrap();
        let event = members["event"].as_str().unwrap().to_owned();
        if !["connect", "command", "response", "no-answer"].contains(&event.as_str()) {
            continue;
        }
        for later in ["capture", "reader", "recipe", "apdu"] {
            members.remove(later);
        }
        if event == "connect" {
            members["format"] = 1.into();
        } else if event == "response" && members["data"]["length_bytes"] != 0 {
            let length_bytes = members["data"]["length_bytes"].clone();
            members["data"] = serde_json::json!({ "length_bytes": length_bytes, "redacted": "personal" });
        }
        lines.push(line.to_string());
    }
    lines.join("\n")
}

#[test]
fn traces_of_the_first_format_are_shown_compared_exported_and_replayed() {
    let folder = tempfile::tempdir().unwrap();
    for profile in ["cns-st", "cie-nxp"] {
        let kept = format!("fixtures/transcripts/login-{profile}.jsonl");
        let text = std::fs::read_to_string(Path::new("../..").join(&kept)).unwrap();
        let [old, capture] = ["old", "pcapng"].map(|name| folder.path().join(format!("{profile}.{name}")));
        std::fs::write(&old, of_format_1(&text)).unwrap();
        let (old, capture) = (old.to_str().unwrap(), capture.to_str().unwrap());
        let output = ran(&["trace", "show", old], "");
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert!(said(&output).contains("VERIFY"), "{}", said(&output));
        assert_eq!(ran(&["trace", "diff", old, old], "").status.code(), Some(0));
        // What the first format left out is no difference; the resets that it did not have are.
        let output = ran(&["trace", "diff", old, &kept], "");
        assert_eq!(output.status.code(), Some(67), "{}", said(&output));
        let output = ran(&["trace", "export", old, "--pcapng", capture], "");
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        let output = ran(&["trace", "replay", old], "");
        assert_eq!(output.status.code(), Some(64), "{}", said(&output));
        let output = ran(&["trace", "replay", "--tolerant", old], "");
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        // It was taken at the reader, and is compared there.
        let reader = format!("played:{profile}");
        let output = ran(&["trace", "replay", "--tolerant", old, "--reader", &reader], "");
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert!(said(&output).contains("identified"), "{}", said(&output));
    }
    let other = folder.path().join("other");
    std::fs::write(&other, r#"{"event":"connect","format":3,"at_us":0,"atr":"3B00"}"#).unwrap();
    let output = ran(&["trace", "show", other.to_str().unwrap()], "");
    assert_eq!(output.status.code(), Some(60), "{}", said(&output));
    assert!(said(&output).contains("another format"), "{}", said(&output));
}

#[test]
fn what_went_under_secure_messaging_is_told_by_its_names() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("trace");
    let file = out.to_str().unwrap();
    let login = [
        "login",
        "--pin-stdin",
        "--revocation",
        "off",
        "--reader",
        "played:cie-nxp",
        "--trust-test",
        "fixtures/pki/ca-cie-sub.pem",
        "--csca-test",
        "fixtures/pki/csca.pem",
        "--trace",
        file,
    ];
    assert_eq!(ran(&login, "12345678").status.code(), Some(0));
    let shown = said(&ran(&["trace", "show", file], ""));
    for told in [
        "VERIFY: under secure messaging, PIN (81)",
        "READ BINARY: under secure messaging, short identifier 03, EF.Cert_CIE, from 0",
        "INTERNAL AUTHENTICATE: under secure messaging",
    ] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    let shown = said(&ran_in("it", &["trace", "show", file], ""));
    assert!(shown.contains("VERIFY: sotto secure messaging"), "{shown}");
    // In clear the same is another conversation.
    let text = std::fs::read_to_string(&out).unwrap();
    let clear = folder.path().join("clear");
    std::fs::write(&clear, text.replace(",\"secured\":true", "")).unwrap();
    let output = ran(&["trace", "diff", file, clear.to_str().unwrap()], "");
    assert_eq!(output.status.code(), Some(67));
    assert!(
        said(&output).contains("whether it went under secure messaging"),
        "{}",
        said(&output)
    );
}
