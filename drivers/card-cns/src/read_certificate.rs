//! The authentication certificate, from the places where its maker's cards keep it `[cns §2.5]`, `[cns §4]`: select,
//! first block, length, the rest.
//!
//! Not here: whether it is a good certificate, or one at all beyond its outermost header.

use varco_apdu::StatusWord;
use varco_credential::CardError;

use crate::commands;
use crate::container::{Container, is_filling, unreadable};
use crate::dialogue::Dialogue;
use crate::place::Place;
use crate::read_block::{Block, read_block};

/// The most READ BINARY for one certificate: 16 KiB, the most that one may measure, in blocks of 256, and some
/// room for cards that give less than asked.
const READS_MAX: usize = 80;

/// Tries the places in turn, and gives the first certificate and the number of its place. A place that is empty, blank
/// or holds something else is normal on some makers' cards; if none holds a certificate, the first that held something
/// is told of.
pub(crate) fn read_certificate(dialogue: &mut Dialogue<'_>) -> Result<(usize, Vec<u8>), CardError> {
    let profile = dialogue.profile;
    let mut trouble = None;
    for (number, place) in profile.certificate.iter().enumerate() {
        match read_place(dialogue, place) {
            Ok(Some(certificate)) => return Ok((number, certificate)),
            Ok(None) => {}
            Err(error @ CardError::Link(_)) => return Err(error),
            Err(error) => {
                trouble.get_or_insert(error);
            }
        }
    }
    Err(trouble.unwrap_or(CardError::CertificateAbsent))
}

/// SELECT, one block of a short command, and from its first bytes the exact rest in the largest blocks that card
/// and reader take: no byte twice, none past the certificate but in the first block. Only a compressed one does not
/// tell where it ends, and is read in short blocks until it does.
fn read_place(dialogue: &mut Dialogue<'_>, place: &Place) -> Result<Option<Vec<u8>>, CardError> {
    if !select_place(dialogue, place)? {
        return Ok(None);
    }
    let short_block_bytes = dialogue.profile.commands.read_block_bytes;
    let mut block_bytes = dialogue.read_block_bytes();
    let mut bytes = Vec::new();
    let mut container = None;
    for _ in 0..READS_MAX {
        let asked_bytes = match container.and_then(Container::file_bytes) {
            None => short_block_bytes,
            Some(total) => missing(&bytes, total).min(block_bytes),
        };
        match read_block(dialogue, place.name(), bytes.len(), asked_bytes)? {
            // Quirk: extended length was seen with PSO only; a card that does not want it here gets short blocks
            // (inferred).
            Block::TooLarge => {
                block_bytes = short_block_bytes;
                continue;
            }
            Block::PastTheEnd if is_filling(&bytes) => return Ok(None),
            Block::PastTheEnd => return Err(unreadable("it is cut short")),
            Block::Bytes(block) => bytes.extend_from_slice(&block),
        }
        if container.is_none() {
            container = Container::at(&bytes)?;
        }
        match container {
            None => {}
            Some(Container::Blank) => return Ok(None),
            Some(container) => {
                if let Some(certificate) = container.open(&bytes)? {
                    return Ok(Some(certificate));
                }
            }
        }
    }
    Err(unreadable("it never ends"))
}

/// Selects the file; `false` when the card has no such application or file.
fn select_place(dialogue: &mut Dialogue<'_>, place: &Place) -> Result<bool, CardError> {
    const APPLICATION: &str = "application of the certificate";
    let profile = dialogue.profile;
    if let Some(entered) = dialogue.enter(profile.application_of(place))? {
        if entered.status == StatusWord::FILE_NOT_FOUND {
            return Ok(false);
        }
        dialogue.require_done(&entered.command, APPLICATION, entered.status)?;
    }
    let path = place.path.to_bytes();
    let selected = dialogue.select(|answer| commands::select_path(&path, answer))?;
    if selected.status == StatusWord::FILE_NOT_FOUND {
        return Ok(false);
    }
    dialogue.require_done(&selected.command, place.name(), selected.status)?;
    Ok(true)
}

fn missing(bytes: &[u8], total: usize) -> u32 {
    u32::try_from(total.saturating_sub(bytes.len())).unwrap_or(u32::MAX)
}
