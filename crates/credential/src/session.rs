//! What a verified PIN allows, for as long as it lasts.
//!
//! Not here: the conversation itself (the driver's) and the challenge (auth's).

use varco_card::{CardChannel, Epoch};

use crate::rules::counter_permit;
use crate::{AuthorisedPin, CardError, CounterQuery, LoginCard, PinOutcome, SigningRequest, TriesLeft};

/// How many tries are left: asked where asking is free, unknown otherwise.
///
/// # Errors
/// [`CardError`] when the card could not be asked.
pub fn tries_left(card: &mut dyn LoginCard, channel: &mut dyn CardChannel) -> Result<TriesLeft, CardError> {
    match card.counter_query() {
        CounterQuery::NotAsked => Ok(TriesLeft::Unknown),
        CounterQuery::Free => {
            let mut permit = counter_permit(card.pin_reference(), channel.epoch());
            card.query_counter(channel, &mut permit)
        }
    }
}

/// Evidence that the card accepted a PIN that was typed for it. Made by [`Approached::open`] only.
#[derive(Debug)]
pub struct PinVerified(());

/// A signature that a card made under a verified PIN. Made by [`PinSession::sign`] only.
pub struct CardSignature {
    bytes: Vec<u8>,
}

impl CardSignature {
    /// The signature, as long as the key's modulus.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl core::fmt::Debug for CardSignature {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "CardSignature({} bytes)", self.bytes.len())
    }
}

/// What the card made of a typed PIN.
#[derive(Debug)]
pub enum Verification<'c> {
    /// It was right; the session is open.
    Verified(PinSession<'c>),
    /// It was wrong, and a try is spent.
    Wrong {
        /// What is left now.
        tries_left: TriesLeft,
    },
    /// It is blocked.
    Blocked,
}

/// A card that accepted its PIN. Owns the channel until it is finished or dropped; either way the card is reset.
pub struct PinSession<'c> {
    card: &'c mut dyn LoginCard,
    channel: &'c mut dyn CardChannel,
    epoch: Epoch,
    verified: PinVerified,
    reset_due: bool,
}

impl core::fmt::Debug for PinSession<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PinSession({:?})", self.epoch)
    }
}

/// A card that stands where its PIN and key are used. No try can be spent before it does.
pub struct Approached<'c> {
    card: &'c mut dyn LoginCard,
    channel: &'c mut dyn CardChannel,
}

impl core::fmt::Debug for Approached<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Approached")
    }
}

impl<'c> Approached<'c> {
    /// Sends the PIN, once. After a wrong one whose answer carries no counter, the counter is asked for where
    /// that is free.
    ///
    /// # Errors
    /// [`CardError`]; whether a try is spent is then unknown, and the card is reset all the same when the
    /// transaction ends.
    pub fn open(self, authorised: AuthorisedPin) -> Result<Verification<'c>, CardError> {
        let Self { card, channel } = self;
        let AuthorisedPin { pin, mut permit } = authorised;
        let outcome = card.verify(channel, &pin, &mut permit)?;
        drop(pin);
        Ok(match outcome {
            PinOutcome::Verified => {
                let epoch = channel.epoch();
                let verified = PinVerified(());
                Verification::Verified(PinSession {
                    card,
                    channel,
                    epoch,
                    verified,
                    reset_due: true,
                })
            }
            PinOutcome::Wrong {
                tries_left: TriesLeft::Unknown,
            } => match tries_left(card, channel).unwrap_or(TriesLeft::Unknown) {
                TriesLeft::Known(0) => Verification::Blocked,
                tries_left => Verification::Wrong { tries_left },
            },
            // A last wrong try is a blocked PIN, in whichever of the two words the card says it [cns §12].
            PinOutcome::Wrong {
                tries_left: TriesLeft::Known(0),
            }
            | PinOutcome::Blocked => Verification::Blocked,
            PinOutcome::Wrong { tries_left } => Verification::Wrong { tries_left },
        })
    }
}

impl<'c> PinSession<'c> {
    /// Brings the card to where its PIN and key are used, before a typed value gets its permit: what fails here has spent
    /// no try.
    ///
    /// # Errors
    /// [`CardError`].
    pub fn approach(
        card: &'c mut dyn LoginCard,
        channel: &'c mut dyn CardChannel,
    ) -> Result<Approached<'c>, CardError> {
        card.approach(channel)?;
        Ok(Approached { card, channel })
    }

    /// Has the card sign. Nothing is sent again if it fails.
    ///
    /// # Errors
    /// [`CardError::GrantLost`] when the card was reset or removed since VERIFY; else what the driver says.
    pub fn sign(&mut self, request: &SigningRequest) -> Result<CardSignature, CardError> {
        if self.channel.epoch() != self.epoch {
            return Err(CardError::GrantLost);
        }
        let bytes = self.card.sign(self.channel, &self.verified, request)?;
        if self.channel.epoch() != self.epoch {
            return Err(CardError::GrantLost);
        }
        Ok(CardSignature { bytes })
    }

    /// Reads a certificate that is given under a verified PIN only.
    ///
    /// # Errors
    /// [`CardError`].
    pub fn read_certificate(&mut self) -> Result<Vec<u8>, CardError> {
        self.card.read_certificate(self.channel)
    }

    /// Ends the session with a card reset.
    ///
    /// # Errors
    /// [`CardError::Link`] when the reader could not reset the card; the transaction's end tries once more.
    pub fn finish(mut self) -> Result<(), CardError> {
        self.reset_due = false;
        Ok(self.channel.reset()?)
    }
}

impl Drop for PinSession<'_> {
    fn drop(&mut self) {
        if self.reset_due
            && let Err(error) = self.channel.reset()
        {
            tracing::warn!(
                code = error.code(),
                "the card could not be reset after its PIN was verified"
            );
        }
    }
}

#[cfg(test)]
mod tests;
