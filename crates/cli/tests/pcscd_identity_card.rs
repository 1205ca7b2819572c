//! Identity cards on the real stack: a played card of `varco emulate` behind a private pcscd.
//!
//! Not here: what is said to the card in which order (tests/scenario).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod program;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use program::{Ran, command, run_command};
use serde_json::json;
use varco_testkit::pcscd::PrivatePcscd;
use varco_testkit::program::CardBehindPcscd;

const ORIGIN: &[&str] = &[
    "--csca-test",
    "fixtures/pki/csca.der",
    "--csca-test",
    "fixtures/pki/csca-old.der",
];

fn varco(service: &PrivatePcscd, arguments: &[&str]) -> Command {
    let mut command = command(arguments);
    command.envs(service.env());
    command
}

fn run(service: &PrivatePcscd, arguments: &[&[&str]], input: &str) -> Ran {
    run_command(&mut varco(service, &arguments.concat()), input)
}

fn login(service: &PrivatePcscd, options: &[&str], input: &str) -> Ran {
    let login: &[&str] = &[
        "login",
        "--json",
        "--pin-stdin",
        "--trust-test",
        "fixtures/pki/ca-cie-sub.der",
        "--crl",
        "fixtures/pki/crl-cie-sub.crl",
    ];
    run(service, &[login, ORIGIN, options], input)
}

#[test]
fn every_family_logs_in_and_is_verified_through_pcscd() {
    let service = PrivatePcscd::start().unwrap();
    for (card, login_exchanges, number_exchanges) in [
        ("cie-nxp", 51, 20),
        ("cie-st", 51, 20),
        ("cie-gemalto", 46, 17),
        ("cie-gemalto2", 52, 20),
        ("cie-actalis", 51, 20),
    ] {
        let _card = CardBehindPcscd::insert(&service, card, &[]).unwrap();
        let nis = run(&service, &[&["nis", "--json"], ORIGIN], "").json();
        assert_eq!(nis["card"]["exchanges"], number_exchanges, "{nis:#}");
        // What was said before left its application selected: three exchanges more to find the root again.
        let seen = run(&service, &[&["card", "--json"]], "").json();
        assert_eq!(seen["card"]["kind"], "cie", "{seen:#}");
        assert_eq!(seen["card"]["nis"], nis["document"]["nis"]);
        let ran = login(&service, &["--service", "inps.estratto-conto"], "12345678\n");
        let told = ran.json();
        assert_eq!(ran.exit, 0, "{told:#}");
        assert_eq!(told["card"]["exchanges"], login_exchanges + 3, "{card}");
        assert_eq!(told["identity"]["credential"]["nis"], nis["nis"]);
        assert_eq!(told["identity"]["exchange"]["reader_kind"], "pcsc");
        assert_eq!(told["identity"]["exchange"]["card_number"], nis["nis"]);
        assert_eq!(
            (&told["decision"]["effect"], &told["pin"]["tries_left"]),
            (&json!("permit"), &json!(3))
        );
    }
}

/// Sends a line to a control socket and waits for the answer.
fn control(socket: &Path, line: &str) {
    let mut stream = UnixStream::connect(socket).unwrap();
    stream.write_all(format!("{line}\n").as_bytes()).unwrap();
    BufReader::new(stream).read_line(&mut String::new()).unwrap();
}

#[test]
fn a_card_that_leaves_the_field_while_the_pin_is_typed_may_come_back() {
    let service = PrivatePcscd::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (socket, log) = (folder.path().join("control"), folder.path().join("log"));
    let option = [
        "--control",
        socket.to_str().unwrap(),
        "--log",
        log.to_str().unwrap(),
    ];
    let _card = CardBehindPcscd::insert(&service, "cie-st", &option).unwrap();
    for (comes_back, exit) in [(true, 0), (false, 34)] {
        let login: &[&str] = &[
            "login",
            "--json",
            "--pin-stdin",
            "--trust-test",
            "fixtures/pki/ca-cie-sub.der",
            "--crl",
            "fixtures/pki/crl-cie-sub.crl",
        ];
        let before = std::fs::read_to_string(&log).unwrap().len();
        let mut program = varco(&service, &[login, ORIGIN].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // The last that is read before the PIN is asked for is the end of the security object.
        let begun = Instant::now();
        while std::fs::read_to_string(&log)
            .unwrap()
            .split_off(before)
            .matches("00B0")
            .count()
            < 16
        {
            assert!(begun.elapsed() < Duration::from_secs(20), "the card is not read");
            std::thread::sleep(Duration::from_millis(10));
        }
        std::thread::sleep(Duration::from_millis(300));
        control(&socket, "remove");
        // The service looks now and then only.
        let is_empty = || run(&service, &[&["readers", "--json"]], "").json()["readers"][0]["card"].is_null();
        while !is_empty() {
            assert!(begun.elapsed() < Duration::from_secs(20), "the card stays");
        }
        program.stdin.take().unwrap().write_all(b"12345678\n").unwrap();
        if comes_back {
            std::thread::sleep(Duration::from_millis(500));
            control(&socket, "insert");
        }
        let ran = program.wait_with_output().unwrap();
        let told = String::from_utf8(ran.stdout).unwrap();
        assert_eq!(ran.status.code(), Some(exit), "{told}");
    }
}

#[test]
fn a_wrong_pin_a_copy_and_a_reader_by_its_kind_are_told() {
    let service = PrivatePcscd::start().unwrap();
    {
        let _card = CardBehindPcscd::insert(&service, "cie-st", &["--latency", "contactless-106"]).unwrap();
        let wrong = login(&service, &[], "11111111\n");
        assert_eq!((wrong.exit, &wrong.json()["pin"]["tries_left"]), (20, &json!(2)));
        let by_kind = login(&service, &["--reader", "pcsc:Virtual PCD 00 00"], "12345678\n");
        assert_eq!(by_kind.exit, 0, "{}", by_kind.out);
        let certificate: &[&str] = &["cert", "--json", "--pin-stdin"];
        let read = run(&service, &[certificate, ORIGIN], "12345678\n").json();
        assert!(
            read["certificate"]["subject"]
                .as_str()
                .unwrap()
                .contains("998877000102")
        );
        let unsaid = run(&service, &[certificate], "12345678\n");
        assert_eq!(unsaid.error_code(), "country-signers-missing");
    }
    let _copy = CardBehindPcscd::insert(&service, "cie-clone-number", &[]).unwrap();
    let copied = run(&service, &[&["nis", "--json"], ORIGIN], "");
    assert_eq!(
        (copied.exit, copied.error_code().as_str()),
        (45, "document-copied")
    );
}
