//! A card that is kept after a login, as its reader's thread keeps it: it waits for what is asked of the card, and for the end.
//!
//! Not here: the card (`session`), and the handle that asks (`logged_in`).

use core::cell::Cell;
use core::time::Duration;
use std::sync::{Arc, Weak};
use std::time::Instant;

use varco_apdu::Atr;
use varco_auth::{Audience, Flow, Nonce, VerifiedIdentity};
use varco_card::{Interruption, ReaderKind, ReaderName};
use varco_credential::{CardError, CredentialKind};
use varco_handover::{Control, Giver, Signal, Source, promise, queue};
use varco_pki::{SignatureScheme, Timestamp};
use varco_session::{
    Asker, BirthDateSource, ChallengeSeeds, Keeper, KeptCard, LoggedIn as Seen, LoginError, LoginReport,
    Proven,
};

use crate::LoginOptions;
use crate::desk::Desk;
use crate::hub::Hub;
use crate::logged_in::{CardEnd, CardSigner, KeptHandle, LoggedIn, NotSigned};
use crate::not_logged_in::{Known, NotLoggedIn};
use crate::options::OriginCheck;
use crate::presence::{Ended, Grace, Place, Presence, Watched};
use crate::prompt::Entered;
use crate::readers::fresh;
use crate::recognising::is_same_document;
use crate::running::Outcome;

/// How many things wait to be asked of one card.
const ROOM: usize = 16;
/// How often is looked whether the login has ended.
const SLICE: Duration = Duration::from_millis(100);
/// How often a card that its reader does not watch is asked whether it is there.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// What is asked of a kept card.
pub(crate) enum Asked {
    /// To prove who it is once more.
    Prove {
        audience: Audience,
        nonce: Nonce,
        reply: Giver<Result<Proven, NotSigned>>,
    },
    /// To sign what another protocol made.
    Sign {
        scheme: SignatureScheme,
        message: Vec<u8>,
        reply: Giver<Result<Vec<u8>, NotSigned>>,
    },
}

/// What is known when a login starts, and needed when somebody is logged in, whether his card is kept or not.
pub(crate) struct Started<'k> {
    pub(crate) reader: &'k ReaderName,
    pub(crate) atr: Atr,
    /// Departures at the reader up to now: it is watched from here on.
    pub(crate) departures: &'k Cell<u64>,
    pub(crate) hub: &'k Hub,
    pub(crate) desk: &'k Weak<Desk>,
    pub(crate) options: &'k Arc<LoginOptions>,
}

impl Started<'_> {
    /// What comes of a login whose card was reset at once.
    pub(crate) fn outcome(&self, report: LoginReport) -> Outcome {
        let known = Known::of(&report);
        let pin = report.pin;
        let card = report.card;
        match report.outcome {
            Err(error) => Err(NotLoggedIn::ended(error, known, self.options)),
            Ok((identity, decision)) => {
                // Nobody holds the threads any more: nobody waits.
                let Some(desk) = self.desk.upgrade() else {
                    return Err(NotLoggedIn::interrupted(Interruption::Abandoned, self.options));
                };
                let ended = Signal::new();
                let number = identity.credential().nis().cloned();
                // A card whose origin nobody asks about has nothing to be known again by.
                let number = number.filter(|_| self.options.origin == OriginCheck::Required);
                let grace = number.map(|number| {
                    let options = Arc::clone(self.options);
                    Grace {
                        away_max: self.options.grace,
                        recheck: Box::new(move |at| is_same_document(at, &options, &number)),
                    }
                });
                self.attend(&identity, ended.clone(), grace, Watched::Yes);
                Ok(LoggedIn {
                    identity,
                    decision,
                    proof: report.proof,
                    card,
                    pin,
                    reset_failed: report.reset_failed,
                    reader: self.reader.clone(),
                    ended,
                    kept: None,
                    _desk: desk,
                })
            }
        }
    }

    fn attend(
        &self,
        identity: &VerifiedIdentity,
        ended: Signal<Ended>,
        grace: Option<Grace>,
        watched: Watched,
    ) {
        let card = identity.credential().certificate_sha256();
        let until = self
            .options
            .stay
            .and_then(|stay| Instant::now().checked_add(stay));
        let place = Place {
            reader: self.reader.clone(),
            atr: self.atr.clone(),
            card,
        };
        let presence = Presence::new(place, ended, until, grace, watched);
        self.hub.attend(presence, self.departures.get());
    }
}

/// A keeper that tells its caller, and then does what the handle asks.
pub(crate) struct Keeping<'k, F> {
    start: &'k Started<'k>,
    control: &'k Control<Entered>,
    tell: F,
    ended: Option<KeptEnd>,
}

/// The end of a card that was kept.
pub(crate) struct KeptEnd {
    ended: Signal<Ended>,
    reset: Option<Giver<CardEnd>>,
}

impl KeptEnd {
    /// Tells whoever waits whether the card was given back clean.
    pub(crate) fn over(self, report: &LoginReport) {
        self.ended.set(Ended::LoggedOut);
        if let Some(reset) = self.reset {
            let end = if report.reset_failed {
                CardEnd::NotReset
            } else {
                CardEnd::Reset
            };
            // Who let go does not wait.
            let _ = reset.give(end);
        }
    }
}

impl<'k, F: FnMut(LoggedIn)> Keeping<'k, F> {
    pub(crate) fn new(start: &'k Started<'k>, control: &'k Control<Entered>, tell: F) -> Self {
        Self {
            start,
            control,
            tell,
            ended: None,
        }
    }

    pub(crate) fn into_ended(self) -> Option<KeptEnd> {
        self.ended
    }
}

/// Whatever ends the keeping, the login ends with it.
struct LostOnDrop<'e>(&'e Signal<Ended>);

impl Drop for LostOnDrop<'_> {
    fn drop(&mut self) {
        self.0.set(Ended::CardLost);
    }
}

impl<F: FnMut(LoggedIn)> Keeper for Keeping<'_, F> {
    fn keep(&mut self, seen: Seen<'_>, card: &mut KeptCard<'_, '_>) {
        let options = self.start.options;
        let is_document = card.description().kind == CredentialKind::Cie;
        if card.reader_kind() == ReaderKind::Nfc && !is_document {
            // Nobody would see it leave: no watch sees into a field that is held, and it has no question that disturbs nothing.
            return;
        }
        // Stopped at the last moment, or nobody holds the threads any more: nobody wants him logged in.
        let (None, Some(desk)) = (self.control.finish(), self.start.desk.upgrade()) else {
            return;
        };
        let ended = Signal::new();
        let (sender, asked) = queue(ROOM);
        let (reset, end) = promise();
        self.ended = Some(KeptEnd {
            ended: ended.clone(),
            reset: Some(reset),
        });
        let schemes = SignatureScheme::ALL
            .into_iter()
            .filter(|scheme| card.signs_by(*scheme));
        let logged_in = LoggedIn {
            identity: seen.identity.clone(),
            decision: seen.decision.cloned(),
            proof: seen.proof.cloned(),
            card: Some(card.description()),
            pin: seen.pin,
            reset_failed: false,
            reader: self.start.reader.clone(),
            ended: ended.clone(),
            kept: Some(KeptHandle::new(
                CardSigner::new(
                    sender,
                    ended.clone(),
                    card.certificate().clone(),
                    schemes.collect(),
                ),
                end,
            )),
            _desk: desk,
        };
        // What loses its power has lost its PIN: there is no grace for a card that is kept.
        let watched = match card.reader_kind() {
            ReaderKind::Nfc => Watched::No,
            _ => Watched::Yes,
        };
        self.start.attend(seen.identity, ended.clone(), None, watched);
        let _lost = LostOnDrop(&ended);
        (self.tell)(logged_in);
        let why = serve(card, options, &asked, &ended);
        ended.set(why);
    }
}

/// Does what is asked, until the login ends.
fn serve(
    card: &mut KeptCard<'_, '_>,
    options: &Arc<LoginOptions>,
    asked: &Source<Asked>,
    ended: &Signal<Ended>,
) -> Ended {
    let mut heard = Instant::now();
    loop {
        if let Some(why) = ended.value() {
            return why;
        }
        let done = match asked.next_within(SLICE) {
            // The handle is gone.
            Err(_) => return Ended::LoggedOut,
            // What was asked before an end that came since is not done any more; who asked hears of the end.
            Ok(Some(asked)) if ended.value().is_none() => answer(card, options, asked),
            Ok(_) => Ok(()),
        };
        // However much it is asked: what it is asked may never come to the card.
        let done = done.and_then(|()| {
            if heard.elapsed() < HEARTBEAT {
                return Ok(());
            }
            heard = Instant::now();
            card.check_presence()
        });
        if let Err(error) = done {
            tracing::debug!(code = error.code(), "a kept card is lost");
            return ended_by(&error);
        }
    }
}

/// Does one thing; an error where nothing more can be had from the card.
fn answer(card: &mut KeptCard<'_, '_>, options: &Arc<LoginOptions>, asked: Asked) -> Result<(), CardError> {
    match asked {
        Asked::Sign {
            scheme,
            message,
            reply,
        } => {
            let signed = fresh().map_err(NotSigned::Start).and_then(|salt| {
                let signed = card.sign(scheme, &message, salt).map_err(NotSigned::Login)?;
                Ok(signed.as_bytes().to_vec())
            });
            let lost = lost(&signed);
            drop(reply.give(signed));
            lost.map_or(Ok(()), Err)
        }
        Asked::Prove {
            audience,
            nonce,
            reply,
        } => {
            let asker = Asker {
                audience,
                nonce: Some(nonce),
                flow: Flow::Remote,
                scheme: options.scheme,
                birth_date: BirthDateSource::CodiceFiscale,
                wanted: None,
            };
            let proven = match (fresh(), fresh()) {
                (Ok(random), Ok(salt)) => card
                    .prove(
                        options.trusted(),
                        &asker,
                        ChallengeSeeds { random, salt },
                        &Timestamp::now,
                    )
                    .map_err(NotSigned::Login),
                (Err(error), _) | (_, Err(error)) => Err(NotSigned::Start(error)),
            };
            let lost = lost(&proven);
            drop(reply.give(proven));
            lost.map_or(Ok(()), Err)
        }
    }
}

/// What went wrong, where nothing more can be had from the card after it.
fn lost<T>(outcome: &Result<T, NotSigned>) -> Option<CardError> {
    match outcome {
        Err(NotSigned::Login(LoginError::Card(error @ (CardError::Link(_) | CardError::GrantLost)))) => {
            Some(error.clone())
        }
        _ => None,
    }
}

fn ended_by(error: &CardError) -> Ended {
    use varco_card::LinkError;
    match error {
        CardError::Link(LinkError::CardRemoved | LinkError::NoCard) => Ended::CardRemoved,
        CardError::Link(LinkError::ReaderGone | LinkError::NoService | LinkError::DriverCrashed) => {
            Ended::ReaderGone
        }
        _ => Ended::CardLost,
    }
}
