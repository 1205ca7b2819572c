//! Distinguished names for display, and the text of attribute values in the encodings that CAs use.
//!
//! Names are not compared here; that is the path validator's part, on the encoded form.

use x509_parser::asn1_rs::{Any, Tag};
use x509_parser::x509::X509Name;

/// Object identifier of the common name.
pub(super) const COMMON_NAME: &str = "2.5.4.3";
/// Object identifier of the serial number of a subject.
pub(super) const SERIAL_NUMBER: &str = "2.5.4.5";

/// Short names of attribute types (RFC 4514 §3 and the usual others); the rest shows as dotted numbers.
const SHORT_NAMES: &[(&str, &str)] = &[
    (COMMON_NAME, "CN"),
    ("2.5.4.4", "SN"),
    (SERIAL_NUMBER, "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "street"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "title"),
    ("2.5.4.42", "givenName"),
    ("2.5.4.46", "dnQualifier"),
    ("2.5.4.97", "organizationIdentifier"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    ("0.9.2342.19200300.100.1.25", "DC"),
];

/// A name in one line, most specific part first: `CN=..., OU=..., C=IT`.
pub(super) fn display(name: &X509Name<'_>) -> String {
    let mut parts: Vec<String> = name
        .iter_rdn()
        .map(|rdn| {
            let pairs: Vec<String> = rdn
                .iter()
                .map(|pair| {
                    let dotted = pair.attr_type().to_id_string();
                    let known = SHORT_NAMES.iter().find(|(oid, _)| *oid == dotted);
                    let label = known.map_or(dotted.as_str(), |(_, short)| short);
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
pub(super) fn only(name: &X509Name<'_>, attribute: &str) -> Option<String> {
    let mut names = name
        .iter_attributes()
        .filter(|pair| pair.attr_type().to_id_string() == attribute);
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
