//! Tests of the person at the reader, by claim, with an eye and a terminal that are made up.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::sync::Arc;

use varco_messages::Locale;

use super::*;

const PATIENCE: Duration = Duration::from_secs(20);

/// Each look is the next of these; the last stays.
struct Script(Mutex<Vec<Seen>>);

impl Eye for Script {
    fn look(&self) -> Result<Seen, Hindrance> {
        let mut seen = self.0.lock().unwrap();
        Ok(if seen.len() > 1 { seen.remove(0) } else { seen[0] })
    }
}

struct Paper {
    shown: Arc<Mutex<Vec<String>>>,
    typed: Option<&'static str>,
}

impl Terminal for Paper {
    fn show(&mut self, line: &str) -> io::Result<()> {
        self.shown.lock().unwrap().push(line.to_owned());
        Ok(())
    }

    fn typed(&mut self) -> io::Result<Option<String>> {
        Ok(self.typed.take().map(str::to_owned))
    }
}

fn person(looks: &[Seen], typed: Option<&'static str>, limit: Duration) -> (Person, Arc<Mutex<Vec<String>>>) {
    let shown = Arc::new(Mutex::new(Vec::new()));
    let paper = Paper {
        shown: Arc::clone(&shown),
        typed,
    };
    let eye = Box::new(Script(Mutex::new(looks.to_vec())));
    let person = Person::new(Messages::shared(Locale::English))
        .at(Box::new(paper))
        .watching(eye, limit);
    (person, shown)
}

fn insert(person: &Person) -> Result<(), Hindrance> {
    let card = Wanted {
        name: "mario",
        profiles: &[],
        kinds: &[],
        serial: Some("6999"),
    };
    person.insert("ACS", card)
}

#[test]
fn a_person_is_believed_when_the_reader_sees_it_and_never_shown_digits() {
    use Seen::{Card, Nothing};
    let (person, shown) = person(&[Nothing, Nothing, Card], None, PATIENCE);
    insert(&person).unwrap();
    let digits = Zeroizing::new(b"8135".to_vec());
    person.press("ACS", Keys::Pin, Some(&digits)).unwrap();
    let shown = shown.lock().unwrap();
    assert!(shown[0].contains("mario") && shown[0].contains("6999") && shown[0].contains("ACS"));
    assert!(
        shown[2].contains("PIN") && !shown[2].contains("8135"),
        "{shown:?}"
    );
}

#[test]
fn a_person_may_give_up_or_not_come() {
    let (gives_up, _) = person(&[Seen::Nothing], Some("Q"), PATIENCE);
    assert_eq!(insert(&gives_up).unwrap_err().code(), "bench-rig-cancelled");
    let short = Duration::from_millis(120);
    let (absent, _) = person(&[Seen::Nothing], None, short);
    assert_eq!(insert(&absent).unwrap_err().code(), "bench-rig-card-unseen");
    let (puzzled, _) = person(&[Seen::Card], Some("what?"), short);
    assert_eq!(puzzled.remove("ACS").unwrap_err().code(), "bench-rig-card-stays");
}
