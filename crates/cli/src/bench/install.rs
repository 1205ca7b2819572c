//! `varco bench up --install`: root has apt-get bring what is missing. Without the option it is only named.
//!
//! Not here: what is missing (`varco_bench::up::missing`).

use std::io;

use rustix::process::geteuid;
use varco_bench::up::{Plan, UpError, apt_get, missing};
use varco_messages::Arg;

use crate::arguments::UpArguments;
use crate::output::Output;
use crate::problem::Problem;

/// Nothing is missing afterwards, or it is told what, with the line that installs it.
pub(super) fn provide(plan: &Plan, arguments: &UpArguments, output: &Output) -> Result<(), Problem> {
    let packages = missing(&plan.cards, arguments.run.first().map(AsRef::as_ref));
    if packages.is_empty() {
        return Ok(());
    }
    let problem = |packages| super::up::problem(&UpError::NotInstalled { packages }, output);
    if !arguments.install || !geteuid().is_root() {
        return Err(problem(packages));
    }
    let names = packages.join(" ");
    output.note(&output.say("bench-installing", &[("packages", Arg::Text(&names))]));
    install(&packages).map_err(|error| problem(packages).detailed(&error))
}

/// Standard output is the command's: apt writes beside it.
fn install(packages: &[&str]) -> io::Result<()> {
    for mut apt in apt_get(packages) {
        let status = apt.stdout(io::stderr()).status()?;
        if !status.success() {
            return Err(io::Error::other(format!("apt-get: {status}")));
        }
    }
    Ok(())
}
