//! Two logins over the system's reader, each with a line of standard input, for the test that looks into this process's memory.
//!
//! Before each login and at the end it waits for a byte, so that whoever started it can look. With `keep` it
//! keeps what it read in every shape that is looked for, so that there is something to be found. Arguments: `cns` or `cie`, and `keep` or nothing.
//! Not here: the look (`tests/core_image.rs`).
#![allow(clippy::unwrap_used, reason = "test code: what fails here fails the test")]

use std::io::{Write, stdin, stdout};

use rustix::io::read;
use varco::entry::StreamEntry;
use varco::steps::{Attendance, Pin};
use varco::{EntryError, LoginOptions, PinEntry, PinQuestion, Varco};
use varco_scenario::canary::{Shape, shapes};

/// Lends its stream to each login.
struct Lent<'s> {
    stream: &'s mut StreamEntry,
    keep: bool,
    kept: Vec<Shape>,
}

impl PinEntry for Lent<'_> {
    fn attendance(&self) -> Attendance {
        self.stream.attendance()
    }

    fn ask(&mut self, question: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        let pin = self.stream.ask(question)?;
        if self.keep {
            let copy = pin.padded(pin.length(), 0).unwrap();
            self.kept = shapes(str::from_utf8(&copy).unwrap());
        }
        Ok(pin)
    }
}

fn options(card: &str) -> LoginOptions {
    match card {
        "cie" => varco_scenario::identity::options(),
        _ => varco_scenario::options(),
    }
}

fn wait() {
    let mut byte = [0];
    assert_eq!(read(stdin(), &mut byte).unwrap(), 1, "standard input was closed");
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let card = arguments.first().map(String::as_str).unwrap_or_default();
    let keep = arguments.get(1).is_some_and(|argument| argument == "keep");
    let mut stream = StreamEntry::stdin().unwrap();
    let mut lent = Lent {
        stream: &mut stream,
        keep,
        kept: Vec::new(),
    };
    for _ in 0..2 {
        wait();
        // Everything that a login leaves behind is gone by itself before it is told.
        let code = {
            let report = Varco::system().login(&options(card), &mut lent).unwrap();
            varco_scenario::identity::code(&report)
        };
        println!("{code}");
        stdout().flush().unwrap();
    }
    wait();
}
