//! The total length of a DER SEQUENCE from its first bytes, for those who read a certificate in blocks.
//!
//! It is not a DER parser: it reads one identifier and one length, nothing below.

use crate::certificate::{CERTIFICATE_LENGTH_MAX, CertificateError};

/// Total length in bytes, header included, of the DER SEQUENCE that starts with `first_bytes`.
///
/// Four bytes always suffice. The length must be definite and minimal (X.690 §10.1), and the total at most
/// [`CERTIFICATE_LENGTH_MAX`]. `[cns §2.5]`
///
/// # Errors
/// [`CertificateError::NotDer`], [`CertificateError::Truncated`] when `first_bytes` ends inside the header,
/// [`CertificateError::TooLarge`].
///
/// ```
/// assert_eq!(varco_pki::der_total_length(&[0x30, 0x82, 0x05, 0x78])?, 0x578 + 4);
/// # Ok::<(), varco_pki::CertificateError>(())
/// ```
pub fn der_total_length(first_bytes: &[u8]) -> Result<usize, CertificateError> {
    let (header, content) = match *first_bytes {
        [] | [0x30] => return Err(CertificateError::Truncated),
        [0x30, short, ..] if short < 0x80 => (2, usize::from(short)),
        [0x30, 0x81, length, ..] if length >= 0x80 => (3, usize::from(length)),
        [0x30, 0x82, high, low, ..] if high != 0 => (4, usize::from(high) << 8 | usize::from(low)),
        [0x30, 0x81] | [0x30, 0x82] | [0x30, 0x82, _] => return Err(CertificateError::Truncated),
        [0x30, 0x83, high, ..] if high != 0 => return Err(CertificateError::TooLarge),
        [0x30, 0x84, high, ..] if high != 0 => return Err(CertificateError::TooLarge),
        _ => return Err(CertificateError::NotDer),
    };
    let total = header + content;
    if total > CERTIFICATE_LENGTH_MAX {
        Err(CertificateError::TooLarge)
    } else {
        Ok(total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_minimal_form_gives_its_total() {
        assert_eq!(der_total_length(&[0x30, 0x00]), Ok(2));
        assert_eq!(der_total_length(&[0x30, 0x7F, 0, 0]), Ok(129));
        assert_eq!(der_total_length(&[0x30, 0x81, 0x80, 0]), Ok(131));
        assert_eq!(der_total_length(&[0x30, 0x82, 0x01, 0x00]), Ok(260));
        assert_eq!(
            der_total_length(&[0x30, 0x82, 0x3F, 0xFC]),
            Ok(CERTIFICATE_LENGTH_MAX)
        );
    }

    #[test]
    fn longer_than_the_cap_is_too_large() {
        assert_eq!(
            der_total_length(&[0x30, 0x82, 0x3F, 0xFD]),
            Err(CertificateError::TooLarge)
        );
        assert_eq!(
            der_total_length(&[0x30, 0x83, 0x01, 0x00]),
            Err(CertificateError::TooLarge)
        );
        assert_eq!(
            der_total_length(&[0x30, 0x84, 0xFF, 0xFF]),
            Err(CertificateError::TooLarge)
        );
    }

    #[test]
    fn non_minimal_indefinite_and_foreign_starts_are_not_der() {
        for bytes in [
            &[0x30, 0x81, 0x7F, 0x00][..],
            &[0x30, 0x82, 0x00, 0xFF],
            &[0x30, 0x80, 0x00, 0x00],
            &[0x30, 0xFF, 0x00, 0x00],
            &[0x30, 0x83, 0x00, 0xFF],
            &[0x00, 0x00, 0x00, 0x00],
            &[0xFF, 0xFF, 0xFF, 0xFF],
            &[0x5A, 0x82, 0x05, 0x00],
        ] {
            assert_eq!(
                der_total_length(bytes),
                Err(CertificateError::NotDer),
                "{bytes:02X?}"
            );
        }
    }

    #[test]
    fn a_cut_header_is_truncated() {
        for bytes in [
            &[][..],
            &[0x30],
            &[0x30, 0x81],
            &[0x30, 0x82],
            &[0x30, 0x82, 0x05],
        ] {
            assert_eq!(
                der_total_length(bytes),
                Err(CertificateError::Truncated),
                "{bytes:02X?}"
            );
        }
    }
}
