//! A virtual card, and a bench: it behind a private pcscd, for programs that speak PC/SC.
//!
//! Not here: a card for `varco` in the same process, which needs no pcscd (`varco::played::readers`); and the command line
//! (`varco bench up`).

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;
#[cfg(test)]
use std::time::Instant;

use varco_emulator::{PlayedCard, ProfileError, SlotEvent};
use varco_stand::pcscd::{PrivatePcscd, SLOTS};
use varco_virtual_cie::Profile as CieProfile;
use varco_virtual_cns::Profile as CnsProfile;
use varco_virtual_vpcd::{Ended, Slot, SlotControl, VpcdError};

/// How long a card may take to be noticed by pcscd, which looks every 0.4 s.
const CARD_TIMEOUT: Duration = Duration::from_secs(20);
#[cfg(test)]
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// A card that is played: a CNS or an identity card of the profiles that come with varco, or of a folder of one's own.
pub struct VirtualCard {
    card: Box<dyn PlayedCard>,
    pin: String,
    puk: String,
}

impl VirtualCard {
    /// A built-in one: `cns-st`, `cie-nxp` and so on; `varco emulate --list` and docs/profiles.md show them.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] when there is none of this name.
    pub fn named(profile: &str) -> io::Result<Self> {
        let absent = |error: ProfileError| io::Error::new(io::ErrorKind::NotFound, error.to_string());
        if CieProfile::names().any(|known| known == profile) {
            let profile = CieProfile::builtin(profile).map_err(absent)?;
            let (pin, puk) = (profile.pin_value().to_owned(), profile.puk_value().to_owned());
            return Ok(Self::played(Box::new(profile.into_card()), &pin, &puk));
        }
        let profile = CnsProfile::builtin(profile).map_err(absent)?;
        let (pin, puk) = (profile.pin_value().to_owned(), profile.puk_value().to_owned());
        Ok(Self::played(Box::new(profile.into_card()), &pin, &puk))
    }

    /// Any card that is played, with its PIN and PUK: one of your own profiles by `varco::played::Profile::from_dir`, for example.
    #[must_use]
    pub fn played(card: Box<dyn PlayedCard>, pin: &str, puk: &str) -> Self {
        Self {
            card,
            pin: pin.to_owned(),
            puk: puk.to_owned(),
        }
    }

    /// Its PIN: test material, which anybody may read.
    #[must_use]
    pub fn pin(&self) -> &str {
        &self.pin
    }

    /// Its PUK, likewise.
    #[must_use]
    pub fn puk(&self) -> &str {
        &self.puk
    }
}

/// A private pcscd with a card in its first slot, or two. Dropping it ends the service and leaves nothing behind.
pub struct Bench {
    slots: Vec<Occupied>,
    service: Arc<Mutex<PrivatePcscd>>,
    env: Vec<(String, String)>,
}

struct Occupied {
    control: SlotControl,
    run: Option<JoinHandle<()>>,
}

impl Bench {
    /// Stands it up, and returns when pcscd has powered the card. Needs pcscd and vpcd, as root or where user name spaces are
    /// permitted.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] when something is not installed, with the names of the Debian packages;
    /// [`io::ErrorKind::PermissionDenied`] without name spaces; [`io::ErrorKind::TimedOut`] when pcscd does not come up or
    /// does not see the card.
    pub fn with_card(card: VirtualCard) -> io::Result<Self> {
        Self::with_cards(vec![card])
    }

    /// The same with up to two cards, in the order of the slots.
    ///
    /// # Errors
    /// As for [`Self::with_card`]; [`io::ErrorKind::InvalidInput`] for more.
    pub fn with_cards(cards: Vec<VirtualCard>) -> io::Result<Self> {
        if cards.len() > usize::from(SLOTS) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "a bench has two slots",
            ));
        }
        let service = PrivatePcscd::start()?;
        let env = service.env();
        let mut bench = Self {
            slots: Vec::new(),
            service: Arc::new(Mutex::new(service)),
            env,
        };
        for (number, card) in (0..SLOTS).zip(cards) {
            bench.occupy(number, card)?;
        }
        Ok(bench)
    }

    fn occupy(&mut self, number: u16, card: VirtualCard) -> io::Result<()> {
        let service = Arc::clone(&self.service);
        let connect = move || {
            // A thread that panicked left the service as it was.
            let service = service.lock().unwrap_or_else(PoisonError::into_inner);
            service.connect(number).map_err(|reason| VpcdError::Connect {
                address: format!("slot {number}"),
                reason,
            })
        };
        let mut slot = Slot::connect_by(Box::new(connect), card.card).map_err(io::Error::other)?;
        let control = slot.control();
        let (powered, is_powered) = std::sync::mpsc::channel();
        let run = thread::spawn(move || {
            let mut observe = |event| {
                if event == SlotEvent::PowerOn {
                    // Nobody waits any more.
                    let _ = powered.send(());
                }
            };
            while let Ok(Ended::ReaderClosed) = slot.run(&mut observe) {}
        });
        self.slots.push(Occupied {
            control,
            run: Some(run),
        });
        is_powered
            .recv_timeout(CARD_TIMEOUT)
            .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "pcscd does not see the card"))
    }

    /// What a PC/SC program needs in its environment to find this pcscd and no other: `Command::envs(bench.env())`.
    #[must_use]
    pub fn env(&self) -> &[(String, String)] {
        &self.env
    }

    /// The hand at a card: takes it out, puts it back, looks at its counters.
    #[must_use]
    pub fn card(&self, number: usize) -> Option<&SlotControl> {
        self.slots.get(number).map(|slot| &slot.control)
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        for slot in &mut self.slots {
            slot.control.stop();
            if let Some(run) = slot.run.take() {
                // A thread that panicked has told why.
                let _ = run.join();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn atr_is_told(bench: &Bench) -> bool {
        let mut ask = Command::new("opensc-tool");
        ask.arg("--atr").envs(bench.env().iter().cloned());
        ask.output().unwrap().status.success()
    }

    #[test]
    fn a_card_behind_pcscd_is_seen_taken_out_and_put_back() {
        let bench = Bench::with_card(VirtualCard::named("cns-st").unwrap()).unwrap();
        crate::program::wait_for_success(
            Command::new("opensc-tool")
                .arg("--atr")
                .envs(bench.env().iter().cloned()),
        )
        .unwrap();
        let card = bench.card(0).unwrap();
        card.remove();
        let begun = Instant::now();
        while atr_is_told(&bench) {
            assert!(begun.elapsed() < CARD_TIMEOUT);
            thread::sleep(POLL_INTERVAL);
        }
        card.insert();
        crate::program::wait_for_success(
            Command::new("opensc-tool")
                .arg("--atr")
                .envs(bench.env().iter().cloned()),
        )
        .unwrap();
        assert!(card.with_card(|card| card.log().total()) == 0);
    }

    #[test]
    fn what_there_is_not_is_told() {
        let kind = |done: io::Result<VirtualCard>| done.err().map(|error| error.kind());
        assert_eq!(
            kind(VirtualCard::named("cns-none")),
            Some(io::ErrorKind::NotFound)
        );
        let three = (0..3).map(|_| VirtualCard::named("cie-nxp").unwrap()).collect();
        let error = Bench::with_cards(three).err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }
}
