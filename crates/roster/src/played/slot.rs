//! What lies in a played reader, shared by its handle and the links to it.
//!
//! Not here: the card contract (`link`).

use core::time::Duration;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use varco_card::{CardPresence, ExtendedLength, LinkError, ReaderName, ReaderState};
use varco_emulator::PlayedCard;
use zeroize::Zeroizing;

/// When a card that is pulled out during an exchange leaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LostAt {
    /// Before the command reached it.
    Command,
    /// After it acted, before its answer arrived.
    Answer,
}

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
    removal: Option<(u32, LostAt)>,
    clock: Duration,
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
        inside.removal = None;
        drop(inside);
        self.0.tell();
    }

    /// Pulls the card out and gives it back without power.
    #[must_use = "the card keeps its counters; drop it to throw it away"]
    pub fn remove(&self) -> Option<Box<dyn PlayedCard>> {
        let card = self.0.lock().take_card();
        self.0.tell();
        card
    }

    /// Pulls the card out at this exchange, counted from zero since it was inserted.
    pub fn remove_at(&self, exchange: u32, lost_at: LostAt) {
        self.0.lock().removal = Some((exchange, lost_at));
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

    /// Looks at the card that is in the reader, or that was pulled out by [`PlayedReader::remove_at`].
    pub fn look<T>(&self, look: impl FnOnce(Option<&dyn PlayedCard>) -> T) -> T {
        look(self.0.lock().card.as_deref())
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
    /// The card, unless it was pulled out by a planned removal (it is kept to be looked at).
    fn present(&self) -> Option<&dyn PlayedCard> {
        self.card
            .as_deref()
            .filter(|_| self.removal.is_none_or(|(at, _)| self.exchanges <= at))
    }

    fn take_card(&mut self) -> Option<Box<dyn PlayedCard>> {
        self.generation += 1;
        self.holder = None;
        self.removal = None;
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
            removal: None,
            clock: Duration::ZERO,
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
        if inside.generation != standing.generation || inside.present().is_none() {
            return Err(LinkError::CardRemoved);
        }
        if let Some(card) = inside.card.as_deref_mut() {
            card.reset();
        }
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
        let this = inside.exchanges;
        let lost = inside
            .removal
            .filter(|(at, _)| *at == this)
            .map(|(_, lost_at)| lost_at);
        inside.exchanges += 1;
        let Inside {
            card: Some(card),
            clock,
            ..
        } = &mut *inside
        else {
            return Err(LinkError::CardRemoved);
        };
        if lost != Some(LostAt::Command) {
            let played = card.process(command);
            *clock += played.took;
            if lost.is_none() {
                return Ok(played.response);
            }
        }
        card.power_off();
        inside.generation += 1;
        inside.holder = None;
        drop(inside);
        self.tell();
        Err(LinkError::CardRemoved)
    }
}

impl Inside {
    /// Whether the link is still about this card in this state; a reset by somebody else is told once.
    fn check(&self, standing: &mut Standing) -> Result<(), LinkError> {
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
