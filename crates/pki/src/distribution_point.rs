//! Where revocation lists are to be found and what they speak of, as certificates (RFC 5280 §4.2.1.13) and lists (§5.2.5) name it.
//!
//! Not here: fetching, and which list serves which certificate.

use crate::der_reader::{DerReader, NotDer, tag};

/// Most points read of one certificate, and most names of one point.
const NAMES_MAX: usize = 16;
/// Longest address read, in bytes.
const URI_LENGTH_MAX: usize = 1024;

const CONTEXT_PRIMITIVE_0: u8 = 0x80;
const CONTEXT_PRIMITIVE_1: u8 = 0x81;
const CONTEXT_4: u8 = 0xA4;
const CONTEXT_PRIMITIVE_6: u8 = 0x86;

/// A name of a point (GeneralName), as far as points have them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GeneralName {
    /// A directory name, its Name in DER.
    Directory(Vec<u8>),
    /// An address, printable ASCII of at most 1024 bytes.
    Uri(String),
    /// Any other kind, as encoded.
    Other(Vec<u8>),
}

/// What a point is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PointName {
    /// One or more full names of the same place.
    Full(Vec<GeneralName>),
    /// A RelativeDistinguishedName (its SET's content) below the issuer's name.
    BelowIssuer(Vec<u8>),
}

/// Reasons for a revocation, as bits from the first (RFC 5280 §4.2.1.13: bit 0 is unused, bit 1 keyCompromise).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reasons(u16);

impl Reasons {
    /// All nine that there are.
    pub const ALL: Self = Self(0b1_1111_1110);
    /// None.
    pub const NONE: Self = Self(0);

    /// Those of both.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those that are in both.
    #[must_use]
    pub fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those that are not in `other`.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Out of a BIT STRING's content.
    pub(crate) fn read(content: &[u8]) -> Result<Self, NotDer> {
        let (unused, bits) = content.split_first().ok_or(NotDer)?;
        if *unused > 7 || bits.len() > 2 {
            return Err(NotDer);
        }
        let mut flags = 0_u16;
        for (place, byte) in bits.iter().enumerate() {
            for bit in 0..8 {
                if byte & (0x80 >> bit) != 0 {
                    flags |= 1_u16
                        .checked_shl(u32::try_from(place * 8 + bit).map_err(|_| NotDer)?)
                        .ok_or(NotDer)?;
                }
            }
        }
        Ok(Self(flags & Self::ALL.0))
    }
}

/// One place where a list about a certificate is to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistributionPoint {
    pub(crate) name: Option<PointName>,
    pub(crate) reasons: Option<Reasons>,
    pub(crate) crl_issuer: Vec<GeneralName>,
}

impl DistributionPoint {
    /// What it is called.
    #[must_use]
    pub fn name(&self) -> Option<&PointName> {
        self.name.as_ref()
    }

    /// The reasons that its list tells of; `None` means all.
    #[must_use]
    pub fn reasons(&self) -> Option<Reasons> {
        self.reasons
    }

    /// Who issues its list, where that is not who issued the certificate.
    #[must_use]
    pub fn crl_issuer(&self) -> &[GeneralName] {
        &self.crl_issuer
    }

    /// Its addresses.
    pub fn uris(&self) -> impl Iterator<Item = &str> {
        let names = match &self.name {
            Some(PointName::Full(names)) => names.as_slice(),
            _ => &[],
        };
        names.iter().filter_map(|name| match name {
            GeneralName::Uri(uri) => Some(uri.as_str()),
            _ => None,
        })
    }
}

/// The points in a CRLDistributionPoints or FreshestCRL extension.
pub(crate) fn points(der: &[u8]) -> Result<Vec<DistributionPoint>, NotDer> {
    let mut outer = DerReader::new(der);
    let mut list = outer.enter(tag::SEQUENCE)?;
    outer.end()?;
    let mut points = Vec::new();
    while !list.is_empty() {
        if points.len() == NAMES_MAX {
            return Err(NotDer);
        }
        let mut inside = list.enter(tag::SEQUENCE)?;
        let name = match inside.optional(tag::CONTEXT_0)? {
            Some(name) => Some(point_name(name.content)?),
            None => None,
        };
        let reasons = match inside.optional(CONTEXT_PRIMITIVE_1)? {
            Some(reasons) => Some(Reasons::read(reasons.content)?),
            None => None,
        };
        let crl_issuer = match inside.optional(tag::CONTEXT_2)? {
            Some(names) => general_names(names.content)?,
            None => Vec::new(),
        };
        inside.end()?;
        points.push(DistributionPoint {
            name,
            reasons,
            crl_issuer,
        });
    }
    Ok(points)
}

/// A DistributionPointName, given what is inside its tag.
pub(crate) fn point_name(content: &[u8]) -> Result<PointName, NotDer> {
    let mut reader = DerReader::new(content);
    let object = reader.object()?;
    reader.end()?;
    match object.tag {
        tag::CONTEXT_0 => Ok(PointName::Full(general_names(object.content)?)),
        tag::CONTEXT_1 => Ok(PointName::BelowIssuer(object.content.to_vec())),
        _ => Err(NotDer),
    }
}

/// GeneralNames, given what is inside their SEQUENCE.
pub(crate) fn general_names(content: &[u8]) -> Result<Vec<GeneralName>, NotDer> {
    let mut reader = DerReader::new(content);
    let mut names = Vec::new();
    while !reader.is_empty() {
        if names.len() == NAMES_MAX {
            return Err(NotDer);
        }
        names.push(general_name(&mut reader)?);
    }
    Ok(names)
}

fn general_name(reader: &mut DerReader<'_>) -> Result<GeneralName, NotDer> {
    let object = reader.object()?;
    Ok(match object.tag {
        CONTEXT_4 => {
            let mut inside = DerReader::new(object.content);
            let name = inside.expect(tag::SEQUENCE)?;
            inside.end()?;
            GeneralName::Directory(name.raw.to_vec())
        }
        CONTEXT_PRIMITIVE_6 => match uri(object.content) {
            Some(uri) => GeneralName::Uri(uri),
            None => GeneralName::Other(object.raw.to_vec()),
        },
        _ => GeneralName::Other(object.raw.to_vec()),
    })
}

/// An address of characters that every display shows as they are.
fn uri(bytes: &[u8]) -> Option<String> {
    let fits = bytes.len() <= URI_LENGTH_MAX && bytes.iter().all(u8::is_ascii_graphic);
    fits.then(|| std::str::from_utf8(bytes).ok().map(str::to_owned))
        .flatten()
}

/// Addresses of OCSP responders in an AuthorityInfoAccess extension (RFC 5280 §4.2.2.1).
pub(crate) fn ocsp_addresses(der: &[u8]) -> Result<Vec<String>, NotDer> {
    const OCSP: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01];
    let mut outer = DerReader::new(der);
    let mut list = outer.enter(tag::SEQUENCE)?;
    outer.end()?;
    let mut addresses = Vec::new();
    while !list.is_empty() {
        let mut inside = list.enter(tag::SEQUENCE)?;
        let method = inside.expect(tag::OBJECT_IDENTIFIER)?.content;
        let place = general_name(&mut inside)?;
        inside.end()?;
        if method == OCSP
            && let GeneralName::Uri(uri) = place
        {
            if addresses.len() == NAMES_MAX {
                return Err(NotDer);
            }
            addresses.push(uri);
        }
    }
    Ok(addresses)
}

/// The key identifier in an AuthorityKeyIdentifier extension (RFC 5280 §4.2.1.1), where it has one.
pub(crate) fn authority_key_identifier(der: &[u8]) -> Result<Option<Vec<u8>>, NotDer> {
    let mut outer = DerReader::new(der);
    let mut inside = outer.enter(tag::SEQUENCE)?;
    outer.end()?;
    let identifier = inside.optional(CONTEXT_PRIMITIVE_0)?;
    Ok(identifier.map(|identifier| identifier.content.to_vec()))
}

/// The value of a SubjectKeyIdentifier extension (RFC 5280 §4.2.1.2).
pub(crate) fn subject_key_identifier(der: &[u8]) -> Result<Vec<u8>, NotDer> {
    let mut outer = DerReader::new(der);
    let identifier = outer.expect(tag::OCTET_STRING)?;
    outer.end()?;
    Ok(identifier.content.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_read_from_the_first_bit() {
        // keyCompromise and cACompromise.
        assert_eq!(Reasons::read(&[5, 0x60]).unwrap(), Reasons(0b110));
        // aACompromise, in the second byte.
        assert_eq!(Reasons::read(&[7, 0x00, 0x80]).unwrap(), Reasons(1 << 8));
        assert!(Reasons::read(&[]).is_err() && Reasons::read(&[8, 0]).is_err());
        assert!(Reasons::ALL.without(Reasons::ALL).is_none());
        assert_eq!(Reasons::NONE.with(Reasons(2)).common(Reasons(6)), Reasons(2));
    }

    #[test]
    fn an_address_that_would_control_a_display_is_no_address() {
        assert_eq!(
            uri(b"http://crl.example/ca.crl").unwrap(),
            "http://crl.example/ca.crl"
        );
        for bytes in [&b"http://crl\n.example"[..], b"http://\xC3\xA0", &[b'a'; 1025]] {
            assert!(uri(bytes).is_none());
        }
    }
}
