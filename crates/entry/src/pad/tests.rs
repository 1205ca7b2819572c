//! What a person reads while the reader waits.

use std::io::{Read, Seek};
use std::os::unix::fs::OpenOptionsExt;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};
use varco_session::{AskedValue, Purpose};

use super::*;
use crate::quiet::discard_keys;
use crate::sample::asking;
use crate::wait::next_byte;

fn guide() -> (PadEntryGuide, File) {
    let screen = tempfile::tempfile().unwrap();
    let guide = PadEntryGuide {
        screen: Some(screen.try_clone().unwrap()),
        ..PadEntryGuide::new(Messages::new(Locale::Italian)).with_timeout_s(30)
    };
    (guide, screen)
}

fn shown(mut screen: File) -> String {
    let mut text = String::new();
    screen.rewind().unwrap();
    screen.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn the_value_is_typed_on_the_reader_in_the_language_of_the_messages() {
    let (mut guide, _) = guide();
    assert_eq!(guide.attendance(), Attendance::Attended);
    assert_eq!(
        guide.place(),
        EntryPlace::Reader(PadTerms {
            timeout_s: 30,
            language: PadLanguage::Italian
        })
    );
    let english = PadEntryGuide::new(Messages::new(Locale::English)).place();
    assert_eq!(
        english,
        EntryPlace::Reader(PadTerms {
            timeout_s: 60,
            language: PadLanguage::English
        })
    );
    let refused = asking(|_| (), |question| guide.ask(question)).unwrap_err();
    assert_eq!(
        refused,
        unavailable("the reader's pad is asked, not this program")
    );
}

#[test]
fn a_change_tells_that_the_new_pin_is_asked_for_twice_and_when_the_reader_is_done() {
    let (mut guide, screen) = guide();
    let new = |question: &mut PinQuestion<'_>| {
        (question.purpose, question.value) = (Purpose::ChangePin, AskedValue::New);
    };
    let present = |question: &mut PinQuestion<'_>| question.purpose = Purpose::ChangePin;
    asking(new, |new| {
        asking(present, |present| guide.guide(present, Some(new)))
    })
    .unwrap();
    guide.guided();
    assert_eq!(
        shown(screen),
        "Si cambia il PIN della carta.\n\
         Chi lo chiede: https://servizi.example.it\n\
         Carta: CNS (ST/Incard)\n\
         Lettore: Lettore?[2J 00\n\
         Tentativi rimasti: 2 di 3.\n\
         Scrivi il PIN attuale della carta (5-8 cifre) sulla tastiera del lettore, non su quella del computer, e conferma \
         con il tasto verde o OK del lettore.\n\
         Subito dopo il lettore ti chiede due volte il nuovo PIN (5-8 cifre).\n\
         Il lettore aspetta per 90 secondi: poi la richiesta finisce e non si perde nessun tentativo.\n\
         Il lettore ha finito: sulla sua tastiera non c'è altro da scrivere.\n"
    );
}

#[test]
fn the_count_that_comes_late_is_told_and_a_screen_that_fails_stops_the_entry() {
    let (mut guide, screen) = guide();
    guide
        .before_sending(CardSecret::USER_PIN, TriesLeft::Known(2))
        .unwrap();
    assert_eq!(shown(screen), "La carta dice: restano 2 tentativi.\n");
    guide.screen = Some(File::open("/dev/null").unwrap());
    let failed = asking(|_| (), |question| guide.guide(question, None)).unwrap_err();
    assert_eq!(failed.code(), "entry-unavailable");
}

/// A pseudo-terminal: what a person presses, and what the program opens.
fn terminal() -> (File, File) {
    let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&person).unwrap();
    unlockpt(&person).unwrap();
    let name = ptsname(&person, Vec::new()).unwrap().into_string().unwrap();
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    let no_ctty = i32::try_from(OFlags::NOCTTY.bits()).unwrap();
    let program = options.custom_flags(no_ctty).open(name).unwrap();
    (person.into(), program)
}

fn shows_keys(terminal: &File) -> bool {
    tcgetattr(terminal)
        .unwrap()
        .local_modes
        .contains(LocalModes::ECHO)
}

fn is_empty(terminal: &File) -> bool {
    next_byte(terminal, Instant::now() + Duration::from_millis(50)) == Err(EntryError::TimedOut)
}

#[test]
fn while_the_reader_waits_keys_do_not_show_and_are_discarded() {
    let (mut person, program) = terminal();
    let mut guide = PadEntryGuide::new(Messages::new(Locale::Italian));
    guide.screen = Some(program.try_clone().unwrap());
    for is_told_of_the_end in [true, false] {
        asking(|_| (), |question| guide.guide(question, None)).unwrap();
        assert!(!shows_keys(&program));
        person.write_all(b"90753\r").unwrap();
        if is_told_of_the_end {
            guide.guided();
            assert!(shows_keys(&program) && is_empty(&program));
        }
    }
    drop(guide);
    assert!(shows_keys(&program) && is_empty(&program));
}

#[test]
fn a_pin_typed_beside_a_window_is_discarded() {
    let (mut person, program) = terminal();
    person.write_all(b"90753\n").unwrap();
    let mut echo = [0; 7];
    person.read_exact(&mut echo).unwrap();
    discard_keys(&program);
    assert!(is_empty(&program));
}
