//! Readers whose pin pad is not to be used, whatever they say: quirks.toml.
//!
//! Not here: what a user decides for a reader of their own.

use std::sync::LazyLock;

use serde::Deserialize;
use varco_card::ReaderName;

/// Why a pad that a reader claims is not used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Distrust {
    /// The reader has no keys.
    NoKeys,
    /// The reader has keys, and tells the computer what is typed on them.
    TellsTheValue,
}

impl Distrust {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoKeys => "pin-pad-without-keys",
            Self::TellsTheValue => "pin-pad-tells-the-value",
        }
    }
}

/// A kind of reader.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Quirk {
    /// What the system's name of the reader contains, in capitals or not.
    name: String,
    /// USB vendor and product, in hexadecimal.
    usb: Option<UsbId>,
    distrust: Distrust,
    /// Where that was read.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for who reads the file; a test asks for it")
    )]
    source: String,
}

#[derive(PartialEq, Eq, Debug)]
struct UsbId(u16, u16);

impl<'de> Deserialize<'de> for UsbId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = |digits: &str| u16::from_str_radix(digits, 16).ok();
        text.split_once(':')
            .and_then(|(vendor, product)| Some(Self(number(vendor)?, number(product)?)))
            .ok_or_else(|| serde::de::Error::custom("not two hexadecimal numbers with a colon between"))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Quirks {
    reader: Vec<Quirk>,
}

#[expect(
    clippy::expect_used,
    reason = "the text is part of the program and does not depend on a reader; a test reads it"
)]
static QUIRKS: LazyLock<Vec<Quirk>> = LazyLock::new(|| {
    toml::from_str::<Quirks>(include_str!("../quirks.toml"))
        .expect("quirks that are part of the program")
        .reader
});

/// Why the pad that this reader claims is not used; `None` where nothing is known against it.
pub(crate) fn distrust(reader: &ReaderName, usb: Option<(u16, u16)>) -> Option<Distrust> {
    let name = reader.as_str().to_lowercase();
    let is_meant = |quirk: &&Quirk| {
        let is_named = name.contains(&quirk.name.to_lowercase());
        is_named || usb.is_some_and(|(vendor, product)| quirk.usb == Some(UsbId(vendor, product)))
    };
    QUIRKS.iter().find(is_meant).map(|quirk| quirk.distrust)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_name(name: &str) -> Option<Distrust> {
        distrust(&ReaderName::new(name), None)
    }

    #[test]
    fn a_reader_is_known_by_its_name_as_systems_write_it_or_by_its_numbers() {
        for name in [
            "Bit4id miniLector [miniLector-EVO] 00 00",
            "bit4id miniLector-EVO [miniLector-EVO] 00 00",
            "BIT4ID MINILECTOR-EVO 01 00",
        ] {
            assert_eq!(by_name(name), Some(Distrust::NoKeys), "{name}");
        }
        let renamed = distrust(
            &ReaderName::new("Reader of the town hall"),
            Some((0x25DD, 0x3111)),
        );
        assert_eq!(renamed, Some(Distrust::NoKeys));
        assert_eq!(
            by_name("Hewlett-Packard Company HP USB CCID Smartcard Keyboard 00 00"),
            Some(Distrust::TellsTheValue)
        );
    }

    #[test]
    fn readers_with_pads_that_work_are_believed() {
        for name in [
            "Gemalto PC Pinpad 00 00",
            "SPR532 SPRx32 USB Smart Card Reader 00 00",
            "Cherry GmbH SmartTerminal ST-2xxx 00 00",
            "HID Global OMNIKEY 3821 Smart Card Reader 00 00",
            "",
        ] {
            assert_eq!(by_name(name), None, "{name}");
        }
        assert_eq!(distrust(&ReaderName::new(""), Some((0x08E6, 0x3478))), None);
    }

    #[test]
    fn every_entry_has_a_name_that_excludes_something_and_a_source() {
        for quirk in &*QUIRKS {
            assert!(quirk.name.len() >= 8 && quirk.source.len() >= 8, "{quirk:?}");
        }
    }
}
