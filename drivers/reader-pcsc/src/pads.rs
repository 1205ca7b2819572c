//! Which readers have keys for the PIN, and what can be typed on them: asked of the readers, without their cards.
//!
//! Not here: an entry (`pad`), and words for people.

use core::time::Duration;
use std::ffi::CString;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::Instant;

use pcsc::{Protocols, ShareMode};
use varco_card::{Disposition, LinkError, PinPad, ReaderName};

use crate::features::{self, Display, Properties};
use crate::pad::Pad;
use crate::quirks::{self, Distrust};
use crate::readers::{establish, name, names};
use crate::translate::{Step, translate};
use crate::worker::release;

/// How long all of them together may take. One that another program holds may not answer at all.
const ANSWER_MAX: Duration = Duration::from_secs(2);

/// The keys of one reader, as far as it says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReaderPad {
    /// The reader.
    pub reader: ReaderName,
    /// Its keys, or why it could not be asked.
    pub pad: Result<PadReport, LinkError>,
}

/// What is known of a reader's keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct PadReport {
    /// What can be typed on them; [`PinPad::Absent`] too where they are claimed and not used.
    pub usable: PinPad,
    /// Why keys that the reader claims are not used.
    pub distrust: Option<Distrust>,
    /// Fewest digits that they take, if the reader says so.
    pub digits_min: Option<u8>,
    /// Most digits that they take, if the reader says so.
    pub digits_max: Option<u8>,
    /// Whether the reader can show something.
    pub display: Display,
}

impl PadReport {
    pub(crate) fn new(pad: &Pad, reader: &ReaderName, properties: &Properties) -> Self {
        Self {
            usable: pad.does(),
            distrust: pad
                .is_claimed()
                .then(|| quirks::distrust(reader, properties.usb))
                .flatten(),
            digits_min: properties.digits_min,
            digits_max: properties.digits_max,
            display: properties.display,
        }
    }

    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match (self.distrust, self.usable) {
            (Some(distrust), _) => distrust.code(),
            (None, PinPad::Absent) => "pin-pad-absent",
            (None, PinPad::Verify) => "pin-pad-verify",
            (None, PinPad::VerifyAndModify) => "pin-pad-verify-and-modify",
        }
    }
}

/// Asks every reader that the service lists. Disturbs no card and nobody's session.
///
/// # Errors
/// [`LinkError`] when the service is absent or refuses.
pub fn pin_pads() -> Result<Vec<ReaderPad>, LinkError> {
    let asked: Vec<_> = names(&establish()?, Step::List)?
        .into_iter()
        .map(|system_name| (name(&system_name.to_string_lossy()), ask(system_name)))
        .collect();
    let begun = Instant::now();
    Ok(asked
        .into_iter()
        .map(|(reader, answer)| {
            let left = ANSWER_MAX.saturating_sub(begun.elapsed());
            // A thread that is kept waiting by others ends by itself.
            let pad = answer.recv_timeout(left).unwrap_or(Err(LinkError::ReaderBusy));
            ReaderPad { reader, pad }
        })
        .collect())
}

/// Asks one reader, on a thread of its own: the system's call waits for foreign transactions without limit.
fn ask(system_name: CString) -> Receiver<Result<PadReport, LinkError>> {
    let (tell, answer) = sync_channel(1);
    // Where no thread can be had, nobody answers.
    let _ = thread::Builder::new()
        .name("varco-pcsc-pad".to_owned())
        .spawn(move || {
            // Whoever asked may have gone.
            let _ = tell.send(report(&system_name));
        });
    answer
}

fn report(system_name: &CString) -> Result<PadReport, LinkError> {
    let context = establish()?;
    // The reader and not the card: neither needed nor powered.
    let reader = context
        .connect(system_name, ShareMode::Direct, Protocols::UNDEFINED)
        .map_err(|error| translate(error, Step::Connect))?;
    let answer = features::ask(&reader).map_err(|error| translate(error, Step::Connect));
    let _ = release(reader, Disposition::Leave);
    let (features, properties) = answer?;
    let name = name(&system_name.to_string_lossy());
    let pad = Pad::new(&name, features, properties);
    Ok(PadReport::new(&pad, &name, &properties))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::FeatureList;

    fn told(reader: &str, verify: bool, modify: bool) -> &'static str {
        let features = FeatureList {
            verify_pin: verify.then_some(1),
            modify_pin: modify.then_some(2),
            ..FeatureList::default()
        };
        let (reader, properties) = (ReaderName::new(reader), Properties::default());
        PadReport::new(&Pad::new(&reader, features, properties), &reader, &properties).code()
    }

    #[test]
    fn every_kind_of_pad_has_a_code_of_its_own() {
        assert_eq!(told("any", false, false), "pin-pad-absent");
        assert_eq!(told("any", true, false), "pin-pad-verify");
        assert_eq!(told("any", true, true), "pin-pad-verify-and-modify");
        assert_eq!(told("bit4id miniLector-EVO", true, true), "pin-pad-without-keys");
        assert_eq!(
            told("HP USB Smart Card Keyboard", true, true),
            "pin-pad-tells-the-value"
        );
    }

    #[test]
    fn nothing_is_said_against_a_reader_that_claims_nothing() {
        assert_eq!(told("bit4id miniLector-EVO", false, false), "pin-pad-absent");
    }
}
