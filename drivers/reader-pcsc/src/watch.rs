//! What happens at the readers, from a context of its own.
//!
//! The list of readers is asked for at every round, at the latest after [`SLICE`]. The service's own
//! notification of new readers only makes this prompt; where it is missing nothing else changes.
//!
//! Not here: a thread. Whoever calls `next` waits.

use core::time::Duration;
use std::collections::VecDeque;
use std::ffi::CString;
use std::thread::sleep;
use std::time::Instant;

use pcsc::{Context, Error, PNP_NOTIFICATION, State};
use varco_card::{CardPresence, LinkError, ReaderEvent, ReaderName, ReaderWatch};

use crate::readers::{name, names, presence};
use crate::translate::{Step, translate};
use crate::worker::POLL;

/// The longest wait before the list of readers is looked at again.
const SLICE: Duration = Duration::from_secs(1);

/// A reader as it was last seen.
struct Known {
    system_name: CString,
    name: ReaderName,
    /// The system's state bits with its count of insertions and removals in the upper half, to be given back.
    seen: State,
    count: u32,
    card: CardPresence,
    /// Whether it was told of, and not yet that it is gone.
    is_there: bool,
}

/// Watches all readers.
pub(crate) struct PcscWatch {
    context: Context,
    known: Vec<Known>,
    /// The state of the pseudo-reader that tells of new readers; `None` where the service has none.
    notification: Option<State>,
    pending: VecDeque<ReaderEvent>,
}

impl PcscWatch {
    pub(crate) fn new(context: Context) -> Self {
        Self {
            context,
            known: Vec::new(),
            notification: Some(State::UNAWARE),
            pending: VecDeque::new(),
        }
    }

    /// Compares the list of readers with the known ones.
    fn list(&mut self) -> Result<(), LinkError> {
        let listed = names(&self.context, Step::Watch)?;
        let pending = &mut self.pending;
        self.known.retain_mut(|known| {
            let stays = listed.contains(&known.system_name);
            if !stays {
                known.go(pending);
            }
            stays
        });
        for system_name in listed {
            if self.known.iter().all(|known| known.system_name != system_name) {
                let name = name(&system_name.to_string_lossy());
                self.pending.push_back(ReaderEvent::ReaderAdded(name.clone()));
                self.known.push(Known {
                    system_name,
                    name,
                    seen: State::UNAWARE,
                    count: 0,
                    card: CardPresence::Absent,
                    is_there: true,
                });
            }
        }
        Ok(())
    }

    /// Waits at most `wait` for a change, and notes what it was.
    fn round(&mut self, wait: Duration) -> Result<(), LinkError> {
        self.list()?;
        let mut states: Vec<_> = self
            .known
            .iter()
            .map(|known| pcsc::ReaderState::new(known.system_name.clone(), known.seen))
            .collect();
        if let Some(state) = self.notification {
            states.push(pcsc::ReaderState::new(PNP_NOTIFICATION(), state));
        }
        // News go out before anything is waited for; what the new readers hold is known at once.
        let wait = if self.pending.is_empty() {
            wait.min(SLICE)
        } else {
            Duration::ZERO
        };
        if states.is_empty() {
            sleep(wait.min(POLL));
            return Ok(());
        }
        match self.context.get_status_change(wait, &mut states) {
            Ok(()) => {}
            Err(Error::Timeout) => return Ok(()),
            Err(Error::UnknownReader) => {
                // Either a reader went since it was listed, or the service has no notification. Without it
                // new readers are seen by the next listing, a slice later.
                self.notification = None;
                sleep(wait.min(POLL));
                return Ok(());
            }
            Err(error) => return Err(translate(error, Step::Watch)),
        }
        if self.notification.is_some() {
            self.notification = states.pop().and_then(|state| {
                let unsupported = state.event_state().contains(State::UNKNOWN);
                (!unsupported).then(|| to_give_back(&state))
            });
        }
        for (known, state) in self.known.iter_mut().zip(&states) {
            known.observe(state, &mut self.pending);
        }
        Ok(())
    }
}

impl Known {
    fn observe(&mut self, state: &pcsc::ReaderState, pending: &mut VecDeque<ReaderEvent>) {
        match presence(state) {
            // Listed or not: its device is gone, or on its way out.
            None => self.go(pending),
            Some(card) => {
                if !self.is_there {
                    self.is_there = true;
                    pending.push_back(ReaderEvent::ReaderAdded(self.name.clone()));
                }
                if self.count != state.event_count() {
                    // Out and in again between two looks.
                    self.settle(CardPresence::Absent, pending);
                }
                self.settle(card, pending);
            }
        }
        self.count = state.event_count();
        self.seen = to_give_back(state);
    }

    fn go(&mut self, pending: &mut VecDeque<ReaderEvent>) {
        self.settle(CardPresence::Absent, pending);
        if self.is_there {
            self.is_there = false;
            pending.push_back(ReaderEvent::ReaderGone(self.name.clone()));
        }
    }

    fn settle(&mut self, card: CardPresence, pending: &mut VecDeque<ReaderEvent>) {
        if self.card == card {
            return;
        }
        if self.card != CardPresence::Absent {
            pending.push_back(ReaderEvent::CardRemoved(self.name.clone()));
        }
        match &card {
            // The service lets several programs look.
            CardPresence::Absent | CardPresence::Unknown(_) => {}
            CardPresence::Mute => pending.push_back(ReaderEvent::CardMute(self.name.clone())),
            CardPresence::Present(atr) => {
                pending.push_back(ReaderEvent::CardInserted(self.name.clone(), atr.clone()));
            }
        }
        self.card = card;
    }
}

/// State and count as the system wants them back, so that it sees what we have not.
fn to_give_back(state: &pcsc::ReaderState) -> State {
    let count = pcsc::ffi::DWORD::from(state.event_count()) << 16;
    State::from_bits_retain(count | state.event_state().bits())
}

impl ReaderWatch for PcscWatch {
    fn next(&mut self, wait: Duration) -> Result<Option<ReaderEvent>, LinkError> {
        let begun = Instant::now();
        loop {
            if let Some(event) = self.pending.pop_front() {
                return Ok(Some(event));
            }
            let left = wait.saturating_sub(begun.elapsed());
            self.round(left)?;
            if left.is_zero() && self.pending.is_empty() {
                return Ok(None);
            }
        }
    }
}
