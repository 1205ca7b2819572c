//! What a card holds about its holder, readable by whoever holds the card.
//!
//! Not here: where it stands on a card and how it is written there (drivers), and whether it is true: `pki` compares it
//! with a certificate.

use core::fmt;

use varco_pki::{Date, PersonalDataFile};
use zeroize::Zeroizing;

/// The fields, in the order in which a CNS has them `[cns §2.3]`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PersonalField {
    /// Code of the body that issued the card.
    Issuer,
    /// Day of issue.
    IssuedOn,
    /// Last day of the card.
    ExpiresOn,
    /// Surname.
    Surname,
    /// Given names.
    GivenName,
    /// Day of birth.
    BirthDate,
    /// `M` or `F`.
    Sex,
    /// Height in centimetres; empty on a CNS.
    Height,
    /// Codice fiscale.
    CodiceFiscale,
    /// Code of the citizenship.
    Citizenship,
    /// Cadastral code of the municipality of birth.
    BirthMunicipality,
    /// Country of birth.
    BirthCountry,
    /// Reference of the certificate of birth.
    BirthCertificate,
    /// Code of the municipality of residence.
    ResidenceMunicipality,
    /// Address of residence.
    ResidenceAddress,
    /// Notes on travel abroad.
    TravelNotes,
}

impl PersonalField {
    /// How many there are.
    pub const COUNT: usize = 16;

    /// All of them, in order.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Issuer,
        Self::IssuedOn,
        Self::ExpiresOn,
        Self::Surname,
        Self::GivenName,
        Self::BirthDate,
        Self::Sex,
        Self::Height,
        Self::CodiceFiscale,
        Self::Citizenship,
        Self::BirthMunicipality,
        Self::BirthCountry,
        Self::BirthCertificate,
        Self::ResidenceMunicipality,
        Self::ResidenceAddress,
        Self::TravelNotes,
    ];

    /// The stable name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Issuer => "issuer",
            Self::IssuedOn => "issued_on",
            Self::ExpiresOn => "expires_on",
            Self::Surname => "surname",
            Self::GivenName => "given_name",
            Self::BirthDate => "birth_date",
            Self::Sex => "sex",
            Self::Height => "height_cm",
            Self::CodiceFiscale => "codice_fiscale",
            Self::Citizenship => "citizenship",
            Self::BirthMunicipality => "birth_municipality",
            Self::BirthCountry => "birth_country",
            Self::BirthCertificate => "birth_certificate",
            Self::ResidenceMunicipality => "residence_municipality",
            Self::ResidenceAddress => "residence_address",
            Self::TravelNotes => "travel_notes",
        }
    }

    /// Whether it holds a day, written DDMMYYYY.
    #[must_use]
    pub fn is_date(self) -> bool {
        matches!(self, Self::IssuedOn | Self::ExpiresOn | Self::BirthDate)
    }
}

/// How much of a file to read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    /// As far as its fields go, in as few exchanges as possible.
    Fields,
    /// To its end.
    WholeFile,
}

/// What the card holds about its holder. Wiped when dropped, and not shown by `Debug`.
pub struct PersonalData {
    values: [Zeroizing<String>; PersonalField::COUNT],
    bytes: Zeroizing<Vec<u8>>,
    used_bytes: usize,
    size_bytes: Option<usize>,
}

impl PersonalData {
    /// From a file's bytes as far as they were read, and its fields in order. A field is text in UTF-8, or else in
    /// Latin-1: no source tells which `[cns §2.3]`.
    #[must_use]
    pub fn new(
        bytes: Zeroizing<Vec<u8>>,
        fields: [&[u8]; PersonalField::COUNT],
        used_bytes: usize,
        size_bytes: Option<usize>,
    ) -> Self {
        Self {
            values: fields.map(text),
            bytes,
            used_bytes,
            size_bytes,
        }
    }

    /// A field's text as the card has it; `None` where it is empty. Text of a card may hold anything, control characters
    /// included.
    #[must_use]
    pub fn get(&self, field: PersonalField) -> Option<&str> {
        let at = PersonalField::ALL.iter().position(|known| *known == field)?;
        self.values
            .get(at)
            .map(|value| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// The day in a field; `None` where it holds none.
    #[must_use]
    pub fn date(&self, field: PersonalField) -> Option<Date> {
        let text = self.get(field)?;
        if !field.is_date() || text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        Date::new(
            text.get(4..)?.parse().ok()?,
            text.get(2..4)?.parse().ok()?,
            text.get(..2)?.parse().ok()?,
        )
        .ok()
    }

    /// The file, to be compared with a certificate.
    #[must_use]
    pub fn file(&self) -> PersonalDataFile<'_> {
        PersonalDataFile {
            bytes: &self.bytes,
            used_bytes: self.used_bytes,
            size_bytes: self.size_bytes,
        }
    }
}

fn text(bytes: &[u8]) -> Zeroizing<String> {
    let text = match core::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        // Latin-1 is the first 256 characters of Unicode.
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    Zeroizing::new(text)
}

impl fmt::Debug for PersonalData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonalData({} bytes)", self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(fields: [&[u8]; PersonalField::COUNT]) -> PersonalData {
        PersonalData::new(Zeroizing::new(Vec::new()), fields, 0, None)
    }

    #[test]
    fn text_is_utf8_or_else_latin1() {
        let mut fields = [&b""[..]; PersonalField::COUNT];
        fields[3] = "D'AMÀNZIO".as_bytes();
        fields[4] = b"NICOL\xD2";
        let data = data(fields);
        assert_eq!(data.get(PersonalField::Surname), Some("D'AMÀNZIO"));
        assert_eq!(data.get(PersonalField::GivenName), Some("NICOLÒ"));
        assert_eq!(data.get(PersonalField::Height), None);
    }

    #[test]
    fn a_day_that_is_none_stays_text() {
        for (text, day) in [
            (&b"29022016"[..], Some("2016-02-29")),
            (b"29022015", None),
            (b"2902201", None),
            (b"290220160", None),
            (b"+9022016", None),
            ("0102é16".as_bytes(), None),
        ] {
            let mut fields = [&b""[..]; PersonalField::COUNT];
            fields[5] = text;
            fields[3] = text;
            let data = data(fields);
            let found = data.date(PersonalField::BirthDate).map(|date| date.to_string());
            assert_eq!(found.as_deref(), day);
            assert_eq!(data.date(PersonalField::Surname), None);
        }
    }

    #[test]
    fn debug_shows_nothing_of_the_person() {
        let mut fields = [&b""[..]; PersonalField::COUNT];
        fields[3] = b"ROSSI";
        assert!(!format!("{:?}", data(fields)).contains("ROSSI"));
    }
}
