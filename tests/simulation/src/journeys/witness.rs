//! A played card that is watched: every command that reached it, its counters before and after, and what it signed.
//!
//! Not here: what must hold of it (`oracle`).

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use varco_apdu::{Atr, ins};
use varco_emulator::{Alteration, CardState, EventLog, Feature, Played, PlayedCard, StateError, TimingModel};
use zeroize::Zeroizing;

use super::clock::Clock;
use super::pool::{About, Pooled};
use crate::card::Block;

const GET_RESPONSE: u8 = 0xC0;
const PERFORM_SECURITY_OPERATION: u8 = 0x2A;
const INTERNAL_AUTHENTICATE: u8 = 0x88;
/// The two bits of a class byte that say that data is protected.
const SECURE: u8 = 0x0C;

/// What all cards of a journey share.
#[derive(Default)]
pub(crate) struct Ears {
    numbers: AtomicU64,
    pub(crate) insertion: AtomicU64,
    /// Whether what the card hears now comes from another program.
    pub(crate) is_other: AtomicBool,
    /// Another program came to a card on which a value of ours was still verified.
    pub(crate) was_left: AtomicBool,
    pub(crate) clock: Clock,
}

impl Ears {
    /// The number that the next command will have.
    pub(crate) fn next_number(&self) -> u64 {
        self.numbers.load(Ordering::SeqCst)
    }
}

/// A command that reached a card.
#[derive(Clone)]
pub(crate) struct Heard {
    /// In the order of all that any card of the journey heard.
    pub(crate) number: u64,
    pub(crate) insertion: u64,
    pub(crate) card: usize,
    pub(crate) is_other: bool,
    pub(crate) ins: u8,
    pub(crate) status: u16,
    /// Of commands about PINs.
    pub(crate) pin: Option<AboutPin>,
    /// The answer's data, of commands that sign and of those that fetch the rest of an answer.
    pub(crate) answer: Vec<u8>,
}

/// What a command about a PIN did.
#[derive(Clone)]
pub(crate) struct AboutPin {
    /// It brings a value; else it asks for a counter.
    pub(crate) is_value: bool,
    /// The counter of the PUK is at stake; else that of the PIN.
    pub(crate) is_puk: bool,
    /// The data field, where it is in clear.
    pub(crate) data: Option<Zeroizing<Vec<u8>>>,
    pub(crate) before: Tries,
    pub(crate) after: Tries,
    /// The value is verified on the card after it.
    pub(crate) is_granted: bool,
    /// The block of the secret at stake, before it.
    pub(crate) right: Block,
}

/// What the counters say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Tries {
    pub(crate) pin: u8,
    pub(crate) puk: u8,
}

impl AboutPin {
    /// Tries that it cost.
    pub(crate) fn cost(&self) -> u8 {
        let (before, after) = (self.before, self.after);
        before.pin.saturating_sub(after.pin) + before.puk.saturating_sub(after.puk)
    }

    /// Whether it brought a value that the card accepted.
    pub(crate) fn is_accepted(&self) -> bool {
        self.is_value && self.is_granted && self.cost() == 0
    }

    /// What was left before it of what is at stake.
    pub(crate) fn left(&self) -> u8 {
        if self.is_puk {
            self.before.puk
        } else {
            self.before.pin
        }
    }
}

/// A card of the journey.
pub(crate) struct Card {
    pub(crate) number: usize,
    pub(crate) about: Arc<About>,
    ears: Arc<Ears>,
    inside: Mutex<Inside>,
}

struct Inside {
    card: Pooled,
    heard: Vec<Heard>,
    /// The last of our own commands that brought a value, since a reset: another program's later value does not make it good.
    brought_by_us: Option<u64>,
}

impl Card {
    pub(crate) fn new(number: usize, card: Pooled, ears: &Arc<Ears>) -> Self {
        let inside = Inside {
            heard: Vec::new(),
            brought_by_us: None,
            card,
        };
        Self {
            number,
            about: Arc::clone(&inside.card.about),
            ears: Arc::clone(ears),
            inside: Mutex::new(inside),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        // A card that panicked is looked at no more, but must be let go of.
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the card back once the journey is over.
    pub(crate) fn into_pooled(self) -> Pooled {
        self.inside.into_inner().unwrap().card
    }

    /// What was heard since the last time, emptied.
    pub(crate) fn take_heard(&self) -> Vec<Heard> {
        std::mem::take(&mut self.lock().heard)
    }

    /// Number of our own command that brought the last value since a reset.
    pub(crate) fn brought_by_us(&self) -> Option<u64> {
        self.lock().brought_by_us
    }

    /// Whether any value is verified now.
    pub(crate) fn has_verified(&self) -> bool {
        !self.lock().card.card.verified().is_empty()
    }

    pub(crate) fn state(&self) -> CardState {
        self.lock().card.card.snapshot()
    }

    /// Its counters now.
    pub(crate) fn tries(&self) -> Tries {
        tries(&self.state(), &self.about)
    }

    /// The block of a secret now.
    pub(crate) fn block(&self, is_puk: bool) -> Block {
        block_of(&self.state(), &self.about, is_puk)
    }

    /// Gives it so many tries, as another program may; it is reset.
    pub(crate) fn set_tries(&self, left: Tries) {
        let mut inside = self.lock();
        let state = with_tries(&inside.card.card.snapshot(), &self.about, left);
        inside.card.card.restore(&state).unwrap();
        inside.brought_by_us = None;
    }

    fn process(&self, command: &[u8]) -> Played {
        let mut inside = self.lock();
        let mut heard = self.listen(command, &*inside.card.card);
        let played = inside.card.card.process(command);
        if let Some((data, word)) = played.response.split_last_chunk::<2>() {
            heard.status = u16::from_be_bytes(*word);
            if matches!(
                heard.ins,
                PERFORM_SECURITY_OPERATION | INTERNAL_AUTHENTICATE | GET_RESPONSE
            ) {
                heard.answer = data.to_vec();
            }
        }
        if let Some(pin) = &mut heard.pin {
            pin.after = tries(&inside.card.card.snapshot(), &self.about);
            pin.is_granted = !inside.card.card.verified().is_empty();
            if pin.is_value && !heard.is_other {
                inside.brought_by_us = Some(heard.number);
            }
        }
        inside.heard.push(heard);
        played
    }

    fn listen(&self, command: &[u8], card: &dyn PlayedCard) -> Heard {
        let (class, instruction, p2) = match command {
            [class, instruction, _, p2, ..] => (*class, *instruction, *p2),
            _ => (0, 0, 0),
        };
        let is_about_pin = matches!(
            instruction & 0xFE,
            ins::VERIFY | ins::CHANGE_REFERENCE_DATA | ins::RESET_RETRY_COUNTER
        );
        let pin = is_about_pin.then(|| {
            let is_secure = class & SECURE == SECURE;
            let data = command.get(5..).unwrap_or_default();
            let state = card.snapshot();
            let before = tries(&state, &self.about);
            let is_puk = instruction == ins::RESET_RETRY_COUNTER || p2 & 0x1F == self.about.puk & 0x1F;
            AboutPin {
                is_value: !data.is_empty(),
                is_puk,
                is_granted: false,
                right: block_of(&state, &self.about, is_puk),
                data: (!is_secure).then(|| Zeroizing::new(data.to_vec())),
                after: before,
                before,
            }
        });
        Heard {
            number: self.ears.numbers.fetch_add(1, Ordering::SeqCst),
            insertion: self.ears.insertion.load(Ordering::SeqCst),
            card: self.number,
            is_other: self.ears.is_other.load(Ordering::SeqCst),
            ins: instruction,
            status: 0,
            pin,
            answer: Vec::new(),
        }
    }
}

fn tries(state: &CardState, about: &About) -> Tries {
    let left = |reference| {
        let pin = state.pins().iter().find(|pin| pin.reference == reference);
        pin.map_or(0, |pin| pin.tries_left)
    };
    Tries {
        pin: left(about.pin),
        puk: left(about.puk),
    }
}

fn block_of(state: &CardState, about: &About, is_puk: bool) -> Block {
    let reference = if is_puk { about.puk } else { about.pin };
    let pins = state.pins();
    pins.iter().find(|pin| pin.reference == reference).unwrap().block
}

/// The same state with these counters, no more than there ever are.
pub(crate) fn with_tries(state: &CardState, about: &About, left: Tries) -> CardState {
    let mut pins = state.pins().to_vec();
    for pin in &mut pins {
        if pin.reference == about.pin {
            pin.tries_left = left.pin;
        } else if pin.reference == about.puk {
            pin.tries_left = left.puk;
        }
    }
    CardState::new(&about.name, pins)
}

/// The card as the reader holds it.
pub(crate) struct Watched {
    card: Arc<Card>,
    atr: Atr,
    log: EventLog,
}

impl Watched {
    pub(crate) fn new(card: &Arc<Card>) -> Self {
        Self {
            atr: card.lock().card.card.atr().clone(),
            card: Arc::clone(card),
            log: EventLog::default(),
        }
    }
}

impl PlayedCard for Watched {
    fn atr(&self) -> &Atr {
        &self.atr
    }
    fn power_on(&mut self) {
        let mut inside = self.card.lock();
        inside.brought_by_us = None;
        inside.card.card.power_on();
    }
    fn power_off(&mut self) {
        let mut inside = self.card.lock();
        inside.brought_by_us = None;
        inside.card.card.power_off();
    }
    fn process(&mut self, command: &[u8]) -> Played {
        self.card.process(command)
    }
    fn log(&self) -> &EventLog {
        &self.log
    }
    fn set_timing(&mut self, _: TimingModel) {}
    fn verified(&self) -> Vec<u8> {
        self.card.lock().card.card.verified()
    }
    fn snapshot(&self) -> CardState {
        self.card.state()
    }
    fn restore(&mut self, state: &CardState) -> Result<(), StateError> {
        self.card.lock().card.card.restore(state)
    }
    fn alter(&mut self, alteration: Alteration) -> bool {
        self.card.lock().card.card.alter(alteration)
    }
    fn has(&self, feature: Feature) -> bool {
        self.card.lock().card.card.has(feature)
    }
}
