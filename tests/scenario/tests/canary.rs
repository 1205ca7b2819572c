//! A whole journey at trace level lets out neither the PIN, nor a half of it, nor who the person is.
//!
//! Logs, the recorded trace, `Debug` and `Display` of everything a caller can get hold of are searched. A control
//! run with other secrets must have the same hits, so that chance finds do not count, and a third search shows
//! that the identity itself does name the person.
//! The subscriber is the process's own, so that every thread logs to it: this file has one test only.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    reason = "test code"
)]

use std::io::Write;
use std::sync::{Arc, Mutex};

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use tracing_subscriber::fmt::MakeWriter;
use varco::Varco;
use varco::played::{PlayedReaders, Profile};
use varco_card::ExtendedLength;
use varco_scenario::canary::{forms, hits};
use varco_scenario::{Typed, fixtures, identity, options};

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Sink {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

struct Run {
    let_out: Vec<u8>,
    identity: String,
    pin: String,
}

/// A card of `profile` with a random PIN, a right login, a wrong one, one of the wrong form, and one cut short.
fn run(profile: &str, random: &mut ChaCha20Rng, sink: &Sink) -> Run {
    let pin = format!("{:08}", random.next_u32() % 100_000_000);
    let wrong = format!("{:08}", random.next_u32() % 100_000_000);
    let is_cie = profile.starts_with("cie");
    let folder = fixtures(&format!("cards/{profile}"));
    let text = std::fs::read_to_string(folder.join("card.toml")).unwrap();
    let built_in = Profile::builtin(profile).unwrap();
    let value = |pin: &str| format!("value = \"{pin}\"");
    let text = text.replacen(&value(built_in.pin_value()), &value(&pin), 1);
    let profile = Profile::parse(&text, &mut |name| std::fs::read(folder.join(name))).unwrap();

    let mut readers = PlayedReaders::new();
    let hand = readers.add("played", ExtendedLength::Unknown);
    hand.insert(Box::new(profile.into_card()));
    let varco = Varco::with_readers(vec![Box::new(readers)]);
    let options = if is_cie {
        identity::options()
    } else {
        let mut options = options();
        // Also what the card holds about its holder is read.
        options.birth_date_from_card();
        options
    };

    let mut sink = sink.clone();
    let mut identity = String::new();
    for typed in [pin.as_str(), wrong.as_str(), &pin[..4], pin.as_str()] {
        let mut recorded = sink.clone();
        let mut person = Typed::new(typed);
        let report = varco
            .login_recorded(&options, &mut person, Some(&mut recorded))
            .unwrap();
        write!(sink, "{report:?}").unwrap();
        match &report.outcome {
            Ok((who, _)) => {
                write!(sink, "{who:?}").unwrap();
                identity = serde_json::to_string(who).unwrap();
            }
            Err(error) => write!(sink, "{error} {error:?}").unwrap(),
        }
        let _ = hand.insert_again();
        hand.set_faults(vec!["remove@13".parse().unwrap()]).unwrap();
    }
    let let_out = std::mem::take(&mut *sink.0.lock().unwrap());
    Run {
        let_out,
        identity,
        pin,
    }
}

#[test]
fn a_journey_at_trace_level_shows_neither_pin_nor_person() {
    let seed = 20_261_125_u64;
    println!("seed {seed}");
    let mut random = ChaCha20Rng::seed_from_u64(seed);
    let sink = Sink::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(sink.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    a_cns_shows_nothing(&mut random, &sink);
    an_identity_card_shows_nothing(&mut random, &sink);
}

fn a_cns_shows_nothing(random: &mut ChaCha20Rng, sink: &Sink) {
    let first = run("cns-st", random, sink);
    let control = run("cns-minor", random, sink);

    assert!(first.let_out.len() > 4_000, "the journey was not logged");
    let text = String::from_utf8_lossy(&first.let_out);
    assert!(
        text.contains("VERIFY 00 20 00 90") && text.contains("\"redacted\":\"secret\""),
        "{text}"
    );

    let person: [&[u8]; 5] = [
        b"DMNNCL80C14H501S",
        b"14031980",
        "D'AM\u{c0}NZIO".as_bytes(),
        b"D'AM\xC0NZIO",
        b"NICOL",
    ];
    let secrets: Vec<&[u8]> = person.into_iter().chain([first.pin.as_bytes()]).collect();
    assert_eq!(
        hits(&secrets, &first.let_out),
        hits(&secrets, &control.let_out),
        "{text}"
    );
    assert_eq!(hits(&secrets, &first.let_out), 0, "{text}");
    assert_eq!(hits(&[first.pin.as_bytes()], first.identity.as_bytes()), 0);
    assert!(
        hits(&person, first.identity.as_bytes()) > 0,
        "the identity names the person"
    );
}

/// The same of a card whose commands are recorded above its secure messaging. Its PIN is in two halves, which its holder got on two
/// ways: either is a secret. Four digits by themselves stand in any log by chance (`redacted` looks for those in traces), so a half is
/// looked for in its longer forms: ASCII in hexadecimal, in decimal.
fn an_identity_card_shows_nothing(random: &mut ChaCha20Rng, sink: &Sink) {
    for _ in 0..2 {
        let run = run("cie-nxp", random, sink);
        let text = String::from_utf8_lossy(&run.let_out);
        let verify = text.lines().find(|line| line.contains("\"name\":\"VERIFY\""));
        assert!(
            verify.is_some_and(
                |line| line.contains("\"redacted\":\"secret\"") && line.contains("\"secured\":true")
            ),
            "{text}"
        );
        let named: serde_json::Value = serde_json::from_str(&run.identity).unwrap();
        let person: Vec<String> = [
            "/codice_fiscale",
            "/name/surname",
            "/name/given_name",
            "/credential/nis",
            "/credential/document_number",
        ]
        .iter()
        .filter_map(|name| Some(named.pointer(name)?.as_str()?.to_owned()))
        .collect();
        assert!(person.len() >= 4, "{named}");
        let mut secrets: Vec<&[u8]> = person.iter().map(String::as_bytes).collect();
        secrets.push(run.pin.as_bytes());
        assert_eq!(hits(&secrets, &run.let_out), 0, "{text}");
        for half in [&run.pin[..4], &run.pin[4..]] {
            let long = forms(half.as_bytes()).into_iter().filter(|form| form.len() >= 8);
            let long: Vec<Vec<u8>> = long.collect();
            assert!(long.len() >= 7);
            let long: Vec<&[u8]> = long.iter().map(Vec::as_slice).collect();
            assert_eq!(hits(&long, &run.let_out), 0, "{half}: {text}");
        }
    }
}
