//! What stands at the beginning of a certificate's file: DER, DER behind a header, a compressed form, or nothing
//! `[cns §2.5]`.
//!
//! Not here: reading the file, and whether the DER is a certificate.

use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};
use varco_credential::CardError;
use varco_pki::{CERTIFICATE_LENGTH_MAX, CertificateError, der_total_length};

/// Bytes that always suffice to tell: the longest header and the header of the DER behind it.
const START_BYTES: usize = 9;

/// Where DER may stand, apart from the beginning: behind InfoCamere's header, whose first byte is free and whose
/// length may be zero, and behind a length in two bytes.
const HEADERS_BYTES: [usize; 2] = [5, 2];

const BIT4ID: CardError = unreadable("it is in a compressed container of Bit4id, which is not supported");
const TOO_LONG: CardError = unreadable("it is longer than 16 KiB");
const NOT_DER: CardError = unreadable("it is not DER");

/// How the certificate stands in its file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Container {
    /// DER of this length, behind a header of so many bytes.
    Der {
        /// Bytes in front of it.
        header_bytes: usize,
        /// Bytes of it.
        der_bytes: usize,
    },
    /// DER compressed with zlib (RFC 1950).
    Zlib,
    /// Nothing: filling only.
    Blank,
}

impl Container {
    /// Tells from the first bytes of a file; `None` while they are too few.
    pub(crate) fn at(start: &[u8]) -> Result<Option<Self>, CardError> {
        match *start {
            [] => Ok(None),
            [0x30, ..] => match der_total_length(start) {
                Ok(der_bytes) => Ok(Some(Self::Der {
                    header_bytes: 0,
                    der_bytes,
                })),
                Err(CertificateError::Truncated) => Ok(None),
                Err(CertificateError::TooLarge) => Err(TOO_LONG),
                Err(_) => Err(NOT_DER),
            },
            [0x5A | 0x7A, ..] => Err(BIT4ID),
            [0x78] => Ok(None),
            // The two bytes of a zlib header are a multiple of 31 (RFC 1950 §2.2).
            [0x78, flags, ..] if (0x7800 | u16::from(flags)).is_multiple_of(31) => Ok(Some(Self::Zlib)),
            [_, ref rest @ ..] if start.len() >= START_BYTES && is_filling(rest) => Ok(Some(Self::Blank)),
            _ if start.len() < START_BYTES => Ok(None),
            _ => behind_a_header(start).map(Some).ok_or(NOT_DER),
        }
    }

    /// The certificate out of the file's first bytes; `None` while they are too few.
    pub(crate) fn open(self, bytes: &[u8]) -> Result<Option<Vec<u8>>, CardError> {
        match self {
            Self::Der {
                header_bytes,
                der_bytes,
            } => Ok(bytes
                .get(header_bytes..header_bytes + der_bytes)
                .map(<[u8]>::to_vec)),
            Self::Zlib => inflate(bytes),
            Self::Blank => Ok(None),
        }
    }

    /// How many bytes of the file are needed in all, where that is known.
    pub(crate) fn file_bytes(self) -> Option<usize> {
        match self {
            Self::Der {
                header_bytes,
                der_bytes,
            } => Some(header_bytes + der_bytes),
            Self::Zlib | Self::Blank => None,
        }
    }
}

/// Whether all bytes are the same filling.
pub(crate) fn is_filling(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0x00) || bytes.iter().all(|byte| *byte == 0xFF)
}

fn behind_a_header(start: &[u8]) -> Option<Container> {
    HEADERS_BYTES.into_iter().find_map(|header_bytes| {
        let der_bytes = der_total_length(start.get(header_bytes..)?).ok()?;
        Some(Container::Der {
            header_bytes,
            der_bytes,
        })
    })
}

fn inflate(bytes: &[u8]) -> Result<Option<Vec<u8>>, CardError> {
    let inflated = match decompress_to_vec_zlib_with_limit(bytes, CERTIFICATE_LENGTH_MAX) {
        Ok(inflated) => inflated,
        Err(error) => {
            return match error.status {
                TINFLStatus::FailedCannotMakeProgress | TINFLStatus::NeedsMoreInput => Ok(None),
                TINFLStatus::HasMoreOutput => Err(TOO_LONG),
                _ => Err(unreadable("its compressed form is damaged")),
            };
        }
    };
    match der_total_length(&inflated) {
        Ok(total) if total == inflated.len() => Ok(Some(inflated)),
        _ => Err(NOT_DER),
    }
}

pub(crate) const fn unreadable(what: &'static str) -> CardError {
    CardError::CertificateUnreadable { what }
}

#[cfg(test)]
mod tests {
    use super::*;
    use miniz_oxide::deflate::compress_to_vec_zlib;

    fn der(total: u16) -> Vec<u8> {
        let [high, low] = (total - 4).to_be_bytes();
        let mut der = vec![0x30, 0x82, high, low];
        der.extend((4..total).map(|at| u8::try_from(at % 251).unwrap()));
        der
    }

    /// Header, then DER, then filling.
    fn file(header: &[u8], der: &[u8]) -> Vec<u8> {
        let mut file = [header, der].concat();
        file.resize(2048, 0x00);
        file
    }

    fn opened(file: &[u8]) -> Vec<u8> {
        let container = Container::at(file.get(..256).unwrap_or(file)).unwrap().unwrap();
        container.open(file).unwrap().unwrap()
    }

    #[test]
    fn every_container_gives_the_same_certificate() {
        let der = der(1400);
        assert_eq!(opened(&file(&[], &der)), der);
        // InfoCamere: the length big-endian in bytes 1 and 2; the other three are free.
        assert_eq!(opened(&file(&[0x00, 0x05, 0x78, 0x00, 0x00], &der)), der);
        assert_eq!(opened(&file(&[0x01, 0x05, 0x78, 0xFF, 0x02], &der)), der);
        // The sibling's: little-endian.
        assert_eq!(opened(&file(&[0x78 + 1, 0x05], &der)), der);
        assert_eq!(opened(&file(&[], &compress_to_vec_zlib(&der, 9))), der);
    }

    #[test]
    fn an_empty_container_is_blank_whatever_its_first_byte_says() {
        for (first, filling) in [(0x00, 0x00), (0xFF, 0xFF), (0x01, 0x00)] {
            let mut file = vec![filling; 256];
            file[0] = first;
            assert_eq!(Container::at(&file).unwrap(), Some(Container::Blank));
        }
    }

    #[test]
    fn too_few_bytes_of_any_container_ask_for_more() {
        let der = der(600);
        let zlib = compress_to_vec_zlib(&der, 9);
        for whole in [
            der.clone(),
            [&[0x00, 0x02, 0x58, 0x00, 0x00], &der[..]].concat(),
            zlib,
        ] {
            for cut in 0..whole.len() {
                let start = &whole[..cut];
                let opened = Container::at(start).map(|container| container.map(|c| c.open(start)));
                assert!(
                    matches!(opened, Ok(None | Some(Ok(None)))),
                    "cut at {cut}: {opened:?}"
                );
            }
        }
    }

    #[test]
    fn what_inflates_to_something_else_or_without_end_is_refused() {
        let bomb = compress_to_vec_zlib(&vec![0x30; 1 << 20], 9);
        assert_eq!(Container::Zlib.open(&bomb), Err(TOO_LONG));
        let other = compress_to_vec_zlib(b"not a certificate", 9);
        assert_eq!(Container::Zlib.open(&other), Err(NOT_DER));
        let mut damaged = compress_to_vec_zlib(&der(600), 9);
        let last = damaged.len() - 1;
        damaged[last] ^= 1;
        assert!(Container::Zlib.open(&damaged).is_err());
    }
}
