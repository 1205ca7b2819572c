//! Reading a file by its short identifier, as far as its content goes.
//!
//! Not here: which files there are (`card`), and what stands in them.

use varco_apdu::{ResponseApdu, StatusKind, StatusWord};
use varco_card::CardChannel;
use varco_credential::CardError;

use crate::commands;

/// The most READ BINARY for one file: 16 KiB in blocks of 231, and some for cards that give less than asked.
const READS_MAX: usize = 96;
/// The longest content read.
const CONTENT_MAX_BYTES: usize = 16 * 1024;

/// A file: its short identifier and what errors call it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct File {
    pub(crate) short_id: u8,
    pub(crate) name: &'static str,
}

/// How much of a file is content, told from its first bytes: `None` while they are too few.
pub(crate) type Length<'l> = &'l dyn Fn(&[u8]) -> Result<Option<usize>, CardError>;

/// Reads the content. The first block is as long as `first_bytes` allows, the rest is asked for exactly.
pub(crate) fn read_file(
    channel: &mut dyn CardChannel,
    file: File,
    block_bytes: u32,
    first_bytes: u32,
    length: Length<'_>,
) -> Result<Vec<u8>, CardError> {
    let misbehaved = |what| CardError::Misbehaved {
        command: "READ BINARY",
        target: file.name,
        what,
    };
    let mut content = Vec::new();
    let mut total = None;
    for _ in 0..READS_MAX {
        let offset = u16::try_from(content.len()).map_err(|_| misbehaved("a file that never ends"))?;
        let missing = total.map_or(first_bytes, |total: usize| {
            u32::try_from(total.saturating_sub(content.len())).unwrap_or(u32::MAX)
        });
        let asked = missing.min(block_bytes);
        let command = if offset == 0 {
            commands::read_short_id(file.short_id, asked)
        } else {
            commands::read_on(offset, asked)
        };
        let answer = channel.send(&command)?;
        let block = block(&answer, asked, file).ok_or(misbehaved("more bytes than were asked for"))??;
        let is_end = block.is_empty();
        content.extend_from_slice(block);
        if total.is_none() {
            total = length(&content)?;
        }
        match total {
            Some(total) if total > CONTENT_MAX_BYTES => return Err(misbehaved("a file of more than 16 KiB")),
            Some(total) if content.len() >= total => {
                content.truncate(total);
                return Ok(content);
            }
            _ if is_end => return Err(misbehaved("a file that ends before its content does")),
            _ => {}
        }
    }
    Err(misbehaved("a file that never ends"))
}

/// What one READ BINARY gave, nothing at the end of the file; `None` for more than was asked.
fn block(answer: &ResponseApdu, asked: u32, file: File) -> Option<Result<&[u8], CardError>> {
    let is_fitting = u32::try_from(answer.data().len()).is_ok_and(|length| length <= asked);
    if !is_fitting {
        return None;
    }
    Some(match answer.status().kind() {
        StatusKind::Success | StatusKind::EndOfFile => Ok(answer.data()),
        _ if answer.status() == StatusWord::WRONG_PARAMETERS => Ok(&[]),
        _ => Err(CardError::Status {
            command: "READ BINARY",
            target: file.name,
            status: answer.status(),
        }),
    })
}
