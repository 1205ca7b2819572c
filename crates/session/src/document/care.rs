//! A document's counters, and a new PIN for it, through its channel.
//!
//! Not here: the asking (`care`), and a login (`prove`).

use varco_card::CardChannel;
use varco_credential::{
    Approached, Attempt, CardError, CardSecret, Given, LoginCard, PinId, PinRules, tries,
};
use zeroize::Zeroizing;

use super::prove::DocumentTrusted;
use crate::care::{PinCounters, Renewal};
use crate::{Conversation, LoginError};

/// What a new PIN for a document takes.
pub(crate) struct NewPinWithin<'p> {
    pub(crate) renewal: Renewal,
    /// Counter and epoch are those of the channel, once it is open.
    pub(crate) attempt: Attempt,
    pub(crate) given: Given,
    pub(crate) rules: &'p mut PinRules,
    pub(crate) seed: Zeroizing<[u8; 32]>,
    /// What the card told.
    pub(crate) counters: &'p mut Option<PinCounters>,
}

impl DocumentTrusted {
    /// What the counters of PIN and PUK say.
    pub(crate) fn status(
        &mut self,
        conversation: &mut Conversation<'_>,
        seed: Zeroizing<[u8; 32]>,
    ) -> Result<PinCounters, LoginError> {
        let Self { card, key, .. } = self;
        conversation.hold(|channel| {
            let document = card.as_document().ok_or(LoginError::NotADocument)?;
            let mut secure = document.open_channel(channel, key, seed)?;
            let told = counters(&mut **card, &mut *secure);
            // The channel ends here: nobody else is to find it open.
            drop(secure);
            channel.reset().map_err(CardError::from)?;
            Ok(told?)
        })
    }

    /// Opens the channel to the card that proves its device key, asks for the counters, brings the values.
    pub(crate) fn renew(
        self,
        conversation: &mut Conversation<'_>,
        within: NewPinWithin<'_>,
    ) -> Result<(), LoginError> {
        let Self { mut card, key, .. } = self;
        let NewPinWithin {
            renewal,
            attempt,
            given,
            rules,
            seed,
            counters: told,
        } = within;
        let not_sent = |reason| renewal.not_sent(reason);
        rules.check_given(&given, &attempt).map_err(not_sent)?;
        conversation.settle()?;
        let mut is_done = false;
        let ended = conversation.hold(|channel| {
            let document = card.as_document().ok_or(LoginError::NotADocument)?;
            let mut secure = document.open_channel(channel, &key, seed)?;
            let now = counters(&mut *card, &mut *secure)?;
            *told = Some(now);
            let secret = attempt.purpose.at_stake();
            let tries_left = renewal.counter(&now).left;
            rules.admit(tries_left).map_err(not_sent)?;
            let attempt = Attempt {
                tries_left,
                epoch: secure.epoch(),
                ..attempt
            };
            let approached = Approached::of(&mut *card, &mut *secure, secret)?;
            let authorised = rules.authorise(given, &attempt).map_err(not_sent)?;
            renewal.settle(approached.renew(authorised), &attempt, rules)?;
            is_done = true;
            *told = counters(&mut *card, &mut *secure).ok();
            Ok(())
        });
        // A card that could not be given back has its new PIN all the same.
        if is_done { Ok(()) } else { ended }
    }
}

fn counters(card: &mut dyn LoginCard, channel: &mut dyn CardChannel) -> Result<PinCounters, CardError> {
    Ok(PinCounters {
        id: PinId::User,
        pin: tries(card, channel, CardSecret::USER_PIN)?,
        puk: Some(tries(card, channel, CardSecret::Puk(PinId::User))?),
        ways: card.pin_ways(PinId::User),
    })
}
