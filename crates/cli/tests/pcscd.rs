//! The program on the real stack: a virtual card of `varco emulate` behind a private pcscd.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod program;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use program::{Ran, TRUST, command, run_command};
use serde_json::{Value, json};
use varco_testkit::pcscd::PrivatePcscd;
use varco_testkit::program::{CardBehindPcscd, run_with_input, wait_for_card};

/// How long anything here may take to come about.
const PATIENCE: Duration = Duration::from_secs(20);

fn varco(service: &PrivatePcscd, arguments: &[&str]) -> Command {
    let mut command = command(arguments);
    command.envs(service.env());
    command
}

fn login(service: &PrivatePcscd, options: &[&str], input: &str) -> Ran {
    let arguments = ["login", "--json", "--pin-stdin", "--at", "2026-06-01T09:00:00Z"];
    run_command(
        &mut varco(service, &[&arguments[..], TRUST, options].concat()),
        input,
    )
}

/// Sends a line to a control socket and gives the answer.
fn control(socket: &Path, line: &str) -> Value {
    let mut stream = UnixStream::connect(socket).unwrap();
    stream.write_all(format!("{line}\n").as_bytes()).unwrap();
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).unwrap();
    serde_json::from_str(&answer).unwrap()
}

fn pin_tries(state: &Value) -> u64 {
    let pins = state["pins"].as_array().unwrap();
    let pin = pins.iter().find(|pin| pin["reference"] == 0x10).unwrap();
    pin["tries_left"].as_u64().unwrap()
}

/// Waits until something holds.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "{what} did not come about");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_login_costs_thirteen_short_exchanges_and_the_commands_see_the_card() {
    let service = PrivatePcscd::start().unwrap();
    let doctor = run_command(&mut varco(&service, &["doctor", "--json"]), "");
    assert_eq!(doctor.exit, 32, "{}", doctor.out);
    let empty = run_command(&mut varco(&service, &["card", "--json"]), "");
    assert_eq!((empty.exit, empty.error_code().as_str()), (32, "no-card"));

    let _card = CardBehindPcscd::insert(&service, "cns-st", &[]).unwrap();
    let ran = login(&service, &["--service", "inps.estratto-conto"], "12345\n");
    let told = ran.json();
    assert_eq!(
        (ran.exit, &told["card"]["exchanges"]),
        (0, &json!(13)),
        "{told:#}"
    );
    let doctor = run_command(&mut varco(&service, &["doctor", "--json"]), "");
    assert_eq!((doctor.exit, &doctor.json()["ready"]), (0, &json!(true)));
    let readers = run_command(&mut varco(&service, &["readers", "--json"]), "").json();
    assert_eq!(readers["readers"][0]["card"]["state"], "present");
    assert_eq!(readers["readers"][1]["card"], Value::Null);
    let card = run_command(&mut varco(&service, &["card", "--json"]), "").json();
    assert_eq!(card["card"]["number"], "6999000000001016");
    let none = login(&service, &["--reader", "no such reader"], "12345\n");
    assert_eq!((none.exit, none.error_code().as_str()), (31, "no-such-reader"));
}

#[test]
fn with_two_cards_somebody_must_choose() {
    let service = PrivatePcscd::start().unwrap();
    let _first = CardBehindPcscd::insert(&service, "cns-st", &[]).unwrap();
    let _second = CardBehindPcscd::insert_into(&service, 1, "cns-st-2021", &[]).unwrap();
    let readers = || run_command(&mut varco(&service, &["readers", "--json"]), "").json();
    until("the second card", || !readers()["readers"][1]["card"].is_null());
    let ran = login(&service, &[], "12345\n");
    assert_eq!((ran.exit, ran.error_code().as_str()), (35, "several-cards"));
    let ran = login(&service, &["--reader", "00 01"], "12345\n");
    assert_eq!(
        (ran.exit, &ran.json()["card"]["profile"]),
        (0, &json!("st-2021")),
        "{}",
        ran.out
    );
}

#[test]
fn scripts_send_one_pin_for_each_insertion_where_the_count_is_unknown() {
    let service = PrivatePcscd::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("control");
    let option = ["--control", socket.to_str().unwrap()];
    let _card = CardBehindPcscd::insert(&service, "cns-athena", &option).unwrap();
    let arguments = ["login", "--json", "--pin-stdin", "--at", "2026-06-01T09:00:00Z"];
    let script = |typed: &str| run_command(&mut varco(&service, &[&arguments[..], TRUST].concat()), typed);
    for _ in 0..2 {
        assert_eq!(script("12345\n").exit, 0, "an accepted PIN does not count");
    }
    assert_eq!(script("1234\n").exit, 23, "what is not sent does not count");
    let wrong = script("54321\n");
    assert_eq!((wrong.exit, wrong.error_code().as_str()), (20, "pin-wrong"));
    for typed in ["54321\n", "12345\n"] {
        let refused = script(typed);
        assert_eq!(
            (refused.exit, refused.error_code().as_str()),
            (22, "pin-once-per-insertion")
        );
    }
    assert_eq!(pin_tries(&control(&socket, "state")), 2);
    control(&socket, "remove");
    control(&socket, "insert");
    wait_for_card(&service).unwrap();
    assert_eq!(script("12345\n").exit, 0, "another insertion");
}

#[test]
fn a_card_that_no_driver_knows_is_named_unknown() {
    let service = PrivatePcscd::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let profile = profile_with(folder.path(), "cns-st", |text| {
        // Another card altogether: other historical bytes, and none of the files.
        let text = text.replace(
            "3BFF1800FF8131FE55006B02091717011101434E531131808C",
            "3B6500002063CB6A00",
        );
        text.split("[[file]]").next().unwrap().to_owned()
    });
    let _card = CardBehindPcscd::insert(&service, &profile, &[]).unwrap();
    let ran = login(&service, &[], "12345\n");
    assert_eq!(
        (ran.exit, ran.error_code().as_str()),
        (33, "card-not-recognised"),
        "{}",
        ran.out
    );
}

#[test]
fn a_state_file_keeps_the_tries_and_is_the_cards_own() {
    let service = PrivatePcscd::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("card.json");
    let option = ["--state", state.to_str().unwrap()];
    for tries_left in [2, 1] {
        let _card = CardBehindPcscd::insert(&service, "cns-st", &option).unwrap();
        let ran = login(&service, &[], "54321\n");
        assert_eq!(
            (ran.exit, &ran.json()["pin"]["tries_left"]),
            (20, &json!(tries_left))
        );
    }
    assert_eq!(state.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let _card = CardBehindPcscd::insert(&service, "cns-st", &option).unwrap();
    let ran = login(&service, &[], "12345\n");
    assert_eq!((ran.exit, ran.error_code().as_str()), (22, "pin-last-try"));

    let via = format!("vpcd://127.0.0.1:{}", service.port(1));
    for (profile, code) in [
        ("cns-st-2021", "card-state-other-card"),
        ("cns-st", "card-state-format"),
    ] {
        if profile == "cns-st" {
            std::fs::write(&state, "{\"format\":").unwrap();
        }
        let mut other = service.command(env!("CARGO_BIN_EXE_varco"));
        other.args([
            "emulate",
            "--json",
            "--profile",
            profile,
            "--via",
            &via,
            "--state",
            option[1],
        ]);
        let ran = run_command(&mut other, "");
        assert_eq!((ran.exit, ran.error_code().as_str()), (60, code));
    }
}

#[test]
fn a_control_socket_moves_the_card_and_belongs_to_the_user() {
    let service = PrivatePcscd::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("control");
    let option = ["--control", socket.to_str().unwrap()];
    {
        let _card = CardBehindPcscd::insert(&service, "cns-st", &option).unwrap();
        assert_eq!(socket.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(control(&socket, "state")["inserted"], true);
        assert_eq!(control(&socket, "remove")["inserted"], false);
        until("the removal", || login(&service, &[], "12345\n").exit == 32);
        assert_eq!(control(&socket, "insert")["inserted"], true);
        until("the card", || login(&service, &[], "54321\n").exit == 20);
        assert_eq!(pin_tries(&control(&socket, "state")), 2);
        assert_eq!(control(&socket, "dance")["error"]["code"], "control-command");
        assert_eq!(
            control(&socket, &"x".repeat(1000))["error"]["code"],
            "control-command"
        );

        // While it is taken, nobody else gets it.
        let via = format!("vpcd://127.0.0.1:{}", service.port(1));
        let mut other = service.command(env!("CARGO_BIN_EXE_varco"));
        other
            .args(["emulate", "--json", "--profile", "cns-st", "--via", &via])
            .args(option);
        let ran = run_command(&mut other, "");
        assert_eq!(
            (ran.exit, ran.error_code().as_str()),
            (64, "control-address-taken")
        );
    }
    // Killed, it left its socket behind; the next one takes its place, and takes leave properly.
    assert!(socket.exists());
    let _card = CardBehindPcscd::insert(&service, "cns-st", &option).unwrap();
    control(&socket, "quit");
    until("the end", || !socket.exists());
    // A file that is none of ours stays.
    std::fs::write(&socket, "precious").unwrap();
    let mut other = service.command(env!("CARGO_BIN_EXE_varco"));
    let via = format!("vpcd://127.0.0.1:{}", service.port(1));
    other
        .args(["emulate", "--json", "--profile", "cns-st", "--via", &via])
        .args(option);
    assert_eq!(run_command(&mut other, "").exit, 64);
    assert_eq!(std::fs::read_to_string(&socket).unwrap(), "precious");
}

#[test]
fn a_removal_at_any_exchange_ends_with_34_and_costs_at_most_the_typed_try() {
    let service = PrivatePcscd::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("control");
    let option = ["--control", socket.to_str().unwrap()];
    let _card = CardBehindPcscd::insert(&service, "cns-st", &option).unwrap();
    let mut tries_before = pin_tries(&control(&socket, "state"));
    for (typed, exchanges) in [("12345\n", 13), ("54321\n", 10)] {
        for exchange in 0..exchanges {
            control(&socket, "insert");
            wait_for_card(&service).unwrap();
            control(&socket, &format!("remove-after {exchange}"));
            let ran = login(&service, &["--allow-last-try"], typed);
            let tries = pin_tries(&control(&socket, "state"));
            let place = format!(
                "{typed:?} {exchange}, {tries_before} tries before, {tries} after: {}",
                ran.out
            );
            if tries == tries_before {
                assert_eq!(ran.exit, 34, "{place}");
            } else {
                // The VERIFY reached the card: the typed try is spent, and no other.
                assert_eq!((typed, tries + 1), ("54321\n", tries_before), "{place}");
                assert!(matches!(ran.exit, 20 | 34), "{place}");
            }
            tries_before = tries;
        }
    }
}

/// Kills a login as soon as the card has accepted the PIN; whether that was before the card signed.
fn kill_after_verify(service: &PrivatePcscd, log: &Path) -> bool {
    let already = std::fs::read_to_string(log).unwrap().len();
    let seen = || std::fs::read_to_string(log).unwrap().split_off(already);
    let arguments = ["login", "--pin-stdin", "--at", "2026-06-01T09:00:00Z"];
    let mut login = varco(service, &[&arguments[..], TRUST].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    login.stdin.take().unwrap().write_all(b"12345\n").unwrap();
    let verified = |line: &str| {
        line.contains("\"header\":\"00200090\"")
            && line.contains("\"command_bytes\":13")
            && line.contains("9000")
    };
    until("the VERIFY", || seen().lines().any(verified));
    login.kill().unwrap();
    login.wait().unwrap();
    !seen().contains("\"header\":\"002A8086\"")
}

#[test]
fn killed_between_verify_and_signing_it_leaves_no_verified_pin() {
    let service = PrivatePcscd::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.jsonl");
    let options = ["--latency", "contact-115200", "--log", log.to_str().unwrap()];
    let _card = CardBehindPcscd::insert(&service, "cns-st", &options).unwrap();
    // The kill may come too late on a busy machine: then the card has signed, and it is done again.
    let is_in_time = (0..10).any(|_| kill_after_verify(&service, &log));
    assert!(is_in_time, "the kill never came between VERIFY and signing");

    // Another program restores the environment, names the key and asks for a signature, in two chained commands.
    let first = format!("102A8086FF00{}", "01".repeat(254));
    let opensc = Command::new("opensc-tool")
        .envs(service.env())
        .args(["--card-driver", "default"])
        .args(["--send-apdu", "00A4080C0411001101"])
        .args(["--send-apdu", "0022F303"])
        .args(["--send-apdu", "0022F1B803830101"])
        .args(["--send-apdu", &first])
        .args(["--send-apdu", "002A808602010100"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&opensc.stdout);
    assert!(
        said.contains("SW1=0x69, SW2=0x82"),
        "{said}{}",
        String::from_utf8_lossy(&opensc.stderr)
    );
}

#[test]
fn a_service_that_dies_in_the_middle_is_told_and_the_next_login_is_good() {
    let mut service = PrivatePcscd::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.jsonl");
    let options = ["--latency", "contact-115200", "--log", log.to_str().unwrap()];
    let _card = CardBehindPcscd::insert(&service, "cns-st", &options).unwrap();
    let arguments = ["login", "--json", "--pin-stdin", "--at", "2026-06-01T09:00:00Z"];
    let mut login_command = varco(&service, &[&arguments[..], TRUST].concat());
    let running = std::thread::spawn(move || run_with_input(&mut login_command, b"12345\n").unwrap());
    until("the first exchanges", || {
        std::fs::read_to_string(&log).unwrap().matches("00B0").count() >= 2
    });
    service.stop().unwrap();
    let begun = Instant::now();
    let ended = running.join().unwrap();
    assert!(begun.elapsed() < PATIENCE);
    let told = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert!(
        matches!(ended.status.code(), Some(30 | 34 | 37)),
        "{:?} {told}",
        ended.status
    );
    assert_eq!(login(&service, &[], "12345\n").exit, 30);
    service.restart().unwrap();
    // The card comes back by itself.
    wait_for_card(&service).unwrap();
    assert_eq!(login(&service, &[], "12345\n").exit, 0);
}

#[test]
fn a_watch_tells_what_happens() {
    let service = PrivatePcscd::start().unwrap();
    let mut watch = varco(&service, &["readers", "--watch", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines();
    let mut next = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    assert_eq!(next()["event"], "reader-added");
    assert_eq!(next()["event"], "reader-added");
    let card = CardBehindPcscd::insert(&service, "cns-st", &[]).unwrap();
    let event = next();
    assert_eq!(
        (&event["event"], &event["reader"]),
        (&json!("card-inserted"), &json!("Virtual PCD 00 00"))
    );
    drop(card);
    assert_eq!(next()["event"], "card-removed");
    drop(lines);
    // Nobody reads any more: it ends by itself.
    until("the end of the watch", || watch.try_wait().unwrap().is_some());
}

/// A profile's folder like a built-in one, with its card.toml changed; its path.
fn profile_with(folder: &Path, name: &str, change: impl Fn(&str) -> String) -> String {
    for file in std::fs::read_dir(program::workspace().join("fixtures/cards").join(name)).unwrap() {
        let file = file.unwrap().path();
        std::fs::copy(&file, folder.join(file.file_name().unwrap())).unwrap();
    }
    let text = std::fs::read_to_string(folder.join("card.toml")).unwrap();
    std::fs::write(folder.join("card.toml"), change(&text)).unwrap();
    folder.join("card.toml").to_str().unwrap().to_owned()
}

#[test]
fn a_journey_of_processes_shows_neither_pin_nor_person() {
    let service = PrivatePcscd::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    // Not in any other number that is written: counts, times, status words.
    let pin = "83649172";
    let profile = profile_with(folder.path(), "cns-st", |text| {
        text.replacen("value = \"12345\"", &format!("value = \"{pin}\""), 1)
    });
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (log, trace) = (at("log.jsonl"), at("trace.jsonl"));
    let _card = CardBehindPcscd::insert(&service, &profile, &["--log", &log]).unwrap();
    let mut let_out = String::new();
    for (typed, exit) in [("83649171", 20), ("8364", 23), (pin, 0)] {
        let _ = std::fs::remove_file(&trace);
        let options = ["--log-level", "trace", "--trace", &trace];
        let ran = login(&service, &options, &format!("{typed}\n"));
        assert_eq!(ran.exit, exit, "{}{}", ran.out, ran.err);
        let_out.push_str(&ran.err);
        let_out.push_str(&std::fs::read_to_string(&trace).unwrap());
        if exit == 0 {
            assert!(ran.out.contains("DMNNCL80C14H501S") && !ran.out.contains(pin));
        } else {
            let_out.push_str(&ran.out);
        }
    }
    let_out.push_str(&std::fs::read_to_string(&log).unwrap());
    let_out.push_str(&service.log());
    assert!(
        let_out.contains("00200090") && let_out.contains("VERIFY"),
        "{let_out}"
    );
    let hex: String = pin.bytes().map(|digit| format!("{digit:02X}")).collect();
    let spaced: String = pin.bytes().map(|digit| format!("{digit:02X} ")).collect();
    for secret in [
        pin,
        "83649171",
        &hex,
        spaced.trim(),
        "DMNNCL80C14H501S",
        "444D4E4E434C",
        "NICOL",
    ] {
        assert!(!let_out.contains(secret), "{secret} was let out:\n{let_out}");
    }
}

/// A program of others, in another language: holds the card until its input ends.
const HOLDER: &str = r#"
import ctypes, sys
pcsc = ctypes.CDLL("libpcsclite.so.1")
context, card, protocol = ctypes.c_long(), ctypes.c_long(), ctypes.c_ulong()
assert pcsc.SCardEstablishContext(2, None, None, ctypes.byref(context)) == 0
shared, any_protocol = 2, 3
assert pcsc.SCardConnect(context, b"Virtual PCD 00 00", shared, any_protocol, ctypes.byref(card), ctypes.byref(protocol)) == 0
assert pcsc.SCardBeginTransaction(card) == 0
print("held", flush=True)
sys.stdin.read()
"#;

#[test]
fn a_card_held_by_another_program_is_waited_for_and_the_program_named() {
    let service = PrivatePcscd::start().unwrap();
    let _card = CardBehindPcscd::insert(&service, "cns-st", &[]).unwrap();
    let mut holder = Command::new("/usr/bin/python3")
        .args(["-c", HOLDER])
        .envs(service.env())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(holder.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert_eq!(line, "held\n");
    let begun = Instant::now();
    let ran = run_command(&mut varco(&service, &["card", "--json", "--wait", "1"]), "");
    assert_eq!((ran.exit, ran.error_code().as_str()), (36, "reader-busy"));
    assert!(begun.elapsed() < PATIENCE);
    let message = ran.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains(&format!("({})", holder.id())), "{message}");
    // It lets go while somebody waits.
    let waiting = varco(&service, &["card", "--json", "--wait", "20"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(holder.stdin.take());
    holder.wait().unwrap();
    assert!(waiting.wait_with_output().unwrap().status.success());
}
