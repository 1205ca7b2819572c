//! What makers do differently, read from the files in `profiles/` and from those that a user brings.
//!
//! Not here: anything about one card, and which profile a card gets (`library`).

mod check;
mod library;

use serde::Deserialize;
use varco_apdu::{Aid, Atr};
use varco_card::LongCommands;
use varco_credential::{CounterQuery, PinForm, PinReference};

pub(crate) use check::parse;
pub use check::{PROFILE_MAX_BYTES, ProfileError};
pub(crate) use library::Library;
pub use library::PROFILES_MAX;

use crate::maker::Maker;
use crate::pattern::Pattern;
use crate::place::{self, Place};

/// One maker's cards. Each value has its source in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    pub(crate) name: String,
    pub(crate) title_it: String,
    pub(crate) title_en: String,
    #[serde(rename = "match", default)]
    fits: Fits,
    pub(crate) application: Option<Application>,
    /// The places that may hold the certificate, in the order in which they are tried.
    pub(crate) certificate: Vec<Place>,
    pub(crate) pin: PinFacts,
    pub(crate) key: KeyFacts,
    pub(crate) commands: CommandFacts,
}

/// Which cards these are.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fits {
    /// By the historical bytes behind the label CNS.
    label: Option<Label>,
    /// By the answer that a contactless reader makes up; others may have the same, so the files are asked too.
    #[serde(default)]
    atr: Vec<Pattern>,
}

/// What is left out fits any; both ends of a range belong to it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    ic: Option<u8>,
    mask: Option<u8>,
    os: Option<(u16, u16)>,
    version: Option<(u8, u8)>,
}

/// The application under which the card keeps all of its files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Application {
    #[serde(deserialize_with = "place::aid")]
    pub(crate) aid: Aid,
    /// What GET DATA must answer in it, where others have the same application.
    pub(crate) data: Option<DataAnswer>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DataAnswer {
    pub(crate) tag: u16,
    pub(crate) value: Pattern,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PinFacts {
    /// Number of the PIN object, search bit aside.
    reference: u8,
    search: Search,
    counter_query: Query,
    length_min: usize,
    length_max: usize,
    pub(crate) block_bytes: usize,
    pub(crate) padding_byte: u8,
    /// Status words by which the card says "wrong" without saying how many tries are left.
    pub(crate) wrong_words: Vec<u16>,
}

/// Where the card looks for the PIN object.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Search {
    /// As the standard has it: the reference alone.
    Plain,
    /// Upwards from the current folder, which this maker's cards want to be told in bit 8 of P2.
    Upwards,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Query {
    Free,
    NotAsked,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyFacts {
    pub(crate) security_environment: u8,
    pub(crate) operation: Operation,
}

/// By which command, and on what, the card does the private operation `[cns §4.2]`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Operation {
    /// PSO DECIPHER on a block that the host padded.
    Decipher,
    /// PSO COMPUTE DIGITAL SIGNATURE on such a block.
    SignBlock,
    /// PSO COMPUTE DIGITAL SIGNATURE on a DigestInfo, which the card pads.
    SignDigestInfo,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommandFacts {
    pub(crate) long: Long,
    /// Most bytes that READ BINARY is asked for in a short command.
    pub(crate) read_block_bytes: u32,
    pub(crate) success_words: Vec<u16>,
}

/// [`LongCommands`] as it stands in the files.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Long {
    Chained,
    Extended,
    Either,
    Refused,
}

impl From<Long> for LongCommands {
    fn from(long: Long) -> Self {
        match long {
            Long::Chained => Self::Chained,
            Long::Extended => Self::Extended,
            Long::Either => Self::Either,
            Long::Refused => Self::Refused,
        }
    }
}

impl Profile {
    pub(crate) fn fits_label(&self, maker: &Maker) -> bool {
        self.fits.label.as_ref().is_some_and(|label| label.covers(maker))
    }

    pub(crate) fn fits_atr(&self, atr: &Atr) -> bool {
        self.fits.atr.iter().any(|pattern| pattern.covers(atr.as_bytes()))
    }

    /// The application of the files that every CNS has.
    pub(crate) fn own_application(&self) -> Option<&Aid> {
        self.application.as_ref().map(|application| &application.aid)
    }

    /// The application of a place's certificate, PIN and key.
    pub(crate) fn application_of<'p>(&'p self, place: &'p Place) -> Option<&'p Aid> {
        place.application.as_ref().or_else(|| self.own_application())
    }

    pub(crate) fn pin_reference(&self) -> PinReference {
        PinReference(match self.pin.search {
            Search::Plain => self.pin.reference,
            Search::Upwards => self.pin.reference | 0x80,
        })
    }

    pub(crate) fn pin_form(&self) -> PinForm {
        PinForm {
            length_min: self.pin.length_min,
            length_max: self.pin.length_max,
        }
    }

    pub(crate) fn counter_query(&self) -> CounterQuery {
        match self.pin.counter_query {
            Query::Free => CounterQuery::Free,
            Query::NotAsked => CounterQuery::NotAsked,
        }
    }
}

impl Label {
    fn covers(&self, maker: &Maker) -> bool {
        self.ic.is_none_or(|ic| ic == maker.ic)
            && self.mask.is_none_or(|mask| mask == maker.mask)
            && self
                .os
                .is_none_or(|(first, last)| (first..=last).contains(&maker.os))
            && self
                .version
                .is_none_or(|(first, last)| (first..=last).contains(&maker.version))
    }
}

#[cfg(test)]
mod tests;
