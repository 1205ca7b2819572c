//! EF.ATR: what a chip can do, and which it is `[cie §1.3]`.
//!
//! The file is a run of data objects, filled up with anything. Nothing depends on it: what cannot be read is a chip that
//! takes short commands in chains, as all do.
//!
//! Not here: which families there are (`family`).

/// Card capabilities (ISO/IEC 7816-4 §12.1.1.9).
const CAPABILITIES: &[u8] = &[0x47];
/// Extended length information (ISO/IEC 7816-4 §12.7.1): most bytes of a command, then of an answer.
const EXTENDED_LENGTH: &[u8] = &[0x7F, 0x66];
/// In the third byte of the capabilities.
const TAKES_EXTENDED_LENGTH: u8 = 0x40;
/// The most objects that are looked at.
const OBJECTS_MAX: usize = 64;
/// What is asked for where no limit is told: room for any file of the card.
const ANSWER_BYTES: u32 = 4_096;

/// What EF.ATR tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Capabilities {
    /// The most bytes of an extended answer, where the chip takes extended length.
    pub(crate) extended_answer_bytes: Option<u32>,
}

impl Capabilities {
    /// Out of the file's content.
    pub(crate) fn read(content: &[u8]) -> Self {
        let (mut takes_extended, mut limit) = (false, None);
        for (tag, value) in objects(content) {
            if tag == CAPABILITIES {
                takes_extended = matches!(value, [_, _, third, ..] if third & TAKES_EXTENDED_LENGTH != 0);
            } else if tag == EXTENDED_LENGTH {
                limit = answer_limit(value);
            }
        }
        Self {
            extended_answer_bytes: takes_extended.then(|| limit.unwrap_or(ANSWER_BYTES).min(ANSWER_BYTES)),
        }
    }
}

/// The second of two integers in two bytes.
fn answer_limit(value: &[u8]) -> Option<u32> {
    match *value {
        [0x02, 0x02, _, _, 0x02, 0x02, high, low] => {
            Some(u32::from(u16::from_be_bytes([high, low]))).filter(|limit| *limit > 256)
        }
        _ => None,
    }
}

/// Tags and values, as far as they can be read; lengths of one byte.
fn objects(content: &[u8]) -> Vec<(&[u8], &[u8])> {
    let mut found = Vec::new();
    let mut rest = content;
    while found.len() < OBJECTS_MAX {
        let tag_bytes = match rest {
            [first, _, ..] if first & 0x1F == 0x1F => 2,
            [_, ..] => 1,
            [] => break,
        };
        let Some((tag, [length @ 0..=0x7F, after @ ..])) = rest.split_at_checked(tag_bytes) else {
            break;
        };
        let Some((value, after)) = after.split_at_checked(usize::from(*length)) else {
            break;
        };
        found.push((tag, value));
        rest = after;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTALIS: &[u8] = &[
        0x80, 0x00, 0x43, 0x01, 0xB8, 0x46, 0x04, 0x10, 0x10, 0x10, 0x10, 0x47, 0x03, 0x94, 0x01, 0xE0, 0x7F,
        0x66, 0x08, 0x02, 0x02, 0x04, 0xD6, 0x02, 0x02, 0x07, 0xE3, 0x00, 0x00, 0x00,
    ];

    #[test]
    fn extended_length_and_its_limit_are_read() {
        let told = |content: &[u8]| Capabilities::read(content).extended_answer_bytes;
        assert_eq!(told(ACTALIS), Some(2019));
        assert_eq!(told(&ACTALIS[..16]), Some(ANSWER_BYTES));
        assert_eq!(told(&[0x80, 0x00, 0x47, 0x03, 0x94, 0x01, 0x80]), None);
        assert_eq!(told(&[0x47, 0x03, 0x94, 0x01, 0x81]), None);
    }

    #[test]
    fn what_cannot_be_read_is_a_chip_without_extended_length() {
        for content in [
            &[][..],
            &[0x47],
            &[0x47, 0x03, 0x94],
            &[0xFF; 40],
            &[0x00; 40],
            &[0x47, 0x83, 0x94, 0x01, 0xE0],
        ] {
            assert_eq!(
                Capabilities::read(content),
                Capabilities::default(),
                "{content:02X?}"
            );
        }
        for cut in 0..ACTALIS.len() {
            let _ = Capabilities::read(&ACTALIS[..cut]);
        }
    }
}
