//! The steps of the journey, each consumed by the next, for user interfaces that show them.
//!
//! Not here: the order in which an application wants them (`login`).

use varco_access_policy::Title;
use varco_apdu::Pin;
use varco_auth::{AuthError, CardNumber, Challenge, Proof, VerifiedDocument, VerifiedIdentity};
use varco_card::{CardChannel, Epoch};
use varco_credential::{
    Approached, AuthorisedPin, CardDescription, CardDriver, CardError, CardSignature, CredentialKind, Extent,
    LoginCard, NotSent, PersonalData, PersonalField, PinRules, PinSession, Recognition, SigningRequest,
    TriesLeft, Verification, tries_left as ask_tries_left,
};
use varco_pki::{
    Agreement, Certificate, ChainValid, CnsSubject, ConfirmedBirthDate, Judging, Nis, PathValidator,
    PublicKey, Rejection, RevocationCheck, SignatureScheme, Timestamp, TrustAnchors, judge_cns,
};

use crate::document::{read_number, verify_document};
use crate::{Conversation, LoginError, Origin, PinQuestion};

/// Whom to believe, and when.
#[derive(Clone, Copy)]
pub struct Trust<'t> {
    /// The anchors.
    pub anchors: &'t TrustAnchors,
    /// Certificates that may stand between card and anchor.
    pub intermediates: &'t [Certificate],
    /// What validates a path.
    pub validator: &'t dyn PathValidator,
    /// How revocation is judged.
    pub revocation: RevocationCheck<'t>,
    /// The instant to judge at.
    pub at: Timestamp,
    /// Whom to believe about documents.
    pub origin: Origin<'t>,
}

impl<'t> Trust<'t> {
    /// What certificates of cards are judged by.
    pub(crate) fn judging(self) -> Judging<'t> {
        Judging {
            intermediates: self.intermediates,
            anchors: self.anchors,
            validator: self.validator,
            revocation: self.revocation,
            at: self.at,
        }
    }
}

/// A card of a known kind.
pub struct CardSeen {
    card: Box<dyn LoginCard>,
    question_may_have_cost: bool,
}

impl CardSeen {
    /// Finds the driver that knows the card.
    ///
    /// # Errors
    /// [`LoginError::NotRecognised`] when none does, [`LoginError::ForeignCard`] when one knows it for something else.
    pub fn recognise(
        conversation: &mut Conversation<'_>,
        drivers: &[Box<dyn CardDriver>],
    ) -> Result<Self, LoginError> {
        let atr = conversation.atr().clone();
        let card = conversation.hold(|channel| -> Result<_, LoginError> {
            for driver in drivers {
                match driver.recognise(&atr, channel)? {
                    Recognition::Login(card) => return Ok(card),
                    Recognition::Foreign(card) => return Err(LoginError::ForeignCard(card)),
                    Recognition::Unknown => {}
                }
            }
            Err(LoginError::NotRecognised)
        })?;
        Ok(Self {
            card,
            question_may_have_cost: false,
        })
    }

    /// What it is.
    #[must_use]
    pub fn description(&self) -> CardDescription {
        self.card.description()
    }

    /// The card itself, for reading what needs no PIN.
    pub fn card(&mut self) -> &mut dyn LoginCard {
        &mut *self.card
    }

    /// The card, given away.
    pub(crate) fn into_card(self) -> Box<dyn LoginCard> {
        self.card
    }

    /// Verifies without a PIN that a document is genuine and no copy, with fresh randomness. It says nothing about who holds
    /// it.
    ///
    /// # Errors
    /// [`LoginError::NotADocument`] for other cards; [`LoginError::NoCountrySigners`] also where origin is not to be checked;
    /// [`LoginError::Document`] when it is not believed, [`LoginError::Auth`] when it is a copy.
    pub fn verify_document(
        &mut self,
        conversation: &mut Conversation<'_>,
        trust: Trust<'_>,
        random: [u8; 32],
        now: &dyn Fn() -> Timestamp,
    ) -> Result<VerifiedDocument, LoginError> {
        let document = self.card.as_document().ok_or(LoginError::NotADocument)?;
        verify_document(document, conversation, trust, random, now)
    }

    /// Reads the number by which a document names itself, as it stands: any card can tell any number.
    ///
    /// # Errors
    /// [`LoginError::NotADocument`] for other cards; [`LoginError::Document`] when it is none.
    pub fn read_number(&mut self, conversation: &mut Conversation<'_>) -> Result<Nis, LoginError> {
        let document = self.card.as_document().ok_or(LoginError::NotADocument)?;
        read_number(document, conversation)
    }

    /// Reads the certificate as it stands, without judging it.
    ///
    /// # Errors
    /// [`LoginError::Card`], or [`LoginError::Rejected`] when it is not a certificate.
    pub fn read_certificate(
        &mut self,
        conversation: &mut Conversation<'_>,
    ) -> Result<Certificate, LoginError> {
        let der = conversation.hold(|channel| self.card.read_certificate(channel))?;
        Ok(Certificate::parse(&der).map_err(Rejection::from)?)
    }

    /// Reads what the card holds about its holder, as far as the fields go. It needs no PIN: the caller must have the
    /// person's consent.
    ///
    /// # Errors
    /// [`LoginError::Card`].
    pub fn read_personal_data(
        &mut self,
        conversation: &mut Conversation<'_>,
    ) -> Result<PersonalData, LoginError> {
        Ok(conversation.hold(|channel| self.card.read_personal_data(channel, Extent::Fields))?)
    }

    /// Compares what was read with the holder that a certificate names. Where the hash does not fit and a part of the
    /// file was not read, the whole file is read first.
    ///
    /// # Errors
    /// [`LoginError::Card`].
    pub fn compare_personal_data(
        &mut self,
        conversation: &mut Conversation<'_>,
        holder: &CnsSubject,
        data: PersonalData,
    ) -> Result<(PersonalData, Agreement), LoginError> {
        Ok(compare_personal_data(
            &mut *self.card,
            conversation,
            holder,
            data,
        )?)
    }

    /// Asks how many tries are left, where asking is free.
    ///
    /// # Errors
    /// [`LoginError::Card`].
    pub fn tries_left(&mut self, conversation: &mut Conversation<'_>) -> Result<TriesLeft, LoginError> {
        let before = self.card.counter_query();
        let tries_left = conversation.hold(|channel| ask_tries_left(&mut *self.card, channel))?;
        // A driver that asks no more has seen the card take the question for a value.
        self.question_may_have_cost |= before != self.card.counter_query();
        Ok(tries_left)
    }

    /// Whether the card seemed to take the question for its counter for a wrong PIN.
    #[must_use]
    pub fn question_may_have_cost(&self) -> bool {
        self.question_may_have_cost
    }

    /// Reads the certificate, judges it, checks that a signature can be had through this reader, and only then
    /// asks how many tries are left; not where a try may have been spent already without the card telling.
    ///
    /// # Errors
    /// [`LoginError::Rejected`] when it is not accepted; [`LoginError::Card`].
    pub fn judge(
        mut self,
        conversation: &mut Conversation<'_>,
        trust: Trust<'_>,
        scheme: SignatureScheme,
        rules: &mut PinRules,
    ) -> Result<CardTrusted, LoginError> {
        let leaf = self.read_certificate(conversation)?;
        let chain = match self.description().kind {
            CredentialKind::Cns => judge_cns(leaf, &trust.judging())?,
            // A kind that has no judge yet is not trusted.
            _ => return Err(LoginError::NotRecognised),
        };
        let PublicKey::Rsa { bits, .. } = chain.leaf().key() else {
            return Err(AuthError::KeyUnsupported.into());
        };
        if !scheme.goes_with(*bits) {
            return Err(AuthError::SchemeUnsupported.into());
        }
        self.card.check_signing(conversation.limits(), *bits, scheme)?;
        let tries_left = if rules.is_try_possible() {
            TriesLeft::Unknown
        } else {
            self.tries_left(conversation)?
        };
        if self.question_may_have_cost {
            rules.note_possible_try();
        }
        Ok(CardTrusted {
            card: self.card,
            chain,
            tries_left,
            birth_date: None,
            epoch: conversation.epoch(),
        })
    }
}

fn compare_personal_data(
    card: &mut dyn LoginCard,
    conversation: &mut Conversation<'_>,
    holder: &CnsSubject,
    data: PersonalData,
) -> Result<(PersonalData, Agreement), CardError> {
    let agreement = holder.agrees_on_personal_data(data.file());
    if agreement != Agreement::Differs || data.file().is_whole() {
        return Ok((data, agreement));
    }
    let whole = conversation.hold(|channel| card.read_personal_data(channel, Extent::WholeFile))?;
    let agreement = holder.agrees_on_personal_data(whole.file());
    Ok((whole, agreement))
}

/// A card whose certificate is accepted. Only now may a person be asked for a PIN.
pub struct CardTrusted {
    card: Box<dyn LoginCard>,
    chain: ChainValid,
    tries_left: TriesLeft,
    birth_date: Option<ConfirmedBirthDate>,
    epoch: Epoch,
}

/// A proof of identity.
pub struct Proven {
    /// Who it is.
    pub identity: VerifiedIdentity,
    /// What a relying party can check for itself, where the challenge was made for one.
    pub proof: Option<Proof>,
}

impl CardTrusted {
    /// What it is.
    #[must_use]
    pub fn description(&self) -> CardDescription {
        self.card.description()
    }

    /// The verdict on its certificate.
    #[must_use]
    pub fn chain(&self) -> &ChainValid {
        &self.chain
    }

    /// How many tries are left.
    #[must_use]
    pub fn tries_left(&self) -> TriesLeft {
        self.tries_left
    }

    /// Reads the birth date, century included, from the card's own data, for use in the identity if the certificate
    /// confirms it. What the card holds may be unreadable: then nothing is confirmed, and the login goes on.
    ///
    /// # Errors
    /// [`LoginError::Card`] when the card or the way to it is gone.
    pub fn confirm_birth_date(
        &mut self,
        conversation: &mut Conversation<'_>,
    ) -> Result<Agreement, LoginError> {
        let read = conversation.hold(|channel| self.card.read_personal_data(channel, Extent::Fields));
        let Some(holder) = self.chain.holder().cns() else {
            return Ok(Agreement::Unknown);
        };
        let compared =
            read.and_then(|data| compare_personal_data(&mut *self.card, conversation, holder, data));
        match compared {
            Ok((data, agreement)) => {
                self.birth_date = data
                    .date(PersonalField::BirthDate)
                    .and_then(|stated| self.chain.confirm_birth_date(data.file(), stated));
                Ok(agreement)
            }
            Err(error @ CardError::Link(_)) => Err(error.into()),
            Err(_) => Ok(Agreement::Unknown),
        }
    }

    /// Reads the card's own number, for a proof; empty where the card does not tell it.
    ///
    /// # Errors
    /// [`LoginError::Card`] when the card or the way to it is gone.
    pub fn read_card_number(
        &mut self,
        conversation: &mut Conversation<'_>,
    ) -> Result<CardNumber, LoginError> {
        match conversation.hold(|channel| self.card.read_card_id(channel)) {
            Ok(number) => Ok((&number).into()),
            Err(error @ CardError::Link(_)) => Err(error.into()),
            Err(_) => Ok(CardNumber::default()),
        }
    }

    /// The question to put to a person.
    #[must_use]
    pub fn question<'q>(
        &self,
        conversation: &'q Conversation<'_>,
        card: &'q CardDescription,
        audience: &'q str,
        service: Option<&'q Title>,
    ) -> PinQuestion<'q> {
        PinQuestion {
            reader: conversation.reader(),
            card,
            form: self.card.pin_form(),
            tries_left: Some(self.tries_left),
            audience,
            service,
        }
    }

    /// Sends the typed PIN, has the card sign the challenge, verifies the answer. The card is reset at the end.
    ///
    /// While the PIN was typed, another program may have failed with a PIN of its own. Where one such failure would
    /// make this the last try, the card is asked again first.
    ///
    /// # Errors
    /// [`LoginError`]: not sent, wrong, blocked, the card changed, or it did not prove its key.
    pub fn prove(
        self,
        conversation: &mut Conversation<'_>,
        typed: Pin,
        rules: &mut PinRules,
        challenge: Challenge,
        now: &dyn Fn() -> Timestamp,
    ) -> Result<Proven, LoginError> {
        let Self {
            mut card,
            chain,
            tries_left,
            birth_date,
            epoch,
        } = self;
        let (form, reference) = (card.pin_form(), card.pin_reference());
        rules.check(&typed, form, tries_left)?;
        let signature = conversation.hold(|channel| {
            if channel.epoch() != epoch {
                return Err(LoginError::CardChanged);
            }
            // What cannot be asked for, or would come too late, must not cost a VERIFY.
            let request = challenge.signing_request(&chain)?;
            challenge.check_current(now())?;
            let tries_left = match tries_left {
                TriesLeft::Known(shown) if shown <= 2 => ask_again(&mut *card, channel, rules)?,
                shown => shown,
            };
            // The permit comes last: what fails before it has sent nothing.
            let approached = PinSession::approach(&mut *card, channel)?;
            let authorised = rules.authorise(typed, form, reference, tries_left, epoch)?;
            sign_under_pin(approached, authorised, &request, rules)
        })?;
        let signed = challenge.verify(chain, signature, now())?;
        Ok(Proven {
            proof: signed.proof().cloned(),
            identity: VerifiedIdentity::from_card(signed, birth_date),
        })
    }
}

/// Asks for a counter that has been told before. A card that does not tell it any more is not sent a PIN.
fn ask_again(
    card: &mut dyn LoginCard,
    channel: &mut dyn CardChannel,
    rules: &mut PinRules,
) -> Result<TriesLeft, LoginError> {
    let before = card.counter_query();
    let tries_left = ask_tries_left(card, channel)?;
    if before != card.counter_query() {
        rules.note_possible_try();
    }
    match tries_left {
        TriesLeft::Unknown => Err(NotSent::TriesUnknown.into()),
        known => Ok(known),
    }
}

fn sign_under_pin(
    card: Approached<'_>,
    authorised: AuthorisedPin,
    request: &SigningRequest,
    rules: &mut PinRules,
) -> Result<CardSignature, LoginError> {
    match card.open(authorised)? {
        Verification::Verified(mut session) => {
            rules.note_accepted();
            let signature = session.sign(request)?;
            session.finish()?;
            Ok(signature)
        }
        Verification::Wrong { tries_left } => Err(LoginError::WrongPin { tries_left }),
        Verification::Blocked => Err(LoginError::PinBlocked),
    }
}
