//! Claims about which cards are taken for a CNS, by what, and what it costs.

use varco_apdu::Atr;
use varco_card::{CardLink, Transaction, WAIT_DEFAULT, scripted::ScriptedLink};
use varco_card_cns::CnsDriver;
use varco_credential::{CardDriver, RecognisedBy, Recognition};

use crate::script::{ATHENA, bytes};

/// Bare, as contactless readers answer for many cards `[cns §1.4]`.
const BARE: &str = "3B80800101";
const NO_CARD_OF_OURS: &str = "3B8F8001804F0CA000000306030001000000006A";
const IDEMIA_NFC: &str = "3B8B80010031C16408923354009000F3";
const FRENCH: &str = "3B8B80010031C1640937721300900051";
const IDEMIA_2021: &str = "3BFF1800008131FE45006B050520000121014 34E5310318079";
const COSMO_V7: &str = "3BFF1800008131FE45006B11050700012101434E53103180 4A";

const SELECT_NUMBER: &str = "00A4080C0410001003";
const READ_NUMBER: &str = "00B0000010";
const NUMBER: &str = "363039303030303030303030303031369000";
const CHIPDOC: &str = "00A4040C0CA000000530000B104001011B";
const JSIGN: &str = "00A4040C08A000000095 01004D";
const PRODUCT: &str = "00CA018000";

/// What the driver makes of a card with this script.
#[derive(PartialEq, Debug)]
enum Made {
    Cns(String, RecognisedBy),
    Foreign(String),
    Unknown,
}

fn recognise(atr: &str, script: &[(&str, &str)]) -> Made {
    let plain = |hex: &str| hex.replace(' ', "");
    let mut link = ScriptedLink::new(Atr::new(&bytes(&plain(atr))).unwrap());
    for (command, answer) in script {
        link.expect(&plain(command), answer);
    }
    let atr = link.atr().clone();
    let mut transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
    let made = match CnsDriver::default().recognise(&atr, &mut transaction).unwrap() {
        Recognition::Login(card) => {
            let card = card.description();
            Made::Cns(card.profile, card.recognised_by)
        }
        Recognition::Foreign(card) => Made::Foreign(card.id),
        Recognition::Unknown => Made::Unknown,
    };
    drop(transaction);
    assert_eq!(link.remaining(), 0, "exchanges left on the script");
    made
}

fn cns(profile: &str, by: RecognisedBy) -> Made {
    Made::Cns(profile.to_owned(), by)
}

#[test]
fn a_label_alone_decides_without_an_exchange() {
    let found = recognise(ATHENA, &[]);
    assert_eq!(found, cns("athena", RecognisedBy::AnswerToReset));
}

#[test]
fn behind_an_answer_that_others_give_too_the_number_file_decides() {
    for (atr, profile, other) in [
        (IDEMIA_2021, "idemia-2021", "spanish-idemia"),
        (COSMO_V7, "oberthur", "izenpe"),
    ] {
        let found = recognise(atr, &[(SELECT_NUMBER, "9000")]);
        assert_eq!(found, cns(profile, RecognisedBy::AnswerToReset));
        let found = recognise(atr, &[(SELECT_NUMBER, "6A82")]);
        assert_eq!(found, Made::Foreign(other.to_owned()));
    }
}

#[test]
fn a_card_of_others_is_named_without_an_exchange() {
    let siae = "3BFB1100FF81318055006802001010534941450004";
    assert_eq!(recognise(siae, &[]), Made::Foreign("siae".to_owned()));
}

#[test]
fn an_unknown_answer_that_reads_as_a_cns_gets_the_generic_profile_and_says_so() {
    let files = [(SELECT_NUMBER, "9000"), (READ_NUMBER, NUMBER)];
    assert_eq!(
        recognise(NO_CARD_OF_OURS, &files),
        cns("generic", RecognisedBy::Files)
    );
    // Contactless, the maker may be hinted at.
    assert_eq!(
        recognise(IDEMIA_NFC, &files),
        cns("idemia-2021", RecognisedBy::Files)
    );
}

#[test]
fn a_card_without_files_is_asked_for_each_application_once() {
    let not_here = [(SELECT_NUMBER, "6A82"), (JSIGN, "6A82"), (CHIPDOC, "6A82")];
    assert_eq!(recognise(BARE, &not_here), Made::Unknown);
    assert_eq!(recognise(NO_CARD_OF_OURS, &not_here), Made::Unknown);
    assert_eq!(
        recognise(FRENCH, &not_here),
        Made::Foreign("french-identity-card".to_owned())
    );

    let jsign = [
        (SELECT_NUMBER, "6A82"),
        (JSIGN, "9000"),
        (PRODUCT, "4A5369676E349000"),
    ];
    assert_eq!(
        recognise(BARE, &jsign),
        cns("st-2022-nfc", RecognisedBy::Application)
    );
    let chipdoc = [(SELECT_NUMBER, "6A82"), (JSIGN, "6A82"), (CHIPDOC, "9000")];
    assert_eq!(
        recognise(BARE, &chipdoc),
        cns("chipdoc", RecognisedBy::Application)
    );
}

#[test]
fn an_application_of_another_product_is_not_enough() {
    for answer in ["4A5369676E359000", "9000", "6A88", "4A5369676E346282"] {
        let other = [
            (SELECT_NUMBER, "6A82"),
            (JSIGN, "9000"),
            (PRODUCT, answer),
            (CHIPDOC, "6D00"),
        ];
        assert_eq!(recognise(BARE, &other), Made::Unknown, "{answer}");
    }
}

#[test]
fn a_number_that_is_none_is_not_enough() {
    for answer in ["6A82", "9000", "363039303030303030303030303031379000", "6982"] {
        let other = [
            (SELECT_NUMBER, "9000"),
            (READ_NUMBER, answer),
            (JSIGN, "6A82"),
            (CHIPDOC, "6A82"),
        ];
        assert_eq!(recognise(BARE, &other), Made::Unknown, "{answer}");
    }
}

#[test]
fn a_card_that_wants_the_fci_asked_for_is_asked_so_from_then_on() {
    let fci = [
        (SELECT_NUMBER, "6A86"),
        ("00A40800041000100300", "6F009000"),
        (READ_NUMBER, NUMBER),
    ];
    assert_eq!(
        recognise(NO_CARD_OF_OURS, &fci),
        cns("generic", RecognisedBy::Files)
    );
    let neither = [
        (SELECT_NUMBER, "6A86"),
        ("00A40800041000100300", "6A82"),
        (JSIGN, "6A86"),
        ("00A4040008A00000009501004D00", "6A82"),
        (CHIPDOC, "6A86"),
        ("00A404000CA000000530000B104001011B00", "6A82"),
    ];
    assert_eq!(recognise(NO_CARD_OF_OURS, &neither), Made::Unknown);
}

#[test]
fn a_makers_file_that_names_the_answer_is_heard_before_the_list_of_others() {
    let siae = "3BFB1100FF81318055006802001010534941450004";
    let mine = include_str!("../../profiles/generic.toml")
        .replace("name = \"generic\"", "name = \"mine\"")
        .replace("[pin]", &format!("[match]\natr = [\"{siae}\"]\n\n[pin]"));
    let driver = CnsDriver::with_profiles(&[("mine.toml".to_owned(), mine)]).unwrap();
    for (answer, expected) in [("9000", "mine"), ("6A82", "siae")] {
        let mut link = ScriptedLink::new(Atr::new(&bytes(siae)).unwrap());
        link.expect(SELECT_NUMBER, answer);
        if answer == "9000" {
            link.expect(READ_NUMBER, NUMBER);
        } else {
            link.expect(&JSIGN.replace(' ', ""), "6A82");
            link.expect(CHIPDOC, "6A82");
        }
        let atr = link.atr().clone();
        let mut transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
        let found = match driver.recognise(&atr, &mut transaction).unwrap() {
            Recognition::Login(card) => card.description().profile,
            Recognition::Foreign(card) => card.id,
            Recognition::Unknown => "unknown".to_owned(),
        };
        assert_eq!(found, expected);
    }
}
