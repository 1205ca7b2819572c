//! A played card with somebody in front of it, who passes its exchanges on, changes them, or answers by himself.
//!
//! Not here: what he does; each test says so.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use core::time::Duration;

use varco_apdu::Atr;
use varco_emulator::{Alteration, CardState, EventLog, Feature, Played, PlayedCard, StateError, TimingModel};
use zeroize::Zeroizing;

/// Answers an exchange, counted from zero: with his own bytes, or `None` to let the card answer.
pub type Meddler = Box<dyn FnMut(u32, &[u8], &mut Box<dyn PlayedCard>) -> Option<Vec<u8>> + Send>;

/// What reached the one in front of the card.
#[derive(Clone, Default)]
pub struct Counts(Arc<Inside>);

#[derive(Default)]
struct Inside {
    exchanges: AtomicU32,
    verifies: AtomicU32,
}

impl Counts {
    /// Exchanges.
    #[must_use]
    pub fn exchanges(&self) -> u32 {
        self.0.exchanges.load(Ordering::SeqCst)
    }

    /// VERIFY among them, protected or not.
    #[must_use]
    pub fn verifies(&self) -> u32 {
        self.0.verifies.load(Ordering::SeqCst)
    }
}

/// The card and the one in front of it.
pub struct Meddled {
    card: Box<dyn PlayedCard>,
    atr: Atr,
    meddler: Meddler,
    counts: Counts,
}

impl Meddled {
    /// In front of a card. Its answer to reset stays the same even if another card takes its place.
    #[must_use]
    pub fn stand_before(card: Box<dyn PlayedCard>, meddler: Meddler) -> (Box<dyn PlayedCard>, Counts) {
        let counts = Counts::default();
        let atr = card.atr().clone();
        let meddled = Self {
            card,
            atr,
            meddler,
            counts: counts.clone(),
        };
        (Box::new(meddled), counts)
    }
}

impl PlayedCard for Meddled {
    fn atr(&self) -> &Atr {
        &self.atr
    }
    fn power_on(&mut self) {
        self.card.power_on();
    }
    fn power_off(&mut self) {
        self.card.power_off();
    }
    fn process(&mut self, command: &[u8]) -> Played {
        let exchange = self.counts.0.exchanges.fetch_add(1, Ordering::SeqCst);
        if command.get(1).is_some_and(|ins| ins & 0xFE == 0x20) {
            self.counts.0.verifies.fetch_add(1, Ordering::SeqCst);
        }
        match (self.meddler)(exchange, command, &mut self.card) {
            Some(response) => Played::answer(Zeroizing::new(response), Duration::ZERO),
            None => self.card.process(command),
        }
    }
    fn log(&self) -> &EventLog {
        self.card.log()
    }
    fn set_timing(&mut self, timing: TimingModel) {
        self.card.set_timing(timing);
    }
    fn verified(&self) -> Vec<u8> {
        self.card.verified()
    }
    fn snapshot(&self) -> CardState {
        self.card.snapshot()
    }
    fn restore(&mut self, state: &CardState) -> Result<(), StateError> {
        self.card.restore(state)
    }
    fn alter(&mut self, alteration: Alteration) -> bool {
        self.card.alter(alteration)
    }
    fn has(&self, feature: Feature) -> bool {
        self.card.has(feature)
    }
}
