//! Names of issuers: whether two are the same (RFC 5280 §7.1), which of many things bear one, and one that stands below another.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use certval::compare_names;
use x509_cert::der::Decode as _;
use x509_cert::name::Name;

use crate::der_reader::{DerReader, tag};

/// Longest name put together, in bytes.
const NAME_LENGTH_MAX: usize = 4096;

/// Whether two names in DER are the same, by the comparison that paths are chained with.
pub(crate) fn same_name(one: &[u8], other: &[u8]) -> bool {
    one == other
        || match (Name::from_der(one), Name::from_der(other)) {
            (Ok(one), Ok(other)) => compare_names(&one, &other),
            _ => false,
        }
}

/// Places of things by the names that they bear.
///
/// Names that differ in bytes may be the same. What that comparison says is kept for names that things themselves bear, byte
/// for byte: so what is kept grows with the things, and not with the names that are asked for.
#[derive(Clone, Default)]
pub(crate) struct NameTable(BTreeMap<Vec<u8>, OnceLock<Vec<usize>>>);

impl NameTable {
    /// Of things whose names in DER these are, in their order.
    pub(crate) fn new<'a>(names: impl Iterator<Item = &'a [u8]>) -> Self {
        Self(names.map(|name| (name.to_vec(), OnceLock::new())).collect())
    }

    /// The places of those that bear a name in DER; `compared` finds them by comparing it with every one.
    pub(crate) fn places(&self, name: &[u8], compared: impl FnOnce() -> Vec<usize>) -> Cow<'_, [usize]> {
        match self.0.get(name) {
            Some(known) => Cow::Borrowed(known.get_or_init(compared)),
            None => Cow::Owned(compared()),
        }
    }
}

/// The name in DER that a RelativeDistinguishedName (its SET's content) has below another.
pub(crate) fn name_below(name: &[u8], part: &[u8]) -> Option<Vec<u8>> {
    let mut reader = DerReader::new(name);
    let above = reader.expect(tag::SEQUENCE).ok()?.content;
    reader.end().ok()?;
    let part = object(tag::SET, part)?;
    object(tag::SEQUENCE, &[above, &part].concat())
}

fn object(tag: u8, content: &[u8]) -> Option<Vec<u8>> {
    if content.len() > NAME_LENGTH_MAX {
        return None;
    }
    let length = content.len().to_be_bytes();
    let mut bytes = vec![tag];
    match *length.as_slice() {
        [.., 0, short @ 0..=0x7F] => bytes.push(short),
        [.., 0, low] => bytes.extend([0x81, low]),
        [.., high, low] => bytes.extend([0x82, high, low]),
        _ => return None,
    }
    bytes.extend_from_slice(content);
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_put_below_a_name() {
        let name = [0x30, 0x04, 0x31, 0x02, 0x30, 0x00];
        assert_eq!(
            name_below(&name, &[0x30, 0x00]).unwrap(),
            [0x30, 0x08, 0x31, 0x02, 0x30, 0x00, 0x31, 0x02, 0x30, 0x00]
        );
        assert!(name_below(&name, &[0; 5000]).is_none() && name_below(&[0x30], &[]).is_none());
    }
}
