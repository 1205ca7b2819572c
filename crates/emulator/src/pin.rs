//! PIN objects with real counters: VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER
//! (ISO/IEC 7816-4 §11.5.6, §11.5.7, §11.5.10; [cns §3]).
//!
//! A card does not know what a PIN looks like: it compares a padded block of eight bytes, so every eight
//! bytes that differ are a wrong try, whatever they are. Only a new value is checked for its form.
//!
//! Not here: which P2 names which object (the kind of card says), and the dispatch by INS.

use core::fmt;

use varco_apdu::StatusWord;
use zeroize::Zeroizing;

use crate::{PinState, StateError};

/// Bytes of a padded PIN or PUK.
pub const SECRET_BLOCK_BYTES: usize = 8;
const FILLER: u8 = 0xFF;

type Block = [u8; SECRET_BLOCK_BYTES];

/// How a card tells that a value was wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WrongPin {
    /// 6300, no counter: the Incard family.
    NoCounter,
    /// 63Cx.
    Counter,
}

/// What a card does with a VERIFY without data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EmptyVerify {
    /// Tells: 9000 when verified, else 63Cx, or 6983 when blocked. Costs nothing.
    Count,
    /// 6700. Costs nothing.
    Refused,
    /// Takes it for a wrong value: a try is lost.
    Burns,
}

/// What cannot be a PIN object.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PinError {
    /// The limits of the length are no limits.
    #[error("a PIN is to have {min} to {max} characters, which must lie in 1 to {SECRET_BLOCK_BYTES}")]
    Limits {
        /// The least.
        min: usize,
        /// The most.
        max: usize,
    },
    /// The value does not have a length within the limits, or holds the filler FF.
    #[error("the value does not have {min} to {max} characters")]
    Value {
        /// The least.
        min: usize,
        /// The most.
        max: usize,
    },
    /// Tries outside 1 to 15, or more left than there can be.
    #[error("{left} of {max} tries: at most 15, at least 1, and no more left than there are")]
    Tries {
        /// Left.
        left: u8,
        /// The most.
        max: u8,
    },
}

/// Pads characters with FF to the block that a card compares; `None` when there are more than eight.
#[must_use]
pub fn padded_block(characters: &[u8]) -> Option<[u8; SECRET_BLOCK_BYTES]> {
    let mut block = [FILLER; SECRET_BLOCK_BYTES];
    block.get_mut(..characters.len())?.copy_from_slice(characters);
    Some(block)
}

/// A secret that the card compares and counts.
pub struct PinObject {
    reference: u8,
    block: Zeroizing<Block>,
    length_min: usize,
    length_max: usize,
    tries_max: u8,
    tries_left: u8,
    verified: bool,
}

impl fmt::Debug for PinObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "PIN object {:02X}, {}/{}",
            self.reference, self.tries_left, self.tries_max
        )
    }
}

impl PinObject {
    /// A PIN object whose value has `length_min` to `length_max` characters, with all its tries.
    ///
    /// # Errors
    /// [`PinError`] when limits, value or tries cannot be.
    pub fn new(
        reference: u8,
        value: &[u8],
        length_min: usize,
        length_max: usize,
        tries_max: u8,
    ) -> Result<Self, PinError> {
        if length_min == 0 || length_min > length_max || length_max > SECRET_BLOCK_BYTES {
            return Err(PinError::Limits {
                min: length_min,
                max: length_max,
            });
        }
        if !(1..=15).contains(&tries_max) {
            return Err(PinError::Tries {
                left: tries_max,
                max: tries_max,
            });
        }
        let wrong_value = PinError::Value {
            min: length_min,
            max: length_max,
        };
        let object = Self {
            reference,
            block: Zeroizing::new(padded_block(value).ok_or(wrong_value)?),
            length_min,
            length_max,
            tries_max,
            tries_left: tries_max,
            verified: false,
        };
        // As characters, not as a block: a filler inside would otherwise pass for padding.
        if value.contains(&FILLER) || !object.takes(&object.block) {
            return Err(wrong_value);
        }
        Ok(object)
    }

    /// With fewer tries left.
    ///
    /// # Errors
    /// [`PinError::Tries`] when there are more than the object has.
    pub fn with_tries_left(mut self, tries_left: u8) -> Result<Self, PinError> {
        if tries_left > self.tries_max {
            return Err(PinError::Tries {
                left: tries_left,
                max: self.tries_max,
            });
        }
        self.tries_left = tries_left;
        Ok(self)
    }

    /// Whether a block is a value in the right form: enough characters, then filler only.
    fn takes(&self, block: &Block) -> bool {
        let length = block.iter().take_while(|&&byte| byte != FILLER).count();
        (self.length_min..=self.length_max).contains(&length)
            && block.iter().skip(length).all(|&byte| byte == FILLER)
    }

    /// Compares, counts, and keeps whether the value is now known. `Err` is the status to answer.
    fn present(&mut self, block: Option<&Block>, wrong: WrongPin) -> Result<(), StatusWord> {
        if self.tries_left == 0 {
            return Err(StatusWord::AUTHENTICATION_BLOCKED);
        }
        if block == Some(&*self.block) {
            self.tries_left = self.tries_max;
            return Ok(());
        }
        self.tries_left -= 1;
        self.verified = false;
        Err(match wrong {
            WrongPin::NoCounter => StatusWord::VERIFICATION_FAILED,
            WrongPin::Counter => StatusWord::counter(self.tries_left),
        })
    }
}

/// The PIN objects of a card and how it speaks of them.
#[derive(Debug)]
pub struct PinSet {
    objects: Vec<PinObject>,
    wrong: WrongPin,
    empty: EmptyVerify,
}

impl PinSet {
    /// A card's PIN objects. Of two with the same reference only the first is ever found.
    #[must_use]
    pub fn new(objects: Vec<PinObject>, wrong: WrongPin, empty: EmptyVerify) -> Self {
        Self {
            objects,
            wrong,
            empty,
        }
    }

    fn find(&mut self, reference: u8) -> Result<&mut PinObject, StatusWord> {
        self.objects
            .iter_mut()
            .find(|object| object.reference == reference)
            .ok_or(StatusWord::REFERENCED_DATA_NOT_FOUND)
    }

    /// Whether the object's value was verified since the last reset.
    #[must_use]
    pub fn is_verified(&self, reference: u8) -> bool {
        self.objects
            .iter()
            .any(|object| object.reference == reference && object.verified)
    }

    /// The references of all objects whose value was verified since the last reset.
    #[must_use]
    pub fn verified(&self) -> Vec<u8> {
        let verified = self.objects.iter().filter(|object| object.verified);
        verified.map(|object| object.reference).collect()
    }

    /// VERIFY (ISO/IEC 7816-4 §11.5.6). Anything but none or eight bytes is 6700 and costs no try.
    pub fn verify(&mut self, reference: u8, data: &[u8]) -> StatusWord {
        self.try_verify(reference, data)
            .err()
            .unwrap_or(StatusWord::SUCCESS)
    }

    fn try_verify(&mut self, reference: u8, data: &[u8]) -> Result<(), StatusWord> {
        let (wrong, empty) = (self.wrong, self.empty);
        let object = self.find(reference)?;
        let block = match (data, empty) {
            ([], EmptyVerify::Count) => {
                return match (object.tries_left, object.verified) {
                    (0, _) => Err(StatusWord::AUTHENTICATION_BLOCKED),
                    (_, true) => Ok(()),
                    (left, false) => Err(StatusWord::counter(left)),
                };
            }
            ([], EmptyVerify::Burns) => None,
            (data, _) => Some(<&Block>::try_from(data).map_err(|_| StatusWord::WRONG_LENGTH)?),
        };
        object.present(block, wrong)?;
        object.verified = true;
        Ok(())
    }

    /// CHANGE REFERENCE DATA with the old and the new value (ISO/IEC 7816-4 §11.5.7, P1 = 00). A new value in
    /// a wrong form is 6A80 and costs no try. A right old value restores the counter but verifies nothing.
    pub fn change(&mut self, reference: u8, data: &[u8]) -> StatusWord {
        self.try_change(reference, data)
            .err()
            .unwrap_or(StatusWord::SUCCESS)
    }

    fn try_change(&mut self, reference: u8, data: &[u8]) -> Result<(), StatusWord> {
        let wrong = self.wrong;
        let object = self.find(reference)?;
        let (old, new) = two_blocks(data)?;
        if !object.takes(new) {
            return Err(StatusWord::WRONG_DATA);
        }
        object.present(Some(old), wrong)?;
        object.block = Zeroizing::new(*new);
        Ok(())
    }

    /// RESET RETRY COUNTER with the unblocking value and a new one (ISO/IEC 7816-4 §11.5.10, P1 = 00). A wrong
    /// unblocking value costs a try of its own object, never of the one to unblock.
    pub fn unblock(&mut self, reference: u8, unblocking: u8, data: &[u8]) -> StatusWord {
        self.try_unblock(reference, unblocking, data)
            .err()
            .unwrap_or(StatusWord::SUCCESS)
    }

    fn try_unblock(&mut self, reference: u8, unblocking: u8, data: &[u8]) -> Result<(), StatusWord> {
        let wrong = self.wrong;
        let (puk, new) = two_blocks(data)?;
        if !self.find(reference)?.takes(new) {
            return Err(StatusWord::WRONG_DATA);
        }
        self.find(unblocking)?.present(Some(puk), wrong)?;
        let object = self.find(reference)?;
        object.block = Zeroizing::new(*new);
        object.tries_left = object.tries_max;
        object.verified = false;
        Ok(())
    }

    /// RESET RETRY COUNTER of a card that verified the unblocking value before (ISO/IEC 7816-4 §11.5.10, P1 = 02 with a
    /// new value, 03 without): all tries again, and the value is not verified.
    pub fn renew(&mut self, reference: u8, new: Option<&[u8]>) -> StatusWord {
        let object = match self.find(reference) {
            Ok(object) => object,
            Err(status) => return status,
        };
        if let Some(new) = new {
            let Ok(block) = Block::try_from(new) else {
                return StatusWord::WRONG_LENGTH;
            };
            if !object.takes(&block) {
                return StatusWord::WRONG_DATA;
            }
            object.block = Zeroizing::new(block);
        }
        object.tries_left = object.tries_max;
        object.verified = false;
        StatusWord::SUCCESS
    }

    /// Tries left and tries at most of an object.
    #[must_use]
    pub fn tries(&self, reference: u8) -> Option<(u8, u8)> {
        self.objects
            .iter()
            .find(|object| object.reference == reference)
            .map(|object| (object.tries_left, object.tries_max))
    }

    /// Gives an object so many tries, at most as many as it can have; false when there is none of this reference.
    pub fn set_tries(&mut self, reference: u8, tries_left: u8) -> bool {
        let Ok(object) = self.find(reference) else {
            return false;
        };
        object.tries_left = tries_left.min(object.tries_max);
        true
    }

    /// Forgets which values were verified, as a reset does. Counters stay.
    pub fn reset(&mut self) {
        for object in &mut self.objects {
            object.verified = false;
        }
    }

    /// Values and counters.
    #[must_use]
    pub fn states(&self) -> Vec<PinState> {
        self.objects
            .iter()
            .map(|object| PinState {
                reference: object.reference,
                block: *object.block,
                tries_left: object.tries_left,
            })
            .collect()
    }

    /// Takes up values and counters of the same objects, all of them or, on error, none.
    ///
    /// # Errors
    /// [`StateError::OtherPins`] and [`StateError::TooManyTries`].
    pub fn restore(&mut self, states: &[PinState]) -> Result<(), StateError> {
        if states.len() != self.objects.len() {
            return Err(StateError::OtherPins);
        }
        for (object, state) in self.objects.iter().zip(states) {
            if object.reference != state.reference || !object.takes(&state.block) {
                return Err(StateError::OtherPins);
            }
            if state.tries_left > object.tries_max {
                return Err(StateError::TooManyTries {
                    reference: state.reference,
                    tries_left: state.tries_left,
                    tries_max: object.tries_max,
                });
            }
        }
        for (object, state) in self.objects.iter_mut().zip(states) {
            object.block = Zeroizing::new(state.block);
            object.tries_left = state.tries_left;
            object.verified = false;
        }
        Ok(())
    }
}

fn two_blocks(data: &[u8]) -> Result<(&Block, &Block), StatusWord> {
    match data.as_chunks() {
        ([first, second], []) => Ok((first, second)),
        _ => Err(StatusWord::WRONG_LENGTH),
    }
}

#[cfg(test)]
mod tests;
