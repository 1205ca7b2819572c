//! The dialogue between the reader and the card in its slot.
//!
//! Not here: the frames (`wire`) and who pulls the card out (`control`).

use std::io;
use std::net::TcpStream;
use std::sync::Arc;

use varco_emulator::{PlayedCard, SlotEvent};

use crate::control::Shared;
use crate::wire::{self, Said};
use crate::{SlotControl, VpcdAddress, VpcdError};

/// Why a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// [`SlotControl::stop`] was called.
    Stopped,
    /// The reader closed the connection: pcscd has ended. [`Slot::run`] connects again once it is back.
    ReaderClosed,
}

/// Opens a connection to the slot, each time that a card is put in.
pub type Connect = Box<dyn FnMut() -> Result<TcpStream, VpcdError> + Send>;

/// A card in a slot of a vpcd reader.
pub struct Slot {
    connect: Connect,
    shared: Arc<Shared>,
    connection: Option<TcpStream>,
}

impl Slot {
    /// Puts a card into the slot. Two cards in one slot cannot be told from here: vpcd leaves the second
    /// waiting.
    ///
    /// # Errors
    /// [`VpcdError::Refused`] when nothing listens, [`VpcdError::Connect`] otherwise.
    pub fn connect(address: &VpcdAddress, card: Box<dyn PlayedCard>) -> Result<Self, VpcdError> {
        let address = address.clone();
        Self::connect_by(Box::new(move || address.connect()), card)
    }

    /// The same by a way to the slot that the caller knows, such as into another network name space.
    ///
    /// # Errors
    /// What `connect` gives.
    pub fn connect_by(mut connect: Connect, card: Box<dyn PlayedCard>) -> Result<Self, VpcdError> {
        Ok(Self {
            connection: Some(connect()?),
            connect,
            shared: Arc::new(Shared::new(card)),
        })
    }

    /// A handle for other threads.
    #[must_use]
    pub fn control(&self) -> SlotControl {
        SlotControl::new(Arc::clone(&self.shared))
    }

    /// Answers the reader until [`SlotControl::stop`] or until the reader goes away, after which it may be run
    /// again. `observe` is told what happens, on this thread.
    ///
    /// # Errors
    /// [`VpcdError`] when a card that is out of the slot cannot be put in.
    pub fn run(&mut self, observe: &mut dyn FnMut(SlotEvent)) -> Result<Ended, VpcdError> {
        while self.shared.wait_for_insertion() {
            let stream = match self.connection.take() {
                Some(stream) => stream,
                None => (self.connect)()?,
            };
            let handle = stream.try_clone().map_err(|reason| VpcdError::Connect {
                address: "the slot".to_owned(),
                reason,
            })?;
            if !self.shared.connected(handle) {
                continue;
            }
            observe(SlotEvent::Inserted);
            if let Err(reason) = self.serve(&stream, observe) {
                tracing::debug!(%reason, "the connection to vpcd ended");
            }
            let by_reader = self.shared.disconnected();
            self.shared.card().power_off();
            observe(SlotEvent::Removed);
            if by_reader {
                return Ok(Ended::ReaderClosed);
            }
        }
        Ok(Ended::Stopped)
    }

    /// Ends with the connection, or when the card is pulled out instead of answering.
    fn serve(&self, stream: &TcpStream, observe: &mut dyn FnMut(SlotEvent)) -> io::Result<()> {
        loop {
            match wire::read(stream)? {
                Said::PowerOff => {
                    self.shared.card().power_off();
                    observe(SlotEvent::PowerOff);
                }
                Said::PowerOn => {
                    self.shared.card().power_on();
                    observe(SlotEvent::PowerOn);
                }
                Said::Reset => {
                    self.shared.card().reset();
                    observe(SlotEvent::Reset);
                }
                Said::AskAtr => {
                    let atr = self.shared.card().atr().clone();
                    wire::write(stream, atr.as_bytes())?;
                }
                Said::Command(command) => {
                    let (played, event, faults) = {
                        let mut card = self.shared.card();
                        let total = card.log().total();
                        let played = card.process(&command);
                        // A mute card logs nothing.
                        let logged = card.log().total() > total;
                        let event = card.log().last().filter(|_| logged).cloned();
                        (played, event, card.news())
                    };
                    if let Some(event) = event {
                        observe(SlotEvent::Exchange(event));
                    }
                    let is_spoilt = !faults.is_empty();
                    for fault in faults {
                        observe(SlotEvent::Fault(fault));
                    }
                    self.shared.pass(played.took);
                    if is_spoilt && (played.response.is_empty() || !wire::holds(&played.response)) {
                        self.shared.suffer(played.mishap);
                        return Ok(());
                    }
                    wire::write(stream, &played.response)?;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
