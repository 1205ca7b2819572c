//! Powers modulo an odd number, in constant time (crypto-bigint).
//!
//! Not here: which numbers may be used (`group`), and what stands in an RSA block (`recovery`).

use crypto_bigint::BoxedUint;
use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use zeroize::Zeroizing;

/// The longest number that is computed with, in bytes.
pub(crate) const NUMBER_MAX_BYTES: usize = 512;

/// The number without zeros in front.
pub(crate) fn trimmed(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

/// Its length in bits.
pub(crate) fn bits(bytes: &[u8]) -> usize {
    let bytes = trimmed(bytes);
    bytes
        .first()
        .map_or(0, |first| bytes.len() * 8 - first.leading_zeros() as usize)
}

/// Whether it is odd.
pub(crate) fn is_odd(bytes: &[u8]) -> bool {
    bytes.last().is_some_and(|last| last & 1 == 1)
}

/// Whether the first number is below the second. Not in constant time.
pub(crate) fn is_below(low: &[u8], high: &[u8]) -> bool {
    let (low, high) = (trimmed(low), trimmed(high));
    (low.len(), low) < (high.len(), high)
}

/// The number filled up with zeros in front; `None` when it is longer.
pub(crate) fn padded(bytes: &[u8], length_bytes: usize) -> Option<Vec<u8>> {
    let bytes = trimmed(bytes);
    let zeros = length_bytes.checked_sub(bytes.len())?;
    let mut padded = Vec::with_capacity(length_bytes);
    padded.resize(zeros, 0);
    padded.extend_from_slice(bytes);
    Some(padded)
}

/// `base` to the power of `exponent` modulo `modulus`, as long as the modulus. Takes the same time for all bases and
/// exponents of one length.
///
/// `None` for an even or short modulus, a base that is not below it, or numbers longer than [`NUMBER_MAX_BYTES`].
pub(crate) fn power(base: &[u8], exponent: &[u8], modulus: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let modulus = trimmed(modulus);
    if modulus.len() > NUMBER_MAX_BYTES || exponent.len() > NUMBER_MAX_BYTES || bits(modulus) < 8 {
        return None;
    }
    if !is_below(base, modulus) {
        return None;
    }
    let number_bits = |bytes: &[u8]| u32::try_from(bytes.len().max(1) * 8).ok();
    let precision = number_bits(modulus)?;
    let odd = BoxedUint::from_be_slice(modulus, precision)
        .ok()?
        .into_odd()
        .into_option()?;
    let parameters = BoxedMontyParams::new(odd);
    let base = BoxedUint::from_be_slice(trimmed(base), precision).ok()?;
    let exponent = Zeroizing::new(BoxedUint::from_be_slice(exponent, number_bits(exponent)?).ok()?);
    let raised = Zeroizing::new(BoxedMontyForm::new(base, &parameters).pow(&exponent));
    let result = Zeroizing::new(raised.retrieve());
    let bytes = Zeroizing::new(result.to_be_bytes().into_vec());
    let surplus = bytes.len().checked_sub(modulus.len())?;
    bytes.get(surplus..).map(|bytes| Zeroizing::new(bytes.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_powers_are_right_and_as_long_as_the_modulus() {
        // 3^5 = 243 = 42 modulo 201; 7^0 = 1.
        assert_eq!(power(&[3], &[5], &[201]).unwrap()[..], [42]);
        assert_eq!(power(&[7], &[0], &[0x01, 0x01]).unwrap()[..], [0, 1]);
        assert_eq!(power(&[0, 0, 3], &[0, 5], &[0, 201]).unwrap()[..], [42]);
        assert_eq!(power(&[], &[5], &[201]).unwrap()[..], [0]);
    }

    #[test]
    fn what_cannot_be_computed_is_none() {
        for (base, exponent, modulus) in [
            (&[3][..], &[5][..], &[200][..]),
            (&[201], &[5], &[201]),
            (&[3], &[5], &[]),
            (&[3], &[5], &[1]),
            (&[3], &[5], &[0x01; NUMBER_MAX_BYTES + 1]),
            (&[3], &[5; NUMBER_MAX_BYTES + 1], &[201]),
        ] {
            assert_eq!(power(base, exponent, modulus), None);
        }
    }

    #[test]
    fn lengths_and_order_are_those_of_numbers() {
        assert_eq!((bits(&[]), bits(&[0, 0]), bits(&[0, 1, 0])), (0, 0, 9));
        assert!(is_below(&[0, 5], &[6]) && is_below(&[255], &[1, 0]) && !is_below(&[6], &[0, 6]));
        assert_eq!(padded(&[0, 5], 3), Some(vec![0, 0, 5]));
        assert_eq!(padded(&[1, 0, 0], 2), None);
    }
}
