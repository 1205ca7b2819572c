//! `cargo xtask loom`: the models of the hand-over to a reader's thread, searched by loom in every interleaving up to a number of
//! preemptions.
//!
//! `--cfg loom` reaches every crate that is built, so the build has a folder of its own. Optimised: the search runs the model some
//! hundred thousand times.
//!
//! Not here: the models (`crates/handover/tests/model.rs`), and real threads on a real machine (`tsan`).

use crate::{Outcome, shell};

/// The packages that have models.
const PACKAGES: &[&str] = &["varco-handover"];

const BUILD_FOLDER: &str = "target/loom";

/// How often a thread may lose the processor against its will in one run, where nobody says otherwise. What is wrong between two or
/// three threads shows with two; one more is what CI has time for.
const PREEMPTIONS: &str = "3";

/// How deep one run may go before loom calls it endless.
const BRANCHES_MAX: &str = "20000";

/// Searches the models.
pub(crate) fn run(arguments: &[&str]) -> Outcome {
    let preemptions = match *arguments {
        [] => PREEMPTIONS,
        ["--preemptions", number] => {
            number.parse::<u32>()?;
            number
        }
        _ => return Err("usage: cargo xtask loom [--preemptions N]".into()),
    };
    for package in PACKAGES {
        let arguments = [
            "test",
            "--locked",
            "--release",
            "--package",
            package,
            "--tests",
            "--target-dir",
            BUILD_FOLDER,
        ];
        let mut test = shell::command("cargo", &arguments)?;
        test.env("RUSTFLAGS", "--cfg loom")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("LOOM_MAX_PREEMPTIONS", preemptions)
            .env("LOOM_MAX_BRANCHES", BRANCHES_MAX);
        shell::run(&mut test)?;
    }
    Ok(())
}
