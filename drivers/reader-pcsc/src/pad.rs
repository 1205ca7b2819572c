//! A reader's own keys for the PIN: what they do, and whether an entry can be made on them.
//!
//! Not here: the bytes (`structure`), the call (`call`), and pads that are not to be used (`quirks`).

pub(crate) mod call;
mod structure;

use core::time::Duration;

use varco_card::{LinkError, PadEntry, PadTask, PinPad, Protocol, ReaderName, pad_timeout_s};
use zeroize::Zeroizing;

use crate::features::{FeatureList, Properties};
use crate::quirks;

/// libccid listens to the reader for this long at least, and for [`ENTRY_MARGIN`] longer than `bTimeOut`, however many values are
/// typed.
const ENTRY_WAIT_MIN: Duration = Duration::from_secs(90);
/// What the reader needs beside the person.
const ENTRY_MARGIN: Duration = Duration::from_secs(10);

/// The keys of one reader.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Pad {
    features: FeatureList,
    properties: Properties,
    /// Claimed, but known not to be there or not to keep the value to itself.
    is_disbelieved: bool,
}

/// What is handed to the system for one entry.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) control_code: u32,
    /// No value of anybody, but where it will stand.
    pub(crate) structure: Zeroizing<Vec<u8>>,
    /// How long it may take until the reader must have answered; what the card needs comes on top.
    pub(crate) wait: Duration,
}

/// Why an entry cannot be made on these keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Unfit {
    /// There are none, or none for this.
    NotOffered,
    /// They take fewer digits than may be needed, or demand more.
    DigitsOutOfRange,
    /// Nothing ends an entry whose length is not known beforehand.
    NoEnd,
    /// The values do not stand in the command as a pad writes them.
    Misfit,
    /// The command is none of short length.
    TooLong,
}

impl Unfit {
    fn reason(self) -> &'static str {
        match self {
            Self::NotOffered => "not offered",
            Self::DigitsOutOfRange => "digits out of the pad's range",
            Self::NoEnd => "no key that ends an entry",
            Self::Misfit => "values that do not fit the command",
            Self::TooLong => "a command that is too long",
        }
    }
}

impl Pad {
    /// Of a reader that says this of itself.
    pub(crate) fn new(reader: &ReaderName, features: FeatureList, properties: Properties) -> Self {
        Self {
            features,
            properties,
            is_disbelieved: quirks::distrust(reader, properties.usb).is_some(),
        }
    }

    /// Whether the reader says that it has one, true or not.
    pub(crate) fn is_claimed(&self) -> bool {
        self.features.verify_pin.is_some() || self.features.modify_pin.is_some()
    }

    /// What can be typed on it.
    pub(crate) fn does(&self) -> PinPad {
        match (self.features.verify_pin, self.features.modify_pin) {
            _ if self.is_disbelieved => PinPad::Absent,
            (Some(_), Some(_)) => PinPad::VerifyAndModify,
            (Some(_), None) => PinPad::Verify,
            // Nobody builds keys for new values alone.
            (None, _) => PinPad::Absent,
        }
    }

    /// What the system is to be asked for this entry.
    ///
    /// # Errors
    /// [`LinkError::PinPadUnsupported`] where these keys cannot take it, whatever the reason: nothing was sent.
    pub(crate) fn order(&self, entry: &PadEntry, protocol: Protocol) -> Result<Order, LinkError> {
        self.fitting_order(entry, protocol).map_err(|unfit| {
            tracing::debug!(reason = unfit.reason(), "an entry that this pin pad cannot take");
            LinkError::PinPadUnsupported
        })
    }

    fn fitting_order(&self, entry: &PadEntry, protocol: Protocol) -> Result<Order, Unfit> {
        let control_code = self.control_code(entry.task)?;
        structure::check(entry)?;
        let end = self.fit(entry)?;
        let timeout_s = pad_timeout_s(entry.task.values(), entry.timeout_s);
        Ok(Order {
            control_code,
            structure: structure::build(entry, timeout_s, end, self.properties.display, protocol)?,
            wait: wait(timeout_s),
        })
    }

    fn control_code(&self, task: PadTask) -> Result<u32, Unfit> {
        let code = match task {
            PadTask::Verify => self.features.verify_pin,
            _ => self.features.modify_pin,
        };
        code.filter(|_| self.does().does(task)).ok_or(Unfit::NotOffered)
    }

    /// Whether every value that the entry allows can be typed, and how its end is told.
    fn fit(&self, entry: &PadEntry) -> Result<structure::End, Unfit> {
        let (fewest, most) = (self.properties.digits_min, self.properties.digits_max);
        if fewest.is_some_and(|fewest| fewest > entry.length_min)
            || most.is_some_and(|most| most < entry.length_max)
        {
            return Err(Unfit::DigitsOutOfRange);
        }
        let ends = self.properties.entry_ends;
        if ends.by_key {
            Ok(structure::End::Key)
        } else if ends.by_length && entry.length_min == entry.length_max {
            Ok(structure::End::Length)
        } else {
            Err(Unfit::NoEnd)
        }
    }
}

/// How long a reader and its driver may take that were told this: the time until the first key and the one from there on may
/// both run out.
fn wait(timeout_s: u8) -> Duration {
    let person = Duration::from_secs(timeout_s.into()).saturating_mul(2);
    ENTRY_WAIT_MIN.max(person.saturating_add(ENTRY_MARGIN))
}

#[cfg(test)]
mod tests;
