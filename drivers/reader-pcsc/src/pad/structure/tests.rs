//! Structures against bytes written out by hand after PC/SC part 10 §2.5, and what holds for every entry.

use proptest::prelude::*;
use varco_apdu::CommandApdu;
use varco_card::{PadEntry, PadLanguage, PadTask, Protocol};

use super::{End, Unfit, build, check};
use crate::features::Display;

fn entry(task: PadTask, template: CommandApdu) -> PadEntry {
    PadEntry {
        task,
        template,
        block_bytes: 8,
        length_min: 5,
        length_max: 8,
        timeout_s: 30,
        language: PadLanguage::Italian,
    }
}

fn verify() -> PadEntry {
    let template = CommandApdu::new(0x00, 0x20, 0x00, 0x10).with_data(&[0xFF; 8]);
    entry(PadTask::Verify, template)
}

fn change() -> PadEntry {
    let template = CommandApdu::new(0x00, 0x24, 0x00, 0x10).with_data(&[0xFF; 16]);
    let task = PadTask::Modify {
        present_at: Some(0),
        new_at: 8,
    };
    entry(task, template)
}

fn new_only() -> PadEntry {
    let template = CommandApdu::new(0x00, 0x2C, 0x02, 0x10).with_data(&[0xFF; 8]);
    let task = PadTask::Modify {
        present_at: None,
        new_at: 0,
    };
    entry(task, template)
}

fn built(entry: &PadEntry, end: End, display: Display, protocol: Protocol) -> Vec<u8> {
    build(entry, 30, end, display, protocol).unwrap().to_vec()
}

#[test]
fn verify_is_as_the_document_has_it() {
    #[rustfmt::skip]
    let expected = [
        30, 30,                 // bTimeOut, bTimeOut2
        0x82,                   // bmFormatString: bytes, at 0, left, ASCII
        0x08,                   // bmPINBlockString: no length, a block of 8
        0x00,                   // bmPINLengthFormat
        0x08, 0x05,             // wPINMaxExtraDigit 0508h: 5 to 8 digits
        0x02,                   // bEntryValidationCondition: the key
        0x01,                   // bNumberMessage
        0x10, 0x04,             // wLangId 0410h
        0x00,                   // bMsgIndex
        0x00, 0x00, 0x00,       // bTeoPrologue
        13, 0, 0, 0,            // ulDataLength
        0x00, 0x20, 0x00, 0x10, 0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    ];
    for protocol in [Protocol::Apdu, Protocol::T0] {
        assert_eq!(built(&verify(), End::Key, Display::Present, protocol), expected);
    }
}

#[test]
fn a_change_asks_for_the_present_value_and_twice_for_the_new_one() {
    #[rustfmt::skip]
    let expected = [
        30, 30, 0x82, 0x08, 0x00,
        0x00, 0x08,             // bInsertionOffsetOld, bInsertionOffsetNew
        0x08, 0x05,
        0x03,                   // bConfirmPIN: the present one, and the new one again
        0x02,
        0x03,                   // bNumberMessage
        0x10, 0x04,
        0x00, 0x01, 0x02,       // bMsgIndex1 to 3: enter, enter the new one, confirm
        0x00, 0x00, 0x00,
        21, 0, 0, 0,
        0x00, 0x24, 0x00, 0x10, 0x10,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    ];
    assert_eq!(
        built(&change(), End::Key, Display::Present, Protocol::Apdu),
        expected
    );
}

#[test]
fn a_new_value_alone_is_typed_twice_too_and_in_the_language_asked_for() {
    let mut entry = new_only();
    entry.language = PadLanguage::English;
    #[rustfmt::skip]
    let expected = [
        30, 30, 0x82, 0x08, 0x00, 0x00, 0x00, 0x08, 0x05,
        0x01,                   // bConfirmPIN: the new one again
        0x02,
        0x02,                   // bNumberMessage
        0x09, 0x04,             // wLangId 0409h
        0x01, 0x02, 0x00,       // enter the new one, confirm
        0x00, 0x00, 0x00, 13, 0, 0, 0,
        0x00, 0x2C, 0x02, 0x10, 0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    ];
    assert_eq!(
        built(&entry, End::Key, Display::Present, Protocol::Apdu),
        expected
    );
}

#[test]
fn a_reader_without_display_is_given_no_message_and_one_that_does_not_say_its_own() {
    for (display, verified, changed) in [
        (Display::Absent, 0, 0),
        (Display::Present, 1, 3),
        (Display::Unknown, 0xFF, 0xFF),
    ] {
        assert_eq!(built(&verify(), End::Key, display, Protocol::Apdu)[8], verified);
        assert_eq!(built(&change(), End::Key, display, Protocol::Apdu)[11], changed);
    }
}

#[test]
fn an_entry_of_known_length_may_end_by_it() {
    assert_eq!(
        built(&verify(), End::Length, Display::Absent, Protocol::Apdu)[7],
        1
    );
    assert_eq!(
        built(&change(), End::Length, Display::Absent, Protocol::Apdu)[10],
        1
    );
}

#[test]
fn by_t0_a_command_carries_no_expected_length() {
    let mut entry = verify();
    entry.template = entry.template.expecting(256);
    let whole = built(&entry, End::Key, Display::Absent, Protocol::Apdu);
    assert_eq!((whole[15], whole.len()), (14, 33));
    let cut = built(&entry, End::Key, Display::Absent, Protocol::T0);
    assert_eq!((cut[15], cut.len()), (13, 32));
}

#[test]
fn a_command_that_is_not_short_is_refused() {
    let mut entry = verify();
    entry.template = CommandApdu::new(0, 0x20, 0, 0x10).with_data(&[0xFF; 256]);
    assert_eq!(
        build(&entry, 30, End::Key, Display::Absent, Protocol::Apdu),
        Err(Unfit::TooLong)
    );
}

#[test]
fn values_outside_their_command_or_over_each_other_are_refused() {
    assert_eq!(check(&verify()), Ok(()));
    assert_eq!(check(&change()), Ok(()));
    assert_eq!(check(&new_only()), Ok(()));
    let modify = |present_at, new_at| PadTask::Modify { present_at, new_at };
    for (task, is_good) in [
        (modify(Some(8), 0), true),
        (modify(None, 8), true),
        (modify(None, 9), false),
        (modify(Some(9), 0), false),
        (modify(Some(0), 7), false),
        (modify(Some(0), 0), false),
        (modify(Some(0), 255), false),
    ] {
        let mut entry = change();
        entry.task = task;
        assert_eq!(check(&entry).is_ok(), is_good, "{task:?}");
    }
}

#[test]
fn lengths_that_exclude_each_other_and_blocks_without_a_size_are_refused() {
    for (block_bytes, length_min, length_max) in
        [(8, 9, 8), (8, 5, 9), (0, 0, 0), (8, 0, 0), (16, 5, 8), (9, 5, 8)]
    {
        let mut entry = verify();
        (entry.block_bytes, entry.length_min, entry.length_max) = (block_bytes, length_min, length_max);
        let refused = check(&entry) == Err(Unfit::Misfit);
        assert!(refused, "{block_bytes} {length_min} {length_max}");
    }
    let mut chained = verify();
    chained.template = CommandApdu::new(0x10, 0x20, 0, 0x10).with_data(&[0xFF; 8]);
    assert!(check(&chained).is_err());
}

fn any_task() -> impl Strategy<Value = PadTask> {
    prop_oneof![
        Just(PadTask::Verify),
        any::<(Option<u8>, u8)>().prop_map(|(present_at, new_at)| PadTask::Modify { present_at, new_at }),
    ]
}

fn any_entry() -> impl Strategy<Value = PadEntry> {
    let numbers = any::<(u8, u8, u8)>();
    let sizes = (0..20_u8, 0..20_u8, 0..20_u8);
    (
        any_task(),
        numbers,
        sizes,
        proptest::collection::vec(any::<u8>(), 0..300),
    )
        .prop_map(
            |(task, (ins, p2, timeout_s), (block_bytes, length_min, length_max), data)| PadEntry {
                task,
                template: CommandApdu::new(0, ins, 0, p2).with_data(&data),
                block_bytes,
                length_min,
                length_max,
                timeout_s,
                language: PadLanguage::default(),
            },
        )
}

proptest! {
    #[test]
    fn what_is_built_ends_with_the_command_and_tells_its_length(entry in any_entry(), is_t0: bool) {
        let protocol = if is_t0 { Protocol::T0 } else { Protocol::Apdu };
        let Ok(bytes) = build(&entry, 30, End::Key, Display::Unknown, protocol) else {
            prop_assert!(entry.template.data().len() > 255);
            return Ok(());
        };
        let head = if entry.task == PadTask::Verify { 19 } else { 24 };
        let (head, command) = bytes.split_at(head);
        let told = u32::from_le_bytes(head[head.len() - 4..].try_into().unwrap());
        prop_assert_eq!(told as usize, command.len());
        prop_assert!(command.ends_with(entry.template.data()));
        prop_assert_eq!(command[1], entry.template.ins());
    }

    #[test]
    fn what_passes_the_check_has_its_digits_within_the_command(entry in any_entry()) {
        if check(&entry).is_ok() {
            let (data, block) = (entry.template.data().len(), usize::from(entry.block_bytes));
            prop_assert!(usize::from(entry.length_max) <= block && block <= 15);
            let last = match entry.task {
                PadTask::Modify { present_at, new_at } => new_at.max(present_at.unwrap_or(0)),
                _ => 0,
            };
            prop_assert!(usize::from(last) + block <= data);
        }
    }
}
