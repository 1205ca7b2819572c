//! A card with what is armed at its reader in front of it: what the virtual readers hold.
//!
//! Not here: what goes wrong (`set`).

use varco_apdu::Atr;

use super::{FaultError, FaultPlan, FaultSet, Fired, Mishap, Target};
use crate::{Alteration, CardState, EventLog, Feature, Played, PlayedCard, StateError, TimingModel};

/// A card in a reader that plays faults. Another card may take its place; the faults belong to the reader and stay.
pub struct FaultyCard {
    card: Box<dyn PlayedCard>,
    faults: FaultSet,
    mishap: Option<Mishap>,
}

impl FaultyCard {
    /// A card in a reader of this kind, at which nothing is armed.
    #[must_use]
    pub fn new(card: Box<dyn PlayedCard>, target: Target) -> Self {
        Self {
            card,
            faults: FaultSet::new(target),
            mishap: None,
        }
    }

    /// Lays another card in its place and gives the old one back, without power.
    #[must_use]
    pub fn replace(&mut self, card: Box<dyn PlayedCard>) -> Box<dyn PlayedCard> {
        let mut old = core::mem::replace(&mut self.card, card);
        old.power_off();
        self.faults.forget();
        old
    }

    /// The card itself.
    pub fn card(&mut self) -> &mut dyn PlayedCard {
        &mut *self.card
    }

    /// What is armed and what happened.
    #[must_use]
    pub fn faults(&self) -> &FaultSet {
        &self.faults
    }

    /// Says whether somebody outside acts on those mishaps that the reader cannot play by itself.
    pub fn set_helper(&mut self, has_helper: bool) {
        self.faults.set_helper(has_helper);
    }

    /// Arms a plan besides those that are armed.
    ///
    /// # Errors
    /// [`FaultError`] for what cannot happen there.
    pub fn add_fault(&mut self, plan: FaultPlan) -> Result<(), FaultError> {
        self.faults.arm(plan, Some(&*self.card))
    }

    /// Arms a plan in the place of those with the same fault.
    ///
    /// # Errors
    /// As [`Self::add_fault`].
    pub fn replace_fault(&mut self, plan: FaultPlan) -> Result<(), FaultError> {
        self.faults.disarm(plan.fault());
        self.add_fault(plan)
    }

    /// Disarms everything, and mends certificates.
    pub fn clear_faults(&mut self) {
        self.faults.clear(Some(&mut *self.card));
    }

    /// What happened since this was asked last.
    pub fn news(&mut self) -> Vec<Fired> {
        self.faults.news()
    }

    /// What the reader must do about the exchange that was just played; told once.
    pub fn take_mishap(&mut self) -> Option<Mishap> {
        self.mishap.take()
    }
}

impl PlayedCard for FaultyCard {
    fn atr(&self) -> &Atr {
        self.card.atr()
    }
    fn power_on(&mut self) {
        self.faults.forget();
        self.card.power_on();
    }
    fn reset(&mut self) {
        self.faults.forget();
        self.card.reset();
    }
    fn power_off(&mut self) {
        self.faults.forget();
        self.card.power_off();
    }
    fn process(&mut self, command: &[u8]) -> Played {
        let played = self.faults.process(&mut *self.card, command);
        self.mishap = played.mishap;
        played
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
