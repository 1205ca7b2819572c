//! `varco-nfcd`: libnfc in a process of its own, told what to do on standard input, answering on standard output.
//!
//! What a reader says can end this process (libnfc aborts, and worse): that costs one card's session and nothing of the
//! host's. It takes no argument, opens no port by itself, and ends with its parent, once the power is off the card. libnfc itself
//! reads its files in /etc/nfc; the parent switches off what it would log and scan.
//!
//! Not here: any decision about cards, and the waiting (`varco-reader-nfc`).

mod device;

use std::process::ExitCode;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{Mode, OFlags};
use rustix::process::{DumpableBehavior, Resource, Rlimit};
use rustix::stdio::{dup2_stderr, stderr, stdin, stdout};
use varco_reader_nfc::wire::{Inbox, Question, frame};
use zeroize::Zeroizing;

use device::Libnfc;

/// How long letting go of a reader may take, beyond what was asked last.
const FAREWELL: Duration = Duration::from_secs(5);

/// How long what was asked last may take, in milliseconds.
static ALLOWED_MS: AtomicU32 = AtomicU32::new(0);

fn main() -> ExitCode {
    prepare();
    // What the parent lent as standard error is the port, locked: held until this process ends, and nothing is written to it.
    let _lent = rustix::io::fcntl_dupfd_cloexec(stderr(), 3);
    if !is_silenced() {
        return ExitCode::FAILURE;
    }
    std::thread::spawn(end_with_parent);
    let Ok(mut libnfc) = Libnfc::new() else {
        return ExitCode::FAILURE;
    };
    let mut inbox = Inbox::default();
    loop {
        let mut buffer = Zeroizing::new(vec![0; inbox.wanted()]);
        // Past the buffers of the standard library, which nobody wipes.
        let Ok(read @ 1..) = rustix::io::read(stdin(), buffer.as_mut_slice()) else {
            // The parent is gone, or has hung up.
            return ExitCode::SUCCESS;
        };
        let taken = inbox.take(buffer.get(..read).unwrap_or_default());
        // A parent that speaks otherwise is none.
        let Ok(taken) = taken else {
            return ExitCode::FAILURE;
        };
        let Some((number, kind, content)) = taken else {
            continue;
        };
        let Ok(question) = Question::decode(kind, &content) else {
            return ExitCode::FAILURE;
        };
        ALLOWED_MS.store(allowed_ms(&question), Ordering::Relaxed);
        let (kind, content) = libnfc.answer(question).encode();
        let Some(answer) = frame(number, kind, &content) else {
            return ExitCode::FAILURE;
        };
        let mut rest = answer.as_slice();
        while !rest.is_empty() {
            let Ok(written @ 1..) = rustix::io::write(stdout(), rest) else {
                return ExitCode::SUCCESS;
            };
            rest = rest.get(written..).unwrap_or_default();
        }
    }
}

/// libnfc waits so long for an acknowledgement, and once more for the answer.
fn allowed_ms(question: &Question) -> u32 {
    match question {
        Question::Transmit { timeout_ms, .. } => timeout_ms.saturating_mul(2),
        _ => 0,
    }
}

/// Ends the process when the other end of its standard input was closed and libnfc is still at it after its time: a reader can
/// keep it for ever. Until then the main thread has time to take the power off the card. The kernel's own signal for a parent
/// that ends would come when the parent's *thread* ends.
fn end_with_parent() {
    let input = stdin();
    // Asked for nothing, it tells the hanging-up alone.
    while let Ok(0) | Err(rustix::io::Errno::INTR) =
        poll(&mut [PollFd::new(&input, PollFlags::empty())], None)
    {}
    let allowed = Duration::from_millis(ALLOWED_MS.load(Ordering::Relaxed).into());
    std::thread::sleep(allowed.saturating_add(FAREWELL));
    std::process::exit(0);
}

/// Whether what libnfc would write to standard error goes nowhere.
fn is_silenced() -> bool {
    let nowhere = rustix::fs::open("/dev/null", OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty());
    nowhere.is_ok_and(|nowhere| dup2_stderr(&nowhere).is_ok())
}

/// No core file, no debugger. What a system refuses is no reason not to go on.
fn prepare() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let _ = rustix::process::setrlimit(Resource::Core, none);
    let _ = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable);
    std::panic::set_hook(Box::new(|_| {}));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_may_look_into_this_process_or_keep_its_memory() {
        prepare();
        let dumpable = rustix::process::dumpable_behavior().unwrap();
        assert_eq!(dumpable, DumpableBehavior::NotDumpable);
        assert_eq!(rustix::process::getrlimit(Resource::Core).maximum, Some(0));
    }
}
