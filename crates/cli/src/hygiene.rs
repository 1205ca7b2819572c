//! What the process owes to a PIN before it does anything: no core file, no debugger of another process, and no
//! payload in a panic's message.
//!
//! Not here: secrets themselves; they wipe themselves.

use std::io::Write;

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// Prepares the process. What a system refuses is no reason not to go on.
pub(crate) fn prepare() {
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        // A panic in here would end the process without unwinding, and leave a terminal without echo.
        let _ = writeln!(std::io::stderr(), "varco: defect{place}");
    }));
}

/// Permits no core file, to this process nor to those that it starts: other people's commands are to have their own.
pub(crate) fn forbid_core_files() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let _ = setrlimit(Resource::Core, none);
}
