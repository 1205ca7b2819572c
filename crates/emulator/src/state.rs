//! What a played card keeps when its power goes: PIN and PUK values and counters.
//!
//! A state file written from this holds **test PINs of a played card**, in the clear, and says so itself. No
//! real PIN ever gets here: a real card never tells its own.
//!
//! Not here: the writing and reading of files (the face does it, through serde), and what a reset forgets.

use core::fmt;

use serde::{Deserialize, Serialize};

/// The form of the state that this version writes and reads.
const FORMAT: u32 = 1;
const NOTE: &str = "test PINs of a played card; never those of a real one";

/// The lasting state of one played card.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardState {
    format: u32,
    note: String,
    card: String,
    pins: Vec<PinState>,
}

/// The lasting state of one PIN object. `Debug` does not show the value.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinState {
    /// The object's reference, without a search bit.
    pub reference: u8,
    /// The padded block that the card compares.
    pub block: [u8; crate::SECRET_BLOCK_BYTES],
    /// Tries left; zero is blocked.
    pub tries_left: u8,
}

impl fmt::Debug for PinState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02X}: {} tries left", self.reference, self.tries_left)
    }
}

/// A state that a card does not take up.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// Written by another version.
    #[error("the state has format {0}, this version reads {FORMAT}")]
    Format(u32),
    /// Another card's.
    #[error("the state is of card {found}, not of {expected}")]
    OtherCard {
        /// The card being restored.
        expected: String,
        /// The card in the state.
        found: String,
    },
    /// PIN objects that the card does not have, or not all that it has.
    #[error("the state does not have the PIN objects of this card")]
    OtherPins,
    /// More tries left than the card ever gives.
    #[error(
        "the state gives PIN object {reference:02X} {tries_left} tries, the card has at most {tries_max}"
    )]
    TooManyTries {
        /// The PIN object.
        reference: u8,
        /// What the state says.
        tries_left: u8,
        /// What the card allows.
        tries_max: u8,
    },
}

impl StateError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Format(_) => "card-state-format",
            Self::OtherCard { .. } => "card-state-other-card",
            Self::OtherPins => "card-state-other-pins",
            Self::TooManyTries { .. } => "card-state-too-many-tries",
        }
    }
}

impl CardState {
    /// The state of the card of this name.
    #[must_use]
    pub fn new(card: &str, pins: Vec<PinState>) -> Self {
        Self {
            format: FORMAT,
            note: NOTE.to_owned(),
            card: card.to_owned(),
            pins,
        }
    }

    /// The PIN objects, if this state is of this format and of the card of this name.
    ///
    /// # Errors
    /// [`StateError::Format`] and [`StateError::OtherCard`].
    pub fn pins_of(&self, card: &str) -> Result<&[PinState], StateError> {
        if self.format != FORMAT {
            return Err(StateError::Format(self.format));
        }
        if self.card != card {
            return Err(StateError::OtherCard {
                expected: card.to_owned(),
                found: self.card.clone(),
            });
        }
        Ok(&self.pins)
    }

    /// All PIN objects.
    #[must_use]
    pub fn pins(&self) -> &[PinState] {
        &self.pins
    }

    /// Tries left of the PIN object with this reference.
    #[must_use]
    pub fn tries_left(&self, reference: u8) -> Option<u8> {
        self.pins
            .iter()
            .find(|pin| pin.reference == reference)
            .map(|pin| pin.tries_left)
    }
}
