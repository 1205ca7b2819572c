//! The program as a script runs it.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "test code; each test file takes what it needs"
)]

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use varco_testkit::program::run_with_input;

/// What came of it.
pub struct Ran {
    pub exit: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The one JSON object on standard output.
    pub fn json(&self) -> Value {
        assert_eq!(self.out.lines().count(), 1, "{}{}", self.out, self.err);
        serde_json::from_str(&self.out).unwrap()
    }

    pub fn error_code(&self) -> String {
        self.json()["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}

/// The program in English, away from any reader of this machine.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_varco"));
    command
        .args(arguments)
        .current_dir(workspace())
        .env_remove("LANGUAGE")
        .env("LC_ALL", "en_GB.UTF-8")
        .env("PCSCLITE_CSOCK_NAME", "/nonexistent/pcscd.comm");
    command
}

pub fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Runs it with this on standard input.
pub fn run_command(command: &mut Command, input: &str) -> Ran {
    let output = run_with_input(command, input.as_bytes()).unwrap();
    Ran {
        exit: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

pub fn run(arguments: &[&str], input: &str) -> Ran {
    run_command(&mut command(arguments), input)
}

/// A login on a card of this process, as of an instant at which the fixtures' certificates are good.
pub fn login_with(profile: &str, trust: &[&str], options: &[&str], input: &str) -> Ran {
    let reader = format!("played:{profile}");
    let mut arguments = vec!["login", "--json", "--pin-stdin", "--reader", &reader];
    if !options.contains(&"--at") {
        arguments.extend(["--at", "2026-06-01T09:00:00Z"]);
    }
    arguments.extend(trust);
    arguments.extend(options);
    run(&arguments, input)
}

pub const TRUST: &[&str] = &[
    "--trust-test",
    "fixtures/pki/ca-cns.pem",
    "--trust-test",
    "fixtures/pki/ca-cns-legacy.pem",
    "--crl",
    "fixtures/pki/crl-cns.crl",
    "--crl",
    "fixtures/pki/crl-legacy.crl",
];

/// As [`login_with`], trusting the test authorities.
pub fn login(profile: &str, options: &[&str], input: &str) -> Ran {
    login_with(profile, TRUST, options, input)
}
