//! Debian's `pinentry-curses` on a pseudo-terminal: the same answers as from the played one.

use std::fs::File;
use std::io::{Read, Write};
use std::thread;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use super::*;

struct Screen {
    person: File,
    name: String,
}

impl Screen {
    fn new() -> Self {
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&person).unwrap();
        unlockpt(&person).unwrap();
        let size = Winsize {
            ws_row: 50,
            ws_col: 120,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&person, size).unwrap();
        let name = ptsname(&person, Vec::new()).unwrap().into_string().unwrap();
        Self {
            person: person.into(),
            name,
        }
    }

    fn modes(&self) -> LocalModes {
        tcgetattr(&self.person).unwrap().local_modes
    }

    fn entry(&self) -> PinentryEntry {
        PinentryEntry::new(Messages::new(Locale::Italian))
            .with_program("pinentry-curses")
            .with_terminal(&self.name, "xterm")
    }

    fn read_until(&mut self, end: &str) -> String {
        let mut seen = Vec::new();
        let mut byte = [0];
        while !seen.ends_with(end.as_bytes()) {
            self.person.read_exact(&mut byte).unwrap();
            seen.push(byte[0]);
        }
        String::from_utf8_lossy(&seen).into_owned()
    }
}

/// Presses these keys once the dialogue is there; the answer, and what was on the screen before.
fn press(keys: &[u8]) -> (Result<Pin, EntryError>, String) {
    let mut screen = Screen::new();
    let before = screen.modes();
    let mut entry = screen.entry();
    let asked = thread::spawn(move || asking(|_| (), |question| entry.ask(question)));
    let shown = screen.read_until("Annulla");
    screen.person.write_all(keys).unwrap();
    let answer = asked.join().unwrap();
    assert_eq!(screen.modes(), before);
    (answer, shown)
}

#[test]
fn a_pin_typed_into_pinentry_curses_arrives_and_does_not_show() {
    let (answer, shown) = press(b"48151623\r");
    assert_eq!(answer.unwrap().padded(8, 0).unwrap().as_slice(), b"48151623");
    assert!(
        shown.contains("servizi.example.it") && !shown.contains("4815"),
        "{shown}"
    );
}

#[test]
fn what_is_no_digit_arrives_as_it_was_typed() {
    let (answer, _) = press("12 è%45\r".as_bytes());
    let pin = answer.unwrap();
    assert_eq!(pin.padded(8, 0).unwrap().as_slice(), "12 è%45".as_bytes());
    assert!(!pin.is_digits());
}

#[test]
fn its_button_cancels() {
    assert_eq!(press(b"4815\t\t\r").0.unwrap_err(), EntryError::Cancelled);
}

#[test]
fn pinentry_curses_keeps_the_time_limit_and_refuses_what_is_no_terminal() {
    let screen = Screen::new();
    let before = screen.modes();
    let mut entry = screen.entry().with_time_limit(Duration::from_secs(1));
    let late = asking(|_| (), |question| entry.ask(question)).unwrap_err();
    assert_eq!((late, screen.modes()), (EntryError::TimedOut, before));
    let mut nowhere = screen.entry().with_terminal("/nowhere", "xterm");
    let refused = asking(|_| (), |question| nowhere.ask(question)).unwrap_err();
    assert_eq!(refused.code(), "entry-unavailable");
}
