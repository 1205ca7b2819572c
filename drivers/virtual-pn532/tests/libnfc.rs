//! libnfc's own programs at the virtual PN532.
//!
//! Not here: varco's driver (`reader-nfc`).
#![allow(clippy::unwrap_used, reason = "test code: what fails here fails the test")]

use std::path::PathBuf;
use std::process::Command;
use std::thread::{JoinHandle, spawn};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use varco_emulator::PlayedCard;
use varco_virtual_cie::Profile;
use varco_virtual_pn532::{Board, BoardControl, CardType, LineFault, LinkSpeed, SlotEvent};

/// A board that runs; dropping it ends it.
struct Rig {
    folder: TempDir,
    control: BoardControl,
    thread: Option<JoinHandle<()>>,
}

fn card() -> Box<dyn PlayedCard> {
    let profile = Profile::builtin("cie-nxp").unwrap();
    Box::new(profile.into_card())
}

impl Rig {
    fn new(card_type: CardType) -> Self {
        Self::watched(card_type, |_, _| {})
    }

    fn watched(card_type: CardType, watcher: impl Fn(SlotEvent, &BoardControl) + Send + 'static) -> Self {
        let folder = TempDir::new().unwrap();
        let mut board =
            Board::open(&folder.path().join("pn532"), card(), card_type, LinkSpeed::NONE).unwrap();
        let control = board.control();
        let hand = control.clone();
        let thread = spawn(move || board.run(&mut |event| watcher(event, &hand)).unwrap());
        Self {
            folder,
            control,
            thread: Some(thread),
        }
    }

    fn link(&self) -> PathBuf {
        self.folder.path().join("pn532")
    }

    /// What a program of libnfc says about this reader.
    fn says(&self, program: &str, arguments: &[&str]) -> String {
        let output = Command::new(program)
            .args(arguments)
            .current_dir(self.folder.path())
            .env("LIBNFC_DEVICE", format!("pn532_uart:{}", self.link().display()))
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        String::from_utf8_lossy(&text).into_owned()
    }
}

fn until(is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(20));
        std::thread::yield_now();
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.control.stop();
        self.thread.take().unwrap().join().unwrap();
        assert!(std::fs::symlink_metadata(self.link()).is_err(), "the link stays");
    }
}

#[test]
fn nfc_list_sees_the_card_of_either_type_and_an_empty_field() {
    let rig = Rig::new(CardType::A);
    let said = rig.says("nfc-list", &["-v"]);
    for part in [
        "1 ISO14443A passive target(s) found",
        "SAK (SEL_RES): 20",
        "49  54  4e  58  50",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    rig.control.remove();
    let said = rig.says("nfc-list", &["-v"]);
    assert!(said.contains("0 ISO14443A passive target(s) found"), "{said}");
    let rig = Rig::new(CardType::B);
    let said = rig.says("nfc-list", &["-v"]);
    assert!(said.contains("1 ISO14443B passive target(s) found"), "{said}");
}

#[test]
fn nfc_poll_sees_a_card_come_and_leave() {
    // Once it was seen it is taken away.
    let rig = Rig::watched(CardType::A, |event, control| {
        if event == SlotEvent::PowerOn {
            control.remove();
        }
    });
    rig.control.remove();
    let control = rig.control.clone();
    let hand = spawn(move || {
        // The program may find the card there, or see it come.
        std::thread::sleep(Duration::from_millis(300));
        control.insert();
    });
    let said = rig.says("nfc-poll", &[]);
    hand.join().unwrap();
    for part in [
        "ISO/IEC 14443A (106 kbps) target",
        "Waiting for card removing",
        "done",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn nfc_scan_device_names_the_chip() {
    let rig = Rig::new(CardType::A);
    let said = rig.says("nfc-scan-device", &["-v"]);
    for part in [
        "1 NFC device(s) found",
        "chip: PN532 v1.6",
        "ISO/IEC 14443-4B (106 kbps)",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

/// Programs for tags of other kinds, and what they say at an identity card.
const OF_OTHER_TAGS: &[(&str, &[&str], &str)] = &[
    ("nfc-jewel", &["r", "dump"], "no tag was found"),
    (
        "nfc-mfultralight",
        &["r", "dump"],
        "tag is not a MIFARE Ultralight card",
    ),
    (
        "nfc-mfclassic",
        &["r", "a", "u", "dump"],
        "failed to read trailer block",
    ),
    (
        "nfc-read-forum-tag3",
        &["-o", "dump"],
        "nfc_initiator_select_passive_target",
    ),
    ("nfc-barcode", &[], "NFC reader: user defined device opened"),
    (
        "nfc-list",
        &["-v", "-t", "8"],
        "0 ISO14443B passive target(s) found",
    ),
];

#[test]
fn programs_for_other_tags_find_none_and_leave_the_reader_well() {
    let rig = Rig::new(CardType::A);
    for (program, arguments, expected) in OF_OTHER_TAGS {
        let said = rig.says(program, arguments);
        assert!(said.contains(expected), "{program}: {said}");
        let said = rig.says("nfc-list", &["-t", "1"]);
        assert!(
            said.contains("1 ISO14443A passive target(s) found"),
            "{program}: {said}"
        );
    }
}

#[test]
fn a_reader_that_is_pulled_out_is_gone_until_it_is_plugged_in_again() {
    let rig = Rig::new(CardType::A);
    rig.control.set_line_fault(Some(LineFault::HangUp.for_good()));
    until(|| !rig.link().exists());
    let said = rig.says("nfc-list", &[]);
    assert!(said.contains("Unable to open NFC device"), "{said}");
    rig.control.set_line_fault(None);
    until(|| rig.link().exists());
    let said = rig.says("nfc-list", &[]);
    assert!(said.contains("1 ISO14443A passive target(s) found"), "{said}");
}

#[test]
fn a_path_that_is_taken_or_that_libnfc_does_not_take_is_refused() {
    let rig = Rig::new(CardType::A);
    let again = Board::open(&rig.link(), card(), CardType::A, LinkSpeed::NONE);
    assert_eq!(again.err().unwrap().code(), "pn532-link-taken");
    let colon = rig.folder.path().join("pn:532");
    let colon = Board::open(&colon, card(), CardType::A, LinkSpeed::NONE);
    assert_eq!(colon.err().unwrap().code(), "pn532-link-form");
    // A link that a killed program left behind is in nobody's way.
    let dead = rig.folder.path().join("dead");
    std::os::unix::fs::symlink("/dev/pts/99999", &dead).unwrap();
    Board::open(&dead, card(), CardType::A, LinkSpeed::NONE).unwrap();
}
