//! The program with NFC readers: a virtual card of `varco emulate`, the real libnfc, `varco-nfcd`.
//!
//! Not here: what is said to the card, and a reader that is faulty (tests/scenario).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod program;

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use program::{Ran, command, run_command};
use serde_json::{Value, json};
use tempfile::TempDir;
use varco_testkit::pcscd::PrivatePcscd;
use varco_testkit::program::{CardBehindPcscd, Player, nfcd};

const TRUST: &[&str] = &[
    "--trust-test",
    "fixtures/pki/ca-cie-sub.der",
    "--crl",
    "fixtures/pki/crl-cie-sub.crl",
    "--csca-test",
    "fixtures/pki/csca.der",
];

fn until(is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A folder for a port, a configuration and a control socket.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(TempDir::new().unwrap());
        desk.configure(&nfcd(), &[&desk.connection()]);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn connection(&self) -> String {
        format!("pn532_uart:{}", self.text("port"))
    }

    fn reader(&self) -> String {
        format!("nfc:{}", self.connection())
    }

    fn configure(&self, nfcd: &Path, readers: &[&str]) {
        let text = format!("[nfc]\nnfcd = {nfcd:?}\nreaders = {readers:?}\ncommand_timeout_seconds = 1\n");
        std::fs::write(self.path("varco.toml"), text).unwrap();
    }

    fn play(&self, profile: &str, card_type: &str) -> Player {
        let via = format!("pn532://{}", self.text("port"));
        let control = self.text("control");
        let mut emulate = command(&["emulate", "--profile", profile, "--via", &via]);
        emulate.args(["--card-type", card_type, "--control", &control]);
        Player::start(&mut emulate).unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(arguments);
        command.args(["--config", &self.text("varco.toml")]);
        command
    }

    fn run(&self, arguments: &[&str], input: &str) -> Ran {
        run_command(&mut self.command(arguments), input)
    }

    fn login(&self, options: &[&str], input: &str) -> Ran {
        let login: &[&str] = &["login", "--json", "--pin-stdin"];
        self.run(&[login, TRUST, options].concat(), input)
    }

    /// Says a line to the control socket.
    fn control(&self, line: &str) -> Value {
        let mut stream = UnixStream::connect(self.path("control")).unwrap();
        stream.write_all(format!("{line}\n").as_bytes()).unwrap();
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap()
    }
}

#[test]
fn a_card_on_a_configured_reader_is_listed_read_verified_and_logs_in() {
    let desk = Desk::new();
    for card_type in ["a", "b"] {
        let _card = desk.play("cie-nxp", card_type);
        let listed = desk.run(&["readers", "--json"], "").json();
        assert_eq!(listed["readers"][0]["name"], desk.reader());
        assert_eq!(listed["readers"][0]["card"]["state"], "present");
        assert_eq!(desk.run(&["card", "--json"], "").json()["card"]["kind"], "cie");
        let nis = desk.run(&["nis", "--json", "--csca-test", "fixtures/pki/csca.der"], "");
        assert_eq!(nis.exit, 0, "{}", nis.out);
        let service = ["--service", "inps.estratto-conto"];
        let ran = desk.login(&service, "12345678\n");
        let told = ran.json();
        assert_eq!((ran.exit, &told["pin"]["tries_left"]), (0, &json!(3)), "{told:#}");
        assert_eq!(told["identity"]["exchange"]["reader_kind"], "nfc");
        let wrong = desk.login(&[], "11111111\n");
        assert_eq!((wrong.exit, &wrong.json()["pin"]["tries_left"]), (20, &json!(2)));
        std::fs::remove_file(desk.path("port")).ok();
    }
}

#[test]
fn faults_of_the_catalogue_end_a_login_as_they_should_and_the_next_one_is_good() {
    let desk = Desk::new();
    let _card = desk.play("cie-nxp", "a");
    let login = || {
        let ran = desk.login(&[], "12345678\n");
        let code = ran.json()["error"]["code"].as_str().map(str::to_owned);
        code.unwrap_or_else(|| "identified".to_owned())
    };
    for (plan, end) in [
        ("remove@verify", "card-removed"),
        ("mute@read#3", "card-removed"),
        ("mac@verify", "secure-channel"),
        ("status=6F00@mse", "card-status"),
        ("slow=10ms@every", "identified"),
        ("reader-gone@read", "reader-gone"),
        ("usb-reset@read", "reader-gone"),
        ("slow 20 after 3", "identified"),
    ] {
        let armed = desk.control(&format!("fault {plan}"));
        assert_eq!(armed["error"], Value::Null, "{armed}");
        assert_eq!(login(), end, "{plan}");
        assert_ne!(desk.control("faults")["fired"], json!([]), "{plan}");
        desk.control("fault none");
        let state = desk.control("insert");
        assert_eq!(state["pins"][0]["tries_left"], 3, "{plan}: {state}");
        // A port that was reset comes back by itself.
        let back = Instant::now();
        while !desk.path("port").exists() {
            assert!(back.elapsed() < Duration::from_secs(20), "{plan}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    assert_eq!(login(), "identified");
    assert_eq!(desk.control("fault reset")["error"]["code"], "fault-not-here");
}

#[test]
fn a_reader_may_be_named_that_nobody_configured_and_what_is_none_is_told() {
    let desk = Desk::new();
    desk.configure(&nfcd(), &[]);
    let _card = desk.play("cie-st", "a");
    assert_eq!(desk.run(&["readers", "--json"], "").error_code(), "no-service");
    let named = ["nis", "--json", "--card-origin", "unchecked", "--reader"];
    let read = desk.run(&[&named[..], &[&desk.reader()]].concat(), "");
    assert_eq!(read.exit, 0, "{}", read.out);
    for (reader, code, exit) in [
        ("nfc:pn532_uart:/nonexistent/port", "no-reader", 31),
        ("nfc:pn532_uart:/etc/hostname", "no-reader", 31),
        ("nfc:pn532_uart:/dev/serial/by-path/pci-0000:00:1d", "usage", 64),
        ("nfc:pn532_uart:dev/ttyUSB0", "usage", 64),
        ("nfc:no_such_driver", "usage", 64),
        ("nfc:usb:001:004", "usage", 64),
        ("nfc:", "usage", 64),
        ("pcsc:anything", "no-service", 30),
    ] {
        let ran = desk.run(&[&named[..], &[reader]].concat(), "");
        assert_eq!((ran.error_code().as_str(), ran.exit), (code, exit), "{reader}");
    }
}

#[test]
fn two_programs_at_one_reader_wait_for_each_other_and_the_other_is_named() {
    let desk = Desk::new();
    let _card = desk.play("cie-nxp", "a");
    let mut first = desk
        .command(&[&["login", "--json", "--pin-stdin"], TRUST].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // It waits for its PIN and holds the reader.
    until(|| desk.control("state")["exchanges"].as_u64().unwrap() >= 15);
    let listed = desk.run(&["readers", "--json"], "").json();
    assert_eq!(listed["readers"][0]["card"]["state"], "in-use");
    let second = desk.run(&["card", "--json", "--wait", "1"], "").json();
    assert_eq!(second["error"]["code"], "reader-busy");
    let message = second["error"]["message"].as_str().unwrap();
    assert!(message.contains(&format!("varco ({})", first.id())), "{message}");
    first.stdin.take().unwrap().write_all(b"12345678\n").unwrap();
    assert!(first.wait_with_output().unwrap().status.success());
    assert_eq!(desk.run(&["card"], "").exit, 0);
}

#[test]
fn a_reader_that_kills_the_child_or_is_pulled_out_is_told_and_the_next_login_is_fine() {
    let desk = Desk::new();
    let _card = desk.play("cie-nxp", "a");
    for (fault, code, exit) in [
        ("nad after 20", "reader-driver-crashed", 37),
        ("zero-ats", "reader-driver-crashed", 37),
        ("mute after 40", "link-timed-out", 37),
        ("bad-checksum after 30", "link-protocol", 37),
        ("hang-up after 10", "reader-gone", 31),
    ] {
        assert!(desk.control(&format!("fault {fault}")).get("error").is_none());
        let ran = desk.login(&[], "12345678\n");
        let told = ran.json()["error"]["code"].clone();
        assert_eq!((ran.exit, told), (exit, json!(code)), "{fault}");
        desk.control("fault none");
        until(|| desk.path("port").exists());
        assert_eq!(desk.login(&[], "12345678\n").exit, 0, "after {fault}");
    }
    for wrong in ["fault", "fault loud", "fault none now", "fault mute after"] {
        assert_eq!(desk.control(wrong)["error"]["code"], "fault-form", "{wrong}");
    }
}

#[test]
fn readers_of_both_kinds_are_one_list_and_one_that_cannot_tell_is_not_passed_over() {
    let desk = Desk::new();
    let service = PrivatePcscd::start().unwrap();
    let _far = CardBehindPcscd::insert(&service, "cie-st", &[]).unwrap();
    let _near = desk.play("cie-nxp", "a");
    let run =
        |arguments: &[&str], input: &str| run_command(desk.command(arguments).envs(service.env()), input);
    let login = |options: &[&str]| {
        let login: &[&str] = &["login", "--json", "--pin-stdin"];
        run(&[login, TRUST, options].concat(), "12345678\n")
    };
    let states = || -> Vec<Value> {
        let listed = run(&["readers", "--json"], "").json();
        let readers = listed["readers"].as_array().unwrap();
        readers
            .iter()
            .map(|reader| reader["card"]["state"].clone())
            .collect()
    };
    // The private service has two slots.
    assert_eq!(states(), [json!("present"), Value::Null, json!("present")]);
    assert_eq!(login(&[]).exit, 35);
    for reader in [
        "pcsc:Virtual PCD 00 00",
        "Virtual PCD 00 00",
        "pn532",
        &desk.reader(),
    ] {
        let ran = login(&["--reader", reader]);
        assert_eq!(ran.exit, 0, "{reader}: {}", ran.out);
    }
    // Nor does a PIN go to the other card because the reader that is meant fails.
    for fault in ["mute stays", "zero-ats stays", "garbage stays"] {
        desk.control(&format!("fault {fault}"));
        assert_eq!(states()[2], json!("unknown"), "{fault}");
        assert_eq!(login(&[]).error_code(), "several-cards", "{fault}");
    }
    desk.control("fault none");
    desk.configure(Path::new("/nonexistent/varco-nfcd"), &[&desk.connection()]);
    assert_eq!(login(&[]).error_code(), "several-cards");
    let absent = login(&["--reader", &desk.reader()]);
    assert_eq!(
        (absent.exit, absent.error_code().as_str()),
        (30, "reader-driver-absent")
    );
}

#[test]
fn doctor_tells_what_is_missing_from_the_outside_in() {
    let desk = Desk::new();
    let doctor = |desk: &Desk| {
        let ran = desk.run(&["doctor", "--json"], "");
        (ran.exit, ran.json())
    };
    // No port, and once there is a reader, no card.
    let (exit, told) = doctor(&desk);
    assert_eq!(
        (exit, &told["nfc"]["executable"]["state"]),
        (31, &json!("nfcd-fine"))
    );
    assert_eq!(told["nfc"]["readers"][0]["port"], false);
    {
        let _card = desk.play("cie-nxp", "a");
        let (exit, told) = doctor(&desk);
        assert_eq!((exit, &told["ready"]), (0, &json!(true)), "{told:#}");
        desk.control("remove");
        let (exit, told) = doctor(&desk);
        assert_eq!((exit, &told["nfc"]["readers"][0]["state"]), (32, &json!("empty")));
        // Something that is no NFC reader hangs on the port.
        desk.control("fault mute stays");
        let (exit, told) = doctor(&desk);
        assert_eq!(
            (exit, &told["nfc"]["readers"][0]["state"]),
            (31, &json!("no-reader"))
        );
        let said = told["checks"].to_string();
        assert!(said.contains("HSU"), "{said}");
    }
    desk.configure(Path::new("/nonexistent/varco-nfcd"), &[&desk.connection()]);
    let (exit, told) = doctor(&desk);
    assert_eq!(
        (exit, &told["nfc"]["executable"]["state"]),
        (30, &json!("nfcd-absent"))
    );
    // Nobody configured one: then there is nothing to say of it.
    desk.configure(&nfcd(), &[]);
    assert!(doctor(&desk).1.get("nfc").is_none());
}

#[test]
fn a_configuration_that_is_wrong_is_told_before_anything_is_done() {
    let desk = Desk::new();
    for (text, code, exit) in [
        ("[nfc]\nreader = []\n", "config-malformed", 64),
        ("[nfc]\nnfcd = \"varco-nfcd\"\n", "config-malformed", 64),
        ("[nfc]\nreaders = [\"/dev/ttyUSB0\"]\n", "config-malformed", 64),
        (
            "[nfc]\nreaders = [\"pn532_uart:/a:b:c\"]\n",
            "config-malformed",
            64,
        ),
    ] {
        std::fs::write(desk.path("varco.toml"), text).unwrap();
        for arguments in [&["readers", "--json"][..], &["doctor", "--json"]] {
            let ran = desk.run(arguments, "");
            assert_eq!((ran.error_code().as_str(), ran.exit), (code, exit), "{text}");
        }
    }
    // Somebody else could have it name another program.
    std::fs::write(desk.path("varco.toml"), "").unwrap();
    let everybody = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    std::fs::set_permissions(desk.path("varco.toml"), everybody).unwrap();
    let ran = desk.run(&["readers", "--json"], "");
    assert_eq!((ran.error_code().as_str(), ran.exit), ("config-unsafe", 64));
    std::fs::remove_file(desk.path("varco.toml")).unwrap();
    let ran = desk.run(&["readers", "--json"], "");
    assert_eq!((ran.error_code().as_str(), ran.exit), ("file-unreadable", 60));
    // The user's own file is found without being named.
    std::fs::create_dir(desk.path("varco")).unwrap();
    std::fs::write(desk.path("varco/varco.toml"), "nonsense").unwrap();
    let mut readers = command(&["readers", "--json"]);
    let ran = run_command(readers.env("XDG_CONFIG_HOME", desk.path("")), "");
    assert_eq!(ran.error_code(), "config-malformed");
}

#[test]
fn cards_and_places_that_do_not_fit_are_refused() {
    let desk = Desk::new();
    let emulate = |profile: &str, via: &str, options: &[&str]| {
        let arguments = ["emulate", "--json", "--profile", profile, "--via", via];
        let ran = run_command(&mut command(&[&arguments[..], options].concat()), "");
        (ran.error_code(), ran.exit)
    };
    let port = format!("pn532://{}", desk.text("port"));
    for (profile, via, options, code, exit) in [
        ("cns-st", port.as_str(), &[][..], "pn532-not-contactless", 64),
        ("cie-nxp", "pn532://", &[], "usage", 64),
        ("cie-nxp", "pn532:///tmp/a:b", &[], "pn532-link-form", 64),
        ("cie-nxp", "pn532:///etc/hostname", &[], "pn532-link-taken", 64),
        ("cie-nxp", "pn532:///nonexistent/port", &[], "pn532-terminal", 37),
        (
            "cie-nxp",
            port.as_str(),
            &["--latency", "contact-trace"],
            "usage",
            64,
        ),
    ] {
        assert_eq!(
            emulate(profile, via, options),
            (code.to_owned(), exit),
            "{profile} {via}"
        );
    }
}
