//! One use of secrets that a person typed, or types on a reader: what it is for, and the permits that it earned.
//!
//! Not here: whether it may happen (`rules`), and the sending (`session`, `care`).

use varco_apdu::{Pin, ins};
use varco_card::{Epoch, PermitScope, PinPermit};

use crate::{CardSecret, NewPinWay, PadTerms, PinId, SecretFacts, TriesLeft};

/// What typed values are to do. At most one try is at stake, whichever it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PinUse {
    /// Verify a secret.
    Verify(CardSecret),
    /// Change a PIN, in this way.
    Change(PinId, NewPinWay),
    /// Unblock a PIN by its PUK, in this way.
    Unblock(PinId, NewPinWay),
}

impl PinUse {
    /// The secret whose try is at stake.
    #[must_use]
    pub fn at_stake(self) -> CardSecret {
        match self {
            Self::Verify(secret) => secret,
            Self::Change(id, _) => CardSecret::Pin(id),
            Self::Unblock(id, _) => CardSecret::Puk(id),
        }
    }

    /// The instructions that bring the values, in their order.
    fn instructions(self) -> (Option<u8>, Option<u8>) {
        let (new_pin, way) = match self {
            Self::Verify(_) => return (Some(ins::VERIFY), None),
            Self::Change(_, way) => (ins::CHANGE_REFERENCE_DATA, way),
            Self::Unblock(_, way) => (ins::RESET_RETRY_COUNTER, way),
        };
        match way {
            NewPinWay::OneCommand => (None, Some(new_pin)),
            NewPinWay::VerifiedFirst => (Some(ins::VERIFY), Some(new_pin)),
        }
    }
}

/// An attempt at a card, as it stands now.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// What for.
    pub purpose: PinUse,
    /// What is known of the secret at stake.
    pub present: SecretFacts,
    /// What is known of the PIN that is verified, changed or unblocked; for a PUK that is only verified, of the PUK.
    pub target: SecretFacts,
    /// How many tries the secret at stake has left.
    pub tries_left: TriesLeft,
    /// The epoch in which all of it happens.
    pub epoch: Epoch,
}

impl Attempt {
    /// To verify a PIN.
    #[must_use]
    pub fn verify(secret: CardSecret, facts: SecretFacts, tries_left: TriesLeft, epoch: Epoch) -> Self {
        Self {
            purpose: PinUse::Verify(secret),
            present: facts,
            target: facts,
            tries_left,
            epoch,
        }
    }

    /// The permits for it: to verify the present secret, and to bring the new PIN.
    pub(crate) fn permits(&self) -> (Option<PinPermit>, Option<PinPermit>) {
        let (verify, new_pin) = self.purpose.instructions();
        let permit = |ins: u8, facts: SecretFacts| {
            PinPermit::issue(PermitScope::TypedValue, ins, facts.reference.0, self.epoch)
        };
        (
            verify.map(|ins| permit(ins, self.present)),
            new_pin.map(|ins| permit(ins, self.target)),
        )
    }
}

/// The values, or that they are typed on the reader.
#[derive(Debug)]
pub enum Given {
    /// Typed here.
    Typed {
        /// The present PIN, or the PUK.
        present: Pin,
        /// The new PIN, where there is to be one.
        new: Option<Pin>,
    },
    /// To be typed on the reader.
    OnPad(PadTerms),
}

impl Given {
    /// One value that was typed.
    #[must_use]
    pub fn typed(present: Pin) -> Self {
        Self::Typed { present, new: None }
    }
}

/// Values with the permits that they earned: sent once or never.
#[derive(Debug)]
pub struct AuthorisedPin {
    pub(crate) given: Given,
    pub(crate) purpose: PinUse,
    /// What the counter said before.
    pub(crate) tries_left: TriesLeft,
    pub(crate) verify: Option<PinPermit>,
    pub(crate) new_pin: Option<PinPermit>,
    /// What is remembered where the card refuses the value.
    pub(crate) refusal: Option<crate::refused::Refusal>,
}
