//! `varco-nfcd` by itself: what it leaves, and that it does not outlive who started it.
//!
//! Not here: what the host makes of it (`nfc`, `nfc_faults`), and children that are none (`reader-nfc`).
#![allow(clippy::unwrap_used, reason = "test code: what fails here fails the test")]

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use varco::nfc::wire::{Answer, Inbox, Question, frame};
use varco::played::pn532::LineFault;
use varco_scenario::nfc::Field;
use varco_testkit::program::nfcd;
use zeroize::Zeroizing;

fn start() -> Child {
    start_with(Stdio::piped())
}

fn start_with(lent: Stdio) -> Child {
    Command::new(nfcd())
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(lent)
        .spawn()
        .unwrap()
}

fn until(is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn say(child: &mut Child, question: &Question) {
    let (kind, content) = question.encode();
    let bytes = frame(1, kind, &content).unwrap();
    child.stdin.as_mut().unwrap().write_all(&bytes).unwrap();
}

fn ask(child: &mut Child, question: &Question) -> Answer {
    say(child, question);
    let mut inbox = Inbox::default();
    loop {
        let mut bytes = vec![0; inbox.wanted()];
        let read = child.stdout.as_mut().unwrap().read(&mut bytes).unwrap();
        if let Some((_, kind, content)) = inbox.take(bytes.get(..read).unwrap()).unwrap() {
            return Answer::decode(kind, &content).unwrap();
        }
    }
}

fn transmit(timeout_ms: u32) -> Question {
    Question::Transmit {
        timeout_ms,
        command: Zeroizing::new(vec![0x00, 0x84, 0x00, 0x00, 0x08]),
    }
}

/// Whether it ends by itself within twenty seconds.
fn ends(child: &mut Child) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(20) {
        if child.try_wait().unwrap().is_some() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    false
}

#[test]
fn it_ends_with_its_parent_also_in_the_middle_of_a_wait_and_leaves_no_core() {
    let field = Field::of("cie-nxp");
    let mut child = start();
    assert!(ask(&mut child, &Question::Open(field.connection().to_string())) == Answer::Done);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size"));
    assert!(core.unwrap().contains(" 0 "), "{core:?}");
    assert!(matches!(ask(&mut child, &Question::Select), Answer::Found(_)));
    field.control.set_line_fault(Some(LineFault::Mute.after(0)));
    say(&mut child, &transmit(2_000));
    until(|| !field.control.has_line_fault());
    drop(child.stdin.take());
    // The command is waited for, and then the card loses its power.
    assert!(ends(&mut child) && !field.is_powered());
}

#[test]
fn it_ends_also_where_libnfc_would_go_on_for_ever() {
    let field = Field::of("cie-nxp");
    let mut child = start();
    ask(&mut child, &Question::Open(field.connection().to_string()));
    ask(&mut child, &Question::Select);
    field.control.set_line_fault(Some(LineFault::EndlessParts.now()));
    say(&mut child, &transmit(100));
    until(|| !field.control.has_line_fault());
    drop(child.stdin.take());
    assert!(ends(&mut child));
}

#[test]
fn the_port_stays_locked_as_long_as_it_talks_also_where_its_parent_is_gone() {
    let field = Field::of("cie-nxp");
    let lock = || {
        let port = File::options().read(true).write(true).open(field.port()).unwrap();
        let is_free = flock(&port, FlockOperation::NonBlockingLockExclusive).is_ok();
        (port, is_free)
    };
    let (port, is_free) = lock();
    assert!(is_free);
    let mut child = start_with(Stdio::from(port));
    ask(&mut child, &Question::Open(field.connection().to_string()));
    ask(&mut child, &Question::Select);
    field.control.set_line_fault(Some(LineFault::Mute.after(0)));
    say(&mut child, &transmit(2_000));
    until(|| !field.control.has_line_fault());
    drop(child.stdin.take());
    assert!(!lock().1, "its last words are still to come");
    assert!(ends(&mut child) && lock().1);
}

#[test]
fn it_takes_the_power_off_the_card_when_it_is_let_go() {
    let field = Field::of("cie-nxp");
    let mut child = start();
    ask(&mut child, &Question::Open(field.connection().to_string()));
    ask(&mut child, &Question::Select);
    assert!(matches!(ask(&mut child, &transmit(5_000)), Answer::Response(_)));
    assert!(field.is_powered());
    drop(child.stdin.take());
    assert!(ends(&mut child) && !field.is_powered());
}

#[test]
fn a_parent_that_speaks_otherwise_is_none() {
    for bytes in [
        &b"\x00\x00"[..],
        b"\xFF\xFF",
        b"\x00\x05\x00\x00\x00\x01\x77",
        b"GET / HTTP/1.1\r\n",
    ] {
        let mut child = start();
        child.stdin.as_mut().unwrap().write_all(bytes).unwrap();
        assert!(ends(&mut child), "{bytes:?}");
        let mut said = Vec::new();
        child.stdout.take().unwrap().read_to_end(&mut said).unwrap();
        child.stderr.take().unwrap().read_to_end(&mut said).unwrap();
        assert!(said.is_empty());
    }
    // Out of order, or with a time that means "for ever" to libnfc.
    let mut child = start();
    for question in [Question::Select, transmit(5_000), transmit(0), transmit(u32::MAX)] {
        assert!(matches!(ask(&mut child, &question), Answer::Failed(_)));
    }
    assert!(ask(&mut child, &Question::IsPresent) == Answer::Empty);
    drop(child.stdin.take());
    assert!(ends(&mut child));
}
