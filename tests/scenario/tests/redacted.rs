//! A redacted trace shows neither PIN, nor PUK, nor a half of one, nor who the person is; and it shows what was said to the card.
//!
//! A half of four digits stands in any long trace by chance. So each conversation is held several times with values of its own:
//! what is let out is there each time, what is there by chance is not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use std::collections::{BTreeSet, VecDeque};

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use varco::played::Profile;
use varco::steps::{Attendance, Pin, PinId};
use varco::{EntryError, LoginOptions, PinEntry, PinQuestion, Varco};
use varco_card::ExtendedLength;
use varco_scenario::canary::hits;
use varco_scenario::{fixtures, identity};

/// How often each conversation is held.
const RUNS: u64 = 6;

/// What is done with a card.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Deed {
    LogIn,
    WrongPin,
    ChangePin,
    Unblock,
}

/// One conversation: its trace, and what must not be in it, by name.
struct Run {
    trace: Vec<u8>,
    secrets: Vec<(String, Vec<u8>)>,
}

/// Types these, one after the other.
struct Typist(VecDeque<String>);

impl PinEntry for Typist {
    fn attendance(&self) -> Attendance {
        Attendance::Attended
    }
    fn ask(&mut self, _question: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        let typed = self.0.pop_front().ok_or(EntryError::Cancelled)?;
        Pin::take_from(&mut typed.into_bytes()).map_err(|_| EntryError::TooLong)
    }
}

fn is_cie(profile: &str) -> bool {
    profile.starts_with("cie")
}

fn options(profile: &str) -> LoginOptions {
    if is_cie(profile) {
        return identity::options();
    }
    let mut options = varco_scenario::options();
    options.birth_date_from_card();
    options
}

/// Eight digits.
fn eight(random: &mut ChaCha20Rng) -> String {
    format!("9{:07}", random.next_u32() % 10_000_000)
}

/// The card, with these values.
fn card(profile: &str, pin: &str, puk: &str) -> Profile {
    let folder = fixtures(&format!("cards/{profile}"));
    let mut text = std::fs::read_to_string(folder.join("card.toml")).unwrap();
    let built_in = Profile::builtin(profile).unwrap();
    for (section, from, to) in [
        ("[pin]", built_in.pin_value(), pin),
        ("[puk]", built_in.puk_value(), puk),
    ] {
        let at = text.find(section).unwrap();
        let rest = text.split_off(at);
        text += &rest.replacen(&format!("value = \"{from}\""), &format!("value = \"{to}\""), 1);
    }
    Profile::parse(&text, &mut |name| std::fs::read(folder.join(name))).unwrap()
}

fn run(profile: &str, deed: Deed, number: u64) -> Run {
    let mut random = ChaCha20Rng::seed_from_u64(20_261_129 + number);
    let [pin, puk, new, wrong] = [(); 4].map(|()| eight(&mut random));
    let mut readers = varco::played::PlayedReaders::new();
    let hand = readers.add("played", ExtendedLength::Supported);
    hand.insert(card(profile, &pin, &puk).into_card());
    let varco = Varco::with_readers(vec![Box::new(readers)]);
    let options = options(profile);
    let mut trace = Vec::new();
    let typed: &[&String] = match deed {
        Deed::LogIn => &[&pin],
        Deed::WrongPin => &[&wrong],
        Deed::ChangePin => &[&pin, &new, &new],
        Deed::Unblock => &[&puk, &new, &new],
    };
    let mut typist = Typist(typed.iter().map(|typed| (*typed).clone()).collect());
    let ended = match deed {
        Deed::LogIn | Deed::WrongPin => varco
            .login_recorded(&options, &mut typist, Some(&mut trace))
            .unwrap()
            .outcome
            .map(drop),
        Deed::ChangePin => varco
            .change_pin(&options, PinId::User, &mut typist, Some(&mut trace))
            .unwrap()
            .outcome
            .map(drop),
        Deed::Unblock => varco
            .unblock_pin(&options, PinId::User, &mut typist, Some(&mut trace))
            .unwrap()
            .outcome
            .map(drop),
    };
    match deed {
        Deed::WrongPin => assert_eq!(ended.unwrap_err().code(), "pin-wrong", "{profile}"),
        _ => ended.unwrap_or_else(|error| panic!("{profile}, {deed:?}: {error}")),
    }
    let mut secrets = Vec::new();
    for (name, value) in [
        ("PIN", &pin),
        ("PUK", &puk),
        ("new PIN", &new),
        ("wrong PIN", &wrong),
    ] {
        let (first, second) = value.split_at(4);
        for (part, value) in [
            ("whole", value.as_str()),
            ("first half", first),
            ("second half", second),
        ] {
            secrets.push((format!("{name}, {part}"), value.as_bytes().to_vec()));
        }
    }
    Run { trace, secrets }
}

/// Who the holder of a card is, as text, as a certificate has it, and in Latin-1.
fn person(profile: &str) -> Vec<(String, Vec<u8>)> {
    let (readers, _hands) = varco::played::readers(&[profile]).unwrap();
    let varco = Varco::with_readers(vec![Box::new(readers)]);
    let mut typist = Typist([Profile::builtin(profile).unwrap().pin_value().to_owned()].into());
    let report = varco.login(&options(profile), &mut typist).unwrap();
    let identity = serde_json::to_value(report.outcome.unwrap().0).unwrap();
    let mut person = Vec::new();
    for name in [
        "/codice_fiscale",
        "/name/surname",
        "/name/given_name",
        "/birth_date",
        "/credential/card_id",
        "/credential/nis",
        "/credential/document_number",
    ] {
        let Some(value) = identity.pointer(name).and_then(|value| value.as_str()) else {
            continue;
        };
        let latin: Vec<u8> = value.chars().filter_map(|c| u8::try_from(c).ok()).collect();
        person.push((name.to_owned(), value.as_bytes().to_vec()));
        person.push((format!("{name} in Latin-1"), latin));
        if name == "/birth_date" {
            person.push((name.to_owned(), value.replace('-', "").into_bytes()));
        }
    }
    assert!(person.len() >= 8, "{identity}");
    person
}

/// Whether a value stands there in any form: also in hexadecimal, and in hexadecimal of hexadecimal.
fn stands_in(value: &[u8], text: &[u8]) -> bool {
    let upper: String = value.iter().map(|byte| format!("{byte:02X}")).collect();
    let lower = upper.to_lowercase();
    hits(&[value, upper.as_bytes(), lower.as_bytes()], text) > 0
}

/// What is in the trace of every run.
fn let_out(runs: &[Run]) -> BTreeSet<String> {
    let found = |run: &Run| -> BTreeSet<String> {
        let found = run
            .secrets
            .iter()
            .filter(|(_, value)| stands_in(value, &run.trace));
        found.map(|(name, _)| name.clone()).collect()
    };
    let mut each = runs.iter().map(found);
    let first = each.next().unwrap();
    each.fold(first, |all, found| all.intersection(&found).cloned().collect())
}

fn runs(profile: &str, deed: Deed) -> Vec<Run> {
    let person = person(profile);
    let run = |number| {
        let mut run = run(profile, deed, number);
        run.secrets.extend(person.clone());
        run
    };
    (0..RUNS).map(run).collect()
}

#[test]
fn a_redacted_trace_shows_neither_secrets_nor_person() {
    for (profile, deed) in [
        ("cns-st", Deed::LogIn),
        ("cns-st", Deed::WrongPin),
        ("cns-st", Deed::ChangePin),
        ("cns-st", Deed::Unblock),
        ("cie-nxp", Deed::LogIn),
        ("cie-nxp", Deed::WrongPin),
        ("cie-nxp", Deed::ChangePin),
        ("cie-nxp", Deed::Unblock),
        ("cie-st", Deed::LogIn),
        ("cie-gemalto2", Deed::LogIn),
    ] {
        let runs = runs(profile, deed);
        let out = let_out(&runs);
        let trace = String::from_utf8_lossy(&runs.first().unwrap().trace);
        assert!(out.is_empty(), "{profile}, {deed:?}: {out:?}\n{trace}");
        assert!(trace.starts_with("{\"event\":\"connect\",\"format\":2,"));
        assert!(trace.contains("\"redacted\":\"secret\"") && trace.contains("\"redacted\":\"personal\""));
        // An identity card's secrets go through its channel alone, and nothing of it is a cryptogram.
        let typed: Vec<&str> = trace
            .lines()
            .filter(|line| {
                ["VERIFY", "CHANGE REFERENCE DATA", "RESET RETRY COUNTER"]
                    .iter()
                    .any(|name| line.contains(name))
            })
            .filter(|line| !line.contains("\"length_bytes\":0"))
            .collect();
        assert!(!typed.is_empty(), "{trace}");
        for line in typed {
            assert_eq!(line.contains("\"secured\":true"), is_cie(profile), "{line}");
            assert!(line.contains("\"redacted\":\"secret\""), "{line}");
        }
        assert!(
            !trace.contains("\"header\":\"0C") && !trace.contains("\"header\":\"1C"),
            "{trace}"
        );
    }
}

#[test]
fn the_same_search_finds_what_is_let_out() {
    for profile in ["cns-st", "cie-nxp"] {
        let mut runs = runs(profile, Deed::LogIn);
        // As a recorder that left nothing out would have it: ASCII in hexadecimal.
        for run in &mut runs {
            for name in ["PIN, second half", "/name/surname"] {
                let (_, value) = run.secrets.iter().find(|(of, _)| of == name).unwrap();
                let hex: String = value.iter().map(|byte| format!("{byte:02X}")).collect();
                run.trace.extend(hex.into_bytes());
            }
        }
        let out = let_out(&runs);
        let wanted = ["PIN, second half", "/name/surname"].map(str::to_owned);
        assert!(wanted.iter().all(|name| out.contains(name)), "{out:?}");
        assert!(!out.contains("PIN, whole"), "{out:?}");
        // The same search finds the PIN in a trace that has every byte.
        let card = Profile::builtin(profile).unwrap();
        let recipe = varco::played::exact::Recipe {
            profile: profile.to_owned(),
            from_folder: false,
            seed: 1,
            instant: "2026-11-29T08:00:00Z".to_owned(),
            audience: "kiosk-7.example".to_owned(),
            service: None,
            nonce: None,
            signature: "pkcs1".to_owned(),
            birth_date_from_card: true,
            test_pin: card.pin_value().to_owned(),
        };
        let exact = varco::played::exact::record(&recipe, None).unwrap().trace;
        assert!(stands_in(card.pin_value().as_bytes(), &exact), "{profile}");
    }
}

#[test]
fn a_login_with_an_identity_card_is_told_command_by_command() {
    for profile in identity::FAMILIES {
        let run = run(profile, Deed::LogIn, 0);
        let lines: Vec<serde_json::Value> = run
            .trace
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect();
        let secured: Vec<&str> = lines
            .iter()
            .filter(|line| line["secured"] == true)
            .map(|line| line["name"].as_str().unwrap())
            .collect();
        // Device authentication, counter, PIN, certificate, key, signature.
        let opening = [
            "MANAGE SECURITY ENVIRONMENT",
            "PERFORM SECURITY OPERATION",
            "MANAGE SECURITY ENVIRONMENT",
            "GET CHALLENGE",
            "EXTERNAL AUTHENTICATE",
            "MANAGE SECURITY ENVIRONMENT",
            "INTERNAL AUTHENTICATE",
        ];
        assert_eq!(secured.get(..7).unwrap(), opening, "{profile}");
        let rest = secured.get(7..).unwrap();
        let verify = rest.iter().position(|name| *name == "VERIFY").unwrap();
        let signed = [verify + 1, rest.len() - 2, rest.len() - 1].map(|at| rest.get(at).copied().unwrap());
        assert_eq!(
            signed,
            [
                "READ BINARY",
                "MANAGE SECURITY ENVIRONMENT",
                "INTERNAL AUTHENTICATE"
            ],
            "{profile}: {rest:?}"
        );
        // What the channel was opened with is there as it travelled.
        let clear = |name: &str| {
            lines.iter().any(|line| {
                line["name"] == name && line.get("secured").is_none() && line["data"]["hex"].is_string()
            })
        };
        assert!(
            clear("SELECT") && clear("MANAGE SECURITY ENVIRONMENT") && clear("GET DATA"),
            "{profile}"
        );
    }
}

#[test]
fn a_channel_that_breaks_is_told_by_what_the_card_said_outside_of_it() {
    for profile in ["cie-unprotected-verify", "cie-flipped-mac", "cie-replayed-answer"] {
        let (readers, _hands) = varco::played::readers(&[profile]).unwrap();
        let varco = Varco::with_readers(vec![Box::new(readers)]);
        let mut typist = Typist(["12345678".to_owned()].into());
        let mut trace = Vec::new();
        let report = varco
            .login_recorded(&identity::options(), &mut typist, Some(&mut trace))
            .unwrap();
        assert_eq!(report.outcome.unwrap_err().code(), "secure-channel", "{profile}");
        let trace = String::from_utf8(trace).unwrap();
        let last = trace.lines().rfind(|line| line.contains("no-answer")).unwrap();
        assert!(last.contains("\"code\":\"secure-channel\""), "{profile}: {trace}");
        assert!(last.contains("\"status\":\""), "{profile}: {trace}");
    }
}
