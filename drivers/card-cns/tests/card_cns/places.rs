//! Claims about the places of a certificate and the keys that go with them, maker by maker.

use varco_card::ExtendedLength;
use varco_credential::{CardError, PinSession, SignatureScheme, SigningInput, SigningRequest, Verification};

use crate::script::{Script, hex, typed};

const IDEMIA_V2: &str = "3BFF1800008131FE45006B05059120 01F101434E531031 8038";
const INFOCAMERE: &str = "3BFF1800FF8131FE55006B02090200010101434E531031809F";
const GD: &str = "3BFF1800FF8131FE4D006B0404B85B01F101434E531031809D";
const CHIPDOC: &str = "3BFF1800008131FE45006B150C0302010101434E5310318061";
const UNKNOWN_MASK: &str = "3BFF1800FF8131FE4D006B047EB85B01F101434E53103180E7";

const STANDARD: &str = "00A4080C0411001101";
const IDEMIA_PLACE: &str = "00A4080C06140090012002";
const INFOCAMERE_PLACE: &str = "00A4080C042FFF8228";
const GD_PLACE: &str = "00A4080C04DA01C001";
const GD_APPLICATION: &str = "00A4040C0CA000000530000B104001021A";
const CHIPDOC_APPLICATION: &str = "00A4040C0CA000000530000B104001011B";
const MASTER_FILE: &str = "00A4000C023F00";

fn der() -> Vec<u8> {
    let mut der = vec![0x30, 0x81, 0xC5];
    der.resize(200, 0xA5);
    der
}

fn script(atr: &str, exchanges: &[(&str, String)]) -> Script {
    let mut script = Script::new(&atr.replace(' ', ""), ExtendedLength::Supported);
    for (command, answer) in exchanges {
        script.expect(command, answer);
    }
    script
}

fn yes() -> String {
    "9000".to_owned()
}

fn no() -> String {
    "6A82".to_owned()
}

fn block(bytes: &[u8]) -> String {
    let mut block = bytes.to_vec();
    block.resize(256, 0x00);
    format!("{}9000", hex(&block))
}

fn read(atr: &str, exchanges: &[(&str, String)]) -> Result<Vec<u8>, CardError> {
    script(atr, exchanges).run(|card, channel| card.read_certificate(channel))
}

const READ: &str = "00B0000000";

#[test]
fn each_makers_own_place_comes_first() {
    for (atr, exchanges) in [
        (IDEMIA_V2, vec![(IDEMIA_PLACE, yes()), (READ, block(&der()))]),
        (
            GD,
            vec![(GD_APPLICATION, yes()), (GD_PLACE, yes()), (READ, block(&der()))],
        ),
        (
            CHIPDOC,
            vec![
                (CHIPDOC_APPLICATION, yes()),
                (STANDARD, yes()),
                (READ, block(&der())),
            ],
        ),
        (INFOCAMERE, vec![(STANDARD, yes()), (READ, block(&der()))]),
    ] {
        assert_eq!(read(atr, &exchanges).unwrap(), der(), "{atr}");
    }
}

#[test]
fn blank_and_foreign_files_fall_through_to_the_next_place() {
    let wrapped = [&[0x01, 0x00, 0xC8, 0x00, 0x00], &der()[..]].concat();
    for before in [
        vec![(STANDARD, no())],
        vec![(STANDARD, yes()), (READ, block(&[]))],
        vec![(STANDARD, yes()), (READ, "6B00".to_owned())],
        vec![(STANDARD, yes()), (READ, block(b"something else"))],
        vec![(STANDARD, yes()), (READ, "6982".to_owned())],
    ] {
        let exchanges = [before, vec![(INFOCAMERE_PLACE, yes()), (READ, block(&wrapped))]].concat();
        assert_eq!(read(INFOCAMERE, &exchanges).unwrap(), der());
    }
}

#[test]
fn a_card_of_an_unknown_maker_is_asked_for_every_known_place() {
    let exchanges = [
        (STANDARD, no()),
        (IDEMIA_PLACE, no()),
        (INFOCAMERE_PLACE, no()),
        (GD_APPLICATION, yes()),
        (GD_PLACE, yes()),
        (READ, block(&der())),
    ];
    assert_eq!(read(UNKNOWN_MASK, &exchanges).unwrap(), der());
    let exchanges = [
        (STANDARD, no()),
        (IDEMIA_PLACE, no()),
        (INFOCAMERE_PLACE, no()),
        (GD_APPLICATION, no()),
    ];
    assert_eq!(
        read(UNKNOWN_MASK, &exchanges).unwrap_err(),
        CardError::CertificateAbsent
    );
}

#[test]
fn what_stood_in_the_first_place_is_told_when_no_place_has_a_certificate() {
    let container = block(&[0x7A, 0x82, 0x05, 0x00]);
    let exchanges = [(STANDARD, yes()), (READ, container), (INFOCAMERE_PLACE, no())];
    let error = read(INFOCAMERE, &exchanges).unwrap_err();
    assert!(error.to_string().contains("Bit4id"), "{error}");
}

#[test]
fn an_application_is_left_again_for_the_files_outside_of_it() {
    let number = format!("{}9000", hex(b"6090000000000016"));
    let exchanges = [
        (GD_APPLICATION, yes()),
        (GD_PLACE, yes()),
        (READ, block(&der())),
        (MASTER_FILE, yes()),
        ("00A4080C0410001003", yes()),
        ("00B0000010", number.clone()),
        ("00A4080C0410001003", yes()),
        ("00B0000010", number),
    ];
    script(GD, &exchanges).run(|card, channel| {
        card.read_certificate(channel).unwrap();
        for _ in 0..2 {
            assert_eq!(card.read_card_id(channel).unwrap().as_str(), "6090000000000016");
        }
    });
}

/// Reads the certificate, then signs.
fn sign(atr: &str, exchanges: &[(&str, String)]) -> Vec<u8> {
    script(atr, exchanges).run(|card, channel| {
        card.read_certificate(channel).unwrap();
        let authorised = typed(card, channel);
        let Verification::Verified(mut session) = PinSession::approach(card, channel)
            .and_then(|card| card.open(authorised))
            .unwrap()
        else {
            panic!("verified")
        };
        let request = SigningRequest {
            input: SigningInput::DigestInfo(vec![0x30; 51]),
            modulus_bits: 1024,
        };
        session.sign(&request).unwrap().as_bytes().to_vec()
    })
}

fn pso() -> String {
    let padded = format!("0001{}00{}", "FF".repeat(128 - 54), "30".repeat(51));
    format!("002A80868100{padded}00")
}

fn signature() -> String {
    format!("{}9000", "5A".repeat(128))
}

#[test]
fn pin_and_key_are_used_where_the_certificate_was_found() {
    const RESTORE: &str = "0022F30300";
    let pso = pso();
    let ends = |set: &'static str| [(RESTORE, yes()), (set, yes()), (pso.as_str(), signature())];
    let idemia = [
        vec![
            (IDEMIA_PLACE, yes()),
            (READ, block(&der())),
            ("00A4080C0414009002", yes()),
            ("002000100831 32333435FFFFFF", yes()),
        ],
        ends("0022F1B803830102").to_vec(),
    ]
    .concat();
    let wrapped = block(&[&[0x01, 0x00, 0xC8, 0x00, 0x00], &der()[..]].concat());
    let infocamere = [
        vec![
            (STANDARD, no()),
            (INFOCAMERE_PLACE, yes()),
            (READ, wrapped),
            ("00A4080C042FFF0000", yes()),
            ("0020009008 3132333435FFFFFF", yes()),
        ],
        ends("0022F1B803830121").to_vec(),
    ]
    .concat();
    let gd = [
        vec![
            (GD_APPLICATION, yes()),
            (GD_PLACE, yes()),
            (READ, block(&der())),
            (GD_APPLICATION, yes()),
            ("0020001008 3132333435FFFFFF", yes()),
        ],
        ends("0022F1B803830101").to_vec(),
    ]
    .concat();
    for (atr, exchanges) in [(IDEMIA_V2, idemia), (INFOCAMERE, infocamere), (GD, gd)] {
        let plain: Vec<(String, String)> = exchanges
            .into_iter()
            .map(|(command, answer)| (command.replace(' ', ""), answer))
            .collect();
        let plain: Vec<(&str, String)> = plain.iter().map(|(c, a)| (c.as_str(), a.clone())).collect();
        assert_eq!(sign(atr, &plain), vec![0x5A; 128], "{atr}");
    }
}

#[test]
fn a_key_of_2048_bits_passes_only_where_card_and_reader_take_long_commands() {
    for (atr, reader, passes) in [
        (IDEMIA_V2, ExtendedLength::Unsupported, true),
        (INFOCAMERE, ExtendedLength::Unsupported, true),
        (GD, ExtendedLength::Unknown, true),
        (GD, ExtendedLength::Unsupported, false),
    ] {
        let script = Script::new(&atr.replace(' ', ""), reader);
        script.run(|card, channel| {
            let checked = card.check_signing(channel.limits(), 2048, SignatureScheme::RsaPkcs1Sha256);
            assert_eq!(checked.is_ok(), passes, "{atr}");
            assert!(
                card.check_signing(channel.limits(), 1024, SignatureScheme::RsaPssSha256)
                    .is_ok()
            );
        });
    }
}
