//! What must end with a worker when somebody asks it to: hooks in process groups of their own, and another program with all that
//! it started.
//!
//! Not here: the waiting for it by whoever started the worker (`run::process`), and a SIGKILL, which nobody hears.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, getpid, kill_process_group, set_child_subreaper, waitid,
};
use signal_hook::consts::SIGTERM;
use signal_hook::iterator::Signals;

use crate::run::Stop;
use crate::up::attend::end_by;
use crate::up::kin;

const LOOK_INTERVAL: Duration = Duration::from_millis(10);

/// Whether the end has begun.
static IS_GOING: AtomicBool = AtomicBool::new(false);
/// Process groups that end with this process.
static GROUPS: Mutex<Vec<Pid>> = Mutex::new(Vec::new());
/// While a program runs, the children that are none of its.
static OTHERS: Mutex<Option<Vec<u32>>> = Mutex::new(None);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on a signal that asks for the end ends all of this, and then this process.
///
/// # Errors
/// When the system refuses.
pub(crate) fn listen() -> io::Result<()> {
    let mut signals = Signals::new(Stop::signals())?;
    thread::spawn(move || {
        if signals.forever().next().is_some() {
            end();
            end_by(SIGTERM);
            std::process::exit(1);
        }
    });
    Ok(())
}

fn end() {
    IS_GOING.store(true, Ordering::SeqCst);
    for group in lock(&GROUPS).iter() {
        // One that is gone was not waited for: its number is still its own.
        let _ = kill_process_group(*group, Signal::KILL);
    }
    if let Some(others) = &*lock(&OTHERS) {
        kin::end_all(others);
    }
}

/// Nothing more is to be begun.
pub(crate) fn is_going() -> bool {
    IS_GOING.load(Ordering::SeqCst)
}

/// A process group that ends with this process.
pub(crate) struct Group(Pid);

impl Group {
    /// The group of this leader, which must not be waited for while this exists.
    pub(crate) fn of(leader: Pid) -> Self {
        let mut groups = lock(&GROUPS);
        groups.push(leader);
        if is_going() {
            let _ = kill_process_group(leader, Signal::KILL);
        }
        Self(leader)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        lock(&GROUPS).retain(|group| *group != self.0);
    }
}

/// As long as this exists, orphans come to this process. Its end is that of every process that was begun meanwhile, also of those
/// with a session of their own.
pub(crate) struct Program(());

impl Program {
    /// # Errors
    /// When the system refuses, or nothing more is to be begun.
    pub(crate) fn begin() -> io::Result<Self> {
        let mut others = lock(&OTHERS);
        if is_going() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        set_child_subreaper(Some(getpid()))?;
        *others = Some(kin::children());
        Ok(Self(()))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let mut others = lock(&OTHERS);
        if let Some(others) = others.take() {
            kin::end_all(&others);
        }
        let _ = set_child_subreaper(None);
    }
}

/// Waits for a child without taking its status: until that is taken, no other process gets its number.
///
/// # Errors
/// When it is no child.
pub(crate) fn is_over_within(child: Pid, limit: Duration) -> io::Result<bool> {
    let begun = Instant::now();
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    loop {
        if waitid(WaitId::Pid(child), options)?.is_some() {
            return Ok(true);
        }
        if begun.elapsed() >= limit {
            return Ok(false);
        }
        sleep(LOOK_INTERVAL);
    }
}
