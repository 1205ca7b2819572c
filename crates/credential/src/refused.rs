//! Values that a card refused in this process, and that are not sent to it again.
//!
//! Nothing is kept that shows a value: it lies under a random mask. Whoever reads the whole memory of the process can take
//! the mask off; what protects from that is that the process cannot be dumped.
//!
//! Not here: when a value counts as refused (`rules`, `care`).

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use varco_apdu::{Mask, Masked, Pin, SECRET_LENGTH_MAX};

use crate::CardSecret;

/// The most values that are remembered, of all cards; the oldest goes first. Each has cost a try.
const VALUES_MAX: usize = 4_096;

/// What one card is known by: its certificate, else its number, else its answer to reset.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CardIdentity(Vec<u8>);

impl CardIdentity {
    /// By bytes that this card alone has.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

struct RefusedValue {
    card: CardIdentity,
    secret: CardSecret,
    value: Masked,
}

struct Memory {
    mask: Mask,
    values: VecDeque<RefusedValue>,
}

/// The values that were refused in this process, by card and secret. Clones share one memory.
#[derive(Clone)]
pub struct RefusedValues(Arc<Mutex<Memory>>);

impl core::fmt::Debug for RefusedValues {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("RefusedValues(hidden)")
    }
}

/// What is remembered if the card refuses a value that is on its way.
pub(crate) struct Refusal {
    memory: RefusedValues,
    card: CardIdentity,
    secret: CardSecret,
    value: Masked,
}

impl core::fmt::Debug for Refusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Refusal(hidden)")
    }
}

impl Refusal {
    /// The card said that it is wrong.
    pub(crate) fn happened(self) {
        let Self {
            memory,
            card,
            secret,
            value,
        } = self;
        let mut memory = memory.lock();
        if memory.values.len() >= VALUES_MAX {
            memory.values.pop_front();
        }
        memory.values.push_back(RefusedValue { card, secret, value });
    }
}

impl RefusedValues {
    /// Nothing yet; values will lie under these fresh random bytes.
    #[must_use]
    pub fn new(random: [u8; SECRET_LENGTH_MAX]) -> Self {
        Self(Arc::new(Mutex::new(Memory {
            mask: Mask::new(random),
            values: VecDeque::new(),
        })))
    }

    fn lock(&self) -> MutexGuard<'_, Memory> {
        // A list is whole between any two steps of what is done to it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this card refused this value.
    pub(crate) fn holds(&self, card: &CardIdentity, secret: CardSecret, value: &Pin) -> bool {
        let memory = self.lock();
        let value = value.mask(&memory.mask);
        let mut of_card = memory
            .values
            .iter()
            .filter(|refused| refused.card == *card && refused.secret == secret);
        of_card.any(|refused| refused.value == value)
    }

    /// What to remember should the card refuse this value.
    pub(crate) fn refusal(&self, card: &CardIdentity, secret: CardSecret, value: &Pin) -> Refusal {
        let value = value.mask(&self.lock().mask);
        Refusal {
            memory: self.clone(),
            card: card.clone(),
            secret,
            value,
        }
    }

    /// The secret has a new value: what was wrong may be right now.
    pub(crate) fn forget(&self, card: &CardIdentity, secret: CardSecret) {
        self.lock()
            .values
            .retain(|refused| refused.card != *card || refused.secret != secret);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(digits: &str) -> Pin {
        Pin::take_from(&mut digits.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn a_refused_value_is_known_again_for_its_card_and_secret_only_until_that_changes() {
        let memory = RefusedValues::new([0x5A; SECRET_LENGTH_MAX]);
        let (card, other) = (CardIdentity::new(b"1"), CardIdentity::new(b"2"));
        let puk = CardSecret::Puk(crate::PinId::User);
        memory
            .refusal(&card, CardSecret::USER_PIN, &pin("55555"))
            .happened();
        drop(memory.refusal(&card, CardSecret::USER_PIN, &pin("66666")));
        let clone = memory.clone();
        assert!(clone.holds(&card, CardSecret::USER_PIN, &pin("55555")));
        assert!(
            !clone.holds(&card, CardSecret::USER_PIN, &pin("66666")),
            "not refused"
        );
        assert!(!clone.holds(&other, CardSecret::USER_PIN, &pin("55555")));
        assert!(!clone.holds(&card, puk, &pin("55555")));
        memory.forget(&card, puk);
        assert!(clone.holds(&card, CardSecret::USER_PIN, &pin("55555")));
        memory.forget(&card, CardSecret::USER_PIN);
        assert!(!clone.holds(&card, CardSecret::USER_PIN, &pin("55555")));
    }

    #[test]
    fn the_oldest_are_forgotten_when_there_are_too_many() {
        let memory = RefusedValues::new([0x5A; SECRET_LENGTH_MAX]);
        let card = CardIdentity::new(b"1");
        for number in 0..=VALUES_MAX {
            let value = pin(&format!("{number:08}"));
            memory.refusal(&card, CardSecret::USER_PIN, &value).happened();
        }
        assert!(!memory.holds(&card, CardSecret::USER_PIN, &pin("00000000")));
        assert!(memory.holds(&card, CardSecret::USER_PIN, &pin("00000001")));
        assert_eq!(memory.lock().values.len(), VALUES_MAX);
    }
}
