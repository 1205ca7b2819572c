//! Control over a slot from other threads: pull the card out, put it in, change it, end.
//!
//! Not here: the dialogue with the reader (`slot`).

use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use varco_emulator::PlayedCard;
use varco_emulator::fault::{Fault, FaultError, FaultPlan, FaultyCard, Fired, Mishap, Moment, Target, When};

/// Acts on mishaps that a slot cannot play by itself.
type Helper = Box<dyn FnMut(Mishap) + Send>;

/// Shared between the thread that runs a slot and those that control it.
pub(crate) struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    card: Mutex<FaultyCard>,
    helper: Mutex<Option<Helper>>,
}

struct State {
    wanted: Wanted,
    /// A handle on the connection, by which it can be shut; `None` when the card is out.
    connection: Option<TcpStream>,
    /// When a card that was pulled out may be put in again.
    out_until: Option<Instant>,
}

/// pcscd looks at its readers every 400 ms: a card that is back sooner was never gone for it, stays without power,
/// and does not answer.
const OUT_MIN: Duration = Duration::from_millis(1_000);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    In,
    Out,
    Stopped,
}

impl State {
    /// Shuts the connection, which wakes the thread that reads from it.
    fn disconnect(&mut self) {
        self.disconnect_for(OUT_MIN);
    }

    fn disconnect_for(&mut self, time: Duration) {
        if let Some(connection) = self.connection.take() {
            // It fails only on a connection that is already down.
            let _ = connection.shutdown(Shutdown::Both);
            self.out_until = Some(Instant::now() + time.max(OUT_MIN));
        }
    }
}

impl Shared {
    pub(crate) fn new(card: Box<dyn PlayedCard>) -> Self {
        Self {
            state: Mutex::new(State {
                wanted: Wanted::In,
                connection: None,
                out_until: None,
            }),
            changed: Condvar::new(),
            card: Mutex::new(FaultyCard::new(card, Target::Vpcd)),
            helper: Mutex::new(None),
        }
    }

    /// A thread that panicked holding a lock has left plain values, good to go on with.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn card(&self) -> MutexGuard<'_, FaultyCard> {
        self.card.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the card is to be in the slot; false when the run is to end.
    pub(crate) fn wait_for_insertion(&self) -> bool {
        let mut state = self.state();
        loop {
            let rest = state
                .out_until
                .map(|until| until.saturating_duration_since(Instant::now()));
            state = match (state.wanted, rest) {
                (Wanted::Stopped, _) => return false,
                (Wanted::In, None | Some(Duration::ZERO)) => return true,
                (Wanted::In, Some(rest)) => self
                    .changed
                    .wait_timeout(state, rest)
                    .map_or_else(|poisoned| poisoned.into_inner().0, |(state, _)| state),
                (Wanted::Out, _) => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// Enters a connection; false when the card was pulled out meanwhile.
    pub(crate) fn connected(&self, connection: TcpStream) -> bool {
        let mut state = self.state();
        let is_wanted = state.wanted == Wanted::In;
        if is_wanted {
            state.connection = Some(connection);
        }
        is_wanted
    }

    /// Takes leave of a connection that has ended; true when the reader ended it and not a [`SlotControl`].
    pub(crate) fn disconnected(&self) -> bool {
        self.state().connection.take().is_some()
    }

    /// Lets the time pass that a real card would take; returns at once when the card is pulled out.
    pub(crate) fn pass(&self, time: Duration) {
        if !time.is_zero() {
            let is_in = |state: &mut State| state.connection.is_some();
            drop(self.changed.wait_timeout_while(self.state(), time, is_in));
        }
    }

    /// Does what an exchange without an answer wants of the slot. vpcd has no frame that says so: it waits for ever for an answer
    /// that does not come, and hangs at an empty one, so a card that is silent leaves, and is back a moment later.
    pub(crate) fn suffer(&self, mishap: Option<Mishap>) {
        match mishap {
            None | Some(Mishap::UsbReset) => self.state().disconnect(),
            Some(Mishap::Removed) => {
                let mut state = self.state();
                if state.wanted == Wanted::In {
                    state.wanted = Wanted::Out;
                }
                state.disconnect();
            }
            Some(Mishap::Suspended(time)) => self.state().disconnect_for(time),
            Some(mishap) => {
                let mut helper = self.helper.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(helper) = &mut *helper {
                    helper(mishap);
                }
            }
        }
    }
}

/// A handle on a running slot. Cheap to clone; usable from any thread.
#[derive(Clone)]
pub struct SlotControl {
    shared: Arc<Shared>,
}

impl SlotControl {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    fn want(&self, wanted: Wanted) {
        let mut state = self.shared.state();
        if state.wanted == Wanted::Stopped {
            return;
        }
        state.wanted = wanted;
        if wanted != Wanted::In {
            state.disconnect();
        }
        self.shared.changed.notify_all();
    }

    /// Pulls the card out, also in the middle of a command: the connection is closed. pcscd notices within
    /// 400 ms.
    pub fn remove(&self) {
        self.want(Wanted::Out);
    }

    /// Puts the card in again, when it has been out for a second: sooner, pcscd would not have seen it leave.
    pub fn insert(&self) {
        self.want(Wanted::In);
    }

    /// Pulls the card out and makes [`crate::Slot::run`] return. Final.
    pub fn stop(&self) {
        self.want(Wanted::Stopped);
    }

    /// Pulls the card out at an exchange: `exchanges` more are answered, the one after reaches the card, which
    /// acts on it, but its answer never arrives. Said again, it counts anew.
    pub fn remove_after(&self, exchanges: u64) {
        let plan =
            FaultPlan::new(Fault::Remove(Moment::After)).at(When::Exchange(exchanges.saturating_add(1)));
        // It can happen to any card; where as many as can be are armed, something happens before it.
        let _ = self.shared.card().replace_fault(plan);
    }

    /// Arms a fault besides those that are armed.
    ///
    /// # Errors
    /// [`FaultError`] for what cannot happen behind vpcd or to this card.
    pub fn add_fault(&self, plan: FaultPlan) -> Result<(), FaultError> {
        self.shared.card().add_fault(plan)
    }

    /// Arms these faults instead of those that are armed.
    ///
    /// # Errors
    /// As [`Self::add_fault`]; the faults before the one that is refused are armed then.
    pub fn set_faults(&self, plans: Vec<FaultPlan>) -> Result<(), FaultError> {
        let mut card = self.shared.card();
        card.clear_faults();
        plans.into_iter().try_for_each(|plan| card.add_fault(plan))
    }

    /// Disarms all faults. A card that was pulled out stays outside.
    pub fn clear_faults(&self) {
        self.shared.card().clear_faults();
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

    /// Has this done about mishaps that a slot cannot play by itself, and lets such faults be armed: whoever holds pcscd ends
    /// it and starts it anew at [`Mishap::ServiceRestarted`]. It is called on the thread of the slot, which waits for it.
    pub fn on_mishap(&self, helper: impl FnMut(Mishap) + Send + 'static) {
        *self.shared.helper.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(helper));
        self.shared.card().set_helper(true);
    }

    /// Whether the card is in the slot.
    #[must_use]
    pub fn is_inserted(&self) -> bool {
        self.shared.state().connection.is_some()
    }

    /// Pulls the card out, puts another in its place and gives the old one back. The new one stays outside
    /// until [`Self::insert`], so that the reader can notice the change.
    pub fn replace(&self, card: Box<dyn PlayedCard>) -> Box<dyn PlayedCard> {
        self.remove();
        self.shared.card().replace(card)
    }

    /// Looks at the card, or changes its timing, between two commands.
    pub fn with_card<R>(&self, look: impl FnOnce(&mut dyn PlayedCard) -> R) -> R {
        look(self.shared.card().card())
    }
}
