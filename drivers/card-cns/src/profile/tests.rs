//! Claims about the makers' files and their choice.

use std::collections::BTreeSet;

use varco_apdu::Atr;
use varco_card::{Transaction, WAIT_DEFAULT, scripted::ScriptedLink};
use varco_credential::{CardDriver, Recognition};

use super::*;
use crate::CnsDriver;

/// The name of the profile for a card with this ATR; no exchange is on the script.
fn recognised(atr: &str) -> Option<String> {
    let bytes: Vec<u8> = atr
        .split(' ')
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect();
    let atr = Atr::new(&bytes).unwrap();
    let mut link = ScriptedLink::new(atr.clone());
    let mut transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
    let card = CnsDriver.recognise(&atr, &mut transaction).unwrap();
    assert_eq!(transaction.exchanges(), 0);
    match card {
        Recognition::Login(card) => Some(card.description().profile),
        Recognition::Foreign(_) | Recognition::Unknown => None,
    }
}

fn all() -> impl Iterator<Item = &'static Profile> {
    BY_MAKER.iter().chain([&*GENERIC])
}

#[test]
fn every_known_atr_finds_its_makers_profile() {
    // [cns §1.3], whole.
    for (atr, profile) in [
        (
            "3B FF 18 00 FF 81 31 FE 55 00 6B 02 09 02 00 01 01 01 43 4E 53 10 31 80 9F",
            "st-incard-1.0",
        ),
        (
            "3B FF 18 00 FF 81 31 FE 55 00 6B 02 09 02 00 01 11 01 43 4E 53 10 31 80 8F",
            "st-incard-1.0",
        ),
        (
            "3B FF 18 00 FF 81 31 FE 55 00 6B 02 09 03 03 01 01 01 43 4E 53 10 31 80 9D",
            "st-incard-1.0",
        ),
        (
            "3B FF 18 00 FF 81 31 FE 55 00 6B 02 09 03 03 01 11 01 43 4E 53 11 31 80 8C",
            "st-incard-1.1",
        ),
        (
            "3B FF 18 00 00 81 31 FE 55 00 6B 02 09 04 03 01 01 01 43 4E 53 10 31 80 65",
            "st-incard-1.0",
        ),
        (
            "3B FF 18 00 00 81 31 FE 55 00 6B 02 09 07 03 01 01 01 43 4E 53 10 31 80 66",
            "st-incard-1.0",
        ),
        (
            "3B FF 96 00 00 81 31 FE 55 00 6B 02 09 04 03 01 01 01 43 4E 53 10 31 80 EB",
            "st-incard-1.0",
        ),
        (
            "3B FF 18 00 FF 81 31 FE 55 00 6B 02 09 16 17 01 11 01 43 4E 53 11 31 80 8D",
            "st-2021",
        ),
        (
            "3B FF 18 00 FF 81 31 FE 55 00 6B 02 09 17 17 01 11 01 43 4E 53 11 31 80 8C",
            "st-incard-1.1",
        ),
        (
            "3B FF 18 00 FF C1 0A 31 FE 55 00 6B 05 08 C8 05 01 11 01 43 4E 53 10 31 80 0C",
            "cardos",
        ),
        (
            "3B FF 18 00 FF C1 0A 31 FE 55 00 6B 05 08 C8 0C 01 11 01 43 4E 53 10 31 80 05",
            "cardos",
        ),
        (
            "3B FF 18 00 00 81 31 FE 45 00 6B 04 05 01 00 01 11 01 43 4E 53 10 31 80 69",
            "oberthur",
        ),
        (
            "3B FF 18 00 00 81 31 FE 45 00 6B 04 05 01 00 01 21 01 43 4E 53 10 31 80 59",
            "oberthur",
        ),
        (
            "3B FF 18 00 00 81 31 FE 45 00 6B 05 05 10 17 01 21 01 43 4E 53 10 31 80 5E",
            "oberthur",
        ),
        (
            "3B FF 18 00 00 81 31 FE 45 00 6B 05 05 20 00 01 21 01 43 4E 53 10 31 80 79",
            "idemia-2021",
        ),
        (
            "3B FF 18 00 00 81 31 FE 45 00 6B 05 05 91 20 01 F1 01 43 4E 53 10 31 80 38",
            "idemia-2021",
        ),
        (
            "3B FF 18 00 00 81 31 FE 45 00 6B 11 05 07 00 01 21 01 43 4E 53 10 31 80 4A",
            "oberthur",
        ),
        (
            "3B DF 18 00 81 31 FE 7D 00 6B 15 0C 01 81 01 11 01 43 4E 53 10 31 80 E8",
            "athena",
        ),
        (
            "3B DF 18 00 81 31 FE 7D 00 6B 02 0C 01 82 01 11 01 43 4E 53 10 31 80 FC",
            "athena",
        ),
        (
            "3B DF 18 00 81 31 FE 7D 00 6B 04 0C 01 84 01 11 01 43 4E 53 10 31 80 FC",
            "athena",
        ),
        (
            "3B FF 18 00 FF 81 31 FE 4D 00 6B 04 04 B8 5B 01 F1 01 43 4E 53 10 31 80 9D",
            "generic",
        ),
        (
            "3B FF 18 00 00 81 31 FE 45 00 6B 15 0C 03 02 01 01 01 43 4E 53 10 31 80 61",
            "generic",
        ),
    ] {
        assert_eq!(recognised(atr).as_deref(), Some(profile), "{atr}");
    }
}

#[test]
fn another_label_or_form_is_not_this_family() {
    for atr in [
        // Health-professional card, CIE v2, CIE v1, bare contactless, IDEMIA contactless: [cns §1.3], [cns §1.4].
        "3B FF 18 00 00 81 31 FE 45 00 6B 04 05 01 00 01 12 02 48 50 43 10 31 80 6C",
        "3B FF 18 00 FF 81 31 FE 55 00 6B 02 09 13 00 02 49 54 49 44 20 20 31 80 D3",
        "3B E9 00 FF C1 10 31 FE 55 00 64 05 00 C8 02 31 80 00 47",
        "3B 80 80 01 01",
        "3B 8B 80 01 00 31 C1 64 09 37 72 13 00 90 00 00",
        // The right label behind H1, H2 or H7 of another kind, and among 14 historical bytes.
        "3B FF 18 00 FF 81 31 FE 55 80 6B 02 09 17 17 01 11 01 43 4E 53 11 31 80 0C",
        "3B FF 18 00 FF 81 31 FE 55 00 6A 02 09 17 17 01 11 01 43 4E 53 11 31 80 8D",
        "3B FF 18 00 FF 81 31 FE 55 00 6B 02 09 17 17 02 11 01 43 4E 53 11 31 80 8F",
        "3B FE 18 00 FF 81 31 FE 55 00 6B 02 09 17 17 01 11 01 43 4E 53 11 31 0D",
        "3B 00",
    ] {
        assert_eq!(recognised(atr), None, "{atr}");
    }
}

#[test]
fn every_unknown_mask_gets_the_generic_profile() {
    let named = [0x05, 0x08, 0x09, 0x0C];
    for mask in (0..=u8::MAX).filter(|mask| !named.contains(mask)) {
        let maker = Maker {
            ic: 0x05,
            mask,
            os: 0x2000,
            version: 0x11,
        };
        assert_eq!(Profile::of(&maker).name, "generic");
    }
    assert_eq!(GENERIC.counter_query(), CounterQuery::NotAsked);
    assert!(GENERIC.title_en.contains("not known") && GENERIC.title_it.contains("non noto"));
}

#[test]
fn every_card_of_the_st_mask_has_the_search_bit_and_no_other_has() {
    for profile in all() {
        let is_st = profile.fits.mask == Some(0x09);
        let reference = if is_st { 0x90 } else { 0x10 };
        assert_eq!(
            profile.pin_reference(),
            PinReference(reference),
            "{}",
            profile.name
        );
        let free = profile.counter_query() == CounterQuery::Free;
        assert_eq!(free, is_st, "{}", profile.name);
    }
    for version in 0..=u8::MAX {
        let maker = Maker {
            ic: 0x02,
            mask: 0x09,
            os: 0x0203,
            version,
        };
        assert!(Profile::of(&maker).name.starts_with("st-"));
    }
}

#[test]
fn every_file_in_the_folder_is_read_and_plausible() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/profiles");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let names: BTreeSet<String> = all().map(|profile| format!("{}.toml", profile.name)).collect();
    assert_eq!(files, names);
    for profile in all() {
        let pin = &profile.pin;
        assert!(pin.length_min <= pin.length_max && pin.length_max <= pin.block_bytes);
        assert!((1..=256).contains(&profile.commands.read_block_bytes));
        assert!(profile.commands.success_words.contains(&0x9000));
        assert!(!profile.title_en.is_empty() && !profile.title_it.is_empty());
        let fits = &profile.fits;
        assert!(fits.os.is_none_or(|(first, last)| first <= last));
        assert!(fits.version.is_none_or(|(first, last)| first <= last));
    }
}

#[test]
fn a_key_that_nobody_knows_is_refused() {
    let text = include_str!("../../profiles/generic.toml");
    assert!(toml::from_str::<Profile>(text).is_ok());
    for place in ["[pin]", "[key]", "[commands]", "[match]"] {
        let mistyped = text.replace(place, &format!("{place}\nsearhc = 1"));
        assert!(toml::from_str::<Profile>(&mistyped).is_err(), "{place}");
    }
}
