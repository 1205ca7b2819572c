//! EF.SOD of an identity card: CMS signedData over the hashes of its files (ICAO 9303-10 §4.6.2, RFC 5652; `[cie §4.3]`).
//!
//! Read strictly, by itself: CMS as the cards have it and nothing more. Numbers of data groups are taken as they are
//! written, one byte with its highest bit set or two with a zero in front, and matched by number, never by position.
//!
//! Not here: whether the signer is to be believed (`document`).

use crate::der_reader::{DerReader, NotDer, tag};
use crate::rsa_signature::{Hash, RsaSignature};
use crate::{Certificate, PublicKey};

/// The longest security object read, in bytes. Genuine ones measure about 2.9 kB.
pub const SECURITY_OBJECT_MAX_BYTES: usize = 16 * 1024;

const FILE_TAG: u8 = 0x77;
const SIGNED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
const CONTENT_TYPE: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03];
const MESSAGE_DIGEST: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04];
/// id-icao-ldsSecurityObject, 2.23.136.1.1.1.
const LDS_SECURITY_OBJECT: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x01];

const CERTIFICATES_MAX: usize = 4;
const GROUPS_MAX: usize = 32;
const ATTRIBUTES_MAX: usize = 8;

/// Why bytes are no security object.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecurityObjectError {
    /// Longer than [`SECURITY_OBJECT_MAX_BYTES`].
    #[error("the security object is longer than 16 KiB")]
    TooLarge,
    /// The named part is not as ICAO 9303-10 has it.
    #[error("the security object is malformed: {0}")]
    Malformed(&'static str),
    /// The named part uses an algorithm that is not accepted.
    #[error("the security object uses an algorithm that is not accepted: {0}")]
    Algorithm(&'static str),
}

use SecurityObjectError::{Algorithm, Malformed};

/// Files that identity cards have hashes of, by their numbers `[cie §2.2]`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DataGroup {
    /// EF.ID_Servizi: the number.
    Number,
    /// EF.Seriale: the document's number.
    Document,
    /// EF.Cert_CIE: the holder's certificate.
    Certificate,
    /// EF.Int.Kpub: the device key.
    DeviceKey,
    /// EF.Servizi_Int.Kpub: the key against cloning.
    ServiceKey,
    /// EF.DH.
    Domain,
}

impl DataGroup {
    fn number(self) -> u8 {
        match self {
            Self::Number => 0xA1,
            Self::Document => 0xA2,
            Self::Certificate => 0xA3,
            Self::DeviceKey => 0xA4,
            Self::ServiceKey => 0xA5,
            Self::Domain => 0x1B,
        }
    }

    /// The stable name in JSON and messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Document => "document",
            Self::Certificate => "certificate",
            Self::DeviceKey => "device-key",
            Self::ServiceKey => "service-key",
            Self::Domain => "domain-parameters",
        }
    }
}

/// The hashes that a security object is about.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Hashes {
    hash: Hash,
    groups: Vec<(u8, Vec<u8>)>,
}

impl Hashes {
    /// Whether some content is what was signed; `None` where the object says nothing of this group.
    pub(crate) fn match_content(&self, group: DataGroup, content: &[u8]) -> Option<bool> {
        let (_, expected) = self.groups.iter().find(|(number, _)| *number == group.number())?;
        Some(self.hash.digest(content) == *expected)
    }
}

/// A security object, read and not believed yet.
#[derive(Clone)]
pub struct SecurityObject {
    pub(crate) hashes: Hashes,
    pub(crate) signer: Certificate,
    pub(crate) others: Vec<Certificate>,
    /// As they are signed: a SET.
    signed: Vec<u8>,
    scheme: RsaSignature,
    signature: Vec<u8>,
}

impl core::fmt::Debug for SecurityObject {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SecurityObject({} groups)", self.hashes.groups.len())
    }
}

/// The whole length of a security object from the first bytes of its file; `None` while they are too few.
///
/// # Errors
/// [`SecurityObjectError`] when it begins with something else, or is too long.
pub fn security_object_length(first_bytes: &[u8]) -> Result<Option<usize>, SecurityObjectError> {
    let (header, content) = match *first_bytes {
        [] | [FILE_TAG] | [FILE_TAG, 0x81 | 0x82] | [FILE_TAG, 0x82, _] => return Ok(None),
        [FILE_TAG, short @ 0..=0x7F, ..] => (2, usize::from(short)),
        [FILE_TAG, 0x81, length @ 0x80..=0xFF, ..] => (3, usize::from(length)),
        [FILE_TAG, 0x82, high @ 1..=0xFF, low, ..] => (4, usize::from(u16::from_be_bytes([high, low]))),
        _ => return Err(Malformed("its beginning")),
    };
    let total = header + content;
    if total > SECURITY_OBJECT_MAX_BYTES {
        return Err(SecurityObjectError::TooLarge);
    }
    Ok(Some(total))
}

/// Malformed in this part.
fn in_part(part: &'static str) -> impl Fn(NotDer) -> SecurityObjectError {
    move |_| Malformed(part)
}

impl SecurityObject {
    /// Reads the content of EF.SOD; what fills the file behind it is left out.
    ///
    /// # Errors
    /// [`SecurityObjectError`].
    pub fn parse(file: &[u8]) -> Result<Self, SecurityObjectError> {
        let total = security_object_length(file)?.ok_or(Malformed("its beginning"))?;
        let whole = file.get(..total).ok_or(Malformed("it is cut short"))?;
        let outer = in_part("its outer structure");
        let mut reader = DerReader::new(whole);
        let mut inside = reader.enter(FILE_TAG).map_err(&outer)?;
        let mut content = inside.enter(tag::SEQUENCE).map_err(&outer)?;
        inside.end().map_err(&outer)?;
        if content.expect(tag::OBJECT_IDENTIFIER).map_err(&outer)?.content != SIGNED_DATA {
            return Err(Malformed("it is not signedData"));
        }
        let mut tagged = content.enter(tag::CONTEXT_0).map_err(&outer)?;
        content.end().map_err(&outer)?;
        let signed_data = tagged.enter(tag::SEQUENCE).map_err(&outer)?;
        tagged.end().map_err(&outer)?;
        Self::read(signed_data)
    }

    fn read(mut reader: DerReader<'_>) -> Result<Self, SecurityObjectError> {
        let outer = in_part("signedData");
        if reader.expect(tag::INTEGER).map_err(&outer)?.content != [3] {
            return Err(Malformed("the version of signedData"));
        }
        reader.expect(tag::SET).map_err(&outer)?;
        let content = encapsulated(&mut reader)?;
        let mut certificates = Vec::new();
        let mut inside = reader
            .enter(tag::CONTEXT_0)
            .map_err(in_part("the certificates"))?;
        while !inside.is_empty() {
            if certificates.len() == CERTIFICATES_MAX {
                return Err(Malformed("more than four certificates"));
            }
            let one = inside
                .expect(tag::SEQUENCE)
                .map_err(in_part("the certificates"))?;
            certificates.push(Certificate::parse(one.raw).map_err(|_| Malformed("a certificate in it"))?);
        }
        let mut infos = reader.enter(tag::SET).map_err(&outer)?;
        let info = infos.enter(tag::SEQUENCE).map_err(in_part("the signer"))?;
        // One signer; lists of revoked certificates stand before it and are not expected.
        infos.end().map_err(in_part("more than one signer"))?;
        reader.end().map_err(&outer)?;
        let info = SignerInfo::read(info, content)?;
        let at = certificates
            .iter()
            .position(|certificate| info.names(certificate))
            .ok_or(Malformed("the signer's certificate is not in it"))?;
        let signer = certificates.swap_remove(at);
        Ok(Self {
            hashes: hashes(content)?,
            signer,
            others: certificates,
            signed: info.signed,
            scheme: info.scheme,
            signature: info.signature,
        })
    }

    /// The certificate of who signed it.
    #[must_use]
    pub fn signer(&self) -> &Certificate {
        &self.signer
    }

    /// Whether the signer's key made the signature.
    pub(crate) fn is_signed(&self) -> bool {
        let PublicKey::Rsa {
            modulus, exponent, ..
        } = self.signer.key()
        else {
            return false;
        };
        let key = ring::signature::RsaPublicKeyComponents {
            n: modulus,
            e: exponent,
        };
        let parameters = match self.scheme {
            RsaSignature::Pkcs1(Hash::Sha256) => &ring::signature::RSA_PKCS1_2048_8192_SHA256,
            RsaSignature::Pkcs1(Hash::Sha384) => &ring::signature::RSA_PKCS1_2048_8192_SHA384,
            RsaSignature::Pkcs1(Hash::Sha512) => &ring::signature::RSA_PKCS1_2048_8192_SHA512,
            RsaSignature::Pss(Hash::Sha256) => &ring::signature::RSA_PSS_2048_8192_SHA256,
            RsaSignature::Pss(Hash::Sha384) => &ring::signature::RSA_PSS_2048_8192_SHA384,
            RsaSignature::Pss(Hash::Sha512) => &ring::signature::RSA_PSS_2048_8192_SHA512,
            RsaSignature::Sha1 | RsaSignature::HashElsewhere => return false,
        };
        key.verify(parameters, &self.signed, &self.signature).is_ok()
    }
}

/// EncapsulatedContentInfo: the LDS security object.
fn encapsulated<'a>(reader: &mut DerReader<'a>) -> Result<&'a [u8], SecurityObjectError> {
    let part = in_part("the content");
    let mut info = reader.enter(tag::SEQUENCE).map_err(&part)?;
    if info.expect(tag::OBJECT_IDENTIFIER).map_err(&part)?.content != LDS_SECURITY_OBJECT {
        return Err(Malformed("the type of the content"));
    }
    let mut tagged = info.enter(tag::CONTEXT_0).map_err(&part)?;
    info.end().map_err(&part)?;
    let content = tagged.expect(tag::OCTET_STRING).map_err(&part)?.content;
    tagged.end().map_err(&part)?;
    Ok(content)
}

/// LDSSecurityObject: version, algorithm, numbers and hashes, and from version 1 on that of the data structure.
fn hashes(content: &[u8]) -> Result<Hashes, SecurityObjectError> {
    let part = in_part("the list of hashes");
    let mut reader = DerReader::new(content);
    let mut inside = reader.enter(tag::SEQUENCE).map_err(&part)?;
    reader.end().map_err(&part)?;
    let version = match inside.expect(tag::INTEGER).map_err(&part)?.content {
        [version @ (0 | 1)] => *version,
        _ => return Err(Malformed("the version of the list of hashes")),
    };
    let hash = Hash::read(&mut inside).map_err(|_| Algorithm("the hash of the files"))?;
    let mut list = inside.enter(tag::SEQUENCE).map_err(&part)?;
    let mut groups: Vec<(u8, Vec<u8>)> = Vec::new();
    while !list.is_empty() {
        if groups.len() == GROUPS_MAX {
            return Err(Malformed("more than 32 hashes"));
        }
        let mut entry = list.enter(tag::SEQUENCE).map_err(&part)?;
        let number = match *entry.expect(tag::INTEGER).map_err(&part)?.content {
            [number] | [0, number] => number,
            _ => return Err(Malformed("the number of a file")),
        };
        let value = entry.expect(tag::OCTET_STRING).map_err(&part)?.content;
        entry.end().map_err(&part)?;
        if value.len() != hash.length_bytes() {
            return Err(Malformed("the length of a hash"));
        }
        if groups.iter().any(|(known, _)| *known == number) {
            return Err(Malformed("a file with two hashes"));
        }
        groups.push((number, value.to_vec()));
    }
    if version == 1 {
        let mut versions = inside.enter(tag::SEQUENCE).map_err(&part)?;
        versions.expect(tag::PRINTABLE_STRING).map_err(&part)?;
        versions.expect(tag::PRINTABLE_STRING).map_err(&part)?;
        versions.end().map_err(&part)?;
    }
    inside.end().map_err(&part)?;
    Ok(Hashes { hash, groups })
}

struct SignerInfo {
    issuer: Vec<u8>,
    serial: Vec<u8>,
    signed: Vec<u8>,
    scheme: RsaSignature,
    signature: Vec<u8>,
}

impl SignerInfo {
    fn read(mut reader: DerReader<'_>, content: &[u8]) -> Result<Self, SecurityObjectError> {
        let part = in_part("the signer");
        if reader.expect(tag::INTEGER).map_err(&part)?.content != [1] {
            return Err(Malformed("the version of the signer"));
        }
        let mut named = reader.enter(tag::SEQUENCE).map_err(&part)?;
        let issuer = named.expect(tag::SEQUENCE).map_err(&part)?.raw.to_vec();
        let serial = named.expect(tag::INTEGER).map_err(&part)?.content.to_vec();
        named.end().map_err(&part)?;
        let hash = Hash::read(&mut reader).map_err(|_| Algorithm("the signer's hash"))?;
        let attributes = reader.expect(tag::CONTEXT_0).map_err(&part)?;
        let scheme = RsaSignature::read(&mut reader).map_err(|_| Algorithm("the signature"))?;
        let scheme = match scheme {
            RsaSignature::HashElsewhere => RsaSignature::Pkcs1(hash),
            RsaSignature::Pkcs1(named) | RsaSignature::Pss(named) if named == hash => scheme,
            _ => return Err(Algorithm("the signature")),
        };
        let signature = reader.expect(tag::OCTET_STRING).map_err(&part)?.content.to_vec();
        reader.end().map_err(&part)?;
        check_attributes(DerReader::new(attributes.content), &hash.digest(content))?;
        // Signed as a SET, written as [0] (RFC 5652 §5.4).
        let mut signed = attributes.raw.to_vec();
        if let Some(first) = signed.first_mut() {
            *first = tag::SET;
        }
        Ok(Self {
            issuer,
            serial,
            signed,
            scheme,
            signature,
        })
    }

    fn names(&self, certificate: &Certificate) -> bool {
        certificate.issuer_der() == self.issuer && certificate.serial() == self.serial
    }
}

/// The type and the hash of the content, each once; others are signed too and mean nothing here.
fn check_attributes(mut reader: DerReader<'_>, digest: &[u8]) -> Result<(), SecurityObjectError> {
    let part = in_part("the signed attributes");
    let (mut types, mut digests, mut count) = (0, 0, 0);
    while !reader.is_empty() {
        count += 1;
        if count > ATTRIBUTES_MAX {
            return Err(Malformed("more than eight signed attributes"));
        }
        let mut attribute = reader.enter(tag::SEQUENCE).map_err(&part)?;
        let oid = attribute.expect(tag::OBJECT_IDENTIFIER).map_err(&part)?.content;
        let mut values = attribute.enter(tag::SET).map_err(&part)?;
        attribute.end().map_err(&part)?;
        match oid {
            CONTENT_TYPE => {
                types += 1;
                if values.expect(tag::OBJECT_IDENTIFIER).map_err(&part)?.content != LDS_SECURITY_OBJECT {
                    return Err(Malformed("the signed type of the content"));
                }
                values.end().map_err(&part)?;
            }
            MESSAGE_DIGEST => {
                digests += 1;
                if values.expect(tag::OCTET_STRING).map_err(&part)?.content != digest {
                    return Err(Malformed("the signed hash is not that of the content"));
                }
                values.end().map_err(&part)?;
            }
            _ => {}
        }
    }
    if (types, digests) == (1, 1) {
        Ok(())
    } else {
        Err(Malformed("the signed attributes"))
    }
}
