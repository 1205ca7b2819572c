//! Where a played card is put: a reader of this process, a slot of vpcd, a reader with keys, or a field.
//!
//! Not here: which card (`played`), and the readers themselves.

use std::cell::RefCell;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::Duration;

use varco::played::PlayedReader;
use varco::played::ccid::{Model, Reader, ReaderControl};
use varco::played::pn532::{Board, BoardControl, CardType, LinkSpeed};
use varco::played::vpcd::{Ended, Reach, Slot, SlotControl, VpcdAddress, VpcdError};
use varco_emulator::PlayedCard;
use varco_emulator::fault::{Fault, FaultError, FaultPlan, Mishap};

use super::{Hindrance, Restart};

/// How long to wait before looking again for a pcscd that went away.
const RETRY: Duration = Duration::from_millis(200);

type Card = Box<dyn PlayedCard>;

/// A place for one card, which lies in it or beside it.
pub(super) struct Place {
    kind: Kind,
    run: RefCell<Option<JoinHandle<()>>>,
    /// Why the service was not started anew.
    hindrance: Arc<Mutex<Option<Hindrance>>>,
}

enum Kind {
    /// The card lies beside its reader while it is out.
    InProcess(PlayedReader, RefCell<Option<Card>>),
    Slot(VpcdAddress, RefCell<Lying>),
    Pad(ReaderControl),
    Field(BoardControl),
}

/// A card for a slot: not put in yet, or held by what runs the slot.
enum Lying {
    Nothing,
    Beside(Card),
    Held(SlotControl),
}

impl Place {
    pub(super) fn in_process(reader: PlayedReader, card: Card) -> Self {
        Self::of(Kind::InProcess(reader, RefCell::new(Some(card))), None)
    }

    pub(super) fn slot(port: u16, card: Card) -> Result<Self, Hindrance> {
        let address = VpcdAddress::parse(&format!("vpcd://127.0.0.1:{port}"), Reach::LoopbackOnly);
        let address = address.map_err(|error| Hindrance::rig("bench-rig-place", error))?;
        Ok(Self::of(
            Kind::Slot(address, RefCell::new(Lying::Beside(card))),
            None,
        ))
    }

    /// A reader with a keypad on a line at this path, no card in it yet.
    pub(super) fn pad(line: &Path, card: Card) -> Result<Self, Hindrance> {
        let reader = Reader::open(line, card, Model::PinPad);
        let mut reader = reader.map_err(|error| Hindrance::rig("bench-rig-place", error))?;
        let control = reader.control();
        control.remove();
        let run = spawn(move || reader.run(&mut |_| {}));
        Ok(Self::of(Kind::Pad(control), Some(run)))
    }

    /// A field of a board on a port at this path, no card in it yet.
    pub(super) fn field(port: &Path, card: Card) -> Result<Self, Hindrance> {
        let board = Board::open(port, card, CardType::A, LinkSpeed::NONE);
        let mut board = board.map_err(|error| Hindrance::rig("bench-rig-place", error))?;
        let control = board.control();
        control.remove();
        let run = spawn(move || {
            // A board that cannot go on leaves its port without answer, which is noticed.
            let _ = board.run(&mut |_| {});
        });
        Ok(Self::of(Kind::Field(control), Some(run)))
    }

    fn of(kind: Kind, run: Option<JoinHandle<()>>) -> Self {
        Self {
            kind,
            run: RefCell::new(run),
            hindrance: Arc::default(),
        }
    }

    /// Lays another card ready, and gives the one back that was.
    pub(super) fn lay(&self, card: Card) -> Option<Card> {
        match &self.kind {
            Kind::InProcess(reader, beside) => reader.remove().or(beside.replace(Some(card))),
            Kind::Slot(_, lying) => {
                let mut lying = lying.borrow_mut();
                if let Lying::Held(control) = &*lying {
                    return Some(control.replace(card));
                }
                match core::mem::replace(&mut *lying, Lying::Beside(card)) {
                    Lying::Beside(old) => Some(old),
                    _ => None,
                }
            }
            Kind::Pad(control) => Some(control.replace(card)),
            Kind::Field(control) => Some(control.replace(card)),
        }
    }

    /// Puts the card in that was laid ready.
    pub(super) fn insert(&self) -> Result<(), Hindrance> {
        match &self.kind {
            Kind::InProcess(reader, beside) => {
                if let Some(card) = beside.take() {
                    reader.insert(card);
                }
            }
            Kind::Slot(address, lying) => {
                let mut lying = lying.borrow_mut();
                match core::mem::replace(&mut *lying, Lying::Nothing) {
                    Lying::Beside(card) => {
                        let slot = Slot::connect(address, card);
                        let slot = slot.map_err(|error| Hindrance::rig("bench-rig-place", error))?;
                        *lying = Lying::Held(slot.control());
                        *self.run.borrow_mut() = Some(spawn(move || play(slot)));
                    }
                    Lying::Held(control) => {
                        control.insert();
                        *lying = Lying::Held(control);
                    }
                    Lying::Nothing => {}
                }
            }
            Kind::Pad(control) => control.insert(),
            Kind::Field(control) => control.insert(),
        }
        Ok(())
    }

    /// Takes the card out.
    pub(super) fn remove(&self) {
        match &self.kind {
            Kind::InProcess(reader, beside) => {
                if let Some(card) = reader.remove() {
                    *beside.borrow_mut() = Some(card);
                }
            }
            Kind::Slot(_, lying) => {
                if let Lying::Held(control) = &*lying.borrow() {
                    control.remove();
                }
            }
            Kind::Pad(control) => control.remove(),
            Kind::Field(control) => control.remove(),
        }
    }

    /// Looks at the card, wherever it is.
    pub(super) fn look<T>(&self, look: impl FnOnce(&dyn PlayedCard) -> T) -> Option<T> {
        match &self.kind {
            Kind::InProcess(reader, beside) => match &*beside.borrow() {
                Some(card) => Some(look(card.as_ref())),
                None => reader.look(|card| card.map(look)),
            },
            Kind::Slot(_, lying) => match &*lying.borrow() {
                Lying::Beside(card) => Some(look(card.as_ref())),
                Lying::Held(control) => Some(control.with_card(|card| look(card))),
                Lying::Nothing => None,
            },
            Kind::Pad(control) => Some(control.with_card(|card| look(card))),
            Kind::Field(control) => Some(control.with_card(|card| look(card))),
        }
    }

    /// Has something break. Of what only others can do, the service is started anew; a reset by another program is not: what is
    /// tested holds the card, and PC/SC lets nobody else reset it then.
    pub(super) fn add_fault(&self, plan: FaultPlan, restart: &Restart) -> Result<(), FaultError> {
        match &self.kind {
            Kind::InProcess(reader, _) => reader.add_fault(plan),
            Kind::Slot(_, lying) => match &*lying.borrow() {
                Lying::Held(control) => {
                    if is_restart(plan) {
                        control.on_mishap(self.restarting(restart));
                    }
                    control.add_fault(plan)
                }
                // A step that breaks a card comes after the one that put it in.
                _ => Ok(()),
            },
            Kind::Pad(control) => {
                if is_restart(plan) {
                    control.on_mishap(self.restarting(restart));
                }
                control.add_fault(plan)
            }
            Kind::Field(control) => control.add_fault(plan),
        }
    }

    /// Starts the service anew when that is what happens.
    fn restarting(&self, restart: &Restart) -> impl FnMut(Mishap) + Send + 'static {
        let (restart, hindrance) = (Arc::clone(restart), Arc::clone(&self.hindrance));
        move |mishap| {
            if mishap == Mishap::ServiceRestarted
                && let Err(failed) = restart()
            {
                *hindrance.lock().unwrap_or_else(PoisonError::into_inner) = Some(failed);
            }
        }
    }

    /// What failed in the meantime of what surrounds the card.
    pub(super) fn take_hindrance(&self) -> Option<Hindrance> {
        self.hindrance
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Whether a fault that was armed has happened.
    pub(super) fn has_happened(&self, plan: FaultPlan) -> bool {
        let (armed, fired) = match &self.kind {
            Kind::InProcess(reader, _) => (reader.faults(), reader.fired()),
            Kind::Slot(_, lying) => match &*lying.borrow() {
                Lying::Held(control) => (control.faults(), control.fired()),
                _ => return false,
            },
            Kind::Pad(control) => (control.faults(), control.fired()),
            Kind::Field(control) => (control.faults(), control.fired()),
        };
        // One that stays until it is cleared is armed for ever.
        if plan.stays() {
            return fired.iter().any(|fired| fired.plan == plan);
        }
        !armed.contains(&plan)
    }

    /// The keys of the reader.
    pub(super) fn keys(&self) -> Option<ReaderControl> {
        match &self.kind {
            Kind::Pad(control) => Some(control.clone()),
            _ => None,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        match &self.kind {
            Kind::InProcess(..) => {}
            Kind::Slot(_, lying) => {
                if let Lying::Held(control) = &*lying.borrow() {
                    control.stop();
                }
            }
            Kind::Pad(control) => control.stop(),
            Kind::Field(control) => control.stop(),
        }
        if let Some(run) = self.run.take() {
            // A thread that panicked has told why.
            let _ = run.join();
        }
    }
}

fn is_restart(plan: FaultPlan) -> bool {
    matches!(plan.fault(), Fault::ServiceRestart(_))
}

/// Until it is stopped; a pcscd that ends is waited for.
fn play(mut slot: Slot) {
    loop {
        match slot.run(&mut |_| {}) {
            Ok(Ended::Stopped) | Err(VpcdError::Connect { .. }) => return,
            _ => sleep(RETRY),
        }
    }
}
