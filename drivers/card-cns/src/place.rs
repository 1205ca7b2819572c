//! Where a maker keeps the certificate, and with which key it goes: a path, an application, a key's folder.
//!
//! Not here: which places a maker has (`profiles/`), and what stands in them (`container`).

use serde::{Deserialize, Deserializer, de::Error as _};
use varco_apdu::{Aid, FileId};

use crate::files::EF_C_CARTA;
use crate::pattern::Pattern;

/// The most steps of a path below the master file; the deepest known has three.
const STEPS_MAX: usize = 8;

/// A path below the master file, or below the root of an application.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Path(Vec<FileId>);

impl Path {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let step = |step: &str| match Pattern::parse(step)
            .filter(|_| step.len() == 4)?
            .exact()?
            .as_slice()
        {
            &[high, low] => Some(FileId(u16::from_be_bytes([high, low]))),
            _ => None,
        };
        let steps: Vec<FileId> = text
            .split('/')
            .take(STEPS_MAX + 1)
            .map(step)
            .collect::<Option<_>>()?;
        let inside = !steps.contains(&FileId::MASTER_FILE) && steps.len() <= STEPS_MAX;
        inside.then_some(Self(steps))
    }

    /// As it stands in SELECT.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|id| id.to_bytes()).collect()
    }

    pub(crate) fn is(&self, ids: &[FileId]) -> bool {
        self.0 == ids
    }
}

impl<'de> Deserialize<'de> for Path {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            D::Error::custom("expected 1 to 8 file identifiers below the master file, as in 1100/1101")
        })
    }
}

/// An application identifier in hex, as it stands in the files.
pub(crate) fn aid<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Aid, D::Error> {
    let text = String::deserialize(deserializer)?;
    Pattern::parse(&text)
        .and_then(|pattern| Aid::new(&pattern.exact()?).ok())
        .ok_or_else(|| D::Error::custom("expected an application identifier of 5 to 16 bytes in hex"))
}

fn some_aid<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Aid>, D::Error> {
    aid(deserializer).map(Some)
}

/// A place that may hold the authentication certificate, and the key that goes with it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    pub(crate) path: Path,
    /// The application to be selected first, where it is not the profile's own. PIN and key are used there too.
    #[serde(default, deserialize_with = "some_aid")]
    pub(crate) application: Option<Aid>,
    pub(crate) key: PlaceKey,
}

/// The key of a certificate.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlaceKey {
    /// Its number, as SET names it.
    pub(crate) reference: u8,
    /// The folder that must be current when it is used.
    pub(crate) folder: Option<Path>,
}

impl Place {
    /// What errors call its file.
    pub(crate) fn name(&self) -> &'static str {
        if self.path.is(&EF_C_CARTA.path) {
            EF_C_CARTA.name
        } else {
            "the certificate's file"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_and_what_leads_out_of_the_card_is_refused() {
        let path = Path::parse("1400/9001/2002").unwrap();
        assert_eq!(path.to_bytes(), [0x14, 0x00, 0x90, 0x01, 0x20, 0x02]);
        let deep = ["1100"; 9].join("/");
        for text in [
            "",
            "/",
            "1100/",
            "110",
            "11001",
            "11 00",
            "3F00/1100",
            "1100//1101",
            "11??",
            deep.as_str(),
        ] {
            assert_eq!(Path::parse(text), None, "{text:?}");
        }
    }
}
