//! PIN_VERIFY_STRUCTURE and PIN_MODIFY_STRUCTURE (PC/SC part 10 §2.5), for values in ASCII digits, left-justified in a
//! block whose padding the command brings along.
//!
//! Not here: BCD, right-justified or PIN-length-prefixed values, which no card of ours takes.

use varco_apdu::{CommandApdu, LengthForm};
use varco_card::{PadEntry, PadLanguage, PadTask, Protocol};
use zeroize::Zeroizing;

use super::Unfit;
use crate::features::Display;

/// `bmFormatString`: system units are bytes, the value begins at the first of them, left-justified, in ASCII.
const ASCII_LEFT_IN_BYTES: u8 = 0x82;
/// `bmPINBlockString` has four bits for the size of the block; those above would insert the value's length.
const BLOCK_BYTES_MAX: u8 = 0x0F;
/// `bmPINLengthFormat`: the length is not inserted.
const NO_LENGTH: u8 = 0;
/// `bNumberMessage`: as the reader pleases.
const MESSAGES_DEFAULT: u8 = 0xFF;
/// `bConfirmPIN`: the new value is typed twice.
const CONFIRM: u8 = 0x01;
/// `bConfirmPIN`: the present value is typed first.
const ASK_PRESENT: u8 = 0x02;
/// `bTeoPrologue`: the driver makes the prologue of a T=1 block.
const PROLOGUE: [u8; 3] = [0; 3];

/// What ends an entry (`bEntryValidationCondition`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    /// A key is pressed for it. What was mistyped can be corrected before.
    Key,
    /// The last possible digit was typed.
    Length,
}

impl End {
    fn condition(self) -> u8 {
        match self {
            Self::Key => 0x02,
            Self::Length => 0x01,
        }
    }
}

/// The messages of a reader with a display (PC/SC part 10 §2.5, `bMsgIndex`).
mod message {
    /// Asks for the value.
    pub(super) const ENTER: u8 = 0;
    /// Asks for the new value.
    pub(super) const ENTER_NEW: u8 = 1;
    /// Asks for the new value again.
    pub(super) const CONFIRM_NEW: u8 = 2;
}

/// Refuses an entry that does not fit its own command: the reader would write digits where none belong.
pub(super) fn check(entry: &PadEntry) -> Result<(), Unfit> {
    let block = entry.block_bytes;
    let lengths_fit = entry.length_min <= entry.length_max && (1..=block).contains(&entry.length_max);
    let fits = |at: u8| usize::from(at) + usize::from(block) <= entry.template.data().len();
    let values_fit = match entry.task {
        PadTask::Verify => fits(0),
        PadTask::Modify { present_at, new_at } => {
            fits(new_at) && present_at.is_none_or(|at| fits(at) && at.abs_diff(new_at) >= block)
        }
        _ => false,
    };
    let is_plain = entry.template.cla() & CommandApdu::CHAINING_BIT == 0;
    if lengths_fit && values_fit && is_plain && block <= BLOCK_BYTES_MAX {
        Ok(())
    } else {
        Err(Unfit::Misfit)
    }
}

/// The structure for this entry, with the command as it goes to the card by this protocol. The reader waits for `timeout_s`
/// seconds; zero would be its own limit, which is not known.
///
/// # Errors
/// [`Unfit::TooLong`] where the command is none of short length.
pub(super) fn build(
    entry: &PadEntry,
    timeout_s: u8,
    end: End,
    display: Display,
    protocol: Protocol,
) -> Result<Zeroizing<Vec<u8>>, Unfit> {
    let command = match protocol {
        Protocol::T0 => entry.template.encode_t0(),
        Protocol::Apdu => entry.template.encode(LengthForm::Short),
    }
    .map_err(|_| Unfit::TooLong)?;
    let length = u32::try_from(command.len()).map_err(|_| Unfit::TooLong)?;
    // The same until the first key and from there on: nobody is given less time for having begun.
    let mut bytes = Zeroizing::new(vec![
        timeout_s,
        timeout_s,
        ASCII_LEFT_IN_BYTES,
        entry.block_bytes,
        NO_LENGTH,
    ]);
    if let PadTask::Modify { present_at, new_at } = entry.task {
        bytes.extend([present_at.unwrap_or(0), new_at]);
    }
    // wPINMaxExtraDigit, the lowest byte first: the most, then the fewest.
    bytes.extend([entry.length_max, entry.length_min]);
    let (confirm, messages) = dialogue(entry.task);
    bytes.extend(confirm);
    bytes.push(end.condition());
    bytes.push(match (display, u8::try_from(messages.shown)) {
        (Display::Absent, _) => 0,
        (Display::Present, Ok(shown)) => shown,
        (Display::Unknown, _) | (_, Err(_)) => MESSAGES_DEFAULT,
    });
    bytes.extend(language(entry.language).to_le_bytes());
    bytes.extend(messages.indices);
    bytes.extend(PROLOGUE);
    bytes.extend(length.to_le_bytes());
    bytes.extend(command.iter());
    Ok(bytes)
}

/// What a display shows: so many of these messages, in their order.
struct Messages {
    shown: usize,
    /// One for VERIFY, three for a new value, whether shown or not.
    indices: &'static [u8],
}

/// `bConfirmPIN`, which VERIFY does not have, and the messages. A new value is always typed twice: one that was
/// mistyped would lock its holder out.
fn dialogue(task: PadTask) -> (Option<u8>, Messages) {
    use message::{CONFIRM_NEW, ENTER, ENTER_NEW};
    let (confirm, shown, indices): (_, _, &[u8]) = match task {
        PadTask::Modify {
            present_at: Some(_), ..
        } => (Some(CONFIRM | ASK_PRESENT), 3, &[ENTER, ENTER_NEW, CONFIRM_NEW]),
        PadTask::Modify { present_at: None, .. } => (Some(CONFIRM), 2, &[ENTER_NEW, CONFIRM_NEW, 0]),
        _ => (None, 1, &[ENTER]),
    };
    (confirm, Messages { shown, indices })
}

/// `wLangId`.
fn language(language: PadLanguage) -> u16 {
    match language {
        PadLanguage::Italian => 0x0410,
        PadLanguage::English => 0x0409,
    }
}

#[cfg(test)]
mod tests;
