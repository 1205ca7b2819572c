//! Control over a slot from other threads: pull the card out, put it in, change it, end.
//!
//! Not here: the dialogue with the reader (`slot`).

use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use varco_emulator::PlayedCard;

/// Shared between the thread that runs a slot and those that control it.
pub(crate) struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    card: Mutex<Box<dyn PlayedCard>>,
}

struct State {
    wanted: Wanted,
    /// A handle on the connection, by which it can be shut; `None` when the card is out.
    connection: Option<TcpStream>,
    /// Exchanges still to be answered before the card is pulled out.
    answers_left: Option<u64>,
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
        if let Some(connection) = self.connection.take() {
            // It fails only on a connection that is already down.
            let _ = connection.shutdown(Shutdown::Both);
            self.out_until = Some(Instant::now() + OUT_MIN);
        }
    }
}

impl Shared {
    pub(crate) fn new(card: Box<dyn PlayedCard>) -> Self {
        Self {
            state: Mutex::new(State {
                wanted: Wanted::In,
                connection: None,
                answers_left: None,
                out_until: None,
            }),
            changed: Condvar::new(),
            card: Mutex::new(card),
        }
    }

    /// A thread that panicked holding a lock has left plain values, good to go on with.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn card(&self) -> MutexGuard<'_, Box<dyn PlayedCard>> {
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

    /// Counts an exchange that is about to be answered; false when the card is pulled out instead.
    pub(crate) fn may_answer(&self) -> bool {
        let mut state = self.state();
        match state.answers_left {
            Some(0) => {
                state.answers_left = None;
                state.wanted = Wanted::Out;
                state.disconnect();
                false
            }
            Some(left) => {
                state.answers_left = Some(left - 1);
                true
            }
            None => true,
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
    /// acts on it, but its answer never arrives.
    pub fn remove_after(&self, exchanges: u64) {
        self.shared.state().answers_left = Some(exchanges);
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
        let mut old = core::mem::replace(&mut *self.shared.card(), card);
        old.power_off();
        old
    }

    /// Looks at the card, or changes its timing, between two commands.
    pub fn with_card<R>(&self, look: impl FnOnce(&mut dyn PlayedCard) -> R) -> R {
        look(self.shared.card().as_mut())
    }
}
