//! The steps of the journey, each consumed by the next, for user interfaces that show them.
//!
//! Not here: the order in which an application wants them (`login`).

use varco_access_policy::Title;
use varco_auth::{AuthError, CardNumber, Challenge, Proof, VerifiedDocument, VerifiedIdentity};
use varco_card::{CardChannel, Epoch, LinkError};
use varco_credential::{
    Approached, Attempt, AuthorisedPin, CardDescription, CardDriver, CardError, CardIdentity, CardSecret,
    CredentialKind, Extent, Given, LoginCard, NotSent, PersonalData, PersonalField, PinRules, PinSession,
    Recognition, Tries, TriesLeft, Verification, tries,
};
use varco_pki::{
    Agreement, Certificate, ChainValid, CnsSubject, ConfirmedBirthDate, Judging, Nis, PathValidator,
    PublicKey, Rejection, RevocationCheck, SignatureScheme, Timestamp, TrustAnchors, judge_cns,
};

use crate::asking::not_entered;
use crate::document::{read_number, verify_document};
use crate::kept::KeptCard;
use crate::{AskedValue, Conversation, LoginError, Origin, PinQuestion, Purpose, Step};

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
        #[cfg(feature = "planted-bugs")]
        let this = self.planted();
        #[cfg(not(feature = "planted-bugs"))]
        let this = self;
        Judging {
            intermediates: this.intermediates,
            anchors: this.anchors,
            validator: this.validator,
            revocation: this.revocation,
            at: this.at,
        }
    }

    /// Two bugs for the simulation to find.
    #[cfg(feature = "planted-bugs")]
    fn planted(mut self) -> Self {
        use varco_planted::{Bug, is_planted};
        const PAST_S: i64 = 1_590_969_600; // 1 June 2020
        if is_planted(Bug::RevocationIgnored) {
            self.revocation.mode = varco_pki::RevocationMode::Off;
        }
        if is_planted(Bug::DatesOfAnotherDay) {
            self.at = Timestamp::from_second(PAST_S).unwrap_or(self.at);
        }
        self
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

    /// Asks how many tries the PIN has left, where asking is free.
    ///
    /// # Errors
    /// [`LoginError::Card`].
    pub fn tries_left(&mut self, conversation: &mut Conversation<'_>) -> Result<TriesLeft, LoginError> {
        Ok(self.tries(conversation, CardSecret::USER_PIN)?.left)
    }

    /// Asks what the counter of a secret says, where asking is free.
    ///
    /// # Errors
    /// [`LoginError::Card`].
    pub fn tries(
        &mut self,
        conversation: &mut Conversation<'_>,
        secret: CardSecret,
    ) -> Result<Tries, LoginError> {
        let before = self.card.user_pin().counter_query;
        let told = conversation.hold(|channel| tries(&mut *self.card, channel, secret))?;
        // A driver that asks no more has seen the card take the question for a value.
        self.question_may_have_cost |= before != self.card.user_pin().counter_query;
        Ok(told)
    }

    /// As [`CardSeen::tries`], but not where a try may have been spent without the card telling: the question may be what costs.
    pub(crate) fn tries_by(
        &mut self,
        conversation: &mut Conversation<'_>,
        secret: CardSecret,
        rules: &mut PinRules,
    ) -> Result<Tries, LoginError> {
        let most = self.card.secret(secret).and_then(|facts| facts.tries_max);
        if rules.is_try_possible(secret) {
            return Ok(Tries {
                most,
                ..Tries::UNKNOWN
            });
        }
        let told = self.tries(conversation, secret)?;
        if self.question_may_have_cost {
            note_costly_question(rules);
        }
        Ok(told)
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
        rules.recognise(CardIdentity::new(&chain.leaf().sha256()));
        let tries = self.tries_by(conversation, CardSecret::USER_PIN, rules)?;
        Ok(CardTrusted {
            card: self.card,
            chain,
            tries,
            is_counter_old: false,
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
    tries: Tries,
    /// So much time has passed since the counter was told that it is asked for again.
    is_counter_old: bool,
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
        self.tries.left
    }

    /// Takes note that a person took his time: other programs may have spent tries meanwhile.
    pub(crate) fn note_waiting(&mut self) {
        self.is_counter_old = true;
    }

    /// The attempt that a typed PIN is for, as things stand.
    pub(crate) fn attempt(&self) -> Attempt {
        Attempt::verify(
            CardSecret::USER_PIN,
            self.card.user_pin(),
            self.tries.left,
            self.epoch,
        )
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
            secret: CardSecret::USER_PIN,
            value: AskedValue::Present,
            purpose: Purpose::Login,
            form: self.card.user_pin().form,
            tries_left: Some(self.tries.left),
            tries_max: self.tries.most,
            audience,
            service,
            not_taken: None,
        }
    }

    /// Sends the typed PIN, or has the reader take it; has the card sign the challenge, verifies the answer. The card is reset
    /// at the end.
    ///
    /// While the PIN was typed, another program may have failed with a PIN of its own. Where one such failure would
    /// make this the last try, and where typing took long, the card is asked again first.
    ///
    /// # Errors
    /// [`LoginError`]: not sent, wrong, blocked, the card changed, or it did not prove its key.
    pub fn prove(
        self,
        conversation: &mut Conversation<'_>,
        given: Given,
        rules: &mut PinRules,
        challenge: Challenge,
        now: &dyn Fn() -> Timestamp,
    ) -> Result<Proven, LoginError> {
        self.prove_and(conversation, given, rules, challenge, now, |proven, _| proven)
    }

    /// The same, and then some work while the PIN is still verified.
    pub(crate) fn prove_and<T>(
        self,
        conversation: &mut Conversation<'_>,
        given: Given,
        rules: &mut PinRules,
        challenge: Challenge,
        now: &dyn Fn() -> Timestamp,
        work: impl FnOnce(Proven, &mut KeptCard<'_, '_>) -> T,
    ) -> Result<T, LoginError> {
        let attempt = self.attempt();
        let Self {
            mut card,
            chain,
            tries,
            is_counter_old,
            birth_date,
            epoch,
        } = self;
        rules.check(&given, &attempt)?;
        let kind = card.description().kind;
        let (companion, budget) = (conversation.companion(), conversation.budget());
        conversation.hold(|channel| {
            if channel.epoch() != epoch {
                return Err(LoginError::CardChanged);
            }
            // What cannot be asked for, or would come too late, must not cost a VERIFY.
            let request = challenge.signing_request(&chain)?;
            challenge.check_current(now())?;
            let tries_left = match tries.left {
                TriesLeft::Known(shown) if shown <= 2 || is_counter_old => {
                    ask_again(&mut *card, channel, CardSecret::USER_PIN, rules)?
                }
                shown => shown,
            };
            let attempt = Attempt {
                tries_left,
                ..attempt
            };
            // The permit comes last: what fails before it has sent nothing.
            let approached = PinSession::approach(&mut *card, channel)?;
            let authorised = rules.authorise(given, &attempt)?;
            under_pin(approached, authorised, rules, &attempt, |session| {
                companion.reached(&Step::Signing);
                let signature = session.sign(&request)?;
                let (leaf, exchange) = (chain.leaf().clone(), challenge.exchange().clone());
                let signed = challenge.verify(chain, signature, now())?;
                let proven = Proven {
                    proof: signed.proof().cloned(),
                    identity: VerifiedIdentity::from_card(signed, birth_date),
                };
                Ok(work(
                    proven,
                    &mut KeptCard::new(session, kind, leaf, None, (exchange, budget)),
                ))
            })
        })
    }
}

/// A card that takes a question for a value may do so whichever secret it is about.
fn note_costly_question(rules: &mut PinRules) {
    for secret in CardSecret::ALL {
        rules.note_possible_try(secret);
    }
}

/// Asks for a counter that has been told before. A card that does not tell it any more is not sent a value.
pub(crate) fn ask_again(
    card: &mut dyn LoginCard,
    channel: &mut dyn CardChannel,
    secret: CardSecret,
    rules: &mut PinRules,
) -> Result<TriesLeft, LoginError> {
    let before = card.user_pin().counter_query;
    let told = tries(card, channel, secret)?;
    if before != card.user_pin().counter_query {
        note_costly_question(rules);
    }
    match told.left {
        TriesLeft::Unknown => Err(NotSent::TriesUnknown.into()),
        known => Ok(known),
    }
}

/// Sends the PIN, and does some work where the card accepts it.
fn under_pin<T>(
    card: Approached<'_>,
    authorised: AuthorisedPin,
    rules: &mut PinRules,
    attempt: &Attempt,
    work: impl FnOnce(&mut PinSession<'_>) -> Result<T, LoginError>,
) -> Result<T, LoginError> {
    let opened = card.open(authorised).inspect_err(|error| {
        if was_not_sent(error) {
            rules.note_not_entered();
        }
    })?;
    match opened {
        Verification::Verified(mut session) => {
            rules.note_accepted(CardSecret::USER_PIN);
            let done = work(&mut session)?;
            session.finish()?;
            Ok(done)
        }
        Verification::Wrong { tries_left } => Err(LoginError::WrongPin { tries_left }),
        Verification::Blocked => Err(LoginError::PinBlocked),
        Verification::NotEntered(refusal) => {
            rules.note_not_entered();
            Err(not_entered(refusal, attempt))
        }
    }
}

/// Whether a command with a value never left the host.
pub(crate) fn was_not_sent(error: &CardError) -> bool {
    matches!(
        error,
        CardError::Unsupported { .. }
            | CardError::Link(
                LinkError::Guard { .. }
                    | LinkError::Interrupted { .. }
                    | LinkError::CommandTooLong { .. }
                    | LinkError::PinPadUnsupported
            )
    )
}
