//! A pin-pad reader with a played card in it, behind a pcscd of its own: libccid drives it ([`varco_virtual_ccid`]).
//!
//! Not here: the service ([`varco_stand::pcscd`]), and what is typed, which a test says through [`PinPad::control`].

use std::io;
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, JoinHandle};

use tempfile::TempDir;
use varco_emulator::{KeypadEvent, PlayedCard, SlotEvent};
use varco_virtual_ccid::{Model, Reader, ReaderControl};

use crate::program::wait_for_card;
use varco_stand::pcscd::PrivatePcscd;

/// The reader's name for PC/SC, with a keypad.
pub const PIN_PAD_NAME: &str = "GemPCPinPad 00 00";
/// The same without one.
pub const PLAIN_NAME: &str = "GemPCTwin 00 00";

/// A running reader and its service. Dropping it ends both.
pub struct PinPad {
    service: PrivatePcscd,
    control: ReaderControl,
    events: Receiver<SlotEvent>,
    run: Option<JoinHandle<()>>,
    _folder: TempDir,
}

impl PinPad {
    /// Starts both, and returns when pcscd has seen the card: after two seconds, one of which libccid sleeps where there is
    /// a keypad.
    ///
    /// # Errors
    /// When the card has no contacts, a program is not installed, or the card is not seen within 20 s.
    pub fn start(card: Box<dyn PlayedCard>, model: Model) -> io::Result<Self> {
        let pin_pad = Self::start_without_wait(card, model)?;
        wait_for_card(&pin_pad.service)?;
        Ok(pin_pad)
    }

    /// The same, but returns as soon as the service answers.
    ///
    /// # Errors
    /// As for [`Self::start`].
    pub fn start_without_wait(card: Box<dyn PlayedCard>, model: Model) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("varco-ccid-").tempdir()?;
        let mut reader = Reader::open(&folder.path().join("line"), card, model).map_err(io::Error::other)?;
        let (entry, control) = (reader.entry(), reader.control());
        let (sender, events) = mpsc::channel();
        let run = thread::spawn(move || {
            reader.run(&mut |event| {
                // The test may have looked away.
                let _ = sender.send(event);
            });
        });
        let service = PrivatePcscd::start_with(&entry).inspect_err(|_| control.stop())?;
        Ok(Self {
            service,
            control,
            events,
            run: Some(run),
            _folder: folder,
        })
    }

    /// The service, for the environment of clients.
    #[must_use]
    pub fn service(&self) -> &PrivatePcscd {
        &self.service
    }

    /// The same, to stop and restart it.
    pub fn service_mut(&mut self) -> &mut PrivatePcscd {
        &mut self.service
    }

    /// Types, pulls the card out, breaks the keypad.
    #[must_use]
    pub fn control(&self) -> &ReaderControl {
        &self.control
    }

    /// What has happened since it was last asked.
    pub fn events(&self) -> impl Iterator<Item = SlotEvent> {
        self.events.try_iter()
    }

    /// What has happened on the keypad since events were last asked for.
    #[must_use]
    pub fn keypad_events(&self) -> Vec<KeypadEvent> {
        let keypad = |event| match event {
            SlotEvent::Keypad(event) => Some(event),
            _ => None,
        };
        self.events().filter_map(keypad).collect()
    }
}

impl Drop for PinPad {
    fn drop(&mut self) {
        self.control.stop();
        if let Some(run) = self.run.take() {
            // A thread that panicked has told why.
            let _ = run.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use varco_emulator::EntryEnd;
    use varco_virtual_ccid::Entry;
    use varco_virtual_cns::Profile;

    use super::*;

    fn pin_pad(profile: &str) -> PinPad {
        let card = Profile::builtin(profile).unwrap().into_card();
        PinPad::start(Box::new(card), Model::PinPad).unwrap()
    }

    fn verify(pad: &PinPad) -> bool {
        let mut verify = Command::new("pkcs15-tool");
        verify.arg("--verify-pin").envs(pad.service().env());
        verify.output().unwrap().status.success()
    }

    #[test]
    fn what_is_typed_on_the_pad_reaches_the_card_and_a_cancelled_entry_does_not() {
        let pad = pin_pad("cns-st");
        pad.control().press(Entry::typed("12345").unwrap());
        assert!(verify(&pad));
        let events = pad.keypad_events();
        assert_eq!(events.last(), Some(&KeypadEvent::Ended(EntryEnd::Typed)));
        pad.control().press(Entry::Cancelled);
        assert!(!verify(&pad));
        let events = pad.keypad_events();
        assert_eq!(events.last(), Some(&KeypadEvent::Ended(EntryEnd::Cancelled)));
        assert_eq!(pad.control().with_card(|card| card.log().count(0x20)), 1);
    }
}
