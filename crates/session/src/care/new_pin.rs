//! A new PIN: the asking, and the way to a card that takes it in clear.
//!
//! Not here: a document, which takes it through its channel (`document::care`).

use varco_credential::{
    Approached, Attempt, CardError, CardIdentity, CardSecret, Given, LoginCard, NewPinError, NewPinWay,
    NotSent, PinId, PinOutcome, PinRules, PinUse, PinWays, SecretFacts, Tries, TriesLeft,
};
use varco_pki::Certificate;

use super::{PinCounters, Seen, Way};
use crate::asking::{Asking, not_entered};
use crate::document::{DocumentTrusted, NewPinWithin};
use crate::steps::{ask_again, was_not_sent};
use crate::{AskedValue, CardSeen, Conversation, EntryPlace, LoginError, PinEntry, PinQuestion, Purpose};

/// Which way a PIN is renewed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Renewal {
    /// With the present PIN.
    Change,
    /// With the PUK.
    Unblock,
}

impl Renewal {
    pub(crate) fn purpose(self) -> Purpose {
        match self {
            Self::Change => Purpose::ChangePin,
            Self::Unblock => Purpose::UnblockPin,
        }
    }

    fn at_stake(self, id: PinId) -> CardSecret {
        match self {
            Self::Change => CardSecret::Pin(id),
            Self::Unblock => CardSecret::Puk(id),
        }
    }

    fn use_of(self, id: PinId, ways: PinWays) -> Result<PinUse, CardError> {
        let (way, what) = match self {
            Self::Change => (ways.change, "a change of its PIN"),
            Self::Unblock => (ways.unblock, "an unblocking of its PIN"),
        };
        let way = way.ok_or(CardError::Unsupported { what })?;
        Ok(match self {
            Self::Change => PinUse::Change(id, way),
            Self::Unblock => PinUse::Unblock(id, way),
        })
    }

    /// What was not sent, named by the secret that is at stake.
    pub(crate) fn not_sent(self, reason: NotSent) -> LoginError {
        match (self, reason) {
            (Self::Change, reason) | (Self::Unblock, reason @ NotSent::NewPin(_)) => {
                LoginError::NotSent(reason)
            }
            (Self::Unblock, NotSent::Blocked) => LoginError::PukBlocked,
            (Self::Unblock, reason) => LoginError::PukNotSent(reason),
        }
    }

    fn named(self, error: LoginError) -> LoginError {
        match error {
            LoginError::NotSent(reason) => self.not_sent(reason),
            error => error,
        }
    }

    /// What the card made of it; done or why not.
    pub(crate) fn settle(
        self,
        outcome: Result<PinOutcome, NewPinError>,
        attempt: &Attempt,
        rules: &mut PinRules,
    ) -> Result<(), LoginError> {
        match outcome {
            Ok(PinOutcome::Verified) => {
                let pin = CardSecret::Pin(attempt.purpose.at_stake().id());
                rules.note_accepted(attempt.purpose.at_stake());
                rules.note_accepted(pin);
                rules.note_new_value(pin);
                Ok(())
            }
            Ok(PinOutcome::Wrong { tries_left }) => Err(match self {
                Self::Change => LoginError::WrongPin { tries_left },
                Self::Unblock => LoginError::WrongPuk { tries_left },
            }),
            Ok(PinOutcome::Blocked) => Err(match self {
                Self::Change => LoginError::PinBlocked,
                Self::Unblock => LoginError::PukBlocked,
            }),
            Ok(PinOutcome::NotEntered(refusal)) => {
                rules.note_not_entered();
                Err(self.named(not_entered(refusal, attempt)))
            }
            Err(NewPinError::NotChanged(error)) => {
                // Of two commands the first has brought a value, whatever became of the second.
                let is_alone = matches!(
                    attempt.purpose,
                    PinUse::Change(_, NewPinWay::OneCommand) | PinUse::Unblock(_, NewPinWay::OneCommand)
                );
                if is_alone && was_not_sent(&error) {
                    rules.note_not_entered();
                }
                Err(error.into())
            }
            Err(NewPinError::InDoubt(cause)) => Err(LoginError::NewPinInDoubt {
                cause,
                purpose: self.purpose(),
                counter: attempt.tries_left,
            }),
        }
    }

    /// The counter of the secret at stake.
    pub(crate) fn counter(self, counters: &PinCounters) -> Tries {
        match self {
            Self::Change => counters.pin,
            Self::Unblock => counters.puk.unwrap_or(Tries::UNKNOWN),
        }
    }

    fn set_counter(self, counters: &mut PinCounters, tries: Tries) {
        match self {
            Self::Change => counters.pin = tries,
            Self::Unblock => counters.puk = Some(tries),
        }
    }
}

/// What is known of a card, and asked of the person.
#[derive(Clone, Copy)]
struct Terms {
    purpose: PinUse,
    present: SecretFacts,
    target: SecretFacts,
}

impl Terms {
    fn of(card: &dyn LoginCard, renewal: Renewal, id: PinId) -> Result<Self, CardError> {
        let known = |secret: CardSecret| {
            card.secret(secret).ok_or(CardError::SecretAbsent {
                secret: secret.name(),
            })
        };
        Ok(Self {
            present: known(renewal.at_stake(id))?,
            target: known(CardSecret::Pin(id))?,
            purpose: renewal.use_of(id, card.pin_ways(id))?,
        })
    }
}

impl Way<'_> {
    pub(super) fn renew(
        mut self,
        conversation: &mut Conversation<'_>,
        entry: &mut dyn PinEntry,
        seen: &mut Seen,
        renewal: Renewal,
    ) -> Result<(), LoginError> {
        let mut card = CardSeen::recognise(conversation, self.drivers)?;
        seen.card = Some(card.description());
        seen.at_stake = Some(renewal.at_stake(self.pin));
        let terms = Terms::of(card.card(), renewal, self.pin)?;
        if card.card().as_document().is_some() {
            return self.renew_document(card, terms, conversation, entry, seen, renewal);
        }
        let known_by = conversation.hold(|channel| known_by(card.card(), channel))?;
        seen.issuer = known_by.as_deref().and_then(issuer);
        // A card that tells nothing of itself is taken for any other of its make: too careful, and never too bold.
        self.rules.recognise(match &known_by {
            Some(known_by) => identity(known_by),
            None => CardIdentity::new(conversation.atr().as_bytes()),
        });
        let secret = renewal.at_stake(self.pin);
        let tries = card.tries_by(conversation, secret, self.rules)?;
        let mut counters = PinCounters {
            id: self.pin,
            pin: Tries::UNKNOWN,
            puk: None,
            ways: card.card().pin_ways(self.pin),
        };
        renewal.set_counter(&mut counters, tries);
        seen.counters = Some(counters);
        self.rules
            .admit(tries.left)
            .map_err(|reason| renewal.not_sent(reason))?;
        let attempt = Attempt {
            purpose: terms.purpose,
            present: terms.present,
            target: terms.target,
            tries_left: tries.left,
            epoch: conversation.epoch(),
        };
        let given = self.ask(conversation, entry, seen, renewal, &attempt, tries)?;
        let is_on_pad = matches!(given, Given::OnPad(_));
        let before = self.rules.permits();
        let done = self.send(&mut card, conversation, renewal, attempt, given);
        if is_on_pad {
            entry.guided();
        }
        note(seen, renewal, &done, self.rules.permits() > before);
        done?;
        // What the counters say now is good to know, and no reason to say that it failed.
        let mut told = |secret, facts: SecretFacts| {
            card.tries_by(conversation, secret, self.rules).unwrap_or(Tries {
                most: facts.tries_max,
                ..Tries::UNKNOWN
            })
        };
        if let Some(counters) = &mut seen.counters {
            counters.pin = told(CardSecret::Pin(self.pin), terms.target);
            if let Some(puk) = &mut counters.puk {
                *puk = told(CardSecret::Puk(self.pin), terms.present);
            }
        }
        Ok(())
    }

    /// Asks for both values, named by what they are.
    fn ask(
        &mut self,
        conversation: &Conversation<'_>,
        entry: &mut dyn PinEntry,
        seen: &Seen,
        renewal: Renewal,
        attempt: &Attempt,
        tries: Tries,
    ) -> Result<Given, LoginError> {
        let card = seen.card.as_ref().ok_or(LoginError::NotRecognised)?;
        let question = PinQuestion {
            reader: conversation.reader(),
            card,
            secret: renewal.at_stake(self.pin),
            value: AskedValue::Present,
            purpose: renewal.purpose(),
            form: attempt.present.form,
            tries_left: Some(tries.left),
            tries_max: tries.most,
            audience: self.asker,
            service: None,
            not_taken: None,
        };
        let new = PinQuestion {
            secret: CardSecret::Pin(self.pin),
            value: AskedValue::New,
            form: attempt.target.form,
            tries_left: None,
            tries_max: None,
            ..question
        };
        let asking = Asking {
            entry,
            rules: &*self.rules,
            limits: conversation.limits(),
            question,
            new: Some(new),
            attempt,
        };
        asking.get().map_err(|error| renewal.named(error))
    }

    /// Brings the values to the card. The card is reset at the end.
    fn send(
        &mut self,
        card: &mut CardSeen,
        conversation: &mut Conversation<'_>,
        renewal: Renewal,
        attempt: Attempt,
        given: Given,
    ) -> Result<(), LoginError> {
        let rules = &mut *self.rules;
        let mut is_done = false;
        let ended = conversation.hold(|channel| {
            if channel.epoch() != attempt.epoch {
                return Err(LoginError::CardChanged);
            }
            let card = card.card();
            let secret = attempt.purpose.at_stake();
            let tries_left = match attempt.tries_left {
                TriesLeft::Known(_) => {
                    ask_again(card, channel, secret, rules).map_err(|error| renewal.named(error))?
                }
                shown => shown,
            };
            let attempt = Attempt {
                tries_left,
                ..attempt
            };
            let approached = Approached::of(card, channel, secret)?;
            let authorised = rules
                .authorise(given, &attempt)
                .map_err(|reason| renewal.not_sent(reason))?;
            renewal.settle(approached.renew(authorised), &attempt, rules)?;
            is_done = true;
            Ok(())
        });
        // A card that could not be given back has its new PIN all the same.
        if is_done { Ok(()) } else { ended }
    }

    fn renew_document(
        mut self,
        card: CardSeen,
        terms: Terms,
        conversation: &mut Conversation<'_>,
        entry: &mut dyn PinEntry,
        seen: &mut Seen,
        renewal: Renewal,
    ) -> Result<(), LoginError> {
        if let EntryPlace::Reader(_) = entry.place() {
            return Err(renewal.not_sent(NotSent::NotByPad));
        }
        let mut trusted = DocumentTrusted::judge(card, conversation, self.trust)?;
        self.rules.recognise(trusted.identity());
        let attempt = Attempt {
            purpose: terms.purpose,
            present: terms.present,
            target: terms.target,
            tries_left: TriesLeft::Unknown,
            epoch: conversation.epoch(),
        };
        // In a channel of its own: nothing is typed for a card that will take nothing.
        let [first, second] = core::mem::take(&mut self.seeds);
        let counters = trusted.status(conversation, first)?;
        seen.counters = Some(counters);
        let tries = renewal.counter(&counters);
        self.rules
            .admit(tries.left)
            .map_err(|reason| renewal.not_sent(reason))?;
        let given = self.ask(conversation, entry, seen, renewal, &attempt, tries)?;
        let before = self.rules.permits();
        let within = NewPinWithin {
            renewal,
            attempt,
            given,
            rules: &mut *self.rules,
            seed: second,
            counters: &mut seen.counters,
        };
        let done = trusted.renew(conversation, within);
        note(seen, renewal, &done, self.rules.permits() > before);
        done
    }
}

/// What the end of the way says of a counter.
fn note(seen: &mut Seen, renewal: Renewal, done: &Result<(), LoginError>, sent: bool) {
    let Some(counters) = &mut seen.counters else {
        return;
    };
    let told = match done {
        Err(LoginError::WrongPin { tries_left } | LoginError::WrongPuk { tries_left }) => *tries_left,
        Err(LoginError::PinBlocked | LoginError::PukBlocked | LoginError::NotSent(NotSent::Blocked)) => {
            TriesLeft::Known(0)
        }
        Err(LoginError::NotSent(NotSent::TriesUnknown) | LoginError::PukNotSent(NotSent::TriesUnknown)) => {
            TriesLeft::Unknown
        }
        // What became of a value that was sent is not known: neither is what is left, of the PIN that a PUK unblocks too.
        Err(_) if sent => {
            counters.pin.left = TriesLeft::Unknown;
            TriesLeft::Unknown
        }
        Err(LoginError::NotSent(NotSent::LastTry) | LoginError::PukNotSent(NotSent::LastTry)) => {
            TriesLeft::Known(1)
        }
        _ => return,
    };
    let counter = match renewal {
        Renewal::Change => Some(&mut counters.pin),
        Renewal::Unblock => counters.puk.as_mut(),
    };
    if let Some(counter) = counter {
        counter.left = told;
    }
}

/// What a card is known by: its certificate, else its number; `None` where it tells neither.
pub(super) fn known_by(
    card: &mut dyn LoginCard,
    channel: &mut dyn varco_card::CardChannel,
) -> Result<Option<Vec<u8>>, CardError> {
    match card.read_certificate(channel) {
        Ok(der) => return Ok(Some(der)),
        Err(error @ CardError::Link(_)) => return Err(error),
        Err(_) => {}
    }
    match card.read_card_id(channel) {
        Ok(number) => Ok(Some(number.as_str().as_bytes().to_vec())),
        Err(error @ CardError::Link(_)) => Err(error),
        Err(_) => Ok(None),
    }
}

/// The same as a login's, where there is a certificate.
fn identity(known_by: &[u8]) -> CardIdentity {
    match Certificate::parse(known_by) {
        Ok(certificate) => CardIdentity::new(&certificate.sha256()),
        Err(_) => CardIdentity::new(known_by),
    }
}

/// The administration that issued the card, as its certificate names it, judged by nobody.
pub(super) fn issuer(known_by: &[u8]) -> Option<String> {
    let certificate = Certificate::parse(known_by).ok()?;
    certificate.subject_organizational_unit().map(str::to_owned)
}
