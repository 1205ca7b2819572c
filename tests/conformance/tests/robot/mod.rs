//! A robot at a pcscd that the bench knows nothing of: a script that moves virtual cards, a bench file that names it, and runs there.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "test code; each test file takes what it needs"
)]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use varco_stand::pcscd::PrivatePcscd;
use varco_testkit::program::{run_with_input, varco};

pub const SLOT: &str = "Virtual PCD 00 00";

pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub fn script() -> PathBuf {
    workspace().join("tests/conformance/rig/vpcd_rig.py")
}

/// A robot at the first slot of a pcscd, with locks and files of its own.
pub struct Robot {
    pub service: PrivatePcscd,
    pub folder: tempfile::TempDir,
    play: String,
}

impl Robot {
    pub fn start() -> Self {
        let service = PrivatePcscd::start().unwrap();
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
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("rig")).unwrap();
        Self {
            play: words.join(" "),
            service,
            folder,
        }
    }

    /// A bench file at this slot with this rig and these cards.
    pub fn bench_file(&self, rig: &str, cards: &str) -> PathBuf {
        let path = self.folder.path().join("bench.toml");
        let text = format!("format = 1\nreader = \"{SLOT}\"\nrig = {rig}\n{cards}");
        fs::write(&path, text).unwrap();
        path
    }

    /// The robot as a bench file names it.
    pub fn hook(&self, timeout_s: u32) -> String {
        format!(
            "{{ kind = \"hook\", command = [{:?}], timeout_s = {timeout_s} }}",
            script()
        )
    }

    /// A scenario file of this name with these steps about one card.
    pub fn scenario(&self, name: &str, steps: &str) -> PathBuf {
        let path = self.folder.path().join(format!("{name}.toml"));
        let text = format!(
            "format = 1\nname = \"{name}\"\ntitle = \"T\"\nsteps = [\n{{do=\"insert\",card=\"c\"}},\n{steps}\n]\n\
             [cards.c]\nkind = \"cns\"\nprofile = \"cns-st\"\n"
        );
        fs::write(&path, text).unwrap();
        path
    }

    /// What a command needs to reach the robot and its reader.
    pub fn lend(&self, command: &mut Command) {
        command
            .envs(self.service.env())
            .env("VPCD_RIG", self.folder.path().join("rig"))
            .env("VPCD_RIG_PLAY", &self.play)
            .env("VARCO_LOCKS", self.folder.path().join("locks"));
    }

    /// The program at this reader.
    pub fn varco(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(varco());
        command
            .args(arguments)
            .current_dir(workspace())
            .env("LC_ALL", "en_GB.UTF-8");
        self.lend(&mut command);
        command
    }

    /// `bench run` at this reader.
    pub fn bench_run(&self, bench: &Path, files: &[&Path], options: &[&str]) -> Command {
        let mut command = self.varco(&["--json", "bench", "run", "--target", "reader", "--bench"]);
        command.arg(bench).args(files).args(options);
        command
    }

    /// How many tries the card in the reader has left.
    pub fn tries_left(&self) -> u64 {
        let output = self
            .varco(&["pin", "status", "--json", "--reader", SLOT])
            .output()
            .unwrap();
        let told = json(&output);
        told["pins"][0]["pin"]["tries_left"]
            .as_u64()
            .or_else(|| told["pins"][0]["tries_left"].as_u64())
            .unwrap_or_else(|| panic!("{told:#}"))
    }
}

impl Drop for Robot {
    fn drop(&mut self) {
        let mut end = Command::new(script());
        self.lend(end.arg("end"));
        // Cards that are left end with their pcscd.
        let _ = end.output();
    }
}

/// Runs it with these codes on standard input.
pub fn run(command: &mut Command, codes: &str) -> (Option<i32>, Value) {
    let output = run_with_input(command.args(["--codes", "fd:0"]), codes.as_bytes()).unwrap();
    (output.status.code(), json(&output))
}

pub fn json(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"))
}

/// Outcome and code of each scenario.
pub fn ends(told: &Value) -> Vec<[String; 2]> {
    let text = |result: &Value, key: &str| result[key].as_str().unwrap_or_default().to_owned();
    let results = told["scenarios"].as_array().unwrap_or_else(|| panic!("{told:#}"));
    results
        .iter()
        .map(|result| [text(result, "outcome"), text(result, "code")])
        .collect()
}
