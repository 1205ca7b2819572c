//! Another program, which reaches the card through PC/SC by the worker's environment.
//!
//! What is typed for it comes over a terminal of its own, value by value, whenever it switches the echo off, as programs do that ask
//! for a PIN. So no value stands in an argument or in the environment.
//!
//! Not here: what it must say (`came`).

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::process::{Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};
use zeroize::Zeroizing;

use super::came::Ran;
use crate::going;
use crate::target::Hindrance;

/// The most bytes of output that are kept.
const OUTPUT_BYTES_MAX: u64 = 262_144;
/// How often to look whether the program asks, or has ended.
const LOOK_INTERVAL: Duration = Duration::from_millis(10);

/// Values, in the order in which they are asked for.
pub(super) type Values = VecDeque<Zeroizing<Vec<u8>>>;

/// What happens around a program.
pub(super) struct Around<'a> {
    /// Asked before each value that is typed.
    pub(super) may_type: &'a dyn Fn() -> Result<(), Hindrance>,
    /// Done when it has ended, before what it left running is ended.
    pub(super) ended: &'a dyn Fn() -> Result<(), Hindrance>,
}

/// Why there is no end of it.
enum Failed {
    System(io::Error),
    Hindered(Hindrance),
}

impl<E: Into<io::Error>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::System(error.into())
    }
}

/// Runs it to its end, which is that of all that it started.
pub(super) fn run(
    program: &str,
    arguments: &[String],
    values: Values,
    around: &Around<'_>,
) -> Result<Ran, Hindrance> {
    attempt(program, arguments, values, around).map_err(|failed| match failed {
        Failed::System(error) => Hindrance::rig("bench-rig-program", format!("{program}: {error}")),
        Failed::Hindered(hindrance) => hindrance,
    })
}

fn attempt(program: &str, arguments: &[String], values: Values, around: &Around<'_>) -> Result<Ran, Failed> {
    let mut command = Command::new(program);
    command.args(arguments).env("LC_ALL", "C.UTF-8");
    let below = going::Program::begin()?;
    let ended = if values.is_empty() {
        without_terminal(command)
    } else {
        at_terminal(command, values, around)
    };
    let is_done = (around.ended)();
    drop(below);
    let (status, kept) = ended?;
    is_done.map_err(Failed::Hindered)?;
    Ok(ran(status, kept)?)
}

type Ended = (ExitStatus, JoinHandle<Vec<u8>>);

fn without_terminal(mut command: Command) -> Result<Ended, Failed> {
    let (reader, writer) = io::pipe()?;
    command
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer);
    let mut child = command.spawn()?;
    // The writing ends of the pipe go with the command.
    drop(command);
    let kept = keep(reader);
    Ok((child.wait()?, kept))
}

/// Types a value at each question, until the program ends. One that asks for more than there is gets the end of its input.
fn at_terminal(mut command: Command, mut values: Values, around: &Around<'_>) -> Result<Ended, Failed> {
    /// Control-D.
    const END: &[u8] = &[4];
    let (ours, theirs) = terminal()?;
    command
        .stdin(theirs.try_clone()?)
        .stdout(theirs.try_clone()?)
        .stderr(theirs);
    let mut child = command.spawn()?;
    // Their ends of the terminal go with the command.
    drop(command);
    let kept = keep(File::from(ours.try_clone()?));
    let mut was_hidden = false;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        // A program that hides what is typed asks. One that has closed its terminal asks nothing more.
        let is_hidden = tcgetattr(&ours).is_ok_and(|modes| !modes.local_modes.contains(LocalModes::ECHO));
        if is_hidden && !was_hidden {
            match values.pop_front() {
                Some(mut value) => {
                    // What was begun ends by the way out.
                    (around.may_type)().map_err(Failed::Hindered)?;
                    value.push(b'\n');
                    rustix::io::write(&ours, &value)?;
                }
                None => {
                    rustix::io::write(&ours, END)?;
                }
            }
        }
        was_hidden = is_hidden;
        thread::sleep(LOOK_INTERVAL);
    };
    Ok((status, kept))
}

fn terminal() -> io::Result<(OwnedFd, OwnedFd)> {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let name = ptsname(&ours, Vec::new())?;
    let theirs = open(
        &name,
        OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    Ok((ours, theirs))
}

/// Reads all output, and keeps the first of it.
fn keep(mut reader: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut output = Vec::new();
        // What was read before it broke is kept; a terminal that everybody has closed ends so.
        let _ = (&mut reader).take(OUTPUT_BYTES_MAX).read_to_end(&mut output);
        // Nobody is stopped by a full pipe.
        let _ = io::copy(&mut reader, &mut io::sink());
        output
    })
}

fn ran(status: ExitStatus, kept: JoinHandle<Vec<u8>>) -> io::Result<Ran> {
    let output = kept
        .join()
        .map_err(|_| io::Error::other("its output was not read"))?;
    Ok(Ran {
        exit: status.code(),
        output: String::from_utf8_lossy(&output).into_owned(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "test code")]

    use super::*;

    /// Names the process that runs one test alone.
    const ALONE: &str = "VARCO_BENCH_TEST_ALONE";

    /// Whether this process runs nothing else; otherwise it has another one do so. A program's end is that of every process begun
    /// meanwhile, which are those of other tests too.
    fn is_alone(test: &str) -> bool {
        if std::env::var_os(ALONE).is_some() {
            return true;
        }
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &format!("run::program::tests::{test}")])
            .env(ALONE, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
        false
    }

    fn sh(script: &str, values: &[&str]) -> Ran {
        let values = values
            .iter()
            .map(|value| Zeroizing::new(value.as_bytes().to_vec()))
            .collect();
        run("sh", &["-c".to_owned(), script.to_owned()], values, &FREE).unwrap()
    }

    const FREE: Around<'static> = Around {
        may_type: &|| Ok(()),
        ended: &|| Ok(()),
    };

    #[test]
    fn values_are_typed_whenever_a_program_hides_them() {
        if !is_alone("values_are_typed_whenever_a_program_hides_them") {
            return;
        }
        let asks = "stty -echo; read a; stty echo; sleep 0.1; stty -echo; read b; stty echo; echo \"$a and $b\"; exit 3";
        let ran = sh(asks, &["12345", "678"]);
        assert_eq!((ran.exit, ran.output.trim()), (Some(3), "12345 and 678"));
        let ran = sh(asks, &["12345"]);
        assert_eq!(ran.output.trim(), "12345 and");
        let ran = sh("cat; echo done", &[]);
        assert_eq!((ran.exit, ran.output.as_str()), (Some(0), "done\n"));
        let missing = run("/nonexistent/program", &[], Values::new(), &FREE)
            .err()
            .unwrap();
        assert_eq!(missing.code(), "bench-rig-program");
    }

    #[test]
    fn what_a_program_leaves_running_ends_with_it_and_nothing_is_typed_for_another_card() {
        if !is_alone("what_a_program_leaves_running_ends_with_it_and_nothing_is_typed_for_another_card") {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let left = folder.path().join("left");
        // It keeps the output open, in a session of its own.
        let ran = sh(
            &format!(
                "setsid sh -c 'echo $$ >{0}.new; mv {0}.new {0}; exec sleep 1000' & while [ ! -e {0} ]; do sleep 0.05; done; echo done",
                left.display()
            ),
            &[],
        );
        assert_eq!(ran.output, "done\n");
        let pid = std::fs::read_to_string(left).unwrap();
        let state = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
        assert!(state.is_empty() || state.contains(") Z "), "{state}");

        let got = folder.path().join("got");
        let script = format!("stty -echo; read a; echo \"$a\" >{}", got.display());
        let other = || Err(Hindrance::rig("bench-another-card", "other"));
        let around = Around {
            may_type: &other,
            ..FREE
        };
        let values = Values::from([Zeroizing::new(b"12345".to_vec())]);
        let refused = run("sh", &["-c".to_owned(), script], values, &around).err();
        assert_eq!(refused.unwrap().code(), "bench-another-card");
        assert!(!got.exists());
    }
}
