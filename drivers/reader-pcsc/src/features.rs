//! Asks a reader what it can do and what it says of itself (PC/SC part 10 §2.2).
//!
//! Not here: what follows from it for an entry on the reader's keys (`pad`).

mod list;
mod properties;

pub use list::FeatureList;
pub use properties::{Display, EntryEnds, Properties};

use pcsc::Card;

/// `CM_IOCTL_GET_FEATURE_REQUEST` (PC/SC part 10 §2.2).
const GET_FEATURE_REQUEST: u32 = 3400;

/// Room for more features and properties than exist.
const ANSWER_LENGTH_MAX: usize = 512;

/// Asks the reader of a connection. One that does not answer, or with nonsense, offers nothing and says nothing.
///
/// # Errors
/// Only a sharing violation: asking again later may help.
pub(crate) fn ask(card: &Card) -> Result<(FeatureList, Properties), pcsc::Error> {
    let mut answer = [0; ANSWER_LENGTH_MAX];
    let features = FeatureList::parse(control(
        card,
        pcsc::ctl_code(GET_FEATURE_REQUEST.into()),
        &mut answer,
    )?);
    let (mut listed, mut short) = ([0; ANSWER_LENGTH_MAX], [0; ANSWER_LENGTH_MAX]);
    let tlv_properties: &[u8] = match features.tlv_properties {
        Some(code) => control(card, code.into(), &mut listed)?,
        None => &[],
    };
    let pin_properties: &[u8] = match features.pin_properties {
        Some(code) => control(card, code.into(), &mut short)?,
        None => &[],
    };
    Ok((features, Properties::parse(tlv_properties, pin_properties)))
}

/// An answer, empty where there is none.
fn control<'b>(card: &Card, code: pcsc::ffi::DWORD, buffer: &'b mut [u8]) -> Result<&'b [u8], pcsc::Error> {
    match card.control(code, &[], buffer) {
        Ok(answer) => Ok(answer),
        Err(pcsc::Error::SharingViolation) => Err(pcsc::Error::SharingViolation),
        Err(_) => Ok(&[]),
    }
}
