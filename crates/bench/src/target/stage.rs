//! What a scenario can do at a target.
//!
//! Not here: the targets themselves (`played`, `reader`).

use core::time::Duration;
use std::time::Instant;

use super::{Hindrance, Value};
use crate::rig::Keys;
use crate::scenario::{Do, Typed};
use varco::Varco;
use varco::steps::{CardPresence, Disposition};
use varco_emulator::fault::FaultPlan;

/// How long a card may take to be noticed, and how often to look.
const NOTICED_MAX: Duration = Duration::from_secs(20);
const LOOK_INTERVAL: Duration = Duration::from_millis(20);
/// How long another program may hold the card that is to be reset.
const RESET_WAIT: Duration = Duration::from_secs(10);

/// Tries that are left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Counts {
    /// Of the PIN; none where the card does not tell.
    pub pin: Option<u8>,
    /// Of the PUK.
    pub puk: Option<u8>,
}

/// Whether what is tested has the card in hand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holding {
    /// In the middle of an action.
    Held,
    /// Between two actions.
    Free,
}

/// A reader and the hands at it. A question for a PIN comes up from within an action, so all of it is called by shared reference.
pub trait Stage {
    /// The readers.
    fn varco(&self) -> &Varco;

    /// The name of the reader.
    fn reader(&self) -> &str;

    /// Puts the card of this name in, and waits until it is seen.
    ///
    /// # Errors
    /// [`Hindrance`].
    fn insert(&self, card: &str) -> Result<(), Hindrance>;

    /// Takes the card out if it is in, and waits until that is seen.
    ///
    /// # Errors
    /// [`Hindrance`].
    fn remove(&self) -> Result<(), Hindrance>;

    /// Has something break.
    ///
    /// # Errors
    /// [`Hindrance`], where it cannot break so here.
    fn fault(&self, plan: FaultPlan) -> Result<(), Hindrance>;

    /// Whether what was to break has broken.
    fn has_broken(&self, plan: FaultPlan) -> bool {
        let _ = plan;
        false
    }

    /// What failed in the meantime of what surrounds the card, unseen by whoever was at it.
    ///
    /// # Errors
    /// [`Hindrance`].
    fn is_sound(&self) -> Result<(), Hindrance> {
        Ok(())
    }

    /// Lets time pass.
    fn wait(&self, time: Duration) {
        std::thread::sleep(time);
    }

    /// What is typed for the card that was put in last, if that is the one that is in.
    ///
    /// # Errors
    /// [`Hindrance`].
    fn value(&self, typed: &Typed) -> Result<Value, Hindrance>;

    /// Whether the card that was put in last is the one that is in. It is asked before each value that is typed.
    ///
    /// # Errors
    /// [`Hindrance`], where it is another, or nobody knows.
    fn is_same(&self) -> Result<(), Hindrance> {
        Ok(())
    }

    /// Takes what an action may cost from what may be spent, before anything of it is done.
    ///
    /// # Errors
    /// [`Hindrance`], where it could cost more than was permitted.
    fn permit(&self, action: &Do, typed: &[&Typed]) -> Result<(), Hindrance> {
        let _ = (action, typed);
        Ok(())
    }

    /// Tells what an action that was permitted has cost, `given` being how many values went out. By how many tries it cost more
    /// than could be.
    ///
    /// # Errors
    /// [`Hindrance`].
    fn settle(&self, given: u32) -> Result<u8, Hindrance> {
        let _ = given;
        Ok(0)
    }

    /// Has a person at the terminal do something that may take its time.
    fn by_hand(&self, is_busy: bool) {
        let _ = is_busy;
    }

    /// Whether values are typed on the keys of the reader.
    fn has_keypad(&self) -> bool {
        false
    }

    /// Begins to press these on the reader's keys, one after the other, for what it asks now or next.
    ///
    /// # Errors
    /// [`Hindrance`], where there are no such keys.
    fn press(&self, values: Vec<(Keys, Value)>) -> Result<(), Hindrance> {
        let _ = values;
        Err(Hindrance::not_applicable(
            "bench-na-keys",
            "this reader has no keys",
        ))
    }

    /// The reader asks no more: what was not pressed is not pressed.
    ///
    /// # Errors
    /// [`Hindrance`], where pressing failed.
    fn pressed(&self) -> Result<(), Hindrance> {
        Ok(())
    }

    /// Tries left of the card that was put in last.
    ///
    /// # Errors
    /// [`Hindrance`], where nobody can tell.
    fn counts(&self) -> Result<Counts, Hindrance>;

    /// Whether the cards are real ones, and so are their holders.
    fn is_real(&self) -> bool {
        false
    }

    /// Whether programs that speak PC/SC reach the card.
    fn reaches_programs(&self) -> bool;

    /// Has another program reset the card.
    ///
    /// # Errors
    /// [`Hindrance`].
    fn reset(&self, held: Holding) -> Result<(), Hindrance>;
}

/// Resets the card over a connection of its own.
pub(super) fn reset(varco: &Varco, reader: &str) -> Result<(), Hindrance> {
    let failed = |error: &dyn core::fmt::Display| Hindrance::rig("bench-rig-reset", error);
    let link = varco
        .connect(Some(reader), RESET_WAIT)
        .map_err(|error| failed(&error))?;
    link.close(Disposition::Reset).map_err(|error| failed(&error))
}

/// Waits until a card is in the reader, or none.
pub(super) fn until_seen(varco: &Varco, reader: &str, is_in: bool) -> Result<(), Hindrance> {
    let begun = Instant::now();
    loop {
        let seen = varco.readers().map(|readers| {
            let mut states = readers.into_iter();
            let state = states.find(|state| state.name.as_str() == reader);
            state.map(|state| state.card)
        });
        let is_seen = match &seen {
            Ok(Some(CardPresence::Present(_) | CardPresence::Mute)) => is_in,
            Ok(Some(CardPresence::Absent)) => !is_in,
            _ => false,
        };
        if is_seen {
            return Ok(());
        }
        if begun.elapsed() > NOTICED_MAX {
            let code = if is_in {
                "bench-rig-card-unseen"
            } else {
                "bench-rig-card-stays"
            };
            return Err(Hindrance::rig(code, format!("{reader}: {seen:?}")));
        }
        std::thread::sleep(LOOK_INTERVAL);
    }
}
