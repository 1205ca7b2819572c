//! `cargo xtask tsan`: tests under ThreadSanitizer, which watches every access to memory for one that no lock orders.
//!
//! It needs flags that no stable compiler has, and a standard library that is instrumented as well: so a nightly compiler, with the
//! library's source (ADR 95). It is no part of `cargo xtask test`. C and assembler below (ring, SQLite, libpcsclite) are not
//! instrumented: what they do with memory is not seen, and what they order by locks of their own is not known.
//!
//! Not here: every interleaving of the hand-over (`loom`).

use std::path::Path;

use crate::{Outcome, debian, shell};

const NIGHTLY: &str = "nightly";
const BUILD_FOLDER: &str = "target/tsan";

/// What is known to be reported and is not true, each with its reason.
const SUPPRESSIONS: &str = "crates/xtask/tsan-suppressions.txt";

/// What is tried: arguments of `cargo test`, one line for each call. Documentation tests are left out, as they are linked without
/// the sanitizer.
const TESTS: &[&[&str]] = &[
    // Logins with played cards: on the threads of their readers, stopped, kept, many at once, and on the thread that calls.
    &[
        "--package=varco-scenario",
        "--test=log_in_stopped",
        "--test=logged_in",
        "--test=runtimes",
        "--test=login",
        "--test=identity_card",
    ],
    &[
        "--package=varco",
        "--package=varco-roster",
        "--package=varco-handover",
        "--features=varco/played,varco/tokio,varco-roster/played",
        "--tests",
    ],
    // Handshakes, with the card's thread behind them, in a runtime too.
    &["--package=varco-tls", "--features=varco-tls/tokio", "--tests"],
];

/// Runs the tests.
pub(crate) fn run() -> Outcome {
    debian::install(&[debian::TO_BUILD])?;
    let host = toolchain()?;
    let options = options(&shell::workspace()?.join(SUPPRESSIONS));
    for tests in TESTS {
        let cargo = [
            "run",
            NIGHTLY,
            "cargo",
            "test",
            "--locked",
            "-Zbuild-std",
            "--target",
            &host,
            "--target-dir",
            BUILD_FOLDER,
        ];
        let mut test = shell::command("rustup", &[&cargo, *tests].concat())?;
        test.env("RUSTFLAGS", "-Zsanitizer=thread")
            .env("TSAN_OPTIONS", &options);
        shell::run(&mut test)?;
    }
    println!("\nNo data race was seen.");
    Ok(())
}

/// The platform that the nightly compiler builds for; says what to install where something is missing.
fn toolchain() -> Outcome<String> {
    let ask = |arguments: &[&str]| shell::output("rustup", &[&["run", NIGHTLY, "rustc"], arguments].concat());
    let missing = |what: &str, line: &str| format!("{what} is missing. To install it:\n  {line}");
    let version = ask(&["-vV"]).ok_or_else(|| {
        let line = "rustup toolchain install nightly --profile minimal --component rust-src";
        missing("a nightly compiler", line)
    })?;
    let told = |key: &str| version.lines().find_map(|line| line.strip_prefix(key));
    let sysroot = ask(&["--print", "sysroot"]).unwrap_or_default();
    let library = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/Cargo.lock");
    if !library.is_file() {
        let line = "rustup component add rust-src --toolchain nightly";
        return Err(missing("the source of its standard library", line).into());
    }
    println!("nightly is {}", version.lines().next().unwrap_or_default());
    Ok(told("host: ")
        .ok_or("rustc does not say what it runs on")?
        .to_owned())
}

/// A report ends the program with another status than a failed test; the test goes on, so that all reports are seen.
fn options(suppressions: &Path) -> String {
    format!(
        "suppressions={} second_deadlock_stack=1 exitcode=66",
        suppressions.display()
    )
}
