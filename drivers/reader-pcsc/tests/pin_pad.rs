//! Claims about entries on a reader's pin pad, held against the real pcscd and libccid, with a CNS played in a pin-pad
//! reader on a pseudo-terminal.
//!
//! Not here: whose PIN may be asked for when (`credential`), and what the bytes are (`pad`).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing claim is to stop"
)]

mod process;

use std::thread::sleep;
use std::time::{Duration, Instant};

use process::{in_own_process, use_service};
use varco_apdu::CommandApdu;
use varco_card::{
    CardLink, Disposition, LinkError, PadEntry, PadLanguage, PadTask, PinPad, Protocol, ReaderDriver,
    ReaderName,
};
use varco_emulator::{EntryEnd, EntryOf, KeypadEvent};
use varco_reader_pcsc::{PcscReaders, diagnose};
use varco_testkit::pin_pad::{PIN_PAD_NAME, PLAIN_NAME, PinPad as Rig};
use varco_virtual_ccid::{Entry, Model, PadFault, ReaderControl};
use varco_virtual_cns::Profile;

/// Longer than anything here takes; only ever reached by a failure.
const PATIENCE: Duration = Duration::from_secs(20);
const PIN: &str = "12345";
const PIN_REFERENCE: u8 = 0x10;
const PUK_REFERENCE: u8 = 0x11;
/// P2: the reference, to be looked for in the current folder and above [cns §3.2].
const P2: u8 = 0x80 | PIN_REFERENCE;

/// A card by T=1, and one by T=0.
const T1: &str = "cns-st";
const T0: &str = "cns-t0";

/// Runs a claim in a process of its own, with a pin-pad reader and this card in it.
fn claim(name: &str, profile: &str, body: impl FnOnce(&Rig, Box<dyn CardLink>)) {
    in_own_process(name, || {
        let card = Profile::builtin(profile).unwrap().into_card();
        let rig = Rig::start(Box::new(card), Model::PinPad).unwrap();
        use_service(rig.service());
        let reader = ReaderName::new(PIN_PAD_NAME);
        let link = PcscReaders::default().connect(&reader, PATIENCE).unwrap();
        body(&rig, link);
    });
}

fn entry(task: PadTask, template: CommandApdu) -> PadEntry {
    PadEntry {
        task,
        template,
        block_bytes: 8,
        length_min: 5,
        length_max: 8,
        timeout_s: 30,
        language: PadLanguage::Italian,
    }
}

fn verify() -> PadEntry {
    let template = CommandApdu::new(0, 0x20, 0, P2).with_data(&[0xFF; 8]);
    entry(PadTask::Verify, template)
}

/// Of the present value (or the PUK) and a new one.
fn modify(instruction: u8) -> PadEntry {
    let template = CommandApdu::new(0, instruction, 0, P2).with_data(&[0xFF; 16]);
    let task = PadTask::Modify {
        present_at: Some(0),
        new_at: 8,
    };
    entry(task, template)
}

fn change() -> PadEntry {
    modify(0x24)
}

fn unblock() -> PadEntry {
    modify(0x2C)
}

fn press(rig: &Rig, typed: &[&str]) {
    for keys in typed {
        assert!(rig.control().press(Entry::parse(keys).unwrap()));
    }
}

/// Makes an entry while the card is held, and gives the card back reset, as a transaction does.
fn enter(link: &mut dyn CardLink, entry: &PadEntry) -> Result<u16, LinkError> {
    link.begin(PATIENCE)?;
    let outcome = link.transmit_pad_entry(entry);
    let ended = link.end(Disposition::Reset);
    let status = u16::from_be_bytes((*outcome?).as_slice().try_into().unwrap());
    ended.map(|()| status)
}

fn tries(rig: &Rig, reference: u8) -> u8 {
    rig.control()
        .with_card(|card| card.snapshot().tries_left(reference).unwrap())
}

/// How many commands with this instruction the card has seen.
fn seen(rig: &Rig, instruction: u8) -> usize {
    rig.control().with_card(|card| card.log().count(instruction))
}

fn last_end(rig: &Rig) -> Option<EntryEnd> {
    rig.keypad_events()
        .into_iter()
        .rev()
        .find_map(|event| match event {
            KeypadEvent::Ended(end) => Some(end),
            _ => None,
        })
}

fn await_asking(control: &ReaderControl) {
    let begun = Instant::now();
    while !control.is_asking() {
        assert!(begun.elapsed() < PATIENCE, "the reader does not ask");
        sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_pin_pad_reader_says_what_it_does() {
    claim("a_pin_pad_reader_says_what_it_does", T1, |_, link| {
        assert_eq!(link.limits().pin_pad, PinPad::VerifyAndModify);
        let pads = diagnose().pads;
        assert_eq!(pads.len(), 1);
        assert_eq!(pads[0].reader.as_str(), PIN_PAD_NAME);
        assert_eq!(pads[0].pad.as_ref().unwrap().code(), "pin-pad-verify-and-modify");
    });
}

#[test]
fn a_plain_reader_has_no_pad_and_is_never_asked_for_an_entry() {
    in_own_process(
        "a_plain_reader_has_no_pad_and_is_never_asked_for_an_entry",
        || {
            let card = Profile::builtin(T1).unwrap().into_card();
            let rig = Rig::start(Box::new(card), Model::Plain).unwrap();
            use_service(rig.service());
            assert_eq!(diagnose().pads[0].pad.as_ref().unwrap().code(), "pin-pad-absent");
            let reader = ReaderName::new(PLAIN_NAME);
            let mut link = PcscReaders::default().connect(&reader, PATIENCE).unwrap();
            assert_eq!(link.limits().pin_pad, PinPad::Absent);
            assert_eq!(enter(&mut *link, &verify()), Err(LinkError::PinPadUnsupported));
            assert_eq!(seen(&rig, 0x20), 0);
        },
    );
}

#[test]
fn verify_reaches_a_card_by_t1_once_and_its_answer_comes_back() {
    claim(
        "verify_reaches_a_card_by_t1_once_and_its_answer_comes_back",
        T1,
        |rig, mut link| {
            assert_eq!(link.limits().protocol, Protocol::Apdu);
            press(rig, &[PIN]);
            assert_eq!(enter(&mut *link, &verify()), Ok(0x9000));
            let asked = KeypadEvent::Asked {
                of: EntryOf::Pin,
                digits_min: 5,
                digits_max: 8,
                timeout_s: 30,
                message: Some(0),
            };
            assert_eq!(rig.keypad_events(), [asked, KeypadEvent::Ended(EntryEnd::Typed)]);
            press(rig, &["54321"]);
            assert_eq!(enter(&mut *link, &verify()), Ok(0x6300));
            assert_eq!(seen(rig, 0x20), 2);
            assert_eq!(tries(rig, PIN_REFERENCE), 2);
        },
    );
}

#[test]
fn verify_reaches_a_card_by_t0_once_and_its_answer_comes_back() {
    claim(
        "verify_reaches_a_card_by_t0_once_and_its_answer_comes_back",
        T0,
        |rig, mut link| {
            assert_eq!(link.limits().protocol, Protocol::T0);
            press(rig, &[PIN]);
            assert_eq!(enter(&mut *link, &verify()), Ok(0x9000));
            press(rig, &["54321"]);
            assert_eq!(enter(&mut *link, &verify()), Ok(0x63C2));
            press(rig, &[PIN, "24680", "24680"]);
            assert_eq!(enter(&mut *link, &change()), Ok(0x9000));
            press(rig, &["24680"]);
            assert_eq!(enter(&mut *link, &verify()), Ok(0x9000));
            assert_eq!((seen(rig, 0x20), seen(rig, 0x24)), (3, 1));
        },
    );
}

#[test]
fn an_entry_that_ends_otherwise_costs_no_try_and_the_link_goes_on() {
    claim(
        "an_entry_that_ends_otherwise_costs_no_try_and_the_link_goes_on",
        T1,
        |rig, mut link| {
            for (keys, status) in [("cancel", 0x6401), ("timeout", 0x6400), ("1234", 0x6403)] {
                press(rig, &[keys]);
                assert_eq!(enter(&mut *link, &verify()), Ok(status), "{keys}");
            }
            press(rig, &[PIN, "24680", "24681"]);
            assert_eq!(enter(&mut *link, &change()), Ok(0x6402));
            assert_eq!((seen(rig, 0x20), seen(rig, 0x24)), (0, 0));
            assert_eq!(tries(rig, PIN_REFERENCE), 3);
            press(rig, &["12<2346<5"]);
            assert_eq!(enter(&mut *link, &verify()), Ok(0x9000));
        },
    );
}

#[test]
fn nobody_who_types_is_waited_for_longer_than_was_asked() {
    claim(
        "nobody_who_types_is_waited_for_longer_than_was_asked",
        T1,
        |rig, mut link| {
            let mut entry = verify();
            entry.timeout_s = 2;
            let begun = Instant::now();
            assert_eq!(enter(&mut *link, &entry), Ok(0x6400));
            assert!(begun.elapsed() >= Duration::from_secs(2));
            assert_eq!(last_end(rig), Some(EntryEnd::TimedOut));
            assert_eq!(seen(rig, 0x20), 0);
        },
    );
}

#[test]
fn a_pin_is_changed_and_unblocked_with_a_puk_on_the_pad() {
    claim(
        "a_pin_is_changed_and_unblocked_with_a_puk_on_the_pad",
        T1,
        |rig, mut link| {
            press(rig, &[PIN, "24680", "24680"]);
            assert_eq!(enter(&mut *link, &change()), Ok(0x9000));
            let prompts: Vec<EntryOf> = rig
                .keypad_events()
                .iter()
                .filter_map(|event| match event {
                    KeypadEvent::Asked { of, .. } => Some(*of),
                    _ => None,
                })
                .collect();
            assert_eq!(prompts, [EntryOf::Current, EntryOf::New, EntryOf::Confirmation]);
            for _ in 0..3 {
                press(rig, &[PIN]);
                assert_ne!(enter(&mut *link, &verify()), Ok(0x9000));
            }
            assert_eq!(tries(rig, PIN_REFERENCE), 0);
            press(rig, &["87654321", "13579", "13579"]);
            assert_ne!(enter(&mut *link, &unblock()), Ok(0x9000));
            assert_eq!(tries(rig, PUK_REFERENCE), 9);
            press(rig, &["12345678", "13579", "13579"]);
            assert_eq!(enter(&mut *link, &unblock()), Ok(0x9000));
            assert_eq!(tries(rig, PIN_REFERENCE), 3);
            press(rig, &["13579"]);
            assert_eq!(enter(&mut *link, &verify()), Ok(0x9000));
        },
    );
}

#[test]
fn a_card_pulled_out_while_the_reader_waits_is_told_and_raises_the_epoch() {
    claim(
        "a_card_pulled_out_while_the_reader_waits_is_told_and_raises_the_epoch",
        T1,
        |rig, mut link| {
            let before = link.epoch();
            let outcome = std::thread::scope(|scope| {
                let control = rig.control();
                scope.spawn(|| {
                    await_asking(control);
                    control.remove();
                });
                enter(&mut *link, &verify())
            });
            assert_eq!(outcome, Err(LinkError::CardRemoved));
            assert!(link.epoch() > before);
            assert_eq!(seen(rig, 0x20), 0);
            rig.control().insert();
            link.rejoin(PATIENCE).unwrap();
            press(rig, &[PIN]);
            assert_eq!(enter(&mut *link, &verify()), Ok(0x9000));
        },
    );
}

#[test]
fn a_card_pulled_out_before_its_answer_is_told_and_nothing_is_sent_again() {
    claim(
        "a_card_pulled_out_before_its_answer_is_told_and_nothing_is_sent_again",
        T1,
        |rig, mut link| {
            rig.control().remove_after(0);
            press(rig, &["54321", "54321"]);
            assert_eq!(enter(&mut *link, &verify()), Err(LinkError::CardRemoved));
            assert_eq!(rig.control().entries_left(), 1, "it was asked for once");
            assert_eq!((seen(rig, 0x20), tries(rig, PIN_REFERENCE)), (1, 2));
        },
    );
}

/// Has the pad answer so, and says what is told; no value ever reaches the card.
fn faulty(rig: &Rig, link: &mut dyn CardLink, fault: PadFault) -> Result<u16, LinkError> {
    rig.control().set_fault(Some(fault));
    let before = link.epoch();
    let outcome = enter(link, &verify());
    assert!(link.epoch() > before);
    rig.control().set_fault(None);
    assert_eq!(seen(rig, 0x20), 0);
    outcome
}

/// Types on the keyboard.
fn type_instead(link: &mut dyn CardLink) {
    link.begin(PATIENCE).unwrap();
    let typed = b"\x00\x20\x00\x90\x0812345\xFF\xFF\xFF";
    assert_eq!(*link.transmit(typed).unwrap(), [0x90, 0x00]);
}

#[test]
fn a_pad_that_refuses_or_answers_nonsense_by_t1_has_failed_and_the_keyboard_still_works() {
    claim(
        "a_pad_that_refuses_or_answers_nonsense_by_t1_has_failed_and_the_keyboard_still_works",
        T1,
        |rig, mut link| {
            for fault in [
                PadFault::Missing,
                PadFault::Garbage(vec![0x00, 0x40, 0x00, 0x40]),
                PadFault::Garbage(vec![0x00, 0x40, 0x01, 0x90, 0xD1]),
                PadFault::Garbage(vec![0x90; 40]),
            ] {
                let told = fault.to_string();
                assert_eq!(
                    faulty(rig, &mut *link, fault),
                    Err(LinkError::PinPadFailed),
                    "{told}"
                );
            }
            type_instead(&mut *link);
        },
    );
}

#[test]
fn a_pad_that_refuses_or_answers_nonsense_by_t0_has_failed_and_the_keyboard_still_works() {
    claim(
        "a_pad_that_refuses_or_answers_nonsense_by_t0_has_failed_and_the_keyboard_still_works",
        T0,
        |rig, mut link| {
            for fault in [
                PadFault::Missing,
                PadFault::Garbage(Vec::new()),
                PadFault::Garbage(vec![0x90]),
                PadFault::Garbage(vec![0x00, 0x90, 0x00]),
                PadFault::Garbage(vec![0x90; 40]),
            ] {
                let told = fault.to_string();
                assert_eq!(
                    faulty(rig, &mut *link, fault),
                    Err(LinkError::PinPadFailed),
                    "{told}"
                );
            }
            type_instead(&mut *link);
        },
    );
}

#[test]
fn a_pad_whose_nonsense_ends_the_service_is_told_as_that() {
    claim(
        "a_pad_whose_nonsense_ends_the_service_is_told_as_that",
        T1,
        |rig, mut link| {
            // Quirk: libccid 1.5.2 takes four bytes off a block without looking; newer ones call it a broken line.
            let outcome = faulty(rig, &mut *link, PadFault::Garbage(Vec::new()));
            let told = [Err(LinkError::NoService), Err(LinkError::PinPadFailed)];
            assert!(told.contains(&outcome), "{outcome:?}");
        },
    );
}

#[test]
fn an_entry_that_the_reader_finds_wrong_fails_without_a_try() {
    claim(
        "an_entry_that_the_reader_finds_wrong_fails_without_a_try",
        T1,
        |rig, mut link| {
            let mut entry = verify();
            // A pad for digits takes no value without any.
            (entry.length_min, entry.length_max) = (0, 8);
            assert_eq!(enter(&mut *link, &entry), Err(LinkError::PinPadFailed));
            entry.length_max = 9;
            assert_eq!(enter(&mut *link, &entry), Err(LinkError::PinPadUnsupported));
            assert_eq!(seen(rig, 0x20), 0);
        },
    );
}
