//! Messages of the CCID class (CCID rev. 1.1 §6): their ten bytes of header, and what is in them.
//!
//! Not here: how they cross the line (`frame`), and what is done about them (`machine`).

use zeroize::Zeroizing;

pub(crate) const HEADER_BYTES: usize = 10;

/// Messages to the reader (§6.1).
pub(crate) mod command {
    pub(crate) const SET_PARAMETERS: u8 = 0x61;
    pub(crate) const POWER_ON: u8 = 0x62;
    pub(crate) const POWER_OFF: u8 = 0x63;
    pub(crate) const SLOT_STATUS: u8 = 0x65;
    pub(crate) const SECURE: u8 = 0x69;
    pub(crate) const ESCAPE: u8 = 0x6B;
    pub(crate) const PARAMETERS: u8 = 0x6C;
    pub(crate) const RESET_PARAMETERS: u8 = 0x6D;
    pub(crate) const CLOCK: u8 = 0x6E;
    pub(crate) const TRANSFER: u8 = 0x6F;
    pub(crate) const ABORT: u8 = 0x72;
    pub(crate) const DATA_RATE: u8 = 0x73;
}

/// Messages of the reader (§6.2).
mod answer {
    pub(super) const DATA_BLOCK: u8 = 0x80;
    pub(super) const SLOT_STATUS: u8 = 0x81;
    pub(super) const PARAMETERS: u8 = 0x82;
    pub(super) const ESCAPE: u8 = 0x83;
    pub(super) const DATA_RATE: u8 = 0x84;
}

/// Slot errors (§6.2.6). Below 0x80 is the offset of the byte that is wrong.
pub(crate) mod error {
    pub(crate) const UNSUPPORTED: u8 = 0x00;
    /// The offset of dwLength.
    pub(crate) const LENGTH: u8 = 0x01;
    /// The offset of bSlot.
    pub(crate) const SLOT: u8 = 0x05;
    /// The offset of bProtocolNum or bPowerSelect.
    pub(crate) const PARAMETER: u8 = 0x07;
    pub(crate) const CANCELLED: u8 = 0xEF;
    pub(crate) const TIMED_OUT: u8 = 0xF0;
    pub(crate) const MUTE: u8 = 0xFE;
}

/// Status of a command, in the upper bits of bStatus.
const FAILED: u8 = 0x40;
const STATUS_AT: usize = 7;

/// A message to the reader.
#[derive(Clone, Copy)]
pub(crate) struct Message<'m> {
    pub(crate) kind: u8,
    pub(crate) slot: u8,
    pub(crate) sequence: u8,
    pub(crate) specific: [u8; 3],
    pub(crate) data: &'m [u8],
}

impl<'m> Message<'m> {
    /// Reads one; `None` when its length is not the one that it says.
    pub(crate) fn parse(bytes: &'m [u8]) -> Option<Self> {
        let (&[kind, l0, l1, l2, l3, slot, sequence, a, b, c], data) = bytes.split_first_chunk()?;
        let length = usize::try_from(u32::from_le_bytes([l0, l1, l2, l3])).ok()?;
        (length == data.len()).then_some(Self {
            kind,
            slot,
            sequence,
            specific: [a, b, c],
            data,
        })
    }

    /// By what it is answered.
    fn answer(&self) -> u8 {
        match self.kind {
            command::POWER_ON | command::TRANSFER | command::SECURE => answer::DATA_BLOCK,
            command::PARAMETERS | command::RESET_PARAMETERS | command::SET_PARAMETERS => answer::PARAMETERS,
            command::ESCAPE => answer::ESCAPE,
            command::DATA_RATE => answer::DATA_RATE,
            _ => answer::SLOT_STATUS,
        }
    }
}

/// What is in the slot, in the lower bits of bStatus.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CardStatus {
    Active = 0,
    Inactive = 1,
    Absent = 2,
}

/// How a command went.
pub(crate) enum Outcome {
    /// With the byte that is the answer's own: bProtocolNum, bClockStatus, bChainParameter.
    Done(u8, Zeroizing<Vec<u8>>),
    Failed(u8),
}

impl Outcome {
    pub(crate) fn done() -> Self {
        Self::Done(0, Zeroizing::default())
    }

    pub(crate) fn data(bytes: &[u8]) -> Self {
        Self::Done(0, Zeroizing::new(bytes.to_vec()))
    }
}

/// The answer to a message.
pub(crate) fn answer(to: &Message<'_>, card: CardStatus, outcome: &Outcome) -> Zeroizing<Vec<u8>> {
    let (status, error, own, data) = match outcome {
        Outcome::Done(own, data) => (card as u8, 0, *own, data.as_slice()),
        Outcome::Failed(error) => (FAILED | card as u8, *error, 0, &[][..]),
    };
    let mut message = Zeroizing::new(Vec::with_capacity(HEADER_BYTES + data.len()));
    message.push(to.answer());
    // No answer here is longer than a block or a TPDU.
    message.extend_from_slice(&u32::try_from(data.len()).unwrap_or(0).to_le_bytes());
    message.extend_from_slice(&[to.slot, to.sequence, status, error, own]);
    message.extend_from_slice(data);
    message
}

/// A failure instead of this answer.
pub(crate) fn failed(answer: &[u8], card: CardStatus, error: u8) -> Vec<u8> {
    let mut message = vec![answer.first().copied().unwrap_or(answer::DATA_BLOCK), 0, 0, 0, 0];
    message.extend_from_slice(answer.get(5..STATUS_AT).unwrap_or(&[0, 0]));
    message.extend_from_slice(&[FAILED | card as u8, error, 0]);
    message
}

/// What the host hears of its own message before the answer.
///
/// Quirk: libccid 1.5.2 reads the echo into room for the answer; an escape that is longer than the answer to it would
/// put it out of step. So the echo of an escape is its header alone.
pub(crate) fn echo(message: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut echo = Zeroizing::new(message.to_vec());
    if message.first() == Some(&command::ESCAPE) {
        echo.truncate(HEADER_BYTES);
        for byte in echo.iter_mut().skip(1).take(4) {
            *byte = 0;
        }
    }
    echo
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_bear_what_they_answer() {
        let bytes = [0x6F, 2, 0, 0, 0, 0, 0x2A, 1, 2, 3, 0xAA, 0xBB];
        let message = Message::parse(&bytes).unwrap();
        assert_eq!((message.specific, message.data), ([1, 2, 3], &[0xAA, 0xBB][..]));
        let good = answer(&message, CardStatus::Active, &Outcome::data(&[0x90, 0x00]));
        assert_eq!(good.as_slice(), [0x80, 2, 0, 0, 0, 0, 0x2A, 0, 0, 0, 0x90, 0x00]);
        let bad = answer(&message, CardStatus::Absent, &Outcome::Failed(error::MUTE));
        assert_eq!(bad.as_slice(), [0x80, 0, 0, 0, 0, 0, 0x2A, 0x42, 0xFE, 0]);
        assert!(Message::parse(&bytes[..11]).is_none() && Message::parse(&bytes[..9]).is_none());
    }

    #[test]
    fn the_echo_of_an_escape_is_short() {
        let escape = [0x6B, 3, 0, 0, 0, 0, 1, 0, 0, 0, 0xB2, 0xA0, 0x00];
        assert_eq!(echo(&escape).as_slice(), [0x6B, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
        let status = [0x65, 0, 0, 0, 0, 0, 1, 0, 0, 0];
        assert_eq!(echo(&status).as_slice(), status);
    }
}
