//! Distinguished names for display, and the text of attribute values in the encodings that CAs use.
//!
//! Names are not compared here; that is the path validator's part, on the encoded form.

use std::borrow::Cow;

use x509_parser::asn1_rs::{Any, Tag};
use x509_parser::x509::X509Name;

/// Object identifier of the organizational unit, 2.5.4.11, as encoded.
pub(super) const ORGANIZATIONAL_UNIT: &[u8] = &[0x55, 0x04, 0x0B];
/// Object identifier of the common name, 2.5.4.3, as encoded.
pub(super) const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
/// Object identifier of the surname, 2.5.4.4, as encoded.
pub(super) const SURNAME: &[u8] = &[0x55, 0x04, 0x04];
/// Object identifier of the given name, 2.5.4.42, as encoded.
pub(super) const GIVEN_NAME: &[u8] = &[0x55, 0x04, 0x2A];
/// Object identifier of the serial number of a subject, 2.5.4.5, as encoded.
pub(super) const SERIAL_NUMBER: &[u8] = &[0x55, 0x04, 0x05];

/// Short names of attribute types (RFC 4514 §3 and the usual others) as encoded; the rest shows as dotted numbers.
const SHORT_NAMES: &[(&[u8], &str)] = &[
    (COMMON_NAME, "CN"),
    (SURNAME, "SN"),
    (SERIAL_NUMBER, "serialNumber"),
    (&[0x55, 0x04, 0x06], "C"),
    (&[0x55, 0x04, 0x07], "L"),
    (&[0x55, 0x04, 0x08], "ST"),
    (&[0x55, 0x04, 0x09], "street"),
    (&[0x55, 0x04, 0x0A], "O"),
    (ORGANIZATIONAL_UNIT, "OU"),
    (&[0x55, 0x04, 0x0C], "title"),
    (GIVEN_NAME, "givenName"),
    (&[0x55, 0x04, 0x2E], "dnQualifier"),
    (&[0x55, 0x04, 0x61], "organizationIdentifier"),
    (
        &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x01],
        "emailAddress",
    ),
    (
        &[0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 0x01, 0x19],
        "DC",
    ),
];

/// A name in one line, most specific part first: `CN=..., OU=..., C=IT`.
pub(super) fn display(name: &X509Name<'_>) -> String {
    let mut parts: Vec<String> = name
        .iter_rdn()
        .map(|rdn| {
            let pairs: Vec<String> = rdn
                .iter()
                .map(|pair| {
                    let oid = pair.attr_type();
                    let known = SHORT_NAMES.iter().find(|(known, _)| *known == oid.as_bytes());
                    let label = known.map_or_else(
                        || Cow::Owned(oid.to_id_string()),
                        |(_, short)| Cow::Borrowed(*short),
                    );
                    format!("{label}={}", escape_value(&value_text(pair.attr_value())))
                })
                .collect();
            pairs.join("+")
        })
        .collect();
    parts.reverse();
    parts.join(", ")
}

/// The value of an attribute, if the name has exactly one of this type.
pub(super) fn only(name: &X509Name<'_>, attribute: &[u8]) -> Option<String> {
    let mut names = name
        .iter_attributes()
        .filter(|pair| pair.attr_type().as_bytes() == attribute);
    match (names.next(), names.next()) {
        (Some(pair), None) => Some(value_text(pair.attr_value())),
        _ => None,
    }
}

/// Text of an attribute value. Teletex strings are read as Latin-1, which is what CAs put there; an encoding
/// unknown here shows as `#` and the hexadecimal content.
pub(super) fn value_text(value: &Any<'_>) -> String {
    let decoded = match value.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::NumericString | Tag::VisibleString => {
            std::str::from_utf8(value.data).ok().map(str::to_owned)
        }
        Tag::TeletexString => Some(value.data.iter().map(|byte| char::from(*byte)).collect()),
        Tag::BmpString if value.data.len().is_multiple_of(2) => {
            let (pairs, _) = value.data.as_chunks::<2>();
            let units: Vec<u16> = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
            String::from_utf16(&units).ok()
        }
        _ => None,
    };
    decoded.unwrap_or_else(|| format!("#{}", super::hex(value.data)))
}

/// Escapes what would end or split a value (RFC 4514 §2.4), then what would disturb a terminal.
fn escape_value(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for character in value.chars() {
        if matches!(character, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=') {
            escaped.push('\\');
        }
        push_visible(&mut escaped, character);
    }
    escaped
}

/// Appends a character, or its `\u{...}` form if it is a control or changes the direction of text.
pub(super) fn push_visible(target: &mut String, character: char) {
    let hidden = character.is_control()
        || matches!(character, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}');
    if hidden {
        target.extend(character.escape_unicode());
    } else {
        target.push(character);
    }
}
