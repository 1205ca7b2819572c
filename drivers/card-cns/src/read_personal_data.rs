//! What the card holds about its holder, from EF.Dati_personali `[cns §2.3]`: SELECT, which may tell the file's size, and
//! one READ BINARY where the fields fit it.
//!
//! Not here: the form of the file (`personal_data`), and whether it fits the certificate.

use varco_apdu::StatusWord;
use varco_credential::{CardError, Extent, PersonalData};
use zeroize::Zeroizing;

use crate::commands;
use crate::container::is_filling;
use crate::dialogue::Dialogue;
use crate::fci;
use crate::files::EF_DATI_PERSONALI;
use crate::personal_data::{Parsed, parse, unreadable};
use crate::read_block::{Block, read_block};

/// The most READ BINARY: sixteen fields of 255 bytes in blocks of 256, and as many again for cards that give less than
/// asked.
const READS_MAX: usize = 40;
/// Reserved at once: a growing vector leaves copies behind.
const FILE_MAX_BYTES: usize = READS_MAX * 256;

/// Reads as far as the fields go, or to the end of the file.
pub(crate) fn read_personal_data(
    dialogue: &mut Dialogue<'_>,
    extent: Extent,
) -> Result<PersonalData, CardError> {
    dialogue.enter_own()?;
    let path = EF_DATI_PERSONALI.path_bytes();
    let selected = dialogue.select_for_fci(|answer| commands::select_path(&path, answer))?;
    if selected.status == StatusWord::FILE_NOT_FOUND {
        return Err(CardError::PersonalDataAbsent);
    }
    dialogue.require_done(&selected.command, EF_DATI_PERSONALI.name, selected.status)?;
    let mut size_bytes = fci::size_bytes(&selected.answer);

    let block_bytes = dialogue.profile.commands.read_block_bytes;
    let mut bytes = Zeroizing::new(Vec::with_capacity(FILE_MAX_BYTES));
    for _ in 0..READS_MAX {
        match read_block(dialogue, EF_DATI_PERSONALI.name, bytes.len(), block_bytes)? {
            Block::Bytes(block) => bytes.extend_from_slice(&block),
            // Not asked for extended length, so only the end is left.
            Block::PastTheEnd | Block::TooLarge => {
                size_bytes = Some(bytes.len());
            }
        }
        let at_end = size_bytes.is_some_and(|size| bytes.len() >= size);
        if at_end && is_filling(&bytes) {
            return Err(CardError::PersonalDataAbsent);
        }
        match parse(&bytes)? {
            Parsed::Whole(fields) if at_end || extent == Extent::Fields => {
                let (values, used_bytes) = (fields.values, fields.used_bytes);
                return Ok(PersonalData::new(
                    Zeroizing::new(bytes.to_vec()),
                    values,
                    used_bytes,
                    size_bytes,
                ));
            }
            Parsed::Longer(field) if at_end => {
                return Err(unreadable(field, "it goes on past the end of the file"));
            }
            Parsed::Whole(_) | Parsed::Longer(_) => {}
        }
    }
    Err(unreadable(0, "the file never ends"))
}
