//! `cargo xtask up`: `varco bench up` on a machine that has nothing for it yet.
//!
//! Installs what is missing to build and to run, the command's package too where it is known, and builds. The command then has
//! the caller's folder, streams and terminal, and its end is this program's.
//!
//! Not here: the bench (`varco_bench::up`), and which package has which command (`varco_stand::packages`).

use std::env;
use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::process::Command;

use varco_testkit::packages::missing_for_command;

use crate::{Outcome, debian, shell};

const BUILD: &[&str] = &["build", "--locked", "--package", "varco-cli", "--bin", "varco"];

/// Runs it with everything that stands behind `up`: options, `--`, and the command.
pub(crate) fn run(words: &[&str]) -> Outcome {
    let mut behind = words.iter().skip_while(|word| **word != "--").skip(1);
    let command = behind
        .next()
        .and_then(|command| missing_for_command(OsStr::new(command)));
    let own: Vec<&str> = command.into_iter().collect();
    debian::install(&[debian::TO_BUILD, debian::TO_PLAY, &own])?;
    let status = shell::command("cargo", BUILD)?.status()?;
    if !status.success() {
        return Err(format!("varco was not built ({status})").into());
    }
    // Cargo has put both programs into one folder.
    let mut varco = Command::new(env::current_exe()?.with_file_name("varco"));
    shell::forget_cargo(varco.args(["bench", "up"]).args(words));
    Err(varco.exec().into())
}
