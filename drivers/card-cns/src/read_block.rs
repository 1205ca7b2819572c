//! One block of the selected file, and how the file says that it ends.
//!
//! Not here: which block comes next.

use varco_apdu::StatusWord;
use varco_credential::CardError;
use zeroize::Zeroizing;

use crate::commands;
use crate::dialogue::{Dialogue, refused};

/// Offsets are 15 bits: the highest bit of P1 means something else (ISO/IEC 7816-4 §11.3.3).
pub(crate) const OFFSET_MAX: usize = 0x7FFF;

/// What one READ BINARY gave.
pub(crate) enum Block {
    /// At least one byte, at most as many as asked.
    Bytes(Zeroizing<Vec<u8>>),
    /// The file ends before the offset, or the card gives nothing at it.
    PastTheEnd,
    /// The card does not take extended length here; nothing was read.
    TooLarge,
}

/// Reads up to `asked_bytes` from `offset` of the selected file. Cards tell its end in four ways: fewer bytes and 9000,
/// the same and 6282, 6B00, or 6Cxx with the length that there is, which the channel follows `[cns §3.4]`, `[cns §8.3]`.
pub(crate) fn read_block(
    dialogue: &mut Dialogue<'_>,
    target: &'static str,
    offset: usize,
    asked_bytes: u32,
) -> Result<Block, CardError> {
    let Some(offset) = u16::try_from(offset)
        .ok()
        .filter(|at| usize::from(*at) <= OFFSET_MAX)
    else {
        return Ok(Block::PastTheEnd);
    };
    let read = commands::read_binary(offset, asked_bytes);
    let answer = dialogue.ask(&read)?;
    match answer.status() {
        StatusWord::WRONG_PARAMETERS => return Ok(Block::PastTheEnd),
        StatusWord::WRONG_LENGTH if !read.fits_short() => return Ok(Block::TooLarge),
        StatusWord::END_OF_FILE => {}
        status if dialogue.is_done(status) => {}
        status => return Err(refused(&read, target, status)),
    }
    match answer.data() {
        [] => Ok(Block::PastTheEnd),
        bytes if u32::try_from(bytes.len()).is_ok_and(|length| length <= asked_bytes) => {
            Ok(Block::Bytes(Zeroizing::new(bytes.to_vec())))
        }
        _ => Err(CardError::Misbehaved {
            command: read.name(),
            target,
            what: "more bytes than were asked for",
        }),
    }
}
