//! Somebody who is logged in: who it is, for how long, and what his card still signs.
//!
//! Not here: how the card is kept (`keeping`), and who hears that it leaves (`hub`).

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::Arc;

use varco_access_policy::Decision;
use varco_auth::{Audience, Nonce, Proof, VerifiedIdentity};
use varco_card::ReaderName;
use varco_credential::CardDescription;
use varco_handover::{Lost, Refused, Sender, Signal, Taker, promise};
use varco_messages::{Explanation, Locale, Messages};
use varco_pki::{Certificate, SignatureScheme};
use varco_session::{LoginError, PinReport, Proven};

use crate::CalledBack;
use crate::choose::StartError;
use crate::desk::{self, Desk};
use crate::keeping::Asked;
use crate::presence::Ended;

/// Somebody who is logged in. It lasts until the card leaves, the reader goes, its time is over, or it is dropped; ask
/// [`LoggedIn::ended`], wait for [`LoggedIn::wait_ended`], or await [`LoggedIn::until_ended`].
///
/// Dropping it ends it: a card that was kept is reset.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (readers, hands) = varco::played::readers(&["cns-st"])?;
/// # let varco = varco::Varco::with_readers(vec![Box::new(readers)]);
/// # let mut options = varco::LoginOptions::new(varco::Audience::parse("kiosk-7.example")?);
/// # varco::played::believe(&mut options)?;
/// # let prompt = |_: varco::PinWanted, answer: varco::PinAnswer| drop(answer.digits(&mut b"12345".to_vec()));
/// use varco::{Audience, Ended, KeepCard, Nonce};
///
/// options.keep_card(KeepCard::Exclusively);
/// let logged_in = varco.begin_login(options).start(prompt).wait()?;
/// // Another service is answered without the PIN; in an async function, by `.await`.
/// let proven = logged_in.prove_to(Audience::parse("another.example")?, Nonce::new(&[7; 16])?).wait()?;
/// assert!(proven.proof.is_some());
/// // The person takes the card and goes.
/// drop(hands[0].remove());
/// let why = logged_in.wait_ended(std::time::Duration::from_secs(10))?;
/// assert_eq!(why, Some(Ended::CardRemoved));
/// # Ok(())
/// # }
/// ```
#[must_use = "a login that is dropped has ended"]
pub struct LoggedIn {
    pub(crate) identity: VerifiedIdentity,
    pub(crate) decision: Option<Decision>,
    pub(crate) proof: Option<Proof>,
    pub(crate) card: Option<CardDescription>,
    pub(crate) pin: Option<PinReport>,
    pub(crate) reset_failed: bool,
    pub(crate) reader: ReaderName,
    pub(crate) ended: Signal<Ended>,
    pub(crate) kept: Option<KeptHandle>,
    /// The threads last as long as somebody is logged in. Last of all: what is dropped before it ends the login.
    pub(crate) _desk: Arc<Desk>,
}

/// The way to a card that is kept.
pub(crate) struct KeptHandle {
    signer: CardSigner,
    end: Option<Taker<CardEnd>>,
}

impl KeptHandle {
    pub(crate) fn new(signer: CardSigner, end: Taker<CardEnd>) -> Self {
        Self {
            signer,
            end: Some(end),
        }
    }
}

/// What became of a card at the end of its login.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CardEnd {
    /// It was reset: nobody inherits its PIN. Without power there is nothing left to reset.
    Reset,
    /// It could not be: it must be taken out.
    NotReset,
}

/// Why a card that was kept did not sign.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotSigned {
    /// The card was not kept at the login.
    #[error("the card was not kept at the login")]
    NotKept,
    /// The login has ended.
    #[error("the login has ended: {}", .0.code())]
    Ended(Ended),
    /// More is asked of the card already than it can do.
    #[error("too much is asked of the card already")]
    TooManyWait,
    /// It was waited for within a callback of the thread that would have done it.
    #[error("a callback waits for the thread that called it")]
    CalledBack,
    /// The system gave no random bytes.
    #[error(transparent)]
    Start(StartError),
    /// The card did not.
    #[error(transparent)]
    Login(LoginError),
}

impl NotSigned {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotKept => "card-not-kept",
            Self::Ended(why) => why.code(),
            Self::TooManyWait => "too-many-logins",
            Self::CalledBack => "called-back",
            Self::Start(error) => error.code(),
            Self::Login(error) => error.code(),
        }
    }
}

impl NotSigned {
    /// What happened and what to do.
    #[must_use]
    pub fn explain(&self, locale: Locale) -> Explanation {
        let messages = Messages::shared(locale);
        match self {
            Self::Ended(_) => messages.problem("card-not-kept", &[]),
            Self::Start(error) => error.explain(messages),
            Self::Login(error) => messages.explain(error),
            other => messages.problem(other.code(), &[]),
        }
    }
}

impl LoggedIn {
    /// Who it is.
    #[must_use]
    pub fn identity(&self) -> &VerifiedIdentity {
        &self.identity
    }

    /// What was decided, where a service was asked for.
    #[must_use]
    pub fn decision(&self) -> Option<&Decision> {
        self.decision.as_ref()
    }

    /// What a relying party can check for itself, where one asked ([`LoginOptions::prove_to`](crate::LoginOptions::prove_to)).
    #[must_use]
    pub fn proof(&self) -> Option<&Proof> {
        self.proof.as_ref()
    }

    /// The card.
    #[must_use]
    pub fn card(&self) -> Option<&CardDescription> {
        self.card.as_ref()
    }

    /// What the card told of its PIN before it was sent.
    #[must_use]
    pub fn pin(&self) -> Option<PinReport> {
        self.pin
    }

    /// The reader that the card lies in.
    #[must_use]
    pub fn reader(&self) -> &ReaderName {
        &self.reader
    }

    /// Whether the card could not be reset after the login, although it was to be: it must be taken out.
    #[must_use]
    pub fn reset_failed(&self) -> bool {
        self.reset_failed
    }

    /// Why it has ended; `None` while it lasts.
    #[must_use]
    pub fn ended(&self) -> Option<Ended> {
        self.ended.value()
    }

    /// Waits at most so long for its end, with `Duration::MAX` for as long as it lasts; `None` where it lasts longer.
    ///
    /// # Errors
    /// [`CalledBack`] within a callback of a login.
    pub fn wait_ended(&self, most: Duration) -> Result<Option<Ended>, CalledBack> {
        if desk::is_own_thread() {
            return Err(CalledBack);
        }
        let begun = std::time::Instant::now();
        loop {
            let left = most.saturating_sub(begun.elapsed());
            match self.ended.wait_within(left) {
                Some(why) => return Ok(Some(why)),
                None if left.is_zero() => return Ok(None),
                None => {}
            }
        }
    }

    /// A future of its end, which does not borrow it. Any number may wait.
    pub fn until_ended(&self) -> impl Future<Output = Ended> + Send + use<> {
        self.ended.signalled()
    }

    /// What has the card sign; `None` where it was not kept.
    #[must_use]
    pub fn signer(&self) -> Option<&CardSigner> {
        self.kept.as_ref().map(|kept| &kept.signer)
    }

    /// Proves who it is to another relying party, without the PIN: its certificate is judged anew, and the card signs a fresh
    /// challenge over this nonce. Only of a card that was [kept](crate::KeepCard::Exclusively).
    pub fn prove_to(&self, audience: Audience, nonce: Nonce) -> Signing<Proven> {
        match &self.kept {
            None => Signing::refused(NotSigned::NotKept),
            Some(kept) => kept.signer.ask(|reply| Asked::Prove {
                audience,
                nonce,
                reply,
            }),
        }
    }

    /// Ends it, and waits until a card that was kept is given back. In a runtime that is [`LoggedIn::log_out_async`].
    pub fn log_out(mut self) -> CardEnd {
        let (before, end) = self.end();
        match end {
            // Within a callback nobody waits; the card is given back all the same.
            Some(end) if !desk::is_own_thread() => end.wait().unwrap_or(CardEnd::NotReset),
            _ => before,
        }
    }

    /// The same as a future. Where it is not awaited to its end, the card is given back all the same.
    pub async fn log_out_async(mut self) -> CardEnd {
        let (before, end) = self.end();
        match end {
            Some(end) => end.await.unwrap_or(CardEnd::NotReset),
            None => before,
        }
    }

    fn end(&mut self) -> (CardEnd, Option<Taker<CardEnd>>) {
        self.ended.set(Ended::LoggedOut);
        let before = if self.reset_failed {
            CardEnd::NotReset
        } else {
            CardEnd::Reset
        };
        (before, self.kept.as_mut().and_then(|kept| kept.end.take()))
    }
}

impl Drop for LoggedIn {
    fn drop(&mut self) {
        self.ended.set(Ended::LoggedOut);
    }
}

/// Shows who asked, and whether it lasts; not who it is.
impl fmt::Debug for LoggedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoggedIn")
            .field("reader", &self.reader)
            .field("ended", &self.ended.value())
            .field("is_kept", &self.kept.is_some())
            .finish_non_exhaustive()
    }
}

/// Has a card that is kept sign, for as long as its login lasts. Clones are the same.
#[derive(Clone)]
pub struct CardSigner {
    asked: Sender<Asked>,
    ended: Signal<Ended>,
    certificate: Certificate,
    schemes: Vec<SignatureScheme>,
}

impl CardSigner {
    pub(crate) fn new(
        asked: Sender<Asked>,
        ended: Signal<Ended>,
        certificate: Certificate,
        schemes: Vec<SignatureScheme>,
    ) -> Self {
        Self {
            asked,
            ended,
            certificate,
            schemes,
        }
    }

    /// The certificate whose key signs, as it was judged at the login.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Whether the card, in this reader, signs by this scheme.
    #[must_use]
    pub fn signs_by(&self, scheme: SignatureScheme) -> bool {
        self.schemes.contains(&scheme)
    }

    /// Whether the login has ended, and why: nothing is signed any more then.
    #[must_use]
    pub fn ended(&self) -> Option<Ended> {
        self.ended.value()
    }

    /// Signs a message that another protocol made, such as the transcript of a TLS handshake. It proves the person to
    /// whoever chose the message, and to nobody else: what a person is to sign knowingly is not signed in this way.
    pub fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Signing<Vec<u8>> {
        let message = message.to_vec();
        self.ask(|reply| Asked::Sign {
            scheme,
            message,
            reply,
        })
    }

    fn ask<T>(&self, ask: impl FnOnce(varco_handover::Giver<Result<T, NotSigned>>) -> Asked) -> Signing<T> {
        if let Some(why) = self.ended.value() {
            return Signing::refused(NotSigned::Ended(why));
        }
        let (giver, taker) = promise();
        match self.asked.offer(ask(giver)) {
            Ok(()) => Signing {
                state: State::Asked(taker),
                ended: Some(self.ended.clone()),
            },
            Err(Refused::Full(_)) => Signing::refused(NotSigned::TooManyWait),
            Err(Refused::Closed(_)) => Signing::refused(ended(Some(&self.ended))),
        }
    }
}

impl fmt::Debug for CardSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CardSigner")
            .field("ended", &self.ended.value())
            .finish_non_exhaustive()
    }
}

/// Why there was no answer.
fn ended(signal: Option<&Signal<Ended>>) -> NotSigned {
    NotSigned::Ended(signal.and_then(Signal::value).unwrap_or(Ended::CardLost))
}

enum State<T> {
    Refused(Option<NotSigned>),
    Asked(Taker<Result<T, NotSigned>>),
}

/// Something that a kept card is asked: a future of its answer; without a runtime, [`Signing::wait`] waits for it. Dropping it
/// does not stop the card, which answers to nobody then.
#[must_use = "the card is asked; the answer is here"]
pub struct Signing<T> {
    state: State<T>,
    ended: Option<Signal<Ended>>,
}

impl<T> Signing<T> {
    fn refused(why: NotSigned) -> Self {
        Self {
            state: State::Refused(Some(why)),
            ended: None,
        }
    }

    /// Waits for it.
    ///
    /// # Errors
    /// [`NotSigned`].
    pub fn wait(self) -> Result<T, NotSigned> {
        match self.state {
            State::Refused(why) => Err(why.unwrap_or_else(|| ended(None))),
            State::Asked(_) if desk::is_own_thread() => Err(NotSigned::CalledBack),
            State::Asked(taker) => match taker.wait() {
                Ok(answer) => answer,
                Err(Lost) => Err(ended(self.ended.as_ref())),
            },
        }
    }
}

impl<T> Unpin for Signing<T> {}

impl<T> Future for Signing<T> {
    type Output = Result<T, NotSigned>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.state {
            State::Refused(why) => Poll::Ready(Err(why.take().unwrap_or_else(|| ended(None)))),
            State::Asked(taker) => match Pin::new(taker).poll(context) {
                Poll::Pending => Poll::Pending,
                Poll::Ready(Ok(answer)) => Poll::Ready(answer),
                Poll::Ready(Err(Lost)) => Poll::Ready(Err(ended(self.ended.as_ref()))),
            },
        }
    }
}
