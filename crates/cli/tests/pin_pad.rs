//! The program as a pin-pad reader: `varco emulate --via ccid://PATH`, driven by libccid in a private pcscd.
//!
//! Not here: the reader itself (tests/conformance).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod program;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use program::{command, run_command};
use serde_json::{Value, json};
use tempfile::TempDir;
use varco_testkit::pcscd::PrivatePcscd;
use varco_testkit::program::wait_for_card;

/// A folder for a line, a log and a control socket.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn emulate(&self, profile: &str, options: &[&str]) -> Command {
        let via = format!("ccid://{}", self.text("line"));
        let mut emulate = command(&["emulate", "--profile", profile, "--via", &via]);
        emulate.args(options);
        emulate
    }

    /// Says a line to the control socket.
    fn control(&self, line: &str) -> Value {
        let mut stream = UnixStream::connect(self.path("control")).unwrap();
        stream.write_all(format!("{line}\n").as_bytes()).unwrap();
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap()
    }

    /// All that is answered until the connection ends.
    fn control_all(&self, lines: &str) -> String {
        let mut stream = UnixStream::connect(self.path("control")).unwrap();
        stream.write_all(format!("{lines}\n").as_bytes()).unwrap();
        let mut answers = Vec::new();
        // A connection that is closed with something unread ends in an error.
        let _ = stream.read_to_end(&mut answers);
        String::from_utf8(answers).unwrap()
    }
}

/// The program, running, and what it says.
struct Running(Child, BufReader<ChildStdout>);

impl Running {
    fn start(emulate: &mut Command) -> Self {
        let mut child = emulate
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self(child, lines)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.1.read_line(&mut line).unwrap();
        line
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn keys_said_on_the_control_socket_are_typed_when_the_reader_asks_and_shown_nowhere() {
    let desk = Desk::new();
    let (log, control) = (desk.text("log"), desk.text("control"));
    let options = ["--json", "--log", &log, "--control", &control];
    let mut running = Running::start(&mut desk.emulate("cns-athena", &options));
    let told: Value = serde_json::from_str(&running.line()).unwrap();
    assert_eq!(told["event"], "inserted");
    let service = PrivatePcscd::start_with(told["reader_entry"].as_str().unwrap()).unwrap();
    wait_for_card(&service).unwrap();
    let verify = || {
        let mut verify = Command::new("pkcs15-tool");
        verify.arg("--verify-pin").envs(service.env());
        verify.output().unwrap().status.success()
    };
    for (keys, succeeds, end) in [
        ("19<2345", true, "typed"),
        ("90817", false, "typed"),
        ("cancel", false, "cancelled"),
        ("timeout", false, "timed-out"),
    ] {
        assert_eq!(desk.control(&format!("keys {keys}"))["entries_left"], 1);
        assert_eq!(verify(), succeeds, "{keys}");
        let asked: Value = serde_json::from_str(&running.line()).unwrap();
        let ended: Value = serde_json::from_str(&running.line()).unwrap();
        assert_eq!(
            (&asked["event"], &asked["digits_min"]),
            (&json!("entry-asked"), &json!(5))
        );
        assert_eq!(
            (&ended["event"], &ended["end"]),
            (&json!("entry-ended"), &json!(end))
        );
    }
    let state = desk.control("state");
    assert_eq!(
        (&state["entries_left"], &state["pins"][0]["tries_left"]),
        (&json!(0), &json!(2))
    );
    assert!(desk.control("fault pad-missing")["error"].is_null());
    assert!(!verify());
    assert!(desk.control("fault none")["error"].is_null());
    for (line, code) in [
        ("keys", "control-command"),
        ("keys 12a", "control-command"),
        ("keys 1 2", "control-command"),
        ("fault loud", "fault-form"),
        ("fault pad-garbage 0", "fault-form"),
    ] {
        assert_eq!(desk.control(line)["error"]["code"], code, "{line}");
    }
    let long = format!("fault pad-garbage {}", "90".repeat(60));
    assert!(desk.control(&long)["error"].is_null());
    for end in ["x", "è", "x\nstate"] {
        let told = desk.control_all(&format!("state{}{end}\nstate", " ".repeat(250)));
        assert_eq!(told.lines().count(), 1, "{told}");
        assert!(told.contains("control-command"), "{told}");
    }
    let log = std::fs::read_to_string(desk.path("log")).unwrap();
    assert!(log.contains("entry-asked") && log.contains("cancelled"), "{log}");
    for typed in ["19<2345", "\"12345", "90817"] {
        assert!(!log.contains(typed), "{log}");
    }
}

#[test]
fn the_entry_for_pcscd_is_printed_for_people_too() {
    let desk = Desk::new();
    let mut running = Running::start(&mut desk.emulate("cns-st", &["--lang", "en", "--keypad", "absent"]));
    assert!(running.line().contains("cns-st is in the reader"));
    let lines: Vec<String> = (0..4).map(|_| running.line()).collect();
    assert!(
        lines[0].contains("reader.conf.d") && lines[1].contains("GemPCTwin"),
        "{lines:?}"
    );
    assert_eq!(lines[2], format!("DEVICENAME {}:GemPCTwin\n", desk.text("line")));
}

#[test]
fn what_cannot_be_such_a_reader_is_refused() {
    let desk = Desk::new();
    let code = |profile: &str, options: &[&str]| {
        let ran = run_command(&mut desk.emulate(profile, options), "");
        (ran.exit, ran.error_code())
    };
    assert_eq!(code("cie-st", &["--json"]), (64, "ccid-contactless".to_owned()));
    std::fs::write(desk.path("line"), "precious").unwrap();
    assert_eq!(code("cns-st", &["--json"]), (64, "ccid-link-taken".to_owned()));
    let via = |via: &str| {
        let ran = run_command(
            &mut command(&["emulate", "--json", "--profile", "cns-st", "--via", via]),
            "",
        );
        (ran.exit, ran.error_code())
    };
    assert_eq!(via("ccid:///tmp/a:b"), (64, "ccid-link-form".to_owned()));
    assert_eq!(via("ccid:///nowhere/at/all"), (37, "ccid-terminal".to_owned()));
    assert_eq!(via("ccid://").0, 64);
}
