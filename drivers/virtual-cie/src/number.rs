//! Powers of large numbers, the card's own computation of them.
//!
//! Not here: padding and hashes.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};

/// The largest numbers that a card is played with, in bytes.
pub(crate) const SIZE_MAX_BYTES: usize = 512;

/// A number to compute modulo with.
#[derive(Debug)]
pub(crate) struct Modulus {
    parameters: BoxedMontyParams,
    size_bytes: usize,
}

impl Modulus {
    /// `None` for an even number, zero, or one that is too large.
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        let start = bytes.iter().position(|byte| *byte != 0)?;
        let bytes = bytes.get(start..)?;
        if bytes.len() > SIZE_MAX_BYTES {
            return None;
        }
        let number = BoxedUint::from_be_slice_vartime(bytes);
        let odd: Odd<BoxedUint> = number.into_odd().into_option()?;
        Some(Self {
            parameters: BoxedMontyParams::new_vartime(odd),
            size_bytes: bytes.len(),
        })
    }

    /// Bytes of the number.
    pub(crate) fn size_bytes(&self) -> usize {
        self.size_bytes
    }

    /// A power, as long as the modulus; `None` for a base that is not below it.
    pub(crate) fn power(&self, base: &[u8], exponent: &[u8]) -> Option<Vec<u8>> {
        if base.len() > SIZE_MAX_BYTES || exponent.len() > SIZE_MAX_BYTES {
            return None;
        }
        let modulus = self.parameters.modulus();
        let precision = modulus.bits_precision();
        let start = base.iter().take_while(|byte| **byte == 0).count();
        let base = BoxedUint::from_be_slice(base.get(start..)?, precision).ok()?;
        if base >= **modulus {
            return None;
        }
        let exponent = BoxedUint::from_be_slice_vartime(exponent);
        let power = BoxedMontyForm::new(base, &self.parameters)
            .pow(&exponent)
            .retrieve();
        let bytes = power.to_be_bytes();
        bytes
            .len()
            .checked_sub(self.size_bytes)
            .and_then(|surplus| bytes.get(surplus..))
            .map(<[u8]>::to_vec)
    }
}
