//! The processes below this one: found in `/proc`, asked to end, then killed.
//!
//! A process that adopts orphans has every descendant of its children below it, also those that began sessions of their
//! own. Not here: the processes of the bench, which end with it.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitOptions, getpid, kill_process, set_child_subreaper, waitpid};

/// How long processes that were asked to end may take for it.
const GRACE: Duration = Duration::from_secs(2);
/// After this, one that is not even killed (it hangs in a device) is left.
const GIVE_UP: Duration = Duration::from_secs(10);
const LOOK_INTERVAL: Duration = Duration::from_millis(10);

/// From now on orphans below this process become its children.
///
/// # Errors
/// When the system is older than Linux 3.4.
pub fn adopt_orphans() -> io::Result<()> {
    Ok(set_child_subreaper(Some(getpid()))?)
}

/// The living children of this process.
#[must_use]
pub fn children() -> Vec<u32> {
    let own = getpid().as_raw_nonzero().get();
    let children = processes()
        .into_iter()
        .filter(|(_, parent, is_dead)| *parent == own && !is_dead);
    children
        .filter_map(|(pid, _, _)| u32::try_from(pid).ok())
        .collect()
}

/// Ends every process below this one, those of the bench and what is below them excepted.
pub fn end_all(excepted: &[u32]) {
    let began = Instant::now();
    let mut asked = Vec::new();
    loop {
        let living = below(excepted);
        if living.is_empty() || began.elapsed() > GIVE_UP {
            return;
        }
        for pid in living {
            if began.elapsed() > GRACE {
                // Gone meanwhile is as good.
                let _ = kill_process(pid, Signal::KILL);
            } else if !asked.contains(&pid) {
                asked.push(pid);
                let _ = kill_process(pid, Signal::TERM);
                // One that is stopped cannot hear it.
                let _ = kill_process(pid, Signal::CONT);
            }
        }
        thread::sleep(LOOK_INTERVAL);
    }
}

/// Takes leave of the dead that this process has adopted. Its own children are waited for by whoever started them.
pub fn bury(is_own: impl Fn(u32) -> bool) {
    let own = getpid().as_raw_nonzero().get();
    for (pid, parent, is_dead) in processes() {
        let is_adopted = parent == own && u32::try_from(pid).is_ok_and(|pid| !is_own(pid));
        if let Some(pid) = Pid::from_raw(pid).filter(|_| is_dead && is_adopted) {
            let _ = waitpid(Some(pid), WaitOptions::NOHANG);
        }
    }
}

/// The living ones, children before their children. Dead ones of our own are taken leave of on the way.
fn below(excepted: &[u32]) -> Vec<Pid> {
    let mut children: BTreeMap<i32, Vec<(i32, bool)>> = BTreeMap::new();
    for (pid, parent, is_dead) in processes() {
        children.entry(parent).or_default().push((pid, is_dead));
    }
    let is_excepted = |pid: i32| u32::try_from(pid).is_ok_and(|pid| excepted.contains(&pid));
    let own = getpid().as_raw_nonzero().get();
    let (mut found, mut at) = (vec![own], 0);
    // Each process has one parent, so that none comes twice.
    while let Some(parent) = found.get(at).copied() {
        at += 1;
        for (child, is_dead) in children.remove(&parent).unwrap_or_default() {
            match Pid::from_raw(child) {
                Some(pid) if is_dead && parent == own && !is_excepted(child) => {
                    let _ = waitpid(Some(pid), WaitOptions::NOHANG);
                }
                _ if is_dead || is_excepted(child) => {}
                _ => found.push(child),
            }
        }
    }
    found.into_iter().skip(1).filter_map(Pid::from_raw).collect()
}

/// Process, parent, and whether it is dead and only waits to be taken leave of.
fn processes() -> Vec<(i32, i32, bool)> {
    let Ok(folder) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    folder
        .flatten()
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let text = fs::read(entry.path().join("stat")).ok()?;
            // The name of the program, in brackets, may hold anything: brackets, and what is no text.
            let text = String::from_utf8_lossy(&text);
            let (_, rest) = text.rsplit_once(')')?;
            let mut fields = rest.split_ascii_whitespace();
            let state = fields.next()?;
            Some((pid, fields.next()?.parse().ok()?, matches!(state, "Z" | "X")))
        })
        .collect()
}
