//! Claims about the makers' files and their choice.

use std::collections::BTreeSet;

use varco_apdu::Atr;
use varco_credential::{CounterQuery, PinReference};

use super::*;
use crate::maker::Maker;

/// The name of the profile for a card with this ATR, if it is labelled CNS.
fn profile_of(atr: &str) -> Option<String> {
    let bytes = Pattern::parse(atr).unwrap().exact().unwrap();
    let maker = Maker::of(&Atr::new(&bytes).unwrap())?;
    Some(Library::default().of_maker(&maker).name.clone())
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
            "gd-2025",
        ),
        (
            "3B FF 18 00 00 81 31 FE 45 00 6B 15 0C 03 02 01 01 01 43 4E 53 10 31 80 61",
            "chipdoc",
        ),
    ] {
        assert_eq!(profile_of(atr).as_deref(), Some(profile), "{atr}");
    }
}

#[test]
fn another_label_or_length_is_no_cns() {
    for atr in [
        // Health-professional card, CIE v2, bare contactless, IDEMIA contactless: [cns §1.3], [cns §1.4].
        "3B FF 18 00 00 81 31 FE 45 00 6B 04 05 01 00 01 12 02 48 50 43 10 31 80 6C",
        "3B FF 18 00 FF 81 31 FE 55 00 6B 02 09 13 00 02 49 54 49 44 20 20 31 80 D3",
        "3B 80 80 01 01",
        "3B 8B 80 01 00 31 C1 64 09 37 72 13 00 90 00 00",
        // The right label among 14 historical bytes.
        "3B FE 18 00 FF 81 31 FE 55 00 6B 02 09 17 17 01 11 01 43 4E 53 11 31 0D",
        "3B 00",
    ] {
        assert_eq!(profile_of(atr), None, "{atr}");
    }
}

#[test]
fn every_unknown_mask_gets_the_generic_profile() {
    let named = [0x04, 0x05, 0x08, 0x09, 0x0C];
    let library = Library::default();
    for mask in (0..=u8::MAX).filter(|mask| !named.contains(mask)) {
        let maker = Maker {
            ic: 0x05,
            mask,
            os: 0x2000,
            version: 0x11,
        };
        assert_eq!(library.of_maker(&maker).name, "generic");
    }
    let generic = Library::generic();
    assert_eq!(generic.user_pin().counter_query, CounterQuery::NotAsked);
    assert!(generic.title_en.contains("not known") && generic.title_it.contains("non noto"));
}

#[test]
fn every_card_of_the_st_mask_has_the_search_bit_and_no_other_has() {
    let library = Library::default();
    for profile in library.all() {
        let is_st = profile.name.starts_with("st-");
        let reference = if is_st { 0x90 } else { 0x10 };
        assert_eq!(
            profile.user_pin().reference,
            PinReference(reference),
            "{}",
            profile.name
        );
        let free = profile.user_pin().counter_query == CounterQuery::Free;
        assert_eq!(free, is_st, "{}", profile.name);
    }
    for version in 0..=u8::MAX {
        let maker = Maker {
            ic: 0x02,
            mask: 0x09,
            os: 0x0203,
            version,
        };
        assert!(library.of_maker(&maker).name.starts_with("st-"));
    }
}

#[test]
fn every_file_in_the_folder_is_read() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/profiles");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let library = Library::default();
    let names: BTreeSet<String> = library
        .all()
        .map(|profile| format!("{}.toml", profile.name))
        .collect();
    assert_eq!(files, names);
}

#[test]
fn files_that_a_user_brings_are_asked_first_and_one_that_is_wrong_is_named() {
    let mine = include_str!("../../profiles/st-2021.toml").replace("name = \"st-2021\"", "name = \"mine\"");
    let files = [("mine.toml".to_owned(), mine)];
    let library = Library::with_files(&files).unwrap();
    let maker = Maker {
        ic: 0x02,
        mask: 0x09,
        os: 0x1617,
        version: 0x11,
    };
    assert_eq!(library.of_maker(&maker).name, "mine");

    let wrong = [files[0].clone(), ("wrong.toml".to_owned(), "name = 1".to_owned())];
    let error = Library::with_files(&wrong).unwrap_err();
    assert_eq!(
        (error.file.as_str(), error.code()),
        ("wrong.toml", "maker-profile-invalid")
    );
    let many: Vec<_> = (0..=PROFILES_MAX).map(|_| files[0].clone()).collect();
    assert!(Library::with_files(&many).is_err());
}
