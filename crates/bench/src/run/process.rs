//! A worker as a process: started with its service, listened to within a time, and ended with all that it started.
//!
//! Not here: what it does (`worker`).

use std::io::{self, BufRead, BufReader, Read as _, Write};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use varco_stand::pcscd::PrivatePcscd;
use zeroize::Zeroizing;

use super::Stop;
use super::clock::Clock;
use super::purses::Purses;
use super::wire::{Answer, Event, Finding, Job, LINE_BYTES_MAX, Outcome};
use crate::going::is_over_within;

/// The most bytes that a worker may say on standard error and be quoted.
const COMPLAINT_BYTES_MAX: u64 = 4096;
/// The most events that wait to be heard; a worker that says more waits too.
const EVENTS_MAX: usize = 64;
/// How often to look whether somebody asks for the end.
const LOOK_INTERVAL: Duration = Duration::from_millis(100);
/// The step that has another program do something.
const RUN: &str = "run";
/// How long a worker that has told its end may take to leave, and one that is asked to end, with all that it started.
const LEAVES_WITHIN: Duration = Duration::from_secs(2);
const ENDS_WITHIN: Duration = Duration::from_secs(15);

/// What is told of a worker while it works.
pub(super) type Hear<'h> = dyn FnMut(&Event) + 'h;

/// Where a worker is put.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Group {
    /// In a process group of its own, which ends with it.
    Own,
    /// In this process's, so that a person at the terminal can type for it.
    Shared,
}

/// What a worker has around it.
pub(super) struct Around<'a> {
    pub(super) service: Option<PrivatePcscd>,
    pub(super) purses: &'a Purses,
    pub(super) clock: Clock,
    pub(super) stop: &'a Stop,
    pub(super) group: Group,
}

/// A worker's end, whatever it was.
pub(super) fn work(
    command: &mut Command,
    job: &Job,
    around: &mut Around<'_>,
    hear: &mut Hear<'_>,
) -> Finding {
    match attempt(command, job, around, hear) {
        Ok(finding) => finding,
        Err(error) => Finding::of(Outcome::RigError, "bench-rig-worker", error.to_string()),
    }
}

/// Ends with it, and all that it started with it.
struct Worker {
    child: Child,
    pid: Pid,
    group: Group,
    /// It has nothing more to say.
    has_ended: bool,
    status: Option<ExitStatus>,
}

impl Worker {
    fn start(command: &mut Command, group: Group) -> io::Result<Self> {
        if group == Group::Own {
            command.process_group(0);
        }
        let child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        Ok(Self {
            pid: pid.ok_or(io::ErrorKind::NotFound)?,
            child,
            group,
            has_ended: false,
            status: None,
        })
    }

    fn is_over_within(&self, limit: Duration) -> bool {
        // One that is no child of ours any more is over.
        is_over_within(self.pid, limit).unwrap_or(true)
    }

    /// Until its status is taken, its number is its own.
    fn end(&mut self) -> io::Result<ExitStatus> {
        if let Some(status) = self.status {
            return Ok(status);
        }
        let patience = if self.has_ended {
            LEAVES_WITHIN
        } else {
            Duration::ZERO
        };
        if !self.is_over_within(patience) {
            // It ends what it started, in whatever groups and sessions that is.
            let _ = kill_process(self.pid, Signal::TERM);
            self.is_over_within(ENDS_WITHIN);
        }
        let _ = match self.group {
            // One that is gone already is as good.
            Group::Own => kill_process_group(self.pid, Signal::KILL),
            Group::Shared => kill_process(self.pid, Signal::KILL),
        };
        let status = self.child.wait()?;
        self.status = Some(status);
        Ok(status)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

fn attempt(
    command: &mut Command,
    job: &Job,
    around: &mut Around<'_>,
    hear: &mut Hear<'_>,
) -> io::Result<Finding> {
    let mut worker = Worker::start(command, around.group)?;
    let (stdin, stdout) = (worker.child.stdin.take(), worker.child.stdout.take());
    let (mut stdin, stdout) = stdin.zip(stdout).ok_or(io::ErrorKind::BrokenPipe)?;
    let complaints = worker.child.stderr.take().map(|stderr| {
        thread::spawn(move || {
            let mut said = Vec::new();
            let mut stderr = stderr;
            let _ = (&mut stderr).take(COMPLAINT_BYTES_MAX).read_to_end(&mut said);
            let _ = io::copy(&mut stderr, &mut io::sink());
            String::from_utf8_lossy(&said).into_owned()
        })
    });
    tell(&mut stdin, job)?;
    let (sender, events) = mpsc::sync_channel(EVENTS_MAX);
    thread::spawn(move || listen(BufReader::new(stdout), &sender));
    let mut last: Option<Event> = None;
    loop {
        if around.stop.is_asked() {
            return Ok(Finding::of(
                Outcome::RigError,
                "bench-rig-worker",
                "stopped by a signal",
            ));
        }
        // One that says more than can be heard is late all the same.
        let left = around.clock.left();
        if left.is_zero() {
            return Ok(late(last.as_ref(), &around.clock));
        }
        match events.recv_timeout(left.min(LOOK_INTERVAL)) {
            Ok(Event::Ended(finding)) => {
                worker.has_ended = true;
                return Ok(finding);
            }
            Ok(event) => {
                answer(&event, around, &mut stdin)?;
                hear(&event);
                if matches!(event, Event::Begun { .. }) {
                    last = Some(event);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                worker.has_ended = true;
                let status = worker.end()?;
                let said = complaints.and_then(|said| said.join().ok()).unwrap_or_default();
                let detail = format!("{}{status}; {}", at(last.as_ref()), said.trim());
                let (outcome, code) = match is_crash(last.as_ref(), status) {
                    true => (Outcome::Failed, "bench-crashed"),
                    false => (Outcome::RigError, "bench-rig-worker"),
                };
                return Ok(placed(Finding::of(outcome, code, detail), last.as_ref()));
            }
        }
    }
}

/// Does what a worker asks for.
fn answer(event: &Event, around: &mut Around<'_>, stdin: &mut ChildStdin) -> io::Result<()> {
    let failed = match event {
        Event::Restart {} => match &mut around.service {
            Some(service) => service.restart().err().map(|error| error.to_string()),
            None => Some("this target has no service of its own".to_owned()),
        },
        Event::Take { card, serial, amount } => {
            let taken = around.purses.take(card, serial, *amount);
            taken.err().map(|error| error.to_string())
        }
        Event::Settle { card, taken, spent } => {
            around.purses.settle(card, *taken, *spent);
            return Ok(());
        }
        Event::ByHand { is_busy } => {
            around.clock.by_hand(*is_busy);
            return Ok(());
        }
        _ => return Ok(()),
    };
    tell(stdin, &Answer { failed })
}

/// What is tested and does not end has failed; a hand or service that does not is the rig's fault.
fn late(last: Option<&Event>, clock: &Clock) -> Finding {
    let outcome = match last {
        Some(Event::Begun { is_tested: true, .. }) if !clock.is_by_hand() => Outcome::Failed,
        _ => Outcome::RigError,
    };
    let detail = format!("{}no end within {} s", at(last), clock.limit().as_secs());
    placed(Finding::of(outcome, "bench-late", detail), last)
}

/// Whether it ended by itself while it did what is tested: the worker is that then. While another program runs, that may have ended it;
/// and what asks for an end is no crash, nor is what the system does where memory is short.
fn is_crash(last: Option<&Event>, status: ExitStatus) -> bool {
    let is_tested = matches!(last, Some(Event::Begun { is_tested: true, what, .. }) if what != RUN);
    let asked = [Signal::HUP, Signal::INT, Signal::QUIT, Signal::TERM, Signal::KILL].map(Signal::as_raw);
    is_tested && !status.signal().is_some_and(|signal| asked.contains(&signal))
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
fn listen(mut stdout: impl BufRead, events: &mpsc::SyncSender<Event>) {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "test code")]

    use super::*;

    const BEGUN: &str = r#"{"event":"begun","step":0,"line":7,"what":"WHAT","is_tested":TESTED}"#;

    /// What comes of a worker that is this script.
    fn end_of(script: &str, limit: Duration) -> Finding {
        let job = Job {
            file: "f.toml".into(),
            text: String::new(),
            target: "in-process".to_owned(),
            vpcd_port: 0,
            line: None,
            nfcd: "nfcd".into(),
            bench: None,
            holder: None,
            lang: "en".to_owned(),
        };
        let (purses, stop) = (Purses::default(), Stop::default());
        let mut around = Around {
            service: None,
            purses: &purses,
            clock: Clock::begin(limit, Duration::ZERO),
            stop: &stop,
            group: Group::Own,
        };
        let mut command = Command::new("sh");
        command.args(["-c", &format!("read job; {script}")]);
        work(&mut command, &job, &mut around, &mut |_| {})
    }

    fn begun(what: &str, is_tested: bool) -> String {
        let event = BEGUN.replace("WHAT", what);
        format!("echo '{}'", event.replace("TESTED", &is_tested.to_string()))
    }

    #[test]
    fn a_crash_of_what_is_tested_is_told_apart_from_an_end_of_the_rig() {
        let minute = Duration::from_secs(60);
        for (what, is_tested, end, wanted) in [
            ("login", true, "kill -SEGV $$", "bench-crashed"),
            ("login", true, "kill -ABRT $$", "bench-crashed"),
            ("login", true, "exit 70", "bench-crashed"),
            ("login", true, "kill -TERM $$", "bench-rig-worker"),
            ("login", true, "kill -KILL $$", "bench-rig-worker"),
            ("run", true, "kill -SEGV $$", "bench-rig-worker"),
            ("insert", false, "kill -SEGV $$", "bench-rig-worker"),
        ] {
            let finding = end_of(&format!("{}; {end}", begun(what, is_tested)), minute);
            assert_eq!(finding.code.as_deref(), Some(wanted), "{what} {end}");
            let outcome = match wanted {
                "bench-crashed" => Outcome::Failed,
                _ => Outcome::RigError,
            };
            assert_eq!((finding.outcome, finding.line), (outcome, Some(7)));
        }
    }

    #[test]
    fn a_worker_that_talks_for_ever_or_falls_silent_ends_in_time() {
        let begun = begun("login", true);
        for script in [
            format!("while :; do {begun}; done"),
            format!("{begun}; exec sleep 1000"),
        ] {
            let finding = end_of(&script, Duration::from_secs(1));
            assert_eq!(finding.code.as_deref(), Some("bench-late"), "{script}");
        }
        // One that says something that is no event has said its last, and is not waited for.
        let finding = end_of("echo nonsense; exec sleep 1000", Duration::from_secs(600));
        assert_eq!(finding.code.as_deref(), Some("bench-rig-worker"));
    }
}
