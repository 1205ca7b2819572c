//! `--control`: commands to a running virtual card over a Unix socket: a command on a line, one JSON object back.
//!
//! Not here: what a command does (`place`). Whoever may write to the socket, which is the
//! user alone, may do all of it.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use serde_json::{Value, json};
use varco::played::fault::FaultError;
use varco_messages::{Arg, Messages};
use zeroize::Zeroizing;

use super::journal;
use super::place::Hand;
use crate::output::Output;
use crate::problem::Problem;

/// The longest line that is taken, its end included. There is room for it from the beginning: a line that grew would leave copies
/// behind.
const LINE_BYTES_MAX: u16 = 256;
/// How many may hold a connection at a time.
const CONNECTIONS_MAX: usize = 16;
/// How long a connection may be silent.
const SILENCE_MAX: Duration = Duration::from_secs(600);
/// How often, and at what interval, to look whether a card is where it was put.
const SETTLE_LOOKS: u32 = 100;
const SETTLE_INTERVAL: Duration = Duration::from_millis(20);

/// A socket that is listened to; dropping it removes the socket's file.
pub(super) struct Control {
    path: PathBuf,
    /// Device and inode of the socket.
    identity: Option<(u64, u64)>,
}

impl Control {
    /// Listens, from a thread of its own, for as long as the process lives.
    pub(super) fn listen(path: &Path, slot: &Hand, output: &Output) -> Result<Self, Problem> {
        let taken = || {
            let path = path.display().to_string();
            output.problem("control-address-taken", &[("path", Arg::Text(&path))])
        };
        if !is_free(path) {
            return Err(taken());
        }
        let listener = bind(path).map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => taken(),
            _ => Problem::file(output.messages(), "file-unwritable", path, &error),
        })?;
        let (slot, locale) = (slot.clone(), output.messages().locale());
        thread::spawn(move || {
            let open = Arc::new(());
            for stream in listener.incoming() {
                let Ok(stream) = stream else {
                    // Out of descriptors for a moment.
                    thread::sleep(SETTLE_INTERVAL);
                    continue;
                };
                let held = Arc::clone(&open);
                if Arc::strong_count(&open) > 1 + CONNECTIONS_MAX {
                    continue;
                }
                let slot = slot.clone();
                // Where there is no thread for it, the connection ends unanswered.
                let _ = thread::Builder::new().spawn(move || {
                    let _held = held;
                    // A caller that goes away in the middle has had its command done or not sent it.
                    let _ = serve(&stream, &slot, &Messages::new(locale));
                });
            }
        });
        Ok(Self {
            path: path.to_owned(),
            identity: identity(path),
        })
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        // Somebody may have removed it already, and put his own there.
        if self.identity.is_some() && identity(&self.path) == self.identity {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn identity(path: &Path) -> Option<(u64, u64)> {
    fs::symlink_metadata(path)
        .ok()
        .map(|found| (found.dev(), found.ino()))
}

/// Removes a socket that nobody listens to any more; anything else stays.
fn is_free(path: &Path) -> bool {
    let Ok(found) = fs::symlink_metadata(path) else {
        return true;
    };
    found.file_type().is_socket()
        && UnixStream::connect(path).is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
        && fs::remove_file(path).is_ok()
}

/// The socket takes its name only when nobody else may write to it.
fn bind(path: &Path) -> io::Result<UnixListener> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let private = tempfile::Builder::new()
        .prefix(".varco-")
        .permissions(fs::Permissions::from_mode(0o700))
        .tempdir_in(folder.unwrap_or(Path::new(".")))?;
    let unnamed = private.path().join("s");
    let listener = UnixListener::bind(&unnamed)?;
    fs::set_permissions(&unnamed, fs::Permissions::from_mode(0o600))?;
    // Never over something that appeared there meanwhile.
    renameat_with(CWD, &unnamed, CWD, path, RenameFlags::NOREPLACE).map_err(|error| match error {
        Errno::EXIST => io::ErrorKind::AddrInUse.into(),
        error => io::Error::from(error),
    })?;
    Ok(listener)
}

fn serve(mut stream: &UnixStream, slot: &Hand, messages: &Messages) -> io::Result<()> {
    stream.set_read_timeout(Some(SILENCE_MAX))?;
    stream.set_write_timeout(Some(SILENCE_MAX))?;
    let capacity = usize::from(LINE_BYTES_MAX);
    let mut lines = BufReader::with_capacity(capacity, stream);
    loop {
        // It may hold digits.
        let mut line = Zeroizing::new(Vec::with_capacity(capacity));
        let read = (&mut lines)
            .take(LINE_BYTES_MAX.into())
            .read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(());
        }
        if read == capacity && !line.ends_with(b"\n") {
            // Its rest is no command.
            return stream.write_all(format!("{}\n", unknown(messages)).as_bytes());
        }
        // What is no text is no command either.
        let command = str::from_utf8(&line).unwrap_or_default().trim();
        let answer = answer(command, slot, messages);
        stream.write_all(format!("{answer}\n").as_bytes())?;
        if command == "quit" {
            slot.stop();
        }
    }
}

/// Waits for the card to be where it was put; a reader that is away for longer is told as it is.
fn settle(slot: &Hand, inserted: bool) {
    for _ in 0..SETTLE_LOOKS {
        if slot.is_inserted() == inserted {
            return;
        }
        thread::sleep(SETTLE_INTERVAL);
    }
}

fn unknown(messages: &Messages) -> Value {
    json!({ "error": Problem::new(messages, "control-command", &[]).to_json() })
}

/// The reason for which a fault is not armed.
fn refused(error: &FaultError, messages: &Messages) -> Value {
    json!({ "error": Problem::new(messages, error.code(), &[]).detailed(error).to_json() })
}

/// Arms a fault of the catalogue. `slow MILLISECONDS [after EXCHANGES] [stays]` is how this was said before there was one.
fn arm(words: &[&str], slot: &Hand) -> Result<(), FaultError> {
    let plan = match words {
        ["slow", time] => format!("slow={time}ms"),
        ["slow", time, "stays"] => format!("slow={time}ms+"),
        ["slow", time, "after", exchanges] => format!("slow={time}ms@{}", next(exchanges)),
        ["slow", time, "after", exchanges, "stays"] => format!("slow={time}ms@{}+", next(exchanges)),
        words => words.join(" "),
    };
    slot.add_fault(plan.parse()?)
}

/// The number of the exchange after so many; what is no number stays what it is.
fn next(exchanges: &str) -> String {
    let number: Option<u64> = exchanges.parse().ok();
    number.map_or_else(
        || exchanges.to_owned(),
        |number| number.saturating_add(1).to_string(),
    )
}

/// What is armed, and what happened.
fn faults(slot: &Hand) -> Value {
    let armed = slot.faults();
    let armed: Vec<String> = armed.iter().map(ToString::to_string).collect();
    let fired = slot.fired();
    let fired: Vec<Value> = fired.iter().map(journal::fault).collect();
    json!({ "armed": armed, "fired": fired })
}

fn answer(command: &str, slot: &Hand, messages: &Messages) -> Value {
    let words: Vec<&str> = command.split_ascii_whitespace().collect();
    match words.as_slice() {
        ["insert"] => {
            slot.insert();
            settle(slot, true);
        }
        ["remove"] => {
            slot.remove();
            settle(slot, false);
        }
        ["remove-after", exchanges] if exchanges.bytes().all(|digit| digit.is_ascii_digit()) => {
            // More digits than fit are as good as never.
            slot.remove_after(exchanges.parse().unwrap_or(u64::MAX));
        }
        ["fault", "none"] => slot.mend(),
        ["fault", plan @ ..] if slot.break_reader(plan) => {}
        ["fault", plan @ ..] => {
            if let Err(error) = arm(plan, slot) {
                return refused(&error, messages);
            }
        }
        ["faults"] => return faults(slot),
        ["keys", word] if slot.press(word) => {}
        ["state" | "quit"] => {}
        _ => return unknown(messages),
    }
    let pins: Vec<Value> = slot.with_card(|card| {
        let state = card.snapshot();
        let pins = state.pins().iter();
        pins.map(|pin| json!({ "reference": pin.reference, "tries_left": pin.tries_left }))
            .collect()
    });
    let mut told = json!({
        "inserted": slot.is_inserted(),
        "exchanges": slot.with_card(|card| card.log().total()),
        "pins": pins,
    });
    if let (Some(entries), Value::Object(fields)) = (slot.entries_left(), &mut told) {
        fields.insert("entries_left".to_owned(), entries.into());
    }
    told
}
