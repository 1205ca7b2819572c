//! A card that is honest until the bytes of a run say otherwise, behind a link that keeps count.
//!
//! Not here: what the count must be (`login`).

use core::time::Duration;

use varco_apdu::{Atr, ins};
use varco_card::{
    CardLink, Disposition, Epoch, ExtendedLength, Limits, LinkError, PinPad, Protocol, ReaderName,
};
use varco_emulator::PlayedCard;
use zeroize::Zeroizing;

use crate::input::Input;

/// A link to a played card that lies.
pub(crate) struct HostileLink<'d> {
    card: &'d mut dyn PlayedCard,
    input: Input<'d>,
    reader: ReaderName,
    atr: Atr,
    epoch: Epoch,
    extended_length: ExtendedLength,
    /// Commands that reached the card.
    pub(crate) exchanges: usize,
    /// VERIFY with a value among them.
    pub(crate) verifies: usize,
    /// Other commands that spend tries.
    pub(crate) changes: usize,
    /// A value was sent and the card not reset since.
    pub(crate) reset_due: bool,
}

impl<'d> HostileLink<'d> {
    /// The first byte says what the reader says of extended length.
    pub(crate) fn new(card: &'d mut dyn PlayedCard, mut input: Input<'d>) -> Self {
        card.power_on();
        let extended_length = match input.byte() % 3 {
            0 => ExtendedLength::Supported,
            1 => ExtendedLength::Unsupported,
            _ => ExtendedLength::Unknown,
        };
        Self {
            atr: card.atr().clone(),
            card,
            input,
            reader: ReaderName::new("hostile"),
            epoch: Epoch::default(),
            extended_length,
            exchanges: 0,
            verifies: 0,
            changes: 0,
            reset_due: false,
        }
    }

    fn count(&mut self, command: &[u8]) {
        self.exchanges += 1;
        match command.get(1).copied() {
            Some(ins::VERIFY) if command.len() > 5 => {
                self.verifies += 1;
                self.reset_due = true;
            }
            Some(ins::CHANGE_REFERENCE_DATA | ins::RESET_RETRY_COUNTER) => self.changes += 1,
            _ => {}
        }
    }

    /// Works whenever a transaction ends; within one, the bytes of the run may make it fail.
    fn do_reset(&mut self) {
        self.epoch = self.epoch.next();
        self.reset_due = false;
        self.card.reset();
    }

    fn lost(&mut self, error: LinkError) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        self.epoch = self.epoch.next();
        self.card.reset();
        Err(error)
    }

    /// One byte below 80, or none, is honesty for one exchange.
    fn lie(&mut self, mut answer: Zeroizing<Vec<u8>>) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        let Some(lie @ 0x80..) = self.input.next() else {
            return Ok(answer);
        };
        match lie & 0x0F {
            0 | 1 => {
                let status = self.input.number().to_be_bytes();
                let data = answer.len().saturating_sub(2);
                answer.truncate(data);
                answer.extend(status);
            }
            2 => *answer = self.input.take_sized().to_vec(),
            3 => {
                let place = usize::from(self.input.number());
                let mask = self.input.byte();
                if let Some(byte) = answer.get_mut(place) {
                    *byte ^= mask;
                }
            }
            4 => answer.truncate(usize::from(self.input.number())),
            5 => {
                let data = answer.len().saturating_sub(2);
                let status = answer.split_off(data);
                answer.extend(self.input.take_sized());
                answer.extend(status);
            }
            6 => *answer = vec![0x61, self.input.byte()],
            7 => *answer = vec![0x6C, self.input.byte()],
            8 => *answer = vec![0x90, 0x00],
            9 => *answer = vec![0x63, 0xC0 | self.input.byte() & 0x0F],
            10 => return self.lost(LinkError::CardRemoved),
            11 => return self.lost(LinkError::CardReset),
            12 => {
                let command = "command";
                return self.lost(LinkError::TimedOut { command });
            }
            // A reset that the answer does not show.
            13 => {
                self.epoch = self.epoch.next();
                self.card.reset();
            }
            14 => answer.clear(),
            _ => {
                let length = answer.len().saturating_sub(2);
                answer.truncate(length);
                answer.extend(self.input.take_sized());
            }
        }
        Ok(answer)
    }
}

impl CardLink for HostileLink<'_> {
    fn reader(&self) -> &ReaderName {
        &self.reader
    }
    fn atr(&self) -> &Atr {
        &self.atr
    }
    fn limits(&self) -> Limits {
        Limits {
            extended_length: self.extended_length,
            pin_pad: PinPad::Absent,
            protocol: Protocol::Apdu,
        }
    }
    fn epoch(&self) -> Epoch {
        self.epoch
    }
    fn begin(&mut self, _: Duration) -> Result<(), LinkError> {
        match self.input.next() {
            Some(0xFF) => self.lost(LinkError::CardReset).map(drop),
            Some(0xFE) => Err(LinkError::ReaderBusy),
            _ => Ok(()),
        }
    }
    fn end(&mut self, disposition: Disposition) -> Result<(), LinkError> {
        match disposition {
            Disposition::Reset => self.do_reset(),
            Disposition::Leave => {}
        }
        Ok(())
    }
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        self.count(command);
        let answer = self.card.process(command).response;
        self.lie(answer)
    }
    fn reset(&mut self) -> Result<(), LinkError> {
        if self.input.next() == Some(0xFF) {
            self.epoch = self.epoch.next();
            return Err(LinkError::CardMute);
        }
        self.do_reset();
        Ok(())
    }
    fn close(self: Box<Self>, _: Disposition) -> Result<(), LinkError> {
        Ok(())
    }
}
