//! Another program, which reaches the card through PC/SC by the worker's environment.
//!
//! What is typed for it comes over a terminal of its own, value by value, whenever it hides what is typed, as programs do that ask
//! for a PIN. So no value stands in an argument or in the environment. That terminal is also its /dev/tty: it has a session of its
//! own, and without values no terminal at all.
//!
//! Not here: what it must say (`came`).

use std::collections::VecDeque;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use zeroize::Zeroizing;

use super::came::Ran;
use super::terminal::Terminal;
use crate::going;
use crate::target::Hindrance;

/// The most bytes of output that are kept.
const OUTPUT_BYTES_MAX: usize = 262_144;
/// The most characters of it that are quoted where reports go.
const QUOTED_CHARS_MAX: usize = 200;
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

fn attempt(
    program: &str,
    arguments: &[String],
    mut values: Values,
    around: &Around<'_>,
) -> Result<Ran, Failed> {
    let program = found(program)?;
    let typed: Vec<_> = values.iter().cloned().collect();
    let below = going::Program::begin()?;
    let ended = if values.is_empty() {
        without_terminal(in_session(&program, arguments, &[]))
    } else {
        at_terminal(in_session(&program, arguments, &["--ctty"]), &mut values, around)
    };
    let is_done = (around.ended)();
    drop(below);
    let (status, output) = ended?;
    is_done.map_err(Failed::Hindered)?;
    Ok(ran(status, output, &typed)?)
}

type Ended = (ExitStatus, Output);

/// In a session of its own, so that it has no terminal but the one that it is given. It ends with this process, whatever ends that.
fn in_session(program: &Path, arguments: &[String], options: &[&str]) -> Command {
    let mut command = Command::new("setpriv");
    command
        .args(["--pdeathsig", "KILL", "--", "setsid"])
        .args(options)
        .arg("--")
        .arg(program)
        .args(arguments)
        .env("LC_ALL", "C.UTF-8");
    command
}

fn begin(command: &mut Command) -> io::Result<Child> {
    // The program itself was found.
    command
        .spawn()
        .map_err(|error| io::Error::other(format!("setpriv of util-linux: {error}")))
}

fn without_terminal(mut command: Command) -> Result<Ended, Failed> {
    let (reader, writer) = io::pipe()?;
    command
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer);
    let mut child = begin(&mut command)?;
    // The writing ends of the pipe go with the command.
    drop(command);
    let output = Output::of(reader);
    Ok((child.wait()?, output))
}

/// Types a value at each question, until the program ends. One that asks for more than there is gets the end of its input.
fn at_terminal(mut command: Command, values: &mut Values, around: &Around<'_>) -> Result<Ended, Failed> {
    /// Control-D.
    const END: &[u8] = &[4];
    let mut terminal = Terminal::open()?;
    command
        .stdin(terminal.theirs()?)
        .stdout(terminal.theirs()?)
        .stderr(terminal.theirs()?);
    let mut child = begin(&mut command)?;
    // Their ends of the terminal go with the command.
    drop(command);
    let output = Output::of(terminal.said()?);
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if terminal.asks(output.said()) {
            match values.pop_front() {
                Some(mut value) => {
                    // What was begun ends by the way out.
                    (around.may_type)().map_err(Failed::Hindered)?;
                    value.push(b'\n');
                    terminal.type_in(&value)?;
                }
                None => terminal.type_in(END)?,
            }
        }
        thread::sleep(LOOK_INTERVAL);
    };
    Ok((status, output))
}

/// What a program says while it runs.
struct Output {
    kept: JoinHandle<Vec<u8>>,
    said: Arc<AtomicUsize>,
}

impl Output {
    /// Reads all of it, and keeps the first.
    fn of(mut reader: impl Read + Send + 'static) -> Self {
        let said = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&said);
        let kept = thread::spawn(move || {
            let (mut output, mut part) = (Vec::new(), [0; 4096]);
            // What was read before it broke is kept; a terminal that everybody has closed ends so.
            while let Ok(read @ 1..) = reader.read(&mut part) {
                let part = part.get(..read).unwrap_or_default();
                let visible = part.iter().filter(|byte| !byte.is_ascii_whitespace()).count();
                count.fetch_add(visible, Ordering::SeqCst);
                let room = OUTPUT_BYTES_MAX.saturating_sub(output.len());
                output.extend_from_slice(part.get(..read.min(room)).unwrap_or_default());
            }
            output
        });
        Self { kept, said }
    }

    /// How many bytes that are no blanks.
    fn said(&self) -> usize {
        self.said.load(Ordering::SeqCst)
    }
}

/// Where a program is: at its path, or the first of its name where programs are looked for.
fn found(program: &str) -> io::Result<PathBuf> {
    let is_program = |path: &Path| {
        path.metadata()
            .is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
    };
    let places = std::env::var_os("PATH").unwrap_or_default();
    let mut paths: Vec<PathBuf> = match program.contains('/') {
        true => vec![PathBuf::from(program)],
        false => std::env::split_paths(&places)
            .map(|folder| folder.join(program))
            .collect(),
    };
    paths.retain(|path| is_program(path));
    paths
        .into_iter()
        .next()
        .ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// The last line that says anything, on one line, short, and without what was typed.
fn quote(output: &str, typed: &[Zeroizing<Vec<u8>>]) -> String {
    let mut lines = output.lines().rev();
    let mut line = lines
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default()
        .to_owned();
    for value in typed.iter().filter_map(|value| str::from_utf8(value).ok()) {
        if !value.is_empty() {
            line = line.replace(value, "[…]");
        }
    }
    let chars = line.trim().chars();
    chars
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(QUOTED_CHARS_MAX)
        .collect()
}

fn ran(status: ExitStatus, output: Output, typed: &[Zeroizing<Vec<u8>>]) -> io::Result<Ran> {
    let output = output.kept.join();
    let output = output.map_err(|_| io::Error::other("its output was not read"))?;
    let output = String::from_utf8_lossy(&output).into_owned();
    Ok(Ran {
        exit: status.code(),
        quoted: Some(quote(&output, typed)),
        output,
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
    fn questions_without_a_pause_and_those_at_the_terminal_itself_are_answered_in_order() {
        if !is_alone("questions_without_a_pause_and_those_at_the_terminal_itself_are_answered_in_order") {
            return;
        }
        let three = ["12345", "67890", "24680"];
        for question in [
            "stty -echo; printf 'PIN: '; read -r v; stty echo; echo",
            // Without a word, and on its /dev/tty.
            "stty -echo; read -r v; stty echo",
            "exec 3<>/dev/tty; stty -echo <&3; printf 'PIN: ' >&3; read -r v <&3; stty echo <&3",
            // It hides all of them at once.
            "stty -echo; printf 'PIN: '; read -r v",
        ] {
            let asks = format!("n=; for i in 1 2 3; do {question}; n=\"$n $v\"; done; echo \"<$n>\"");
            let ran = sh(&asks, &three);
            let end = ran.output.trim().lines().last().unwrap_or_default().to_owned();
            assert!(
                end.ends_with("< 12345 67890 24680>"),
                "{question}: {}",
                ran.output
            );
        }
        // Another terminal is none of its.
        let ran = sh(
            "if (: </dev/tty) 2>/dev/null; then echo tty; else echo none; fi",
            &[],
        );
        assert_eq!(ran.output, "none\n");
    }

    #[test]
    fn what_is_quoted_is_short_and_not_what_was_typed() {
        let typed = [Zeroizing::new(b"12345".to_vec())];
        assert_eq!(
            quote("a\nPIN 12345\u{1b} is wrong\n\n", &typed),
            "PIN […]  is wrong"
        );
        let long = quote(&"\u{1b}x".repeat(100_000), &typed);
        assert_eq!(long.chars().count(), QUOTED_CHARS_MAX);
        assert_eq!(quote("", &typed), "");
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
