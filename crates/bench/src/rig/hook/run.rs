//! Running a program within a time, with an end for all that it started, and what it said.
//!
//! Not here: what it is to do.

use std::io::{self, Read, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use zeroize::Zeroizing;

use crate::going::{self, is_over_within};

/// The most bytes that are kept of what it says.
const OUTPUT_BYTES_MAX: usize = 16_384;
const LOOK_INTERVAL: Duration = Duration::from_millis(10);
/// How long what it said may take to arrive once it ended.
const OUTPUT_GRACE: Duration = Duration::from_millis(500);

/// What came of a program.
pub(super) struct Ran {
    /// None where its time was over.
    pub(super) ended: Option<ExitStatus>,
    /// What it said, without digits and without control characters.
    pub(super) output: String,
}

/// A program and all that is in its group; they end with it, and with this process.
struct Group {
    child: Child,
    pid: Pid,
    known: Option<going::Group>,
}

impl Group {
    fn of(child: Child) -> io::Result<Self> {
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or(io::ErrorKind::NotFound)?;
        let known = Some(going::Group::of(pid));
        Ok(Self { child, pid, known })
    }

    fn end(&mut self) -> io::Result<ExitStatus> {
        if let Some(known) = self.known.take() {
            // Its leader was not waited for yet, so the number is still its own.
            let _ = kill_process_group(self.pid, Signal::KILL);
            drop(known);
        }
        self.child.wait()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

pub(super) fn run(
    command: &mut Command,
    digits: Option<&Zeroizing<Vec<u8>>>,
    time_limit: Duration,
) -> io::Result<Ran> {
    let child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()?;
    let mut group = Group::of(child)?;
    let output = Arc::new(Mutex::new(Vec::new()));
    let mut listeners = Vec::new();
    listeners.extend(group.child.stdout.take().map(|stdout| keep(stdout, &output)));
    listeners.extend(group.child.stderr.take().map(|stderr| keep(stderr, &output)));
    if let (Some(mut stdin), Some(digits)) = (group.child.stdin.take(), digits) {
        // A few bytes never fill a pipe. A program that does not read them is told by how it ends.
        let _ = stdin.write_all(digits).and_then(|()| stdin.write_all(b"\n"));
    }
    let in_time = is_over_within(group.pid, time_limit);
    let status = group.end()?;
    let ended = in_time?.then_some(status);
    let begun = Instant::now();
    while listeners.iter().any(|listener| !listener.is_finished()) && begun.elapsed() < OUTPUT_GRACE {
        sleep(LOOK_INTERVAL);
    }
    let output = output.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(Ran {
        ended,
        output: without_digits(&output),
    })
}

fn keep(mut from: impl Read + Send + 'static, output: &Arc<Mutex<Vec<u8>>>) -> JoinHandle<()> {
    let output = Arc::clone(output);
    thread::spawn(move || {
        let mut part = [0; 1024];
        while let Ok(read @ 1..) = from.read(&mut part) {
            let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
            let room = OUTPUT_BYTES_MAX.saturating_sub(output.len());
            output.extend_from_slice(part.get(..read.min(room)).unwrap_or_default());
        }
    })
}

/// Any digit may be one of a PIN, pressed by this program or by one before.
fn without_digits(output: &[u8]) -> String {
    let shown = |c: char| match c {
        '\n' => c,
        c if c.is_control() => ' ',
        c if c.is_numeric() => '•',
        c => c,
    };
    String::from_utf8_lossy(output).chars().map(shown).collect()
}
