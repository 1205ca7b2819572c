//! How the parts of an identity are written in JSON.
//!
//! Not here: reading. No identity is ever read.

use std::fmt::Display;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};
use varco_credential::{ReaderKind, SignatureScheme};
use varco_pki::{BirthDate, BirthYear, CardId, CodiceFiscale, Nis};

use super::IdentityKind;
use crate::{Flow, OriginKnown};

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn hex<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
    octets(bytes, serializer)
}

pub(super) fn octets<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hexadecimal(bytes))
}

pub(crate) fn text<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

pub(super) fn code<S: Serializer>(code: &CodiceFiscale, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(code.as_str())
}

pub(super) fn kind_name<S: Serializer>(kind: &IdentityKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.name())
}

pub(super) fn origin_name<S: Serializer>(origin: &OriginKnown, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(origin.name())
}

pub(super) fn flow_name<S: Serializer>(flow: &Flow, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(flow.name())
}

pub(super) fn reader_kind_name<S: Serializer>(kind: &ReaderKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.name())
}

pub(super) fn scheme_name<S: Serializer>(
    scheme: &Option<SignatureScheme>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    scheme.map(SignatureScheme::name).serialize(serializer)
}

pub(super) fn number<S: Serializer>(number: &Option<Nis>, serializer: S) -> Result<S::Ok, S::Error> {
    number.as_ref().map(Nis::as_str).serialize(serializer)
}

pub(super) fn card_number<S: Serializer>(number: &Option<CardId>, serializer: S) -> Result<S::Ok, S::Error> {
    number.as_ref().map(CardId::as_str).serialize(serializer)
}

/// A birth date with who told its century, where that is known.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Born {
    pub(super) date: BirthDate,
    /// `personal_data`: the card's own, which fit its certificate; `identity_provider`: SPID's attributes.
    pub(super) century_from: &'static str,
}

/// `year` is null where the century is not known; `year_two_digits` is always there.
impl Serialize for Born {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (year, two_digits, source) = match self.date.year {
            BirthYear::Known(year) => (Some(year), year.rem_euclid(100), self.century_from),
            BirthYear::TwoDigits(digits) => (None, i16::from(digits), "codice_fiscale"),
        };
        let mut fields = serializer.serialize_struct("BirthDate", 5)?;
        fields.serialize_field("year", &year)?;
        fields.serialize_field("year_two_digits", &two_digits)?;
        fields.serialize_field("month", &self.date.month)?;
        fields.serialize_field("day", &self.date.day)?;
        fields.serialize_field("source", source)?;
        fields.end()
    }
}
