//! Faults of the catalogue behind the real pcscd: by vpcd with `varco emulate`, and by libccid with a serial reader.
//!
//! Not here: every fault at every instruction (tests/scenario), and the real libnfc (`nfc`).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod program;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use program::{Ran, TRUST, command, run, run_command};
use serde_json::{Value, json};
use varco_emulator::fault::Mishap;
use varco_testkit::pcscd::PrivatePcscd;
use varco_testkit::pin_pad::PinPad;
use varco_testkit::program::{CardBehindPcscd, run_with_input, wait_for_card};
use varco_virtual_ccid::Model;
use varco_virtual_cns::Profile;

/// How long anything here may take to come about.
const PATIENCE: Duration = Duration::from_secs(20);
const LOGIN: [&str; 5] = ["login", "--json", "--pin-stdin", "--at", "2026-06-01T09:00:00Z"];

fn login_command(service: &PrivatePcscd) -> std::process::Command {
    let mut login = command(&[&LOGIN[..], TRUST].concat());
    login.envs(service.env());
    login
}

fn login(service: &PrivatePcscd) -> Ran {
    run_command(&mut login_command(service), "12345\n")
}

/// How a login ended.
fn end(ran: &Ran) -> String {
    let told = ran.json();
    told["error"]["code"].as_str().unwrap_or("identified").to_owned()
}

/// Sends a line to a control socket and gives the answer.
fn control(socket: &Path, line: &str) -> Value {
    let mut stream = UnixStream::connect(socket).unwrap();
    stream.write_all(format!("{line}\n").as_bytes()).unwrap();
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).unwrap();
    serde_json::from_str(&answer).unwrap()
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "{what} did not come about");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn behind_vpcd_a_login_ends_as_it_should_and_the_next_one_is_good() {
    let service = PrivatePcscd::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (socket, log) = (folder.path().join("control"), folder.path().join("log"));
    let options = [
        "--control",
        socket.to_str().unwrap(),
        "--log",
        log.to_str().unwrap(),
    ];
    let _card = CardBehindPcscd::insert(&service, "cns-st", &options).unwrap();
    for (plan, ends) in [
        ("remove@verify", &["card-removed"][..]),
        ("remove-before@read", &["card-removed"]),
        ("mute@read#2", &["card-removed"]),
        ("lost@sign", &["card-removed"]),
        ("status=6F00@read", &["card-status"]),
        ("slow=30ms@every", &["identified"]),
        ("wtx=1@sign", &["identified"]),
        ("loop-61xx@select", &["link-protocol"]),
        ("usb-reset@verify", &["card-removed"]),
    ] {
        let armed = control(&socket, &format!("fault {plan}"));
        assert_eq!(armed["error"], Value::Null, "{armed}");
        let ran = login(&service);
        assert!(ends.contains(&end(&ran).as_str()), "{plan}: {}", ran.out);
        let faults = control(&socket, "faults");
        assert_eq!(faults["fired"][0]["fault"], plan, "{faults}");
        let state = control(&socket, "fault none");
        assert_eq!(state["pins"][0]["tries_left"], 3, "{plan}: {state}");
        assert_eq!(control(&socket, "faults"), json!({ "armed": [], "fired": [] }));
        control(&socket, "insert");
        wait_for_card(&service).unwrap();
        assert_eq!(end(&login(&service)), "identified", "after {plan}");
    }
    let log = std::fs::read_to_string(&log).unwrap();
    let told: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let fired: Vec<&Value> = told.iter().filter(|line| line["event"] == "fault").collect();
    assert_eq!(fired[0]["fault"], "remove@verify");
    assert_eq!(fired[0]["header"], "00200090");
}

#[test]
fn what_is_no_fault_or_not_one_of_this_reader_or_card_is_refused() {
    let service = PrivatePcscd::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("control");
    let options = ["--control", socket.to_str().unwrap(), "--fault", "mute@99"];
    let _card = CardBehindPcscd::insert(&service, "cns-st", &options).unwrap();
    for (plan, code) in [
        ("burn", "fault-form"),
        ("slow=x", "fault-form"),
        ("mute@pin", "fault-form"),
        ("reset", "fault-not-here"),
        ("clock-jump", "fault-not-here"),
        ("service-restart", "fault-not-here"),
        ("reader-gone", "fault-not-here"),
        ("mac", "fault-not-here"),
    ] {
        let answer = control(&socket, &format!("fault {plan}"));
        assert_eq!(answer["error"]["code"], code, "{plan}: {answer}");
    }
    assert_eq!(
        control(&socket, "faults"),
        json!({ "armed": ["mute@99"], "fired": [] })
    );
    let via = format!("pn532://{}", folder.path().join("port").display());
    for (fault, code) in [("burn", "fault-form"), ("clock-jump", "fault-not-here")] {
        let ran = run(
            &[
                "emulate",
                "--json",
                "--profile",
                "cie-nxp",
                "--via",
                &via,
                "--fault",
                fault,
            ],
            "",
        );
        assert_eq!((ran.exit, ran.error_code().as_str()), (64, code), "{}", ran.out);
    }
}

#[test]
fn a_service_that_is_restarted_at_a_command_is_told_and_the_next_login_is_good() {
    let mut service = PrivatePcscd::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (program, asked, done) = {
        let path = |name| folder.path().join(name);
        (path("program"), path("asked"), path("done"))
    };
    let text = format!(
        "#!/bin/sh\necho \"$1\" > {0}.new; mv {0}.new {0}\nuntil [ -e {1} ]; do sleep 0.02; done\n",
        asked.display(),
        done.display()
    );
    std::fs::write(&program, text).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    let options = [
        "--fault",
        "service-restart@read",
        "--on-mishap",
        program.to_str().unwrap(),
    ];
    let _card = CardBehindPcscd::insert(&service, "cns-st", &options).unwrap();
    let mut login_command = login_command(&service);
    let running = std::thread::spawn(move || run_with_input(&mut login_command, b"12345\n").unwrap());
    until("the mishap", || asked.exists());
    assert_eq!(std::fs::read_to_string(&asked).unwrap(), "service-restarted\n");
    service.stop().unwrap();
    std::fs::write(&done, "").unwrap();
    let ended = running.join().unwrap();
    assert!(
        matches!(ended.status.code(), Some(30 | 34 | 37)),
        "{:?}",
        ended.status
    );
    service.restart().unwrap();
    wait_for_card(&service).unwrap();
    assert_eq!(end(&login(&service)), "identified");
}

/// A reader without keypad and this card in it, behind libccid.
fn serial(profile: &str) -> PinPad {
    let card = Profile::builtin(profile).unwrap().into_card();
    PinPad::start(Box::new(card), Model::Plain).unwrap()
}

/// libccid and pcscd tell a card that left in the middle of a command as one that failed, until they look for it.
const MUTE: &[&str] = &["card-removed", "link-protocol"];

#[test]
fn behind_libccid_a_login_ends_as_it_should_and_the_next_one_is_good() {
    for (profile, plans) in [
        (
            "cns-st",
            &[
                ("remove@verify", MUTE),
                ("mute@read", MUTE),
                ("status=6F00@read", &["card-status"]),
                ("slow=30ms@every", &["identified"]),
                ("wtx=3@sign", &["identified"]),
                // One request, which a reader makes after a second.
                ("slow=1500ms@sign", &["identified"]),
                ("suspend=1s@read", MUTE),
            ][..],
        ),
        ("cns-t0", &[("mute@read", MUTE), ("wtx=3@sign", &["identified"])]),
    ] {
        let pad = serial(profile);
        for (plan, ends) in plans {
            pad.control().set_faults(vec![plan.parse().unwrap()]).unwrap();
            let ran = login(pad.service());
            assert!(
                ends.contains(&end(&ran).as_str()),
                "{profile} {plan}: {}",
                ran.out
            );
            assert!(!pad.control().fired().is_empty(), "{profile} {plan}");
            let (tries, verified) = pad
                .control()
                .with_card(|card| (card.snapshot().tries_left(0x10), card.verified()));
            assert_eq!((tries, verified.len()), (Some(3), 0), "{profile} {plan}");
            pad.control().clear_faults();
            pad.control().insert();
            // A second later at the earliest: pcscd has seen it leave by then.
            until("the card", || pad.control().is_inserted());
            wait_for_card(pad.service()).unwrap();
            let next = login(pad.service());
            assert_eq!(
                end(&next),
                "identified",
                "{profile}: after {plan}: {}, {} {}",
                ran.out,
                next.out,
                pad.service().log()
            );
        }
    }
}

#[test]
fn whoever_holds_the_service_behind_libccid_restarts_it_at_a_command() {
    let mut pad = serial("cns-st");
    let (tell, told) = mpsc::channel();
    let (allow, allowed) = mpsc::channel::<()>();
    pad.control().on_mishap(move |mishap| {
        tell.send(mishap).unwrap();
        allowed.recv().unwrap();
    });
    pad.control()
        .add_fault("service-restart-before@verify".parse().unwrap())
        .unwrap();
    let mut login_command = login_command(pad.service());
    let running = std::thread::spawn(move || run_with_input(&mut login_command, b"12345\n").unwrap());
    assert_eq!(told.recv_timeout(PATIENCE).unwrap(), Mishap::ServiceRestarted);
    pad.service_mut().stop().unwrap();
    allow.send(()).unwrap();
    let ended = running.join().unwrap();
    assert!(
        matches!(ended.status.code(), Some(30 | 34 | 37)),
        "{:?}",
        ended.status
    );
    pad.service_mut().restart().unwrap();
    wait_for_card(pad.service()).unwrap();
    assert_eq!(end(&login(pad.service())), "identified");
}
