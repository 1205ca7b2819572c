//! Running a program within a time, with an end for all that it started, and what it said.
//!
//! Not here: what it is to do.

use std::io::{self, Read, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use zeroize::Zeroizing;

/// The most bytes that are kept of what it says.
const OUTPUT_BYTES_MAX: usize = 16_384;
const LOOK_INTERVAL: Duration = Duration::from_millis(10);
/// How long what it said may take to arrive once it ended.
const OUTPUT_GRACE: Duration = Duration::from_millis(500);

/// What came of a program.
pub(super) struct Ran {
    /// None where its time was over.
    pub(super) ended: Option<ExitStatus>,
    /// What it said, without the digits that it was given and without control characters.
    pub(super) output: String,
}

/// A program and all that is in its group; they end with it.
struct Group(Child);

impl Group {
    fn pid(&self) -> Option<Pid> {
        i32::try_from(self.0.id()).ok().and_then(Pid::from_raw)
    }

    fn end(&mut self) -> io::Result<ExitStatus> {
        if let Some(group) = self.pid() {
            // Its leader was not waited for yet, so the number is still its own.
            let _ = kill_process_group(group, Signal::KILL);
        }
        self.0.wait()
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
    let mut group = Group(child);
    let output = Arc::new(Mutex::new(Vec::new()));
    let mut listeners = Vec::new();
    listeners.extend(group.0.stdout.take().map(|stdout| keep(stdout, &output)));
    listeners.extend(group.0.stderr.take().map(|stderr| keep(stderr, &output)));
    if let (Some(mut stdin), Some(digits)) = (group.0.stdin.take(), digits) {
        // A few bytes never fill a pipe. A program that does not read them is told by how it ends.
        let _ = stdin.write_all(digits).and_then(|()| stdin.write_all(b"\n"));
    }
    let in_time = is_ended_within(&group, time_limit);
    let status = group.end()?;
    let ended = in_time?.then_some(status);
    let begun = Instant::now();
    while listeners.iter().any(|listener| !listener.is_finished()) && begun.elapsed() < OUTPUT_GRACE {
        sleep(LOOK_INTERVAL);
    }
    let output = output.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(Ran {
        ended,
        output: without(&output, digits),
    })
}

/// Waits without taking the status: until it is taken, no other process gets its number.
fn is_ended_within(group: &Group, time_limit: Duration) -> io::Result<bool> {
    let begun = Instant::now();
    let pid = group.pid().ok_or(io::ErrorKind::NotFound)?;
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    loop {
        if waitid(WaitId::Pid(pid), options)?.is_some() {
            return Ok(true);
        }
        if begun.elapsed() >= time_limit {
            return Ok(false);
        }
        sleep(LOOK_INTERVAL);
    }
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

fn without(output: &[u8], digits: Option<&Zeroizing<Vec<u8>>>) -> String {
    let text: String = String::from_utf8_lossy(output)
        .chars()
        .map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
        .collect();
    match digits.and_then(|digits| str::from_utf8(digits).ok()) {
        Some(digits) if !digits.is_empty() => text.replace(digits, "[…]"),
        _ => text,
    }
}
