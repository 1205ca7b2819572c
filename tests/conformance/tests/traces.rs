//! Wireshark's tshark as judge of exported traces; pcscd and OpenSC as writers of the logs that are imported.
//!
//! Not here: our own words for what was said.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code"
)]

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use varco_testkit::pcscd::PrivatePcscd;
use varco_testkit::program::{CardBehindPcscd, run_with_input};

const PIN: &[u8] = b"12345";
/// What must be in no trace, in hexadecimal: PIN, codice fiscale, card number, surname.
const SECRETS: &[&str] = &[
    "3132333435",
    "444D4E4E434C38304331344835303153",
    "36393939303030303030303031303136",
    "44274163",
    "4427414D",
];

fn varco() -> Command {
    let mut command = Command::new(varco_testkit::program::varco());
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    command
}

fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn log_in(command: &mut Command) {
    let output = run_with_input(command, PIN).unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// A login of a played card, recorded.
fn recorded(into: &Path) {
    let mut login = varco();
    login
        .args(["login", "--reader", "played:cns-st", "--entry", "stdin"])
        .args([
            "--trust-test",
            "fixtures/pki/ca-cns.der",
            "--crl",
            "fixtures/pki/crl-cns.crl",
        ])
        .arg("--trace")
        .arg(into);
    log_in(&mut login);
}

fn fields(capture: &Path, names: &[&str]) -> Vec<Vec<String>> {
    let mut tshark = Command::new("tshark");
    tshark
        .arg("-r")
        .arg(capture)
        .args(["-T", "fields", "-E", "separator=|"]);
    for name in names {
        tshark.args(["-e", name]);
    }
    succeed(&mut tshark)
        .lines()
        .map(|line| line.split('|').map(str::to_owned).collect())
        .collect()
}

#[test]
fn tshark_names_the_commands_and_status_words_of_an_exported_login() {
    let folder = tempfile::tempdir().unwrap();
    let (trace, capture) = (folder.path().join("a.jsonl"), folder.path().join("a.pcapng"));
    recorded(&trace);
    succeed(
        varco()
            .args(["trace", "export", "--start", "2026-11-29T08:00:00Z", "--pcapng"])
            .args([&capture, &trace]),
    );
    let told = succeed(Command::new("tshark").arg("-V").arg("-r").arg(&capture));
    for words in [
        "ISO 7816 ATR",
        "Instruction: Select file (0xa4)",
        "Selection control: Selection by path from MF (0x08)",
        "Instruction: Read binary (0xb0)",
        "Instruction: Verify (0x20)",
        "Status Word SW1: Normal processing (0x90)",
        "Arrival Time: Nov 29, 2026 08:00:00",
        "redacted: the 8 data bytes of this command are zeros here",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(!told.contains("Malformed"), "{told}");
    // Every answer is laid to its command.
    let rows = fields(
        &capture,
        &["iso7816.apdu.ins", "iso7816.resp_to", "iso7816.apdu.sw1"],
    );
    let answers = rows.iter().filter(|row| !row[2].is_empty());
    assert!(answers.clone().count() >= 7, "{rows:?}");
    assert!(answers.clone().all(|row| !row[1].is_empty()), "{rows:?}");
    let verified = rows.iter().filter(|row| row[0] == "0x20").count();
    assert_eq!(verified, 2, "{rows:?}");
}

#[test]
fn tshark_names_what_went_under_secure_messaging_as_it_was_meant() {
    let folder = tempfile::tempdir().unwrap();
    let (trace, capture) = (folder.path().join("a.jsonl"), folder.path().join("a.pcapng"));
    let mut login = varco();
    login
        .args(["login", "--reader", "played:cie-nxp", "--entry", "stdin"])
        .args([
            "--trust-test",
            "fixtures/pki/ca-cie-sub.pem",
            "--csca-test",
            "fixtures/pki/csca.pem",
        ])
        .args(["--revocation", "off", "--trace"])
        .arg(&trace);
    let output = run_with_input(&mut login, b"12345678").unwrap();
    assert!(output.status.success(), "{output:?}");
    succeed(
        varco()
            .args(["trace", "export", "--pcapng"])
            .args([&capture, &trace]),
    );
    let told = succeed(Command::new("tshark").arg("-V").arg("-r").arg(&capture));
    for words in [
        "Instruction: Verify (0x20)",
        "Instruction: External authenticate (0x82)",
        "went under secure messaging: command and answer are those within",
        "redacted: the 8 data bytes of this command are zeros here",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(!told.contains("Malformed"), "{told}");
    let rows = fields(
        &capture,
        &[
            "iso7816.apdu.cla",
            "iso7816.apdu.ins",
            "iso7816.resp_to",
            "iso7816.apdu.sw1",
        ],
    );
    // No cryptogram: no class of secure messaging is in it, and every answer is laid to its command.
    assert!(
        rows.iter()
            .all(|row| row[0].is_empty() || row[0] == "0x00" || row[0] == "0x10"),
        "{rows:?}"
    );
    let answers = rows.iter().filter(|row| !row[3].is_empty());
    assert!(answers.clone().count() >= 20, "{rows:?}");
    assert!(answers.clone().all(|row| !row[2].is_empty()), "{rows:?}");
    assert_eq!(rows.iter().filter(|row| row[1] == "0x20").count(), 1, "{rows:?}");
}

/// Imports a log and gives what is in the trace, after a look for what must not be.
fn imported(log: &Path) -> Vec<Value> {
    let trace = log.with_extension("jsonl");
    succeed(varco().args(["trace", "import", "--into"]).args([&trace, log]));
    let text = std::fs::read_to_string(&trace).unwrap();
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    succeed(varco().args(["--json", "trace", "show"]).arg(&trace))
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["said"].clone())
        .collect()
}

fn named<'s>(said: &'s [Value], name: &str) -> Vec<&'s Value> {
    said.iter().filter(|said| said["name"] == name).collect()
}

#[test]
fn a_log_of_the_real_pcscd_becomes_a_redacted_trace() {
    let service = PrivatePcscd::start_logging_commands().unwrap();
    let _card = CardBehindPcscd::insert(&service, "cns-st", &[]).unwrap();
    for _ in 0..2 {
        let mut login = varco();
        login
            .args([
                "login",
                "--entry",
                "stdin",
                "--trust-test",
                "fixtures/pki/ca-cns.der",
            ])
            .args(["--crl", "fixtures/pki/crl-cns.crl"])
            .envs(service.env());
        log_in(&mut login);
    }
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("pcscd.log");
    let text = service.log();
    assert!(
        text.contains("31 32 33 34 35 FF FF FF"),
        "the log should show the PIN: {text}"
    );
    std::fs::write(&log, text).unwrap();
    let said = imported(&log);
    assert_eq!(said[0]["event"], "connect");
    assert_eq!(said[0]["is_cns"], true);
    assert!(said.iter().any(|said| said["event"] == "reset"));
    let typed: Vec<&Value> = named(&said, "VERIFY")
        .into_iter()
        .filter(|verify| verify["data"]["length_bytes"] == 8)
        .collect();
    assert_eq!(typed.len(), 2, "{typed:?}");
    assert!(typed.iter().all(|verify| verify["data"]["redacted"] == "secret"));
    assert_eq!(typed[0]["answer"]["status"], "9000");
}

#[test]
fn a_debug_log_of_the_real_opensc_becomes_a_redacted_trace() {
    let service = PrivatePcscd::start().unwrap();
    let _card = CardBehindPcscd::insert(&service, "cns-st", &[]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("opensc.log");
    let output = Command::new("pkcs15-tool")
        .args(["--verify-pin", "--pin", "12345"])
        .envs(service.env())
        .env("OPENSC_DEBUG", "9")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    std::fs::write(&log, &output.stderr).unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(
        text.contains("31 32 33 34 35 FF FF FF"),
        "the log should show the PIN"
    );
    let said = imported(&log);
    assert_eq!(said[0]["is_cns"], true);
    let typed = named(&said, "VERIFY");
    assert_eq!(typed.last().unwrap()["answer"]["status"], "9000");
    let numbers: Vec<&Value> = named(&said, "READ BINARY")
        .into_iter()
        .filter(|read| read["facts"].to_string().contains("EF.ID_Carta"))
        .collect();
    assert!(!numbers.is_empty());
    // The same number has the same label.
    let label = &numbers[0]["answer"]["data"]["label"];
    assert!(label.is_string());
    assert!(
        numbers
            .iter()
            .all(|read| &read["answer"]["data"]["label"] == label)
    );
    assert!(
        numbers
            .iter()
            .all(|read| read["answer"]["data"]["redacted"] == "personal"),
        "{numbers:?}"
    );
}
