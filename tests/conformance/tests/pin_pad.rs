//! OpenSC and libccid as witnesses of the virtual pin-pad reader: what they make of a played card in it, typed on its
//! keypad.
//!
//! Not here: what OpenSC makes of each card (`opensc`), and our own driver (tests/scenario).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test code")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use varco::played::Profile;
use varco::played::ccid::{Entry, Model, PadFault};
use varco_apdu::Atr;
use varco_emulator::{
    CardState, EntryEnd, EntryOf, EventLog, KeypadEvent, Played, PlayedCard, StateError, TimingModel,
};
use varco_testkit::pin_pad::PinPad;
use varco_testkit::program::wait_for_card;

/// An answer to reset by which a card speaks T=0 only, and what tells OpenSC that it is a CNS.
const T0_ATR: &str = "3B6F0000006B02091717011101434E53113180";
const T0_IS_CNS: &str = "app default {
    card_atr 3B:6F:00:00:00:6B:02:09:17:17:01:11:01:43:4E:53:11:31:80 { type = 23002; driver = \"itacns\"; }
}
";
const MESSAGE: &[u8] = b"a message that nobody chose";
/// The reference of the PIN in the card's own state.
const PIN: u8 = 0x10;
const VERIFY: u8 = 0x20;
const GET_CHALLENGE: u8 = 0x84;
const GET_RESPONSE: u8 = 0xC0;

/// A card in a reader behind pcscd, and a folder to work in.
struct Bench {
    pad: PinPad,
    folder: tempfile::TempDir,
}

impl Bench {
    fn new(card: Box<dyn PlayedCard>, model: Model) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("message"), MESSAGE).unwrap();
        std::fs::write(folder.path().join("opensc.conf"), T0_IS_CNS).unwrap();
        let pad = PinPad::start(card, model).unwrap();
        Self { pad, folder }
    }

    fn of(profile: &str) -> Self {
        let card = Profile::builtin(profile).unwrap().into_card();
        Self::new(Box::new(card), Model::PinPad)
    }

    fn press(&self, words: &[&str]) {
        for word in words {
            assert!(self.pad.control().press(Entry::parse(word).unwrap()));
        }
    }

    fn run(&self, program: &str, arguments: &[&str]) -> (bool, String) {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .envs(self.pad.service().env())
            .stdin(Stdio::null())
            .env("OPENSC_CONF", self.folder.path().join("opensc.conf"))
            .current_dir(self.folder.path());
        let output = command.output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&text).into_owned(),
        )
    }

    fn succeed(&self, program: &str, arguments: &[&str]) -> String {
        let (success, text) = self.run(program, arguments);
        assert!(
            success,
            "{program} {arguments:?}: {text}{}",
            self.pad.service().log()
        );
        text
    }

    fn fail(&self, program: &str, arguments: &[&str], expected: &str) {
        let (success, text) = self.run(program, arguments);
        assert!(
            !success && text.contains(expected),
            "{program} {arguments:?}: {text}"
        );
    }

    /// Signs as the only token's owner, and has openssl verify.
    fn sign(&self, login: &[&str]) {
        let mut arguments = login.to_vec();
        arguments.extend(SIGN);
        self.succeed("pkcs11-tool", &arguments);
        let read = "--read-object --type cert --id 01 --output-file cert.der";
        self.succeed("pkcs11-tool", &read.split(' ').collect::<Vec<_>>());
        let convert = "x509 -inform DER -in cert.der -pubkey -noout -out key.pem";
        self.succeed("openssl", &convert.split(' ').collect::<Vec<_>>());
        let verify = "dgst -sha256 -verify key.pem -signature sig message";
        self.succeed("openssl", &verify.split(' ').collect::<Vec<_>>());
    }

    fn fail_to_sign(&self, expected: &str) {
        self.fail("pkcs11-tool", &[&["--login"], SIGN].concat(), expected);
    }

    fn tries_left(&self) -> u8 {
        let state = self.pad.control().with_card(|card| card.snapshot());
        state.tries_left(PIN).unwrap()
    }

    /// How often an instruction reached the card.
    fn count(&self, ins: u8) -> usize {
        self.pad.control().with_card(|card| card.log().count(ins))
    }

    /// What was asked for since this was asked last, and how it ended.
    fn entries(&self) -> (Vec<EntryOf>, Vec<EntryEnd>) {
        let (mut asked, mut ended) = (Vec::new(), Vec::new());
        for event in self.pad.keypad_events() {
            match event {
                KeypadEvent::Asked { of, .. } => asked.push(of),
                KeypadEvent::Ended(end) => ended.push(end),
                _ => panic!("{event}"),
            }
        }
        (asked, ended)
    }
}

const SIGN: &[&str] = &[
    "--sign",
    "--id",
    "01",
    "--mechanism",
    "SHA256-RSA-PKCS",
    "--input-file",
    "message",
    "--output-file",
    "sig",
];
const CHANGED: [EntryOf; 3] = [EntryOf::Current, EntryOf::New, EntryOf::Confirmation];

#[test]
fn a_signature_is_made_with_a_pin_from_the_keypad_and_with_one_from_the_host() {
    let bench = Bench::of("cns-st");
    let text = bench.succeed("opensc-tool", &["-a", "-n"]);
    assert!(
        text.contains("3b:ff:18:00") && text.contains("CNS card"),
        "{text}"
    );
    bench.press(&["19<2345"]);
    bench.sign(&["--login"]);
    assert_eq!(bench.entries(), (vec![EntryOf::Pin], vec![EntryEnd::Typed]));
    bench.sign(&["--login", "--pin", "12345"]);
    assert_eq!(bench.entries(), (vec![], vec![]));
    assert_eq!(bench.count(VERIFY), 2);
}

#[test]
fn a_wrong_pin_from_the_keypad_costs_a_try_and_an_entry_that_fails_costs_none() {
    let bench = Bench::of("cns-athena");
    for (word, error, end, left) in [
        ("99999", "CKR_PIN_INCORRECT", EntryEnd::Typed, 2),
        ("cancel", "CKR_FUNCTION_CANCELED", EntryEnd::Cancelled, 2),
        ("timeout", "CKR_FUNCTION_CANCELED", EntryEnd::TimedOut, 2),
        ("1234", "CKR_PIN_LEN_RANGE", EntryEnd::WrongLength, 2),
        ("123456789", "CKR_PIN_LEN_RANGE", EntryEnd::WrongLength, 2),
    ] {
        bench.press(&[word]);
        bench.fail_to_sign(error);
        assert_eq!(bench.entries(), (vec![EntryOf::Pin], vec![end]), "{word}");
        assert_eq!(bench.tries_left(), left, "{word}");
    }
    assert_eq!(bench.count(VERIFY), 1);
    bench.press(&["12345"]);
    bench.sign(&["--login"]);
    assert_eq!(bench.tries_left(), 3);
}

#[test]
fn a_pin_is_changed_and_unblocked_on_the_keypad() {
    let bench = Bench::of("cns-athena");
    bench.press(&["12345", "54321", "54321"]);
    bench.succeed("pkcs15-tool", &["--change-pin"]);
    assert_eq!(bench.entries(), (CHANGED.to_vec(), vec![EntryEnd::Typed]));
    bench.press(&["54321", "11111", "11112"]);
    bench.fail("pkcs15-tool", &["--change-pin"], "did not match");
    assert_eq!(bench.entries(), (CHANGED.to_vec(), vec![EntryEnd::Differing]));
    for left in [2, 1, 0] {
        bench.press(&["12345"]);
        bench.fail_to_sign("CKR_PIN_");
        assert_eq!(bench.tries_left(), left);
    }
    bench.entries();
    bench.press(&["12345678", "12345", "12345"]);
    bench.succeed("pkcs15-tool", &["--unblock-pin"]);
    assert_eq!(bench.entries(), (CHANGED.to_vec(), vec![EntryEnd::Typed]));
    bench.press(&["12345"]);
    bench.sign(&["--login"]);
}

/// A card that OpenSC can use, by T=0: short commands, and answers by GET RESPONSE.
fn t0_card() -> Box<dyn PlayedCard> {
    let folder = tempfile::tempdir().unwrap();
    let profile = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cards/cns-athena");
    for file in std::fs::read_dir(profile).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
    }
    let path = folder.path().join("card.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let lines = text.lines().map(|line| match line.split_once(" = ") {
        Some(("atr", _)) => format!("atr = \"{T0_ATR}\""),
        Some(("extended_length", _)) => "extended_length = false\nget_response = true".to_owned(),
        _ => line.to_owned(),
    });
    std::fs::write(&path, lines.collect::<Vec<_>>().join("\n")).unwrap();
    Box::new(Profile::from_dir(folder.path()).unwrap().into_card())
}

#[test]
fn a_card_of_t0_is_used_and_changed_on_the_keypad() {
    let bench = Bench::new(t0_card(), Model::PinPad);
    bench.press(&["99999"]);
    bench.fail("pkcs15-tool", &["--verify-pin"], "PIN code or key incorrect");
    assert_eq!(bench.tries_left(), 2);
    for (word, error) in [("cancel", "CKR_FUNCTION_CANCELED"), ("1234", "CKR_PIN_LEN_RANGE")] {
        bench.press(&[word]);
        bench.fail_to_sign(error);
    }
    assert_eq!(bench.count(VERIFY), 1);
    bench.press(&["12345"]);
    bench.sign(&["--login"]);
    bench.press(&["12345", "54321", "54321"]);
    bench.succeed("pkcs15-tool", &["--change-pin"]);
    bench.sign(&["--login", "--pin", "54321"]);
    assert!(bench.count(GET_RESPONSE) > 0);
}

/// A card that takes long over one instruction.
struct Slow {
    card: Box<dyn PlayedCard>,
    ins: u8,
    took: Duration,
}

impl PlayedCard for Slow {
    fn atr(&self) -> &Atr {
        self.card.atr()
    }
    fn power_on(&mut self) {
        self.card.power_on();
    }
    fn power_off(&mut self) {
        self.card.power_off();
    }
    fn process(&mut self, command: &[u8]) -> Played {
        let mut played = self.card.process(command);
        if command.get(1) == Some(&self.ins) {
            played.took = self.took;
        }
        played
    }
    fn log(&self) -> &EventLog {
        self.card.log()
    }
    fn set_timing(&mut self, timing: TimingModel) {
        self.card.set_timing(timing);
    }
    fn verified(&self) -> Vec<u8> {
        self.card.verified()
    }
    fn snapshot(&self) -> CardState {
        self.card.snapshot()
    }
    fn restore(&mut self, state: &CardState) -> Result<(), StateError> {
        self.card.restore(state)
    }
}

/// Longer than libccid waits for a card that says nothing.
fn a_slow_card_is_waited_for(card: Box<dyn PlayedCard>) {
    let took = Duration::from_secs(5);
    let card = Slow {
        card,
        ins: GET_CHALLENGE,
        took,
    };
    let bench = Bench::new(Box::new(card), Model::PinPad);
    let begun = Instant::now();
    bench.succeed("opensc-tool", &["-s", "00:84:00:00:08"]);
    assert_eq!(bench.count(GET_CHALLENGE), 1);
    assert!(begun.elapsed() >= took);
    // The two are still in step.
    bench.press(&["12345"]);
    bench.sign(&["--login"]);
}

#[test]
fn a_card_of_t1_that_asks_for_time_gets_it() {
    a_slow_card_is_waited_for(Box::new(Profile::builtin("cns-st").unwrap().into_card()));
}

#[test]
fn a_card_of_t0_that_needs_time_gets_it() {
    a_slow_card_is_waited_for(t0_card());
}

#[test]
fn a_pin_from_the_keypad_may_take_the_card_its_time() {
    let card = Slow {
        card: Box::new(Profile::builtin("cns-st").unwrap().into_card()),
        ins: VERIFY,
        took: Duration::from_millis(2_500),
    };
    let bench = Bench::new(Box::new(card), Model::PinPad);
    bench.press(&["12345"]);
    bench.sign(&["--login"]);
}

fn until(is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(20));
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_card_that_is_pulled_out_ends_the_entry_and_comes_back_without_its_pin() {
    let bench = Bench::of("cns-st");
    let control = bench.pad.control().clone();
    let pulled = thread::spawn(move || {
        until(|| control.is_asking());
        control.remove();
    });
    bench.fail_to_sign("CKR_");
    pulled.join().unwrap();
    assert_eq!(bench.entries(), (vec![EntryOf::Pin], vec![EntryEnd::Abandoned]));
    assert_eq!(bench.count(VERIFY), 0);
    bench.pad.control().insert();
    until(|| bench.pad.control().is_inserted());
    wait_for_card(bench.pad.service()).unwrap();
    bench.press(&["12345"]);
    bench.sign(&["--login"]);
}

#[test]
fn a_reader_without_a_keypad_takes_the_pin_from_the_host() {
    let card = Profile::builtin("cns-st").unwrap().into_card();
    let bench = Bench::new(Box::new(card), Model::Plain);
    bench.sign(&["--login", "--pin", "12345"]);
    assert_eq!(bench.count(VERIFY), 1);
}

#[test]
fn a_keypad_that_is_missing_or_broken_sends_nothing_to_the_card() {
    let bench = Bench::of("cns-st");
    bench.press(&["12345"]);
    for fault in [PadFault::Missing, PadFault::Garbage(vec![0x47; 9])] {
        bench.pad.control().set_fault(Some(fault));
        bench.fail_to_sign("CKR_");
    }
    assert_eq!((bench.count(VERIFY), bench.entries()), (0, (vec![], vec![])));
    bench.pad.control().set_fault(None);
    bench.sign(&["--login"]);
}
