//! `varco bench up`: readers and cards for as long as a command runs.
//!
//! Two processes. The first is the one that was called: it passes signals on, and ends as the command ended. Below it the
//! second, in a process group of its own, keeps the bench and runs the command, which belongs to the first one's group and so
//! to its terminal. Whichever of the two is killed, the other finds every process that is left, and ends it.
//!
//! Not here: the bench itself (`varco_bench::up`), and installing what it needs (`install`).

use std::env;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus};

use rustix::process::{Pid, Signal, getpgrp, getpid, getppid, set_parent_process_death_signal};
use varco_bench::up::attend::{Attended, Attention, end_by};
use varco_bench::up::{Bench, CARDS_MAX, CardPlan, Plan, ReaderKind, UpError, kin};
use varco_messages::Arg;

use super::install;
use crate::arguments::{BenchReader, UpArguments};
use crate::emulate;
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;

/// Names the process that the keeper of a bench works for.
const KEEPER_OF: &str = "VARCO_BENCH_KEEPER_OF";
/// Names the folder of the bench, which the first process makes: whichever ends last removes it.
const FOLDER: &str = "VARCO_BENCH_FOLDER";
/// What a shell adds to the number of a signal.
const SIGNAL_EXIT: i32 = 128;

pub(crate) fn run(arguments: &UpArguments, output: &Output) -> Exit {
    let parent = env::var(KEEPER_OF)
        .ok()
        .and_then(|pid| pid.parse().ok())
        .and_then(Pid::from_raw);
    // Somebody else's keeper may have left the variable.
    let parent = parent.filter(|parent| getppid() == Some(*parent));
    let done = match parent.zip(env::var_os(FOLDER)) {
        Some((parent, folder)) => keep(arguments, parent, folder.into(), output),
        None => start_keeper(arguments, output),
    };
    match done {
        Ok(None) => Exit::Done,
        Ok(Some(status)) => end_as(status),
        Err(problem) => output.fail(&problem),
    }
}

/// The process that was called.
fn start_keeper(arguments: &UpArguments, output: &Output) -> Result<Option<ExitStatus>, Problem> {
    // What is not right is told before anything is started.
    install::provide(&plan(arguments, output)?, arguments, output)?;
    let system = |error: io::Error| of_system(&error, output);
    kin::adopt_orphans().map_err(system)?;
    let mut attention = Attention::new(None).map_err(system)?;
    let folder = tempfile::Builder::new()
        .prefix("varco-bench-")
        .permissions(fs::Permissions::from_mode(0o700))
        .tempdir();
    let folder = folder.map_err(|error| problem(&UpError::Folder(error), output))?;
    let mut keeper = Command::new(env::current_exe().map_err(system)?)
        .args(env::args_os().skip(1))
        .env(FOLDER, folder.path())
        .env(KEEPER_OF, getpid().as_raw_nonzero().to_string())
        .process_group(0)
        .spawn()
        .map_err(system)?;
    let attended = attention.wait(Some(&mut keeper), &[]);
    // Nothing, unless the keeper was killed.
    kin::end_all(&[]);
    drop(folder);
    match attended.map_err(system)? {
        Attended::Ended(status) => Ok(Some(status)),
        Attended::Abandoned => Ok(None),
    }
}

/// The process that has the bench.
fn keep(
    arguments: &UpArguments,
    parent: Pid,
    folder: PathBuf,
    output: &Output,
) -> Result<Option<ExitStatus>, Problem> {
    let system = |error: io::Error| of_system(&error, output);
    let mut attention = Attention::new(Some(parent)).map_err(system)?;
    set_parent_process_death_signal(Some(Signal::TERM)).map_err(|error| system(error.into()))?;
    kin::adopt_orphans().map_err(system)?;
    let folder = Folder(folder);
    let bench =
        Bench::stand_up(&plan(arguments, output)?, &folder.0).map_err(|error| problem(&error, output))?;
    bench
        .write_description()
        .map_err(|error| problem(&error, output))?;
    let mut child = if arguments.run.is_empty() {
        tell(&bench, arguments, output);
        None
    } else if let Some(signal) = attention.heard() {
        // Before there is a command: none is started.
        return Ok(Some(ExitStatus::from_raw(signal)));
    } else {
        if output.format() == Format::Json {
            // Standard output is the command's.
            output.note(&bench.describe().to_string());
        }
        Some(start(arguments, &bench, parent, output)?)
    };
    let own = bench.processes();
    let attended = attention.wait(child.as_mut(), &own);
    // What the command left behind, or the command itself where nobody waits for it any more.
    kin::end_all(&own);
    drop(bench);
    drop(folder);
    match attended.map_err(system)? {
        Attended::Ended(status) => Ok(Some(status)),
        Attended::Abandoned => Ok(None),
    }
}

/// Removed with all that is in it when this is dropped.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn start(arguments: &UpArguments, bench: &Bench, parent: Pid, output: &Output) -> Result<Child, Problem> {
    let (program, rest) = arguments.run.split_first().unzip();
    let program = program.map(|program| program.as_os_str()).unwrap_or_default();
    // The first process leads no group of its own where a script without job control called it.
    let group = rustix::process::getpgid(Some(parent)).unwrap_or_else(|_| getpgrp());
    let mut command = Command::new(program);
    // Ours, and what a bench around this one has said of its cards.
    for (name, _) in env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"VARCO_BENCH_") {
            command.env_remove(name);
        }
    }
    command
        .args(rest.unwrap_or_default())
        .envs(bench.variables())
        .process_group(group.as_raw_nonzero().get())
        .spawn()
        .map_err(|error| {
            let shown = program.to_string_lossy();
            output
                .problem("bench-command", &[("command", Arg::Text(&shown))])
                .detailed(&error)
        })
}

/// What stands, where no command is there to be told.
fn tell(bench: &Bench, arguments: &UpArguments, output: &Output) {
    if output.format() == Format::Json {
        return output.json(bench.describe());
    }
    let lines: Vec<String> = bench
        .variables()
        .iter()
        .map(|(name, value)| format!("export {name}={}\n", quoted(value)))
        .collect();
    if !arguments.print_env {
        output.line(&output.say("bench-stands", &[]));
    }
    // At once: whoever reads finds all of it or nothing.
    output.write(lines.concat().as_bytes());
}

/// For a shell, whatever is in it.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// As the command ended: a script sees its status, a shell the signal that ended it.
fn end_as(status: ExitStatus) -> Exit {
    if let Some(signal) = status.signal() {
        end_by(signal);
    }
    let signal = status.signal().map_or(0, |signal| SIGNAL_EXIT + signal);
    std::process::exit(status.code().unwrap_or(signal));
}

fn plan(arguments: &UpArguments, output: &Output) -> Result<Plan, Problem> {
    let usage = |what: &str| Problem::usage(output.messages(), what);
    let profiles = if arguments.card.is_empty() {
        let card = match arguments.reader.first() {
            Some(BenchReader::Nfc) => "cie-nxp",
            _ => "cns-st",
        };
        vec![card.to_owned()]
    } else {
        arguments.card.clone()
    };
    if profiles.len() > CARDS_MAX {
        return Err(usage(&format!("--card: 1-{CARDS_MAX}")));
    }
    let readers = one_for_each(&arguments.reader, profiles.len()).ok_or_else(|| usage("--reader"))?;
    let faults = one_for_each(&arguments.fault, profiles.len()).ok_or_else(|| usage("--fault"))?;
    let mut cards = Vec::new();
    for ((name, reader), fault) in profiles.iter().zip(readers).zip(faults) {
        let profile = emulate::load(name, output)?;
        cards.push(CardPlan {
            profile: name.clone(),
            reader: match reader {
                None | Some(BenchReader::Vpcd) => ReaderKind::Vpcd,
                Some(BenchReader::PinPad) => ReaderKind::PinPad,
                Some(BenchReader::Nfc) => ReaderKind::Nfc,
            },
            fault,
            pin: profile.pin_value().to_owned(),
            puk: profile.puk_value().to_owned(),
        });
    }
    Ok(Plan {
        program: env::current_exe().map_err(|error| of_system(&error, output))?,
        language: output.messages().locale().tag().to_owned(),
        cards,
    })
}

/// None for each, one for all, or as many as there are.
fn one_for_each<T: Clone>(given: &[T], cards: usize) -> Option<Vec<Option<T>>> {
    match given {
        [] => Some(vec![None; cards]),
        [one] => Some(vec![Some(one.clone()); cards]),
        many if many.len() == cards => Some(many.iter().cloned().map(Some).collect()),
        _ => None,
    }
}

fn of_system(error: &io::Error, output: &Output) -> Problem {
    output.problem("bench-system", &[]).detailed(error)
}

pub(super) fn problem(error: &UpError, output: &Output) -> Problem {
    let packages = match error {
        UpError::NotInstalled { packages } => packages.join(" "),
        _ => String::new(),
    };
    let (card, what) = match error {
        UpError::NotPlayed { profile, said } => (profile.as_str(), said.as_str()),
        UpError::Fault { profile, plan, .. } => (profile.as_str(), plan.as_str()),
        UpError::NotSeen { reader, .. } => (reader.as_str(), ""),
        _ => ("", ""),
    };
    let arguments = [
        ("packages", Arg::Text(&packages)),
        ("card", Arg::Text(card)),
        ("what", Arg::Text(what)),
    ];
    output.problem(error.code(), &arguments).detailed(error)
}
