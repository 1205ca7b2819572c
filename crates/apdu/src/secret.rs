//! PIN and PUK as values that wipe themselves and cannot print.
//!
//! Not here: rules about their form (length, digits) and about when they may be spent; those belong to the
//! PIN rules of the credential contract.

use core::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The longest PIN or PUK that any supported card takes, in bytes.
pub const SECRET_LENGTH_MAX: usize = 16;

/// A secret longer than any card takes. It was wiped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a PIN or PUK has at most {SECRET_LENGTH_MAX} characters")]
pub struct SecretTooLong;

#[derive(Zeroize, ZeroizeOnDrop)]
struct Secret {
    // On the heap so that a move copies only the pointer and leaves no bytes behind.
    bytes: Box<[u8; SECRET_LENGTH_MAX]>,
    length: usize,
}

impl Secret {
    fn take_from(source: &mut [u8]) -> Result<Self, SecretTooLong> {
        let mut bytes = Box::new([0; SECRET_LENGTH_MAX]);
        let taken = match bytes.get_mut(..source.len()) {
            Some(room) => {
                room.copy_from_slice(source);
                Ok(())
            }
            None => Err(SecretTooLong),
        };
        let length = source.len();
        source.zeroize();
        taken.map(|()| Self { bytes, length })
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Not `Clone`, not comparable, and its `Debug` prints a fixed word. The bytes are wiped on drop.
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
                self.0.length
            }

            /// Whether all characters are the digits 0 to 9.
            #[must_use]
            pub fn is_digits(&self) -> bool {
                self.0.as_bytes().iter().all(u8::is_ascii_digit)
            }

            /// Copies the characters into a block of `length_bytes`, the rest filled with `filler`; `None`
            /// when there are more characters than that.
            #[must_use]
            pub fn padded(&self, length_bytes: usize, filler: u8) -> Option<Zeroizing<Vec<u8>>> {
                if self.0.length > length_bytes {
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

    #[test]
    fn a_value_that_is_too_long_is_refused_and_wiped() {
        let mut typed = [b'7'; 17];
        assert_eq!(Puk::take_from(&mut typed).unwrap_err(), SecretTooLong);
        assert_eq!(typed, [0; 17]);
    }
}
