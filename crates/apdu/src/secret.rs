//! PIN and PUK as values that wipe themselves and cannot print.
//!
//! Not here: rules about their form (length, digits) and about when they may be spent; those belong to the
//! PIN rules of the credential contract.

use core::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::LockedBuffer;

/// The longest PIN or PUK that any supported card takes, in bytes.
pub const SECRET_LENGTH_MAX: usize = 16;

/// A secret longer than any card takes. It was wiped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a PIN or PUK has at most {SECRET_LENGTH_MAX} characters")]
pub struct SecretTooLong;

/// Random bytes that hide a value in memory. Whoever has both has the value: it keeps a value from being found, not from
/// being computed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Mask(Box<[u8; SECRET_LENGTH_MAX]>);

impl Mask {
    /// With fresh random bytes.
    #[must_use]
    pub fn new(random: [u8; SECRET_LENGTH_MAX]) -> Self {
        Self(Box::new(random))
    }
}

impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mask(hidden)")
    }
}

/// A value under a [`Mask`]. Two are equal if value and mask are; the comparison takes the same time whatever they hold.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Masked {
    bytes: Box<[u8; SECRET_LENGTH_MAX]>,
    length: usize,
}

impl PartialEq for Masked {
    fn eq(&self, other: &Self) -> bool {
        is_same(&self.bytes[..], &other.bytes[..]) && self.length == other.length
    }
}

impl Eq for Masked {}

/// Looks at every byte of two rooms of one size, whatever the first ones say.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    let differing = one
        .iter()
        .zip(other)
        .fold(0, |seen, (one, other)| seen | (one ^ other));
    differing == 0
}

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Masked(hidden)")
    }
}

struct Secret(LockedBuffer);

impl Secret {
    fn take_from(source: &mut [u8]) -> Result<Self, SecretTooLong> {
        let mut buffer = LockedBuffer::new(SECRET_LENGTH_MAX);
        let fits = buffer.extend(source);
        source.zeroize();
        if fits {
            Ok(Self(buffer))
        } else {
            Err(SecretTooLong)
        }
    }

    fn length(&self) -> usize {
        self.as_bytes().len()
    }

    fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    fn is_same_as(&self, other: &Self) -> bool {
        is_same(self.0.whole(), other.0.whole()) && self.length() == other.length()
    }

    fn mask(&self, mask: &Mask) -> Masked {
        let mut bytes = mask.0.clone();
        for (byte, own) in bytes.iter_mut().zip(self.0.whole()) {
            *byte ^= own;
        }
        Masked {
            bytes,
            length: self.length(),
        }
    }

    /// The distance from each character to the next, if it is the same all along.
    fn step(&self) -> Option<i16> {
        let mut steps = self
            .as_bytes()
            .windows(2)
            .map(|pair| pair.iter().fold(0, |last, &byte| i16::from(byte) - last));
        let first = steps.next()?;
        steps.all(|step| step == first).then_some(first)
    }
}

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Not `Clone`, not comparable, and its `Debug` prints a fixed word. The bytes stand in a [`LockedBuffer`] and are wiped
        /// on drop.
        pub struct $name(Secret);

        impl $name {
            /// Takes the characters out of `source`, which is wiped whether or not it fits.
            ///
            /// # Errors
            /// [`SecretTooLong`] above [`SECRET_LENGTH_MAX`] bytes.
            pub fn take_from(source: &mut [u8]) -> Result<Self, SecretTooLong> {
                Secret::take_from(source).map(Self)
            }

            /// Number of characters.
            #[must_use]
            pub fn length(&self) -> usize {
                self.0.length()
            }

            /// Whether all characters are the digits 0 to 9.
            #[must_use]
            pub fn is_digits(&self) -> bool {
                self.0.as_bytes().iter().all(u8::is_ascii_digit)
            }

            /// Whether all characters are the same.
            #[must_use]
            pub fn is_uniform(&self) -> bool {
                self.0.step() == Some(0)
            }

            /// Whether each character is the one after the one before it, or each the one before it: 23456, 98765.
            #[must_use]
            pub fn is_run(&self) -> bool {
                matches!(self.0.step(), Some(1 | -1))
            }

            /// Whether another one has the same characters. It takes the same time whatever they are.
            #[must_use]
            pub fn is_same_as(&self, other: &Self) -> bool {
                self.0.is_same_as(&other.0)
            }

            /// The value under a mask, by which two values can be compared without either being kept.
            #[must_use]
            pub fn mask(&self, mask: &Mask) -> Masked {
                self.0.mask(mask)
            }

            /// Copies the characters into a block of `length_bytes`, the rest filled with `filler`; `None`
            /// when there are more characters than that.
            #[must_use]
            pub fn padded(&self, length_bytes: usize, filler: u8) -> Option<Zeroizing<Vec<u8>>> {
                if self.0.length() > length_bytes {
                    return None;
                }
                let mut block = Zeroizing::new(Vec::with_capacity(length_bytes));
                block.extend_from_slice(self.0.as_bytes());
                block.resize(length_bytes, filler);
                Some(block)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(hidden)"))
            }
        }
    };
}

secret! {
    /// The cardholder's secret, as typed.
    Pin
}

impl From<Pin> for Puk {
    /// What was asked for was a PUK.
    fn from(typed: Pin) -> Self {
        Self(typed.0)
    }
}

secret! {
    /// The unblocking secret, as typed.
    Puk
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taking_wipes_the_source_and_printing_shows_nothing() {
        let mut typed = *b"12345";
        let pin = Pin::take_from(&mut typed).unwrap();
        assert_eq!(typed, [0; 5]);
        assert_eq!(format!("{pin:?}"), "Pin(hidden)");
        assert_eq!(pin.padded(8, 0xFF).unwrap().as_slice(), b"12345\xFF\xFF\xFF");
        assert!(pin.padded(4, 0xFF).is_none());
    }

    fn pin(characters: &str) -> Pin {
        Pin::take_from(&mut characters.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn shapes_are_seen_and_values_compared() {
        for (characters, uniform, run) in [
            ("11111", true, false),
            ("23456", false, true),
            ("98765", false, true),
            ("12354", false, false),
            ("13579", false, false),
            ("7", false, false),
            ("", false, false),
        ] {
            let pin = pin(characters);
            assert_eq!((pin.is_uniform(), pin.is_run()), (uniform, run), "{characters}");
        }
        assert!(pin("12345").is_same_as(&pin("12345")));
        for other in ["12346", "1234", "123456", ""] {
            assert!(!pin("12345").is_same_as(&pin(other)), "{other}");
        }
    }

    #[test]
    fn a_masked_value_is_known_again_under_the_same_mask_only() {
        let (mask, other) = (Mask::new([0xA5; 16]), Mask::new([0x5A; 16]));
        assert_eq!(pin("12345").mask(&mask), pin("12345").mask(&mask));
        assert_ne!(pin("12345").mask(&mask), pin("12345").mask(&other));
        assert_ne!(pin("12345").mask(&mask), pin("12346").mask(&mask));
        assert_ne!(pin("1234").mask(&mask), pin("12345").mask(&mask));
        assert_eq!(
            format!("{mask:?} {:?}", pin("1").mask(&mask)),
            "Mask(hidden) Masked(hidden)"
        );
    }

    #[test]
    fn a_value_that_is_too_long_is_refused_and_wiped() {
        let mut typed = [b'7'; 17];
        assert_eq!(Puk::take_from(&mut typed).unwrap_err(), SecretTooLong);
        assert_eq!(typed, [0; 17]);
    }
}
