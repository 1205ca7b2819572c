//! Waiting for a child while signals are passed on to it.
//!
//! Not here: what it runs, and what becomes of what it leaves behind (`kin`).

use std::fs;
use std::io;
use std::process::{Child, ExitStatus};

use rustix::process::{Pid, Signal, getpgid, getppid, kill_process};
use rustix::termios::tcgetpgrp;
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::Signals;

use super::kin;

const PASSED: [i32; 6] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2];

/// How the wait ended.
#[derive(Debug)]
pub enum Attended {
    /// The child ended, like this.
    Ended(ExitStatus),
    /// The process that this one works for is gone, or, where there is no child, somebody asked for the end.
    Abandoned,
}

/// The signals, caught from the moment this exists.
pub struct Attention {
    signals: Signals,
    /// Whose child this process is, where it must live no longer than that.
    parent: Option<Pid>,
}

impl Attention {
    /// Catches them. A signal that was ignored when this process began stays ignored, as `nohup` wants it.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn new(parent: Option<Pid>) -> io::Result<Self> {
        let caught = PASSED.into_iter().filter(|signal| !is_ignored(*signal));
        Ok(Self {
            signals: Signals::new(caught.chain([SIGCHLD]))?,
            parent,
        })
    }

    /// The signal that asks for the end and has come already; SIGTERM where the parent is gone.
    pub fn heard(&mut self) -> Option<i32> {
        let heard = self.signals.pending().find(|signal| *signal != SIGCHLD);
        heard.or(is_orphan(self.parent).then_some(SIGTERM))
    }

    /// Waits until the child has ended or this process is not needed any more. Every signal is passed on, but for those of the
    /// keys of a terminal whose foreground the child is in, and which has told it; without a child the first ends the wait.
    /// `own` are the children that somebody else waits for; all others are orphans, and taken leave of.
    ///
    /// # Errors
    /// When the child cannot be waited for.
    pub fn wait(&mut self, mut child: Option<&mut Child>, own: &[u32]) -> io::Result<Attended> {
        if is_orphan(self.parent) {
            return Ok(Attended::Abandoned);
        }
        for signal in self.signals.forever() {
            if let Some(child) = child.as_deref_mut()
                && let Some(status) = child.try_wait()?
            {
                return Ok(Attended::Ended(status));
            }
            if is_orphan(self.parent) {
                return Ok(Attended::Abandoned);
            }
            match child.as_deref() {
                child if signal == SIGCHLD => {
                    let child = child.map(Child::id);
                    kin::bury(|pid| Some(pid) == child || own.contains(&pid));
                }
                Some(child) if matches!(signal, SIGINT | SIGQUIT) && is_in_front(child) => {}
                Some(child) => pass(child, signal),
                None => return Ok(Attended::Abandoned),
            }
        }
        Ok(Attended::Abandoned)
    }
}

/// Whether the process that this one is to live no longer than is gone.
fn is_orphan(parent: Option<Pid>) -> bool {
    parent.is_some() && getppid() != parent
}

fn pid(child: &Child) -> Option<Pid> {
    i32::try_from(child.id()).ok().and_then(Pid::from_raw)
}

/// The child has not been waited for, so that its number is still its own.
fn pass(child: &Child, signal: i32) {
    if let (Some(pid), Some(signal)) = (pid(child), Signal::from_named_raw(signal)) {
        // One that has just ended needs no signal.
        let _ = kill_process(pid, signal);
    }
}

/// Whether the child is one of those that its terminal's keys are meant for.
fn is_in_front(child: &Child) -> bool {
    let front = fs::File::open("/dev/tty").and_then(|terminal| Ok(tcgetpgrp(terminal)?));
    front.is_ok_and(|front| getpgid(pid(child)).is_ok_and(|group| group == front))
}

/// Whether this process ignores a signal.
pub(crate) fn is_ignored(signal: i32) -> bool {
    ignored() >> (signal - 1) & 1 == 1
}

/// The signals that this process ignores, a bit for each.
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or_default()
}

/// Ends this process as the child was ended, where a signal did that. Returns where that is not possible.
pub fn end_by(signal: i32) {
    // What dumps core there is not to dump ours: this process does not.
    let _ = signal_hook::low_level::emulate_default_handler(signal);
}
