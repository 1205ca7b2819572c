//! What makers do differently, read from the files in `profiles/` and from those that a user brings.
//!
//! Not here: anything about one card, and which profile a card gets (`library`).

mod check;
mod library;

use serde::Deserialize;
use varco_apdu::{Aid, Atr};
use varco_card::LongCommands;
use varco_credential::{
    CardSecret, CounterQuery, NewPinWay, PinForm, PinId, PinReference, PinWays, SecretFacts,
};

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
    /// Without it, the PIN is not unblocked.
    puk: Option<PukFacts>,
    /// The PIN of the key for qualified signatures, where cards of this make may have one.
    signature_pin: Option<SignaturePinFacts>,
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
    /// The most tries, where that is known.
    tries_max: Option<u8>,
    /// How it is changed; left out where that is not known.
    change: Option<Way>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PukFacts {
    /// Number of the PUK object, search bit aside.
    reference: u8,
    counter_query: Query,
    length_min: usize,
    length_max: usize,
    tries_max: Option<u8>,
    /// How it unblocks the PIN.
    unblock: Way,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignaturePinFacts {
    /// Number of the PIN object; form, counter and way are those of the other PIN.
    reference: u8,
    /// Number of the object of its PUK.
    puk_reference: u8,
    /// The folder in which both are used.
    folder: Option<place::Path>,
}

/// [`NewPinWay`] as it stands in the files.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Way {
    OneCommand,
    VerifiedFirst,
}

impl From<Way> for NewPinWay {
    fn from(way: Way) -> Self {
        match way {
            Way::OneCommand => Self::OneCommand,
            Way::VerifiedFirst => Self::VerifiedFirst,
        }
    }
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

    /// What is known of a secret; `None` where cards of this make have none such.
    pub(crate) fn secret(&self, secret: CardSecret) -> Option<SecretFacts> {
        let pin = self.user_pin();
        let puk = self.puk.as_ref().map(|puk| SecretFacts {
            form: PinForm {
                length_min: puk.length_min,
                length_max: puk.length_max,
                first_half: None,
            },
            reference: self.reference(puk.reference),
            counter_query: puk.counter_query.into(),
            tries_max: puk.tries_max,
        });
        let signature = self.signature_pin.as_ref();
        Some(match secret {
            CardSecret::Pin(PinId::User) => pin,
            CardSecret::Puk(PinId::User) => puk?,
            CardSecret::Pin(PinId::Signature) => SecretFacts {
                reference: self.reference(signature?.reference),
                ..pin
            },
            CardSecret::Puk(PinId::Signature) => SecretFacts {
                reference: self.reference(signature?.puk_reference),
                ..puk?
            },
            _ => return None,
        })
    }

    pub(crate) fn user_pin(&self) -> SecretFacts {
        SecretFacts {
            form: PinForm {
                length_min: self.pin.length_min,
                length_max: self.pin.length_max,
                first_half: None,
            },
            reference: self.reference(self.pin.reference),
            counter_query: self.pin.counter_query.into(),
            tries_max: self.pin.tries_max,
        }
    }

    pub(crate) fn pin_ways(&self) -> PinWays {
        PinWays {
            change: self.pin.change.map(NewPinWay::from),
            unblock: self.puk.as_ref().map(|puk| puk.unblock.into()),
        }
    }

    /// The numbers of all secrets.
    fn secrets(&self) -> impl Iterator<Item = u8> {
        let puk = self.puk.as_ref().map(|puk| puk.reference);
        let signature = self.signature_pin.as_ref();
        let signature = signature.map(|signature| [signature.reference, signature.puk_reference]);
        let signature = signature.into_iter().flatten();
        [self.pin.reference].into_iter().chain(puk).chain(signature)
    }

    fn are_secrets_apart(&self) -> bool {
        let mut seen = Vec::new();
        self.secrets().all(|number| {
            let is_new = !seen.contains(&number);
            seen.push(number);
            is_new
        })
    }

    fn tries_max(&self) -> impl Iterator<Item = u8> {
        let puk = self.puk.as_ref().and_then(|puk| puk.tries_max);
        self.pin.tries_max.into_iter().chain(puk)
    }

    /// Where the PIN for signatures is used.
    pub(crate) fn signature_folder(&self) -> Option<&place::Path> {
        self.signature_pin.as_ref()?.folder.as_ref()
    }

    /// The number of an object as it stands in P2.
    fn reference(&self, number: u8) -> PinReference {
        PinReference(match self.pin.search {
            Search::Plain => number,
            Search::Upwards => number | 0x80,
        })
    }
}

impl From<Query> for CounterQuery {
    fn from(query: Query) -> Self {
        match query {
            Query::Free => Self::Free,
            Query::NotAsked => Self::NotAsked,
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
