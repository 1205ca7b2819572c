//! Real pseudo-terminals: echo, keys, ends, and what the screen shows.
//!
//! Keys are pressed once the prompt is on the screen, never after a pause.

use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use rustix::fs::OFlags;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use varco_messages::Locale;
use varco_session::NotTaken;

use super::*;
use crate::StreamEntry;
use crate::sample::{HALVES, asking};

const DONE: &str = "<done>";

/// Both ends of a pseudo-terminal: what a person sees and presses, and what the program opens.
struct Screen {
    person: File,
    program: File,
}

impl Screen {
    fn new() -> Self {
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&person).unwrap();
        unlockpt(&person).unwrap();
        let name = ptsname(&person, Vec::new()).unwrap().into_string().unwrap();
        let no_ctty = i32::try_from(OFlags::NOCTTY.bits()).unwrap();
        let program = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(no_ctty)
            .open(name)
            .unwrap();
        Self {
            person: person.into(),
            program,
        }
    }

    fn entry(&self) -> TerminalEntry {
        TerminalEntry {
            terminal: Some(self.program.try_clone().unwrap()),
            ..TerminalEntry::new(Messages::new(Locale::Italian))
        }
    }

    fn modes(&self) -> LocalModes {
        tcgetattr(&self.program).unwrap().local_modes
    }

    /// Reads the screen until `end` stands there.
    fn read_until(&mut self, end: &str) -> String {
        let mut seen = Vec::new();
        let mut byte = [0];
        while !seen.ends_with(end.as_bytes()) {
            self.person.read_exact(&mut byte).unwrap();
            seen.push(byte[0]);
        }
        String::from_utf8(seen).unwrap()
    }
}

fn ask(entry: &mut TerminalEntry, tries_left: TriesLeft) -> Result<Pin, EntryError> {
    asking(
        |question| question.tries_left = Some(tries_left),
        |question| entry.ask(question),
    )
}

/// Asks, presses these keys, and gives the answer with all that the screen showed.
fn press(keys: &[u8]) -> (Result<Pin, EntryError>, String) {
    let mut screen = Screen::new();
    let mut entry = screen.entry();
    let before = screen.modes();
    let asked = thread::spawn(move || ask(&mut entry, TriesLeft::Known(3)));
    let mut shown = screen.read_until("PIN: ");
    assert!(
        !screen
            .modes()
            .intersects(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)
    );
    screen.person.write_all(keys).unwrap();
    let answer = asked.join().unwrap();
    assert_eq!(screen.modes(), before, "settings are restored");
    assert!(before.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG));
    screen.program.write_all(DONE.as_bytes()).unwrap();
    shown.push_str(&screen.read_until(DONE));
    (answer, shown)
}

fn typed(keys: &[u8]) -> Vec<u8> {
    press(keys).0.unwrap().padded(16, b'.').unwrap().to_vec()
}

#[test]
fn the_pin_is_taken_and_does_not_show() {
    let (answer, shown) = press(b"907531\r");
    assert_eq!(answer.unwrap().padded(6, 0).unwrap().as_slice(), b"907531");
    assert!(shown.ends_with("PIN: \r\n<done>"), "{shown:?}");
    assert!(!shown.contains("9075") && !shown.contains('*'));
}

#[test]
fn who_asks_for_what_and_what_a_mistake_costs_stands_before_the_prompt() {
    let (_, shown) = press(b"1\n");
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(
        lines,
        [
            "Chi chiede l'accesso: https://servizi.example.it",
            "Per il servizio: Estratto conto contributivo",
            "Carta: CNS (ST/Incard)",
            "Lettore: Lettore?[2J 00",
            "Tentativi rimasti: 3 di 3.",
            "Scrivi il PIN della carta (5-8 cifre) e premi Invio. Mentre scrivi non compare nulla. \
             Per annullare premi Esc.",
            "Se per 60 secondi non scrivi nulla, la richiesta finisce e non si perde nessun tentativo.",
            "PIN: ",
            DONE,
        ]
    );
}

#[test]
fn tries_that_are_unknown_are_said_to_be_and_the_last_is_warned_of() {
    let asked = |tries_left| {
        let mut screen = Screen::new();
        let mut entry = screen.entry().with_time_limit(Duration::ZERO);
        ask(&mut entry, tries_left).unwrap_err();
        screen.read_until("PIN: ")
    };
    let unknown = asked(TriesLeft::Unknown);
    assert!(
        unknown.contains("Questa carta non dice quanti tentativi restano."),
        "{unknown}"
    );
    assert!(!unknown.contains("Attenzione") && !unknown.contains("Tentativi rimasti"));
    let last = asked(TriesLeft::Known(1));
    assert!(
        last.contains("Tentativi rimasti: 1 di 3.\r\nAttenzione: se il PIN è sbagliato"),
        "{last}"
    );
}

#[test]
fn backspace_takes_back_a_character_and_ctrl_u_all() {
    assert_eq!(typed(b"1299\x7f\x08345\r"), b"12345...........");
    assert_eq!(typed(b"999\x1512345\n"), b"12345...........");
    assert_eq!(typed(b"\x7f\x7f12\r"), b"12..............");
    assert_eq!(typed("12è€\x7f\x7f345\r".as_bytes()), b"12345...........");
}

#[test]
fn characters_of_several_bytes_and_stray_keys_arrive_for_the_rules_to_refuse() {
    let pin = press("12è45\r".as_bytes()).0.unwrap();
    assert!(pin.length() == 6 && !pin.is_digits());
    let pin = press(b"12345\t\r").0.unwrap();
    assert!(pin.length() == 6 && !pin.is_digits());
    assert_eq!(press(b"\r").0.unwrap().length(), 0);
}

#[test]
fn every_key_that_cancels_cancels() {
    for key in [0x03, 0x04, 0x1A, 0x1B, 0x1C] {
        let (answer, shown) = press(&[b'1', b'2', key]);
        assert_eq!(answer.unwrap_err(), EntryError::Cancelled, "{key:#04x}");
        assert!(shown.ends_with("PIN: \r\n<done>"), "{shown:?}");
    }
}

#[test]
fn a_long_paste_is_refused_as_a_whole_and_its_rest_is_discarded() {
    let (answer, shown) = press(b"98765432109876543210\rls -l\r");
    assert_eq!(answer.unwrap_err(), EntryError::TooLong);
    assert!(shown.ends_with("PIN: \r\n<done>"), "{shown:?}");
    let mut screen = Screen::new();
    let mut entry = screen.entry();
    let asked = thread::spawn(move || ask(&mut entry, TriesLeft::Unknown));
    screen.read_until("PIN: ");
    screen.person.write_all(&[b'7'; BYTES_MAX]).unwrap();
    assert_eq!(asked.join().unwrap().unwrap_err(), EntryError::TooLong);
}

#[test]
fn nothing_typed_in_time_ends_the_entry_with_the_settings_restored() {
    let screen = Screen::new();
    let before = screen.modes();
    let mut entry = screen.entry().with_time_limit(Duration::from_millis(1));
    assert_eq!(
        ask(&mut entry, TriesLeft::Unknown).unwrap_err(),
        EntryError::TimedOut
    );
    assert_eq!(screen.modes(), before);
}

#[test]
fn keys_pressed_before_the_question_are_discarded() {
    let mut screen = Screen::new();
    screen.person.write_all(b"99999\n").unwrap();
    screen.read_until("99999\r\n");
    let mut entry = screen.entry().with_time_limit(Duration::from_millis(1));
    assert_eq!(
        ask(&mut entry, TriesLeft::Unknown).unwrap_err(),
        EntryError::TimedOut
    );
}

#[test]
fn a_terminal_that_goes_away_ends_the_entry() {
    let mut screen = Screen::new();
    let mut entry = screen.entry();
    let asked = thread::spawn(move || ask(&mut entry, TriesLeft::Unknown));
    screen.read_until("PIN: ");
    drop(screen.person);
    let ended = asked.join().unwrap().unwrap_err();
    assert!(
        matches!(ended, EntryError::Cancelled | EntryError::Unavailable { .. }),
        "{ended:?}"
    );
}

#[test]
fn unwinding_restores_the_settings() {
    let screen = Screen::new();
    let before = screen.modes();
    let unwound = catch_unwind(AssertUnwindSafe(|| {
        let _quiet = Quiet::begin(&screen.program).unwrap();
        assert!(!screen.modes().contains(LocalModes::ECHO));
        panic!("a defect while a PIN is typed");
    }));
    assert!(unwound.is_err());
    assert_eq!(screen.modes(), before);
}

#[test]
fn what_is_no_terminal_is_unavailable() {
    let screen = Screen::new();
    let mut entry = TerminalEntry {
        terminal: Some(File::open("/dev/null").unwrap()),
        ..screen.entry()
    };
    let refused = ask(&mut entry, TriesLeft::Unknown).unwrap_err();
    assert_eq!(refused.code(), "entry-unavailable");
}

#[test]
fn a_stream_that_is_a_terminal_is_refused_because_it_would_show_the_pin() {
    let screen = Screen::new();
    let refused = asking(|_| (), |question| StreamEntry::new(screen.program).ask(question));
    assert!(matches!(refused, Err(EntryError::Unavailable { .. })));
}

/// Types the halves of an identity card's PIN, each once its prompt is on the screen.
fn halves(first: &'static [u8], second: &'static [u8]) -> (Result<Pin, EntryError>, String) {
    let mut screen = Screen::new();
    let mut entry = screen.entry();
    let before = screen.modes();
    let asked =
        thread::spawn(move || asking(|question| question.form = HALVES, |question| entry.ask(question)));
    let mut shown = screen.read_until("PIN: ");
    screen.person.write_all(first).unwrap();
    shown.push_str(&screen.read_until("Le altre 4 cifre: "));
    // Where all was typed already, the terminal may be as it was by now.
    if !second.is_empty() {
        assert!(!screen.modes().contains(LocalModes::ECHO));
    }
    screen.person.write_all(second).unwrap();
    let answer = asked.join().unwrap();
    assert_eq!(screen.modes(), before, "settings are restored");
    (answer, shown)
}

#[test]
fn two_halves_may_be_typed_with_enter_between_them_or_in_a_row() {
    let (answer, shown) = halves(b"4815\r", b"1623\r");
    assert_eq!(answer.unwrap().padded(8, 0).unwrap().as_slice(), b"48151623");
    assert!(
        shown.contains(
            "Le prime 4 cifre sono sulla ricevuta della richiesta della carta, le altre 4 nella lettera arrivata con la \
             carta, se non le hai cambiate.\r\nPuoi scriverle tutte di seguito, oppure scrivere le prime 4 e premere \
             Invio: poi ti chiedo le altre.\r\n"
        ),
        "{shown}"
    );
    assert!(!shown.contains("4815"), "{shown}");

    let mut screen = Screen::new();
    let mut entry = screen.entry();
    let asked =
        thread::spawn(move || asking(|question| question.form = HALVES, |question| entry.ask(question)));
    screen.read_until("PIN: ");
    screen.person.write_all(b"48151623\r").unwrap();
    let pin = asked.join().unwrap().unwrap();
    assert_eq!(pin.padded(8, 0).unwrap().as_slice(), b"48151623");
}

#[test]
fn of_a_second_half_only_itself_is_taken_back_and_ctrl_c_cancels_all() {
    let (answer, _) = halves(b"4815\r", b"\x7f99\x15\x7f1623\r");
    assert_eq!(answer.unwrap().padded(8, 0).unwrap().as_slice(), b"48151623");
    let (answer, _) = halves(b"4815\r", b"16\x03");
    assert_eq!(answer.unwrap_err(), EntryError::Cancelled);
    // For the rules to refuse.
    let (answer, _) = halves(b"4815\r", b"1\r");
    assert_eq!(answer.unwrap().length(), 5);
}

#[test]
fn before_the_second_half_begins_enter_does_nothing() {
    for (first, second) in [
        (&b"4815\r"[..], &b"\r\n1623\r"[..]),
        (b"4815\r", b"\x7f\r\x15\r1623\r"),
        (b"4815\r\n1623\r\n", b""),
    ] {
        let (answer, _) = halves(first, second);
        assert_eq!(answer.unwrap().padded(8, 0).unwrap().as_slice(), b"48151623");
    }
}

#[test]
fn why_an_answer_was_not_taken_stands_first_and_the_count_before_sending_behind() {
    let mut screen = Screen::new();
    let mut entry = screen.entry().with_time_limit(Duration::ZERO);
    asking(
        |question| question.not_taken = Some(NotTaken::WrongForm),
        |question| entry.ask(question),
    )
    .unwrap_err();
    let shown = screen.read_until("PIN: ");
    assert!(
        shown.starts_with("Quello che hai scritto non ha la forma giusta: servono 5-8 cifre"),
        "{shown}"
    );
    entry
        .before_sending(CardSecret::USER_PIN, TriesLeft::Known(1))
        .unwrap();
    let told = screen.read_until("serve il PUK.");
    assert_eq!(
        told.trim_start(),
        "La carta dice: resta 1 tentativo.\r\nAttenzione: se il PIN è sbagliato, la carta si blocca e serve il PUK."
    );
}
