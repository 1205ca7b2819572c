//! `cargo xtask test`: everything that must hold, in the order in which it fails soonest.

use std::time::{Duration, Instant};

use crate::{Outcome, api, debian, demo, fixtures, layers, loom, shell, simulate};

/// How much to run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Everything, as CI does.
    Whole,
    /// What one wants to know while writing: format, layers, lints, tests.
    Quick,
}

/// `varco-nfcd` and its bench are part of what is judged, and handshakes on a runtime.
const WITH_FEATURES: &str = "varco-reader-nfc/libnfc,varco-scenario/libnfc,varco-tls/tokio";

/// Names the folder of public data to the tests that read it.
const SHARED_DATA: &str = "VARCO_SHARED_DATA";

const CARGO_DENY: &str = "cargo-deny@0.20.2";

/// A step's name, whether `--quick` has it, and what it does.
type Step = (&'static str, Extent, fn() -> Outcome);

const STEPS: &[Step] = &[
    ("packages", Extent::Quick, || {
        debian::install(&[
            debian::TO_BUILD,
            debian::TO_BUILD_NFC,
            debian::TO_PLAY,
            debian::TO_JUDGE,
        ])
    }),
    ("format", Extent::Quick, || cargo(&["fmt", "--all", "--check"])),
    ("layers", Extent::Quick, || layers::run(layers::Table::Compare)),
    ("lints", Extent::Quick, || {
        cargo(&[
            "clippy",
            "--locked",
            "--workspace",
            "--all-targets",
            "--features",
            WITH_FEATURES,
            "--",
            "-D",
            "warnings",
        ])
    }),
    ("fixtures", Extent::Whole, || fixtures::run(&["--check"])),
    ("tests", Extent::Quick, tests),
    ("planted", Extent::Whole, || simulate::planted(&[])),
    ("models", Extent::Whole, || loom::run(&[])),
    ("demo", Extent::Whole, || {
        demo::run(&demo::CIE, demo::Stack::Pcscd)
    }),
    ("demo nfc", Extent::Whole, demo::run_nfc),
    ("docs", Extent::Whole, docs),
    // Behind the documentation, which has checked the crates.
    ("interface", Extent::Whole, || api::run(api::Baseline::Compare)),
    ("deny", Extent::Whole, deny),
];

/// Runs the steps of `extent`. The first failure ends it, and says how to run that step alone.
pub(crate) fn run(extent: Extent) -> Outcome {
    let mut done: Vec<(&str, Duration)> = Vec::new();
    for (name, needed, step) in STEPS {
        if extent == Extent::Quick && *needed == Extent::Whole {
            continue;
        }
        println!("\n== {name}");
        let began = Instant::now();
        step().map_err(|error| format!("{name}: {error}"))?;
        done.push((name, began.elapsed()));
    }
    println!("\nAll is well.");
    for (name, time) in &done {
        println!("  {name:<10} {:>7.1} s", time.as_secs_f64());
    }
    let whole: Duration = done.iter().map(|(_, time)| *time).sum();
    println!("  {:<10} {:>7.1} s", "in all", whole.as_secs_f64());
    Ok(())
}

fn cargo(arguments: &[&str]) -> Outcome {
    shell::run(&mut shell::command("cargo", arguments)?)
}

/// Public data that is not ours to hand on is tried where it stands beside the checkout, as it does in CI.
fn tests() -> Outcome {
    let mut test = shell::command(
        "cargo",
        &["test", "--locked", "--workspace", "--features", WITH_FEATURES],
    )?;
    let beside = shell::workspace()?.join("../shared/data");
    if std::env::var_os(SHARED_DATA).is_none() && beside.join("italian_ca_2018").is_dir() {
        println!("{SHARED_DATA} is ../shared/data: the Italian authorities of 2018 are tried.");
        test.env(SHARED_DATA, beside.canonicalize()?);
    }
    shell::run(&mut test)
}

fn docs() -> Outcome {
    let mut doc = shell::command("cargo", &["doc", "--locked", "--workspace", "--no-deps"])?;
    shell::run(doc.env("RUSTDOCFLAGS", "-D warnings"))
}

fn deny() -> Outcome {
    if shell::output("cargo", &["deny", "--version"]).is_none() {
        println!("cargo-deny is not there; building it takes some minutes, once.");
        cargo(&["install", "--locked", CARGO_DENY])?;
    }
    cargo(&[
        "deny",
        "--locked",
        "check",
        "--hide-inclusion-graph",
        "bans",
        "licenses",
        "sources",
    ])
}
