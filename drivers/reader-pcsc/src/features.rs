//! What a reader says of itself (PC/SC part 10): whether extended-length APDUs pass.
//!
//! Not here: PIN entry on the reader, which no link offers yet. The driver's answers are hostile input.

use pcsc::Card;
use varco_card::ExtendedLength;

/// `CM_IOCTL_GET_FEATURE_REQUEST` (PC/SC part 10 §2.2).
const GET_FEATURE_REQUEST: u32 = 3400;
/// `FEATURE_GET_TLV_PROPERTIES` (PC/SC part 10 §2.3).
const GET_TLV_PROPERTIES: u8 = 0x12;
/// `dwMaxAPDUDataSize` (PC/SC part 10 §2.6.14).
const MAX_APDU_DATA_SIZE: u8 = 0x0A;

/// From here on everything that an extended APDU can carry passes uncut. libccid says 0 for short APDUs only
/// and 65,536 for extended ones, other drivers 65,535. A reader in between would cut some answers, so it is
/// treated as one for short APDUs only.
const EXTENDED_FROM: u32 = 0xFFFF;

/// Room for more properties than exist.
const ANSWER_LENGTH_MAX: usize = 512;

/// Asks the reader of a connected card. A reader that does not answer, or with nonsense, is unknown.
///
/// # Errors
/// Only a sharing violation: asking again later may help.
pub(crate) fn extended_length(card: &Card) -> Result<ExtendedLength, pcsc::Error> {
    let mut answer = [0; ANSWER_LENGTH_MAX];
    let Some(features) = ask(card, pcsc::ctl_code(GET_FEATURE_REQUEST.into()), &mut answer)? else {
        return Ok(ExtendedLength::Unknown);
    };
    let Some(code) = control_code(features, GET_TLV_PROPERTIES) else {
        return Ok(ExtendedLength::Unknown);
    };
    let mut answer = [0; ANSWER_LENGTH_MAX];
    let properties = ask(card, code.into(), &mut answer)?;
    Ok(properties.map_or(ExtendedLength::Unknown, judge))
}

fn ask<'b>(
    card: &Card,
    code: pcsc::ffi::DWORD,
    buffer: &'b mut [u8],
) -> Result<Option<&'b [u8]>, pcsc::Error> {
    match card.control(code, &[], buffer) {
        Ok(answer) => Ok(Some(answer)),
        Err(pcsc::Error::SharingViolation) => Err(pcsc::Error::SharingViolation),
        Err(_) => Ok(None),
    }
}

/// The control code of a feature: four bytes, the highest first (PC/SC part 10 §2.2).
fn control_code(features: &[u8], tag: u8) -> Option<u32> {
    find(features, tag)?.try_into().ok().map(u32::from_be_bytes)
}

/// Reads `dwMaxAPDUDataSize`: four bytes, the lowest first (PC/SC part 10 §2.6).
fn judge(properties: &[u8]) -> ExtendedLength {
    match find(properties, MAX_APDU_DATA_SIZE).and_then(|value| value.try_into().ok()) {
        Some(size) if u32::from_le_bytes(size) >= EXTENDED_FROM => ExtendedLength::Supported,
        Some(_) => ExtendedLength::Unsupported,
        None => ExtendedLength::Unknown,
    }
}

/// The first value with this tag in a list of one-byte tags and one-byte lengths. A list that does not end
/// exactly with its last value is not believed at all.
fn find(list: &[u8], tag: u8) -> Option<&[u8]> {
    let mut found = None;
    let mut rest = list;
    // Each round takes at least two bytes off.
    while let Some((&[this, length], after)) = rest.split_first_chunk::<2>() {
        let (value, after) = after.split_at_checked(usize::from(length))?;
        if this == tag && found.is_none() {
            found = Some(value);
        }
        rest = after;
    }
    rest.is_empty().then_some(found).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Two features as libccid lists them: properties at 42 33 00 12, PIN verification at 42 33 00 06.
    const FEATURES: [u8; 12] = [0x06, 4, 0x42, 0x33, 0, 6, 0x12, 4, 0x42, 0x33, 0, 0x12];

    fn properties(size: u32) -> Vec<u8> {
        let mut list = vec![0x01, 2, 0x10, 0x02, 0x0A, 4];
        list.extend(size.to_le_bytes());
        list.extend([0x0B, 2, 0xE6, 0x08]);
        list
    }

    #[test]
    fn the_control_code_of_the_properties_is_found_among_other_features() {
        assert_eq!(control_code(&FEATURES, GET_TLV_PROPERTIES), Some(0x4233_0012));
        assert_eq!(control_code(&FEATURES, 0x13), None);
        assert_eq!(control_code(&[0x12, 3, 0x42, 0x33, 0], GET_TLV_PROPERTIES), None);
    }

    #[test]
    fn only_a_reader_that_carries_all_of_an_extended_apdu_supports_them() {
        for (size, expected) in [
            (0, ExtendedLength::Unsupported),
            (256, ExtendedLength::Unsupported),
            (2048, ExtendedLength::Unsupported),
            (0xFFFF, ExtendedLength::Supported),
            (0x1_0000, ExtendedLength::Supported),
        ] {
            assert_eq!(judge(&properties(size)), expected);
        }
    }

    #[test]
    fn a_size_of_another_width_and_an_absent_size_are_unknown() {
        assert_eq!(judge(&[0x0A, 2, 0xFF, 0xFF]), ExtendedLength::Unknown);
        assert_eq!(judge(&[0x0B, 2, 0xE6, 0x08]), ExtendedLength::Unknown);
        assert_eq!(judge(&[]), ExtendedLength::Unknown);
    }

    #[test]
    fn a_list_cut_inside_an_entry_is_not_believed_at_any_length() {
        let whole = properties(0x1_0000);
        for length in 0..whole.len() {
            let complete = [0, 4, 10].contains(&length);
            let judged = judge(&whole[..length]);
            assert!(complete || judged == ExtendedLength::Unknown, "{length} bytes");
        }
        for length in 0..FEATURES.len() {
            assert_eq!(control_code(&FEATURES[..length], GET_TLV_PROPERTIES), None);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_harm(bytes: Vec<u8>, tag: u8) {
            let _ = judge(&bytes);
            if let Some(value) = find(&bytes, tag) {
                prop_assert!(value.len() + 2 <= bytes.len());
            }
        }
    }
}
