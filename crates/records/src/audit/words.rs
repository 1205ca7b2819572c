//! The small words of the log: hashes and ids, written as lower-case hexadecimal digits.
//!
//! Not here: what they are hashes of.

use std::borrow::Cow;
use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A word of so many bytes.
macro_rules! hex_word {
    ($(#[$about:meta])* $name:ident $length:literal) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $length]);

        impl $name {
            /// Of these bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// The bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }

            /// Reads the lower-case digits that it is written with, and nothing else.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let mut bytes = [0; $length];
                unhex(text, &mut bytes).then_some(Self(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, formatter)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut digits = [0; 2 * $length];
                serializer.serialize_str(hex(&self.0, &mut digits))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<'de, str>::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| D::Error::custom("not a word of hexadecimal digits"))
            }
        }
    };
}

hex_word! {
    /// A SHA-256 hash.
    Digest 32
}

hex_word! {
    /// By which a log is told from any other: random.
    LogId 16
}

hex_word! {
    /// By which a key is named; it tells nothing of a secret one.
    KeyId 8
}

hex_word! {
    /// What stands for a person: HMAC-SHA-256 of a codice fiscale under a pseudonym key.
    Pseudonym 32
}

impl Digest {
    /// SHA-256 of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
        let mut word = [0; 32];
        for (place, byte) in word.iter_mut().zip(digest.as_ref()) {
            *place = *byte;
        }
        Self(word)
    }
}

impl KeyId {
    /// The beginning of a hash.
    pub(super) fn beginning(of: &[u8]) -> Self {
        let mut id = [0; 8];
        for (place, byte) in id.iter_mut().zip(of) {
            *place = *byte;
        }
        Self(id)
    }
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Writes the digits of bytes into a place twice as long.
fn hex<'d>(bytes: &[u8], digits: &'d mut [u8]) -> &'d str {
    for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
        if let [high, low] = pair {
            *high = digit(byte >> 4);
            *low = digit(byte & 0x0F);
        }
    }
    str::from_utf8(digits).unwrap_or_default()
}

fn digit(nibble: u8) -> u8 {
    DIGITS.get(usize::from(nibble)).copied().unwrap_or_default()
}

/// Reads exactly so many digits.
fn unhex(text: &str, bytes: &mut [u8]) -> bool {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    if text.len() != bytes.len() * 2 {
        return false;
    }
    for (place, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let [high, low] = pair else { return false };
        match (value(*high), value(*low)) {
            (Some(high), Some(low)) => *place = high << 4 | low,
            _ => return false,
        }
    }
    true
}

/// How an instant stands in a line: as it prints itself, in UTC.
pub(super) mod instant {
    use super::{Cow, Deserialize, Deserializer, Serializer};
    use jiff::Timestamp;
    use serde::de::Error as _;

    pub(in super::super) fn serialize<S: Serializer>(
        at: &Timestamp,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(at)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Timestamp, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(|_| D::Error::custom("not an instant"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_read_only_as_it_is_written() {
        let word = KeyId::from_bytes([0x00, 0x01, 0x9A, 0xBC, 0xDE, 0xF0, 0xFF, 0x10]);
        assert_eq!(word.to_string(), "00019abcdef0ff10");
        assert_eq!(KeyId::parse("00019abcdef0ff10"), Some(word));
        for other in [
            "",
            "00019ABCDEF0FF10",
            "00019abcdef0ff1",
            "00019abcdef0ff100",
            "00019abcdef0ff1g",
        ] {
            assert_eq!(KeyId::parse(other), None, "{other}");
        }
        assert_eq!(serde_json::to_string(&word).unwrap(), "\"00019abcdef0ff10\"");
        assert_eq!(
            serde_json::from_str::<KeyId>("\"00019abcdef0ff10\"").unwrap(),
            word
        );
    }
}
