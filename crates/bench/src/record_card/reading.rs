//! Reading the files of a card, each to its end or to where it refuses.
//!
//! Not here: which files, and what becomes of their shape.

use varco_apdu::{CommandApdu, ResponseApdu, StatusWord, ins, tlv};
use varco_card::{CardChannel, LinkError};

use super::list::ReadOnly;
use super::shape::{Content, Kind, Read, Shape};

/// What one READ BINARY asks for.
const BLOCK_BYTES: usize = 128;
/// The most bytes of a file: no profile plays a longer one.
const FILE_BYTES_MAX: usize = 32_768;
/// Type of a file in tag 82: the bits of a folder (ISO/IEC 7816-4 table 14).
const FOLDER: u8 = 0x38;

/// What SELECT told of a file.
#[derive(Default)]
pub(super) struct Selected {
    /// None where the card told no type.
    pub(super) is_folder: Option<bool>,
    pub(super) size: Option<usize>,
    /// Access byte of READ, where the card has such [cns §2.2].
    pub(super) read: Option<u8>,
    /// The tags that stand in the template, for its form.
    pub(super) tags: Vec<u32>,
}

/// SELECT, with the control information asked for.
pub(super) fn select<C: CardChannel>(
    card: &mut ReadOnly<C>,
    p1: u8,
    data: &[u8],
) -> Result<Result<Selected, StatusWord>, LinkError> {
    let command = CommandApdu::new(0x00, ins::SELECT, p1, 0x00)
        .with_data(data)
        .expecting(256);
    let answer = card.whole(&command)?;
    Ok(if answer.status().is_success() {
        Ok(template(&answer))
    } else {
        Err(answer.status())
    })
}

fn template(answer: &ResponseApdu) -> Selected {
    let mut selected = Selected::default();
    let Ok(objects) = tlv::read(answer.data()) else {
        return selected;
    };
    let template = tlv::find(&objects, 0x6F).or_else(|| tlv::find(&objects, 0x62));
    let children: &[tlv::DataObject] = match template.map(|template| &template.content) {
        Some(tlv::Content::Constructed(children)) => children,
        _ => &objects,
    };
    selected.tags = children.iter().map(|child| child.tag).collect();
    let value = |tag: u32| tlv::find(children, tag).and_then(tlv::DataObject::bytes);
    let kind = value(0x82).and_then(<[u8]>::first);
    selected.is_folder = kind.map(|kind| kind & FOLDER == FOLDER);
    selected.size = value(0x80).and_then(|size| match size {
        [low] => Some(usize::from(*low)),
        [high, low] => Some(usize::from(u16::from_be_bytes([*high, *low]))),
        _ => None,
    });
    selected.read = value(0x86).and_then(<[u8]>::first).copied();
    selected
}

/// What the file that is selected is. Its content is looked at and let go.
pub(super) fn look<C: CardChannel>(card: &mut ReadOnly<C>, selected: &Selected) -> Result<Kind, LinkError> {
    if selected.is_folder == Some(true) {
        return Ok(Kind::Folder);
    }
    let (content, refused) = read_on(card, &mut |offset| offset.to_be_bytes())?;
    Ok(match refused {
        // A card that tells no type: a folder has nothing to read.
        Some(StatusWord::NO_CURRENT_FILE) if selected.is_folder.is_none() => Kind::Folder,
        Some(_) if content.is_empty() => Kind::File {
            size: selected.size,
            read: if selected.read == Some(0xFF) {
                Read::Never
            } else {
                Read::Pin
            },
            shape: Shape::Blank,
        },
        _ => Kind::File {
            size: Some(content.len()),
            read: Read::Always,
            shape: Shape::of(&content),
        },
    })
}

/// Reads from the beginning until the card has no more. `place` gives P1 and P2 for an offset. With the status word by which
/// it refused, where it did so before the file's end.
pub(super) fn read_on<C: CardChannel>(
    card: &mut ReadOnly<C>,
    place: &mut dyn FnMut(u16) -> [u8; 2],
) -> Result<(Content, Option<StatusWord>), LinkError> {
    // Room for all of it: a growing vector leaves copies.
    let mut content = Content::new(Vec::with_capacity(FILE_BYTES_MAX));
    while content.len() < FILE_BYTES_MAX {
        let offset = u16::try_from(content.len()).unwrap_or(u16::MAX);
        let [p1, p2] = place(offset);
        let wanted = BLOCK_BYTES.min(FILE_BYTES_MAX - content.len());
        let command =
            CommandApdu::new(0x00, ins::READ_BINARY, p1, p2).expecting(u32::try_from(wanted).unwrap_or(0));
        let answer = card.whole(&command)?;
        match answer.status() {
            StatusWord::SUCCESS | StatusWord::END_OF_FILE => {
                let read = answer.data().get(..wanted).unwrap_or(answer.data());
                content.extend_from_slice(read);
                if read.len() < wanted {
                    break;
                }
            }
            // The end, exactly at a block's end.
            StatusWord::WRONG_PARAMETERS if !content.is_empty() => break,
            status => return Ok((content, Some(status))),
        }
    }
    Ok((content, None))
}
