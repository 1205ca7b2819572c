//! What lies in a played reader, shared by its handle and the links to it.
//!
//! Not here: the card contract (`link`).

use core::time::Duration;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use varco_apdu::CommandApdu;
use varco_card::{CardPresence, ExtendedLength, LinkError, ReaderName, ReaderState};
use varco_emulator::fault::{FaultError, FaultPlan, FaultSet, Fired, Mishap, Target};
use varco_emulator::{Played, PlayedCard};
use zeroize::Zeroizing;

/// Rings whenever a card comes or goes in any reader of a set, so that a watch can wait for all of them.
#[derive(Default)]
pub(super) struct Bell {
    rings: Mutex<u64>,
    rung: Condvar,
}

impl Bell {
    fn ring(&self) {
        *self.rings.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.rung.notify_all();
    }

    /// How often it rang.
    pub(super) fn rings(&self) -> u64 {
        *self.rings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it has rung more often than that, at most so long.
    pub(super) fn wait(&self, heard: u64, wait: Duration) {
        let rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        // The result only says whether time ran out; the caller looks for itself.
        let _ = self
            .rung
            .wait_timeout_while(rings, wait, |rings| *rings == heard)
            .unwrap_or_else(PoisonError::into_inner);
    }
}

pub(super) struct Slot {
    name: ReaderName,
    bell: Arc<Bell>,
    extended_length: ExtendedLength,
    inside: Mutex<Inside>,
    changed: Condvar,
}

struct Inside {
    card: Option<Box<dyn PlayedCard>>,
    /// Raised by every insertion and removal.
    generation: u64,
    /// Raised by every reset.
    resets: u64,
    holder: Option<u64>,
    links: u64,
    exchanges: u32,
    /// The card was pulled out by a fault: it is kept to be looked at.
    is_out: bool,
    /// The reader was pulled out by a fault.
    is_gone: bool,
    faults: FaultSet,
    clock: Duration,
    clock_jump_s: i64,
}

/// Where a link stands: which insertion it is about, and which resets it has seen.
#[derive(Clone, Copy)]
pub(super) struct Standing {
    pub(super) id: u64,
    generation: u64,
    resets: u64,
}

/// The hand at a played reader: puts cards in and pulls them out.
#[derive(Clone)]
pub struct PlayedReader(Arc<Slot>);

impl PlayedReader {
    pub(super) fn new(slot: Arc<Slot>) -> Self {
        Self(slot)
    }

    pub(super) fn slot(&self) -> &Arc<Slot> {
        &self.0
    }

    /// The reader's name.
    #[must_use]
    pub fn name(&self) -> &ReaderName {
        &self.0.name
    }

    /// Puts a card in, powered, in place of whatever is there.
    pub fn insert(&self, mut card: Box<dyn PlayedCard>) {
        card.power_on();
        let mut inside = self.0.lock();
        inside.card = Some(card);
        inside.generation += 1;
        inside.holder = None;
        inside.exchanges = 0;
        inside.is_out = false;
        inside.faults.forget();
        drop(inside);
        self.0.tell();
    }

    /// Puts the card that a fault pulled out in again; false when there is none.
    #[must_use = "there may be no card to put in"]
    pub fn insert_again(&self) -> bool {
        let mut inside = self.0.lock();
        let card = if inside.is_out { inside.card.take() } else { None };
        drop(inside);
        card.map(|card| self.insert(card)).is_some()
    }

    /// Pulls the card out and gives it back without power.
    #[must_use = "the card keeps its counters; drop it to throw it away"]
    pub fn remove(&self) -> Option<Box<dyn PlayedCard>> {
        let card = self.0.lock().take_card();
        self.0.tell();
        card
    }

    /// Arms a fault, besides those that are armed.
    ///
    /// # Errors
    /// [`FaultError`] for what cannot happen in process or to this card; nothing is armed then.
    pub fn add_fault(&self, plan: FaultPlan) -> Result<(), FaultError> {
        let mut inside = self.0.lock();
        let Inside { card, faults, .. } = &mut *inside;
        faults.arm(plan, card.as_deref().map(|card| card as &dyn PlayedCard))
    }

    /// Arms these faults instead of those that are armed.
    ///
    /// # Errors
    /// As [`Self::add_fault`]; the faults before the one that is refused are armed then.
    pub fn set_faults(&self, plans: Vec<FaultPlan>) -> Result<(), FaultError> {
        self.clear_faults();
        plans.into_iter().try_for_each(|plan| self.add_fault(plan))
    }

    /// Disarms all faults. A reader that was pulled out is back, with its card; a card that was pulled out stays outside.
    pub fn clear_faults(&self) {
        let mut inside = self.0.lock();
        let was_gone = core::mem::take(&mut inside.is_gone);
        let Inside { card, faults, .. } = &mut *inside;
        faults.clear(card.as_deref_mut().map(|card| card as &mut dyn PlayedCard));
        if was_gone {
            inside.come_back();
        }
        drop(inside);
        self.0.tell();
    }

    /// The faults that are armed and may still happen.
    #[must_use]
    pub fn faults(&self) -> Vec<FaultPlan> {
        self.0.lock().faults.armed().collect()
    }

    /// What went wrong since faults were cleared, oldest first, up to 256.
    #[must_use]
    pub fn fired(&self) -> Vec<Fired> {
        self.0.lock().faults.fired().cloned().collect()
    }

    /// By how many seconds faults have moved the clock of whoever speaks to the card. Who gives a login its time adds them.
    #[must_use]
    pub fn clock_jump_s(&self) -> i64 {
        self.0.lock().clock_jump_s
    }

    /// Number of commands that reached the card since it was inserted.
    #[must_use]
    pub fn exchanges(&self) -> u32 {
        self.0.lock().exchanges
    }

    /// How long all exchanges would have taken, by the card's timing model.
    #[must_use]
    pub fn clock(&self) -> Duration {
        self.0.lock().clock
    }

    /// Looks at the card that is in the reader, or that a fault pulled out.
    pub fn look<T>(&self, look: impl FnOnce(Option<&dyn PlayedCard>) -> T) -> T {
        look(self.0.lock().card.as_deref())
    }

    pub(super) fn is_gone(&self) -> bool {
        self.0.lock().is_gone
    }

    pub(super) fn state(&self) -> ReaderState {
        self.generation_and_state().1
    }

    pub(super) fn generation_and_state(&self) -> (u64, ReaderState) {
        let inside = self.0.lock();
        let card = match inside.present() {
            Some(card) => CardPresence::Present(card.atr().clone()),
            None => CardPresence::Absent,
        };
        (
            inside.generation,
            ReaderState {
                name: self.0.name.clone(),
                card,
            },
        )
    }
}

impl Inside {
    /// The card, unless a fault pulled it or the reader out.
    fn present(&self) -> Option<&dyn PlayedCard> {
        self.card.as_deref().filter(|_| !self.is_out && !self.is_gone)
    }

    /// Reader and card are there again after both lost their power.
    fn come_back(&mut self) {
        self.generation += 1;
        self.holder = None;
        self.faults.forget();
        if let Some(card) = self.card.as_deref_mut().filter(|_| !self.is_out) {
            card.power_on();
        }
    }

    fn take_card(&mut self) -> Option<Box<dyn PlayedCard>> {
        self.generation += 1;
        self.holder = None;
        self.is_out = false;
        let mut card = self.card.take()?;
        card.power_off();
        Some(card)
    }
}

impl Slot {
    pub(super) fn new(name: ReaderName, extended_length: ExtendedLength, bell: Arc<Bell>) -> Self {
        let inside = Inside {
            card: None,
            generation: 0,
            resets: 0,
            holder: None,
            links: 0,
            exchanges: 0,
            is_out: false,
            is_gone: false,
            faults: FaultSet::new(Target::InProcess),
            clock: Duration::ZERO,
            clock_jump_s: 0,
        };
        Self {
            name,
            bell,
            extended_length,
            inside: Mutex::new(inside),
            changed: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        // A panic of another holder left plain data behind; there is nothing to repair.
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells those who wait for this card, and those who watch all readers.
    fn tell(&self) {
        self.changed.notify_all();
        self.bell.ring();
    }

    pub(super) fn name(&self) -> &ReaderName {
        &self.name
    }

    pub(super) fn extended_length(&self) -> ExtendedLength {
        self.extended_length
    }

    /// A new link's standing and the ATR of the card.
    pub(super) fn enter(&self) -> Result<(Standing, varco_apdu::Atr), LinkError> {
        let mut inside = self.lock();
        if inside.is_gone {
            return Err(LinkError::NoReader);
        }
        let atr = inside.present().ok_or(LinkError::NoCard)?.atr().clone();
        inside.links += 1;
        let standing = Standing {
            id: inside.links,
            generation: inside.generation,
            resets: inside.resets,
        };
        Ok((standing, atr))
    }

    /// As [`Slot::enter`], waiting at most so long for a card.
    pub(super) fn enter_within(&self, wait: Duration) -> Result<(Standing, varco_apdu::Atr), LinkError> {
        let inside = self.lock();
        // Whether a card is there is asked below.
        drop(
            self.changed
                .wait_timeout_while(inside, wait, |inside| inside.present().is_none())
                .unwrap_or_else(PoisonError::into_inner),
        );
        self.enter()
    }

    pub(super) fn begin(&self, standing: &mut Standing, wait: Duration) -> Result<(), LinkError> {
        let inside = self.lock();
        let id = standing.id;
        let (mut inside, _) = self
            .changed
            .wait_timeout_while(inside, wait, |inside| {
                inside.holder.is_some_and(|holder| holder != id)
            })
            .unwrap_or_else(PoisonError::into_inner);
        inside.check(standing)?;
        if inside.holder.is_some_and(|holder| holder != id) {
            return Err(LinkError::ReaderBusy);
        }
        inside.holder = Some(id);
        Ok(())
    }

    pub(super) fn end(&self, standing: &Standing) {
        let mut inside = self.lock();
        if inside.holder == Some(standing.id) {
            inside.holder = None;
        }
        drop(inside);
        self.changed.notify_all();
    }

    pub(super) fn reset(&self, standing: &mut Standing) -> Result<(), LinkError> {
        let mut inside = self.lock();
        if inside.is_gone {
            return Err(LinkError::ReaderGone);
        }
        if inside.generation != standing.generation || inside.present().is_none() {
            return Err(LinkError::CardRemoved);
        }
        if inside.holder.is_some_and(|holder| holder != standing.id) {
            // As the service has it: who does not hold a card does not reset it under whoever does.
            return Err(LinkError::ReaderBusy);
        }
        if let Some(card) = inside.card.as_deref_mut() {
            card.reset();
        }
        inside.faults.forget();
        inside.resets += 1;
        standing.resets = inside.resets;
        Ok(())
    }

    pub(super) fn transmit(
        &self,
        standing: &mut Standing,
        command: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        let mut inside = self.lock();
        inside.check(standing)?;
        if inside.holder.is_some_and(|holder| holder != standing.id) {
            return Err(LinkError::ReaderBusy);
        }
        inside.exchanges += 1;
        let Inside {
            card: Some(card),
            faults,
            clock,
            ..
        } = &mut *inside
        else {
            return Err(LinkError::CardRemoved);
        };
        let played = faults.process(&mut **card, command);
        *clock += played.took;
        let outcome = inside.suffer(played, standing, command);
        drop(inside);
        if matches!(outcome, Err(LinkError::CardRemoved | LinkError::ReaderGone)) {
            self.tell();
        }
        outcome
    }
}

impl Inside {
    /// What a link hears of an exchange and its mishap.
    fn suffer(
        &mut self,
        played: Played,
        standing: &mut Standing,
        command: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        match played.mishap {
            None => {}
            Some(Mishap::Removed) => {
                self.lose_power();
                self.is_out = true;
                return Err(LinkError::CardRemoved);
            }
            Some(Mishap::ReaderGone) => {
                self.lose_power();
                self.is_gone = true;
                return Err(LinkError::ReaderGone);
            }
            Some(Mishap::UsbReset) => {
                self.lose_power();
                self.come_back();
                return Err(LinkError::ReaderGone);
            }
            Some(Mishap::ResetByAnother) => return Err(self.reset_unasked(standing)),
            Some(Mishap::Suspended(asleep)) => {
                self.clock += asleep;
                return Err(self.reset_unasked(standing));
            }
            Some(Mishap::ClockJumped(seconds)) => {
                self.clock_jump_s = self.clock_jump_s.saturating_add(seconds);
            }
            // Not armed here.
            Some(_) => return Err(LinkError::NoService),
        }
        if played.response.is_empty() {
            let mut header = [0; 4];
            for (slot, byte) in header.iter_mut().zip(command) {
                *slot = *byte;
            }
            let [cla, ins, p1, p2] = header;
            let command = CommandApdu::new(cla, ins, p1, p2).name();
            return Err(LinkError::TimedOut { command });
        }
        Ok(played.response)
    }

    fn lose_power(&mut self) {
        if let Some(card) = self.card.as_deref_mut() {
            card.power_off();
        }
        self.generation += 1;
        self.holder = None;
    }

    /// The card has lost what it knew, and its links are told: this one now.
    fn reset_unasked(&mut self, standing: &mut Standing) -> LinkError {
        if let Some(card) = self.card.as_deref_mut() {
            card.reset();
        }
        self.faults.forget();
        self.resets += 1;
        standing.resets = self.resets;
        LinkError::CardReset
    }
}

impl Inside {
    /// Whether the link is still about this card in this state; a reset by somebody else is told once.
    fn check(&self, standing: &mut Standing) -> Result<(), LinkError> {
        if self.is_gone {
            return Err(LinkError::ReaderGone);
        }
        if self.generation != standing.generation || self.present().is_none() {
            return Err(LinkError::CardRemoved);
        }
        if self.resets != standing.resets {
            standing.resets = self.resets;
            return Err(LinkError::CardReset);
        }
        Ok(())
    }
}
