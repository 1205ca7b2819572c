//! Reading BER-TLV data objects (ISO/IEC 7816-4 §6.3) from a card that may lie.
//!
//! The crate `iso7816-tlv` does the reading, but only after a scan of our own has shown the input to be of
//! the kind that it reads rightly: it takes non-minimal lengths for minimal ones and swallows the next
//! object, reads an indefinite length as empty, recurses as deep as the input says and is quadratic in the
//! number of children. All of that is refused here first.
//!
//! Not here: writing (played cards write the few templates they need), SIMPLE-TLV, DER of certificates (pki).

use iso7816_tlv::ber::{Tlv, Value};

/// The deepest nesting accepted.
pub const DEPTH_MAX: usize = 16;
/// The most input accepted, in bytes.
pub const INPUT_MAX_BYTES: usize = 65_536;
/// The most data objects accepted, nested ones included; bounds the quadratic cost of the reader below.
pub const OBJECTS_MAX: usize = 1_024;

/// A data object: tag as its bytes read as one number (7F49 is 0x7F49), and what it holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DataObject {
    /// One to three tag bytes as a number.
    pub tag: u32,
    /// The value field.
    pub content: Content,
}

/// The value field of a data object.
#[derive(Clone, PartialEq, Eq)]
pub enum Content {
    /// Bytes.
    Primitive(Vec<u8>),
    /// Data objects.
    Constructed(Vec<DataObject>),
}

impl core::fmt::Debug for Content {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Primitive(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Constructed(children) => children.fmt(f),
        }
    }
}

/// Why bytes are not read as BER-TLV.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TlvError {
    /// More than [`INPUT_MAX_BYTES`].
    #[error("{0} bytes of data objects are more than are read")]
    TooLong(usize),
    /// More than [`OBJECTS_MAX`].
    #[error("more than {OBJECTS_MAX} data objects")]
    TooMany,
    /// Nested deeper than [`DEPTH_MAX`].
    #[error("data objects are nested deeper than {DEPTH_MAX}")]
    TooDeep,
    /// An object runs past the end of its parent or of the input.
    #[error("a data object at byte {0} runs past its end")]
    Overrun(usize),
    /// A tag of more than three bytes, or one written with a leading zero.
    #[error("the tag at byte {0} is not a valid tag of one to three bytes")]
    Tag(usize),
    /// A length that is indefinite, reserved, longer than needed or above four bytes.
    #[error("the length at byte {0} is indefinite or not written in its shortest form")]
    Length(usize),
    /// The reader behind the scan disagrees with it.
    #[error("the data objects read differ from those announced")]
    Disagreement,
}

impl DataObject {
    /// The first child with this tag; `None` for a primitive object.
    #[must_use]
    pub fn child(&self, tag: u32) -> Option<&Self> {
        match &self.content {
            Content::Constructed(children) => find(children, tag),
            Content::Primitive(_) => None,
        }
    }

    /// The bytes of a primitive object.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        match &self.content {
            Content::Primitive(bytes) => Some(bytes),
            Content::Constructed(_) => None,
        }
    }
}

/// The first object with this tag among siblings.
#[must_use]
pub fn find(objects: &[DataObject], tag: u32) -> Option<&DataObject> {
    objects.iter().find(|object| object.tag == tag)
}

/// Reads a run of data objects that fills `input` exactly.
///
/// # Errors
/// [`TlvError`] says where the first thing stands that is not accepted; nothing is read around it.
pub fn read(input: &[u8]) -> Result<Vec<DataObject>, TlvError> {
    let count = scan(input)?;
    let mut rest = input;
    let mut objects = Vec::new();
    let mut converted = 0;
    // At most `count` rounds: each takes at least one object off the front.
    for _ in 0..count {
        if rest.is_empty() {
            break;
        }
        let (parsed, after) = Tlv::parse(rest);
        objects.push(convert(
            &parsed.map_err(|_| TlvError::Disagreement)?,
            &mut converted,
        ));
        rest = after;
    }
    if rest.is_empty() && converted == count {
        Ok(objects)
    } else {
        Err(TlvError::Disagreement)
    }
}

/// Recursion here is bounded by [`DEPTH_MAX`], which the scan has proved.
fn convert(parsed: &Tlv, converted: &mut usize) -> DataObject {
    *converted += 1;
    let tag = parsed
        .tag()
        .to_bytes()
        .iter()
        .fold(0, |tag, byte| (tag << 8) | u32::from(*byte));
    let content = match parsed.value() {
        Value::Primitive(bytes) => Content::Primitive(bytes.clone()),
        Value::Constructed(children) => {
            Content::Constructed(children.iter().map(|child| convert(child, converted)).collect())
        }
    };
    DataObject { tag, content }
}

/// Walks all objects without recursion and counts them.
fn scan(input: &[u8]) -> Result<usize, TlvError> {
    if input.len() > INPUT_MAX_BYTES {
        return Err(TlvError::TooLong(input.len()));
    }
    // The ends of the templates that are open at `at`; the input itself is the outermost.
    let mut ends = vec![input.len()];
    let (mut at, mut count) = (0, 0);
    while let Some(&end) = ends.last() {
        if at == end {
            ends.pop();
            continue;
        }
        let header = Header::read(input, at, end)?;
        count += 1;
        if count > OBJECTS_MAX {
            return Err(TlvError::TooMany);
        }
        let value_end = header.value_at + header.length_bytes;
        if header.constructed {
            if ends.len() > DEPTH_MAX {
                return Err(TlvError::TooDeep);
            }
            ends.push(value_end);
            at = header.value_at;
        } else {
            at = value_end;
        }
    }
    Ok(count)
}

struct Header {
    constructed: bool,
    value_at: usize,
    length_bytes: usize,
}

impl Header {
    fn read(input: &[u8], start: usize, end: usize) -> Result<Self, TlvError> {
        let byte = |at: usize| {
            input
                .get(at)
                .copied()
                .filter(|_| at < end)
                .ok_or(TlvError::Overrun(start))
        };
        let first = byte(start)?;
        let mut at = start + 1;
        if first & 0x1F == 0x1F {
            let second = byte(at)?;
            at += 1;
            // Seven bits a byte; the first of them may not be zero, nor may the number fit the short form.
            if second & 0x7F == 0 || second < 0x1F {
                return Err(TlvError::Tag(start));
            }
            if second & 0x80 != 0 {
                if byte(at)? & 0x80 != 0 {
                    return Err(TlvError::Tag(start));
                }
                at += 1;
            }
        }
        let length_at = at;
        let lead = byte(at)?;
        at += 1;
        let mut length_bytes = usize::from(lead);
        if lead >= 0x80 {
            let following = lead & 0x7F;
            if !(1..=4).contains(&following) {
                return Err(TlvError::Length(length_at));
            }
            length_bytes = 0;
            for _ in 0..following {
                length_bytes = (length_bytes << 8) | usize::from(byte(at)?);
                at += 1;
            }
            let shortest = match length_bytes {
                0..=0x7F => 0,
                0x80..=0xFF => 1,
                0x100..=0xFFFF => 2,
                0x1_0000..=0xFF_FFFF => 3,
                _ => 4,
            };
            if following != shortest {
                return Err(TlvError::Length(length_at));
            }
        }
        if end - at < length_bytes {
            return Err(TlvError::Overrun(start));
        }
        Ok(Self {
            constructed: first & 0x20 != 0,
            value_at: at,
            length_bytes,
        })
    }
}

#[cfg(test)]
mod tests;
