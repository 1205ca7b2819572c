//! A worker as a process: started with its service, listened to within a time, and ended with all that it started.
//!
//! Not here: what it does (`worker`).

use std::io::{self, BufRead, BufReader, Read as _, Write};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use varco_stand::pcscd::PrivatePcscd;
use zeroize::Zeroizing;

use super::wire::{Answer, Event, Finding, Job, LINE_BYTES_MAX, Outcome};

/// The most bytes that a worker may say on standard error and be quoted.
const COMPLAINT_BYTES_MAX: u64 = 4096;

/// What is told of a worker while it works.
pub(super) type Hear<'h> = dyn FnMut(&Event) + 'h;

/// A worker's end, whatever it was.
pub(super) fn work(
    command: &mut Command,
    job: &Job,
    service: &mut Option<PrivatePcscd>,
    timeout: Duration,
    hear: &mut Hear<'_>,
) -> Finding {
    match attempt(command, job, service, timeout, hear) {
        Ok(finding) => finding,
        Err(error) => Finding::of(Outcome::RigError, "bench-rig-worker", error.to_string()),
    }
}

/// Ends with it, and all that it started with it.
struct Worker(Child);

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some(group) = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw) {
            // One that is gone already is as good.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.0.wait();
    }
}

fn attempt(
    command: &mut Command,
    job: &Job,
    service: &mut Option<PrivatePcscd>,
    timeout: Duration,
    hear: &mut Hear<'_>,
) -> io::Result<Finding> {
    let begun = Instant::now();
    let child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()?;
    let mut worker = Worker(child);
    let (stdin, stdout) = (worker.0.stdin.take(), worker.0.stdout.take());
    let (mut stdin, stdout) = stdin.zip(stdout).ok_or(io::ErrorKind::BrokenPipe)?;
    let complaints = worker.0.stderr.take().map(|stderr| {
        thread::spawn(move || {
            let mut said = Vec::new();
            let mut stderr = stderr;
            let _ = (&mut stderr).take(COMPLAINT_BYTES_MAX).read_to_end(&mut said);
            let _ = io::copy(&mut stderr, &mut io::sink());
            String::from_utf8_lossy(&said).into_owned()
        })
    });
    tell(&mut stdin, job)?;
    let (sender, events) = mpsc::channel();
    thread::spawn(move || listen(BufReader::new(stdout), &sender));
    let mut last: Option<Event> = None;
    loop {
        let left = timeout.saturating_sub(begun.elapsed());
        match events.recv_timeout(left) {
            Ok(Event::Ended(finding)) => return Ok(finding),
            Ok(Event::Restart {}) => {
                let restarted = match service {
                    Some(service) => service.restart(),
                    None => Err(io::Error::other("this target has no service of its own")),
                };
                let failed = restarted.err().map(|error| error.to_string());
                tell(&mut stdin, &Answer { failed })?;
            }
            Ok(event) => {
                hear(&event);
                if matches!(event, Event::Begun { .. }) {
                    last = Some(event);
                }
            }
            Err(RecvTimeoutError::Timeout) => return Ok(late(last.as_ref(), timeout)),
            Err(RecvTimeoutError::Disconnected) => {
                let status = worker.0.wait()?;
                let said = complaints.and_then(|said| said.join().ok()).unwrap_or_default();
                let detail = format!("{}{status}; {}", at(last.as_ref()), said.trim());
                let finding = Finding::of(Outcome::RigError, "bench-rig-worker", detail);
                return Ok(placed(finding, last.as_ref()));
            }
        }
    }
}

/// What is tested and does not end has failed; a hand or service that does not is the rig's fault.
fn late(last: Option<&Event>, timeout: Duration) -> Finding {
    let outcome = match last {
        Some(Event::Begun { is_tested: true, .. }) => Outcome::Failed,
        _ => Outcome::RigError,
    };
    let detail = format!("{}no end within {} s", at(last), timeout.as_secs());
    placed(Finding::of(outcome, "bench-late", detail), last)
}

fn at(last: Option<&Event>) -> String {
    match last {
        Some(Event::Begun { what, .. }) => format!("{what}: "),
        _ => String::new(),
    }
}

fn placed(finding: Finding, last: Option<&Event>) -> Finding {
    match last {
        Some(Event::Begun {
            step: Some(_), line, ..
        }) => finding.at(*line),
        _ => finding,
    }
}

fn tell(stdin: &mut impl Write, what: &impl serde::Serialize) -> io::Result<()> {
    let mut line = Zeroizing::new(serde_json::to_vec(what)?);
    line.push(b'\n');
    stdin.write_all(&line)?;
    stdin.flush()
}

/// Until the worker says nothing more, or something that is no event.
fn listen(mut stdout: impl BufRead, events: &mpsc::Sender<Event>) {
    loop {
        let mut line = Vec::new();
        let read = (&mut stdout).take(LINE_BYTES_MAX).read_until(b'\n', &mut line);
        if read.unwrap_or(0) == 0 {
            return;
        }
        let Ok(event) = serde_json::from_slice(&line) else {
            return;
        };
        if events.send(event).is_err() {
            return;
        }
    }
}
