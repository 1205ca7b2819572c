//! The subject of a certificate: of a CNS, read from its common name `[cns §6]`; of an identity card `[cie §6]`.
//!
//! `<codice fiscale>/<card number>.<base64 SHA-1 of EF.Dati_personali>`: only the first part is needed to know
//! the holder. The other two serve to compare certificate and card; where one is absent or not of its form it
//! is unknown, which is not a fault of the certificate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{CardId, CodiceFiscale, CodiceFiscaleError};

/// Why a common name is not that of a CNS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SubjectError {
    /// The subject has no common name, or more than one.
    #[error("subject does not have exactly one common name")]
    CommonName,
    /// What stands before the first `/` is not a codice fiscale.
    #[error("common name does not begin with a codice fiscale")]
    CodiceFiscale(#[from] CodiceFiscaleError),
}

/// Who a CNS certificate speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CnsSubject {
    codice_fiscale: CodiceFiscale,
    card_id: Option<CardId>,
    personal_data_sha1: Option<[u8; 20]>,
}

impl CnsSubject {
    /// Reads a common name, splitting at the first `/` and at the first `.` after it: base64 may hold `/`.
    ///
    /// # Errors
    /// [`SubjectError::CodiceFiscale`].
    pub fn parse(common_name: &str) -> Result<Self, SubjectError> {
        let (code, rest) = common_name.split_once('/').unwrap_or((common_name, ""));
        let (card_id, hash) = rest.split_once('.').unwrap_or((rest, ""));
        Ok(Self {
            codice_fiscale: CodiceFiscale::parse(code)?,
            card_id: CardId::parse(card_id).ok(),
            personal_data_sha1: STANDARD.decode(hash).ok().and_then(|bytes| bytes.try_into().ok()),
        })
    }

    /// The holder's codice fiscale.
    #[must_use]
    pub fn codice_fiscale(&self) -> &CodiceFiscale {
        &self.codice_fiscale
    }

    /// The card's number; `None` when absent or malformed.
    #[must_use]
    pub fn card_id(&self) -> Option<&CardId> {
        self.card_id.as_ref()
    }

    /// SHA-1 of EF.Dati_personali as the issuer wrote it; `None` when absent or malformed. Whether the 400
    /// bytes or only the used ones are hashed differs between issuers, so a mismatch is a warning at most.
    #[must_use]
    pub fn personal_data_sha1(&self) -> Option<&[u8; 20]> {
        self.personal_data_sha1.as_ref()
    }
}

/// The twelve digits by which a CIE names itself to services: Numero Identificativo Servizi. `[cie §4]`
#[derive(Clone, PartialEq, Eq)]
pub struct Nis(String);

impl Nis {
    /// Twelve digits in ASCII; `None` for anything else.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let is_one = bytes.len() == 12 && bytes.iter().all(u8::is_ascii_digit);
        let text = is_one.then(|| std::str::from_utf8(bytes).ok()).flatten()?;
        Some(Self(text.to_owned()))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Keeps the number out of logs.
impl std::fmt::Debug for Nis {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Nis(..)")
    }
}

/// Who the certificate of an identity card speaks of: `<codice fiscale>/<number>` in the common name, the document's number
/// behind `IDCIT-` in serialNumber. `[cie §6]`
#[derive(Clone, PartialEq, Eq)]
pub struct CieSubject {
    codice_fiscale: CodiceFiscale,
    nis: Option<Nis>,
    document: Option<String>,
}

/// Keeps person and numbers out of logs.
impl std::fmt::Debug for CieSubject {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("CieSubject(..)")
    }
}

/// The longest number of a document; present ones have nine characters.
const DOCUMENT_MAX_CHARACTERS: usize = 16;

impl CieSubject {
    /// Reads a common name and a serialNumber. Numbers that are absent or not of their form are unknown.
    ///
    /// # Errors
    /// [`SubjectError`] when no codice fiscale is in the name.
    pub fn parse(common_name: &str, serial_number: Option<&str>) -> Result<Self, SubjectError> {
        let (code, rest) = common_name.split_once('/').unwrap_or((common_name, ""));
        let is_number = |text: &&str| {
            (1..=DOCUMENT_MAX_CHARACTERS).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        Ok(Self {
            codice_fiscale: CodiceFiscale::parse(code)?,
            nis: Nis::parse(rest.as_bytes()),
            document: serial_number
                .and_then(|text| text.strip_prefix("IDCIT-"))
                .filter(is_number)
                .map(str::to_owned),
        })
    }

    /// The number that the certificate gives the card.
    #[must_use]
    pub fn nis(&self) -> Option<&Nis> {
        self.nis.as_ref()
    }

    /// The number of the document.
    #[must_use]
    pub fn document(&self) -> Option<&str> {
        self.document.as_deref()
    }
}

/// Whom a certificate names, by the kind of card that it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// Of a Carta Nazionale dei Servizi.
    Cns(CnsSubject),
    /// Of an identity card.
    Cie(CieSubject),
}

impl Holder {
    /// The person.
    #[must_use]
    pub fn codice_fiscale(&self) -> &CodiceFiscale {
        match self {
            Self::Cns(subject) => subject.codice_fiscale(),
            Self::Cie(subject) => &subject.codice_fiscale,
        }
    }

    /// What a CNS certificate says.
    #[must_use]
    pub fn cns(&self) -> Option<&CnsSubject> {
        match self {
            Self::Cns(subject) => Some(subject),
            Self::Cie(_) => None,
        }
    }

    /// What the certificate of an identity card says.
    #[must_use]
    pub fn cie(&self) -> Option<&CieSubject> {
        match self {
            Self::Cie(subject) => Some(subject),
            Self::Cns(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_and_dots_of_later_parts_do_not_split() {
        let subject =
            CnsSubject::parse("RSSMRA80A01H501U/7430010024925855.lsKV/lNtBAmc8x5lzSb+cxx2UzE=").unwrap();
        assert_eq!(subject.codice_fiscale().as_str(), "RSSMRA80A01H501U");
        assert_eq!(subject.card_id().unwrap().as_str(), "7430010024925855");
        assert_eq!(subject.personal_data_sha1().unwrap()[..3], [0x96, 0xC2, 0x95]);
    }

    #[test]
    fn missing_or_malformed_later_parts_are_unknown() {
        for name in [
            "RSSMRA80A01H501U",
            "RSSMRA80A01H501U/",
            "RSSMRA80A01H501U/7430010024925856.",
            "RSSMRA80A01H501U/1234.AAAA",
            "RSSMRA80A01H501U/.lsKV/lNtBAmc8x5lzSb+cxx2UzE",
        ] {
            let subject = CnsSubject::parse(name).unwrap();
            assert!(
                subject.card_id().is_none() && subject.personal_data_sha1().is_none(),
                "{name}"
            );
        }
    }

    #[test]
    fn a_name_without_a_codice_fiscale_is_refused() {
        for name in [
            "",
            "/",
            "Mario Rossi",
            "RSSMRA80A01H501A/7430010024925855.x",
            "TINIT-RSSMRA80A01H501U",
        ] {
            assert!(
                matches!(CnsSubject::parse(name), Err(SubjectError::CodiceFiscale(_))),
                "{name}"
            );
        }
    }
}
