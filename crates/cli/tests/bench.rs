//! `varco bench run`: what ends how, and that it is told.
//!
//! Not here: the scenarios of the fixtures at all targets (`tests/conformance/tests/scenarios.rs`).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod program;

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use program::{Ran, command, run, run_command};

/// A scenario file of this name with these steps, in its folder.
fn scenario(folder: &Path, name: &str, steps: &str) -> PathBuf {
    let path = folder.join(format!("{name}.toml"));
    let text = format!(
        "format = 1\nname = \"{name}\"\ntitle = \"T\"\nsteps = [\n{steps}\n]\n[cards.c]\nprofile = \"cns-st\"\n"
    );
    fs::write(&path, text).unwrap();
    path
}

fn bench(paths: &[&Path], options: &[&str]) -> Ran {
    let mut arguments = vec!["bench", "run", "--json"];
    arguments.extend(paths.iter().map(|path| path.to_str().unwrap()));
    arguments.extend(options);
    run(&arguments, "")
}

/// A bench file at the reader of this name, where a person is asked.
fn desk(folder: &Path, reader: &str) -> String {
    let path = folder.join("desk.bench");
    let text = format!(
        "format = 1\nreader = \"{reader}\"\nrig = {{ kind = \"prompt\" }}\n[cards.mario]\nserial = \"6999\"\n"
    );
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

const INSERT: &str = "{do=\"insert\",card=\"c\"},\n";

#[test]
fn what_failed_what_the_rig_did_and_what_cannot_be_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let steps = format!(
        "{INSERT}{{do=\"type\",value=\"@pin\"}},{{do=\"login\"}},\n{{do=\"expect\",end=\"pin-wrong\"}}"
    );
    let fails = scenario(folder.path(), "fails", &steps);
    let trust = format!(
        "{}\n[trust]\nlists = [\"no-such.crl\"]\n",
        fs::read_to_string(&fails).unwrap()
    );
    let breaks = folder.path().join("breaks.toml");
    fs::write(&breaks, trust.replace("fails", "breaks")).unwrap();
    let runs = format!("{INSERT}{{do=\"run\",program=\"true\"}},{{do=\"expect\",exit=0}}");
    let cannot = scenario(folder.path(), "cannot", &runs);

    let junit = folder.path().join("junit.xml");
    let ran = bench(&[&fails, &breaks, &cannot], &["--junit", junit.to_str().unwrap()]);
    assert_eq!((ran.exit, ran.error_code().as_str()), (65, "scenarios-failed"));
    let told = ran.json();
    let of = |index: usize| {
        let result = &told["scenarios"][index];
        let text = |key: &str| result[key].as_str().unwrap_or_default().to_owned();
        (text("outcome"), text("code"), result["line"].as_u64())
    };
    let outcome = |outcome: &str, code: &str, line| (outcome.to_owned(), code.to_owned(), Some(line));
    assert_eq!(of(0), outcome("failed", "bench-otherwise", 7));
    assert_eq!(of(1), outcome("rig-error", "bench-rig-trust", 6));
    assert_eq!(of(2), outcome("not-applicable", "bench-na-program", 6));
    assert_eq!(
        told["scenarios"][0]["detail"],
        "end = pin-wrong, and it ended with logged-in"
    );
    let xml = fs::read_to_string(junit).unwrap();
    for element in [
        "<failure type=\"bench-otherwise\"",
        "<error type=\"bench-rig-trust\"",
        "<skipped message=",
    ] {
        assert!(xml.contains(element), "{xml}");
    }

    let ran = bench(&[&breaks, &cannot], &[]);
    assert_eq!((ran.exit, ran.error_code().as_str()), (66, "scenarios-rig-error"));
    let ran = bench(&[&cannot], &[]);
    assert_eq!(
        (ran.exit, ran.json()["summary"]["not_applicable"].as_u64()),
        (0, Some(1))
    );
    let desk = desk(folder.path(), "of nobody");
    let ran = bench(&[&fails], &["--target", "reader", "--bench", &desk]);
    assert_eq!(
        (ran.exit, ran.json()["scenarios"][0]["outcome"].as_str()),
        (66, Some("rig-error"))
    );
}

#[test]
fn what_hangs_has_failed_and_a_worker_that_dies_is_an_error_of_the_rig() {
    let folder = tempfile::tempdir().unwrap();
    let program = |script: &str| {
        format!(
            "{INSERT}{{do=\"run\",program=\"sh\",arguments=[\"-c\",\"{script}\"]}},{{do=\"expect\",exit=0}}"
        )
    };
    let hangs = scenario(folder.path(), "hangs", &program("sleep 600"));
    let pid = folder.path().join("pid");
    let script = format!("echo $$ >{}; kill -9 $PPID; exec sleep 1000", pid.display());
    let dies = scenario(folder.path(), "dies", &program(&script));
    let waits = scenario(
        folder.path(),
        "waits",
        &format!("{INSERT}{{do=\"wait\",ms=3999}},{{do=\"card\"}},{{do=\"expect\",end=\"done\"}}"),
    );
    let ran = bench(&[&hangs, &dies, &waits], &["--target", "vpcd", "--timeout", "4"]);
    let told = ran.json();
    let of = |index: usize| {
        let result = &told["scenarios"][index];
        [&result["outcome"], &result["code"]].map(|text| text.as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(of(0), ["failed", "bench-late"], "{told:#}");
    assert_eq!(of(1), ["rig-error", "bench-rig-worker"], "{told:#}");
    let pid = fs::read_to_string(pid).unwrap();
    until("the program ends with its worker", || !is_running(&pid));
    assert_eq!(of(2), ["rig-error", "bench-late"], "{told:#}");
}

#[test]
fn what_is_wrong_with_files_and_options_is_told_before_anything_is_run() {
    let folder = tempfile::tempdir().unwrap();
    let good = scenario(
        folder.path(),
        "good",
        &format!("{INSERT}{{do=\"card\"}},{{do=\"expect\",end=\"done\"}}"),
    );
    let bad = scenario(folder.path(), "bad", "{do=\"login\"},\n{do=\"logout\"}");
    let ran = bench(&[&good, &bad], &[]);
    assert_eq!((ran.exit, ran.error_code().as_str()), (60, "scenario-malformed"));
    let detail = ran.json()["error"]["detail"].as_str().unwrap().to_owned();
    assert!(
        detail.contains("bad.toml:6: unknown variant `logout`"),
        "{detail}"
    );
    let ran = bench(&[&good, &good], &[]);
    assert!(
        ran.json()["error"]["detail"]
            .as_str()
            .unwrap()
            .contains("has the same name")
    );
    let ran = bench(&[&folder.path().join("none.toml")], &[]);
    assert_eq!(ran.exit, 60, "{}", ran.out);
    fs::create_dir(folder.path().join("empty")).unwrap();
    assert_eq!(bench(&[&folder.path().join("empty")], &[]).exit, 60);
    let desk = desk(folder.path(), "R");
    let at_desk = ["--target", "reader", "--bench", &desk];
    let with = |more: &[&'static str]| [&at_desk[..], more].concat();
    for options in [
        vec!["--target", "vpcd,usb"],
        vec!["--target", "reader:R", "--bench", &desk],
        // A real reader needs its bench file, and the file its target.
        vec!["--target", "reader"],
        vec!["--bench", &desk],
        vec!["--codes", "12345"],
        with(&["--codes", "12345"]),
        with(&["--codes", "fd:99"]),
        vec!["--jobs", "0"],
        vec!["--timeout", "0"],
    ] {
        let ran = bench(&[&good], &options);
        assert_eq!(ran.exit, 64, "{options:?} {}", ran.out);
        assert!(!ran.out.contains("12345") && !ran.err.contains("12345"));
    }
    for codes in ["mario pin 1234x\n", "cns pin 12345\n"] {
        let mut with_codes = command(&["bench", "run", "--json", good.to_str().unwrap()]);
        let ran = run_command(with_codes.args(with(&["--codes", "fd:0"])), codes);
        assert_eq!(ran.exit, 64);
        assert!(
            ran.out.contains("line 1") && !ran.out.contains("1234"),
            "{}",
            ran.out
        );
    }
    // A file would be open to all that is started.
    let file = folder.path().join("codes");
    fs::write(&file, "mario pin 12345\n").unwrap();
    let mut with_codes = command(&["bench", "run", "--json", good.to_str().unwrap()]);
    with_codes
        .args(with(&["--codes", "fd:0"]))
        .stdin(fs::File::open(&file).unwrap());
    let refused = with_codes.output().unwrap();
    let told = String::from_utf8_lossy(&refused.stdout);
    assert_eq!(refused.status.code(), Some(64), "{told}");
    assert!(
        told.contains("must be a pipe") && !told.contains("12345"),
        "{told}"
    );
    // A code that was cut would be another one.
    let long = format!("{}\nmario pin 12345678\n", "\n".repeat(4080));
    let mut with_codes = command(&["bench", "run", "--json", good.to_str().unwrap()]);
    let ran = run_command(with_codes.args(with(&["--codes", "fd:0"])), &long);
    assert_eq!(ran.exit, 64);
    assert!(ran.out.contains("at most 4096 bytes"), "{}", ran.out);
    // It could only be late.
    let waits = scenario(
        folder.path(),
        "waits",
        &format!("{INSERT}{{do=\"wait\",ms=60000}},{{do=\"card\"}},{{do=\"expect\",end=\"done\"}}"),
    );
    let ran = bench(&[&waits], &["--target", "in-process,vpcd"]);
    assert!(ran.out.contains("waits 60000 ms by itself"), "{}", ran.out);
    assert_eq!((ran.exit, bench(&[&waits], &[]).exit), (64, 0));
    // Nobody waits for results that cannot be written.
    let nowhere = folder.path().join("no-such-folder/junit.xml");
    let ran = bench(&[&good], &["--junit", nowhere.to_str().unwrap(), "--progress"]);
    assert_eq!((ran.exit, ran.error_code().as_str()), (60, "file-unwritable"));
    assert!(!ran.err.contains("good @"), "{}", ran.err);
    let bad = folder.path().join("bad.bench");
    let text = fs::read_to_string(&desk)
        .unwrap()
        .replace("serial = \"6999\"", "spend_tries = 1");
    fs::write(&bad, text).unwrap();
    let ran = bench(
        &[&good],
        &["--target", "reader", "--bench", bad.to_str().unwrap()],
    );
    assert_eq!(
        (ran.exit, ran.error_code().as_str()),
        (60, "bench-file-malformed")
    );
    assert!(
        ran.out
            .contains("bad.bench:4: spend_tries is for a card that is named by its serial"),
        "{}",
        ran.out
    );
}

#[test]
fn a_fault_that_nothing_comes_to_has_failed_unless_it_may_miss() {
    let folder = tempfile::tempdir().unwrap();
    let steps = |fault: &str| {
        format!(
            "{INSERT}{{do=\"fault\",plan=\"remove@verify#9\"{fault}}},{{do=\"type\",value=\"@pin\"}},{{do=\"login\"}},\n{{do=\"expect\",end=\"logged-in\"}}"
        )
    };
    let must = scenario(folder.path(), "must", &steps(""));
    let may = scenario(folder.path(), "may", &steps(",may_miss=true"));
    let told = bench(&[&must, &may], &["--target", "in-process,vpcd"]).json();
    let of = |index: usize| {
        let result = &told["scenarios"][index];
        [&result["outcome"], &result["code"]].map(|text| text.as_str().unwrap_or_default().to_owned())
    };
    for index in 0..2 {
        assert_eq!(of(index), ["failed", "bench-fault-unmet"], "{told:#}");
        assert_eq!(of(index + 2), ["passed", ""], "{told:#}");
    }
}

#[test]
fn what_a_program_says_is_told_shortly_and_without_what_was_typed() {
    let folder = tempfile::tempdir().unwrap();
    let program = |name: &str, script: &str| {
        let steps = format!(
            "{INSERT}{{do=\"type\",value=\"@pin\"}},{{do=\"run\",program=\"sh\",arguments=[\"-c\",'{script}']}},{{do=\"expect\",exit=0}}"
        );
        scenario(folder.path(), name, &steps)
    };
    let tells = program(
        "tells",
        "stty -echo; read -r p; stty echo; echo \"PIN=$p.\"; exit 1",
    );
    let floods = program(
        "floods",
        "stty -echo; read -r p; stty -opost; head -c 262144 /dev/zero | tr \"\\0\" \"\\033\"; echo end; exit 1",
    );
    let told = bench(&[&tells, &floods], &["--target", "vpcd"]).json();
    for (index, said) in ["PIN=[…].", ""].into_iter().enumerate() {
        let result = &told["scenarios"][index];
        assert_eq!(result["code"], "bench-otherwise", "{told:#}");
        let detail = result["detail"].as_str().unwrap();
        assert!(detail.contains(said) && !detail.contains("12345"), "{detail}");
        assert!(detail.chars().count() < 300);
    }
}

#[test]
fn people_are_told_what_happens_in_their_language() {
    let folder = tempfile::tempdir().unwrap();
    let good = scenario(
        folder.path(),
        "good",
        &format!("{INSERT}{{do=\"card\"}},\n{{do=\"expect\",card_kind=\"cie\"}}"),
    );
    let path = good.to_str().unwrap();
    let ran = run(&["--lang", "it", "bench", "run", path, "--progress"], "");
    assert_eq!(ran.exit, 65);
    assert!(ran.out.starts_with("FALLITO: good @ in-process\n"), "{}", ran.out);
    assert!(
        ran.out.contains("good.toml:7: card_kind = cie, and it is cns"),
        "{}",
        ran.out
    );
    assert!(ran.err.contains("good @ in-process: 2/3"), "{}", ran.err);
    let ran = run(&["bench", "run", path], "");
    assert!(!ran.err.contains("2/3"), "nobody is at a terminal: {}", ran.err);
    // A worker is of no use to anybody else.
    assert_eq!(run(&["bench", "worker"], "{}\n").exit, 64);
}

/// Waits until this is so, a minute at most.
fn until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        sleep(Duration::from_millis(20));
    }
}

fn is_running(pid: &str) -> bool {
    let state = fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    !state.is_empty() && !state.contains(") Z ")
}

#[test]
fn a_program_of_a_scenario_does_not_outlive_the_run_whatever_ends_that() {
    for (signal, number) in [("INT", 2), ("TERM", 15), ("KILL", 9)] {
        let folder = tempfile::tempdir().unwrap();
        let pids = folder.path().join("pids");
        // It hears neither Ctrl-C nor a hang-up, and has a child in a session of its own.
        let script = format!(
            "trap '' INT HUP TERM; setsid sleep 1000 & echo $$ >{0}.new; echo $! >>{0}.new; mv {0}.new {0}; while :; do sleep 1000; done",
            pids.display()
        );
        let steps = format!(
            "{INSERT}{{do=\"run\",program=\"sh\",arguments=[\"-c\",\"{script}\"]}},{{do=\"expect\",exit=0}}"
        );
        let stays = scenario(folder.path(), "stays", &steps);
        let mut child = command(&["bench", "run", "--target", "vpcd", stays.to_str().unwrap()])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        until("it runs", || pids.exists());
        let left = fs::read_to_string(&pids).unwrap();
        assert!(
            left.lines().count() == 2 && left.lines().all(is_running),
            "{left}"
        );
        let sent = Command::new("kill")
            .args([&format!("-{signal}"), &child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
        assert_eq!(child.wait().unwrap().signal(), Some(number));
        until(signal, || !left.lines().any(is_running));
    }
}
