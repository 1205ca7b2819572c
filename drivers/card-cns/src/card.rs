//! One inserted CNS: what is known of it, and its dialogues by name.
//!
//! Not here: the dialogues themselves. Of what the card said, three things are kept: where its certificate was, whether
//! it wants the FCI asked for, and a caution about its counter.

use std::sync::Arc;

use varco_card::{CardChannel, Limits, PinPermit};
use varco_credential::{
    CardDescription, CardError, CardSecret, ChangeValues, CounterQuery, CredentialKind, Extent, LoginCard,
    PersonalData, PinId, PinOutcome, PinVerified, PinWays, Presented, RecognisedBy, SecretFacts,
    SignatureScheme, SigningRequest, Tries, UnblockValues,
};
use varco_pki::CardId;

use crate::dialogue::{Dialogue, Habits};
use crate::place::Place;
use crate::profile::Profile;
use crate::{pin, read_card_id, read_certificate, read_personal_data, sign};

/// A CNS of a given maker.
pub(crate) struct CnsCard {
    profile: Arc<Profile>,
    recognised_by: RecognisedBy,
    /// It seemed to take a question for a counter for a wrong value: it is asked no more.
    counts_questions: bool,
    habits: Habits,
    /// The number of the place where the certificate was; the first until it was read.
    place: usize,
}

impl CnsCard {
    pub(crate) fn new(profile: Arc<Profile>, recognised_by: RecognisedBy, habits: Habits) -> Self {
        Self {
            recognised_by,
            counts_questions: false,
            habits,
            place: 0,
            profile,
        }
    }

    fn cautious(&self, facts: SecretFacts) -> SecretFacts {
        SecretFacts {
            counter_query: if self.counts_questions {
                CounterQuery::NotAsked
            } else {
                facts.counter_query
            },
            ..facts
        }
    }

    /// A dialogue, and the place whose PIN and key it is about.
    fn by_key<'c>(
        &'c mut self,
        channel: &'c mut dyn CardChannel,
    ) -> Result<(Dialogue<'c>, &'c Place), CardError> {
        // A profile has at least one place, and only those are numbered.
        let place = self
            .profile
            .certificate
            .get(self.place)
            .ok_or(CardError::CertificateAbsent)?;
        Ok((Dialogue::new(channel, &self.profile, &mut self.habits), place))
    }
}

impl LoginCard for CnsCard {
    fn description(&self) -> CardDescription {
        CardDescription {
            kind: CredentialKind::Cns,
            profile: self.profile.name.clone(),
            title_en: self.profile.title_en.clone(),
            title_it: self.profile.title_it.clone(),
            recognised_by: self.recognised_by,
        }
    }

    fn read_certificate(&mut self, channel: &mut dyn CardChannel) -> Result<Vec<u8>, CardError> {
        let mut dialogue = Dialogue::new(channel, &self.profile, &mut self.habits);
        let (place, certificate) = read_certificate::read_certificate(&mut dialogue)?;
        self.place = place;
        Ok(certificate)
    }

    fn read_card_id(&mut self, channel: &mut dyn CardChannel) -> Result<CardId, CardError> {
        read_card_id::read_card_id(&mut Dialogue::new(channel, &self.profile, &mut self.habits))
    }

    fn read_personal_data(
        &mut self,
        channel: &mut dyn CardChannel,
        extent: Extent,
    ) -> Result<PersonalData, CardError> {
        let mut dialogue = Dialogue::new(channel, &self.profile, &mut self.habits);
        read_personal_data::read_personal_data(&mut dialogue, extent)
    }

    fn user_pin(&self) -> SecretFacts {
        self.cautious(self.profile.user_pin())
    }

    fn secret(&self, secret: CardSecret) -> Option<SecretFacts> {
        self.profile.secret(secret).map(|facts| self.cautious(facts))
    }

    fn pin_ways(&self, _: PinId) -> PinWays {
        self.profile.pin_ways()
    }

    fn check_signing(
        &self,
        limits: Limits,
        modulus_bits: usize,
        scheme: SignatureScheme,
    ) -> Result<(), CardError> {
        sign::check(&self.profile, limits, modulus_bits, scheme)
    }

    fn query_counter(
        &mut self,
        channel: &mut dyn CardChannel,
        secret: CardSecret,
        permit: &mut PinPermit,
    ) -> Result<Tries, CardError> {
        self.approach(channel, secret)?;
        let mut dialogue = Dialogue::new(channel, &self.profile, &mut self.habits);
        let answer = pin::query_counter(&mut dialogue, secret, permit)?;
        if answer == pin::CounterAnswer::TakenForAValue {
            tracing::warn!(
                profile = self.profile.name,
                "the card may count a question for its counter"
            );
            self.counts_questions = true;
        }
        Ok(Tries {
            left: answer.tries_left(),
            most: None,
        })
    }

    fn approach(&mut self, channel: &mut dyn CardChannel, secret: CardSecret) -> Result<(), CardError> {
        match secret {
            CardSecret::Pin(PinId::Signature) | CardSecret::Puk(PinId::Signature) => {
                Dialogue::new(channel, &self.profile, &mut self.habits).stand_by_signature()
            }
            _ => {
                let (mut dialogue, place) = self.by_key(channel)?;
                dialogue.stand_by_key(place)
            }
        }
    }

    fn verify(
        &mut self,
        channel: &mut dyn CardChannel,
        value: Presented<'_>,
        permit: &mut PinPermit,
    ) -> Result<PinOutcome, CardError> {
        let mut dialogue = Dialogue::new(channel, &self.profile, &mut self.habits);
        pin::verify(&mut dialogue, value, permit)
    }

    fn change(
        &mut self,
        channel: &mut dyn CardChannel,
        id: PinId,
        values: ChangeValues<'_>,
        permit: &mut PinPermit,
    ) -> Result<PinOutcome, CardError> {
        let mut dialogue = Dialogue::new(channel, &self.profile, &mut self.habits);
        pin::change(&mut dialogue, id, values, permit)
    }

    fn unblock(
        &mut self,
        channel: &mut dyn CardChannel,
        id: PinId,
        values: UnblockValues<'_>,
        permit: &mut PinPermit,
    ) -> Result<PinOutcome, CardError> {
        let mut dialogue = Dialogue::new(channel, &self.profile, &mut self.habits);
        pin::unblock(&mut dialogue, id, values, permit)
    }

    fn sign(
        &mut self,
        channel: &mut dyn CardChannel,
        _verified: &PinVerified,
        request: &SigningRequest,
    ) -> Result<Vec<u8>, CardError> {
        let (mut dialogue, place) = self.by_key(channel)?;
        sign::sign(&mut dialogue, place, request)
    }
}
