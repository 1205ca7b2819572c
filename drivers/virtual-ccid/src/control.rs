//! Control over a reader from other threads: put the card in, pull it out, change it, use the keypad, break it, end.
//!
//! Not here: the dialogue with the host (`reader`).

use std::collections::VecDeque;
use std::io::{PipeWriter, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use std::time::{Duration, Instant};

use varco_emulator::PlayedCard;
use varco_emulator::fault::{Fault, FaultError, FaultPlan, FaultyCard, Fired, Mishap, Moment, Target, When};

use crate::{Entry, PadFault};

/// Acts on mishaps that a reader cannot play by itself.
type Helper = Box<dyn FnMut(Mishap) + Send>;

/// The most entries that wait.
const ENTRIES_MAX: usize = 64;

/// pcscd looks at its readers every 400 ms: a card that is back sooner was never gone for it.
const OUT_MIN: Duration = Duration::from_millis(1_000);

/// Shared between the thread that runs a reader and those that control it.
pub(crate) struct Shared {
    state: Mutex<State>,
    card: Mutex<FaultyCard>,
    helper: Mutex<Option<Helper>>,
    bell: PipeWriter,
}

pub(crate) struct State {
    pub(crate) is_inserted: bool,
    /// When a card that was pulled out goes in again; `None` when it does not.
    pub(crate) insert_at: Option<Instant>,
    /// When it may, at the earliest.
    out_until: Option<Instant>,
    /// Rises with each insertion.
    pub(crate) insertion: u64,
    pub(crate) is_stopped: bool,
    pub(crate) entries: VecDeque<Entry>,
    /// Whether digits are asked for and nobody has typed them yet.
    pub(crate) is_asking: bool,
    pub(crate) fault: Option<PadFault>,
    /// A bell that has not been heard yet need not ring again.
    pub(crate) is_rung: bool,
}

impl Shared {
    pub(crate) fn new(card: Box<dyn PlayedCard>, bell: PipeWriter) -> Self {
        Self {
            state: Mutex::new(State {
                is_inserted: true,
                insert_at: None,
                out_until: None,
                insertion: 1,
                is_stopped: false,
                entries: VecDeque::new(),
                is_asking: false,
                fault: None,
                is_rung: false,
            }),
            card: Mutex::new(FaultyCard::new(card, Target::Ccid)),
            helper: Mutex::new(None),
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

    /// Pulls the card out: its power is gone. The card is locked before the state, here and everywhere.
    pub(crate) fn remove(&self) {
        let mut card = self.card();
        self.state().take_out();
        card.power_off();
    }

    /// Does what a mishap wants of the reader; false when the answer is not to be given.
    pub(crate) fn suffer(&self, mishap: Mishap) -> bool {
        let away = match mishap {
            Mishap::Removed => None,
            Mishap::Suspended(time) => Some(time.max(OUT_MIN)),
            Mishap::UsbReset => Some(OUT_MIN),
            _ => {
                let mut helper = self.helper.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(helper) = &mut *helper {
                    helper(mishap);
                }
                return true;
            }
        };
        self.remove();
        self.state().insert_at = away.map(|away| Instant::now() + away);
        false
    }
}

impl State {
    fn take_out(&mut self) {
        self.insert_at = None;
        if core::mem::take(&mut self.is_inserted) {
            self.out_until = Some(Instant::now() + OUT_MIN);
        }
    }

    /// Puts a card in whose time has come.
    pub(crate) fn put_in(&mut self, now: Instant) {
        if self.insert_at.is_some_and(|at| at <= now) {
            self.insert_at = None;
            self.is_inserted = true;
            self.insertion += 1;
        }
    }
}

/// A handle on a running reader. Cheap to clone; usable from any thread.
#[derive(Clone)]
pub struct ReaderControl {
    shared: Arc<Shared>,
}

impl ReaderControl {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Wakes the thread that runs the reader.
    fn ring(&self) {
        let mut state = self.shared.state();
        if !state.is_rung {
            state.is_rung = true;
            // A reader that is gone hears nothing, and need not.
            let _ = (&self.shared.bell).write_all(&[0]);
        }
    }

    /// Pulls the card out, also in the middle of a command. pcscd notices within 400 ms.
    pub fn remove(&self) {
        self.shared.remove();
        self.ring();
    }

    /// Puts the card in, when it has been out for a second: sooner, pcscd would not have seen it leave.
    pub fn insert(&self) {
        {
            let mut state = self.shared.state();
            if !state.is_inserted {
                state.insert_at = Some(state.out_until.unwrap_or_else(Instant::now));
            }
        }
        self.ring();
    }

    /// Makes [`crate::Reader::run`] return. Final.
    pub fn stop(&self) {
        self.shared.state().is_stopped = true;
        self.ring();
    }

    /// Pulls the card out at an exchange: `exchanges` more are answered, the one after reaches the card, which acts on it,
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
    /// [`FaultError`] for what cannot happen in this reader or to this card.
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

    /// Disarms all faults, but for one of the keypad. A card that was pulled out stays outside.
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

    /// Has this done about mishaps that a reader cannot play by itself, and lets such faults be armed: whoever holds pcscd
    /// ends it and starts it anew at [`Mishap::ServiceRestarted`]. It is called on the thread of the reader, which answers
    /// nobody meanwhile, so it must not wait for the new service to see the card.
    pub fn on_mishap(&self, helper: impl FnMut(Mishap) + Send + 'static) {
        *self.shared.helper.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(helper));
        self.shared.card().set_helper(true);
    }

    /// Whether the card is in the slot.
    #[must_use]
    pub fn is_inserted(&self) -> bool {
        self.shared.state().is_inserted
    }

    /// Pulls the card out, lays another one ready and gives the old one back. The new one stays outside until
    /// [`Self::insert`].
    #[must_use]
    pub fn replace(&self, card: Box<dyn PlayedCard>) -> Box<dyn PlayedCard> {
        let old = {
            let mut lies = self.shared.card();
            self.shared.state().take_out();
            lies.replace(card)
        };
        self.ring();
        old
    }

    /// Looks at the card, or changes its timing, between two commands.
    pub fn with_card<R>(&self, look: impl FnOnce(&mut dyn PlayedCard) -> R) -> R {
        look(self.shared.card().card())
    }

    /// Says what is done when the reader asks for digits: now, if it is asking, or else the next time that nothing said
    /// earlier is left. A PIN to verify takes one entry; a change takes one for each value that is asked for. False when 64
    /// wait already.
    pub fn press(&self, entry: Entry) -> bool {
        let has_room = {
            let mut state = self.shared.state();
            let has_room = state.entries.len() < ENTRIES_MAX;
            if has_room {
                state.entries.push_back(entry);
            }
            has_room
        };
        self.ring();
        has_room
    }

    /// Forgets what was said and not done yet.
    pub fn forget_entries(&self) {
        self.shared.state().entries.clear();
    }

    /// How many entries wait.
    #[must_use]
    pub fn entries_left(&self) -> usize {
        self.shared.state().entries.len()
    }

    /// Whether the reader asks for digits and waits.
    #[must_use]
    pub fn is_asking(&self) -> bool {
        self.shared.state().is_asking
    }

    /// Breaks the keypad; `None` mends it.
    pub fn set_fault(&self, fault: Option<PadFault>) {
        self.shared.state().fault = fault;
    }
}
