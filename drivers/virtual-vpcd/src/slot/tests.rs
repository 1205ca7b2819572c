//! Tests of the slot against a reader played in process, by claim. No test sleeps: each waits for what the
//! other side sends or for the end of a connection.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use varco_apdu::Atr;
use varco_emulator::{CardState, EventLog, Played, StateError, TimingModel};
use varco_virtual_cns::Profile;
use zeroize::Zeroizing;

use super::*;
use crate::Reach;

const VERIFY: &[u8] = b"\x00\x20\x00\x90\x0812345\xFF\xFF\xFF";
const WRONG: &[u8] = b"\x00\x20\x00\x90\x0899999\xFF\xFF\xFF";
const ASK_VERIFIED: &[u8] = &[0x00, 0x20, 0x00, 0x90];

fn card(name: &str) -> Box<dyn PlayedCard> {
    Box::new(Profile::builtin(name).unwrap().into_card())
}

/// A reader that listens, and a card that runs on its own thread.
struct Rig {
    listener: TcpListener,
    control: SlotControl,
    events: Receiver<SlotEvent>,
    run: JoinHandle<Result<Ended, VpcdError>>,
}

impl Rig {
    fn new(card: Box<dyn PlayedCard>, prepare: impl FnOnce(&SlotControl)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("vpcd://{}", listener.local_addr().unwrap());
        let address = VpcdAddress::parse(&address, Reach::LoopbackOnly).unwrap();
        let mut slot = Slot::connect(&address, card).unwrap();
        let control = slot.control();
        prepare(&control);
        let (sender, events) = mpsc::channel();
        let run = thread::spawn(move || {
            slot.run(&mut |event| {
                // The test may have looked away.
                let _ = sender.send(event);
            })
        });
        Self {
            listener,
            control,
            events,
            run,
        }
    }

    /// The next card that comes into the slot, powered.
    fn accept(&self) -> Reader {
        let mut reader = Reader(self.listener.accept().unwrap().0);
        reader.send(&[1]);
        reader
    }

    fn wait_for(&self, wanted: &SlotEvent) {
        while self.events.recv().unwrap() != *wanted {}
    }

    fn end(self) -> Ended {
        self.run.join().unwrap().unwrap()
    }
}

/// The reader's end of a connection.
struct Reader(TcpStream);

impl Reader {
    fn send(&mut self, bytes: &[u8]) {
        let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
        self.0.write_all(&length).unwrap();
        self.0.write_all(bytes).unwrap();
    }

    /// `None` when the connection has ended.
    fn receive(&mut self) -> Option<Vec<u8>> {
        let mut length = [0; 2];
        self.0.read_exact(&mut length).ok()?;
        let mut bytes = vec![0; usize::from(u16::from_be_bytes(length))];
        self.0.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    fn exchange(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        self.send(command);
        self.receive()
    }
}

#[test]
fn reader_gets_atr_and_answers() {
    let rig = Rig::new(card("cns-st"), |_| {});
    let mut reader = rig.accept();
    let atr = reader.exchange(&[4]).unwrap();
    assert_eq!(atr, rig.control.with_card(|card| card.atr().as_bytes().to_vec()));
    assert_eq!(reader.exchange(VERIFY).unwrap(), [0x90, 0x00]);
    assert_eq!(reader.exchange(ASK_VERIFIED).unwrap(), [0x90, 0x00]);
    reader.send(&[2]);
    assert_eq!(reader.exchange(ASK_VERIFIED).unwrap(), [0x63, 0xC3]);
    reader.send(&[0]);
    // Without power the card is mute: vpcd sees an answer of no bytes.
    assert_eq!(reader.exchange(ASK_VERIFIED).unwrap(), []);
    drop(reader);
    assert_eq!(rig.end(), Ended::ReaderClosed);
}

#[test]
fn frame_may_arrive_in_pieces() {
    let rig = Rig::new(card("cns-st"), |_| {});
    let mut reader = rig.accept();
    let frame = [&[0, 13][..], VERIFY].concat();
    for byte in frame {
        reader.0.write_all(&[byte]).unwrap();
    }
    assert_eq!(reader.receive().unwrap(), [0x90, 0x00]);
    // An empty frame and an unknown word are no commands, and answered as such.
    assert_eq!(reader.exchange(&[]).unwrap(), [0x67, 0x00]);
    assert_eq!(reader.exchange(&[3]).unwrap(), [0x67, 0x00]);
}

#[test]
fn events_tell_what_happened() {
    let rig = Rig::new(card("cns-st"), |_| {});
    let mut reader = rig.accept();
    reader.exchange(VERIFY).unwrap();
    drop(reader);
    let events: Vec<SlotEvent> = rig.events.iter().collect();
    let [
        SlotEvent::Inserted,
        SlotEvent::PowerOn,
        SlotEvent::Exchange(exchange),
        SlotEvent::Removed,
    ] = events.as_slice()
    else {
        panic!("{events:?}");
    };
    assert_eq!((exchange.ins(), exchange.command_bytes), (0x20, 13));
}

#[test]
fn card_that_was_pulled_out_comes_back_without_its_verified_pin() {
    let rig = Rig::new(card("cns-st"), |_| {});
    let mut reader = rig.accept();
    assert_eq!(reader.exchange(VERIFY).unwrap(), [0x90, 0x00]);
    assert!(rig.control.is_inserted());
    rig.control.remove();
    assert_eq!(reader.receive(), None);
    rig.wait_for(&SlotEvent::Removed);
    assert!(!rig.control.is_inserted());
    rig.control.insert();
    let mut reader = rig.accept();
    assert_eq!(reader.exchange(ASK_VERIFIED).unwrap(), [0x63, 0xC3]);
    rig.control.stop();
    assert_eq!(reader.receive(), None);
    assert_eq!(rig.end(), Ended::Stopped);
}

#[test]
fn insertion_right_after_removal_is_not_taken_for_a_reader_that_left() {
    let rig = Rig::new(card("cns-st"), |_| {});
    let mut reader = rig.accept();
    assert!(reader.exchange(VERIFY).is_some());
    rig.control.remove();
    rig.control.insert();
    let mut reader = rig.accept();
    assert_eq!(reader.exchange(ASK_VERIFIED).unwrap(), [0x63, 0xC3]);
    rig.control.stop();
    assert_eq!(rig.end(), Ended::Stopped);
}

#[test]
fn removal_at_an_exchange_spends_that_exchange_and_nothing_else() {
    for answered in 0..3 {
        let rig = Rig::new(card("cns-athena"), |control| control.remove_after(answered));
        let mut reader = rig.accept();
        let wrong = &[&WRONG[..3], &[0x10], &WRONG[4..]].concat();
        for _ in 0..answered {
            assert!(reader.exchange(wrong).is_some());
        }
        assert_eq!(reader.exchange(wrong), None);
        rig.wait_for(&SlotEvent::Removed);
        let tries_left = rig.control.with_card(|card| card.snapshot().tries_left(0x10));
        assert_eq!(u64::from(tries_left.unwrap()), 3 - answered - 1);
        // It can be put in again, and then answers as long as it stays.
        rig.control.insert();
        assert!(rig.accept().exchange(ASK_VERIFIED).is_some());
    }
}

#[test]
fn an_answer_that_no_frame_holds_ends_the_connection_and_not_in_an_empty_frame() {
    let rig = Rig::new(card("cns-st"), |control| {
        control.add_fault("lengthen=65535".parse().unwrap()).unwrap();
    });
    let mut reader = rig.accept();
    assert_eq!(reader.exchange(ASK_VERIFIED), None);
    // By itself it comes back.
    assert_eq!(rig.accept().exchange(ASK_VERIFIED).unwrap(), [0x63, 0xC3]);
    rig.control.stop();
    assert_eq!(rig.end(), Ended::Stopped);
}

#[test]
fn another_card_may_take_the_place() {
    let rig = Rig::new(card("cns-st"), |_| {});
    let mut reader = rig.accept();
    let first = reader.exchange(&[4]).unwrap();
    let old = rig.control.replace(card("cns-athena"));
    assert_eq!(old.atr().as_bytes(), first);
    assert_eq!(reader.receive(), None);
    rig.control.insert();
    let second = rig.accept().exchange(&[4]).unwrap();
    assert_ne!(first, second);
}

#[test]
fn slot_may_be_run_again_after_the_reader_left() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("vpcd://{}", listener.local_addr().unwrap());
    let address = VpcdAddress::parse(&address, Reach::LoopbackOnly).unwrap();
    let mut slot = Slot::connect(&address, card("cns-st")).unwrap();
    for _ in 0..2 {
        let run = thread::spawn(move || (slot.run(&mut |_| {}).unwrap(), slot));
        let mut reader = Reader(listener.accept().unwrap().0);
        assert!(reader.exchange(&[4]).is_some());
        drop(reader);
        let (ended, back) = run.join().unwrap();
        assert_eq!(ended, Ended::ReaderClosed);
        slot = back;
    }
}

/// A card on which every command takes an hour.
struct Slow {
    atr: Atr,
    log: EventLog,
}

impl PlayedCard for Slow {
    fn atr(&self) -> &Atr {
        &self.atr
    }
    fn power_on(&mut self) {}
    fn power_off(&mut self) {}
    fn process(&mut self, _: &[u8]) -> Played {
        Played::answer(Zeroizing::new(vec![0x90, 0x00]), Duration::from_secs(3600))
    }
    fn log(&self) -> &EventLog {
        &self.log
    }
    fn set_timing(&mut self, _: TimingModel) {}
    fn verified(&self) -> Vec<u8> {
        Vec::new()
    }
    fn snapshot(&self) -> CardState {
        CardState::new("slow", Vec::new())
    }
    fn restore(&mut self, _: &CardState) -> Result<(), StateError> {
        Ok(())
    }
}

#[test]
fn card_is_pulled_out_in_the_middle_of_a_command() {
    let slow = Slow {
        atr: Atr::new(&[0x3B, 0x00]).unwrap(),
        log: EventLog::default(),
    };
    let rig = Rig::new(Box::new(slow), |_| {});
    let mut reader = rig.accept();
    assert!(reader.exchange(&[4]).is_some());
    reader.send(ASK_VERIFIED);
    rig.control.stop();
    assert_eq!(reader.receive(), None);
    assert_eq!(rig.end(), Ended::Stopped);
}

#[test]
fn stop_before_the_run_or_while_the_card_is_out_ends_it() {
    let rig = Rig::new(card("cns-st"), SlotControl::stop);
    assert_eq!(rig.end(), Ended::Stopped);
    let rig = Rig::new(card("cns-st"), SlotControl::remove);
    rig.control.stop();
    rig.control.insert();
    assert_eq!(rig.end(), Ended::Stopped);
}

#[test]
fn nobody_listening_is_said_with_what_to_do() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let address = VpcdAddress::parse(&format!("vpcd://127.0.0.1:{port}"), Reach::LoopbackOnly).unwrap();
    let error = Slot::connect(&address, card("cns-st")).err().unwrap();
    assert_eq!(error.code(), "vpcd-refused");
    assert!(error.to_string().contains("vsmartcard-vpcd"));
}
