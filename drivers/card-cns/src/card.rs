//! One inserted CNS: what is known of it, and its dialogues by name.
//!
//! Not here: the dialogues themselves. Nothing that the card said is kept, one caution aside.

use varco_apdu::Pin;
use varco_card::{CardChannel, Limits, PinPermit};
use varco_credential::{
    CardDescription, CardError, CounterQuery, CredentialKind, LoginCard, PinForm, PinOutcome, PinReference,
    PinVerified, RecognisedBy, SignatureScheme, SigningRequest, TriesLeft,
};
use varco_pki::CardId;

use crate::dialogue::Dialogue;
use crate::profile::Profile;
use crate::{pin, read_card_id, read_certificate, sign};

/// A CNS of a given maker.
pub(crate) struct CnsCard {
    profile: &'static Profile,
    counter_query: CounterQuery,
}

impl CnsCard {
    pub(crate) fn new(profile: &'static Profile) -> Self {
        let counter_query = profile.counter_query();
        Self {
            profile,
            counter_query,
        }
    }
}

impl LoginCard for CnsCard {
    fn description(&self) -> CardDescription {
        CardDescription {
            kind: CredentialKind::Cns,
            profile: self.profile.name.clone(),
            title_en: self.profile.title_en.clone(),
            title_it: self.profile.title_it.clone(),
            recognised_by: RecognisedBy::AnswerToReset,
        }
    }

    fn read_certificate(&mut self, channel: &mut dyn CardChannel) -> Result<Vec<u8>, CardError> {
        read_certificate::read_certificate(&mut Dialogue::new(channel, self.profile))
    }

    fn read_card_id(&mut self, channel: &mut dyn CardChannel) -> Result<CardId, CardError> {
        read_card_id::read_card_id(&mut Dialogue::new(channel, self.profile))
    }

    fn pin_form(&self) -> PinForm {
        self.profile.pin_form()
    }

    fn pin_reference(&self) -> PinReference {
        self.profile.pin_reference()
    }

    fn counter_query(&self) -> CounterQuery {
        self.counter_query
    }

    fn check_signing(
        &self,
        limits: Limits,
        modulus_bits: usize,
        _scheme: SignatureScheme,
    ) -> Result<(), CardError> {
        sign::check(self.profile, limits, modulus_bits)
    }

    fn query_counter(
        &mut self,
        channel: &mut dyn CardChannel,
        permit: &mut PinPermit,
    ) -> Result<TriesLeft, CardError> {
        let answer = pin::query_counter(&mut Dialogue::new(channel, self.profile), permit)?;
        if answer == pin::CounterAnswer::TakenForAValue {
            tracing::warn!(
                profile = self.profile.name,
                "the card may count a question for its counter"
            );
            self.counter_query = CounterQuery::NotAsked;
        }
        Ok(answer.tries_left())
    }

    fn verify(
        &mut self,
        channel: &mut dyn CardChannel,
        pin: &Pin,
        permit: &mut PinPermit,
    ) -> Result<PinOutcome, CardError> {
        pin::verify(&mut Dialogue::new(channel, self.profile), pin, permit)
    }

    fn sign(
        &mut self,
        channel: &mut dyn CardChannel,
        _verified: &PinVerified,
        request: &SigningRequest,
    ) -> Result<Vec<u8>, CardError> {
        sign::sign(&mut Dialogue::new(channel, self.profile), request)
    }
}
