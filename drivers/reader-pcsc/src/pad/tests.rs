//! Which entries a pad is asked for, by what its reader says.

use core::time::Duration;

use varco_apdu::CommandApdu;
use varco_card::{LinkError, PadEntry, PadLanguage, PadTask, PinPad, Protocol, ReaderName};

use super::Pad;
use crate::features::{FeatureList, Properties};

const VERIFY_CODE: u32 = 0x4233_0006;
const MODIFY_CODE: u32 = 0x4233_0007;

fn features(verify: bool, modify: bool) -> FeatureList {
    FeatureList {
        verify_pin: verify.then_some(VERIFY_CODE),
        modify_pin: modify.then_some(MODIFY_CODE),
        ..FeatureList::default()
    }
}

/// Of a reader that lists these properties.
fn pad(properties: &[u8]) -> Pad {
    named("GemPC Pinpad 00 00", features(true, true), properties)
}

fn named(reader: &str, features: FeatureList, properties: &[u8]) -> Pad {
    Pad::new(
        &ReaderName::new(reader),
        features,
        Properties::parse(properties, &[]),
    )
}

fn entry(task: PadTask) -> PadEntry {
    PadEntry {
        task,
        template: CommandApdu::new(0, 0x24, 0, 0x10).with_data(&[0xFF; 16]),
        block_bytes: 8,
        length_min: 5,
        length_max: 8,
        timeout_s: 30,
        language: PadLanguage::Italian,
    }
}

const CHANGE: PadTask = PadTask::Modify {
    present_at: Some(0),
    new_at: 8,
};

fn order(pad: &Pad, entry: &PadEntry) -> Result<u32, LinkError> {
    pad.order(entry, Protocol::Apdu).map(|order| order.control_code)
}

#[test]
fn each_task_has_the_code_of_its_feature() {
    assert_eq!(order(&pad(&[]), &entry(PadTask::Verify)), Ok(VERIFY_CODE));
    assert_eq!(order(&pad(&[]), &entry(CHANGE)), Ok(MODIFY_CODE));
}

#[test]
fn a_reader_is_asked_only_for_what_it_offers() {
    for (verify, modify, expected) in [
        (false, false, PinPad::Absent),
        (true, false, PinPad::Verify),
        (true, true, PinPad::VerifyAndModify),
        (false, true, PinPad::Absent),
    ] {
        let pad = named("any", features(verify, modify), &[]);
        assert_eq!(pad.does(), expected);
        for task in [PadTask::Verify, CHANGE] {
            let refused = order(&pad, &entry(task)) == Err(LinkError::PinPadUnsupported);
            assert_eq!(refused, !expected.does(task), "{expected:?} {task:?}");
        }
    }
}

#[test]
fn a_pad_that_a_reader_claims_and_lacks_is_none() {
    let claimed = named(
        "Bit4id miniLector [miniLector-EVO] 00 00",
        features(true, true),
        &[],
    );
    assert_eq!(claimed.does(), PinPad::Absent);
    assert_eq!(
        order(&claimed, &entry(PadTask::Verify)),
        Err(LinkError::PinPadUnsupported)
    );
    let by_number = named(
        "any",
        features(true, true),
        &[0x0B, 2, 0xDD, 0x25, 0x0C, 2, 0x11, 0x31],
    );
    assert_eq!(by_number.does(), PinPad::Absent);
}

#[test]
fn a_pad_that_cannot_take_every_value_asked_for_is_not_asked() {
    // bMinPINSize and bMaxPINSize.
    for (fewest, most, is_good) in [
        (4, 8, true),
        (5, 8, true),
        (0, 0, true),
        (1, 31, true),
        (6, 8, false),
        (4, 4, false),
        (4, 7, false),
    ] {
        let pad = pad(&[0x06, 1, fewest, 0x07, 1, most]);
        for task in [PadTask::Verify, CHANGE] {
            assert_eq!(order(&pad, &entry(task)).is_ok(), is_good, "{fewest} to {most}");
        }
    }
}

#[test]
fn a_pad_without_a_key_to_end_an_entry_takes_only_values_of_one_length() {
    // bEntryValidationCondition: by length, by time, by either.
    for condition in [0x01, 0x05] {
        let pad = pad(&[0x02, 1, condition]);
        assert_eq!(
            order(&pad, &entry(PadTask::Verify)),
            Err(LinkError::PinPadUnsupported)
        );
        let mut fixed = entry(PadTask::Verify);
        fixed.length_min = 8;
        let order = pad.order(&fixed, Protocol::Apdu).unwrap();
        assert_eq!(order.structure[7], 0x01);
    }
    let mut fixed = entry(PadTask::Verify);
    fixed.length_min = 8;
    assert_eq!(
        order(&pad(&[0x02, 1, 0x04]), &fixed),
        Err(LinkError::PinPadUnsupported),
        "what was typed when time ran out would cost a try"
    );
}

#[test]
fn an_entry_that_does_not_fit_its_command_is_refused_before_anything_is_sent() {
    for block_bytes in [0, 7, 16] {
        let mut entry = entry(PadTask::Verify);
        entry.block_bytes = block_bytes;
        assert_eq!(order(&pad(&[]), &entry), Err(LinkError::PinPadUnsupported));
    }
    let mut long = entry(PadTask::Verify);
    long.template = long.template.with_data(&[0xFF; 256]);
    assert_eq!(order(&pad(&[]), &long), Err(LinkError::PinPadUnsupported));
}

/// libccid 1.5.2 reads the answer for the greater of 90 s and ten more than `bTimeOut`; the reader itself may wait for
/// `bTimeOut` until the first key, and for `bTimeOut2` from there on.
#[test]
fn the_reader_is_told_the_time_for_all_values_and_waited_for_longer_than_its_driver_does() {
    let new_alone = PadTask::Modify {
        present_at: None,
        new_at: 8,
    };
    for (task, value_s, told) in [
        (PadTask::Verify, 0, 1),
        (PadTask::Verify, 30, 30),
        (PadTask::Verify, 255, 245),
        (CHANGE, 0, 3),
        (CHANGE, 30, 90),
        (CHANGE, 60, 180),
        (CHANGE, 90, 245),
        (new_alone, 60, 120),
    ] {
        let mut entry = entry(task);
        entry.timeout_s = value_s;
        let order = pad(&[]).order(&entry, Protocol::Apdu).unwrap();
        assert_eq!(order.structure[..2], [told, told], "{task:?} {value_s}");
        let (driver, both) = ((u64::from(told) + 10).max(90), 2 * u64::from(told) + 10);
        assert_eq!(
            order.wait,
            Duration::from_secs(driver.max(both)),
            "{task:?} {value_s}"
        );
    }
}
