//! `varco bench up`: what a command finds, how its end is passed on, and that nothing is left, whoever is killed.
//!
//! Not here: what third parties make of the cards (`tests/conformance`).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod program;

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use program::{command, run};
use serde_json::Value;

const LIMIT: Duration = Duration::from_secs(20);

fn until(is_so: impl Fn() -> bool, what: &str) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < LIMIT, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn is_alive(pid: &str) -> bool {
    // What is dead and only not yet taken leave of is not alive.
    let stat = fs::read(format!("/proc/{pid}/stat")).unwrap_or_default();
    let stat = String::from_utf8_lossy(&stat);
    stat.rsplit_once(')')
        .is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}

/// A bench whose command tells numbers of processes and then stays: itself, one that it leaves in another session, whose name
/// is no text, and one that hears no signal.
struct Staying {
    varco: Child,
    lines: BufReader<ChildStdout>,
    pids: Vec<String>,
    folder: PathBuf,
    socket: PathBuf,
}

const STAY: &str = r#"
odd=$(printf '%s/\377 )' "$VARCO_BENCH_DIR"); cp "$(command -v sleep)" "$odd"
setsid "$odd" 3601 & echo $!
sh -c 'trap "" TERM; sleep 3602; sleep 3603' & echo $!
echo $$
echo "$VARCO_BENCH_DIR"
echo "$PCSCLITE_CSOCK_NAME"
trap 'exit 9' USR1
while :; do sleep 0.05; done
"#;

impl Staying {
    fn start(before: impl FnOnce(&mut Command)) -> Self {
        let mut up = command(&["bench", "up", "--", "sh", "-c", STAY]);
        up.stdin(Stdio::null()).stdout(Stdio::piped());
        before(&mut up);
        let mut varco = up.spawn().unwrap();
        let mut lines = BufReader::new(varco.stdout.take().unwrap());
        let mut line = || {
            let mut line = String::new();
            lines.read_line(&mut line).unwrap();
            line.trim_end().to_owned()
        };
        let pids = vec![line(), line(), line()];
        let (folder, socket) = (PathBuf::from(line()), PathBuf::from(line()));
        assert!(folder.is_dir() && socket.exists());
        assert!(pids.iter().all(|pid| is_alive(pid)));
        Self {
            varco,
            lines,
            pids,
            folder,
            socket,
        }
    }

    fn keeper(&self) -> String {
        let pid = self.varco.id();
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
        children.split_whitespace().next().unwrap().to_owned()
    }

    fn signal(pid: &str, signal: &str) {
        let status = Command::new("kill").args(["-s", signal, pid]).status().unwrap();
        assert!(status.success());
    }

    fn nothing_is_left(&self) {
        for pid in &self.pids {
            until(|| !is_alive(pid), "a process is left");
        }
        until(|| !self.folder.exists(), "the folder is left");
        // The service's own folder goes with the service.
        let service = self.socket.ancestors().nth(2).unwrap();
        until(|| !service.exists(), "pcscd is left");
    }
}

#[test]
fn a_command_finds_the_card_and_its_status_is_passed_on() {
    let ran = run(&["bench", "up", "--", "opensc-tool", "--list-readers"], "");
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert!(
        ran.out.contains("Yes") && ran.out.contains("Virtual PCD 00 00"),
        "{}",
        ran.out
    );
    assert_eq!(run(&["bench", "up", "--", "sh", "-c", "exit 7"], "").exit, 7);
    let ran = run(&["bench", "up", "--", "cat"], "what is typed\n");
    assert_eq!(ran.out, "what is typed\n");
}

#[test]
fn orphans_that_end_are_taken_leave_of_while_the_command_runs() {
    let script = r#"
sh -c 'sleep 0.1 & echo $!' > "$VARCO_BENCH_DIR/orphan"
orphan=$(cat "$VARCO_BENCH_DIR/orphan")
for round in $(seq 400); do [ -e "/proc/$orphan" ] || exit 0; sleep 0.05; done
exit 1"#;
    let ran = run(&["bench", "up", "--", "sh", "-c", script], "");
    assert_eq!(ran.exit, 0, "{}", ran.err);
}

#[test]
fn a_signal_that_ends_the_command_ends_the_program() {
    let mut up = command(&["bench", "up", "--", "sh", "-c", "kill -KILL $$"]);
    assert_eq!(up.status().unwrap().signal(), Some(9));
}

#[test]
fn cards_of_every_reader_are_there_at_once_and_told_of() {
    let arguments = [
        "bench",
        "up",
        "--card",
        "cns-st",
        "--card",
        "cns-athena",
        "--card",
        "cns-t0",
        "--card",
        "cns-athena",
        "--card",
        "cie-nxp",
        "--reader",
        "vpcd",
        "--reader",
        "vpcd",
        "--reader",
        "vpcd",
        "--reader",
        "pin-pad",
        "--reader",
        "nfc",
        "--",
        "sh",
        "-c",
        "cat $VARCO_BENCH_JSON; cat $VARCO_BENCH_PIN_FILE_4; opensc-tool --list-readers; LC_ALL=C nfc-list",
    ];
    let ran = run(&arguments, "");
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let mut lines = ran.out.lines();
    let told: Value = serde_json::from_str(lines.next().unwrap()).unwrap();
    let readers: Vec<&str> = told["cards"].as_array().unwrap()[..4]
        .iter()
        .map(|card| card["reader"].as_str().unwrap())
        .collect();
    assert_eq!(
        readers,
        [
            "Virtual PCD 00 00",
            "Virtual PCD 00 01",
            "Virtual PCD 2 00 00",
            "GemPCPinPad 00 00"
        ]
    );
    assert_eq!(lines.next(), Some("12345678"));
    for reader in readers {
        assert!(
            ran.out
                .lines()
                .any(|line| line.contains("Yes") && line.contains(reader)),
            "{}",
            ran.out
        );
    }
    assert!(
        ran.out.contains("1 ISO14443A passive target(s) found"),
        "{}",
        ran.out
    );
}

#[test]
fn a_card_is_spoken_to_from_inside() {
    let varco = env!("CARGO_BIN_EXE_varco");
    let script = format!(
        "{varco} --json bench tell remove && {varco} --json bench tell insert && {varco} --json bench tell fly"
    );
    let ran = run(&["bench", "up", "--", "sh", "-c", &script], "");
    assert_eq!(ran.exit, 64, "{}", ran.err);
    let told: Vec<Value> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        (&told[0]["inserted"], &told[1]["inserted"]),
        (&false.into(), &true.into())
    );
    assert_eq!(told[2]["error"]["code"], "bench-told-in-vain");
    assert_eq!(
        run(&["--json", "bench", "tell", "state"], "").error_code(),
        "bench-not-inside"
    );
}

#[test]
fn what_a_command_leaves_behind_is_ended() {
    let mut bench = Staying::start(|_| {});
    Staying::signal(&bench.varco.id().to_string(), "USR1");
    assert_eq!(bench.varco.wait().unwrap().code(), Some(9));
    bench.nothing_is_left();
    // Whoever holds the command's output would still be heard.
    assert_eq!(bench.lines.read_line(&mut String::new()).unwrap(), 0);
}

#[test]
fn a_program_that_is_asked_to_end_passes_it_on() {
    let mut bench = Staying::start(|_| {});
    Staying::signal(&bench.varco.id().to_string(), "TERM");
    assert_eq!(bench.varco.wait().unwrap().signal(), Some(15));
    bench.nothing_is_left();
}

#[test]
fn a_program_that_is_asked_to_end_before_there_is_a_command_starts_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let (asked, go, ran) = (file("asked"), file("go"), file("ran"));
    let script = format!(
        "#!/bin/sh\n: > {}\nuntil [ -e {} ]; do sleep 0.02; done\nexec /usr/sbin/pcscd \"$@\"\n",
        asked.display(),
        go.display()
    );
    fs::write(file("pcscd"), script).unwrap();
    fs::set_permissions(file("pcscd"), fs::Permissions::from_mode(0o700)).unwrap();
    let path = format!(
        "{}:{}",
        folder.path().display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let mut up = command(&["bench", "up", "--", "touch"]);
    let mut varco = up.arg(&ran).env("PATH", path).spawn().unwrap();
    until(|| asked.exists(), "pcscd is not started");
    Staying::signal(&varco.id().to_string(), "TERM");
    fs::write(&go, "").unwrap();
    assert_eq!(varco.wait().unwrap().signal(), Some(15));
    assert!(!ran.exists());
}

#[test]
fn nobody_else_looks_into_a_bench_and_its_command_gets_nothing_but_what_is_told() {
    let script = r#"
stat -c %a "$VARCO_BENCH_DIR" "${PCSCLITE_CSOCK_NAME%/run/*}" "$VARCO_BENCH_CONTROL" "$VARCO_BENCH_PIN_FILE" "$VARCO_BENCH_LOG"
umask
echo "$VARCO_BENCH_CONTROL_3" "$VARCO_BENCH_KEEPER_OF" "$VARCO_BENCH_FOLDER"
"#;
    let descriptors = r#"for file in /proc/$$/fd/*; do echo "${file##*/}"; done"#;
    let varco = env!("CARGO_BIN_EXE_varco");
    let output = Command::new("sh")
        .args([
            "-c",
            "umask 0; exec \"$0\" bench up -- sh -c \"$1\"",
            varco,
            script,
        ])
        .env("VARCO_BENCH_CONTROL_3", "of a bench around this one")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let told: Vec<&str> = text.split_whitespace().collect();
    assert_eq!(told, ["700", "700", "600", "600", "600", "0000"], "{output:?}");
    let listed = |up: &[&str]| {
        let mut shell = command(&[up, &["sh", "-c", descriptors]].concat());
        if up.is_empty() {
            shell = Command::new("sh");
            shell.args(["-c", descriptors]);
        }
        String::from_utf8(shell.stdin(Stdio::null()).output().unwrap().stdout).unwrap()
    };
    assert_eq!(listed(&["bench", "up", "--"]), listed(&[]));
}

#[test]
fn a_program_that_is_killed_takes_everything_along() {
    let mut bench = Staying::start(|_| {});
    Staying::signal(&bench.varco.id().to_string(), "KILL");
    bench.varco.wait().unwrap();
    bench.nothing_is_left();
}

#[test]
fn a_keeper_that_is_killed_takes_everything_along() {
    let mut bench = Staying::start(|_| {});
    Staying::signal(&bench.keeper(), "KILL");
    assert_eq!(bench.varco.wait().unwrap().signal(), Some(9));
    bench.nothing_is_left();
}

/// The processes that have this text in their command line.
fn naming(text: &str) -> Vec<String> {
    let names = |pid: &String| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(text)
    };
    let folder = fs::read_dir("/proc").unwrap();
    let pids = folder.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    pids.filter(names).collect()
}

#[test]
fn where_both_are_killed_no_card_is_played_on_and_no_service_is_left() {
    let mut up = command(&["--json", "bench", "up"]);
    let mut varco = up.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(varco.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    let folder = told["environment"]["VARCO_BENCH_DIR"].as_str().unwrap();
    let socket = told["environment"]["PCSCLITE_CSOCK_NAME"].as_str().unwrap();
    let service = Path::new(socket).ancestors().nth(2).unwrap();
    assert_eq!(naming(folder).len(), 1);
    let pid = varco.id();
    let keeper = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    let pids = [&pid.to_string(), keeper.split_whitespace().next().unwrap()];
    let killed = Command::new("kill").args(["-s", "KILL"]).args(pids).status();
    assert!(killed.unwrap().success());
    varco.wait().unwrap();
    until(|| naming(folder).is_empty(), "a card is played on");
    until(|| !service.exists(), "pcscd is left");
    // It is what the first of them would have removed.
    fs::remove_dir_all(folder).unwrap();
}

/// The program where another user finds it: the folder of the build may be closed to others.
fn for_everybody(folder: &Path) -> PathBuf {
    let copy = folder.join("varco");
    fs::copy(env!("CARGO_BIN_EXE_varco"), &copy).unwrap();
    Command::new("chmod")
        .arg("a+rx")
        .args([folder, &copy])
        .status()
        .unwrap();
    copy
}

#[test]
fn an_ordinary_user_has_a_bench_too() {
    let folder = tempfile::tempdir().unwrap();
    let varco = for_everybody(folder.path());
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    // As somebody else where this is root, as oneself where it is not.
    let mut up = if is_root {
        let mut up = Command::new("setpriv");
        up.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"])
            .arg(&varco);
        up
    } else {
        Command::new(&varco)
    };
    let output = up
        .args([
            "bench",
            "up",
            "--",
            "sh",
            "-c",
            "id -u; opensc-tool --list-readers",
        ])
        .current_dir("/")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        text.contains("Yes") && (!is_root || text.starts_with("65534\n")),
        "{text}"
    );
}

#[test]
fn without_a_command_it_stands_until_it_is_told_to_end_and_tells_the_environment() {
    let mut up = command(&["bench", "up", "--print-env"]);
    // A group of its own, as a shell with job control gives.
    let mut varco = up.process_group(0).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(varco.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let lines: Vec<String> = lines.by_ref().take(13).collect();
    let script = format!("{}\nopensc-tool --list-readers", lines.join("\n"));
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("Yes"), "{text}");
    Staying::signal(&varco.id().to_string(), "INT");
    assert_eq!(varco.wait().unwrap().code(), Some(0));
}

#[test]
fn what_cannot_stand_is_told_before_anything_runs() {
    let code = |arguments: &[&str]| {
        let ran = run(&[&["--json", "bench", "up"], arguments].concat(), "");
        (ran.exit, ran.error_code())
    };
    for (arguments, exit, error) in [
        (&["--card", "cns-none", "--", "true"][..], 64, "profile-unknown"),
        (&["--", "/nonexistent/command"], 64, "bench-command"),
        (
            &["--card", "cie-nxp", "--reader", "pin-pad", "--", "true"],
            66,
            "bench-card-not-played",
        ),
        (
            &["--fault", "no-such-fault", "--reader", "nfc", "--", "true"],
            64,
            "bench-fault",
        ),
        (
            &["--reader", "vpcd", "--reader", "nfc", "--", "true"],
            64,
            "usage",
        ),
    ] {
        assert_eq!(code(arguments), (exit, error.to_owned()), "{arguments:?}");
    }
    // On a machine without pcscd: neither it nor the tools around it are found.
    let mut bare = command(&["--json", "bench", "up", "--", "true"]);
    let folder = tempfile::tempdir().unwrap();
    let output = bare.env("PATH", folder.path()).output().unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["error"]["code"], "bench-not-installed");
    assert!(
        told["error"]["advice"]
            .as_str()
            .unwrap()
            .contains("apt-get install"),
        "{told}"
    );
}
