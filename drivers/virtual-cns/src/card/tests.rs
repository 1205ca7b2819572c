//! Tests of the commands of a CNS, by claim, on a card made in code. The bytes are those of cns.md §8.

use rsa::BoxedUint;
use rsa::traits::PublicKeyParts;
use varco_apdu::{FileId, ResponseApdu, tlv};
use varco_emulator::PlayedCard;

use super::*;
use crate::testing::{key, profile};

const VERIFY: &str = "00 20 00 90 08 31 32 33 34 35 FF FF FF";
const RESTORE: &str = "00 22 F3 03 00";
const SET: &str = "00 22 F1 B8 03 83 01 01";

fn card(replacements: &[(&str, &str)]) -> VirtualCns {
    let mut card = profile(replacements).unwrap().into_card();
    card.power_on();
    card
}

fn bytes(hex: &str) -> Vec<u8> {
    hex.split_ascii_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect()
}

fn send_bytes(card: &mut VirtualCns, command: &[u8]) -> (Vec<u8>, u16) {
    let played = card.process(command);
    let response = ResponseApdu::parse(&played.response).unwrap();
    (response.data().to_vec(), response.status().into())
}

fn send(card: &mut VirtualCns, hex: &str) -> (Vec<u8>, u16) {
    send_bytes(card, &bytes(hex))
}

fn status(card: &mut VirtualCns, hex: &str) -> u16 {
    send(card, hex).1
}

/// PSO DECIPHER of a block behind its indicator.
fn decipher(indicator: u8, block: &[u8]) -> Vec<u8> {
    let length = u8::try_from(block.len() + 1).unwrap();
    [&[0x00, 0x2A, 0x80, 0x86, length, indicator][..], block, &[0x00]].concat()
}

fn padded_block() -> Vec<u8> {
    let mut block = vec![0xFF; 128];
    block[0] = 0x00;
    block[1] = 0x01;
    block[108] = 0x00;
    block
}

#[test]
fn answer_to_select_is_the_template_seen_on_real_cards() {
    let mut card = card(&[]);
    let mut expected = bytes(
        "6F 38 80 02 01 90 82 03 01 00 00 83 02 11 02 85 01 01 86 09 10 FF FF FF FF FF FF FF FF 8A 01 05 CB 18",
    );
    expected.extend([0xFF; 24]);
    assert_eq!(
        send(&mut card, "00 A4 08 00 04 11 00 11 02 00"),
        (expected, 0x9000)
    );
    let (application, _) = send(&mut card, "00 A4 04 00 05 A0 00 00 05 30 E7");
    let objects = tlv::read(&application).unwrap();
    let name = objects[0].child(0x84).unwrap();
    assert_eq!(name.bytes().unwrap(), bytes("A0 00 00 05 30"));
}

#[test]
fn select_answers_nothing_when_nothing_is_asked_for() {
    let mut card = card(&[]);
    for (command, expected) in [
        ("00 A4 08 0C 04 10 00 10 03", 0x9000),
        ("00 A4 08 00 04 11 00 11 01", 0x9000),
        ("00 A4 00 0C 02 3F 00", 0x9000),
        ("00 A4 08 0C 04 11 00 11 01 00", 0x9000),
        ("00 A4 00 02 02 3F 00 00", 0x6A86),
        ("00 A4 08 00 02 2F 00 00", 0x6A82),
        ("00 A4 04 00 07 62 76 01 FF 00 00 00", 0x6A82),
    ] {
        assert_eq!(send(&mut card, command), (vec![], expected), "{command}");
    }
    // The last selection that succeeded still holds.
    assert_eq!(status(&mut card, "00 B0 00 00 04"), 0x9000);
}

#[test]
fn read_binary_needs_le_and_a_file() {
    let mut card = card(&[]);
    assert_eq!(status(&mut card, "00 B0 00 00 04"), 0x6986);
    send(&mut card, "00 A4 08 0C 04 10 00 10 03");
    assert_eq!(send(&mut card, "00 B0 00 00 10").0, b"6090000000000016");
    for (command, expected) in [
        ("00 B0 00 00", 0x6700),
        ("00 B0 00 00 01 00 04", 0x6700),
        ("00 B0 81 00 04", 0x6A86),
        ("00 B0 00 10 01", 0x6B00),
        ("00 D6 00 00 01 00", 0x6982),
    ] {
        assert_eq!(status(&mut card, command), expected, "{command}");
    }
    let read = card.log().reads(FileId(0x1003)).next().unwrap();
    assert_eq!((read.offset, read.length), (0, 16));
}

#[test]
fn short_read_and_extended_read_follow_the_profile() {
    for (habit, expected) in [("9000", 0x9000), ("6282", 0x6282)] {
        let mut card = card(&[("\"9000\"", &format!("\"{habit}\""))]);
        send(&mut card, "00 A4 08 0C 04 11 00 11 01");
        assert_eq!(status(&mut card, "00 B0 07 FF FF"), expected);
        let (data, status) = send(&mut card, "00 B0 00 00 00 00 00");
        assert_eq!((data.len(), status), (2048, 0x9000));
    }
}

#[test]
fn file_behind_the_pin_opens_with_it() {
    let mut card = card(&[]);
    send(&mut card, "00 A4 08 0C 04 11 00 11 02");
    assert_eq!(status(&mut card, "00 B0 00 00 06"), 0x6982);
    assert_eq!(status(&mut card, VERIFY), 0x9000);
    assert_eq!(status(&mut card, "00 B0 00 00 06"), 0x9000);
}

#[test]
fn search_bit_must_be_as_the_make_of_card_wants_it() {
    for (habit, with_bit, without) in [("required", 0x9000, 0x6A88), ("absent", 0x6A88, 0x9000)] {
        let mut card = card(&[("\"required\"", &format!("\"{habit}\""))]);
        assert_eq!(status(&mut card, VERIFY), with_bit);
        assert_eq!(status(&mut card, &VERIFY.replace("90", "10")), without);
        assert_eq!(card.snapshot().tries_left(0x10), Some(3));
    }
}

#[test]
fn pin_commands_take_one_form_only() {
    let mut card = card(&[]);
    for (command, expected) in [
        ("00 20 01 90 08 31 32 33 34 35 FF FF FF", 0x6A86),
        ("00 24 01 90 08 31 32 33 34 35 FF FF FF", 0x6A86),
        ("00 2C 01 90 08 31 32 33 34 35 36 37 38", 0x6A86),
        ("00 2C 03 90", 0x6A86),
        ("00 20 00 90 05 31 32 33 34 35", 0x6700),
        ("00 20 00 9A 08 31 32 33 34 35 FF FF FF", 0x6A88),
        (
            "00 24 00 91 10 31 32 33 34 35 36 37 38 31 31 31 31 31 31 31 31",
            0x6982,
        ),
        (
            "00 2C 00 91 10 31 32 33 34 35 36 37 38 31 31 31 31 31 31 31 31",
            0x6A88,
        ),
        ("00 20 00 91 08 31 32 33 34 35 36 37 38", 0x9000),
        ("00 20 00 90", 0x63C3),
        ("00 20 00 90 00", 0x63C3),
    ] {
        assert_eq!(status(&mut card, command), expected, "{command}");
    }
    assert_eq!(card.snapshot().tries_left(0x10), Some(3));
    assert_eq!(card.snapshot().tries_left(0x11), Some(10));
}

#[test]
fn blocked_card_is_unblocked_by_its_puk_and_keeps_its_state() {
    let mut card = card(&[]);
    for expected in [0x6300, 0x6300, 0x6300, 0x6983] {
        assert_eq!(
            status(&mut card, "00 20 00 90 08 39 39 39 39 39 FF FF FF"),
            expected
        );
    }
    let state = card.snapshot();
    let mut other = profile(&[]).unwrap().into_card();
    other.restore(&state).unwrap();
    other.power_on();
    assert_eq!(status(&mut other, VERIFY), 0x6983);
    let unblock = "00 2C 00 90 10 31 32 33 34 35 36 37 38 35 34 33 32 31 FF FF FF";
    assert_eq!(status(&mut other, unblock), 0x9000);
    assert_eq!(
        status(&mut other, "00 20 00 90 08 35 34 33 32 31 FF FF FF"),
        0x9000
    );
}

#[test]
fn signature_through_decipher_is_undone_by_the_public_key() {
    for restore in [RESTORE, "00 22 F3 03"] {
        let mut card = card(&[]);
        for command in [VERIFY, restore, SET] {
            assert_eq!(status(&mut card, command), 0x9000);
        }
        let (signature, status) = send_bytes(&mut card, &decipher(0x00, &padded_block()));
        assert_eq!((signature.len(), status), (128, 0x9000));
        let number = BoxedUint::from_be_slice(&signature, 1024).unwrap();
        let block = rsa::hazmat::rsa_encrypt(&key().to_public_key(), &number).unwrap();
        assert_eq!(block.to_be_bytes().as_ref(), padded_block());
    }
}

#[test]
fn signature_in_two_chained_parts_is_the_same() {
    let mut card = card(&[]);
    for command in [VERIFY, RESTORE, SET] {
        send(&mut card, command);
    }
    let whole = send_bytes(&mut card, &decipher(0x00, &padded_block()));
    let command = decipher(0x00, &padded_block());
    let data = &command[5..command.len() - 1];
    let first = [&[0x10, 0x2A, 0x80, 0x86, 100][..], &data[..100]].concat();
    let last = [&[0x00, 0x2A, 0x80, 0x86, 29][..], &data[100..], &[0]].concat();
    assert_eq!(send_bytes(&mut card, &first), (vec![], 0x9000));
    assert_eq!(send_bytes(&mut card, &last), whole);
}

#[test]
fn signing_is_refused_with_the_reason() {
    let good = decipher(0x00, &padded_block());
    let above_modulus = decipher(0x00, &key().n().to_be_bytes());
    let no_le = good[..good.len() - 1].to_vec();
    let signature_command = [&[0x00, 0x2A, 0x9E, 0x9A, 128][..], &padded_block(), &[0]].concat();
    for (before, command, expected) in [
        (&[RESTORE, SET][..], &good, 0x6982),
        (&[VERIFY], &good, 0x6985),
        (&[VERIFY, RESTORE], &good, 0x6985),
        (&[VERIFY, SET], &good, 0x6985),
        (&[VERIFY, SET, RESTORE], &good, 0x6985),
        (&[VERIFY, RESTORE, SET], &decipher(0x81, &padded_block()), 0x6A80),
        (
            &[VERIFY, RESTORE, SET],
            &decipher(0x00, &padded_block()[1..]),
            0x6700,
        ),
        (&[VERIFY, RESTORE, SET], &above_modulus, 0x6A80),
        (&[VERIFY, RESTORE, SET], &no_le, 0x6700),
        (&[VERIFY, RESTORE, SET], &signature_command, 0x6A86),
        (
            &[VERIFY, RESTORE, SET, "00 20 00 90 08 39 39 39 39 39 FF FF FF"],
            &good,
            0x6982,
        ),
    ] {
        let mut card = card(&[]);
        for prelude in before {
            send(&mut card, prelude);
        }
        assert_eq!(send_bytes(&mut card, command), (vec![], expected), "{before:?}");
    }
}

#[test]
fn security_environment_takes_its_own_number_and_known_keys_only() {
    for (command, expected) in [
        ("00 22 F3 01 00", 0x6A88),
        ("00 22 F3 03 01 00", 0x6700),
        ("00 22 F1 B8 03 83 01 02", 0x6A88),
        ("00 22 F1 B8 03 84 01 01", 0x6A80),
        ("00 22 F1 B8 04 83 02 00 01", 0x6A80),
        ("00 22 F1 B8 02 83 01", 0x6A80),
        ("00 22 F1 B8", 0x6A80),
        ("00 22 F1 B4 03 83 01 01", 0x6A86),
        ("00 22 41 B8 03 83 01 01", 0x6A86),
        ("00 22 F1 B6 03 83 01 01", 0x9000),
    ] {
        assert_eq!(status(&mut card(&[]), command), expected, "{command}");
    }
}

#[test]
fn what_a_profile_adds_is_there() {
    let added = "security_environment = 3\niso_mse = true\nsignature_command = true";
    let mut card = card(&[("security_environment = 3", added)]);
    for command in [
        VERIFY,
        RESTORE,
        "00 22 41 B8 03 83 01 01",
        "00 22 41 B6 03 83 01 01",
    ] {
        assert_eq!(status(&mut card, command), 0x9000, "{command}");
    }
    let by_decipher = send_bytes(&mut card, &decipher(0x00, &padded_block()));
    let command = [&[0x00, 0x2A, 0x9E, 0x9A, 128][..], &padded_block(), &[0]].concat();
    assert_eq!(send_bytes(&mut card, &command), by_decipher);
}

#[test]
fn card_with_get_response_signs_behind_61xx() {
    let mut card = card(&[(
        "security_environment = 3",
        "security_environment = 3\nget_response = true",
    )]);
    for command in [VERIFY, RESTORE, SET] {
        assert_eq!(status(&mut card, command), 0x9000);
    }
    let command = decipher(0x00, &padded_block());
    let without_le = &command[..command.len() - 1];
    assert_eq!(send_bytes(&mut card, without_le), (vec![], 0x6180));
    assert_eq!(send(&mut card, "00 C0 00 00 80").0.len(), 128);
}

#[test]
fn reset_and_power_loss_take_the_verified_pin_and_the_environment() {
    for lose in [VirtualCns::reset, |card: &mut VirtualCns| {
        card.power_off();
        card.power_on();
    }] {
        let mut card = card(&[]);
        for command in [VERIFY, RESTORE, SET, "00 A4 08 0C 04 10 00 10 03"] {
            send(&mut card, command);
        }
        lose(&mut card);
        let sign = decipher(0x00, &padded_block());
        assert_eq!(send_bytes(&mut card, &sign).1, 0x6982);
        assert_eq!(status(&mut card, VERIFY), 0x9000);
        assert_eq!(send_bytes(&mut card, &sign).1, 0x6985);
        assert_eq!(status(&mut card, "00 B0 00 00 01"), 0x6986);
    }
}

#[test]
fn a_challenge_has_the_length_that_is_wanted_and_is_another_each_time() {
    let mut short = card(&[("short_read", "challenge_max = 32\nshort_read")]);
    let mut card = card(&[]);
    let (first, second) = (
        send(&mut card, "00 84 00 00 08"),
        send(&mut card, "00 84 00 00 08"),
    );
    assert_eq!((first.0.len(), first.1, second.1), (8, 0x9000, 0x9000));
    assert_ne!(first.0, second.0);
    assert_eq!(send(&mut card, "00 84 00 00 00").0.len(), 256);
    assert_eq!(send(&mut short, "00 84 00 00 20").0.len(), 32);
    for (command, expected) in [
        ("00 84 00 00 21", 0x6700),
        ("00 84 01 00 08", 0x6A86),
        ("00 84 00 00", 0x6700),
    ] {
        assert_eq!(status(&mut short, command), expected, "{command}");
    }
}

#[test]
fn instructions_that_a_cns_does_not_have_are_6d00() {
    let mut card = card(&[]);
    for (command, expected) in [
        ("00 88 00 00 08", 0x6D00),
        ("00 C0 00 00 00", 0x6D00),
        ("00 CB 3F FF 03 5C 01 7E 08", 0x6D00),
        ("00 CA 01 80 00", 0x6A88),
    ] {
        assert_eq!(status(&mut card, command), expected, "{command}");
    }
}
