//! Patterns of bytes as the data files write them: hex digits, `??` for any byte, blanks between bytes.
//!
//! Not here: what they are compared with.

use serde::{Deserialize, Deserializer, de::Error as _};

/// The most bytes of a pattern: an ATR has 33 (ISO/IEC 7816-3 §8.1).
const LENGTH_MAX: usize = 33;

/// Bytes, some of which may be any.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Pattern(Vec<Option<u8>>);

impl Pattern {
    /// `None` for anything else than 1 to 33 pairs of hex digits or question marks.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let marks: Vec<u8> = text.bytes().filter(|mark| !mark.is_ascii_whitespace()).collect();
        let (pairs, rest) = marks.as_chunks::<2>();
        if !rest.is_empty() || !(1..=LENGTH_MAX).contains(&pairs.len()) {
            return None;
        }
        pairs.iter().map(pair).collect::<Option<_>>().map(Self)
    }

    /// Whether all bytes fit, and there are as many.
    pub(crate) fn covers(&self, bytes: &[u8]) -> bool {
        self.0.len() == bytes.len()
            && self
                .0
                .iter()
                .zip(bytes)
                .all(|(wanted, byte)| wanted.is_none_or(|wanted| wanted == *byte))
    }

    /// The bytes, where none may be any.
    pub(crate) fn exact(&self) -> Option<Vec<u8>> {
        self.0.iter().copied().collect()
    }
}

fn pair(marks: &[u8; 2]) -> Option<Option<u8>> {
    if marks == b"??" {
        return Some(None);
    }
    let digit = |mark: u8| {
        char::from(mark)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let [high, low] = *marks;
    Some(Some(digit(high)? << 4 | digit(low)?))
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("expected 1 to 33 bytes in hex, `??` for any byte"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_fits_a_question_mark_and_no_other_length_fits() {
        let pattern = Pattern::parse("3B ?? 80").unwrap();
        assert!(pattern.covers(&[0x3B, 0x00, 0x80]) && pattern.covers(&[0x3B, 0xFF, 0x80]));
        assert!(!pattern.covers(&[0x3B, 0x00, 0x81]) && !pattern.covers(&[0x3B, 0x00]));
        assert!(!pattern.covers(&[0x3B, 0x00, 0x80, 0x00]));
        assert_eq!(pattern.exact(), None);
        assert_eq!(Pattern::parse("3b8F").unwrap().exact(), Some(vec![0x3B, 0x8F]));
    }

    #[test]
    fn other_texts_are_no_pattern() {
        for text in [
            "",
            " ",
            "3",
            "3B8",
            "?B",
            "B?",
            "3B-80",
            "+1",
            "３Ｂ",
            &"00".repeat(34),
        ] {
            assert_eq!(Pattern::parse(text), None, "{text:?}");
        }
    }
}
