//! A revocation list taken apart into its parts (RFC 5280 §5.1), which costs the same however long it is.
//!
//! Not here: what is in its entries and extensions.

use super::{CRL_LENGTH_MAX, CrlError, time};
use crate::Timestamp;
use crate::der_reader::{DerReader, tag};

/// Longest issuer's Name read, in bytes: as much as a certificate may measure.
const ISSUER_LENGTH_MAX: usize = 16 * 1024;
/// Longest extensions of a list read, in bytes. Real ones measure about a hundred.
const EXTENSIONS_LENGTH_MAX: usize = 64 * 1024;

/// The parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outline<'a> {
    /// What is signed, with tag and length.
    pub(super) tbs: &'a [u8],
    /// By which algorithm (AlgorithmIdentifier).
    pub(super) algorithm: &'a [u8],
    /// `None` where it is not whole bytes: no algorithm makes such.
    pub(super) signature: Option<&'a [u8]>,
    /// Whether it may have extensions.
    pub(super) is_version_2: bool,
    /// The Name, with tag and length.
    pub(super) issuer: &'a [u8],
    pub(super) this_update: Timestamp,
    pub(super) next_update: Option<Timestamp>,
    /// One entry behind the other; empty where there is none.
    pub(super) entries: &'a [u8],
    /// One extension behind the other.
    pub(super) extensions: Option<&'a [u8]>,
}

impl<'a> Outline<'a> {
    /// Takes apart a list that fills `der` exactly.
    pub(super) fn read(der: &'a [u8]) -> Result<Self, CrlError> {
        if der.len() > CRL_LENGTH_MAX {
            return Err(CrlError::TooLarge);
        }
        let mut reader = DerReader::new(der);
        let mut outer = reader.enter(tag::SEQUENCE).map_err(|_| not_whole(der))?;
        reader.end().map_err(|_| CrlError::TrailingBytes)?;

        let structure = CrlError::in_part("structure");
        let tbs = outer.expect(tag::SEQUENCE).map_err(&structure)?;
        let algorithm = outer.expect(tag::SEQUENCE).map_err(&structure)?;
        let signature = outer.expect(tag::BIT_STRING).map_err(&structure)?;
        outer.end().map_err(&structure)?;
        let signature = match signature.content {
            [0, signature @ ..] => Some(signature),
            [1..=7, _, ..] => None,
            _ => return Err(CrlError::Malformed("signature")),
        };
        Self::read_tbs(tbs.raw, DerReader::new(tbs.content), algorithm.raw, signature)
    }

    fn read_tbs(
        tbs: &'a [u8],
        mut inside: DerReader<'a>,
        algorithm: &'a [u8],
        signature: Option<&'a [u8]>,
    ) -> Result<Self, CrlError> {
        let structure = CrlError::in_part("structure");
        let is_version_2 = match inside.optional(tag::INTEGER).map_err(&structure)? {
            None => false,
            Some(version) if version.content == [1] => true,
            Some(_) => return Err(CrlError::Malformed("version")),
        };
        let inner_algorithm = inside.expect(tag::SEQUENCE).map_err(&structure)?;
        if inner_algorithm.raw != algorithm {
            return Err(CrlError::Malformed("algorithms that differ"));
        }
        let issuer = inside.expect(tag::SEQUENCE).map_err(&structure)?.raw;
        if issuer.len() > ISSUER_LENGTH_MAX {
            return Err(CrlError::Malformed("issuer longer than 16 KiB"));
        }
        let this_update = inside.object().map_err(&structure)?;
        let this_update = time::instant(&this_update).map_err(CrlError::in_part("thisUpdate"))?;
        let next_update = if inside.is_next(tag::UTC_TIME) || inside.is_next(tag::GENERALIZED_TIME) {
            let object = inside.object().map_err(&structure)?;
            Some(time::instant(&object).map_err(CrlError::in_part("nextUpdate"))?)
        } else {
            None
        };
        let entries = inside.optional(tag::SEQUENCE).map_err(&structure)?;
        let extensions = inside.optional(tag::CONTEXT_0).map_err(&structure)?;
        inside.end().map_err(&structure)?;
        Ok(Self {
            tbs,
            algorithm,
            signature,
            is_version_2,
            issuer,
            this_update,
            next_update,
            entries: entries.map_or(&[], |entries| entries.content),
            extensions: match extensions {
                Some(_) if !is_version_2 => return Err(CrlError::Malformed("extensions in version 1")),
                Some(extensions) => Some(list_extensions(extensions.content)?),
                None => None,
            },
        })
    }
}

/// What is inside the SEQUENCE of a list's extensions.
fn list_extensions(content: &[u8]) -> Result<&[u8], CrlError> {
    if content.len() > EXTENSIONS_LENGTH_MAX {
        return Err(CrlError::Malformed("extensions longer than 64 KiB"));
    }
    let mut reader = DerReader::new(content);
    let extensions = reader
        .expect(tag::SEQUENCE)
        .map_err(CrlError::in_part("extensions"))?;
    reader.end().map_err(CrlError::in_part("extensions"))?;
    Ok(extensions.content)
}

/// Why bytes are not one whole SEQUENCE: they end early, or begin otherwise.
fn not_whole(der: &[u8]) -> CrlError {
    match *der {
        []
        | [0x30]
        | [0x30, 0..=0x7F, ..]
        | [0x30, 0x81..=0x84]
        | [0x30, 0x81, 0x80..=0xFF, ..]
        | [0x30, 0x82..=0x84, 1..=0xFF, ..] => CrlError::Truncated,
        _ => CrlError::NotDer,
    }
}
