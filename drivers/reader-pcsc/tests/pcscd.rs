//! Claims about links, held against a real pcscd with vpcd: what is there, what passes, what other programs
//! and the world can do meanwhile.
//!
//! Not here: the journey of a login, and cards that mean something.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing claim is to stop"
)]

mod process;
mod rig;

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rig::{
    ATR, GRANT, HOLD, IS_GRANTED, LONG, OTHER_ATR, PATIENCE, PlayedCard, Seen, claim, claim_with, reader,
};
use varco_apdu::Atr;
use varco_card::{
    CardLink, CardPresence, Disposition, ExtendedLength, LinkError, PinPad, ReaderDriver, ReaderEvent,
    ReaderName, ReaderWatch,
};
use varco_reader_pcsc::{Daemon, PcscReaders, Socket, diagnose, other_programs};
use varco_testkit::pcscd::PrivatePcscd;
use varco_testkit::unpluggable::UnpluggableReader;

fn readers() -> PcscReaders {
    PcscReaders::default()
}

fn atr() -> Atr {
    Atr::new(&ATR).unwrap()
}

fn next(watch: &mut Box<dyn ReaderWatch>) -> ReaderEvent {
    watch.next(PATIENCE).unwrap().unwrap()
}

/// Inserts a card in slot 0 and waits until the service has seen it.
fn insert(service: &PrivatePcscd) -> PlayedCard {
    let mut watch = readers().watch().unwrap();
    let card = PlayedCard::insert(service, 0, &ATR);
    while next(&mut watch) != ReaderEvent::CardInserted(reader(0), atr()) {}
    card
}

fn connect() -> Box<dyn CardLink> {
    readers().connect(&reader(0), PATIENCE).unwrap()
}

/// A link in a transaction on a card that has granted something.
fn granted() -> Box<dyn CardLink> {
    let mut link = connect();
    link.begin(PATIENCE).unwrap();
    assert_eq!(*link.transmit(&GRANT).unwrap(), [0x90, 0x00]);
    link
}

/// Whether the card still grants it to whoever asks in a transaction.
fn is_granted(link: &mut dyn CardLink) -> bool {
    link.transmit(&IS_GRANTED).unwrap()[0] == 1
}

/// Begins, asks, and leaves the card as it is.
fn is_granted_to(link: &mut dyn CardLink) -> bool {
    link.begin(PATIENCE).unwrap();
    let granted = is_granted(link);
    link.end(Disposition::Leave).unwrap();
    granted
}

#[test]
fn readers_are_listed_with_what_lies_in_them() {
    claim("readers_are_listed_with_what_lies_in_them", |service| {
        let _card = insert(service);
        let listed = readers().readers().unwrap();
        assert_eq!(listed.len(), 2);
        assert_eq!(listed[0].name, reader(0));
        assert_eq!(listed[0].card, CardPresence::Present(atr()));
        assert_eq!(listed[1].card, CardPresence::Absent);
    });
}

#[test]
fn a_watch_tells_first_what_is_there_and_then_what_changes() {
    claim(
        "a_watch_tells_first_what_is_there_and_then_what_changes",
        |service| {
            let first = insert(service);
            let mut watch = readers().watch().unwrap();
            assert_eq!(next(&mut watch), ReaderEvent::ReaderAdded(reader(0)));
            assert_eq!(next(&mut watch), ReaderEvent::ReaderAdded(reader(1)));
            assert_eq!(next(&mut watch), ReaderEvent::CardInserted(reader(0), atr()));
            assert_eq!(watch.next(Duration::ZERO), Ok(None));

            first.remove();
            assert_eq!(next(&mut watch), ReaderEvent::CardRemoved(reader(0)));
            let _second = PlayedCard::insert(service, 1, &ATR);
            assert_eq!(next(&mut watch), ReaderEvent::CardInserted(reader(1), atr()));
        },
    );
}

#[test]
fn a_card_changed_between_two_looks_is_told_as_removal_and_insertion() {
    claim(
        "a_card_changed_between_two_looks_is_told_as_removal_and_insertion",
        |service| {
            let card = insert(service);
            let mut watch = readers().watch().unwrap();
            while next(&mut watch) != ReaderEvent::CardInserted(reader(0), atr()) {}
            let mut other = readers().watch().unwrap();
            while next(&mut other) != ReaderEvent::CardInserted(reader(0), atr()) {}
            card.remove();
            while next(&mut other) != ReaderEvent::CardRemoved(reader(0)) {}
            let _card = insert(service);
            assert_eq!(next(&mut watch), ReaderEvent::CardRemoved(reader(0)));
            assert_eq!(next(&mut watch), ReaderEvent::CardInserted(reader(0), atr()));
        },
    );
}

#[test]
fn a_card_that_does_not_answer_to_reset_is_mute() {
    claim("a_card_that_does_not_answer_to_reset_is_mute", |service| {
        let mut watch = readers().watch().unwrap();
        let _card = PlayedCard::insert(service, 0, &[0x3B]);
        while next(&mut watch) != ReaderEvent::CardMute(reader(0)) {}
        assert_eq!(readers().readers().unwrap()[0].card, CardPresence::Mute);
        let refused = readers().connect(&reader(0), PATIENCE);
        assert_eq!(refused.err(), Some(LinkError::CardMute));
    });
}

#[test]
fn an_empty_reader_and_an_unknown_one_are_told_apart() {
    claim("an_empty_reader_and_an_unknown_one_are_told_apart", |_| {
        let no_card = readers().connect(&reader(1), PATIENCE);
        assert_eq!(no_card.err(), Some(LinkError::NoCard));
        let no_reader = readers().connect(&ReaderName::new("None"), PATIENCE);
        assert_eq!(no_reader.err(), Some(LinkError::NoReader));
    });
}

#[test]
fn the_longest_answer_passes_whole() {
    claim("the_longest_answer_passes_whole", |service| {
        let _card = insert(service);
        let mut link = connect();
        assert_eq!((link.reader(), link.atr()), (&reader(0), &atr()));
        // vpcd of this version does not say what fits through it.
        assert_eq!(link.limits().extended_length, ExtendedLength::Unknown);
        assert_eq!(link.limits().pin_pad, PinPad::Absent);
        link.begin(PATIENCE).unwrap();
        let answer = link.transmit(&LONG).unwrap();
        assert_eq!(answer.len(), 65_535);
        assert!(answer.iter().take(65_533).all(|byte| *byte == 0xA5));
        link.end(Disposition::Leave).unwrap();
        link.close(Disposition::Leave).unwrap();
    });
}

#[test]
fn nothing_is_sent_outside_a_transaction() {
    claim("nothing_is_sent_outside_a_transaction", |service| {
        let card = insert(service);
        let mut link = connect();
        assert_eq!(link.transmit(&GRANT).unwrap_err().code(), "link-protocol");
        assert!(!card.seen_so_far().contains(&Seen::Command(GRANT[1])));
    });
}

#[test]
fn a_card_pulled_out_during_a_command_is_removed_and_its_link_is_dead() {
    claim(
        "a_card_pulled_out_during_a_command_is_removed_and_its_link_is_dead",
        |service| {
            let card = insert(service);
            let mut link = granted();
            let before = link.epoch();
            let remover = std::thread::spawn(move || {
                card.await_seen(Seen::Command(HOLD[1]));
                card.remove();
            });
            assert_eq!(link.transmit(&HOLD), Err(LinkError::CardRemoved));
            remover.join().unwrap();
            assert!(link.epoch() > before);
            assert!(link.transmit(&IS_GRANTED).is_err());
        },
    );
}

#[test]
fn the_link_of_a_removed_card_leaves_the_next_card_alone() {
    claim(
        "the_link_of_a_removed_card_leaves_the_next_card_alone",
        |service| {
            let first = insert(service);
            let mut old = connect();
            let mut watch = readers().watch().unwrap();
            first.remove();
            while next(&mut watch) != ReaderEvent::CardRemoved(reader(0)) {}
            let second = insert(service);
            let mut new = granted();
            new.end(Disposition::Leave).unwrap();
            second.seen_so_far();

            assert_eq!(old.begin(PATIENCE), Err(LinkError::CardRemoved));
            drop(old);
            assert!(is_granted_to(new.as_mut()));
            assert!(!second.seen_so_far().contains(&Seen::Reset));
        },
    );
}

#[test]
fn a_transaction_of_another_program_makes_us_busy_and_is_not_disturbed() {
    claim(
        "a_transaction_of_another_program_makes_us_busy_and_is_not_disturbed",
        |service| {
            let card = insert(service);
            let mut ours = connect();
            let mut theirs = granted();
            let wait = Duration::from_millis(600);
            let begun = Instant::now();
            assert_eq!(ours.begin(wait), Err(LinkError::ReaderBusy));
            let late = readers().connect(&reader(0), wait);
            assert_eq!(late.err(), Some(LinkError::ReaderBusy));
            assert!(begun.elapsed() < PATIENCE);
            drop(ours);

            assert!(is_granted(theirs.as_mut()));
            theirs.end(Disposition::Leave).unwrap();
            // Those who came too late get the card now and give it back as it is.
            assert!(is_granted_to(theirs.as_mut()));
            assert!(!card.seen_so_far().contains(&Seen::Reset));
            theirs.close(Disposition::Leave).unwrap();
            let mut again = connect();
            again.begin(PATIENCE).unwrap();
        },
    );
}

#[test]
fn a_reset_by_another_program_is_told_once_and_raises_the_epoch() {
    claim(
        "a_reset_by_another_program_is_told_once_and_raises_the_epoch",
        |service| {
            let _card = insert(service);
            let mut ours = connect();
            let before = ours.epoch();
            let mut theirs = granted();
            theirs.end(Disposition::Reset).unwrap();
            assert_eq!(ours.begin(PATIENCE), Err(LinkError::CardReset));
            assert!(ours.epoch() > before);
            let after = ours.epoch();
            assert!(!is_granted_to(ours.as_mut()));
            assert_eq!(ours.epoch(), after);
        },
    );
}

#[test]
fn our_own_reset_is_not_told_back_to_us() {
    claim("our_own_reset_is_not_told_back_to_us", |service| {
        let _card = insert(service);
        let mut link = granted();
        let before = link.epoch();
        link.end(Disposition::Reset).unwrap();
        assert!(link.epoch() > before);
        assert!(!is_granted_to(link.as_mut()));
    });
}

#[test]
fn a_foreign_reset_after_our_own_is_told() {
    claim("a_foreign_reset_after_our_own_is_told", |service| {
        let _card = insert(service);
        let mut ours = granted();
        ours.end(Disposition::Reset).unwrap();
        let mut theirs = granted();
        theirs.end(Disposition::Reset).unwrap();
        assert_eq!(ours.begin(PATIENCE), Err(LinkError::CardReset));
    });
}

/// The service keeps one word for each connection, and a reset overwrites a removal.
#[test]
fn a_card_exchanged_and_reset_by_another_program_after_our_own_reset_is_told() {
    claim(
        "a_card_exchanged_and_reset_by_another_program_after_our_own_reset_is_told",
        |service| {
            let first = insert(service);
            let mut ours = granted();
            ours.end(Disposition::Reset).unwrap();
            let mut watch = readers().watch().unwrap();
            first.remove();
            while next(&mut watch) != ReaderEvent::CardRemoved(reader(0)) {}
            let _second = PlayedCard::insert(service, 0, &OTHER_ATR);
            let inserted = ReaderEvent::CardInserted(reader(0), Atr::new(&OTHER_ATR).unwrap());
            while next(&mut watch) != inserted {}
            connect().close(Disposition::Reset).unwrap();
            assert_eq!(ours.begin(PATIENCE), Err(LinkError::CardRemoved));
            // Final: the link is of the card that was.
            assert_eq!(ours.begin(PATIENCE), Err(LinkError::CardRemoved));
        },
    );
}

#[test]
fn a_reset_inside_a_transaction_keeps_the_card_ours() {
    claim("a_reset_inside_a_transaction_keeps_the_card_ours", |service| {
        let _card = insert(service);
        let mut link = granted();
        let before = link.epoch();
        link.reset().unwrap();
        assert!(link.epoch() > before);
        assert!(!is_granted(link.as_mut()));
        let busy = readers().connect(&reader(0), Duration::ZERO);
        assert_eq!(busy.err(), Some(LinkError::ReaderBusy));
        link.end(Disposition::Leave).unwrap();
    });
}

#[test]
fn leaving_a_card_keeps_what_it_granted_to_others() {
    claim("leaving_a_card_keeps_what_it_granted_to_others", |service| {
        let _card = insert(service);
        let mut theirs = connect();
        let mut ours = granted();
        ours.end(Disposition::Leave).unwrap();
        ours.close(Disposition::Leave).unwrap();
        assert!(is_granted_to(theirs.as_mut()));
        // Closed within the transaction, too.
        let mut ours = connect();
        ours.begin(PATIENCE).unwrap();
        ours.close(Disposition::Leave).unwrap();
        assert!(is_granted_to(theirs.as_mut()));
    });
}

#[test]
fn a_dropped_link_leaves_the_card_reset_inside_and_outside_a_transaction() {
    claim(
        "a_dropped_link_leaves_the_card_reset_inside_and_outside_a_transaction",
        |service| {
            let _card = insert(service);
            let mut theirs = connect();
            drop(granted());
            assert_eq!(theirs.begin(PATIENCE), Err(LinkError::CardReset));
            assert!(!is_granted_to(theirs.as_mut()));

            let mut ours = granted();
            ours.end(Disposition::Leave).unwrap();
            drop(ours);
            assert_eq!(theirs.begin(PATIENCE), Err(LinkError::CardReset));
            assert!(!is_granted_to(theirs.as_mut()));
        },
    );
}

#[test]
fn a_card_that_never_answers_times_out_and_is_reset_when_it_does() {
    claim(
        "a_card_that_never_answers_times_out_and_is_reset_when_it_does",
        |service| {
            let card = insert(service);
            let mut theirs = connect();
            let impatient = readers().with_command_timeout(Duration::from_millis(300));
            let mut link = impatient.connect(&reader(0), PATIENCE).unwrap();
            link.begin(PATIENCE).unwrap();
            link.transmit(&GRANT).unwrap();
            let before = link.epoch();
            assert_eq!(link.transmit(&HOLD).unwrap_err().code(), "link-timed-out");
            assert!(link.epoch() > before);
            // The link is of no further use, and says so without waiting.
            assert_eq!(link.transmit(&IS_GRANTED).unwrap_err().code(), "link-timed-out");
            assert_eq!(link.end(Disposition::Reset).unwrap_err().code(), "link-timed-out");
            drop(link);

            card.release();
            assert_eq!(theirs.begin(PATIENCE), Err(LinkError::CardReset));
            assert!(!is_granted_to(theirs.as_mut()));
            let held = Seen::Command(HOLD[1]);
            assert_eq!(card.seen_so_far().iter().filter(|seen| **seen == held).count(), 1);
        },
    );
}

#[test]
fn a_service_that_dies_is_told_by_every_face_and_found_again_after_a_restart() {
    claim(
        "a_service_that_dies_is_told_by_every_face_and_found_again_after_a_restart",
        |service| {
            let card = insert(service);
            let mut link = granted();
            let mut watch = readers().watch().unwrap();
            while watch.next(Duration::ZERO).unwrap().is_some() {}
            let before = link.epoch();
            service.stop().unwrap();

            assert_eq!(link.transmit(&IS_GRANTED), Err(LinkError::NoService));
            assert!(link.epoch() > before);
            assert_eq!(watch.next(PATIENCE), Err(LinkError::NoService));
            assert_eq!(readers().readers(), Err(LinkError::NoService));
            let refused = readers().connect(&reader(0), PATIENCE);
            assert_eq!(refused.err(), Some(LinkError::NoService));
            card.remove();

            service.restart().unwrap();
            assert_eq!(readers().readers().unwrap().len(), 2);
            assert_eq!(link.begin(PATIENCE), Err(LinkError::NoService));
            let _card = insert(service);
            assert!(!is_granted_to(connect().as_mut()));
        },
    );
}

#[test]
fn a_service_that_dies_during_a_command_is_no_service() {
    claim("a_service_that_dies_during_a_command_is_no_service", |service| {
        let card = insert(service);
        let mut link = granted();
        let command = std::thread::spawn(move || link.transmit(&HOLD));
        card.await_seen(Seen::Command(HOLD[1]));
        service.stop().unwrap();
        assert_eq!(command.join().unwrap(), Err(LinkError::NoService));
    });
}

#[test]
fn the_diagnosis_names_what_is_there_and_what_is_missing() {
    claim(
        "the_diagnosis_names_what_is_there_and_what_is_missing",
        |service| {
            let alive = diagnose();
            assert_eq!((alive.socket, alive.daemon), (Socket::Open, Daemon::Running));
            assert!(
                alive.drivers.iter().any(|driver| driver == "libifdvpcd.so"),
                "{alive:?}"
            );
            assert_eq!(alive.readers.unwrap().len(), 2);

            service.stop().unwrap();
            let dead = diagnose();
            assert_eq!(dead.socket, Socket::Absent);
            assert_eq!(dead.readers, Err(LinkError::NoService));
        },
    );
}

#[test]
fn a_reader_that_is_unplugged_is_gone_for_every_face() {
    let cable = std::cell::OnceCell::new();
    claim_with(
        "a_reader_that_is_unplugged_is_gone_for_every_face",
        || {
            let cable = cable.get_or_init(|| UnpluggableReader::new().unwrap());
            PrivatePcscd::start_with(&cable.configuration()).unwrap()
        },
        |_| {
            let name = ReaderName::new(&format!("{} 00 00", varco_testkit::unpluggable::READER_NAME));
            let mut watch = readers().watch().unwrap();
            assert_eq!(next(&mut watch), ReaderEvent::ReaderAdded(name.clone()));
            assert_eq!(next(&mut watch), ReaderEvent::CardInserted(name.clone(), atr()));
            let mut idle = readers().connect(&name, PATIENCE).unwrap();
            let mut busy = readers().connect(&name, PATIENCE).unwrap();
            busy.begin(PATIENCE).unwrap();
            assert_eq!(busy.transmit(&GRANT).unwrap()[..], [0x90, 0x00]);
            let before = busy.epoch();

            cable.get().unwrap().unplug().unwrap();
            assert_eq!(busy.transmit(&GRANT), Err(LinkError::ReaderGone));
            assert!(busy.epoch() > before);
            assert_eq!(idle.begin(PATIENCE), Err(LinkError::ReaderGone));
            // What the service makes of the card until it sees that the reader is gone differs from run to run.
            while next(&mut watch) != ReaderEvent::ReaderGone(name.clone()) {}
            // This build of the service forgets only the names of readers on USB. No face of ours tells them on.
            assert_eq!(readers().readers(), Ok(Vec::new()));
            let late = readers().connect(&name, PATIENCE).err().unwrap();
            assert!(
                matches!(late, LinkError::ReaderGone | LinkError::NoReader),
                "{late:?}"
            );
        },
    );
}

#[test]
fn two_cards_at_once_are_spoken_to_at_once() {
    claim("two_cards_at_once_are_spoken_to_at_once", |service| {
        let mut watch = readers().watch().unwrap();
        let first = PlayedCard::insert(service, 0, &ATR);
        let second = PlayedCard::insert(service, 1, &OTHER_ATR);
        let mut inserted = std::collections::BTreeSet::new();
        while inserted.len() < 2 {
            if let ReaderEvent::CardInserted(name, _) = next(&mut watch) {
                inserted.insert(name);
            }
        }
        let link = |slot| readers().connect(&reader(slot), PATIENCE).unwrap();
        let (mut one, mut other) = (link(0), link(1));
        one.begin(PATIENCE).unwrap();
        other.begin(PATIENCE).unwrap();
        // The first card is in the middle of a command while the second answers.
        let waiting = std::thread::spawn(move || {
            let answer = one.transmit(&HOLD);
            (one, answer)
        });
        while !matches!(first.seen.recv_timeout(PATIENCE).unwrap(), Seen::Command(0x06)) {}
        assert!(!is_granted(other.as_mut()));
        assert_eq!(other.transmit(&GRANT).unwrap()[..], [0x90, 0x00]);
        assert!(is_granted(other.as_mut()));
        first.release();
        let (mut one, answer) = waiting.join().unwrap();
        assert_eq!(answer.unwrap()[..], [0x90, 0x00]);
        // What one granted is not granted by the other, and a card pulled out takes nothing from its neighbour.
        assert!(!is_granted(one.as_mut()));
        drop(first);
        assert!(one.transmit(&GRANT).is_err());
        assert!(is_granted(other.as_mut()));
        drop(second);
    });
}

/// What the next claim's other program does: holds the card until its input ends.
#[test]
fn another_program() {
    if std::env::var_os(HOLDING).is_none() {
        return;
    }
    let mut link = connect();
    link.begin(PATIENCE).unwrap();
    println!("holding");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    link.end(Disposition::Leave).unwrap();
    link.close(Disposition::Leave).unwrap();
}

const HOLDING: &str = "VARCO_TEST_HOLDING";

#[test]
fn the_program_that_holds_the_card_is_named_and_waited_for_no_longer_than_asked() {
    claim(
        "the_program_that_holds_the_card_is_named_and_waited_for_no_longer_than_asked",
        |service| {
            let _card = insert(service);
            let mut ours = connect();
            let mut other = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "another_program", "--nocapture", "--test-threads=1"])
                .env(HOLDING, "1")
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut said = BufReader::new(other.stdout.take().unwrap()).lines();
            while !said.next().unwrap().unwrap().contains("holding") {}

            let named = other_programs();
            let found = named.iter().find(|program| program.pid == other.id()).unwrap();
            assert!(found.name.starts_with("pcscd-"), "{named:?}");
            assert!(named.iter().all(|program| program.pid != std::process::id()));
            assert_eq!(ours.begin(Duration::from_millis(300)), Err(LinkError::ReaderBusy));

            // Whoever waits longer than the other holds it gets it.
            let waiting = std::thread::spawn(|| {
                let mut link = connect();
                let begun = link.begin(PATIENCE);
                (link, begun)
            });
            other.stdin.take().unwrap().write_all(b"enough\n").unwrap();
            assert!(other.wait().unwrap().success());
            let (_link, begun) = waiting.join().unwrap();
            assert_eq!(begun, Ok(()));
            assert!(other_programs().iter().all(|program| program.pid != other.id()));
        },
    );
}
