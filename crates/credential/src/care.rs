//! A new PIN for a card: a change, and an unblocking by the PUK.
//!
//! Each takes one command or two, as the card wants it. Where it takes two, the second is sent only if the card accepted the
//! first, so that one try is at stake in either way. Nothing is sent twice.
//!
//! Not here: the asking, and what a person is told (`session`).

use varco_apdu::{Pin, Puk, StatusWord};
use varco_card::{LinkError, PinPermit};

use crate::attempt::{AuthorisedPin, Given};
use crate::session::Approached;
use crate::{
    CardError, CardSecret, ChangeValues, PadTerms, PinId, PinOutcome, PinUse, Presented, UnblockValues,
};

/// A new PIN did not come to the card, or nobody knows.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NewPinError {
    /// The card has the PIN that it had.
    #[error(transparent)]
    NotChanged(CardError),
    /// The command was sent and its answer was lost: the old PIN or the new one holds.
    #[error("the new PIN was sent and the answer was lost: {0}")]
    InDoubt(CardError),
}

impl NewPinError {
    /// Of what went wrong with the command that brings the new PIN.
    fn of_last_command(error: CardError) -> Self {
        let is_unchanged = match &error {
            CardError::Link(
                LinkError::Guard { .. }
                | LinkError::Interrupted { .. }
                | LinkError::CommandTooLong { .. }
                | LinkError::PinPadUnsupported,
            )
            | CardError::Unsupported { .. }
            | CardError::SecretAbsent { .. } => true,
            CardError::Status { status, .. } => is_refusal(*status),
            _ => false,
        };
        if is_unchanged {
            Self::NotChanged(error)
        } else {
            Self::InDoubt(error)
        }
    }
}

/// Whether a card that answers so has done nothing: the checking errors and "memory unchanged" of ISO/IEC 7816-4 §5.6. What says
/// that memory was changed, or failed, or nothing that is known, leaves it open.
fn is_refusal(status: StatusWord) -> bool {
    matches!(
        u16::from(status) >> 8,
        0x64 | 0x67 | 0x68 | 0x69 | 0x6A | 0x6B | 0x6C | 0x6D | 0x6E
    )
}

impl Approached<'_> {
    /// Brings a new PIN. [`PinOutcome::Verified`] says that the card has it; whatever was verified on the way ends with the
    /// reset at the end of the transaction.
    ///
    /// # Errors
    /// [`NewPinError`].
    pub fn renew(mut self, authorised: AuthorisedPin) -> Result<PinOutcome, NewPinError> {
        let AuthorisedPin {
            given,
            purpose,
            tries_left,
            verify,
            new_pin,
            refusal,
        } = authorised;
        let unfit = |what| NewPinError::NotChanged(CardError::Unsupported { what });
        let mut permit = new_pin.ok_or_else(|| unfit("a use that brings no new PIN"))?;
        let secret = purpose.at_stake();
        let outcome = match (given, purpose) {
            (_, PinUse::Verify(_)) => return Err(unfit("a use that brings no new PIN")),
            (Given::Typed { new: None, .. }, _) => return Err(unfit("no new PIN")),
            (Given::OnPad(terms), _) => self.renew_on_pad(purpose, terms, &mut permit)?,
            (
                Given::Typed {
                    present,
                    new: Some(new),
                },
                PinUse::Change(id, _),
            ) => self.change(id, (&present, &new), verify, &mut permit)?,
            (
                Given::Typed {
                    present,
                    new: Some(new),
                },
                PinUse::Unblock(id, _),
            ) => self.unblock(id, (&Puk::from(present), &new), verify, &mut permit)?,
        };
        Ok(self.settle(outcome, (secret, tries_left), refusal))
    }

    fn change(
        &mut self,
        id: PinId,
        (present, new): (&Pin, &Pin),
        verify: Option<PinPermit>,
        permit: &mut PinPermit,
    ) -> Result<PinOutcome, NewPinError> {
        let was_accepted = verify.is_some();
        if let Some(verify) = verify {
            let accepted = self.verify_first(Presented::Pin(id, present), verify)?;
            if accepted != PinOutcome::Verified {
                return Ok(accepted);
            }
        }
        let outcome = self
            .card
            .change(self.channel, id, ChangeValues::Typed { present, new }, permit)
            .map_err(NewPinError::of_last_command)?;
        if was_accepted && outcome != PinOutcome::Verified {
            return Err(contradiction("CHANGE REFERENCE DATA", CardSecret::Pin(id)));
        }
        Ok(outcome)
    }

    fn unblock(
        &mut self,
        id: PinId,
        (puk, new): (&Puk, &Pin),
        verify: Option<PinPermit>,
        permit: &mut PinPermit,
    ) -> Result<PinOutcome, NewPinError> {
        let was_accepted = verify.is_some();
        if let Some(verify) = verify {
            let accepted = self.verify_first(Presented::Puk(id, puk), verify)?;
            if accepted != PinOutcome::Verified {
                return Ok(accepted);
            }
        }
        let outcome = self
            .card
            .unblock(self.channel, id, UnblockValues::Typed { puk, new }, permit)
            .map_err(NewPinError::of_last_command)?;
        if was_accepted && outcome != PinOutcome::Verified {
            return Err(contradiction("RESET RETRY COUNTER", CardSecret::Puk(id)));
        }
        Ok(outcome)
    }

    /// VERIFY before the command that brings the new PIN. A wrong value is remembered where it is settled.
    fn verify_first(
        &mut self,
        value: Presented<'_>,
        mut permit: PinPermit,
    ) -> Result<PinOutcome, NewPinError> {
        self.card
            .verify(self.channel, value, &mut permit)
            .map_err(NewPinError::NotChanged)
    }

    fn renew_on_pad(
        &mut self,
        purpose: PinUse,
        terms: PadTerms,
        permit: &mut PinPermit,
    ) -> Result<PinOutcome, NewPinError> {
        let outcome = match purpose.at_stake() {
            CardSecret::Pin(id) => self
                .card
                .change(self.channel, id, ChangeValues::OnPad(terms), permit),
            CardSecret::Puk(id) => self
                .card
                .unblock(self.channel, id, UnblockValues::OnPad(terms), permit),
        };
        outcome.map_err(NewPinError::of_last_command)
    }
}

/// A card that accepted a secret, and then says of the command that brings the new PIN what it says of a wrong value: no word
/// on the secret, and the new PIN may be there or not.
fn contradiction(command: &'static str, secret: CardSecret) -> NewPinError {
    NewPinError::InDoubt(CardError::Misbehaved {
        command,
        target: secret.name(),
        what: "it refused a value that it had just accepted",
    })
}
