//! Logins through the real libnfc, at a virtual PN532.
//!
//! Not here: readers that are faulty (`nfc_faults`).
#![allow(clippy::unwrap_used, reason = "test code: what fails here fails the test")]

use core::time::Duration;
use std::path::Path;

use varco::played::Profile;
use varco::played::pn532::CardType;
use varco::steps::{Attendance, Disposition, LinkError, Pin, ReaderDriver as _, ReaderEvent, ReaderWatch};
use varco::{EntryError, PinEntry, PinQuestion};
use varco_card::ExtendedLength;
use varco_scenario::identity::{FAMILIES, PIN, WRONG, card, code, options, stage};
use varco_scenario::nfc::Field;
use varco_scenario::{Stage, Typed, fixtures};

#[test]
fn every_family_logs_in_by_type_a_and_by_type_b() {
    let options = options();
    for profile in FAMILIES {
        for card_type in [CardType::A, CardType::B] {
            let field = Field::with(card(profile), card_type);
            let report = field.login(&options, PIN).unwrap();
            assert_eq!(code(&report), "identified", "{profile} {card_type:?} {report:?}");
            assert!(!report.reset_failed && !field.is_powered(), "{profile}");
            let wrong = field.login(&options, WRONG).unwrap();
            assert_eq!(code(&wrong), "pin-wrong", "{profile} {card_type:?}");
            assert_eq!(field.tries(), 2);
        }
    }
}

/// As the shipped profile of the same mask, but the key's block goes in a chain: libnfc carries no extended length.
const CHAINING: &str = "long = \"chained\"";

#[test]
fn a_service_card_without_contacts_logs_in_where_it_takes_a_chain_and_else_is_sent_no_pin() {
    let folder = tempfile::tempdir().unwrap();
    let (card, makers) = (folder.path().join("card"), folder.path().join("makers"));
    std::fs::create_dir_all(&makers).unwrap();
    std::fs::create_dir_all(&card).unwrap();
    for file in std::fs::read_dir(fixtures("cards/cns-nfc-st2022")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), card.join(file.file_name())).unwrap();
    }
    let altered = |path: &Path, to: &Path, what: &str, by: &str| {
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.contains(what));
        std::fs::write(to, text.replace(what, by)).unwrap();
    };
    let toml = card.join("card.toml");
    altered(&toml, &toml, "chaining = false", "chaining = true");
    let shipped = fixtures("../drivers/card-cns/profiles/st-2022-nfc.toml");
    altered(
        &shipped,
        &makers.join("nfc.toml"),
        "long = \"extended\"",
        CHAINING,
    );
    let options = Stage::with("cns-st", ExtendedLength::Supported).options;
    let played = || Profile::from_dir(&card).unwrap().into_card();
    let field = Field::with(played(), CardType::A);
    for (varco, expected) in [
        (field.varco(), "command-too-long"),
        (field.varco().with_makers(&makers).unwrap(), "identified"),
    ] {
        let report = varco.login(&options, &mut Typed::new("12345")).unwrap();
        assert_eq!(code(&report), expected, "{report:?}");
        assert_eq!(report.pin.is_some_and(|pin| pin.sent), expected == "identified");
    }
}

#[test]
fn a_card_that_leaves_at_any_exchange_is_told_as_removed() {
    let options = options();
    let field = Field::of("cie-gemalto");
    let exchanges = field.login(&options, PIN).unwrap().exchanges;
    for exchange in 0..exchanges {
        field.control.remove_after(exchange.into());
        let report = field.login(&options, PIN).unwrap();
        assert_eq!(code(&report), "card-removed", "{exchange}");
        assert_eq!(field.tries(), 3);
        field.mend();
    }
    assert_eq!(code(&field.login(&options, PIN).unwrap()), "identified");
}

/// Someone who lifts the card while typing, and lays it or another one down.
struct Lifts<'f> {
    field: &'f Field,
    back: Option<&'static str>,
}

impl PinEntry for Lifts<'_> {
    fn attendance(&self) -> Attendance {
        Attendance::Attended
    }
    fn ask(&mut self, _: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        self.field.control.remove();
        if let Some(other) = self.back {
            if !other.is_empty() {
                let _ = self.field.control.replace(card(other));
            }
            // It is away while the PIN is typed, and comes back when its absence was seen.
            let control = self.field.control.clone();
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(700));
                control.insert();
            });
        }
        Ok(Pin::take_from(&mut PIN.as_bytes().to_vec()).unwrap())
    }
}

#[test]
fn a_card_may_leave_the_field_while_the_pin_is_typed_and_no_other_may_come_back() {
    for (back, expected) in [
        (Some(""), "identified"),
        // Of the same chip, and of another one.
        (Some("cie-minor"), "card-not-genuine"),
        (Some("cie-st"), "card-removed"),
        (None, "card-removed"),
    ] {
        let field = Field::of("cie-actalis");
        let mut person = Lifts { field: &field, back };
        let report = field.varco().login(&options(), &mut person).unwrap();
        assert_eq!(code(&report), expected, "{back:?}");
        assert_eq!(field.tries(), 3);
    }
}

#[test]
fn a_reader_is_for_one_program_at_a_time_and_who_holds_it_is_named() {
    let field = Field::of("cie-nxp");
    let readers = field.readers();
    let name = field.name();
    let held = readers.connect(&name, Duration::ZERO).unwrap();
    let other = field.readers();
    let by = vec![std::process::id()];
    assert_eq!(
        other.connect(&name, Duration::from_millis(300)).err(),
        Some(LinkError::ReaderHeld { by })
    );
    assert!(other.readers().unwrap()[0].card.is_in_use());
    // A login waits for it.
    let waits = std::thread::scope(|scope| {
        let waits = scope.spawn(|| code(&field.login(&options(), PIN).unwrap()));
        std::thread::sleep(Duration::from_millis(300));
        held.close(Disposition::Leave).unwrap();
        waits.join().unwrap()
    });
    assert_eq!(waits, "identified");
}

fn next(watch: &mut dyn ReaderWatch) -> Option<ReaderEvent> {
    watch.next(Duration::from_secs(20)).unwrap()
}

#[test]
fn cards_that_come_and_go_are_told_and_a_login_between_is_no_event() {
    let field = Field::of("cie-st");
    field.control.remove();
    let name = field.name();
    let atr = Profile::builtin("cie-st").unwrap().into_card().atr().clone();
    let mut watch = field.readers().watch().unwrap();
    assert_eq!(next(&mut *watch), Some(ReaderEvent::ReaderAdded(name.clone())));
    field.control.insert();
    assert_eq!(
        next(&mut *watch),
        Some(ReaderEvent::CardInserted(name.clone(), atr))
    );
    let held = field.readers().connect(&name, Duration::from_secs(9)).unwrap();
    assert_eq!(watch.next(Duration::from_millis(1_500)).unwrap(), None);
    held.close(Disposition::Leave).unwrap();
    field.control.remove();
    assert_eq!(next(&mut *watch), Some(ReaderEvent::CardRemoved(name)));
}

#[test]
fn every_profile_of_an_identity_card_fares_as_behind_any_other_reader() {
    let options = options();
    let profiles: Vec<&str> = Profile::names().filter(|name| name.starts_with("cie-")).collect();
    assert!(profiles.len() >= FAMILIES.len());
    for profile in profiles {
        let near = stage(profile, ExtendedLength::Unsupported).login(PIN).unwrap();
        for card_type in [CardType::A, CardType::B] {
            let field = Field::with(card(profile), card_type);
            let far = field.login(&options, PIN).unwrap();
            assert_eq!(code(&far), code(&near), "{profile} {card_type:?}");
            assert_eq!((far.exchanges, far.pin), (near.exchanges, near.pin), "{profile}");
            assert_eq!(far.reset_failed, near.reset_failed, "{profile}");
        }
    }
}

#[test]
fn an_answer_that_comes_in_parts_is_refused_and_the_next_session_is_good() {
    let field = Field::answering();
    let readers = field.readers();
    for (length, is_taken) in [
        (0, true),
        (255, true),
        (256, true),
        (257, false),
        (300, false),
        (1_024, false),
    ] {
        let mut link = readers.connect(&field.name(), Duration::ZERO).unwrap();
        let [p1, p2] = u16::to_be_bytes(length);
        let answer = link.transmit(&[0x00, 0xB0, p1, p2, 0x00, 0x04, 0x00]);
        match answer {
            Ok(answer) => assert_eq!((is_taken, answer.len()), (true, usize::from(length) + 2)),
            Err(error) => assert!(!is_taken, "{length}: {error}"),
        }
        // A link that failed is closed all the same.
        let _ = link.close(Disposition::Leave);
    }
}

#[test]
fn a_command_that_libnfc_would_overrun_is_refused_before_it() {
    let field = Field::of("cie-nxp");
    let name = field.name();
    let mut link = field.readers().connect(&name, Duration::ZERO).unwrap();
    for (length, fits) in [(261, true), (262, true), (263, false), (5_000, false)] {
        let mut command = vec![0; length];
        command[1] = 0x70;
        let outcome = link.transmit(&command);
        let refused = matches!(outcome, Err(LinkError::CommandTooLong { .. }));
        assert_eq!((outcome.is_ok(), refused), (fits, !fits), "{length}");
    }
    // What may have been spent is remembered, though nobody counts who lies there.
    assert_eq!(link.insertion().map(|insertion| insertion.count), Some(0));
    // Nothing was lost by it.
    assert!(link.transmit(&[0x00, 0x70, 0x00, 0x00]).is_ok());
    link.close(Disposition::Leave).unwrap();
}

/// Descriptors that this process has open.
fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

#[test]
fn a_thousand_openings_leave_nothing_behind() {
    let field = Field::of("cie-nxp");
    let readers = field.readers();
    let name = field.name();
    let mut before = 0;
    for opening in 0..1_000 {
        let link = readers.connect(&name, Duration::ZERO).unwrap();
        link.close(Disposition::Leave).unwrap();
        if opening == 10 {
            before = descriptors();
        }
    }
    // Other tests run beside this one.
    assert!(descriptors() < before + 50);
    let mut person = Typed::new(PIN);
    let report = field.varco().login(&options(), &mut person).unwrap();
    assert_eq!(code(&report), "identified");
}
