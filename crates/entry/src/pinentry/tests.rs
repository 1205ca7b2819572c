//! A pinentry that behaves in every way that one should not, and Debian's own on a pseudo-terminal.

mod curses;

use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Instant;

use tempfile::TempDir;
use varco_access_policy::Title;
use varco_card::ReaderName;
use varco_credential::PinId;
use varco_session::NotTaken;

use super::*;
use crate::sample::{HALVES, asking};

/// Nothing here may take longer, whatever the program does.
const PATIENCE: Duration = Duration::from_secs(20);

/// A played pinentry that behaves as this name says.
struct Played {
    folder: TempDir,
    behaviour: String,
}

impl Played {
    fn new(behaviour: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pinentry/played.sh");
        // A link, not a copy: what was just written cannot be started while another thread starts something.
        symlink(script, folder.path().join(behaviour)).unwrap();
        Self {
            folder,
            behaviour: behaviour.to_owned(),
        }
    }

    fn entry(&self) -> PinentryEntry {
        let mut entry = PinentryEntry::new(Messages::new(Locale::Italian))
            .with_program(self.folder.path().join(&self.behaviour))
            .with_time_limit(Duration::from_secs(1));
        entry.answer_limit = Duration::from_secs(5);
        entry.grace = Duration::from_millis(200);
        entry
    }

    fn wrote(&self, what: &str) -> String {
        let path = self.folder.path().join(format!("{}.{what}", self.behaviour));
        std::fs::read_to_string(path).unwrap_or_default()
    }

    /// Whether its process is there still.
    fn is_running(&self) -> bool {
        let pid = self.wrote("pid");
        Path::new("/proc").join(pid.trim()).exists()
    }
}

fn ask(behaviour: &str) -> Result<Pin, EntryError> {
    ask_with(behaviour, |_| ())
}

/// Asks, and finds that the program has ended, in time.
fn ask_with(behaviour: &str, alter: impl FnOnce(&mut PinentryEntry)) -> Result<Pin, EntryError> {
    let played = Played::new(behaviour);
    let begun = Instant::now();
    let mut entry = played.entry();
    alter(&mut entry);
    let answer = asking(|_| (), |question| entry.ask(question));
    assert!(begun.elapsed() < PATIENCE, "{behaviour}: {:?}", begun.elapsed());
    assert!(!played.is_running(), "{behaviour} runs still");
    answer
}

fn value(behaviour: &str) -> Vec<u8> {
    ask(behaviour).unwrap().padded(16, b'.').unwrap().to_vec()
}

#[test]
fn what_is_typed_is_taken_whole_and_decoded_and_never_cleaned() {
    assert_eq!(value("plain"), b"48151623........");
    assert_eq!(value("split"), b"48151623........");
    assert_eq!(value("sixteen"), b"1234567890123456");
    assert_eq!(value("old"), b"48151623........");
    assert_eq!(value("odd"), "12è45 6%.......".as_bytes());
    assert_eq!(ask("empty").unwrap().length(), 0);
    assert_eq!(ask("with-returns").unwrap().length(), 0);
    assert_eq!(ask("long").unwrap_err(), EntryError::TooLong);
}

#[test]
fn a_person_who_gives_up_or_is_too_slow_is_told_apart_from_a_program_that_fails() {
    assert_eq!(ask("cancelling").unwrap_err(), EntryError::Cancelled);
    assert_eq!(ask("closing").unwrap_err(), EntryError::Cancelled);
    assert_eq!(ask("late").unwrap_err(), EntryError::TimedOut);
    assert_eq!(
        ask("blind").unwrap_err(),
        unavailable("the pinentry program could not ask")
    );
}

#[test]
fn each_way_of_breaking_the_protocol_is_an_error_of_its_own_and_never_a_pin() {
    let broken = "the pinentry program does not keep to its protocol";
    let ended = "the pinentry program ended before it answered";
    let endless = "the pinentry program does not stop talking";
    let too_long = "the pinentry program sent a line that is too long";
    for (behaviour, what) in [
        ("greeting", broken),
        ("silent-line", broken),
        ("binary", broken),
        ("numberless", broken),
        ("wordy", broken),
        ("half-escape", broken),
        ("no-escape", broken),
        ("asking-back", broken),
        ("talkative", broken),
        ("crashing", ended),
        ("dying", ended),
        ("killed", ended),
        ("unfriendly", "the pinentry program refuses to begin"),
        ("hiding", "the pinentry program does not show what it must"),
        ("overlong", too_long),
        ("overlong-data", too_long),
        ("endless-line", too_long),
        ("shouting", endless),
        ("endless", endless),
        ("endless-data", endless),
    ] {
        assert_eq!(ask(behaviour).unwrap_err(), unavailable(what), "{behaviour}");
    }
}

#[test]
fn a_program_that_never_answers_is_ended_by_force() {
    let hurried = |entry: &mut PinentryEntry| entry.answer_limit = Duration::from_millis(300);
    for behaviour in ["mute", "deaf"] {
        let refused = ask_with(behaviour, hurried).unwrap_err();
        assert_eq!(
            refused,
            unavailable("the pinentry program does not answer"),
            "{behaviour}"
        );
    }
    for behaviour in ["waiting", "stubborn"] {
        assert_eq!(ask(behaviour).unwrap_err(), EntryError::TimedOut, "{behaviour}");
    }
}

#[test]
fn a_program_that_is_missing_or_none_is_unavailable() {
    let ask = |program: &str| {
        let mut entry = PinentryEntry::new(Messages::new(Locale::English)).with_program(program);
        asking(|_| (), |question| entry.ask(question)).unwrap_err()
    };
    assert_eq!(
        ask("/nowhere/pinentry"),
        unavailable("the pinentry program was not found")
    );
    assert_eq!(
        ask("no-pinentry-of-this-name"),
        unavailable("the pinentry program was not found")
    );
    assert_eq!(
        ask("/dev/null"),
        unavailable("the pinentry program could not be started")
    );
    assert_eq!(
        ask("/bin/true"),
        unavailable("the pinentry program ended before it answered")
    );
}

#[test]
fn it_is_told_everything_in_the_language_of_the_messages_and_may_cache_nothing() {
    let played = Played::new("plain");
    let mut entry = played.entry().with_time_limit(Duration::from_secs(90));
    let alter = |question: &mut PinQuestion<'_>| {
        question.form = HALVES;
        question.tries_left = Some(TriesLeft::Known(1));
        question.not_taken = Some(NotTaken::WrongForm);
        question.audience = "https://servizi.example.it/%20\\";
    };
    asking(alter, |question| entry.ask(question)).unwrap();
    let heard = played.wrote("heard");
    let lines: Vec<&str> = heard.lines().collect();
    for line in [
        "SETTITLE Richiesta di un codice della carta",
        "SETOK OK",
        "SETCANCEL Annulla",
        "SETTIMEOUT 90",
        "SETPROMPT PIN:",
        "SETERROR Quello che hai scritto non ha la forma giusta: servono 8 cifre, senza lettere né spazi. Non è stato \
         inviato e non si è perso nessun tentativo.",
        "OPTION lc-messages=it_IT.UTF-8",
        "SETDESC Chi chiede l'accesso: https://servizi.example.it/%2520%5C%0APer il servizio: Estratto conto \
         contributivo%0ACarta: CNS (ST/Incard)%0ALettore: Lettore?[2J 00%0ATentativi rimasti: 1 di 3.%0AAttenzione: se il \
         PIN è sbagliato, la carta si blocca e serve il PUK.%0ALe prime 4 cifre sono sulla ricevuta della richiesta della \
         carta, le altre 4 nella lettera arrivata con la carta, se non le hai cambiate.%0AScrivi il PIN della carta (8 \
         cifre).%0AHai 90 secondi: poi la richiesta finisce e non si perde nessun tentativo.",
        "GETPIN",
    ] {
        assert!(lines.contains(&line), "{line}\n{heard}");
    }
    assert!(
        heard.contains("OPTION ttyname=/") && heard.contains("OPTION ttytype="),
        "{heard}"
    );
    for never in ["cache", "SETREPEAT", "SETKEYINFO", "QUALITY"] {
        assert!(!heard.contains(never), "{heard}");
    }
    assert_eq!(played.wrote("arguments").trim(), "0");
    let own: Vec<String> = env::vars().map(|(name, _)| name).collect();
    let foreign = |line: &&str| {
        let name = line.split('=').next().unwrap_or_default();
        !own.iter().any(|own| own == name) && !["PWD", "OLDPWD", "SHLVL", "_"].contains(&name)
    };
    let environment = played.wrote("environment");
    assert_eq!(environment.lines().find(foreign), None, "{environment}");
}

#[test]
fn a_description_that_is_too_long_for_a_line_is_cut_at_a_character() {
    let long: &str = "è".repeat(2000).leak();
    let line = assuan::request("SETDESC", long);
    assert!(
        line.len() <= assuan::LINE_BYTES_MAX && line.ends_with("è…\n"),
        "{}",
        line.len()
    );
    assert_eq!(assuan::request("GETPIN", ""), "GETPIN\n");
    assert_eq!(
        assuan::request("SETDESC", "a\nb%\u{1b}\\"),
        "SETDESC a%0Ab%25?%5C\n"
    );
}

/// Whatever those who ask, the card, and the reader call themselves.
#[test]
fn what_others_wrote_crowds_out_nothing_that_is_said_in_a_window() {
    for text in ["%", "\\", "è", "字", "\u{1F600}", "a"].map(|character| character.repeat(500)) {
        let said = [Locale::Italian, Locale::English].map(|locale| crowded(locale, &text));
        for (line, last_try) in said.into_iter().flatten() {
            assert!(!line.ends_with("…\n"), "{line}");
            assert!(line.contains(&last_try), "{line}");
        }
    }
    let plain = "a".repeat(80);
    let line = crowded(Locale::Italian, &plain).remove(0).0;
    assert_eq!(
        line.matches(&plain).count(),
        4,
        "80 characters are shown whole: {line}"
    );
}

/// The longest descriptions of each secret, with this text wherever others may write, and the warning that must stand in each.
fn crowded(locale: Locale, text: &str) -> Vec<(String, String)> {
    let messages = Messages::new(locale);
    let title = Title {
        it: text.to_owned(),
        en: text.to_owned(),
    };
    let reader = ReaderName::new(text);
    let pins = [PinId::User, PinId::Signature];
    let secrets = pins
        .map(CardSecret::Pin)
        .into_iter()
        .chain(pins.map(CardSecret::Puk));
    let lines = |secret| {
        let mut card = asking(|_| (), |question| question.card.clone());
        (card.title_it, card.title_en) = (text.to_owned(), text.to_owned());
        let said = asking(
            |_| (),
            |question| {
                let mut question = *question;
                (question.audience, question.service, question.reader) = (text, Some(&title), &reader);
                (question.card, question.secret, question.form) = (&card, secret, HALVES);
                (question.tries_left, question.tries_max) = (Some(TriesLeft::Known(1)), Some(10));
                question::lines(&question, &messages, Face::Window(Duration::from_secs(3600)))
            },
        );
        let warning = question::before_sending(secret, TriesLeft::Known(1), &messages).remove(1);
        (assuan::request("SETDESC", &said.join("\n")), warning)
    };
    secrets.map(lines).collect()
}

#[test]
fn only_the_last_try_asks_for_a_click_before_the_value_is_sent() {
    let played = Played::new("plain");
    let mut entry = played.entry();
    for tries in [TriesLeft::Known(2), TriesLeft::Unknown] {
        entry.before_sending(CardSecret::USER_PIN, tries).unwrap();
        assert_eq!(played.wrote("heard"), "");
    }
    entry
        .before_sending(CardSecret::USER_PIN, TriesLeft::Known(1))
        .unwrap();
    let heard = played.wrote("heard");
    assert!(
        heard.contains("SETDESC La carta dice: resta 1 tentativo.%0AAttenzione")
            && heard.contains("\nCONFIRM\n"),
        "{heard}"
    );
    let played = Played::new("cancelling");
    let refused = played
        .entry()
        .before_sending(CardSecret::USER_PIN, TriesLeft::Known(1));
    assert_eq!(refused.unwrap_err(), EntryError::Cancelled);
}
