//! What can be wrong with a reader's keypad.
//!
//! Not here: what can happen to a card in any reader (the emulator's catalogue).

use core::fmt;

/// What is answered when digits are to be asked for, instead of asking.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum PadFault {
    /// That there is no such command: the reader's driver claims a keypad that it has not.
    Missing,
    /// These bytes, as if the card had said them. libccid 1.5.2 takes four away without looking: none, one or
    /// three of them end the pcscd of Debian 12.
    Garbage(Vec<u8>),
}

/// The most bytes of garbage.
const GARBAGE_BYTES_MAX: usize = 64;

impl PadFault {
    /// Out of words: `pad-missing`, or `pad-garbage HEX` with at most 64 bytes.
    #[must_use]
    pub fn parse(words: &[&str]) -> Option<Self> {
        match *words {
            ["pad-missing"] => Some(Self::Missing),
            ["pad-garbage"] => Some(Self::Garbage(Vec::new())),
            ["pad-garbage", hex] => bytes(hex).map(Self::Garbage),
            _ => None,
        }
    }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = hex
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0 && digits.len() <= 2 * GARBAGE_BYTES_MAX)?;
    let pair = |pair: &[u8]| pair.iter().fold(0, |byte, digit| byte << 4 | digit);
    Some(digits.chunks(2).map(pair).collect())
}

impl fmt::Display for PadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("pad-missing"),
            Self::Garbage(bytes) => {
                f.write_str("pad-garbage ")?;
                bytes.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_from_words_and_anything_else_is_refused() {
        let parse = |text: &str| PadFault::parse(&text.split_whitespace().collect::<Vec<_>>());
        for fault in [
            PadFault::Missing,
            PadFault::Garbage(vec![0x00, 0xFF]),
            PadFault::Garbage(Vec::new()),
        ] {
            assert_eq!(parse(&fault.to_string()), Some(fault));
        }
        let too_long = format!("pad-garbage {}", "00".repeat(65));
        for text in [
            "",
            "pad",
            "pad-missing now",
            "pad-garbage 0",
            "pad-garbage 0G",
            &too_long,
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
