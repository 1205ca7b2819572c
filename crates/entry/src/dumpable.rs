//! No core file and no debugger of another process while somebody types.
//!
//! Not here: the buffers themselves, which are left out of core files on their own (`apdu::LockedBuffer`).

use std::sync::{Mutex, PoisonError};

#[cfg(target_os = "linux")]
use rustix::process::{DumpableBehavior, dumpable_behavior, set_dumpable_behavior};

/// While one of these lives, this process leaves no core file and lets no other process of its user read its memory
/// (`PR_SET_DUMPABLE`, prctl(2)). When the last one goes, it is as it was before: a host may want its cores.
///
/// Each entry of this crate holds one while it asks. A host that wants the same until the value is sent holds one of its own.
/// Where the system has no such switch, or refuses, nothing happens.
#[derive(Debug)]
pub struct NotDumpable(());

/// The switch is the process's, not the thread's, and so is the count.
static HELD: Mutex<Held> = Mutex::new(Held {
    count: 0,
    restore: false,
});

struct Held {
    count: usize,
    restore: bool,
}

impl NotDumpable {
    /// From now on.
    #[must_use]
    pub fn begin() -> Self {
        let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        if held.count == 0 {
            held.restore = switch_off();
        }
        held.count += 1;
        Self(())
    }
}

impl Drop for NotDumpable {
    fn drop(&mut self) {
        let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        held.count = held.count.saturating_sub(1);
        if held.count == 0 && held.restore {
            switch_on();
        }
    }
}

/// Whether it was on.
#[cfg(target_os = "linux")]
fn switch_off() -> bool {
    let on = matches!(dumpable_behavior(), Ok(DumpableBehavior::Dumpable));
    on && set_dumpable_behavior(DumpableBehavior::NotDumpable).is_ok()
}

#[cfg(target_os = "linux")]
fn switch_on() {
    let _ = set_dumpable_behavior(DumpableBehavior::Dumpable);
}

#[cfg(not(target_os = "linux"))]
fn switch_off() -> bool {
    false
}

#[cfg(not(target_os = "linux"))]
fn switch_on() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_last_one_to_go_restores_what_was() {
        // Other tests of this process hold some of their own, and it may run without cores: what is off stays off meanwhile.
        let first = NotDumpable::begin();
        let is_off = || dumpable_behavior().unwrap() == DumpableBehavior::NotDumpable;
        assert!(is_off());
        let second = NotDumpable::begin();
        drop(first);
        assert!(is_off());
        drop(second);
        let held = HELD.lock().unwrap();
        let restored = held.count > 0 || !held.restore || !is_off();
        assert!(restored);
    }
}
