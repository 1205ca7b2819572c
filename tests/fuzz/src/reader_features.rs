//! What a reader offers and says of itself (PC/SC part 10): features, properties, the short answer about its keys.

use varco_card::ExtendedLength;
use varco_reader_pcsc::{FeatureList, Properties};

use crate::input::Input;

/// What is read is read alike twice; a code is never zero, a list that is cut offers nothing that the whole one does not.
/// The first two bytes say how long the first two answers are.
pub fn target(data: &[u8]) {
    let mut input = Input::new(data);
    let (first, second) = (usize::from(input.byte()), usize::from(input.byte()));
    let (features, properties) = (input.take(first), input.take(second));
    let short = input.take(usize::MAX);

    let offered = FeatureList::parse(features);
    assert_eq!(offered, FeatureList::parse(features));
    let codes = [
        offered.verify_pin,
        offered.modify_pin,
        offered.pin_properties,
        offered.tlv_properties,
    ];
    for code in codes.into_iter().flatten() {
        assert_ne!(code, 0);
        assert!(features.windows(4).any(|window| window == code.to_be_bytes()));
    }

    let said = Properties::parse(properties, short);
    assert_eq!(said, Properties::parse(properties, short));
    assert_ne!(said.digits_max, Some(0));
    if properties.is_empty() {
        assert_eq!(said.extended_length(), ExtendedLength::Unknown);
        assert_eq!((said.digits_min, said.digits_max, said.usb), (None, None, None));
    }
}

/// A pin pad behind libccid, a plain reader, one that says nothing.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let features: &[u8] =
        b"\x06\x04\x42\x33\x00\x06\x07\x04\x42\x33\x00\x07\x0A\x04\x42\x33\x00\x0A\x12\x04\x42\x33\x00\x12";
    let properties: &[u8] =
        b"\x01\x02\x10\x02\x03\x01\x00\x06\x01\x04\x07\x01\x08\x02\x01\x02\x09\x01\x00\x0B\x02\xE6\x08\
        \x0C\x02\x78\x34\x0A\x04\x00\x00\x01\x00";
    let joined = |first: &[u8], second: &[u8], third: &[u8]| {
        let lengths = [
            u8::try_from(first.len()).unwrap(),
            u8::try_from(second.len()).unwrap(),
        ];
        [&lengths[..], first, second, third].concat()
    };
    vec![
        joined(features, properties, b"\x10\x02\x02\x00"),
        joined(&features[18..], b"\x0A\x04\x00\x00\x00\x00", b""),
        joined(b"", b"", b"\x00\x00\x07\x00"),
        joined(b"", b"", b""),
    ]
}
