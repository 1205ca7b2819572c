//! What a verified PIN allows, for as long as it lasts.
//!
//! Not here: the conversation itself (the driver's) and the challenge (auth's).

use varco_apdu::Puk;
use varco_card::{CardChannel, Epoch};
#[cfg(feature = "planted-bugs")]
use varco_planted::{Bug, is_planted};

use crate::attempt::{AuthorisedPin, Given};
use crate::refused::Refusal;
use crate::rules::counter_permit;
use crate::{
    CardError, CardSecret, CounterQuery, LoginCard, PadRefusal, PinOutcome, PinUse, Presented,
    SigningRequest, Tries, TriesLeft,
};

/// What the counter of a secret says: asked where asking is free, unknown otherwise.
///
/// # Errors
/// [`CardError`] when the card could not be asked; [`CardError::SecretAbsent`] where it has no such secret.
pub fn tries(
    card: &mut dyn LoginCard,
    channel: &mut dyn CardChannel,
    secret: CardSecret,
) -> Result<Tries, CardError> {
    let facts = card.secret(secret).ok_or(CardError::SecretAbsent {
        secret: secret.name(),
    })?;
    match facts.counter_query {
        CounterQuery::NotAsked => Ok(Tries {
            left: TriesLeft::Unknown,
            most: facts.tries_max,
        }),
        CounterQuery::Free => {
            let mut permit = counter_permit(facts.reference, channel.epoch());
            let told = card.query_counter(channel, secret, &mut permit)?;
            let most = told.most.or(facts.tries_max);
            Ok(Tries {
                left: told.left,
                // A card that has more left than its make is said to have has another maximum.
                most: most.filter(|most| told.left.known().is_none_or(|left| left <= *most)),
            })
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
    /// The reader's pin pad gave none.
    NotEntered(PadRefusal),
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
    pub(crate) card: &'c mut dyn LoginCard,
    pub(crate) channel: &'c mut dyn CardChannel,
}

impl core::fmt::Debug for Approached<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Approached")
    }
}

impl<'c> Approached<'c> {
    /// Brings the card to where a secret is used: what fails here has spent no try.
    ///
    /// # Errors
    /// [`CardError`].
    pub fn of(
        card: &'c mut dyn LoginCard,
        channel: &'c mut dyn CardChannel,
        secret: CardSecret,
    ) -> Result<Self, CardError> {
        card.approach(channel, secret)?;
        Ok(Self { card, channel })
    }

    /// Sends the PIN, once. After a wrong one whose answer carries no counter, the counter is asked for where
    /// that is free.
    ///
    /// # Errors
    /// [`CardError`]; whether a try is spent is then unknown, and the card is reset all the same when the
    /// transaction ends.
    pub fn open(mut self, authorised: AuthorisedPin) -> Result<Verification<'c>, CardError> {
        let secret = authorised.purpose.at_stake();
        if !matches!(authorised.purpose, PinUse::Verify(_)) {
            return Err(CardError::Unsupported {
                what: "a new PIN within a login",
            });
        }
        let outcome = self.present(authorised, secret)?;
        let Self { card, channel } = self;
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
            PinOutcome::Blocked => Verification::Blocked,
            PinOutcome::Wrong { tries_left } => Verification::Wrong { tries_left },
            PinOutcome::NotEntered(refusal) => Verification::NotEntered(refusal),
        })
    }

    /// Sends VERIFY with what was given.
    fn present(&mut self, authorised: AuthorisedPin, secret: CardSecret) -> Result<PinOutcome, CardError> {
        let AuthorisedPin {
            given,
            verify,
            refusal,
            tries_left,
            ..
        } = authorised;
        let mut permit = verify.ok_or(CardError::Unsupported {
            what: "a use that verifies nothing",
        })?;
        let outcome = match (given, secret) {
            (Given::OnPad(terms), secret) => {
                self.card
                    .verify(self.channel, Presented::OnPad(secret, terms), &mut permit)?
            }
            (Given::Typed { present, .. }, CardSecret::Pin(id)) => {
                self.card
                    .verify(self.channel, Presented::Pin(id, &present), &mut permit)?
            }
            (Given::Typed { present, .. }, CardSecret::Puk(id)) => {
                let puk = Puk::from(present);
                self.card
                    .verify(self.channel, Presented::Puk(id, &puk), &mut permit)?
            }
        };
        Ok(self.settle(outcome, (secret, tries_left), refusal))
    }

    /// What an answer means: a wrong value is remembered, and its counter asked for where the answer did not tell it and the card
    /// told it before: one that did not may count the question for a try. A reader that says of its pin pad that nothing was typed is believed only if no try is missing: a card
    /// can answer the same word to a value that was sent.
    pub(crate) fn settle(
        &mut self,
        outcome: PinOutcome,
        (secret, before): (CardSecret, TriesLeft),
        refusal: Option<Refusal>,
    ) -> PinOutcome {
        if let (PinOutcome::Wrong { .. }, Some(refusal)) = (outcome, refusal) {
            refusal.happened();
        }
        match outcome {
            PinOutcome::Wrong {
                tries_left: TriesLeft::Unknown,
            } if before != TriesLeft::Unknown => match tries(self.card, self.channel, secret)
                .unwrap_or(Tries::UNKNOWN)
                .left
            {
                TriesLeft::Known(0) => PinOutcome::Blocked,
                tries_left => PinOutcome::Wrong { tries_left },
            },
            // A last wrong try is a blocked secret, in whichever of the two words the card says it [cns §12].
            PinOutcome::Wrong {
                tries_left: TriesLeft::Known(0),
            } => PinOutcome::Blocked,
            PinOutcome::NotEntered(_) if before != TriesLeft::Unknown => {
                let now = tries(self.card, self.channel, secret).unwrap_or(Tries::UNKNOWN);
                match (before, now.left) {
                    (TriesLeft::Known(_), TriesLeft::Known(0)) => PinOutcome::Blocked,
                    (TriesLeft::Known(before), TriesLeft::Known(left)) if left < before => {
                        PinOutcome::Wrong { tries_left: now.left }
                    }
                    _ => outcome,
                }
            }
            other => other,
        }
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
        Approached::of(card, channel, CardSecret::USER_PIN)
    }

    /// Has the card sign. Nothing is sent again if it fails.
    ///
    /// # Errors
    /// [`CardError::GrantLost`] when the card was reset or removed since VERIFY; else what the driver says.
    pub fn sign(&mut self, request: &SigningRequest) -> Result<CardSignature, CardError> {
        if self.has_ended() {
            return Err(CardError::GrantLost);
        }
        let bytes = self.card.sign(self.channel, &self.verified, request)?;
        if self.has_ended() {
            return Err(CardError::GrantLost);
        }
        Ok(CardSignature { bytes })
    }

    /// Whether the card was reset or removed since VERIFY.
    fn has_ended(&self) -> bool {
        #[cfg(feature = "planted-bugs")]
        if is_planted(Bug::EpochUnchecked) {
            return false;
        }
        self.channel.epoch() != self.epoch
    }

    /// Reads a certificate that is given under a verified PIN only.
    ///
    /// # Errors
    /// [`CardError`].
    pub fn read_certificate(&mut self) -> Result<Vec<u8>, CardError> {
        self.card.read_certificate(self.channel)
    }

    /// What the card is.
    #[must_use]
    pub fn description(&self) -> crate::CardDescription {
        self.card.description()
    }

    /// Whether the card, through its reader, can sign in this way.
    ///
    /// # Errors
    /// As [`LoginCard::check_signing`]; nothing is sent.
    pub fn check_signing(
        &self,
        modulus_bits: usize,
        scheme: crate::SignatureScheme,
    ) -> Result<(), CardError> {
        self.card
            .check_signing(self.channel.limits(), modulus_bits, scheme)
    }

    /// Asks for the counter of the PIN, where asking is free.
    ///
    /// # Errors
    /// [`CardError::GrantLost`] when the card was reset or removed since VERIFY; else what the driver says.
    pub fn ask_counter(&mut self) -> Result<Tries, CardError> {
        if self.has_ended() {
            return Err(CardError::GrantLost);
        }
        tries(self.card, self.channel, CardSecret::USER_PIN)
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
