//! Tests of recording, by claim, with played cards.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "test code"
)]

use std::collections::BTreeSet;

use varco::played::{PlayedReader, Profile};

use super::*;
use crate::compare::{Outcome, Side, compare, conformance};

const WAIT: Duration = Duration::from_secs(10);

fn lying(name: &str, profile: Profile) -> (Varco, Vec<PlayedReader>) {
    let (readers, hands) = varco::played::readers_with(vec![(name, profile)]);
    (Varco::with_readers(vec![Box::new(readers)]), hands)
}

fn builtin(name: &str) -> (Varco, Vec<PlayedReader>) {
    lying(name, Profile::builtin(name).unwrap())
}

#[test]
fn every_built_in_card_is_recorded_played_and_found_alike() {
    let probes = conformance().unwrap();
    for name in Profile::names() {
        let (varco, _hands) = builtin(name);
        let recording = record(&varco, None, WAIT, "recorded").unwrap();
        let (again, _others) = lying("recorded", recording.profile().unwrap());
        let side = |varco| Side {
            varco,
            reader: None,
            wait: WAIT,
        };
        let replaced = recording.about.replaced.keys().cloned().collect();
        let comparison = compare(&side(&varco), &side(&again), &probes, &replaced).unwrap();
        let differing: Vec<_> = comparison
            .steps
            .iter()
            .filter(|step| step.outcome == Outcome::Differs)
            .collect();
        assert!(
            differing.is_empty(),
            "{name}: {differing:#?}\n{:#?}",
            recording.about
        );
    }
}

/// A CNS that nobody has seen: of no known maker, so that no built-in card lends its habits.
const UNSEEN: &str = "3BFF1800FF8131FE55006B027E0200010101434E53113180E9";

#[test]
fn what_a_card_of_no_known_maker_shows_is_its_own_in_the_recording() {
    let probes = conformance().unwrap();
    for name in Profile::names().filter(|name| name.starts_with("cns-")) {
        let embedded = Profile::embedded(name).unwrap();
        let text: Table = embedded.card_toml.parse().unwrap();
        let atr = text["atr"].as_str().unwrap();
        if hex(&unhex(atr)).starts_with("3B6F") {
            // Without the T=0 of its answer to reset it would be another card.
            continue;
        }
        let text = embedded.card_toml.replace(atr, UNSEEN);
        let profile = Profile::parse(&text, &mut |wanted| embedded.file(wanted)).unwrap();
        let (varco, _hands) = lying("unseen", profile);
        let recording = record(&varco, None, WAIT, "recorded").unwrap();
        assert_ne!(recording.about.like["because"], "same-answer-to-reset", "{name}");
        let (again, _others) = lying("recorded", recording.profile().unwrap());
        let side = |varco| Side {
            varco,
            reader: None,
            wait: WAIT,
        };
        let replaced = recording.about.replaced.keys().cloned().collect();
        let comparison = compare(&side(&varco), &side(&again), &probes, &replaced).unwrap();
        let differing: Vec<_> = comparison
            .steps
            .iter()
            .filter(|step| step.outcome == Outcome::Differs)
            .collect();
        assert!(
            differing.is_empty(),
            "{name}: {differing:#?}\n{:#?}",
            recording.about
        );
    }
}

#[test]
fn nothing_is_sent_but_what_the_list_has_and_no_try_is_spent() {
    for name in Profile::names() {
        let (varco, hands) = builtin(name);
        let before = hands[0].look(|card| card.unwrap().snapshot());
        record(&varco, None, WAIT, "recorded").unwrap();
        hands[0].look(|card| {
            let card = card.unwrap();
            assert_eq!(
                card.log().total(),
                card.log().events().len() as u64,
                "{name}: log is whole"
            );
            let sent: BTreeSet<u8> = card.log().events().map(varco_emulator::Event::ins).collect();
            let read = BTreeSet::from([0x84, 0xA4, 0xB0, 0xC0, 0xCA, 0xCB]);
            assert!(sent.is_subset(&read), "{name}: {sent:02X?}");
            assert_eq!(card.snapshot().pins(), before.pins(), "{name}");
        });
    }
}

#[test]
fn a_recording_is_written_whole_or_not_at_all_and_never_over_another() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("mine");
    let (varco, _hands) = builtin("cns-st");
    let recording = record(&varco, None, WAIT, "mine").unwrap();
    recording.write(&out).unwrap();
    let profile = Profile::from_dir(&out).unwrap();
    assert_eq!(profile.name(), "mine");
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), recording.file_count());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(recording.write(&out).unwrap_err().code(), "recording-exists");
    let mut damaged = recording;
    damaged.table.remove("pin");
    let refused = damaged.write(&folder.path().join("other")).unwrap_err();
    assert_eq!(refused.code(), "recording-unplayable");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// A card whose every file holds words of its own, some in digits of another form.
fn with_canaries(words: &[&str]) -> Profile {
    let embedded = Profile::embedded("cns-st").unwrap();
    let packed = |digits: &str| -> Vec<u8> { unhex(digits) };
    let mut file = |name: &str| -> std::io::Result<Vec<u8>> {
        let mut content = embedded.file(name)?;
        if name == "key.p8" {
            return Ok(content);
        }
        let length = content.len();
        for word in words {
            content.splice(0..0, word.bytes());
            content.splice(0..0, word.encode_utf16().flat_map(u16::to_be_bytes));
            if word.bytes().all(|byte| byte.is_ascii_digit()) {
                content.splice(0..0, packed(word));
            }
        }
        // The number of the card keeps its form, and is a canary itself.
        if name == "ef-1003.bin" {
            return Ok(words[2].as_bytes().to_vec());
        }
        if name == "ef-2f02.bin" {
            content.truncate(length);
        }
        content.truncate(2048.min(if name == "ef-1102.bin" { 400 } else { 2048 }));
        Ok(content)
    };
    Profile::parse(embedded.card_toml, &mut file).unwrap()
}

#[test]
fn nothing_of_a_person_is_in_a_recording() {
    for round in 0_u64..8 {
        // Other words each time the tests are built would not be found again when they fail.
        let seed = 0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(round + 1);
        let letters = |salt: u32| -> String {
            (0..9)
                .map(|at| char::from(b'A' + ((seed.rotate_left(salt + at * 7) >> 11) % 26) as u8))
                .collect()
        };
        let (name, surname) = (letters(1), letters(29));
        let serial = format!("6999{:012}", seed % 1_000_000_000_000);
        let code = format!(
            "{}{:02}A{:02}H{:03}U",
            name.chars().take(6).collect::<String>(),
            seed % 90 + 10,
            seed % 28 + 1,
            seed % 900 + 100
        );
        let words = [name.as_str(), surname.as_str(), serial.as_str(), code.as_str()];
        let (varco, hands) = lying("canary", with_canaries(&words));
        let reads = record(&varco, None, WAIT, "canary").unwrap();
        assert!(hands[0].look(|card| card.unwrap().log().reads(varco_apdu::FileId(0x1102)).count() > 0));
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        reads.write(&out).unwrap();
        for entry in std::fs::read_dir(&out).unwrap() {
            let path = entry.unwrap().path();
            let content = std::fs::read(&path).unwrap();
            for word in words {
                let wide: Vec<u8> = word.encode_utf16().flat_map(u16::to_be_bytes).collect();
                let packed = unhex(word);
                let mut forms = vec![word.as_bytes().to_vec(), word.to_lowercase().into_bytes(), wide];
                if word == serial {
                    forms.push(packed);
                }
                forms.push(hex(word.as_bytes()).into_bytes());
                for form in forms {
                    let is_there = content.windows(form.len()).any(|window| window == form);
                    assert!(!is_there, "{}: {word}", path.display());
                }
            }
        }
    }
}

#[test]
fn what_no_kind_of_card_knows_is_told_and_a_blank_certificate_stays_blank() {
    let (varco, _hands) = builtin("cns-no-certificate");
    let recording = record(&varco, None, WAIT, "blank").unwrap();
    let text = recording.card_toml().unwrap();
    assert!(
        !text.contains("ef-1100-1101.bin") && text.contains("ef-1100-1102.bin"),
        "{text}"
    );
    let nothing = Varco::with_readers(vec![Box::new(varco::played::PlayedReaders::new())]);
    assert_eq!(record(&nothing, None, WAIT, "x").unwrap_err().code(), "no-reader");
}
