//! `varco-nfcd`: libnfc in a process of its own, told what to do on standard input, answering on standard output.
//!
//! What a reader says can end this process (libnfc aborts, and worse): that costs one card's session and nothing of the
//! host's. It reads no file, no environment and no argument, opens no port by itself, and dies with its parent.
//!
//! Not here: any decision about cards, and the waiting (`varco-reader-nfc`).

mod device;

use std::process::ExitCode;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{DumpableBehavior, Resource, Rlimit};
use rustix::stdio::{stdin, stdout};
use varco_reader_nfc::wire::{Inbox, Question, frame};
use zeroize::Zeroizing;

use device::Libnfc;

/// How long to go on without a parent: enough to let go of the reader.
const ORPHANED: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    prepare();
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

/// Ends the process soon after the other end of its standard input is closed, whatever libnfc is waiting for. The kernel's own
/// signal for it would come when the parent's *thread* ends.
fn end_with_parent() {
    let input = stdin();
    // Asked for nothing, it tells the hanging-up alone.
    while let Ok(0) | Err(rustix::io::Errno::INTR) =
        poll(&mut [PollFd::new(&input, PollFlags::empty())], None)
    {}
    std::thread::sleep(ORPHANED);
    std::process::exit(0);
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
