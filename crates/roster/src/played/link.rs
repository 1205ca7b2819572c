//! A link to the card in a played reader: the card contract over the emulator's.
//!
//! Not here: what lies in the reader (`slot`).

use core::time::Duration;
use std::sync::Arc;

use varco_apdu::Atr;
use varco_card::{CardLink, Disposition, Epoch, Limits, LinkError, PinPad, Protocol, ReaderKind, ReaderName};
use zeroize::Zeroizing;

use super::{
    PlayedReader,
    slot::{Slot, Standing},
};

pub(super) struct PlayedLink {
    slot: Arc<Slot>,
    atr: Atr,
    standing: Standing,
    epoch: Epoch,
    closed: bool,
}

impl PlayedLink {
    pub(super) fn connect(reader: &PlayedReader) -> Result<Self, LinkError> {
        let (standing, atr) = reader.slot().enter()?;
        Ok(Self {
            slot: Arc::clone(reader.slot()),
            atr,
            standing,
            epoch: Epoch::default(),
            closed: false,
        })
    }

    /// Any error of the slot means that what the card granted may be gone.
    fn noticing<T>(&mut self, outcome: Result<T, LinkError>) -> Result<T, LinkError> {
        if outcome
            .as_ref()
            .is_err_and(|error| *error != LinkError::ReaderBusy)
        {
            self.epoch = self.epoch.next();
        }
        outcome
    }

    /// Ends the connection; nothing more happens when it is dropped.
    pub(super) fn finish(&mut self, disposition: Disposition) -> Result<(), LinkError> {
        self.closed = true;
        self.leave(disposition)
    }

    fn leave(&mut self, disposition: Disposition) -> Result<(), LinkError> {
        let outcome = match disposition {
            Disposition::Leave => Ok(()),
            Disposition::Reset => self.reset(),
        };
        self.slot.end(&self.standing);
        outcome
    }
}

impl CardLink for PlayedLink {
    fn reader(&self) -> &ReaderName {
        self.slot.name()
    }
    fn reader_kind(&self) -> ReaderKind {
        ReaderKind::Played
    }
    fn atr(&self) -> &Atr {
        &self.atr
    }
    fn limits(&self) -> Limits {
        Limits {
            extended_length: self.slot.extended_length(),
            pin_pad: PinPad::Absent,
            protocol: if self.atr.offers_only_t0() {
                Protocol::T0
            } else {
                Protocol::Apdu
            },
        }
    }
    fn epoch(&self) -> Epoch {
        self.epoch
    }
    fn begin(&mut self, wait: Duration) -> Result<(), LinkError> {
        let outcome = self.slot.begin(&mut self.standing, wait);
        self.noticing(outcome)
    }
    fn end(&mut self, disposition: Disposition) -> Result<(), LinkError> {
        self.leave(disposition)
    }
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        let outcome = self.slot.transmit(&mut self.standing, command);
        // As the contract has it, and the readers of other crates: too short for a status word is a removal.
        let outcome = outcome.and_then(|answer| match answer.len() {
            0 | 1 => Err(LinkError::CardRemoved),
            _ => Ok(answer),
        });
        self.noticing(outcome)
    }
    fn rejoin(&mut self, wait: Duration) -> Result<(), LinkError> {
        let (standing, atr) = self.slot.enter_within(wait).map_err(|_| LinkError::CardRemoved)?;
        if atr != self.atr {
            return Err(LinkError::CardRemoved);
        }
        self.standing = standing;
        self.epoch = self.epoch.next();
        Ok(())
    }
    fn reset(&mut self) -> Result<(), LinkError> {
        self.epoch = self.epoch.next();
        self.slot.reset(&mut self.standing)
    }
    fn close(mut self: Box<Self>, disposition: Disposition) -> Result<(), LinkError> {
        self.finish(disposition)
    }
}

impl Drop for PlayedLink {
    fn drop(&mut self) {
        if !self.closed {
            // As the contract has it for links that nobody closed; a card that is gone needs no reset.
            let _ = self.leave(Disposition::Reset);
        }
    }
}
