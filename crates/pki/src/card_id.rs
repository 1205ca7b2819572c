//! The card number in EF.ID_Carta and in the certificate's subject: 16 digits with a Luhn check. `[cns §2.4]`
//!
//! It reads the number only; whether card and certificate agree on it is the caller's comparison.

use std::fmt;

/// Why a text is not a card number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CardIdError {
    /// Not exactly 16 ASCII digits.
    #[error("card number is not 16 digits")]
    Form,
    /// The last digit is not the Luhn check of the first 15.
    #[error("card number has a wrong check digit")]
    CheckDigit,
}

impl CardIdError {
    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Form => "card-id-form",
            Self::CheckDigit => "card-id-check-digit",
        }
    }
}

/// Who a card was issued to and by, from the first digit of its number. `[cns §2.4]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardClass {
    /// 5: a citizen, issued nationally.
    CitizenNational,
    /// 6: a citizen, issued by a region.
    CitizenRegional,
    /// 7: a citizen, issued by another public body.
    CitizenOtherBody,
    /// 8: an operator, issued nationally.
    OperatorNational,
    /// 9: an operator, issued by a region.
    OperatorRegional,
    /// Any other digit, kept as read.
    Unknown(u8),
}

impl CardClass {
    /// The stable name in JSON and messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CitizenNational => "citizen-national",
            Self::CitizenRegional => "citizen-regional",
            Self::CitizenOtherBody => "citizen-other-body",
            Self::OperatorNational => "operator-national",
            Self::OperatorRegional => "operator-regional",
            Self::Unknown(_) => "unknown",
        }
    }
}

/// A well-formed card number.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CardId([u8; 16]);

impl CardId {
    /// Reads 16 ASCII digits and checks the last by Luhn's rule.
    ///
    /// # Errors
    /// [`CardIdError`].
    pub fn parse(text: &str) -> Result<Self, CardIdError> {
        let digits: [u8; 16] = text.as_bytes().try_into().map_err(|_| CardIdError::Form)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(CardIdError::Form);
        }
        let sum: u32 = digits
            .iter()
            .enumerate()
            .map(|(index, digit)| luhn_term(index, digit - b'0'))
            .sum();
        if sum.is_multiple_of(10) {
            Ok(Self(digits))
        } else {
            Err(CardIdError::CheckDigit)
        }
    }

    /// The 16 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Class of the card, from digit 1.
    #[must_use]
    pub fn class(&self) -> CardClass {
        match self.0 {
            [b'5', ..] => CardClass::CitizenNational,
            [b'6', ..] => CardClass::CitizenRegional,
            [b'7', ..] => CardClass::CitizenOtherBody,
            [b'8', ..] => CardClass::OperatorNational,
            [b'9', ..] => CardClass::OperatorRegional,
            [other, ..] => CardClass::Unknown(other - b'0'),
        }
    }

    /// Code of the issuer: digits 2 to 7 for another public body, 2 to 4 otherwise.
    #[must_use]
    pub fn issuer_code(&self) -> &str {
        let end = if self.class() == CardClass::CitizenOtherBody {
            7
        } else {
            4
        };
        self.as_str().get(1..end).unwrap_or_default()
    }

    /// The number printed on a health card, 20 digits: `8038000`, digits 2 to 13, and a check by Luhn's rule.
    /// `[cns §2.4]` `None` for classes that are no health card: those are issued by regions to citizens (inferred).
    #[must_use]
    pub fn team_number(&self) -> Option<String> {
        if self.class() != CardClass::CitizenRegional {
            return None;
        }
        let mut number = format!("{TEAM_PREFIX}{}", self.as_str().get(1..13)?);
        let sum: u32 = number
            .bytes()
            .enumerate()
            .map(|(index, digit)| luhn_term(index, digit - b'0'))
            .sum();
        number.push(char::from_digit((10 - sum % 10) % 10, 10)?);
        Some(number)
    }

    /// Name of the issuing region or autonomous province, where the issuer code is one.
    #[must_use]
    pub fn region(&self) -> Option<&'static str> {
        let code = self.issuer_code();
        REGIONS
            .iter()
            .find(|(known, _)| *known == code)
            .map(|(_, name)| *name)
    }
}

/// Shows the type only: a card number identifies its holder.
impl fmt::Debug for CardId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CardId(..)")
    }
}

/// What every such number begins with. `[cns §2.4]`
const TEAM_PREFIX: &str = "8038000";

/// Of an even number of digits, those at even index are doubled and their digits summed.
fn luhn_term(index: usize, digit: u8) -> u32 {
    let digit = u32::from(digit);
    match (index.is_multiple_of(2), digit * 2) {
        (true, doubled) if doubled > 9 => doubled - 9,
        (true, doubled) => doubled,
        (false, _) => digit,
    }
}

/// Region codes in digits 2 to 4. `[cns §2.4]`
const REGIONS: &[(&str, &str)] = &[
    ("010", "Piemonte"),
    ("020", "Valle d'Aosta"),
    ("030", "Lombardia"),
    ("041", "Provincia autonoma di Bolzano"),
    ("042", "Provincia autonoma di Trento"),
    ("050", "Veneto"),
    ("060", "Friuli-Venezia Giulia"),
    ("070", "Liguria"),
    ("080", "Emilia-Romagna"),
    ("090", "Toscana"),
    ("100", "Umbria"),
    ("110", "Marche"),
    ("120", "Lazio"),
    ("130", "Abruzzo"),
    ("140", "Molise"),
    ("150", "Campania"),
    ("160", "Puglia"),
    ("170", "Basilicata"),
    ("180", "Calabria"),
    ("190", "Sicilia"),
    ("200", "Sardegna"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_vectors_pass() {
        let tuscan = CardId::parse("6090000000000016").unwrap();
        assert_eq!(tuscan.class(), CardClass::CitizenRegional);
        assert_eq!((tuscan.issuer_code(), tuscan.region()), ("090", Some("Toscana")));
        let body = CardId::parse("7430010000001234").unwrap();
        assert_eq!(
            (body.class(), body.issuer_code()),
            (CardClass::CitizenOtherBody, "430010")
        );
        assert_eq!(body.region(), None);
        assert_eq!(
            CardId::parse("5030000000000011").unwrap().region(),
            Some("Lombardia")
        );
        assert!(CardId::parse("7430010024925855").is_ok());
    }

    #[test]
    fn one_wrong_digit_is_caught_at_every_place() {
        let good = "6090000000000016";
        for index in 0..16 {
            let mut digits = good.as_bytes().to_vec();
            digits[index] = b'0' + (digits[index] - b'0' + 1) % 10;
            let text = String::from_utf8(digits).unwrap();
            assert_eq!(CardId::parse(&text), Err(CardIdError::CheckDigit));
        }
    }

    #[test]
    fn the_number_of_the_health_card_ends_in_its_own_check_digit() {
        let number = CardId::parse("6090000000000016").unwrap().team_number().unwrap();
        assert_eq!(
            number.strip_suffix(|c: char| c.is_ascii_digit()).unwrap(),
            "8038000090000000000"
        );
        assert_eq!(number.len(), 20);
        let sum: u32 = number
            .bytes()
            .enumerate()
            .map(|(index, digit)| luhn_term(index, digit - b'0'))
            .sum();
        assert!(sum.is_multiple_of(10), "{number}");
        // Issued by a chamber of commerce, and nationally.
        for other in ["7430010000001234", "5030000000000011"] {
            assert_eq!(CardId::parse(other).unwrap().team_number(), None);
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "609000000000001",
            "60900000000000160",
            "609000000000001A",
            "６０９０",
        ] {
            assert_eq!(CardId::parse(text), Err(CardIdError::Form));
        }
    }

    #[test]
    fn debug_shows_no_digit() {
        let shown = format!("{:?}", CardId::parse("6090000000000016").unwrap());
        assert!(!shown.contains(|c: char| c.is_ascii_digit()));
    }
}
