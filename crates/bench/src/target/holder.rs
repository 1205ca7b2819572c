//! The codes of real cards: for this run, from whoever started it. Each belongs to a card of the bench file.
//!
//! Not here: asking a person, and whether that card is in the reader.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::Secrets;
use crate::bench_file::BenchFile;

/// The most lines of codes.
const LINES_MAX: usize = 64;

/// Codes by card. Nothing of it can be shown.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Holder {
    codes: Vec<Code>,
}

/// A code of a card.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    /// What the bench file calls it.
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
#[error(
    "line {line}: a line is CARD pin|new-pin|puk DIGITS, CARD being a card of the bench file with a serial, each code once"
)]
pub struct HolderError {
    /// From 1.
    pub line: usize,
}

impl Holder {
    /// Reads codes, one on a line: `CARD pin|new-pin|puk DIGITS`, where CARD is what the bench file calls a card that it names by its
    /// serial.
    ///
    /// # Errors
    /// [`HolderError`] names the line.
    pub fn parse(text: &str, bench: &BenchFile) -> Result<Self, HolderError> {
        let mut codes: Vec<Code> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let wrong = HolderError { line: index + 1 };
            let words: Vec<&str> = line.split_ascii_whitespace().collect();
            let (card, which, value) = match words.as_slice() {
                [] => continue,
                [card, "pin", value] => (*card, Which::Pin, value),
                [card, "new-pin", value] => (*card, Which::NewPin, value),
                [card, "puk", value] => (*card, Which::Puk, value),
                _ => return Err(wrong),
            };
            let is_known = bench.cards.get(card).is_some_and(|card| card.serial.is_some());
            let is_new = !codes.iter().any(|code| code.card == card && code.which == which);
            let fits = value.len() <= 16 && value.bytes().all(|byte| byte.is_ascii_digit());
            if !is_known || !is_new || !fits || codes.len() >= LINES_MAX {
                return Err(wrong);
            }
            codes.push(Code {
                card: card.to_owned(),
                which,
                value: (*value).to_owned(),
            });
        }
        Ok(Self { codes })
    }

    /// The codes of a card of the bench file.
    pub(super) fn secrets(&self, card: &str) -> Option<Secrets> {
        let code = |which| {
            let mut codes = self.codes.iter();
            let code = codes.find(|code| code.which == which && code.card == card);
            code.map(|code| Zeroizing::new(code.value.as_bytes().to_vec()))
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
    use crate::target::Value;

    #[test]
    fn codes_are_found_by_the_name_of_a_card_with_a_serial_and_a_bad_line_is_not_repeated() {
        let text = "format = 1\nreader = \"R\"\nrig = { kind = \"prompt\" }\n\
            [cards]\nmario = { serial = \"1\" }\nanna = { serial = \"2\" }\nnobody = { kind = \"cns\" }\n";
        let bench = BenchFile::parse("b.toml", text).unwrap();
        let holder =
            Holder::parse("mario pin 12345\n\nmario puk 87654321\nanna pin 54321\n", &bench).unwrap();
        let value = |name, typed| match holder.secrets(name)?.value(&typed).ok()? {
            Value::Digits(digits) => Some(digits.to_vec()),
            _ => None,
        };
        assert_eq!(value("mario", Typed::Pin).unwrap(), b"12345");
        assert_eq!(value("mario", Typed::Puk).unwrap(), b"87654321");
        assert_eq!(value("anna", Typed::Pin).unwrap(), b"54321");
        assert_eq!(value("anna", Typed::Puk), None);
        assert_eq!(value("nobody", Typed::Pin), None);
        for text in [
            "mario pin 1234a",
            "mario pin",
            "x\nmario nip 1",
            "mario pin 12345678901234567",
            "nobody pin 12345",
            "cns pin 12345",
            "mario pin 12345\nmario pin 12346",
        ] {
            let error = Holder::parse(text, &bench).err().unwrap();
            assert!(!error.to_string().contains("1234"), "{error}");
        }
    }
}
