//! Cards that are told apart from a CNS by name: other labels, other countries, and two that share the ATR of one.
//!
//! Not here: how a card behind a shared ATR is found to be one (`recognise`).

use std::sync::LazyLock;

use serde::Deserialize;
use varco_apdu::Atr;
use varco_credential::ForeignCard;

use crate::pattern::Pattern;

static KNOWN: LazyLock<Known> = LazyLock::new(|| Known::embedded(include_str!("../foreign.toml")));

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    card: Vec<Entry>,
}

/// One kind of card. Each has its source in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    title_it: String,
    title_en: String,
    /// Whole answers to reset.
    #[serde(default)]
    atr: Vec<Pattern>,
    /// Historical bytes, all of them.
    #[serde(default)]
    historical: Vec<Pattern>,
    /// Whether a CNS may answer in the same way; then its files decide.
    shared: bool,
}

/// What an answer to reset alone tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// No such card answers in this way.
    No,
    /// This card, and no CNS.
    Certain(ForeignCard),
    /// This card, unless its files are those of a CNS.
    Possible(ForeignCard),
}

/// Looks an answer to reset up. The first entry that fits counts.
pub(crate) fn look_up(atr: &Atr) -> Foreign {
    let historical = atr.historical_bytes().unwrap_or_default();
    let fits = |entry: &&Entry| {
        entry.atr.iter().any(|pattern| pattern.covers(atr.as_bytes()))
            || entry.historical.iter().any(|pattern| pattern.covers(historical))
    };
    match KNOWN.card.iter().find(fits) {
        None => Foreign::No,
        Some(entry) if entry.shared => Foreign::Possible(entry.card()),
        Some(entry) => Foreign::Certain(entry.card()),
    }
}

impl Entry {
    fn card(&self) -> ForeignCard {
        ForeignCard {
            id: self.id.clone(),
            title_en: self.title_en.clone(),
            title_it: self.title_it.clone(),
        }
    }
}

impl Known {
    #[expect(
        clippy::expect_used,
        reason = "the text is part of the program and does not depend on a card; a test reads it"
    )]
    fn embedded(text: &str) -> Self {
        toml::from_str(text).expect("a list that is part of the program")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atr(hex: &str) -> Atr {
        Atr::new(&Pattern::parse(hex).unwrap().exact().unwrap()).unwrap()
    }

    fn id(found: Foreign) -> Option<(String, bool)> {
        match found {
            Foreign::No => None,
            Foreign::Certain(card) => Some((card.id, false)),
            Foreign::Possible(card) => Some((card.id, true)),
        }
    }

    #[test]
    fn cards_of_others_are_named() {
        // [cns §1.2], [cns §1.3], [cns §1.4]; SIAE, DNIe, French and Izenpe: pcsc-tools' list.
        for (hex, expected, shared) in [
            ("3B F4 18 00 FF 81 31 80 55 00 31 80 00 C7", "cie-v1", false),
            (
                "3B E9 00 FF C1 10 31 FE 55 00 64 05 00 C8 02 31 80 00 47",
                "cie-v1",
                false,
            ),
            (
                "3B FF 18 00 FF 81 31 FE 55 00 6B 02 09 13 00 02 49 54 49 44 20 20 31 80 D3",
                "cie-v2",
                false,
            ),
            (
                "3B FF 18 00 00 81 31 FE 45 00 6B 04 05 01 00 01 12 02 48 50 43 10 31 80 6C",
                "hpc",
                false,
            ),
            (
                "3B FB 11 00 FF 81 31 80 55 00 68 02 00 10 10 53 49 41 45 00 04",
                "siae",
                false,
            ),
            (
                "3B 7F 38 00 00 00 6A 44 4E 49 65 20 02 4C 34 01 13 03 90 00",
                "dnie",
                false,
            ),
            (
                "3B FF 18 00 FF 81 31 FE 55 00 6B 42 49 54 34 49 44 20 32 2E 30 00 90 00 92",
                "bit4id-signature",
                false,
            ),
            (
                "3B 8B 80 01 00 31 C1 64 09 37 72 13 00 90 00 51",
                "french-identity-card",
                true,
            ),
            (
                "3B 8B 80 01 00 31 C1 64 08 92 33 54 00 90 00 F3",
                "idemia-document",
                true,
            ),
            (
                "3B FF 18 00 00 81 31 FE 45 00 6B 05 05 20 00 01 21 01 43 4E 53 10 31 80 79",
                "spanish-idemia",
                true,
            ),
            (
                "3B FF 18 00 00 81 31 FE 45 00 6B 11 05 07 00 01 21 01 43 4E 53 10 31 80 4A",
                "izenpe",
                true,
            ),
        ] {
            assert_eq!(
                id(look_up(&atr(hex))),
                Some((expected.to_owned(), shared)),
                "{hex}"
            );
        }
    }

    #[test]
    fn ordinary_cards_are_not_foreign_and_every_name_is_said_in_two_languages() {
        for hex in [
            "3B FF 18 00 FF 81 31 FE 55 00 6B 02 09 17 17 01 11 01 43 4E 53 11 31 80 8C",
            "3B 80 80 01 01",
            "3B 00",
        ] {
            assert_eq!(look_up(&atr(hex)), Foreign::No, "{hex}");
        }
        for entry in &KNOWN.card {
            assert!(
                !entry.title_it.is_empty() && !entry.title_en.is_empty(),
                "{}",
                entry.id
            );
            assert!(
                !entry.atr.is_empty() || !entry.historical.is_empty(),
                "{}",
                entry.id
            );
        }
    }
}
