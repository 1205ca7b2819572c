//! Control over a board from other threads: put a card down, take it away, change it, break the reader, end.
//!
//! Not here: the dialogue with the host (`board`).

use std::io::{PipeWriter, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use varco_emulator::PlayedCard;
use varco_emulator::fault::{Fault, FaultError, FaultPlan, FaultyCard, Fired, Moment, Target, When};

use crate::LinePlan;

/// Shared between the thread that runs a board and those that control it.
pub(crate) struct Shared {
    state: Mutex<State>,
    card: Mutex<FaultyCard>,
    bell: PipeWriter,
}

/// Where a mishap left the reader's plug.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plug {
    In,
    /// Until faults are cleared.
    Out,
    OutUntil(Instant),
}

pub(crate) struct State {
    pub(crate) is_inserted: bool,
    /// Rises with each insertion.
    pub(crate) insertion: u64,
    pub(crate) is_stopped: bool,
    pub(crate) fault: Option<LinePlan>,
    pub(crate) plug: Plug,
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
                fault: None,
                plug: Plug::In,
                is_rung: false,
            }),
            card: Mutex::new(FaultyCard::new(card, Target::Pn532)),
            bell,
        }
    }

    /// A thread that panicked holding a lock has left plain values, good to go on with.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn card(&self) -> MutexGuard<'_, FaultyCard> {
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
    /// but its answer never arrives. Said again, it counts anew.
    pub fn remove_after(&self, exchanges: u64) {
        let plan =
            FaultPlan::new(Fault::Remove(Moment::After)).at(When::Exchange(exchanges.saturating_add(1)));
        // It can happen to any card; where as many as can be are armed, something happens before it.
        let _ = self.shared.card().replace_fault(plan);
    }

    /// Arms a fault besides those that are armed.
    ///
    /// # Errors
    /// [`FaultError`] for what cannot happen in a field or to this card.
    pub fn add_fault(&self, plan: FaultPlan) -> Result<(), FaultError> {
        self.shared.card().add_fault(plan)
    }

    /// Arms these faults instead of those that are armed.
    ///
    /// # Errors
    /// As [`Self::add_fault`]; the faults before the one that is refused are armed then.
    pub fn set_faults(&self, plans: Vec<FaultPlan>) -> Result<(), FaultError> {
        self.clear_faults();
        plans.into_iter().try_for_each(|plan| self.add_fault(plan))
    }

    /// Disarms all faults, but for one of the line, and plugs the reader in again. A card that was taken away stays outside.
    pub fn clear_faults(&self) {
        self.shared.card().clear_faults();
        self.shared.state().plug = Plug::In;
        self.ring();
    }

    /// The faults that are armed and may still happen.
    #[must_use]
    pub fn faults(&self) -> Vec<FaultPlan> {
        self.shared.card().faults().armed().collect()
    }

    /// What went wrong since faults were cleared, oldest first, up to 256.
    #[must_use]
    pub fn fired(&self) -> Vec<Fired> {
        self.shared.card().faults().fired().cloned().collect()
    }

    /// Has something go wrong on the reader's line; `None` mends that, and plugs the reader in again.
    pub fn set_line_fault(&self, plan: Option<LinePlan>) {
        self.shared.state().fault = plan;
        self.ring();
    }

    /// Whether something is still to go wrong on the line, or goes on doing so.
    #[must_use]
    pub fn has_line_fault(&self) -> bool {
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
        let old = {
            let mut lies = self.shared.card();
            self.shared.state().is_inserted = false;
            lies.replace(card)
        };
        self.ring();
        old
    }

    /// Looks at the card, or changes its timing, between two commands.
    pub fn with_card<R>(&self, look: impl FnOnce(&mut dyn PlayedCard) -> R) -> R {
        look(self.shared.card().card())
    }
}
