//! Python's jsonschema as judge of the lines of traces, by the schema that is published for them.
//!
//! Not here: what `varco trace` tells of a trace (`schema`).
#![allow(clippy::unwrap_used, clippy::string_slice, reason = "test code")]

use std::path::{Path, PathBuf};
use std::process::Command;

use varco_testkit::program::{run_with_input, varco};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Whether each of these lines is of the schema, and what the judge says.
fn judged<'l>(lines: impl IntoIterator<Item = &'l str>) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    // By its whole path: another Python's jsonschema, earlier in PATH, may lack the module that it needs.
    let mut judge = Command::new("/usr/bin/jsonschema");
    for (number, line) in lines.into_iter().enumerate() {
        let path = folder.path().join(format!("{number}.json"));
        std::fs::write(&path, line).unwrap();
        judge.arg("--instance").arg(path);
    }
    let schema = workspace().join("docs/schema/varco-trace-2.schema.json");
    let judged = judge.arg(schema).output().unwrap();
    let said = [judged.stdout, judged.stderr].concat();
    (
        judged.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

fn recorded(arguments: &[&str], pin: &str, option: &str, file: &Path) -> String {
    let mut command = Command::new(varco());
    command.current_dir(workspace()).args(arguments);
    run_with_input(command.arg(option).arg(file), pin.as_bytes()).unwrap();
    std::fs::read_to_string(file).unwrap()
}

#[test]
fn every_line_that_is_recorded_is_as_published() {
    let folder = tempfile::tempdir().unwrap();
    let mut texts: Vec<String> = ["cns-st", "cie-nxp"]
        .iter()
        .map(|card| {
            let path = workspace().join(format!("fixtures/transcripts/login-{card}.jsonl"));
            std::fs::read_to_string(path).unwrap()
        })
        .collect();
    let trust = ["--trust-test", "fixtures/pki/ca-cns.pem", "--revocation", "off"];
    for (number, (card, pin)) in [("cns-st", "12345"), ("cns-st", "99999"), ("cns-t0", "12345")]
        .into_iter()
        .enumerate()
    {
        let reader = format!("played:{card}");
        let mut arguments = vec![
            "login",
            "--pin-stdin",
            "--birth-date-from-card",
            "--reader",
            &reader,
        ];
        arguments.extend(trust);
        let file = folder.path().join(format!("redacted-{number}"));
        texts.push(recorded(&arguments, pin, "--trace", &file));
        let mut arguments = vec!["trace", "record", "--reader", &reader];
        if pin == "99999" {
            arguments.push("--wrong-pin");
        }
        let file = folder.path().join(format!("exact-{number}"));
        texts.push(recorded(&arguments, pin, "--out", &file));
    }
    for (number, (card, pin)) in [("cie-nxp", "12345678"), ("cie-flipped-mac", "12345678")]
        .into_iter()
        .enumerate()
    {
        let reader = format!("played:{card}");
        let arguments = ["login", "--pin-stdin", "--reader", &reader, "--revocation", "off"];
        let trust = [
            "--trust-test",
            "fixtures/pki/ca-cie-sub.pem",
            "--csca-test",
            "fixtures/pki/csca.pem",
        ];
        let file = folder.path().join(format!("identity-card-{number}"));
        let text = recorded(&[&arguments[..], &trust].concat(), pin, "--trace", &file);
        assert!(text.contains("\"secured\":true"), "{text}");
        texts.push(text);
    }
    let wanted = [
        "--service",
        "inps.estratto-conto",
        "--nonce",
        "q6urq6urq6urq6urq6urqw==",
    ];
    let record = ["trace", "record", "--reader", "played:fixtures/cards/cns-st"];
    let file = folder.path().join("wanted");
    texts.push(recorded(&[&record[..], &wanted].concat(), "", "--out", &file));
    let (is_good, said) = judged(texts.iter().flat_map(|text| text.lines()));
    assert!(is_good, "{said}");
}

#[test]
fn a_line_that_says_too_much_or_too_little_is_not() {
    for line in [
        r#"{"event":"connect","format":1,"at_us":0,"capture":"redacted","reader":"pcsc","atr":"3B00"}"#,
        r#"{"event":"connect","format":2,"at_us":0,"capture":"exact","reader":"pcsc","atr":"3B00"}"#,
        r#"{"event":"response","at_us":0,"data":{"length_bytes":1,"hex":"00","redacted":"secret"},"status":"9000"}"#,
        r#"{"event":"response","at_us":0,"data":{"length_bytes":1},"status":"9000"}"#,
        r#"{"event":"response","at_us":0,"data":{"length_bytes":1,"redacted":"secret","label":"personal-1"},"status":"9000"}"#,
        r#"{"event":"command","at_us":0,"name":"SELECT","header":"00A4","data":{"length_bytes":0,"hex":""},"expected":null}"#,
        r#"{"event":"command","at_us":0,"name":"SELECT","header":"00A40000","data":{"length_bytes":0,"hex":""},"expected":null,"secured":false}"#,
        r#"{"event":"command","at_us":0,"name":"SELECT","header":"00A40000","data":{"length_bytes":0,"hex":""},"expected":null,"apdu":"00A40000","secured":true}"#,
        r#"{"event":"no-answer","at_us":0,"code":"secure-channel","status":"69"}"#,
        r#"{"event":"inserted","at_us":0}"#,
        r#"{"event":"reset"}"#,
    ] {
        let (is_good, _) = judged([line]);
        assert!(!is_good, "{line}");
    }
}
