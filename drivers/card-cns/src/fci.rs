//! The one thing that varco takes from the file control information: the size of a file `[cns §2.2]`.
//!
//! Cards write it in several forms, some leave the size out, some answer nothing. So nothing depends on it: what cannot be
//! read is no size.

use varco_apdu::tlv;

/// Templates that hold it: FCI and FCP (ISO/IEC 7816-4 §7.4.1).
const TEMPLATES: [u32; 2] = [0x6F, 0x62];
/// Bytes of the content; or, with structure, of the file (ISO/IEC 7816-4 §7.4.3).
const SIZES: [u32; 2] = [0x80, 0x81];
/// READ BINARY reaches no further.
const SIZE_MAX_BYTES: usize = 32_768;

/// The size of an elementary file in bytes, from the answer to its selection.
pub(crate) fn size_bytes(answer: &[u8]) -> Option<usize> {
    let objects = tlv::read(answer).ok()?;
    let template = TEMPLATES.iter().find_map(|tag| tlv::find(&objects, *tag))?;
    SIZES
        .iter()
        .find_map(|tag| match template.child(*tag)?.bytes()? {
            [] | [_, _, _, _, _, ..] => None,
            bytes => Some(bytes.iter().fold(0, |size, byte| size << 8 | usize::from(*byte))),
        })
        .filter(|size| (1..=SIZE_MAX_BYTES).contains(size))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::Pattern;

    fn size(hex: &str) -> Option<usize> {
        let bytes: Vec<u8> = hex
            .split_ascii_whitespace()
            .flat_map(|byte| Pattern::parse(byte).unwrap().exact().unwrap())
            .collect();
        size_bytes(&bytes)
    }

    #[test]
    fn every_form_that_was_seen_gives_the_size() {
        // [cns §2.2], [cns §12], and a file control parameter template.
        for (answer, expected) in [
            ("6F 11 80 02 01 90 82 03 01 00 00 83 02 11 02 85 01 01 8A", None),
            ("6F 10 80 02 01 90 82 03 01 00 00 83 02 11 02 85 01 01", Some(400)),
            (
                "6F 1B 80 02 07 5D 82 01 01 88 01 08 83 02 C0 01 8A 01 05 A1 08 8C 02 01 00 9C 02 01 00",
                Some(0x75D),
            ),
            ("62 04 81 02 01 90", Some(400)),
        ] {
            assert_eq!(size(answer), expected, "{answer}");
        }
    }

    #[test]
    fn what_tells_no_size_is_none() {
        for answer in [
            "",
            "6F 00",
            "6F 05 82 03 01 00 00",
            "6F 02 80 00",
            "6F 07 80 05 00 00 00 01 90",
            "6F 04 80 02 00 00",
            "6F 06 80 04 7F FF FF FF",
            "6F 80 00 00",
            "30 04 80 02 01 90",
        ] {
            assert_eq!(size(answer), None, "{answer}");
        }
    }
}
