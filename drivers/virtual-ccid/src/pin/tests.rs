//! Tests of the structures of PIN entry and of the commands made of them, by claim.

use proptest::prelude::*;

use super::*;
use crate::keypad::{After, Dialogue, Entry};

/// A verification: what is varied, and the template.
fn verification(format: u8, block: u8, length: u8, (least, most): (u8, u8), apdu: &[u8]) -> Vec<u8> {
    let head = [
        0, 0x1E, format, block, length, most, least, 0x02, 0x01, 0x10, 0x04, 0x07, 0x00, 0x00, 0x0D,
    ];
    [&head[..], apdu].concat()
}

/// A modification with a confirmation byte and offsets.
fn modification(confirm: u8, (old, new): (u8, u8), messages: u8, apdu: &[u8]) -> Vec<u8> {
    let head = [
        1, 0x00, 0x82, 0x08, 0x00, old, new, 8, 5, confirm, 0x02, messages, 0x10, 0x04, 3, 4, 5, 0, 0x40,
        0x15,
    ];
    [&head[..], apdu].concat()
}

fn typed(structure: &[u8], entries: &[&str]) -> Vec<u8> {
    let mut dialogue = Dialogue::new(Operation::parse(structure).unwrap());
    for entry in entries {
        match dialogue.take(&Entry::typed(entry).unwrap()) {
            After::Next => {}
            After::Whole(command) => return command.to_vec(),
            After::Ended(end) => panic!("{end}"),
        }
    }
    panic!("more is asked for")
}

fn error(structure: &[u8]) -> u8 {
    Operation::parse(structure).err().unwrap()
}

#[test]
fn a_cns_pin_is_padded_as_the_template_is() {
    let apdu = b"\x00\x20\x00\x90\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
    let structure = verification(0x82, 0x08, 0x00, (5, 8), apdu);
    assert_eq!(
        typed(&structure, &["12345"]),
        b"\x00\x20\x00\x90\x0812345\xFF\xFF\xFF"
    );
    let operation = Operation::parse(&structure).unwrap();
    assert_eq!(
        (operation.timeout_s, operation.prompts.as_slice()),
        (30, &[(EntryOf::Pin, Some(7))][..])
    );
    assert_eq!((operation.prologue, operation.prologue_at), ([0, 0, 0x0D], 22));
}

/// The example of a maker's manual (ACS, ACR83, §11.5 example 3): nine BCD digits after a control byte, whose lower half
/// becomes their number.
#[test]
fn a_makers_example_of_bcd_with_a_length_comes_out_as_it_says() {
    let apdu = [
        0x00, 0x20, 0x00, 0x01, 0x09, 0x57, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30,
    ];
    let structure = verification(0x89, 0x48, 0x04, (1, 10), &apdu);
    let command = typed(&structure, &["123456780"]);
    let expected = [
        0x00, 0x20, 0x00, 0x01, 0x09, 0x59, 0x12, 0x34, 0x56, 0x78, 0x00, 0x30, 0x30, 0x30,
    ];
    assert_eq!(command, expected);
}

#[test]
fn digits_stand_left_or_right_in_any_code_and_unit() {
    let lc = |data: &[u8]| u8::try_from(data.len()).unwrap();
    let apdu = |data: &[u8]| [&[0, 0x20, 0, 1, lc(data)][..], data].concat();
    for (format, block, template, expected) in [
        // Binary, a byte for each digit, left and right.
        (0x80, 0x06, &[0xFF; 6][..], &[1, 2, 3, 4, 0xFF, 0xFF][..]),
        (0x84, 0x06, &[0xFF; 6], &[0xFF, 0xFF, 1, 2, 3, 4]),
        // BCD at the right.
        (0x85, 0x04, &[0; 4], &[0, 0, 0x12, 0x34]),
        // ASCII after two bytes.
        (0x92, 0x04, &[0xAA; 6], b"\xAA\xAA1234"),
        // BCD after four bits, and the number of digits in those four.
        (0x21, 0x43, &[0xFF; 4], &[0x41, 0x23, 0x4F, 0xFF]),
        // ASCII after a byte that has their number.
        (0x8A, 0x84, &[0; 5], b"\x041234"),
        // As many as were typed, behind what is there.
        (0x82, 0x00, &[], b"1234"),
        (0x8A, 0x00, &[0x80], b"\x801234"),
    ] {
        let structure = verification(format, block, 0x00, (4, 4), &apdu(template));
        assert_eq!(typed(&structure, &["1234"]), apdu(expected), "{format:02X}");
    }
}

#[test]
fn a_command_without_a_body_takes_what_was_typed_as_its_body() {
    let structure = verification(0x82, 0x00, 0x00, (4, 8), &[0x00, 0x20, 0x00, 0x01]);
    assert_eq!(typed(&structure, &["123456"]), b"\x00\x20\x00\x01\x06123456");
}

#[test]
fn a_change_puts_each_value_in_its_place() {
    let apdu = [&[0x00, 0x24, 0x00, 0x90, 0x10][..], &[0xFF; 16]].concat();
    let structure = modification(3, (0, 8), 3, &apdu);
    let command = typed(&structure, &["12345", "654321", "654321"]);
    assert_eq!(command, b"\x00\x24\x00\x90\x1012345\xFF\xFF\xFF654321\xFF\xFF");
    let operation = Operation::parse(&structure).unwrap();
    let messages: Vec<Option<u8>> = operation.prompts.iter().map(|(_, message)| *message).collect();
    assert_eq!(messages, [Some(3), Some(4), Some(5)]);
    assert_eq!(
        (operation.timeout_s, operation.prologue_at),
        (TIMEOUT_DEFAULT_S, 27)
    );
    // An unblocking that the reader knows no current value for.
    let apdu = [&[0x00, 0x2C, 0x02, 0x90, 0x08][..], &[0xFF; 8]].concat();
    let structure = modification(0, (0, 0), 0xFF, &apdu);
    assert_eq!(
        typed(&structure, &["12345"]),
        b"\x00\x2C\x02\x90\x0812345\xFF\xFF\xFF"
    );
}

#[test]
fn what_cannot_be_done_is_refused_at_its_offset() {
    let apdu = [&[0x00, 0x20, 0x00, 0x90, 0x08][..], &[0xFF; 8]].concat();
    let good = || verification(0x82, 0x08, 0x00, (5, 8), &apdu);
    for (at, value, offset) in [
        (0, 2, 10),
        (2, 0x83, 12),
        (3, 0x07, 13),
        (3, 0x18, 13),
        (4, 0x20, 14),
        (5, 17, 15),
        (5, 4, 15),
        (6, 0, 15),
        (7, 0x00, 17),
        (7, 0x08, 17),
        (8, 2, 18),
        // One byte further than there is room.
        (2, 0x8A, 25),
        // Lc is not the length of what follows.
        (19, 9, 25),
    ] {
        let mut structure = good();
        structure[at] = value;
        assert_eq!(error(&structure), offset, "byte {at} = {value:02X}");
    }
    for length in 0..15 {
        assert_eq!(
            error(&good()[..length]),
            if length == 0 { 10 } else { 1 },
            "{length}"
        );
    }
    let apdu = [&[0x00, 0x24, 0x00, 0x90, 0x10][..], &[0xFF; 16]].concat();
    for (structure, offset) in [
        (modification(4, (0, 8), 3, &apdu), 19),
        (modification(3, (0, 8), 4, &apdu), 21),
        (modification(3, (0, 9), 3, &apdu), 30),
    ] {
        assert_eq!(error(&structure), offset);
    }
    // Two values of unknown lengths.
    let mut structure = modification(2, (0, 8), 3, &apdu);
    structure[3] = 0;
    assert_eq!(error(&structure), 13);
}

proptest! {
    #[test]
    fn any_bytes_are_a_structure_or_not(bytes: Vec<u8>, keys in "[0-9<]{0,20}") {
        if let Ok(operation) = Operation::parse(&bytes) {
            let most = operation.command_bytes_max();
            let mut dialogue = Dialogue::new(operation);
            for _ in 0..4 {
                if let After::Whole(command) = dialogue.take(&Entry::typed(&keys).unwrap()) {
                    prop_assert!(command.len() <= most);
                    prop_assert_eq!(usize::from(command[4]), command.len() - 5);
                    break;
                }
            }
        }
    }

    #[test]
    fn whatever_the_layout_nothing_outside_the_body_is_touched(
        format: u8, block: u8, length in 0_u8..0x20, offsets: (u8, u8), confirm in 0_u8..4,
        data in proptest::collection::vec(any::<u8>(), 0..40), keys in "[0-9]{5,8}",
    ) {
        let apdu = [&[0, 0x24, 0, 1, u8::try_from(data.len()).unwrap()][..], &data].concat();
        let mut structure = modification(confirm, offsets, 3, &apdu);
        structure[2..5].copy_from_slice(&[format, block, length]);
        if let Ok(operation) = Operation::parse(&structure) {
            let typed = vec![keys.as_str(); operation.prompts.len()];
            let command = typed_all(operation, &typed);
            prop_assert_eq!(&command[..4], &apdu[..4]);
            prop_assert!(command.len() >= apdu.len() && command.len() <= apdu.len().max(5 + 16 + 16 + 8));
        }
    }
}

fn typed_all(operation: Operation, entries: &[&str]) -> Vec<u8> {
    let mut dialogue = Dialogue::new(operation);
    for entry in entries {
        if let After::Whole(command) = dialogue.take(&Entry::typed(entry).unwrap()) {
            return command.to_vec();
        }
    }
    panic!("more is asked for")
}
