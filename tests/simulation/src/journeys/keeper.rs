//! Who keeps the card after a login, and has it sign again.
//!
//! Not here: what must hold of what it gives (`oracle`).

use varco_auth::VerifiedIdentity;
use varco_credential::CardError;
use varco_pki::{SignatureScheme, Timestamp};
use varco_session::{Asker, ChallengeSeeds, Keeper, KeptCard, LoggedIn, LoginError, Trust};

use super::bench::Bench;
use super::fault::Place;
use crate::dice::Dice;

/// One call of a kept card.
pub(crate) struct KeptCall {
    /// Whether the card had left, or another had come, before it began.
    pub(crate) had_left: bool,
    /// Whether an earlier call lost the card.
    pub(crate) had_lost: bool,
    pub(crate) of: KeptOf,
    /// The code of its failure.
    pub(crate) failure: Option<&'static str>,
}

/// What a call asked for, and got.
pub(crate) enum KeptOf {
    /// Another proof of who it is, with this randomness.
    Proof([u8; 32], Option<Box<VerifiedIdentity>>),
    /// A signature over this message.
    Signature(Vec<u8>, Vec<u8>),
    /// Whether it is still there.
    Presence,
}

/// Codes after which nothing can be had from a kept card.
const LOSSES: [&str; 4] = ["grant-lost", "card-removed", "card-reset", "link-timed-out"];

/// Keeps a card for some calls.
pub(crate) struct Keeping<'k> {
    pub(crate) bench: &'k Bench,
    pub(crate) trust: Trust<'k>,
    pub(crate) asker: Asker<'k>,
    pub(crate) now: &'k dyn Fn() -> Timestamp,
    pub(crate) dice: &'k mut Dice,
    pub(crate) calls: Vec<KeptCall>,
}

impl Keeper for Keeping<'_> {
    fn keep(&mut self, _: LoggedIn<'_>, card: &mut KeptCard<'_, '_>) {
        let began = self.bench.insertion();
        let mut had_lost = false;
        for _ in 0..1 + self.dice.below(4) {
            self.bench.pass(Place::Kept);
            let had_left = self.bench.insertion() != began || self.bench.card_inside().is_none();
            let (of, failure) = self.call(card);
            self.calls.push(KeptCall {
                had_left,
                had_lost,
                of,
                failure,
            });
            had_lost |= failure.is_some_and(|code| LOSSES.contains(&code));
        }
    }
}

impl Keeping<'_> {
    fn call(&mut self, card: &mut KeptCard<'_, '_>) -> (KeptOf, Option<&'static str>) {
        let seeds = ChallengeSeeds {
            random: self.dice.bytes(),
            salt: self.dice.bytes(),
        };
        // An identity card is asked whether it is there; of others only their reader tells.
        match self.dice.below(4) {
            0 => {
                let proven = card.prove(self.trust, &self.asker, seeds, self.now);
                let failure = proven.as_ref().err().map(LoginError::code);
                let identity = proven.ok().map(|proven| Box::new(proven.identity));
                (KeptOf::Proof(seeds.random, identity), failure)
            }
            1 => {
                let message = seeds.random.to_vec();
                let signed = card.sign(SignatureScheme::default(), &message, seeds.salt);
                let failure = signed.as_ref().err().map(LoginError::code);
                let signature = signed.map_or_else(|_| Vec::new(), |signed| signed.as_bytes().to_vec());
                (KeptOf::Signature(message, signature), failure)
            }
            _ => {
                let failure = card.check_presence().err();
                (KeptOf::Presence, failure.as_ref().map(CardError::code))
            }
        }
    }
}
