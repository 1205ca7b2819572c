//! A login on the thread of its reader: started, shown step by step, cancelled, waited for or awaited.
//!
//! Not here: what is said to the card (`session`), the threads (`desk`), and what a login leaves (`logged_in`).

use core::cell::Cell;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Instant;

use varco_auth::Nonce;
use varco_card::{Interruption, ReaderName};
use varco_handover::{Control, Effect, Giver, Stop, Taker, promise};
use varco_session::{Companion, EntryError, LoginError, LoginReport, Step};

use crate::choose::StartError;
use crate::desk::{self, At, Desk, Job, Wanted, Work};
use crate::hub::Hub;
use crate::keeping::{Keeping, Started};
use crate::logged_in::LoggedIn;
use crate::login::{Accompaniment, Login};
use crate::not_logged_in::{Known, NotLoggedIn};
use crate::options::KeepCard;
use crate::prompt::{Entered, PinPrompt, Prompted, interruption};
use crate::{LoginOptions, Varco};

/// How a login went.
pub type Outcome = Result<LoggedIn, NotLoggedIn>;

type OnStep = Box<dyn FnMut(&Step<'_>) + Send>;

/// A login that is about to be started.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (readers, _hands) = varco::played::readers(&["cns-st"])?;
/// # let varco = varco::Varco::with_readers(vec![Box::new(readers)]);
/// # let mut options = varco::LoginOptions::new(varco::Audience::parse("kiosk-7.example")?);
/// # varco::played::believe(&mut options)?;
/// use varco::{CancelEffect, PinAnswer, PinWanted, Step};
///
/// // A window that is shown and not answered yet.
/// let (show, shown) = std::sync::mpsc::channel();
/// let login = varco
///     .begin_login(options)
///     .on_step(|step| if let Step::Answered { commands, about } = step { println!("{commands} of about {about:?}") })
///     .start(move |wanted: PinWanted, answer: PinAnswer| drop(show.send((wanted, answer))));
/// let (wanted, _answer) = shown.recv()?;
/// assert!(wanted.lines.iter().any(|line| line.contains("kiosk-7.example")));
/// // The person presses Cancel: no PIN was sent, and none will be.
/// assert_eq!(login.cancel_handle().cancel(), CancelEffect::BeforePin);
/// assert_eq!(login.wait().unwrap_err().code(), "cancelled");
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is asked of a card before it is started"]
pub struct LoginBuilder<'v> {
    varco: &'v Varco,
    options: Arc<LoginOptions>,
    on_step: Option<OnStep>,
}

impl Varco {
    /// Prepares a login on the thread that owns the reader: other callers wait for their turn, and this one is free to do
    /// something else, or to cancel. The options can be shared by many logins.
    pub fn begin_login(&self, options: impl Into<Arc<LoginOptions>>) -> LoginBuilder<'_> {
        LoginBuilder {
            varco: self,
            options: options.into(),
            on_step: None,
        }
    }
}

impl LoginBuilder<'_> {
    /// Takes the card in this reader and no other, whatever the options say: the one that an event told of.
    pub fn at(mut self, reader: &ReaderName) -> Self {
        Arc::make_mut(&mut self.options).reader(reader.as_str());
        self
    }

    /// Answers this nonce of a relying party, whatever the options say ([`LoginOptions::prove_to`]).
    pub fn prove_to(mut self, nonce: Nonce) -> Self {
        Arc::make_mut(&mut self.options).prove_to(nonce);
        self
    }

    /// Has each step shown. The function is called on the reader's thread, between two commands, and should return soon; it may
    /// start, cancel and look at whatever it likes, and wait for nothing of this [`Varco`]. Should it panic, it is not called
    /// again, and the login goes on.
    pub fn on_step(mut self, show: impl FnMut(&Step<'_>) + Send + 'static) -> Self {
        self.on_step = Some(Box::new(show));
        self
    }

    /// Starts it. Whatever happens comes out of what this gives: by [`RunningLogin::wait`], or awaited. Dropping that abandons the
    /// login: the command on its way ends by itself, the card is reset if a PIN reached it, and the next caller has his turn.
    pub fn start(self, prompt: impl PinPrompt + 'static) -> RunningLogin {
        self.start_boxed(Box::new(prompt))
    }

    /// As [`LoginBuilder::start`], for a prompt that was chosen while the program runs.
    pub fn start_boxed(self, prompt: Box<dyn PinPrompt>) -> RunningLogin {
        let Self {
            varco,
            options,
            on_step,
        } = self;
        let (giver, taker) = promise();
        let stopper = Stopper {
            control: Control::new(),
            reply: Arc::new(Reply(Mutex::new(Some(giver)))),
            options: Arc::clone(&options),
        };
        let running = RunningLogin {
            taker: Some(taker),
            stopper: stopper.clone(),
            _desk: Arc::clone(&varco.desk),
        };
        let hub = match varco.desk.hub() {
            Ok(hub) => hub,
            Err(error) => {
                stopper.fail(error);
                return running;
            }
        };
        let until = Instant::now().checked_add(options.within);
        if let Some(at) = until {
            hub.stop_at(at, stopper.clone());
        }
        let waiting = stopper.clone();
        let job = LoginJob {
            stopper,
            hub,
            desk: Arc::downgrade(&varco.desk),
            prompt,
            on_step,
            until,
        };
        varco.desk.hand_over(Job {
            reader: Wanted::Choose(options.reader.clone()),
            work: Work::new(move |at| job.run(at)).while_wanted(move || waiting.is_wanted()),
        });
        running
    }
}

/// Where the outcome goes, once.
struct Reply(Mutex<Option<Giver<Outcome>>>);

impl Reply {
    /// Gives the outcome, unless one was given; what nobody takes is let go.
    fn settle(&self, outcome: Outcome) {
        let giver = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(giver) = giver {
            drop(giver.give(outcome));
        }
    }

    fn is_wanted(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}

/// What stops a login, and tells its caller.
#[derive(Clone)]
pub(crate) struct Stopper {
    control: Control<Entered>,
    reply: Arc<Reply>,
    options: Arc<LoginOptions>,
}

impl Stopper {
    fn stop(&self, why: Stop) -> Effect {
        let effect = self.control.stop(why);
        // No PIN will be sent: the caller need not wait until the reader notices.
        if matches!(effect, Effect::NotBegun | Effect::BeforePin) {
            let error = NotLoggedIn::interrupted(interruption(why), &self.options);
            self.reply.settle(Err(error));
        }
        effect
    }

    fn fail(&self, error: StartError) {
        self.reply
            .settle(Err(NotLoggedIn::not_started(error, &self.options)));
    }

    /// Tells how a login went whose card is free by now.
    fn tell(&self, report: LoginReport, start: &Started<'_>) {
        match self.control.finish() {
            // Stopped at the last moment, it ends as it was told that it would.
            Some(why) if report.outcome.is_ok() => {
                let error = LoginError::Entry(EntryError::Interrupted(interruption(why)));
                let ended = NotLoggedIn::ended(error, Known::of(&report), &self.options);
                self.reply.settle(Err(ended));
            }
            _ => self.reply.settle(start.outcome(report)),
        }
    }

    pub(crate) fn deadline_passed(&self) {
        self.stop(Stop::Deadline);
    }

    /// Whether there is still something to stop.
    pub(crate) fn is_wanted(&self) -> bool {
        self.reply.is_wanted() && !self.control.is_over()
    }
}

/// Cancels a login, from any thread and at any time.
#[derive(Clone)]
pub struct CancelHandle(Stopper);

impl CancelHandle {
    /// Cancels it, and says what that comes to: in particular whether a PIN is on its way, which nobody can take back. Whatever
    /// it says, the login ends by itself and leaves no verified PIN on the card.
    #[expect(clippy::must_use_candidate, reason = "most callers cancel, and need no more")]
    pub fn cancel(&self) -> Effect {
        self.0.stop(Stop::Cancelled)
    }
}

/// A login that runs. It is a future of its [`Outcome`]; without a runtime, [`RunningLogin::wait`] waits for it.
#[must_use = "a login that is dropped is abandoned"]
pub struct RunningLogin {
    taker: Option<Taker<Outcome>>,
    stopper: Stopper,
    /// The threads last as long as somebody waits.
    _desk: Arc<Desk>,
}

impl RunningLogin {
    /// What cancels it.
    #[must_use]
    pub fn cancel_handle(&self) -> CancelHandle {
        CancelHandle(self.stopper.clone())
    }

    /// Waits for it. Within a callback of a login that is refused (`called-back`), and this login is abandoned.
    ///
    /// # Errors
    /// [`NotLoggedIn`].
    pub fn wait(mut self) -> Outcome {
        if desk::is_own_thread() {
            return Err(NotLoggedIn::not_started(
                StartError::CalledBack,
                &self.stopper.options,
            ));
        }
        match self.taker.take().map(Taker::wait) {
            Some(Ok(outcome)) => outcome,
            // The thread is gone, or it was taken before.
            _ => Err(self.lost()),
        }
    }

    fn lost(&self) -> NotLoggedIn {
        NotLoggedIn::not_started(StartError::ThreadEnded, &self.stopper.options)
    }
}

impl fmt::Debug for RunningLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningLogin").finish_non_exhaustive()
    }
}

impl fmt::Debug for CancelHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancelHandle").finish_non_exhaustive()
    }
}

impl fmt::Debug for LoginBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginBuilder")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl Future for RunningLogin {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        let Some(taker) = &mut self.taker else {
            return Poll::Ready(Err(self.lost()));
        };
        match Pin::new(taker).poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(outcome) => {
                self.taker = None;
                Poll::Ready(outcome.unwrap_or_else(|_| Err(self.lost())))
            }
        }
    }
}

impl Drop for RunningLogin {
    fn drop(&mut self) {
        self.stopper.stop(Stop::Abandoned);
    }
}

/// What the reader's thread is handed.
struct LoginJob {
    stopper: Stopper,
    hub: Arc<Hub>,
    /// Whoever is logged in holds it; a job that did would keep the threads from ending.
    desk: Weak<Desk>,
    prompt: Box<dyn PinPrompt>,
    on_step: Option<OnStep>,
    until: Option<Instant>,
}

impl LoginJob {
    fn run(self, at: Result<At<'_>, StartError>) {
        let stopper = self.stopper.clone();
        // Whatever panics here is a defect; its caller is told.
        let ran = catch_unwind(AssertUnwindSafe(|| match at {
            Ok(at) => self.log_in(&at),
            Err(error) => self.stopper.fail(error),
        }));
        stopper.control.finish();
        if ran.is_err() {
            tracing::error!("a login ended in a panic");
        }
        let mut error = NotLoggedIn::not_started(StartError::ThreadEnded, &stopper.options);
        if stopper.control.was_pin_let_through() {
            error.note_sent();
        }
        stopper.reply.settle(Err(error));
    }

    fn log_in(self, at: &At<'_>) {
        let Self {
            stopper,
            hub,
            desk,
            prompt,
            on_step,
            until,
        } = self;
        let options = &*stopper.options;
        if let Err(why) = stopper.control.begin() {
            let error = NotLoggedIn::interrupted(interruption(why), options);
            return stopper.reply.settle(Err(error));
        }
        let departures = Cell::new(hub.departures(at.reader));
        let mut prompted = Prompted {
            prompt,
            control: stopper.control.clone(),
            locale: options.locale,
            until,
        };
        let login = at.connect(options.wait).and_then(|link| {
            let attendance = varco_session::PinEntry::attendance(&prompted);
            Login::with_link(at.core, link, options, attendance)
        });
        let mut login = match login {
            Ok(login) => login,
            Err(error) => return stopper.fail(error),
        };
        let shown = Shown {
            control: &stopper.control,
            on_step: Mutex::new(on_step),
            hub: &hub,
            reader: at.reader,
            departures: &departures,
        };
        let start = Started {
            reader: at.reader,
            atr: login.atr(),
            departures: &departures,
            hub: &hub,
            desk: &desk,
            options: &stopper.options,
        };
        let mut keeping = Keeping::new(&start, &stopper.control, |logged_in| {
            // Whoever shows steps has seen the last one.
            shown.fall_silent();
            stopper.reply.settle(Ok(logged_in));
        });
        let keeper: Option<&mut dyn varco_session::Keeper> = match options.card {
            KeepCard::Exclusively => Some(&mut keeping),
            KeepCard::ResetNow => None,
        };
        let with = Accompaniment {
            companion: &shown,
            keeper,
        };
        let report = login.run_accompanied(options, &mut prompted, with);
        login.close();
        let kept = keeping.into_ended();
        match (report, kept) {
            (Err(error), _) => stopper.fail(error),
            (Ok(report), Some(kept)) => kept.over(&report),
            (Ok(report), None) => stopper.tell(report, &start),
        }
    }
}

/// The companion of such a login.
struct Shown<'s> {
    control: &'s Control<Entered>,
    on_step: Mutex<Option<OnStep>>,
    hub: &'s Hub,
    reader: &'s ReaderName,
    departures: &'s Cell<u64>,
}

impl Shown<'_> {
    /// Shows no more steps.
    fn fall_silent(&self) {
        let on_step = self.on_step.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Outside the lock: what it holds is an application's.
        drop(on_step);
    }
}

impl Companion for Shown<'_> {
    fn reached(&self, step: &Step<'_>) {
        let mut on_step = self.on_step.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(show) = &mut *on_step else {
            return;
        };
        if catch_unwind(AssertUnwindSafe(|| show(step))).is_err() {
            tracing::error!("the application's function for steps panicked; it is not called again");
            *on_step = None;
        }
    }

    fn may_go_on(&self) -> Result<(), Interruption> {
        self.control.may_go_on().map_err(interruption)
    }

    fn let_pin_through(&self) -> Result<(), Interruption> {
        self.control.let_pin_through().map_err(interruption)?;
        // An identity card may have left the field while its holder typed; it proved its key since. From here on it stays.
        self.departures.set(self.hub.departures(self.reader));
        Ok(())
    }

    fn pin_answered(&self) {
        self.control.pin_answered();
    }
}
