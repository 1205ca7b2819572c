//! What is known of the holders of real cards, and what they permit: for this run, from whoever started it.
//!
//! Not here: asking a person.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::Secrets;

/// The most lines of codes.
const LINES_MAX: usize = 64;

/// Codes by card, and what may be done with them. Nothing of it can be shown.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Holder {
    codes: Vec<Code>,
    may_spend: u32,
    may_change: bool,
}

/// A code of the cards that a name stands for.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    /// What a scenario calls it, or a kind of card.
    card: String,
    which: Which,
    value: String,
}

impl Drop for Code {
    fn drop(&mut self) {
        self.value.zeroize();
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Which {
    Pin,
    NewPin,
    Puk,
}

/// A line is no code. It does not say which: it may hold one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: a line is CARD pin|new-pin|puk DIGITS, CARD being a card's name or a kind")]
pub struct HolderError {
    /// From 1.
    pub line: usize,
}

impl Holder {
    /// Reads codes, one on a line: `CARD pin|new-pin|puk DIGITS`, where CARD is what a scenario calls a card, or a kind of card.
    ///
    /// # Errors
    /// [`HolderError`] names the line.
    pub fn parse(text: &str) -> Result<Self, HolderError> {
        let mut codes = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let wrong = HolderError { line: index + 1 };
            let words: Vec<&str> = line.split_ascii_whitespace().collect();
            let (card, which, value) = match words.as_slice() {
                [] => continue,
                [card, "pin", value] => (card, Which::Pin, value),
                [card, "new-pin", value] => (card, Which::NewPin, value),
                [card, "puk", value] => (card, Which::Puk, value),
                _ => return Err(wrong),
            };
            let fits = value.len() <= 16 && value.bytes().all(|byte| byte.is_ascii_digit());
            if !fits || codes.len() >= LINES_MAX {
                return Err(wrong);
            }
            codes.push(Code {
                card: (*card).to_owned(),
                which,
                value: (*value).to_owned(),
            });
        }
        Ok(Self {
            codes,
            ..Self::default()
        })
    }

    /// So many tries of a card may be spent in a scenario; none otherwise.
    #[must_use]
    pub fn may_spend(mut self, tries: u32) -> Self {
        self.may_spend = tries;
        self
    }

    /// Codes may be changed.
    #[must_use]
    pub fn with_changes(mut self) -> Self {
        self.may_change = true;
        self
    }

    pub(super) fn tries_may_spend(&self) -> u32 {
        self.may_spend
    }

    pub(super) fn may_change(&self) -> bool {
        self.may_change
    }

    /// The codes of a card: by what the scenario calls it, else by the kind that it was recognised as. Never by what it was to be:
    /// a code that is another card's costs a try.
    pub(super) fn secrets(&self, name: &str, kind: Option<&str>) -> Option<Secrets> {
        let code = |which| {
            let mut names = [Some(name), kind].into_iter().flatten();
            names.find_map(|name| {
                let code = self
                    .codes
                    .iter()
                    .find(|code| code.which == which && code.card == name);
                code.map(|code| Zeroizing::new(code.value.as_bytes().to_vec()))
            })
        };
        Some(Secrets::of_holder(
            code(Which::Pin)?,
            code(Which::NewPin),
            code(Which::Puk),
        ))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "test code")]

    use super::*;
    use crate::scenario::Typed;

    #[test]
    fn codes_are_found_by_name_and_by_kind_and_a_bad_line_is_not_repeated() {
        let holder = Holder::parse("cns pin 12345\n\ncns puk 87654321\nsecond pin 54321\n").unwrap();
        let value = |name, kind, typed| {
            let secrets = holder.secrets(name, kind)?;
            secrets.value(&typed).ok()?.map(|value| value.to_vec())
        };
        assert_eq!(value("card", Some("cns"), Typed::Pin).unwrap(), b"12345");
        assert_eq!(value("second", Some("cns"), Typed::Pin).unwrap(), b"54321");
        assert_eq!(value("second", Some("cns"), Typed::Puk).unwrap(), b"87654321");
        assert_eq!(value("card", Some("cie"), Typed::Pin), None);
        assert_eq!(value("card", None, Typed::Pin), None);
        for text in [
            "cns pin 1234a",
            "cns pin",
            "x\ncns nip 1",
            "cns pin 12345678901234567",
        ] {
            let error = Holder::parse(text).err().unwrap();
            assert!(!error.to_string().contains("1234"), "{error}");
        }
    }
}
