//! The link to a card that was recorded.
//!
//! Not here: what is answered (`script`).

use core::time::Duration;
use std::sync::{Arc, Mutex};

use varco_apdu::Atr;
use varco_card::{
    CardLink, Disposition, Epoch, ExtendedLength, Limits, LinkError, PadEntry, Protocol, ReaderKind,
    ReaderName,
};
use zeroize::Zeroizing;

use crate::lock;
use crate::script::{Connected, Player, Said};

pub(crate) struct ReplayLink {
    reader: ReaderName,
    connected: Connected,
    player: Arc<Mutex<Player>>,
    epoch: Epoch,
    closed: bool,
}

impl ReplayLink {
    pub(crate) fn new(reader: ReaderName, connected: Connected, player: Arc<Mutex<Player>>) -> Self {
        Self {
            reader,
            connected,
            player,
            epoch: Epoch::default(),
            closed: false,
        }
    }

    fn said(&mut self, said: Said<'_>) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        let answer = lock(&self.player).command(said);
        if answer.is_err() {
            self.epoch = self.epoch.next();
        }
        answer
    }

    fn leave(&mut self, disposition: Disposition) -> Result<(), LinkError> {
        match disposition {
            Disposition::Leave => Ok(()),
            Disposition::Reset => self.reset(),
        }
    }
}

impl CardLink for ReplayLink {
    fn reader(&self) -> &ReaderName {
        &self.reader
    }
    fn reader_kind(&self) -> ReaderKind {
        self.connected.kind
    }
    fn atr(&self) -> &Atr {
        &self.connected.atr
    }
    fn limits(&self) -> Limits {
        Limits {
            extended_length: ExtendedLength::Supported,
            pin_pad: self.connected.pin_pad,
            protocol: if self.connected.atr.offers_only_t0() {
                Protocol::T0
            } else {
                Protocol::Apdu
            },
        }
    }
    fn epoch(&self) -> Epoch {
        self.epoch
    }
    fn begin(&mut self, _wait: Duration) -> Result<(), LinkError> {
        Ok(())
    }
    fn end(&mut self, disposition: Disposition) -> Result<(), LinkError> {
        self.leave(disposition)
    }
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        self.said(Said::Command(command))
    }
    fn transmit_pad_entry(&mut self, entry: &PadEntry) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        let command = &entry.template;
        self.said(Said::Pad([
            command.cla(),
            command.ins(),
            command.p1(),
            command.p2(),
        ]))
    }
    fn rejoin(&mut self, _wait: Duration) -> Result<(), LinkError> {
        if !lock(&self.player).rejoin() {
            return Err(LinkError::CardRemoved);
        }
        self.epoch = self.epoch.next();
        Ok(())
    }
    fn reset(&mut self) -> Result<(), LinkError> {
        self.epoch = self.epoch.next();
        lock(&self.player).reset()
    }
    fn close(mut self: Box<Self>, disposition: Disposition) -> Result<(), LinkError> {
        self.closed = true;
        self.leave(disposition)
    }
}

impl Drop for ReplayLink {
    fn drop(&mut self) {
        if !self.closed {
            // As the contract has it for links that nobody closed; that it was not recorded is noted.
            let _ = self.leave(Disposition::Reset);
        }
    }
}
