//! A redacted trace shows neither the PIN nor who the person is.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use std::io::Write;
use std::sync::{Arc, Mutex};

use varco::Varco;
use varco::played::Profile;
use varco_scenario::Typed;
use varco_scenario::canary::hits;

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

/// A login with a card of `profile`: who it was, in JSON, and its trace, redacted.
fn redacted(profile: &str) -> (serde_json::Value, Vec<u8>) {
    let (readers, _hands) = varco::played::readers(&[profile]).unwrap();
    let varco = Varco::with_readers(vec![Box::new(readers)]);
    let mut options = varco::LoginOptions::new(varco::Audience::parse("kiosk-7.example").unwrap());
    varco::played::believe(&mut options).unwrap();
    options.birth_date_from_card();
    let sink = Sink::default();
    let mut recorded = sink.clone();
    let mut person = Typed::new(Profile::builtin(profile).unwrap().pin_value());
    let report = varco
        .login_recorded(&options, &mut person, Some(&mut recorded))
        .unwrap();
    let (identity, _) = report.outcome.unwrap();
    let text = sink.0.lock().unwrap().clone();
    assert!(text.starts_with(b"{\"event\":\"connect\",\"format\":2,"));
    (serde_json::to_value(&identity).unwrap(), text)
}

#[test]
fn a_redacted_trace_of_either_card_shows_neither_secrets_nor_person() {
    for profile in ["cns-st", "cie-nxp"] {
        let card = Profile::builtin(profile).unwrap();
        let (identity, text) = redacted(profile);
        let member = |name: &&str| Some(identity.pointer(name)?.as_str()?.to_owned());
        let names: Vec<String> = [
            "/codice_fiscale",
            "/name/surname",
            "/name/given_name",
            "/credential/card_id",
            "/credential/nis",
            "/credential/document_number",
        ]
        .iter()
        .filter_map(member)
        .collect();
        assert!(names.len() >= 4, "{identity}");
        // As a certificate has them, and as the personal data of a CNS do, in Latin-1.
        let latin: Vec<Vec<u8>> = names
            .iter()
            .map(|name| name.chars().filter_map(|c| u8::try_from(c).ok()).collect())
            .collect();
        let mut secrets: Vec<&[u8]> = names.iter().map(|name| name.as_bytes()).collect();
        secrets.extend(latin.iter().map(Vec::as_slice));
        secrets.extend([card.pin_value().as_bytes(), card.puk_value().as_bytes()]);
        assert_eq!(
            hits(&secrets, &text),
            0,
            "{profile}: {}",
            String::from_utf8_lossy(&text)
        );
        // The same search finds the PIN in a trace that has every byte.
        let recipe = varco::played::exact::Recipe {
            profile: profile.to_owned(),
            seed: 1,
            instant: "2026-11-29T08:00:00Z".to_owned(),
            audience: "kiosk-7.example".to_owned(),
            signature: "pkcs1".to_owned(),
            birth_date_from_card: true,
            test_pin: card.pin_value().to_owned(),
        };
        let exact = varco::played::exact::record(&recipe).unwrap().trace;
        assert!(hits(&secrets, &exact) > 0, "{profile}");
    }
}
