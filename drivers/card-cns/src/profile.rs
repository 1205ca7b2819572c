//! What makers do differently, read once from the files in `profiles/`.
//!
//! Not here: anything about one card. A profile is chosen by mask, chip and version; a mask that no file names
//! gets the generic one, whose values risk nothing.

use std::sync::LazyLock;

use serde::Deserialize;
use varco_card::LongCommands;
use varco_credential::{CounterQuery, PinForm, PinReference};

use crate::maker::Maker;

/// The makers' files. The first that fits is taken.
const MAKERS: &[&str] = &[
    include_str!("../profiles/st-2021.toml"),
    include_str!("../profiles/st-incard-1.1.toml"),
    include_str!("../profiles/st-incard-1.0.toml"),
    include_str!("../profiles/athena.toml"),
    include_str!("../profiles/cardos.toml"),
    include_str!("../profiles/idemia-2021.toml"),
    include_str!("../profiles/oberthur.toml"),
];

static BY_MAKER: LazyLock<Vec<Profile>> =
    LazyLock::new(|| MAKERS.iter().map(|text| Profile::embedded(text)).collect());

static GENERIC: LazyLock<Profile> =
    LazyLock::new(|| Profile::embedded(include_str!("../profiles/generic.toml")));

/// One maker's cards. Each value has its source in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    pub(crate) name: String,
    pub(crate) title_it: String,
    pub(crate) title_en: String,
    #[serde(rename = "match")]
    fits: Fits,
    pub(crate) pin: PinFacts,
    pub(crate) key: KeyFacts,
    pub(crate) commands: CommandFacts,
}

/// Which cards these are. What is left out fits any; both ends of a range belong to it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fits {
    ic: Option<u8>,
    mask: Option<u8>,
    os: Option<(u16, u16)>,
    version: Option<(u8, u8)>,
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
    pub(crate) reference: u8,
    pub(crate) security_environment: u8,
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
    /// The profile for a card of this maker.
    pub(crate) fn of(maker: &Maker) -> &'static Self {
        BY_MAKER
            .iter()
            .find(|profile| profile.fits.covers(maker))
            .unwrap_or(&GENERIC)
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

    #[expect(
        clippy::expect_used,
        reason = "the text is part of the program and does not depend on a card; a test reads each file"
    )]
    fn embedded(text: &str) -> Self {
        toml::from_str(text).expect("a profile that is part of the program")
    }
}

impl Fits {
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
