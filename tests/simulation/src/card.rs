//! A played card that is watched: what reached it, by whom, and what its own counters were before and after.
//!
//! Not here: which cards there are (`cards`), and what must hold of what was heard (`oracle`).

use core::time::Duration;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use varco_apdu::{Atr, ins};
use varco_credential::{CardSecret, PinId};
use varco_emulator::{Alteration, CardState, EventLog, Feature, Played, PlayedCard, StateError, TimingModel};
use zeroize::Zeroizing;

use crate::link::Fault;

/// Who speaks to the card that is in the reader. Varco's processes are numbered from zero.
pub(crate) const OTHERS: usize = 100;
/// The simulation itself, which looks and is not heard.
pub(crate) const PROBE: usize = 101;

/// GET DATA, by which an identity card tells its counters.
const GET_DATA: u8 = 0xCB;

/// The block that a card compares.
pub(crate) type Block = [u8; 8];

/// The value as it stands in a block; `None` where it has too many characters.
pub(crate) fn block(value: &str) -> Option<Block> {
    let mut block = [0xFF; 8];
    block.get_mut(..value.len())?.copy_from_slice(value.as_bytes());
    Some(block)
}

/// Which of a card's two secrets.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Secret {
    Pin,
    Puk,
}

impl Secret {
    /// As the code under test calls it.
    pub(crate) fn named(self) -> CardSecret {
        match self {
            Self::Pin => CardSecret::USER_PIN,
            Self::Puk => CardSecret::Puk(PinId::User),
        }
    }
}

/// What a card keeps. `Debug` would show values, so there is none.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secrets {
    pub(crate) pin: Block,
    pub(crate) puk: Block,
    pub(crate) pin_tries: u8,
    pub(crate) puk_tries: u8,
}

impl Secrets {
    pub(crate) fn tries(&self, secret: Secret) -> u8 {
        match secret {
            Secret::Pin => self.pin_tries,
            Secret::Puk => self.puk_tries,
        }
    }

    pub(crate) fn value(&self, secret: Secret) -> Block {
        match secret {
            Secret::Pin => self.pin,
            Secret::Puk => self.puk,
        }
    }

    /// The characters of a value.
    pub(crate) fn characters(&self, secret: Secret) -> String {
        let block = self.value(secret);
        let digits = block.iter().take_while(|byte| **byte != 0xFF);
        digits.map(|byte| char::from(*byte)).collect()
    }
}

/// A command about a PIN that reached the card.
#[derive(Clone)]
pub(crate) struct Heard {
    /// In the order of all that any card of the world heard.
    pub(crate) number: u64,
    pub(crate) by: usize,
    pub(crate) insertion: u64,
    pub(crate) card: usize,
    pub(crate) ins: u8,
    /// Whose counter is at stake, or is asked for; `None` where that is hidden in a channel.
    pub(crate) secret: Option<Secret>,
    /// Whether it brought a value; else it asked for a counter.
    pub(crate) is_value: bool,
    /// The data field, where it is in clear.
    pub(crate) data: Option<Zeroizing<Vec<u8>>>,
    pub(crate) before: Secrets,
    pub(crate) after: Secrets,
    pub(crate) status: u16,
    /// What became of the answer on its way, if it was not told as it was.
    pub(crate) fault: Option<Fault>,
}

impl Heard {
    /// Tries that it cost.
    pub(crate) fn cost(&self, secret: Secret) -> u8 {
        self.before.tries(secret).saturating_sub(self.after.tries(secret))
    }

    /// Whether it brings a new PIN.
    pub(crate) fn is_new_pin(&self) -> bool {
        self.is_value && self.ins != ins::VERIFY
    }
}

/// What all cards and links of a world share.
#[derive(Default)]
pub(crate) struct Ears {
    pub(crate) speaker: AtomicUsize,
    pub(crate) insertion: AtomicU64,
    numbers: AtomicU64,
}

/// A card of the world.
pub(crate) struct Card {
    pub(crate) number: usize,
    pub(crate) about: About,
    ears: Arc<Ears>,
    inside: Mutex<Inside>,
}

/// What is known of it, as the driver will find it.
#[derive(Clone)]
pub(crate) struct About {
    /// In words, for the failure text.
    pub(crate) make: String,
    pub(crate) is_document: bool,
    pub(crate) pin_reference: u8,
    pub(crate) puk_reference: u8,
    /// The search bit, where the card wants it.
    pub(crate) search: u8,
    /// Its counters can be had for nothing, and the driver knows it.
    pub(crate) is_readable: bool,
    pub(crate) pin_tries: u8,
    pub(crate) puk_tries: u8,
}

struct Inside {
    card: Box<dyn PlayedCard>,
    heard: Vec<Heard>,
    /// Who brought a value since the last reset, and its number.
    brought_by: Option<(usize, u64)>,
}

impl Card {
    pub(crate) fn new(number: usize, about: About, ears: Arc<Ears>, card: Box<dyn PlayedCard>) -> Self {
        let inside = Inside {
            card,
            heard: Vec::new(),
            brought_by: None,
        };
        Self {
            number,
            about,
            ears,
            inside: Mutex::new(inside),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap()
    }

    pub(crate) fn secrets(&self) -> Secrets {
        secrets(&*self.lock().card, &self.about)
    }

    /// What was heard since the last time, emptied.
    pub(crate) fn take_heard(&self) -> Vec<Heard> {
        std::mem::take(&mut self.lock().heard)
    }

    /// Looks through what was heard.
    pub(crate) fn heard_by(&self, by: usize, from: u64) -> Vec<Heard> {
        let inside = self.lock();
        let mine = inside
            .heard
            .iter()
            .filter(|heard| heard.by == by && heard.number >= from);
        mine.cloned().collect()
    }

    /// How many commands about a PIN were heard.
    pub(crate) fn heard_count(&self) -> usize {
        self.lock().heard.len()
    }

    /// The answer to the last command did not come through as it was.
    pub(crate) fn note_fault(&self, fault: Fault) {
        if let Some(heard) = self.lock().heard.last_mut() {
            heard.fault = Some(fault);
        }
    }

    pub(crate) fn brought_by(&self) -> Option<(usize, u64)> {
        self.lock().brought_by
    }

    /// Gives it so many tries, as some program does that knows the values, or does not; the card is reset.
    pub(crate) fn set_tries(&self, pin_tries: u8, puk_tries: u8) {
        let mut inside = self.lock();
        let mut text = inside.card.snapshot();
        let mut pins = text.pins().to_vec();
        for pin in &mut pins {
            if pin.reference == self.about.pin_reference {
                pin.tries_left = pin_tries;
            } else {
                pin.tries_left = puk_tries;
            }
        }
        text = CardState::new(&self.name(), pins);
        inside.card.restore(&text).unwrap();
        inside.brought_by = None;
    }

    fn name(&self) -> String {
        format!("card-{}", self.number)
    }

    /// Whether the card says that a secret is verified: asked where asking is free.
    pub(crate) fn says_verified(&self, secret: Secret) -> bool {
        let p2 = match secret {
            Secret::Pin => self.about.pin_reference,
            Secret::Puk => self.about.puk_reference,
        } | self.about.search;
        let played = self.lock().card.process(&[0x00, ins::VERIFY, 0x00, p2]);
        played.response.as_slice() == [0x90, 0x00]
    }

    fn process(&self, command: &[u8]) -> Played {
        let mut inside = self.lock();
        let by = self.ears.speaker.load(Ordering::SeqCst);
        let Some(mut heard) = self.listen(command, by, &*inside.card) else {
            return inside.card.process(command);
        };
        let played = inside.card.process(command);
        heard.after = secrets(&*inside.card, &self.about);
        if let Some(word) = played.response.last_chunk::<2>() {
            heard.status = u16::from_be_bytes(*word);
        }
        if heard.is_value {
            inside.brought_by = Some((by, heard.number));
        }
        inside.heard.push(heard);
        played
    }

    /// What a command is, if it is about a PIN.
    fn listen(&self, command: &[u8], by: usize, card: &dyn PlayedCard) -> Option<Heard> {
        let &[class, instruction, _, p2] = command.first_chunk::<4>()?;
        let instruction = instruction & 0xFE | u8::from(instruction == GET_DATA);
        let is_pin = matches!(
            instruction,
            ins::VERIFY | ins::CHANGE_REFERENCE_DATA | ins::RESET_RETRY_COUNTER
        );
        let is_secure = class & 0x0C == 0x0C;
        if by == PROBE || !(is_pin || is_secure && instruction == GET_DATA) {
            return None;
        }
        let data = command.get(5..).unwrap_or_default();
        let secret = match instruction {
            GET_DATA => None,
            ins::RESET_RETRY_COUNTER => Some(Secret::Puk),
            _ if p2 & !self.about.search == self.about.puk_reference => Some(Secret::Puk),
            _ => Some(Secret::Pin),
        };
        let before = secrets(card, &self.about);
        Some(Heard {
            number: self.ears.numbers.fetch_add(1, Ordering::SeqCst),
            by,
            insertion: self.ears.insertion.load(Ordering::SeqCst),
            card: self.number,
            ins: instruction,
            secret,
            is_value: is_pin && !data.is_empty(),
            data: (!is_secure).then(|| Zeroizing::new(data.to_vec())),
            after: before.clone(),
            before,
            status: 0,
            fault: None,
        })
    }
}

impl Ears {
    /// The number that the next command heard will have.
    pub(crate) fn next_number(&self) -> u64 {
        self.numbers.load(Ordering::SeqCst)
    }
}

fn secrets(card: &dyn PlayedCard, about: &About) -> Secrets {
    let state = card.snapshot();
    let of = |reference| {
        let pins = state.pins();
        pins.iter().find(|pin| pin.reference == reference).unwrap()
    };
    let (pin, puk) = (of(about.pin_reference), of(about.puk_reference));
    Secrets {
        pin: pin.block,
        puk: puk.block,
        pin_tries: pin.tries_left,
        puk_tries: puk.tries_left,
    }
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
            atr: card.lock().card.atr().clone(),
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
        inside.brought_by = None;
        inside.card.power_on();
    }
    fn power_off(&mut self) {
        let mut inside = self.card.lock();
        inside.brought_by = None;
        inside.card.power_off();
    }
    fn process(&mut self, command: &[u8]) -> Played {
        let mut played = self.card.process(command);
        played.took = Duration::ZERO;
        played
    }
    fn log(&self) -> &EventLog {
        &self.log
    }
    fn set_timing(&mut self, _: TimingModel) {}
    fn verified(&self) -> Vec<u8> {
        self.card.lock().card.verified()
    }
    fn snapshot(&self) -> CardState {
        self.card.lock().card.snapshot()
    }
    fn restore(&mut self, state: &CardState) -> Result<(), StateError> {
        self.card.lock().card.restore(state)
    }
    fn alter(&mut self, alteration: Alteration) -> bool {
        self.card.lock().card.alter(alteration)
    }
    fn has(&self, feature: Feature) -> bool {
        self.card.lock().card.has(feature)
    }
}
