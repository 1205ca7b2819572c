//! The authentication certificate, from EF.C_Carta `[cns §2.5]`: select, first block, length, the rest.
//!
//! Not here: whether it is a good certificate, or one at all beyond its outermost header.

use varco_apdu::StatusWord;
use varco_credential::CardError;
use varco_pki::{CertificateError, der_total_length};

use crate::commands;
use crate::dialogue::{Dialogue, refused};
use crate::files::EF_C_CARTA;

/// The most READ BINARY for one certificate: 16 KiB, the most that one may measure, in blocks of 256, and some
/// room for cards that give less than asked.
const READS_MAX: usize = 80;

/// SELECT, one block of a short command, and from its first bytes the exact rest in the largest blocks that card
/// and reader take: no byte twice, none past the certificate but in the first block.
pub(crate) fn read_certificate(dialogue: &mut Dialogue<'_>) -> Result<Vec<u8>, CardError> {
    let select = commands::select(&EF_C_CARTA);
    let status = dialogue.ask(&select)?.status();
    if status == StatusWord::FILE_NOT_FOUND {
        return Err(CardError::CertificateAbsent);
    }
    dialogue.require_done(&select, EF_C_CARTA.name, status)?;

    let short_block_bytes = dialogue.profile.commands.read_block_bytes;
    let mut block_bytes = dialogue.read_block_bytes();
    let mut certificate = Vec::new();
    let mut total_bytes = None;
    for _ in 0..READS_MAX {
        let asked_bytes = match total_bytes {
            None => short_block_bytes,
            Some(total) => missing(&certificate, total).min(block_bytes),
        };
        let block = match read_block(dialogue, certificate.len(), asked_bytes)? {
            // Quirk: extended length was seen with PSO only; a card that does not want it here gets short blocks
            // (inferred).
            Block::TooLarge => {
                block_bytes = short_block_bytes;
                continue;
            }
            Block::PastTheEnd if certificate.is_empty() => return Err(CardError::CertificateAbsent),
            Block::PastTheEnd => return Err(unreadable("it is cut short")),
            Block::Bytes(bytes) => bytes,
        };
        certificate.extend_from_slice(&block);
        if total_bytes.is_none() {
            total_bytes = total_length(&certificate)?;
        }
        if let Some(total) = total_bytes
            && certificate.len() >= total
        {
            certificate.truncate(total);
            return Ok(certificate);
        }
    }
    Err(unreadable("it never ends"))
}

/// What one READ BINARY gave.
enum Block {
    /// At least one byte, at most as many as asked.
    Bytes(Vec<u8>),
    /// The file ends before the offset.
    PastTheEnd,
    /// The card does not take extended length here; nothing was read.
    TooLarge,
}

fn read_block(dialogue: &mut Dialogue<'_>, offset: usize, asked_bytes: u32) -> Result<Block, CardError> {
    let offset = u16::try_from(offset).map_err(|_| unreadable("it never ends"))?;
    let read = commands::read_binary(offset, asked_bytes);
    let answer = dialogue.ask(&read)?;
    let ends_here = match answer.status() {
        StatusWord::WRONG_PARAMETERS => return Ok(Block::PastTheEnd),
        StatusWord::WRONG_LENGTH if !read.fits_short() => return Ok(Block::TooLarge),
        StatusWord::END_OF_FILE => true,
        status if dialogue.is_done(status) => false,
        status => return Err(refused(&read, EF_C_CARTA.name, status)),
    };
    match answer.data() {
        [] if ends_here => Ok(Block::PastTheEnd),
        [] => Err(unreadable("the card gives no bytes of it")),
        bytes if u32::try_from(bytes.len()).is_ok_and(|length| length <= asked_bytes) => {
            Ok(Block::Bytes(bytes.to_vec()))
        }
        _ => Err(CardError::Misbehaved {
            command: read.name(),
            target: EF_C_CARTA.name,
            what: "more bytes than were asked for",
        }),
    }
}

/// The certificate's length as its header tells it; `None` while too little of the header is there.
fn total_length(start: &[u8]) -> Result<Option<usize>, CardError> {
    if start.iter().all(|byte| *byte == 0x00) || start.iter().all(|byte| *byte == 0xFF) {
        return Err(CardError::CertificateAbsent);
    }
    match (start, der_total_length(start)) {
        (_, Ok(total)) => Ok(Some(total)),
        (_, Err(CertificateError::Truncated)) => Ok(None),
        (_, Err(CertificateError::TooLarge)) => Err(unreadable("it is longer than 16 KiB")),
        ([0x5A | 0x7A, ..], _) => Err(unreadable(
            "it is in a compressed container of Bit4id, which is not supported",
        )),
        ([0x78, ..], _) => Err(unreadable("it is compressed with zlib, which is not supported")),
        _ => Err(unreadable("it is not DER")),
    }
}

fn missing(certificate: &[u8], total_bytes: usize) -> u32 {
    u32::try_from(total_bytes.saturating_sub(certificate.len())).unwrap_or(u32::MAX)
}

fn unreadable(what: &'static str) -> CardError {
    CardError::CertificateUnreadable { what }
}
