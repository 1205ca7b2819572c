//! Control over a board from other threads: put a card down, take it away, change it, break the reader, end.
//!
//! Not here: the dialogue with the host (`board`).

use std::io::{PipeWriter, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use varco_emulator::PlayedCard;

use crate::FaultPlan;

/// Shared between the thread that runs a board and those that control it.
pub(crate) struct Shared {
    state: Mutex<State>,
    card: Mutex<Box<dyn PlayedCard>>,
    bell: PipeWriter,
}

pub(crate) struct State {
    pub(crate) is_inserted: bool,
    /// Rises with each insertion.
    pub(crate) insertion: u64,
    pub(crate) is_stopped: bool,
    /// Exchanges still to be answered before the card is taken away.
    pub(crate) answers_left: Option<u64>,
    pub(crate) fault: Option<FaultPlan>,
    /// A bell that has not been heard yet need not ring again.
    pub(crate) is_rung: bool,
}

impl Shared {
    pub(crate) fn new(card: Box<dyn PlayedCard>, bell: PipeWriter) -> Self {
        Self {
            state: Mutex::new(State {
                is_inserted: true,
                insertion: 1,
                is_stopped: false,
                answers_left: None,
                fault: None,
                is_rung: false,
            }),
            card: Mutex::new(card),
            bell,
        }
    }

    /// A thread that panicked holding a lock has left plain values, good to go on with.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn card(&self) -> MutexGuard<'_, Box<dyn PlayedCard>> {
        self.card.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the card away: its power is gone. The card is locked before the state, here and everywhere.
    pub(crate) fn remove(&self) {
        let mut card = self.card();
        self.state().is_inserted = false;
        card.power_off();
    }
}

/// A handle on a running board. Cheap to clone; usable from any thread.
#[derive(Clone)]
pub struct BoardControl {
    shared: Arc<Shared>,
}

impl BoardControl {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Wakes the thread that runs the board.
    fn ring(&self) {
        let mut state = self.shared.state();
        if !state.is_rung {
            state.is_rung = true;
            // A board that is gone hears nothing, and need not.
            let _ = (&self.shared.bell).write_all(&[0]);
        }
    }

    /// Takes the card out of the field, also in the middle of a command.
    pub fn remove(&self) {
        self.shared.remove();
        self.ring();
    }

    /// Puts the card into the field.
    pub fn insert(&self) {
        {
            let mut state = self.shared.state();
            if !state.is_inserted {
                state.is_inserted = true;
                state.insertion += 1;
            }
        }
        self.ring();
    }

    /// Makes [`crate::Board::run`] return. Final.
    pub fn stop(&self) {
        self.shared.state().is_stopped = true;
        self.ring();
    }

    /// Takes the card away at an exchange: `exchanges` more are answered, the one after reaches the card, which acts on it,
    /// but its answer never arrives.
    pub fn remove_after(&self, exchanges: u64) {
        self.shared.state().answers_left = Some(exchanges);
    }

    /// Has something go wrong; `None` mends the reader, and plugs it in again.
    pub fn set_fault(&self, plan: Option<FaultPlan>) {
        self.shared.state().fault = plan;
        self.ring();
    }

    /// Whether something is still to go wrong, or goes on doing so.
    #[must_use]
    pub fn has_fault(&self) -> bool {
        self.shared.state().fault.is_some()
    }

    /// Whether a card lies in the field.
    #[must_use]
    pub fn is_inserted(&self) -> bool {
        self.shared.state().is_inserted
    }

    /// Takes the card away, lays another one ready and gives the old one back. The new one stays outside until
    /// [`Self::insert`]. A card with contacts only does not show.
    #[must_use]
    pub fn replace(&self, card: Box<dyn PlayedCard>) -> Box<dyn PlayedCard> {
        let mut old = {
            let mut lies = self.shared.card();
            self.shared.state().is_inserted = false;
            core::mem::replace(&mut *lies, card)
        };
        old.power_off();
        self.ring();
        old
    }

    /// Looks at the card, or changes its timing, between two commands.
    pub fn with_card<R>(&self, look: impl FnOnce(&mut dyn PlayedCard) -> R) -> R {
        look(self.shared.card().as_mut())
    }
}
