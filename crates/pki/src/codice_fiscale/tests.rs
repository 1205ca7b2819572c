//! Vectors of the sheet and properties of the code. `[cns §7]`

use super::*;

fn parse(text: &str) -> CodiceFiscale {
    CodiceFiscale::parse(text).unwrap()
}

#[test]
fn the_vectors_pass_with_their_births() {
    for (text, sex, day, month, year, place) in [
        ("RSSMRA80A01H501U", Sex::Male, 1, 1, 80, "H501"),
        ("RSSMRA85T10A562S", Sex::Male, 10, 12, 85, "A562"),
        ("RCCMNL83S18D969H", Sex::Male, 18, 11, 83, "D969"),
        ("CNTCHR83T41D969D", Sex::Female, 1, 12, 83, "D969"),
        ("BNCLRA80A41H501D", Sex::Female, 1, 1, 80, "H501"),
        ("CCCFBA85D03L219P", Sex::Male, 3, 4, 85, "L219"),
    ] {
        let code = parse(text);
        let born = code.birth_date(None);
        assert_eq!((code.sex(), born.day, born.month), (sex, day, month), "{text}");
        assert!(born.year == BirthYear::TwoDigits(year));
        assert_eq!(code.birthplace_code(), place);
        assert!(!code.is_omocode());
        assert_eq!(code.base_form().as_str(), text);
    }
}

#[test]
fn every_link_of_the_omocode_chains_decodes_to_the_first() {
    let chains = [
        [
            "CCCFBA85D03L219P",
            "CCCFBA85D03L21VE",
            "CCCFBA85D03L2MVP",
            "CCCFBA85D03LNMVE",
            "CCCFBA85D0PLNMVA",
            "CCCFBA85DLPLNMVL",
            "CCCFBA8RDLPLNMVX",
            "CCCFBAURDLPLNMVU",
        ],
        [
            "RSSMRA80A01H501U",
            "RSSMRA80A01H50MM",
            "RSSMRA80A01H5LMX",
            "RSSMRA80A01HRLMS",
            "RSSMRA80A0MHRLMK",
            "RSSMRA80ALMHRLMV",
            "RSSMRA8LALMHRLMG",
            "RSSMRAULALMHRLMD",
        ],
    ];
    for chain in chains {
        for (index, text) in chain.iter().enumerate() {
            let code = parse(text);
            assert_eq!(code.is_omocode(), index > 0, "{text}");
            assert_eq!(code.base_form().as_str(), chain[0]);
            assert!(code.birth_date(None) == parse(chain[0]).birth_date(None));
            assert_eq!(code.birthplace_code(), parse(chain[0]).birthplace_code());
        }
    }
}

#[test]
fn all_128_omocode_forms_pass() {
    let base = *b"RSSMRA80A01H501";
    for mask in 0..128u8 {
        let mut body = base;
        for (bit, place) in DIGIT_PLACES.into_iter().enumerate() {
            if mask >> bit & 1 == 1 {
                body[place] = b"LMNPQRSTUV"[usize::from(body[place] - b'0')];
            }
        }
        let text = String::from_utf8([&body[..], &[check_letter(&body)]].concat()).unwrap();
        assert_eq!(parse(&text).base_form().as_str(), "RSSMRA80A01H501U", "{text}");
    }
}

#[test]
fn a_wrong_check_letter_is_refused() {
    assert_eq!(
        CodiceFiscale::parse("RSSMRA80A01H501A"),
        Err(CodiceFiscaleError::CheckLetter)
    );
    assert_eq!(
        CodiceFiscale::parse("RSSMRA80A01H5010"),
        Err(CodiceFiscaleError::Structure)
    );
}

#[test]
fn lower_case_is_raised() {
    assert_eq!(parse("rssmra80a01h501u").as_str(), "RSSMRA80A01H501U");
}

#[test]
fn other_lengths_and_alphabets_are_refused() {
    for text in [
        "",
        "RSSMRA80A01H501",
        "RSSMRA80A01H501UU",
        "12345678901",
        "RSSMRA80A01H501Ù",
    ] {
        assert_eq!(
            CodiceFiscale::parse(text),
            Err(CodiceFiscaleError::Length),
            "{text}"
        );
    }
    for text in [
        "RSSMRA80A01H50 U",
        "1SSMRA80A01H501U",
        "RSSMRA8AA01H501U",
        "RSSMRA80101H501U",
    ] {
        assert_eq!(
            CodiceFiscale::parse(text),
            Err(CodiceFiscaleError::Structure),
            "{text}"
        );
    }
}

/// The result of a code with this year, month letter and day, its check letter computed.
fn with_birth(year: u8, month: char, day: u8) -> Result<CodiceFiscale, CodiceFiscaleError> {
    let body: [u8; 15] = format!("RSSMRA{year:02}{month}{day:02}H501")
        .into_bytes()
        .try_into()
        .unwrap();
    CodiceFiscale::parse(&String::from_utf8([&body[..], &[check_letter(&body)]].concat()).unwrap())
}

#[test]
fn days_that_do_not_exist_are_refused() {
    for (year, month, day) in [
        (80, 'A', 0),
        (80, 'A', 32),
        (80, 'A', 40),
        (80, 'A', 72),
        (80, 'D', 31),
        (80, 'S', 71),
        (81, 'B', 30),
    ] {
        assert_eq!(
            with_birth(year, month, day),
            Err(CodiceFiscaleError::Day),
            "{day} {month}"
        );
    }
    assert_eq!(with_birth(80, 'F', 10), Err(CodiceFiscaleError::Month));
}

#[test]
fn the_29th_of_february_passes_in_a_year_that_can_be_leap() {
    assert!(with_birth(80, 'B', 29).is_ok());
    assert!(
        with_birth(0, 'B', 69).is_ok(),
        "1900 was not a leap year, 2000 was"
    );
    assert_eq!(with_birth(81, 'B', 29), Err(CodiceFiscaleError::Day));
}

#[test]
fn the_century_is_known_only_from_a_year_that_fits() {
    let code = parse("RSSMRA80A01H501U");
    assert!(code.birth_date(Some(1980)).year == BirthYear::Known(1980));
    assert!(code.birth_date(Some(2080)).year == BirthYear::Known(2080));
    assert!(code.birth_date(Some(1979)).year == BirthYear::TwoDigits(80));
    assert!(code.birth_date(Some(-20)).year != BirthYear::TwoDigits(0));
}

#[test]
fn debug_prints_nothing_personal() {
    let code = parse("RSSMRA80A01H501U");
    let shown = format!(
        "{code:?} {:?} {:?}",
        code.birth_date(None),
        code.birth_date(Some(1980)).year
    );
    assert_eq!(shown, "CodiceFiscale(..) BirthDate(..) Known(..)");
}
