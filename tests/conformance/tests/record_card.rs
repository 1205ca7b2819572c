//! `varco bench record-card` and `compare` behind the real pcscd: a card is recorded, the recording is played there and answers
//! like the card; nothing of the card's holder is anywhere, and the card's own counters stay as they were.
//!
//! Not here: what is looked at and asked, card by card (crate `bench`).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use varco_testkit::pcscd::PrivatePcscd;
use varco_testkit::program::{CardBehindPcscd, run_with_input, varco, wait_for_card, wait_for_success};

const FIRST: &str = "Virtual PCD 00 00";
const SECOND: &str = "Virtual PCD 00 01";

/// What makes another holder of the ordinary card: in files each as long as what it replaces. No time of day in a log has as many
/// digits in a row as the codes.
const OTHER_HOLDER: &[(&[u8], &str)] = &[
    (b"D'AM\xC0NZIO", "ZWQXKVXJY"),
    (b"D'Am\xC3\xA0nzio", "Zwqxkvxjyy"),
    (b"NICOL\xD2", "QOXWUJ"),
    (b"Nicol\xC3\xB2", "Qoxwujj"),
    (b"DMNNCL80C14H501S", "ZWQQXW91D55L219K"),
    (b"6999000000001016", NUMBER),
    (b"\"12345\"", "\"80462917\""),
    (b"\"12345678\"", "\"57319046\""),
];
const NUMBER: &str = "6999047392051828";

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The ordinary card of somebody else, as a profile in this folder.
fn of_another_holder(folder: &Path) {
    fs::create_dir(folder).unwrap();
    let mut found = vec![false; OTHER_HOLDER.len()];
    for entry in fs::read_dir(workspace().join("fixtures/cards/cns-st")).unwrap() {
        let path = entry.unwrap().path();
        let mut content = fs::read(&path).unwrap();
        for ((old, new), found) in OTHER_HOLDER.iter().zip(&mut found) {
            while let Some(at) = content.windows(old.len()).position(|window| window == *old) {
                content.splice(at..at + old.len(), new.bytes());
                *found = true;
            }
        }
        fs::write(folder.join(path.file_name().unwrap()), content).unwrap();
    }
    assert!(found.iter().all(|found| *found), "{found:?}");
}

/// Every form in which something of that holder could stand somewhere.
fn canaries() -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for (_, word) in OTHER_HOLDER {
        let word = word.trim_matches('"');
        for word in [word.to_owned(), word.to_uppercase(), word.to_lowercase()] {
            let hex: String = word.bytes().map(|byte| format!("{byte:02x}")).collect();
            forms.extend([hex.to_uppercase().into_bytes(), hex.into_bytes()]);
            forms.push(word.encode_utf16().flat_map(u16::to_be_bytes).collect());
            forms.push(word.encode_utf16().flat_map(u16::to_le_bytes).collect());
            forms.push(word.into_bytes());
        }
    }
    let digits: Vec<u8> = NUMBER.bytes().map(|digit| digit - b'0').collect();
    forms.push(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect());
    forms
}

fn holds_nothing_of_the_holder(text: &[u8], what: &str) {
    for form in canaries() {
        let is_there = text.windows(form.len()).any(|window| window == form);
        assert!(!is_there, "{what}: {}", String::from_utf8_lossy(&form));
    }
}

/// Two cards in the slots of a private pcscd, each with a socket to ask it.
struct Slots {
    service: PrivatePcscd,
    folder: tempfile::TempDir,
    cards: Vec<CardBehindPcscd>,
}

impl Slots {
    fn new() -> Self {
        Self {
            service: PrivatePcscd::start().unwrap(),
            folder: tempfile::tempdir().unwrap(),
            cards: Vec::new(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn insert(&mut self, profile: &Path) {
        let slot = u16::try_from(self.cards.len()).unwrap();
        let socket = self.path(&slot.to_string());
        let options = ["--control", socket.to_str().unwrap()];
        let profile = profile.to_str().unwrap();
        let card = CardBehindPcscd::insert_into(&self.service, slot, profile, &options).unwrap();
        self.cards.push(card);
        if slot == 0 {
            wait_for_card(&self.service).unwrap();
        } else {
            let mut ask = self.command(&["card", "--reader", SECOND]);
            wait_for_success(&mut ask).unwrap();
        }
    }

    /// On the card's own count: PINs, and what they have left.
    fn counters(&self, slot: usize) -> Value {
        let mut stream = UnixStream::connect(self.path(&slot.to_string())).unwrap();
        stream.write_all(b"state\n").unwrap();
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).unwrap();
        let state: Value = serde_json::from_str(&line).unwrap();
        assert!(!state["pins"].as_array().unwrap().is_empty(), "{line}");
        state["pins"].clone()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(varco());
        command
            .args(arguments)
            .envs(self.service.env())
            .current_dir(workspace());
        command
    }

    /// Runs it to this end. What it says must tell nothing of the holder.
    fn run(&self, arguments: &[&str], exit: i32) -> Output {
        let ran = run_with_input(&mut self.command(arguments), b"").unwrap();
        let said = [ran.stdout.as_slice(), &ran.stderr].concat();
        let shown = String::from_utf8_lossy(&said).into_owned();
        assert_eq!(ran.status.code(), Some(exit), "{arguments:?}: {shown}");
        holds_nothing_of_the_holder(&said, &shown);
        ran
    }

    fn record(&self, name: &str, language: &str) -> (PathBuf, String) {
        let out = self.path(name);
        let ran = self.run(
            &[
                "--lang",
                language,
                "--log-level",
                "trace",
                "bench",
                "record-card",
                "--reader",
                FIRST,
                "--name",
                name,
                "--out",
                out.to_str().unwrap(),
            ],
            0,
        );
        (out, String::from_utf8(ran.stdout).unwrap())
    }
}

#[test]
fn a_recording_behind_pcscd_answers_like_its_card_and_tells_nothing_of_the_holder() {
    let mut slots = Slots::new();
    let original = slots.path("original");
    of_another_holder(&original);
    slots.insert(&original);
    let before = slots.counters(0);

    let (out, told) = slots.record("mine", "it");
    assert!(
        told.contains("nessun tentativo è stato speso") && told.contains("1100/1102"),
        "{told}"
    );
    for entry in fs::read_dir(&out).unwrap() {
        let path = entry.unwrap().path();
        holds_nothing_of_the_holder(&fs::read(&path).unwrap(), &path.display().to_string());
    }
    assert_eq!(slots.counters(0), before);

    // Behind pcscd as its card is; then in the program itself.
    slots.insert(&out);
    let played = slots.counters(1);
    let (folder, reader) = (out.to_str().unwrap(), format!("reader:{SECOND}"));
    let compare = ["bench", "compare", "--reader", FIRST, "--with"];
    for json in [&[][..], &["--json"]] {
        let both = [&compare[..], &[&reader, "--recording", folder], json].concat();
        slots.run(&both, 0);
        let alone = [&compare[..], &[folder], json].concat();
        slots.run(&alone, 0);
    }
    let ran = slots.run(&[&compare[..], &[folder, "--json"]].concat(), 0);
    let compared: Value = serde_json::from_slice(&ran.stdout).unwrap();
    let counts = &compared["compared"]["counts"];
    assert_eq!(counts["differs"], 0, "{counts}");
    assert!(counts["equal"].as_u64().unwrap() > 60, "{counts}");
    assert_eq!((slots.counters(0), slots.counters(1)), (before, played));
}

#[test]
fn every_sort_of_card_is_recorded_behind_pcscd() {
    for profile in ["cns-t0", "cns-short", "cns-gd-2025", "cie-nxp", "cie-gemalto"] {
        let mut slots = Slots::new();
        slots.insert(Path::new(profile));
        let before = slots.counters(0);
        let (out, _) = slots.record("mine", "en");
        slots.insert(&out);
        let with = format!("reader:{SECOND}");
        let folder = out.to_str().unwrap();
        let compare = ["bench", "compare", "--reader", FIRST, "--with", &with];
        slots.run(&[&compare[..], &["--recording", folder]].concat(), 0);
        assert_eq!(slots.counters(0), before, "{profile}");
    }
}

#[test]
fn without_a_card_nothing_is_written() {
    let slots = Slots::new();
    let out = slots.path("mine");
    let place = ["--name", "mine", "--out", out.to_str().unwrap()];
    slots.run(
        &[&["bench", "record-card", "--reader", FIRST], &place[..]].concat(),
        32,
    );
    slots.run(&["bench", "compare", "--reader", FIRST, "--with", "cns-st"], 32);
    assert_eq!(fs::read_dir(slots.folder.path()).unwrap().count(), 0);
}

#[test]
fn cards_of_two_makers_differ() {
    let mut slots = Slots::new();
    slots.insert(Path::new("cns-st"));
    slots.insert(Path::new("cns-athena"));
    let before = (slots.counters(0), slots.counters(1));
    let with = format!("reader:{SECOND}");
    let compare = ["bench", "compare", "--reader", FIRST, "--with", &with];
    let ran = slots.run(&[&["--lang", "en"], &compare[..]].concat(), 65);
    let told = String::from_utf8(ran.stdout).unwrap();
    assert!(told.contains("here") && told.contains("step"), "{told}");
    let ran = slots.run(&[&compare[..], &["--json"]].concat(), 65);
    let compared: Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(compared["error"]["code"], "cards-differ");
    assert_ne!(compared["compared"]["counts"]["differs"], 0);
    assert_ne!(compared["compared"]["here"], compared["compared"]["there"]);
    assert_eq!((slots.counters(0), slots.counters(1)), before);
}

#[test]
fn a_recording_is_played_wherever_a_profile_is() {
    let mut slots = Slots::new();
    slots.insert(Path::new("cns-st"));
    let (out, _) = slots.record("mine", "en");
    let folder = out.to_str().unwrap();
    slots.run(&["card", "--reader", &format!("played:{folder}")], 0);
    // What it holds belongs together: a login with the PIN that it has comes to its end.
    let login = "\"$VARCO\" login --pin-stdin --reader \"$VARCO_BENCH_READER\" --trust-test fixtures/pki/ca-cns.pem \
                 --crl fixtures/pki/crl-cns.crl --at 2026-06-01T09:00:00Z < \"$VARCO_BENCH_PIN_FILE\"";
    let mut up = slots.command(&["bench", "up", "--card", folder, "--", "sh", "-c", login]);
    let ran = run_with_input(up.env("VARCO", varco()), b"").unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}
