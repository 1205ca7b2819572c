//! What a make of card does differently, as far as it shows without a PIN.
//!
//! Not here: what does not show, which is taken from a card of the same make (`donor`).

use varco_apdu::{CommandApdu, StatusKind, StatusWord, ins};
use varco_card::{CardChannel, LinkError};

use super::list::ReadOnly;
use super::reading::Selected;

const MASTER_FILE: [u8; 2] = [0x3F, 0x00];
/// More than one short answer holds.
const EXTENDED_BYTES: u32 = 300;
/// How far before the end of a file is read, and how much is asked for there.
const BEFORE_END: usize = 4;
const ASKED_AT_END: u32 = 16;

/// Seen; none where it did not show.
#[derive(Default, Debug)]
pub(super) struct Habits {
    pub(super) chaining: Option<bool>,
    pub(super) extended_length: Option<bool>,
    pub(super) get_response: Option<bool>,
    pub(super) select: Option<&'static str>,
    pub(super) fci: Option<&'static str>,
    pub(super) short_read: Option<&'static str>,
}

/// SELECT in its forms. The master file is selected afterwards.
pub(super) fn of_selecting<C: CardChannel>(
    card: &mut ReadOnly<C>,
    habits: &mut Habits,
) -> Result<(), LinkError> {
    let select = CommandApdu::new(0x00, ins::SELECT, 0x00, 0x00).with_data(&MASTER_FILE);
    let answer = card.raw(&select.with_expected(256))?;
    habits.get_response = match answer.status().kind() {
        StatusKind::MoreData { .. } => Some(true),
        StatusKind::Success if !answer.data().is_empty() => Some(false),
        _ => None,
    };
    let plain = CommandApdu::new(0x00, ins::SELECT, 0x00, 0x0C).with_data(&MASTER_FILE);
    habits.select = match card.raw(&plain)?.status() {
        StatusWord::SUCCESS => Some("any"),
        StatusWord::WRONG_P1P2 => Some("fci-only"),
        _ => None,
    };
    Ok(())
}

/// By which of the known forms a template was written.
pub(super) fn form_of(file: &Selected) -> Option<&'static str> {
    let has = |tag: u32| file.tags.contains(&tag);
    if file.tags.is_empty() {
        None
    } else if has(0x88) || has(0xA1) {
        Some("ias")
    } else if has(0x80) {
        Some("standard")
    } else {
        Some("without-size")
    }
}

/// Reads at the end of the file that is selected, and more of it than a short answer holds.
pub(super) fn of_reading<C: CardChannel>(
    card: &mut ReadOnly<C>,
    size: usize,
    habits: &mut Habits,
) -> Result<(), LinkError> {
    let at_end = size.checked_sub(BEFORE_END).and_then(|at| u16::try_from(at).ok());
    if let Some(at @ 0..=0x7FFF) = at_end {
        let [p1, p2] = at.to_be_bytes();
        let read = CommandApdu::new(0x00, ins::READ_BINARY, p1, p2).expecting(ASKED_AT_END);
        habits.short_read = match card.raw(&read)?.status() {
            StatusWord::SUCCESS => Some("9000"),
            StatusWord::END_OF_FILE => Some("6282"),
            status if matches!(status.kind(), StatusKind::CorrectLength { .. }) => Some("6cxx"),
            _ => None,
        };
    }
    let read = CommandApdu::new(0x00, ins::READ_BINARY, 0, 0).expecting(EXTENDED_BYTES);
    habits.extended_length = match card.raw(&read) {
        Ok(answer) => extended(answer.status()),
        // The reader or the protocol does not carry it: nothing is known of the card.
        Err(LinkError::CommandTooLong { .. }) => None,
        Err(error) => return Err(error),
    };
    Ok(())
}

pub(super) fn extended(status: StatusWord) -> Option<bool> {
    match status.kind() {
        StatusKind::Success | StatusKind::CorrectLength { .. } | StatusKind::MoreData { .. } => Some(true),
        _ if status == StatusWord::END_OF_FILE => Some(true),
        _ if status == StatusWord::WRONG_LENGTH => Some(false),
        _ => None,
    }
}

/// A selection in two parts.
pub(super) fn of_chaining<C: CardChannel>(
    card: &mut ReadOnly<C>,
    (p1, p2): (u8, u8),
    data: &[u8],
) -> Result<Option<bool>, LinkError> {
    let (first, last) = data.split_at(data.len() / 2);
    let chained = CommandApdu::new(CommandApdu::CHAINING_BIT, ins::SELECT, p1, p2).with_data(first);
    let status = card.raw(&chained)?.status();
    if status != StatusWord::SUCCESS {
        let is_refused =
            status == StatusWord::CLASS_UNSUPPORTED || status.kind() == StatusKind::ClassFunctionUnsupported;
        return Ok(is_refused.then_some(false));
    }
    let command = CommandApdu::new(0x00, ins::SELECT, p1, p2).with_data(last);
    let status = card.raw(&command)?.status();
    let is_done = matches!(status.kind(), StatusKind::Success | StatusKind::MoreData { .. });
    Ok(is_done.then_some(true))
}
