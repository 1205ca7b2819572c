//! Extensions of a list (RFC 5280 §5.2) and of an entry (§5.3).
//!
//! Not here: what the judge makes of a scope.

use super::header::{CrlNumber, CrlScope, RevocationReason, Subjects};
use super::{CrlError, time};
use crate::der_reader::{DerReader, NotDer, tag};
use crate::distribution_point::{GeneralName, authority_key_identifier, general_names, point_name};
use crate::path::same_name;
use crate::{Reasons, Timestamp};

/// Most extensions of a list. Real ones have three.
const LIST_EXTENSIONS_MAX: usize = 32;
/// Most extensions of an entry. Real ones have one.
const ENTRY_EXTENSIONS_MAX: usize = 8;

// 2.5.29.x
const CRL_NUMBER: &[u8] = &[0x55, 0x1D, 20];
const REASON_CODE: &[u8] = &[0x55, 0x1D, 21];
const INVALIDITY_DATE: &[u8] = &[0x55, 0x1D, 24];
const DELTA_CRL_INDICATOR: &[u8] = &[0x55, 0x1D, 27];
const ISSUING_DISTRIBUTION_POINT: &[u8] = &[0x55, 0x1D, 28];
const CERTIFICATE_ISSUER: &[u8] = &[0x55, 0x1D, 29];
const AUTHORITY_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1D, 35];

/// Longest key identifier read, in bytes; a SHA-1 has 20.
const KEY_IDENTIFIER_LENGTH_MAX: usize = 64;

/// Those of a list.
pub(super) struct ListExtensions<'a> {
    pub(super) number: Option<CrlNumber>,
    pub(super) authority_key_identifier: Option<Vec<u8>>,
    pub(super) scope: CrlScope,
    /// The scope's extension as encoded.
    pub(super) scope_der: Option<&'a [u8]>,
    pub(super) is_delta: bool,
    pub(super) has_unknown_critical: bool,
}

/// Those of an entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct EntryExtensions<'a> {
    pub(super) reason: RevocationReason,
    pub(super) invalid_since: Option<Timestamp>,
    /// GeneralNames, what is inside.
    pub(super) certificate_issuer: Option<&'a [u8]>,
    pub(super) has_unknown_critical: bool,
}

impl<'a> ListExtensions<'a> {
    /// Reads what is inside a list's extensions.
    pub(super) fn read(content: Option<&'a [u8]>) -> Result<Self, CrlError> {
        let mut read = Self {
            number: None,
            authority_key_identifier: None,
            scope: CrlScope::WHOLE,
            scope_der: None,
            is_delta: false,
            has_unknown_critical: false,
        };
        let Some(content) = content else {
            return Ok(read);
        };
        each(content, LIST_EXTENSIONS_MAX, "extensions", |extension| {
            match extension.identifier {
                CRL_NUMBER => {
                    read.number = Some(number(extension.value).map_err(CrlError::in_part("cRLNumber"))?);
                }
                AUTHORITY_KEY_IDENTIFIER => {
                    let part = CrlError::in_part("authorityKeyIdentifier");
                    let identifier = authority_key_identifier(extension.value).map_err(&part)?;
                    let length = identifier.as_ref().map_or(0, Vec::len);
                    if length > KEY_IDENTIFIER_LENGTH_MAX {
                        return Err(part(NotDer));
                    }
                    read.authority_key_identifier = identifier;
                }
                ISSUING_DISTRIBUTION_POINT => {
                    read.scope = CrlScope::from_der(extension.value)?;
                    read.scope_der = Some(extension.value);
                }
                DELTA_CRL_INDICATOR => {
                    number(extension.value).map_err(CrlError::in_part("deltaCRLIndicator"))?;
                    read.is_delta = true;
                }
                _ => read.has_unknown_critical |= extension.critical,
            }
            Ok(())
        })?;
        Ok(read)
    }
}

impl<'a> EntryExtensions<'a> {
    /// Those of an entry without any.
    pub(super) const NONE: Self = Self {
        reason: RevocationReason::Unspecified,
        invalid_since: None,
        certificate_issuer: None,
        has_unknown_critical: false,
    };

    /// Reads what is inside an entry's extensions.
    pub(super) fn read(content: &'a [u8]) -> Result<Self, CrlError> {
        let mut read = Self::NONE;
        each(
            content,
            ENTRY_EXTENSIONS_MAX,
            "extensions of an entry",
            |extension| {
                match extension.identifier {
                    REASON_CODE => {
                        read.reason = reason(extension.value).map_err(CrlError::in_part("reasonCode"))?;
                    }
                    INVALIDITY_DATE => {
                        let date = only(extension.value, tag::GENERALIZED_TIME)
                            .and_then(|object| time::instant(&object));
                        read.invalid_since = Some(date.map_err(CrlError::in_part("invalidityDate"))?);
                    }
                    CERTIFICATE_ISSUER => {
                        let names = only(extension.value, tag::SEQUENCE);
                        let names = names.map_err(CrlError::in_part("certificateIssuer"))?;
                        read.certificate_issuer = Some(names.content);
                    }
                    _ => read.has_unknown_critical |= extension.critical,
                }
                Ok(())
            },
        )?;
        Ok(read)
    }
}

/// Whether these GeneralNames have the directory name with this Name in DER.
pub(super) fn names_issuer(names: &[u8], issuer: &[u8]) -> Result<bool, CrlError> {
    let names = general_names(names).map_err(CrlError::in_part("certificateIssuer"))?;
    Ok(names
        .iter()
        .any(|name| matches!(name, GeneralName::Directory(name) if same_name(name, issuer))))
}

impl CrlScope {
    /// Out of the value of an IssuingDistributionPoint extension (RFC 5280 §5.2.5).
    ///
    /// # Errors
    /// [`CrlError::Malformed`], also where it names more than one kind of certificate as its only one.
    pub fn from_der(der: &[u8]) -> Result<Self, CrlError> {
        let malformed = CrlError::in_part("issuingDistributionPoint");
        let scope = scope(der).map_err(&malformed)?;
        scope.ok_or_else(|| malformed(NotDer))
    }
}

/// `None` when it contradicts itself.
fn scope(der: &[u8]) -> Result<Option<CrlScope>, NotDer> {
    const NAME: u8 = tag::CONTEXT_0;
    const ONLY_USERS: u8 = 0x81;
    const ONLY_AUTHORITIES: u8 = 0x82;
    const ONLY_REASONS: u8 = 0x83;
    const INDIRECT: u8 = 0x84;
    const ONLY_ATTRIBUTES: u8 = 0x85;

    let mut inside = DerReader::new(only(der, tag::SEQUENCE)?.content);
    let name = inside.optional(NAME)?.map(|name| point_name(name.content));
    let only_users = flag(&mut inside, ONLY_USERS)?;
    let only_authorities = flag(&mut inside, ONLY_AUTHORITIES)?;
    let reasons = inside
        .optional(ONLY_REASONS)?
        .map(|bits| Reasons::read(bits.content));
    let indirect = flag(&mut inside, INDIRECT)?;
    let only_attributes = flag(&mut inside, ONLY_ATTRIBUTES)?;
    inside.end()?;
    let subjects = match (only_users, only_authorities, only_attributes) {
        (false, false, false) => Subjects::All,
        (true, false, false) => Subjects::EndEntities,
        (false, true, false) => Subjects::Authorities,
        (false, false, true) => Subjects::Attributes,
        _ => return Ok(None),
    };
    Ok(Some(CrlScope {
        name: name.transpose()?,
        subjects,
        reasons: reasons.transpose()?,
        indirect,
    }))
}

/// A BOOLEAN under another tag, false where it is left out.
fn flag(reader: &mut DerReader<'_>, tag: u8) -> Result<bool, NotDer> {
    match reader.optional(tag)? {
        None => Ok(false),
        Some(object) => boolean(object.content),
    }
}

/// False may be written out, though DER leaves a default away: lists do.
fn boolean(content: &[u8]) -> Result<bool, NotDer> {
    match content {
        [0xFF] => Ok(true),
        [0x00] => Ok(false),
        _ => Err(NotDer),
    }
}

/// A CRL number in its shortest form.
fn number(der: &[u8]) -> Result<CrlNumber, NotDer> {
    match only(der, tag::INTEGER)?.content {
        [0, 0..=0x7F, ..] => Err(NotDer),
        content => CrlNumber::new(content).ok_or(NotDer),
    }
}

/// A reason. Of a number that means nothing only this is sure: the certificate is revoked.
fn reason(der: &[u8]) -> Result<RevocationReason, NotDer> {
    match only(der, tag::ENUMERATED)?.content {
        [code] => Ok(RevocationReason::from_code(*code).unwrap_or(RevocationReason::Unspecified)),
        _ => Err(NotDer),
    }
}

/// The one object that fills `der`.
fn only(der: &[u8], tag: u8) -> Result<crate::der_reader::Object<'_>, NotDer> {
    let mut reader = DerReader::new(der);
    let object = reader.expect(tag)?;
    reader.end()?;
    Ok(object)
}

struct Extension<'a> {
    identifier: &'a [u8],
    critical: bool,
    value: &'a [u8],
}

/// Hands on every extension; there must be one, and none twice.
fn each<'a>(
    content: &'a [u8],
    most: usize,
    part: &'static str,
    mut take: impl FnMut(Extension<'a>) -> Result<(), CrlError>,
) -> Result<(), CrlError> {
    let malformed = CrlError::in_part(part);
    let mut reader = DerReader::new(content);
    let mut count = 0_usize;
    loop {
        let extension = extension(&mut reader).map_err(&malformed)?;
        if count >= most {
            return Err(malformed(NotDer));
        }
        let mut earlier = DerReader::new(content);
        for _ in 0..count {
            if self::extension(&mut earlier).map_err(&malformed)?.identifier == extension.identifier {
                return Err(CrlError::Malformed("an extension that occurs twice"));
            }
        }
        take(extension)?;
        count += 1;
        if reader.is_empty() {
            return Ok(());
        }
    }
}

fn extension<'a>(reader: &mut DerReader<'a>) -> Result<Extension<'a>, NotDer> {
    let mut inside = reader.enter(tag::SEQUENCE)?;
    let identifier = inside.expect(tag::OBJECT_IDENTIFIER)?.content;
    let critical = flag(&mut inside, tag::BOOLEAN)?;
    let value = inside.expect(tag::OCTET_STRING)?.content;
    inside.end()?;
    Ok(Extension {
        identifier,
        critical,
        value,
    })
}
