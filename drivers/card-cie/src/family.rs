//! Families of chips, as families.toml has them.
//!
//! Not here: capabilities, which each card tells of itself.

use std::sync::LazyLock;

use serde::Deserialize;
use varco_apdu::Atr;

/// Chips that behave alike.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Family {
    pub(crate) name: String,
    pub(crate) title_en: String,
    pub(crate) title_it: String,
    /// What the historical bytes contain: one of these.
    historical: Vec<Bytes>,
    /// What EF.ATR contains.
    ef_atr: Option<Bytes>,
    pub(crate) domain_parameters: DomainParameters,
}

/// How the Diffie-Hellman domain parameters are asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DomainParameters {
    /// One by one, as the specification has it.
    Each,
    /// All in one command.
    AtOnce,
}

/// Bytes in hex digits with blanks between them.
#[derive(Debug)]
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.split_ascii_whitespace()
            .map(|pair| u8::from_str_radix(pair, 16))
            .collect::<Result<_, _>>()
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Families {
    family: Vec<Family>,
}

#[expect(
    clippy::expect_used,
    reason = "the text is part of the program and does not depend on a card; a test reads it"
)]
static FAMILIES: LazyLock<Vec<Family>> = LazyLock::new(|| {
    toml::from_str::<Families>(include_str!("../families.toml"))
        .expect("families that are part of the program")
        .family
});

/// The family that the answer to reset hints at.
pub(crate) fn hinted(atr: &Atr) -> Option<&'static Family> {
    let historical = atr.historical_bytes()?;
    FAMILIES.iter().find(|family| {
        family
            .historical
            .iter()
            .any(|known| contains(historical, &known.0))
    })
}

/// The family of a card: by EF.ATR, else by the hint, else the one without a mark, which is the last.
pub(crate) fn of(ef_atr: &[u8], atr: &Atr) -> Option<&'static Family> {
    FAMILIES
        .iter()
        .find(|family| {
            family
                .ef_atr
                .as_ref()
                .is_some_and(|mark| contains(ef_atr, &mark.0))
        })
        .or_else(|| hinted(atr))
        .or_else(|| FAMILIES.last())
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    !part.is_empty() && bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_can_be_read_and_its_last_family_has_no_mark() {
        assert_eq!(FAMILIES.len(), 6);
        let last = FAMILIES.last().unwrap();
        assert!(last.historical.is_empty() && last.ef_atr.is_none());
    }

    #[test]
    fn what_the_card_tells_outweighs_what_its_answer_to_reset_hints_at() {
        let nxp = Atr::new(&[
            0x3B, 0x8E, 0x80, 0x01, 0x80, 0x31, 0x80, 0x65, 0x49, 0x54, 0x4E, 0x58, 0x50, 0x12, 0x0F, 0xFF,
            0x82, 0x90, 0xF0,
        ])
        .unwrap();
        let name = |ef_atr: &[u8], atr: &Atr| of(ef_atr, atr).unwrap().name.clone();
        assert_eq!(name(&[], &nxp), "cie-nxp");
        assert_eq!(
            name(&[0x80, 0x00, 0x47, 0x03, 0x94, 0x41, 0xC0], &nxp),
            "cie-gemalto2"
        );
        assert_eq!(name(b"..IasEccRoot..", &nxp), "cie-gemalto");
        let other = Atr::new(&[0x3B, 0x80, 0x80, 0x01, 0x01]).unwrap();
        assert_eq!(name(&[0xFF; 8], &other), "cie-generic");
    }
}
