//! What an answer tells of the card exchange that made it: who verifies, the kind of reader, the card's number.
//!
//! Not here: the bytes in which the card signs it (`structure`).

use std::fmt;

use varco_credential::ReaderKind;
use varco_pki::{CardId, Nis};

/// Most bytes of a card's number. A CNS has 16 digits, an identity card 12.
pub(crate) const CARD_NUMBER_LENGTH_MAX: usize = 32;

/// Between whom an answer passes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Flow {
    /// Reader and verifier are one program.
    Local,
    /// A relying party gave nonce and audience, and is answered by a [`Proof`](crate::Proof).
    Remote,
}

impl Flow {
    /// The stable name in JSON and in what the card signs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Remote => "remote",
        }
    }
}

/// The number that a card told of itself: letters and digits, at most 32, or nothing where it was not read. It names one card
/// and so one person.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct CardNumber(String);

impl CardNumber {
    /// Takes at most 32 ASCII letters and digits; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() <= CARD_NUMBER_LENGTH_MAX;
        (fits && text.bytes().all(|byte| byte.is_ascii_alphanumeric())).then(|| Self(text.to_owned()))
    }

    /// The text; empty where no number was read.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether no number was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&CardId> for CardNumber {
    fn from(number: &CardId) -> Self {
        Self(number.as_str().to_owned())
    }
}

impl From<&Nis> for CardNumber {
    fn from(number: &Nis) -> Self {
        Self(number.as_str().to_owned())
    }
}

/// Shows the length only.
impl fmt::Debug for CardNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CardNumber({} characters)", self.0.len())
    }
}

/// Where and with which card an answer was made. The card signs it as the program that drives the reader told it: a relying
/// party learns what that program says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Exchange {
    /// What kind of reader the card lay in.
    pub reader_kind: ReaderKind,
    /// The card's number as it was read, if it was.
    pub card_number: CardNumber,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_is_short_ascii_and_does_not_print() {
        for text in ["", "998877000405", "CX00005EE", &"9".repeat(32)] {
            assert_eq!(CardNumber::parse(text).unwrap().as_str(), text);
        }
        for text in ["1 2", "١٢", "a-b", "\0", &"9".repeat(33)] {
            assert_eq!(CardNumber::parse(text), None);
        }
        let shown = format!("{:?}", CardNumber::parse("998877000405").unwrap());
        assert_eq!(shown, "CardNumber(12 characters)");
    }
}
