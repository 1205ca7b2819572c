//! What makers do differently, by claim: applications, folders of keys, commands that are missing, words at the end.

use varco_apdu::ResponseApdu;
use varco_emulator::PlayedCard;

use super::VirtualCns;
use crate::Profile;
use crate::testing::profile;

const VERIFY: &str = "00 20 00 90 08 31 32 33 34 35 FF FF FF";
const RESTORE: &str = "00 22 F3 03 00";
const SET: &str = "00 22 F1 B8 03 83 01 01";
const SET_TO_SIGN: &str = "00 22 F1 B6 03 83 01 01";
const ENVIRONMENT: &str = "security_environment = 3";
const LAST_LINE: &str = "aid = \"A0 00 00 05 30\"\n";

/// The small card with these words in its behaviour, and these tables at its end.
fn card(behaviour: &str, tables: &str) -> VirtualCns {
    let behaviour = format!("{ENVIRONMENT}\n{behaviour}");
    let tables = format!("{LAST_LINE}{tables}");
    let mut card = profile(&[(ENVIRONMENT, behaviour.as_str()), (LAST_LINE, tables.as_str())])
        .unwrap()
        .into_card();
    card.power_on();
    card
}

fn send_bytes(card: &mut VirtualCns, command: &[u8]) -> (Vec<u8>, u16) {
    let played = card.process(command);
    let response = ResponseApdu::parse(&played.response).unwrap();
    (response.data().to_vec(), response.status().into())
}

fn send(card: &mut VirtualCns, hex: &str) -> (Vec<u8>, u16) {
    let bytes: Vec<u8> = hex
        .split_ascii_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect();
    send_bytes(card, &bytes)
}

fn status(card: &mut VirtualCns, hex: &str) -> u16 {
    send(card, hex).1
}

/// DECIPHER of a block as it should be.
fn decipher() -> Vec<u8> {
    let mut block = vec![0xFF; 128];
    block[0] = 0x00;
    block[1] = 0x01;
    block[108] = 0x00;
    [&[0x00, 0x2A, 0x80, 0x86, 129, 0x00][..], &block, &[0x00]].concat()
}

const APPLICATION: &str = r#"
[[application]]
aid = "A0 00 00 00 95 01 00 4D"
data = [{ tag = "0180", value = "4A 53 69 67 6E 34" }]
[[application.file]]
path = "1400/9001"
content = "number.bin"
read = "always"
"#;
const ENTER: &str = "00 A4 04 0C 08 A0 00 00 00 95 01 00 4D";
const LEAVE: &str = "00 A4 00 0C 02 3F 00";

#[test]
fn each_application_has_its_own_files_and_data() {
    let mut card = card("", APPLICATION);
    assert_eq!(status(&mut card, "00 A4 08 0C 04 14 00 90 01"), 0x6A82);
    assert_eq!(status(&mut card, "00 CA 01 80 00"), 0x6A88);
    assert_eq!(status(&mut card, ENTER), 0x9000);
    assert_eq!(send(&mut card, "00 CA 01 80 00").0, b"JSign4");
    assert_eq!(status(&mut card, "00 A4 08 0C 04 14 00 90 01"), 0x9000);
    assert_eq!(send(&mut card, "00 B0 00 00 10").0, b"6090000000000016");
    assert_eq!(status(&mut card, "00 A4 08 0C 04 10 00 10 03"), 0x6A82);
    // A selection that fails leaves the card where it is.
    assert_eq!(
        status(&mut card, "00 A4 04 0C 08 A0 00 00 00 95 01 00 4E"),
        0x6A82
    );
    assert_eq!(send(&mut card, "00 B0 00 00 04").0, b"6090");
    assert_eq!(status(&mut card, LEAVE), 0x9000);
    assert_eq!(status(&mut card, "00 A4 08 0C 04 10 00 10 03"), 0x9000);
}

#[test]
fn what_a_pin_granted_ends_with_its_application_and_a_reset_leads_out() {
    let mut card = card("", APPLICATION);
    for command in [VERIFY, RESTORE, SET, ENTER] {
        assert_eq!(status(&mut card, command), 0x9000);
    }
    // PIN and key are in the default application.
    assert_eq!(status(&mut card, VERIFY), 0x6A88);
    assert_eq!(status(&mut card, RESTORE), 0x6A88);
    assert_eq!(status(&mut card, LEAVE), 0x9000);
    assert_eq!(send_bytes(&mut card, &decipher()).1, 0x6982);
    assert_eq!(status(&mut card, ENTER), 0x9000);
    card.reset();
    assert_eq!(status(&mut card, "00 CA 01 80 00"), 0x6A88);
    assert_eq!(status(&mut card, VERIFY), 0x9000);
}

#[test]
fn pin_and_key_may_live_in_an_application() {
    let replaced = [
        (
            "format = 1",
            "format = 1\nsecurity_application = \"A00000009501004D\"",
        ),
        (LAST_LINE, &[LAST_LINE, APPLICATION].concat()),
    ];
    let mut card = profile(&replaced).unwrap().into_card();
    card.power_on();
    assert_eq!(status(&mut card, VERIFY), 0x6A88);
    assert_eq!(card.snapshot().tries_left(0x10), Some(3));
    for command in [ENTER, VERIFY, RESTORE, SET] {
        assert_eq!(status(&mut card, command), 0x9000, "{command}");
    }
    assert_eq!(send_bytes(&mut card, &decipher()).1, 0x9000);
}

#[test]
fn a_key_with_a_folder_is_usable_there_only() {
    let folder = "reference = 0x01\nfolder = \"1400/9002\"";
    let tables = [LAST_LINE, "[[file]]\npath = \"1400/9002\"\n"].concat();
    let mut card = profile(&[("reference = 0x01", folder), (LAST_LINE, &tables)])
        .unwrap()
        .into_card();
    card.power_on();
    for command in [VERIFY, RESTORE, SET] {
        assert_eq!(status(&mut card, command), 0x9000);
    }
    assert_eq!(send_bytes(&mut card, &decipher()).1, 0x6984);
    assert_eq!(status(&mut card, "00 A4 08 0C 04 14 00 90 02"), 0x9000);
    assert_eq!(send_bytes(&mut card, &decipher()).1, 0x9000);
    assert_eq!(status(&mut card, LEAVE), 0x9000);
    assert_eq!(send_bytes(&mut card, &decipher()).1, 0x6984);
}

#[test]
fn a_card_that_pads_takes_a_digest_info_and_nothing_else() {
    let mut card = card(
        "decipher = false\nsignature_command = true\nsignature_input = \"digest-info\"",
        "",
    );
    for command in [VERIFY, RESTORE, SET_TO_SIGN, SET] {
        assert_eq!(status(&mut card, command), 0x9000);
    }
    assert_eq!(send_bytes(&mut card, &decipher()).1, 0x6A86);
    let sign = |data: &[u8]| {
        let length = u8::try_from(data.len()).unwrap();
        [&[0x00, 0x2A, 0x9E, 0x9A, length][..], data, &[0x00]].concat()
    };
    let sha256 = [
        &[
            0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
            0x00, 0x04, 0x20,
        ][..],
        &[0xA5; 32],
    ]
    .concat();
    let (signature, done) = send_bytes(&mut card, &sign(&sha256));
    assert_eq!((signature.len(), done), (128, 0x9000));
    for wrong in [&sha256[..50], &sha256[19..], &[0x30; 51], &[]] {
        if !wrong.is_empty() {
            assert_eq!(send_bytes(&mut card, &sign(wrong)).1, 0x6A80);
        }
    }
}

#[test]
fn the_end_of_a_file_may_be_told_by_6cxx_and_a_right_pin_by_9001() {
    let mut card = profile(&[(
        "short_read = \"9000\"",
        "short_read = \"6cxx\"\nverify_success = \"9001\"",
    )])
    .unwrap()
    .into_card();
    card.power_on();
    assert_eq!(status(&mut card, "00 A4 08 0C 04 10 00 10 03"), 0x9000);
    assert_eq!(send(&mut card, "00 B0 00 00 00"), (vec![], 0x6C10));
    assert_eq!(send(&mut card, "00 B0 00 00 10").0, b"6090000000000016");
    assert_eq!(status(&mut card, "00 B0 00 10 01"), 0x6B00);
    assert_eq!(status(&mut card, VERIFY), 0x9001);
    assert_eq!(status(&mut card, "00 20 00 90"), 0x9000);
}

#[test]
fn a_selection_without_fci_is_refused_where_the_fci_must_be_asked_for() {
    let mut card = card("select = \"fci-only\"", "");
    assert_eq!(status(&mut card, "00 A4 08 0C 04 10 00 10 03"), 0x6A86);
    assert_eq!(status(&mut card, "00 A4 08 00 04 10 00 10 03 00"), 0x9000);
}

#[test]
fn the_fci_comes_in_the_form_of_its_maker() {
    const SELECT: &str = "00 A4 08 00 04 11 00 11 01 00";
    let (with_size, _) = send(&mut card("", ""), SELECT);
    assert_eq!(with_size[2..6], [0x80, 0x02, 0x08, 0x00]);
    let (without, _) = send(&mut card("fci = \"without-size\"", ""), SELECT);
    assert_eq!(without[2..4], [0x82, 0x03]);
    // [cns §12].
    let (ias, _) = send(&mut card("fci = \"ias\"", ""), SELECT);
    assert_eq!(ias[..6], [0x6F, 0x1B, 0x80, 0x02, 0x08, 0x00]);
    assert_eq!(ias.len(), 0x1D);
}

#[test]
fn by_t0_a_question_for_the_counter_comes_with_a_fifth_byte() {
    let mut card = card("get_response = true", "");
    assert_eq!(status(&mut card, "00 20 00 90 00"), 0x63C3);
    assert_eq!(send(&mut card, "00 A4 08 00 04 11 00 11 01"), (vec![], 0x613A));
}

#[test]
fn every_built_in_answer_to_reset_has_its_check_byte() {
    for name in Profile::names() {
        let card = Profile::builtin(name).unwrap().into_card();
        let atr = card.atr().as_bytes().to_vec();
        // One that offers only T=0 has none (ISO/IEC 7816-3 §8.2.5).
        let check = atr.iter().skip(1).fold(0, |check, byte| check ^ byte);
        assert!(check == 0 || card.atr().offers_only_t0(), "{name}");
    }
}
