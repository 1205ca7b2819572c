//! The whole journey as one call.
//!
//! Not here: readers. The caller connects to a card and hands it in.

use core::time::Duration;

use varco_access_policy::{Decision, Gate, Request, Title};
use varco_auth::{Audience, CardNumber, Exchange, Flow, Nonce, Proof, VerifiedIdentity};
use varco_card::{CardLink, Trace};
use varco_credential::{
    Attempt, CardDescription, CardDriver, CardSecret, Given, NotSent, PinRules, TriesLeft,
};
use varco_pki::{Agreement, Certificate, SignatureScheme, Timestamp};
use zeroize::Zeroizing;

use crate::asking::Asking;
use crate::challenge;
use crate::document::{DocumentTrusted, Told, UnderPin};
use crate::ending::Ending;
use crate::kept::{Keeper, KeptCard};
use crate::steps::Proven;
use crate::{
    AskedValue, CardSeen, CardTrusted, Companion, Conversation, EntryPlace, LoginError, PinEntry,
    PinQuestion, Purpose, Step, Trust,
};

/// How long a counter that was told is taken to hold, in seconds, while a person types.
const COUNTER_HOLDS_S: i64 = 5;

/// Who asks for the login, and for what.
#[derive(Clone)]
pub struct Asker<'a> {
    /// Who asks: it is shown to the person and signed by the card.
    pub audience: Audience,
    /// The asker's own nonce, signed too.
    pub nonce: Option<Nonce>,
    /// Who verifies: this program alone, or, by a proof over the asker's nonce, the asker too. Only then is the number of a
    /// CNS read, which costs exchanges.
    pub flow: Flow,
    /// How the card is to sign.
    pub scheme: SignatureScheme,
    /// Whether the century of birth is wanted, which only the card's own data tell.
    pub birth_date: BirthDateSource,
    /// What is wanted and who decides about it; without it the journey ends with the identity.
    pub wanted: Option<Wanted<'a>>,
}

/// What is wanted of a login, and where that is decided.
#[derive(Clone)]
pub struct Wanted<'a> {
    /// The rules, with what is known of persons and the record of what was decided.
    pub gate: &'a Gate<'a>,
    /// The request.
    pub request: Request,
    /// The instant to decide as of, where it is not the clock's once the person is identified: a replay. Whoever sets it sees to
    /// it that such an identity counts for nothing real.
    pub at: Option<Timestamp>,
}

impl Asker<'_> {
    /// The name of the service that is wanted, if one is.
    fn service_title(&self) -> Option<&Title> {
        let wanted = self.wanted.as_ref()?;
        let service = wanted.gate.policy().service(wanted.request.act.service()?)?;
        Some(&service.title)
    }
}

/// Where the birth date of an identity comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum BirthDateSource {
    /// The codice fiscale, which leaves the century open. Nothing about the person is read from the card.
    #[default]
    CodiceFiscale,
    /// The card's own data, where they fit its certificate; else as above.
    Card,
}

/// All that a journey needs besides a PIN.
pub struct LoginRequest<'a> {
    /// The connected card.
    pub link: &'a mut dyn CardLink,
    /// How long each transaction waits for another program.
    pub wait: Duration,
    /// The kinds of card that are known.
    pub drivers: &'a [Box<dyn CardDriver>],
    /// Whom to believe.
    pub trust: Trust<'a>,
    /// Who asks, and for what.
    pub asker: Asker<'a>,
    /// The PIN rules of this insertion: the same for every login until the card leaves.
    pub rules: &'a mut PinRules,
    /// Fresh randomness for the challenge.
    pub random: [u8; 32],
    /// More of it, for the salt of RSASSA-PSS, which a signature tells.
    pub salt: [u8; 32],
    /// More of it, for the channel to a document, whose keys follow from it.
    pub seed: Zeroizing<[u8; 32]>,
    /// The clock.
    pub now: &'a dyn Fn() -> Timestamp,
    /// Where to record what is said.
    pub trace: Option<Trace<'a>>,
    /// Who walks along; [`Alone`](crate::Alone) where nobody does.
    pub companion: &'a dyn Companion,
    /// Who keeps the card once somebody is logged in; without one it is reset at once.
    pub keeper: Option<&'a mut dyn Keeper>,
}

/// What is known of the PIN at the end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PinReport {
    /// As the card last told it; a right PIN gives the card its full number back.
    pub tries_left: TriesLeft,
    /// How many tries the PUK has left, where the PIN is blocked and the card tells.
    pub puk_tries_left: TriesLeft,
    /// Whether a value reached the card.
    pub sent: bool,
}

/// How a login went: who it is and what was decided, or why nobody was identified.
pub type LoginReport = Report<(VerifiedIdentity, Option<Decision>)>;

/// How a journey went, whether or not it reached its end.
#[derive(Debug)]
pub struct Report<T> {
    /// What it reached, or why it did not.
    pub outcome: Result<T, LoginError>,
    /// The card, once recognised.
    pub card: Option<CardDescription>,
    /// The PIN, once asked about.
    pub pin: Option<PinReport>,
    /// Whether the card's own data fit its certificate, where they were read.
    pub personal_data: Option<Agreement>,
    /// What the asker can check for itself, where it is to and somebody was identified.
    pub proof: Option<Proof>,
    /// Number of C-APDUs that were sent.
    pub exchanges: u32,
    /// Whether a recording was asked for and is cut.
    pub trace_failed: bool,
    /// A PIN was sent and the card could not be reset afterwards: until it is taken out, another program may find
    /// the PIN verified.
    pub reset_failed: bool,
}

/// Logs a person in: recognises the card, judges its certificate, asks for the PIN, has the card sign a fresh
/// challenge, verifies the answer, and decides about the service.
pub fn login(request: LoginRequest<'_>, entry: &mut dyn PinEntry) -> LoginReport {
    walk(request, |journey, conversation, seen| {
        journey.login(conversation, entry, seen)
    })
}

/// Reads the certificate of the card, as it stands there. A document gives it under its PIN only, which is asked for once
/// the document is believed; it is then the one that was signed for it. Nothing else is judged.
pub fn read_certificate(request: LoginRequest<'_>, entry: &mut dyn PinEntry) -> Report<Certificate> {
    walk(request, |journey, conversation, seen| {
        let mut card = recognise(conversation, journey.drivers, seen)?;
        if card.card().as_document().is_none() {
            return card.read_certificate(conversation);
        }
        let trusted = DocumentTrusted::judge(card, conversation, journey.trust)?;
        journey.under_pin(
            trusted,
            conversation,
            entry,
            seen,
            Purpose::ReadCertificate,
            DocumentTrusted::read_certificate,
        )
    })
}

fn walk<'a, T>(
    request: LoginRequest<'a>,
    way: impl FnOnce(Journey<'a>, &mut Conversation<'_>, &mut Seen) -> Result<T, LoginError>,
) -> Report<T> {
    let mut conversation = Conversation::new(request.link, request.wait)
        .recorded(request.trace)
        .accompanied(request.companion);
    let mut seen = Seen::default();
    let journey = Journey {
        drivers: request.drivers,
        trust: request.trust,
        asker: request.asker,
        rules: request.rules,
        random: request.random,
        salt: request.salt,
        seed: request.seed,
        now: request.now,
        keeper: request.keeper,
    };
    let outcome = way(journey, &mut conversation, &mut seen);
    if let Err(LoginError::WrongPin { tries_left }) = &outcome {
        seen.pin = Some(PinReport {
            tries_left: *tries_left,
            puk_tries_left: TriesLeft::Unknown,
            sent: true,
        });
    }
    // Asked again just before the PIN, the card may have told another number.
    let told = match &outcome {
        Err(LoginError::PinBlocked | LoginError::NotSent(NotSent::Blocked)) => Some(TriesLeft::Known(0)),
        Err(LoginError::NotSent(NotSent::LastTry)) => Some(TriesLeft::Known(1)),
        Err(LoginError::NotSent(NotSent::TriesUnknown)) => Some(TriesLeft::Unknown),
        // What became of a PIN that was sent is not known: neither is what is left.
        Err(LoginError::Card(_)) if seen.pin.is_some_and(|pin| pin.sent) => Some(TriesLeft::Unknown),
        _ => None,
    };
    if let (Some(told), Some(pin)) = (told, &mut seen.pin) {
        pin.tries_left = told;
    }
    Report {
        outcome,
        card: seen.card,
        pin: seen.pin,
        personal_data: seen.personal_data,
        proof: seen.proof,
        exchanges: conversation.exchanges(),
        trace_failed: conversation.trace_failed(),
        reset_failed: conversation.reset_failed(),
    }
}

/// What the report tells even if the journey ends early.
#[derive(Default)]
struct Seen {
    card: Option<CardDescription>,
    pin: Option<PinReport>,
    personal_data: Option<Agreement>,
    proof: Option<Proof>,
}

struct Journey<'a> {
    drivers: &'a [Box<dyn CardDriver>],
    trust: Trust<'a>,
    asker: Asker<'a>,
    rules: &'a mut PinRules,
    random: [u8; 32],
    salt: [u8; 32],
    seed: Zeroizing<[u8; 32]>,
    now: &'a dyn Fn() -> Timestamp,
    keeper: Option<&'a mut dyn Keeper>,
}

/// Finds the driver that knows the card, and says which it is.
fn recognise(
    conversation: &mut Conversation<'_>,
    drivers: &[Box<dyn CardDriver>],
    seen: &mut Seen,
) -> Result<CardSeen, LoginError> {
    let card = CardSeen::recognise(conversation, drivers)?;
    let description = card.description();
    conversation.reached(&Step::CardSeen(&description));
    seen.card = Some(description);
    Ok(card)
}

impl Journey<'_> {
    fn login(
        self,
        conversation: &mut Conversation<'_>,
        entry: &mut dyn PinEntry,
        seen: &mut Seen,
    ) -> Result<(VerifiedIdentity, Option<Decision>), LoginError> {
        challenge::check(&self.asker)?;
        let mut card = recognise(conversation, self.drivers, seen)?;
        let description = card.description();
        if card.card().as_document().is_some() {
            return self.walk_document(card, conversation, entry, seen);
        }
        let mut trusted = card.judge(conversation, self.trust, self.asker.scheme, self.rules)?;
        seen.pin = Some(PinReport {
            tries_left: trusted.tries_left(),
            puk_tries_left: TriesLeft::Unknown,
            sent: false,
        });
        conversation.reached(&Step::Judged);

        self.rules.admit(trusted.tries_left())?;
        if self.asker.birth_date == BirthDateSource::Card {
            seen.personal_data = Some(trusted.confirm_birth_date(conversation)?);
        }
        let exchange = Exchange {
            reader_kind: conversation.reader_kind(),
            card_number: match self.asker.flow {
                Flow::Local => CardNumber::default(),
                Flow::Remote => trusted.read_card_number(conversation)?,
            },
        };
        let given = self.ask(conversation, entry, &mut trusted, &description)?;
        let challenge = challenge::challenge(&self.asker, self.random, self.salt, exchange, (self.now)())?;
        let before = self.rules.permits();
        let is_on_pad = matches!(given, Given::OnPad(_));
        let mut ending = Ending {
            wanted: self.asker.wanted.as_ref(),
            now: self.now,
            companion: conversation.companion(),
            keeper: self.keeper,
        };
        let pin = seen.pin.map(|pin| PinReport { sent: true, ..pin });
        let keep = |proven: Proven, card: &mut KeptCard<'_, '_>| {
            if is_on_pad {
                entry.guided();
            }
            ending.keep(proven, pin, card)
        };
        let proven = trusted.prove_and(conversation, given, self.rules, challenge, self.now, keep);
        if is_on_pad && proven.is_err() {
            entry.guided();
        }
        if let Some(pin) = &mut seen.pin {
            pin.sent = self.rules.permits() > before;
        }
        let (outcome, proof) = ending.finish(proven?);
        seen.proof = proof;
        Ok(outcome)
    }

    /// Asks for the PIN of a card whose certificate is accepted.
    fn ask(
        &self,
        conversation: &Conversation<'_>,
        entry: &mut dyn PinEntry,
        trusted: &mut CardTrusted,
        description: &CardDescription,
    ) -> Result<Given, LoginError> {
        let service = self.asker.service_title();
        let audience = self.asker.audience.as_str();
        let question = trusted.question(conversation, description, audience, service);
        conversation.reached(&Step::PinWanted(&question));
        let asked_at = (self.now)();
        let given = Asking {
            entry,
            rules: &*self.rules,
            limits: conversation.limits(),
            question,
            new: None,
            attempt: &trusted.attempt(),
        }
        .get()?;
        if (self.now)().as_second().saturating_sub(asked_at.as_second()) >= COUNTER_HOLDS_S {
            trusted.note_waiting();
        }
        Ok(given)
    }

    /// With a card that is a document: what can be judged without a channel is judged before a person types; the number of
    /// tries is told within it, just before the PIN is sent.
    fn walk_document(
        self,
        mut card: CardSeen,
        conversation: &mut Conversation<'_>,
        entry: &mut dyn PinEntry,
        seen: &mut Seen,
    ) -> Result<(VerifiedIdentity, Option<Decision>), LoginError> {
        DocumentTrusted::check_login(&mut card, conversation, self.trust, self.asker.scheme)?;
        let trusted = DocumentTrusted::judge(card, conversation, self.trust)?;
        if self.asker.birth_date == BirthDateSource::Card {
            // Such a card tells no birth date in a way that its certificate confirms.
            seen.personal_data = Some(Agreement::Unknown);
        }
        conversation.reached(&Step::Judged);
        let (trust, now, wanted) = (self.trust, self.now, self.asker.wanted.clone());
        let exchange = Exchange {
            reader_kind: conversation.reader_kind(),
            card_number: trusted.number().into(),
        };
        let (random, salt, asker) = (self.random, self.salt, self.asker.clone());
        let mut this = self;
        let mut ending = Ending {
            wanted: wanted.as_ref(),
            now,
            companion: conversation.companion(),
            keeper: this.keeper.take(),
        };
        let identified = this.under_pin(
            trusted,
            conversation,
            entry,
            seen,
            Purpose::Login,
            |trusted, conversation, under_pin| {
                let challenge = challenge::challenge(&asker, random, salt, exchange, now())?;
                trusted.prove_and(
                    conversation,
                    under_pin,
                    trust,
                    challenge,
                    now,
                    |proven, pin, card| ending.keep(proven, Some(pin), card),
                )
            },
        )?;
        let (outcome, proof) = ending.finish(identified);
        seen.proof = proof;
        Ok(outcome)
    }

    /// Asks for the PIN of a document and does some work with it.
    fn under_pin<T>(
        self,
        trusted: DocumentTrusted,
        conversation: &mut Conversation<'_>,
        entry: &mut dyn PinEntry,
        seen: &mut Seen,
        purpose: Purpose,
        work: impl FnOnce(DocumentTrusted, &mut Conversation<'_>, UnderPin<'_>) -> Result<T, LoginError>,
    ) -> Result<T, LoginError> {
        let mut told = Told {
            pin: TriesLeft::Unknown,
            puk: TriesLeft::Unknown,
        };
        if let EntryPlace::Reader(_) = entry.place() {
            return Err(NotSent::NotByPad.into());
        }
        let card = seen.card.clone().ok_or(LoginError::NotRecognised)?;
        let facts = trusted.user_pin();
        self.rules.recognise(trusted.identity());
        let attempt = Attempt::verify(
            CardSecret::USER_PIN,
            facts,
            TriesLeft::Unknown,
            conversation.epoch(),
        );
        let question = PinQuestion {
            reader: conversation.reader(),
            card: &card,
            secret: CardSecret::USER_PIN,
            value: AskedValue::Present,
            purpose,
            form: facts.form,
            tries_left: None,
            tries_max: facts.tries_max,
            audience: self.asker.audience.as_str(),
            service: self.asker.service_title(),
            not_taken: None,
        };
        conversation.reached(&Step::PinWanted(&question));
        let given = Asking {
            entry: &mut *entry,
            rules: &*self.rules,
            limits: conversation.limits(),
            question,
            new: None,
            attempt: &attempt,
        }
        .get()?;
        let before = self.rules.permits();
        let under_pin = UnderPin {
            given,
            rules: &mut *self.rules,
            entry,
            seed: self.seed,
            told: &mut told,
        };
        let done = work(trusted, conversation, under_pin);
        seen.pin = Some(PinReport {
            tries_left: told.pin,
            puk_tries_left: told.puk,
            sent: self.rules.permits() > before,
        });
        done
    }
}
