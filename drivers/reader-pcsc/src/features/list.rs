//! Lists of one-byte tags and one-byte lengths, in which readers tell their features and properties (PC/SC part 10
//! §2.2 and §2.6). All of it is hostile input.

/// `FEATURE_VERIFY_PIN_DIRECT` (PC/SC part 10 §2.3).
const VERIFY_PIN_DIRECT: u8 = 0x06;
/// `FEATURE_MODIFY_PIN_DIRECT`.
const MODIFY_PIN_DIRECT: u8 = 0x07;
/// `FEATURE_IFD_PIN_PROPERTIES`.
const IFD_PIN_PROPERTIES: u8 = 0x0A;
/// `FEATURE_GET_TLV_PROPERTIES`.
const GET_TLV_PROPERTIES: u8 = 0x12;

/// The control codes by which a reader does what this crate asks of it. Zero is no code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FeatureList {
    /// Has VERIFY completed on the reader's own keys.
    pub verify_pin: Option<u32>,
    /// Has a command with a new value completed there.
    pub modify_pin: Option<u32>,
    /// Tells of display and keys.
    pub pin_properties: Option<u32>,
    /// Tells of more, in a list.
    pub tlv_properties: Option<u32>,
}

impl FeatureList {
    /// Reads the answer to `CM_IOCTL_GET_FEATURE_REQUEST`. A list that is broken anywhere offers nothing.
    #[must_use]
    pub fn parse(list: &[u8]) -> Self {
        let code = |tag| {
            // Four bytes, the highest first, whatever the machine (PC/SC part 10 §2.2).
            let code = find(list, tag)?.try_into().ok().map(u32::from_be_bytes)?;
            (code != 0).then_some(code)
        };
        Self {
            verify_pin: code(VERIFY_PIN_DIRECT),
            modify_pin: code(MODIFY_PIN_DIRECT),
            pin_properties: code(IFD_PIN_PROPERTIES),
            tlv_properties: code(GET_TLV_PROPERTIES),
        }
    }
}

/// The first value with this tag. A list that does not end exactly with its last value is not believed at all.
pub(super) fn find(list: &[u8], tag: u8) -> Option<&[u8]> {
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

    /// The features of a pin-pad reader as libccid lists them.
    const FEATURES: [u8; 24] = [
        0x06, 4, 0x42, 0x33, 0, 0x06, 0x07, 4, 0x42, 0x33, 0, 0x07, 0x0A, 4, 0x42, 0x33, 0, 0x0A, 0x12, 4,
        0x42, 0x33, 0, 0x12,
    ];

    #[test]
    fn every_feature_is_found_by_its_tag() {
        assert_eq!(
            FeatureList::parse(&FEATURES),
            FeatureList {
                verify_pin: Some(0x4233_0006),
                modify_pin: Some(0x4233_0007),
                pin_properties: Some(0x4233_000A),
                tlv_properties: Some(0x4233_0012),
            }
        );
    }

    #[test]
    fn features_of_other_kinds_and_codes_of_another_width_or_of_zero_are_none() {
        // VERIFY_PIN_START and its like, a code of three bytes, a code of zero.
        for list in [
            &[0x01, 4, 0x42, 0x33, 0, 0x01][..],
            &[0x06, 3, 0x42, 0x33, 0],
            &[0x06, 4, 0, 0, 0, 0],
            &[],
        ] {
            assert_eq!(FeatureList::parse(list), FeatureList::default());
        }
    }

    #[test]
    fn a_list_cut_inside_an_entry_offers_nothing() {
        for length in (0..FEATURES.len()).filter(|length| length % 6 != 0) {
            let cut = FeatureList::parse(&FEATURES[..length]);
            assert_eq!(cut, FeatureList::default(), "{length} bytes");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_harm(bytes: Vec<u8>, tag: u8) {
            let _ = FeatureList::parse(&bytes);
            if let Some(value) = find(&bytes, tag) {
                prop_assert!(value.len() + 2 <= bytes.len());
            }
        }
    }
}
