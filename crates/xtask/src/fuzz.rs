//! `cargo xtask fuzz`: the targets of tests/fuzz under libFuzzer, on the compiler that the workspace pins.
//!
//! LLVM's coverage instrumentation is asked for by the flags that rustc passes on, so no nightly compiler is
//! needed (ADR 60). The instrumented build has a folder of its own; a found input stays beside its corpus.
//!
//! Not here: the targets, and the smoke test that ordinary `cargo test` runs.

use std::path::PathBuf;
use std::process::Command;

use crate::{Outcome, debian, shell};

/// How long each target runs where nobody says otherwise.
const SECONDS_DEFAULT: u32 = 60;
const BUILD_FOLDER: &str = "target/fuzz";
const CORPUS_FOLDER: &str = "target/fuzz-corpus";
const FAILURES_FOLDER: &str = "target/fuzz-failures";

/// Counters at every edge, a table of them, and callbacks for comparisons, which give libFuzzer both sides.
const RUSTFLAGS: &str = "-Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares \
    -Ccodegen-units=1";

/// The release profile, with what makes a mistake visible. Link-time optimisation would instrument twice.
const PROFILE: &[(&str, &str)] = &[
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only"),
    ("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true"),
];

/// Runs the named target, or every one in turn, for so many seconds each. The first failure ends it.
pub(crate) fn run(arguments: &[&str]) -> Outcome {
    let (wanted, seconds) = match *arguments {
        [] => (None, SECONDS_DEFAULT),
        ["--seconds", seconds] => (None, seconds.parse()?),
        [target] => (Some(target), SECONDS_DEFAULT),
        [target, "--seconds", seconds] => (Some(target), seconds.parse()?),
        _ => return Err("usage: cargo xtask fuzz [TARGET] [--seconds N]".into()),
    };
    debian::install(&[debian::TO_FUZZ])?;
    let program = build()?;
    let listed = Command::new(&program).output()?;
    let names = String::from_utf8(listed.stdout)?;
    let mut targets: Vec<&str> = names.lines().collect();
    if let Some(wanted) = wanted {
        targets.retain(|name| *name == wanted);
    }
    if targets.is_empty() {
        let all = names.lines().collect::<Vec<_>>().join(", ");
        return Err(format!("there is no such target; there are {all}").into());
    }
    for target in targets {
        println!("\n== {target}");
        fuzz(&program, target, seconds)?;
    }
    Ok(())
}

/// Builds the program. A named target platform keeps the instrumentation off build scripts and macros.
fn build() -> Outcome<PathBuf> {
    let version = shell::output("rustc", &["-vV"]).ok_or("rustc cannot be asked for its version")?;
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .ok_or("rustc does not say what it runs on")?;
    let build = [
        "build",
        "--locked",
        "--release",
        "--package",
        "varco-fuzz",
        "--features",
        "libfuzzer",
        "--bin",
        "fuzz",
        "--target",
        host,
        "--target-dir",
        BUILD_FOLDER,
    ];
    let mut cargo = shell::command("cargo", &build)?;
    shell::run(cargo.env("RUSTFLAGS", RUSTFLAGS).envs(PROFILE.iter().copied()))?;
    Ok(shell::workspace()?
        .join(BUILD_FOLDER)
        .join(host)
        .join("release/fuzz"))
}

fn fuzz(program: &PathBuf, target: &str, seconds: u32) -> Outcome {
    let corpus = format!("{CORPUS_FOLDER}/{target}");
    let top = shell::workspace()?;
    std::fs::create_dir_all(top.join(&corpus))?;
    std::fs::create_dir_all(top.join(FAILURES_FOLDER))?;
    let mut fuzz = Command::new(program);
    fuzz.current_dir(top)
        .env("VARCO_FUZZ_TARGET", target)
        .env("VARCO_FUZZ_CORPUS", &corpus)
        .arg(&corpus)
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={FAILURES_FOLDER}/{target}-"))
        .args(["-timeout=10", "-print_final_stats=1"]);
    shell::run(&mut fuzz)
}
