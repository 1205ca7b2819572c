//! Ctrl-C typed at the terminal of `varco bench up`: a real pseudo-terminal gives its signal to the program and to the command.
//!
//! Not here: signals that somebody sends (`bench_up.rs`).
#![allow(clippy::unwrap_used, reason = "test code")]

mod program;

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

const LIMIT: Duration = Duration::from_secs(20);
const CTRL_C: &[u8] = &[0x03];

/// `varco bench up` as a terminal's foreground, and the person at it.
struct AtTerminal {
    varco: Child,
    keys: File,
    screen: BufReader<File>,
}

impl AtTerminal {
    fn start(behind_up: &[&str]) -> Self {
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&person).unwrap();
        unlockpt(&person).unwrap();
        let name = ptsname(&person, Vec::new()).unwrap().into_string().unwrap();
        let terminal = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(i32::try_from(OFlags::NOCTTY.bits()).unwrap())
            .open(name)
            .unwrap();
        let up = program::command(&[&["bench", "up"], behind_up].concat());
        // A session of its own, whose terminal is its standard input; it becomes the program, and keeps its number.
        let mut varco = Command::new("setsid");
        varco.arg("--ctty").arg(up.get_program()).args(up.get_args());
        for (name, value) in up.get_envs() {
            match value {
                Some(value) => varco.env(name, value),
                None => varco.env_remove(name),
            };
        }
        varco
            .stdin(terminal.try_clone().unwrap())
            .stdout(terminal.try_clone().unwrap())
            .stderr(terminal);
        let varco = varco.spawn().unwrap();
        let screen = File::from(person);
        Self {
            varco,
            keys: screen.try_clone().unwrap(),
            screen: BufReader::new(screen),
        }
    }

    fn press(&mut self, keys: &[u8]) {
        self.keys.write_all(keys).unwrap();
    }

    /// The rest of the next line with this in it.
    fn read_behind(&mut self, mark: &str) -> String {
        loop {
            let mut line = String::new();
            assert!(self.screen.read_line(&mut line).unwrap() != 0, "{mark}");
            if let Some((_, rest)) = line.trim_end().split_once(mark) {
                return rest.to_owned();
            }
        }
    }

    fn end(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.varco.try_wait().unwrap() {
                return status;
            }
            if begun.elapsed() > LIMIT {
                let _ = self.varco.kill();
                assert!(begun.elapsed() < LIMIT, "it does not end");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// What must be gone afterwards: the folder of the bench, that of pcscd, and a process that was left in a session of its own.
struct Traces(Vec<PathBuf>);

impl Traces {
    const TELL: &str = r#"setsid sleep 3604 & echo "left:$!"; echo "folder:$VARCO_BENCH_DIR"; echo "socket:$PCSCLITE_CSOCK_NAME"
"#;

    fn read(bench: &mut AtTerminal) -> Self {
        let left = PathBuf::from("/proc").join(bench.read_behind("left:"));
        let folder = PathBuf::from(bench.read_behind("folder:"));
        let socket = PathBuf::from(bench.read_behind("socket:"));
        let traces = vec![left, folder, socket.ancestors().nth(2).unwrap().to_owned()];
        assert!(traces.iter().all(|trace| trace.exists()), "{traces:?}");
        Self(traces)
    }

    fn are_gone(&self) {
        let begun = Instant::now();
        while let Some(left) = self.0.iter().find(|trace| is_left(trace)) {
            assert!(begun.elapsed() < LIMIT, "{} is left", left.display());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// A process that has ended may not have been taken leave of yet.
fn is_left(trace: &Path) -> bool {
    let status = std::fs::read_to_string(trace.join("status")).unwrap_or_default();
    trace.exists() && !status.contains("State:\tZ")
}

fn at_terminal(script: &str) -> (AtTerminal, Traces) {
    let script = format!("{}{script}", Traces::TELL);
    let mut bench = AtTerminal::start(&["--", "sh", "-c", &script]);
    let traces = Traces::read(&mut bench);
    (bench, traces)
}

#[test]
fn ctrl_c_ends_a_command_that_does_not_catch_it_and_the_program_ends_likewise() {
    let (mut bench, traces) = at_terminal("echo ready:; exec sleep 3605");
    bench.read_behind("ready:");
    bench.press(CTRL_C);
    assert_eq!(bench.end().signal(), Some(2));
    traces.are_gone();
}

#[test]
fn the_status_of_a_command_that_catches_ctrl_c_is_passed_on() {
    let (mut bench, traces) = at_terminal("trap 'exit 7' INT; echo ready:; while :; do sleep 0.05; done");
    bench.read_behind("ready:");
    bench.press(CTRL_C);
    assert_eq!(bench.end().code(), Some(7));
    traces.are_gone();
}

#[test]
fn a_command_that_goes_on_after_ctrl_c_has_been_told_once_and_keeps_its_bench() {
    let script = "n=0; trap 'n=$((n+1)); echo told:$n' INT; trap 'exit $n' USR1; echo ready:; while :; do sleep 0.05; done";
    let (mut bench, traces) = at_terminal(script);
    bench.read_behind("ready:");
    bench.press(CTRL_C);
    assert_eq!(bench.read_behind("told:"), "1");
    assert!(traces.0.iter().all(|trace| trace.exists()));
    // What the program passes on goes the way that a second SIGINT would have gone before.
    let pid = bench.varco.id().to_string();
    let told = Command::new("kill").args(["-s", "USR1", &pid]).status().unwrap();
    assert!(told.success());
    assert_eq!(bench.end().code(), Some(1));
    traces.are_gone();
}

#[test]
fn ctrl_c_takes_a_bench_without_a_command_down() {
    let mut bench = AtTerminal::start(&["--print-env"]);
    let folder = bench.read_behind("export VARCO_BENCH_DIR=");
    let folder = PathBuf::from(folder.trim_matches('\''));
    assert!(folder.is_dir());
    bench.press(CTRL_C);
    assert_eq!(bench.end().code(), Some(0));
    Traces(vec![folder]).are_gone();
}
