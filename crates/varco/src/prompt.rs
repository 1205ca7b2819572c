//! An application's own way of asking for a PIN, for logins on a reader's thread: it is asked, and answers when it can.
//!
//! Not here: the ways that come with varco (`entry`); [`EntryPrompt`] makes a prompt of each.

use core::fmt;
use core::time::Duration;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::Instant;

use varco_apdu::Pin;
use varco_card::{Interruption, ReaderName};
use varco_credential::{Attendance, CardDescription, CardSecret, PinForm, TriesLeft};
use varco_entry::{NotDumpable, Shown};
use varco_handover::{Answer, Control, Stop, Unanswered};
use varco_messages::{Locale, Messages};
use varco_session::{AskedValue, EntryError, EntryPlace, NotTaken, PinEntry, PinQuestion, Purpose};

use crate::desk;

/// What comes back of a question.
pub(crate) type Entered = Result<Pin, EntryError>;

/// A [`PinQuestion`] that can be taken elsewhere: to a window, to another thread.
#[derive(Clone, Debug)]
pub struct PinWanted {
    /// The reader that holds the card.
    pub reader: ReaderName,
    /// What the card is.
    pub card: CardDescription,
    /// Which secret is asked for.
    pub secret: CardSecret,
    /// Whether it is the present value, or a new one.
    pub value: AskedValue,
    /// What is done with it.
    pub purpose: Purpose,
    /// What the card takes.
    pub form: PinForm,
    /// How many wrong values it will still take; `None` where the card tells that later.
    pub tries_left: Option<TriesLeft>,
    /// The most that it ever takes, where that is known.
    pub tries_max: Option<u8>,
    /// Who asks.
    pub audience: String,
    /// The name of the service that is wanted, in the language of the login.
    pub service: Option<String>,
    /// Why the last answer was not taken, if it was not.
    pub not_taken: Option<NotTaken>,
    /// The same as sentences for a person: why the last answer was not taken, who asks and for what, the card, the reader, what
    /// a mistake costs, how to type, and for how long there is time.
    pub lines: Vec<String>,
    /// How long an answer is waited for, at most.
    pub time_left: Duration,
}

/// In whole seconds, as it is said.
fn rounded_up(time: Duration) -> Duration {
    let more = u64::from(time.subsec_nanos() > 0);
    Duration::from_secs(time.as_secs().saturating_add(more))
}

impl PinWanted {
    fn of(question: &PinQuestion<'_>, locale: Locale, time_left: Duration) -> Self {
        let messages = Messages::shared(locale);
        let shown = Shown::of(question, messages, rounded_up(time_left));
        let text = shown.text.lines().map(str::to_owned);
        Self {
            reader: question.reader.clone(),
            card: question.card.clone(),
            secret: question.secret,
            value: question.value,
            purpose: question.purpose,
            form: question.form,
            tries_left: question.tries_left,
            tries_max: question.tries_max,
            audience: question.audience.to_owned(),
            service: question
                .service
                .map(|title| messages.pick(&title.it, &title.en).to_owned()),
            not_taken: question.not_taken,
            lines: shown.not_taken.into_iter().chain(text).collect(),
            time_left,
        }
    }
}

/// The way to answer, from any thread and whenever the person is ready. Dropping it cancels the login.
pub struct PinAnswer(Answer<Entered>);

impl fmt::Debug for PinAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PinAnswer")
            .field("is_awaited", &self.is_awaited())
            .finish()
    }
}

/// Nobody waits for the answer any more: the login was cancelled or its time is over. The PIN was wiped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("nobody waits for the answer any more")]
pub struct TooLate;

impl PinAnswer {
    /// Gives what was typed. These bytes are wiped, whatever comes of it.
    ///
    /// # Errors
    /// [`TooLate`].
    pub fn digits(self, typed: &mut [u8]) -> Result<(), TooLate> {
        let taken = Pin::take_from(typed).map_err(|_| EntryError::TooLong);
        self.0.give(taken).map_err(|_| TooLate)
    }

    /// Gives it as a [`Pin`], which wipes itself.
    ///
    /// # Errors
    /// [`TooLate`].
    pub fn pin(self, typed: Pin) -> Result<(), TooLate> {
        self.0.give(Ok(typed)).map_err(|_| TooLate)
    }

    /// Says why there is none: the person gave up, or nothing was typed in time.
    pub fn none(self, why: EntryError) {
        // Who does not wait any more needs no reason.
        let _ = self.0.give(Err(why));
    }

    /// Whether somebody still waits for it: a window that is open for nobody can close.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        self.0.is_awaited()
    }
}

/// Asks a person for a PIN, on the thread of the reader: it shows the question and returns at once. Functions of the two
/// arguments of [`PinPrompt::ask`] are prompts too.
///
/// A prompt that panics ends its login and nothing else; one that never answers ends at the deadline of the login.
///
/// ```
/// use varco::{PinAnswer, PinPrompt, PinWanted};
///
/// /// A keypad that is read elsewhere.
/// struct Keypad(std::sync::mpsc::Sender<PinAnswer>);
///
/// impl PinPrompt for Keypad {
///     fn ask(&mut self, wanted: PinWanted, answer: PinAnswer) {
///         wanted.lines.iter().for_each(|line| println!("{line}"));
///         // Whoever reads the keys answers with `answer.digits(...)`. Where nobody does, it is dropped, which cancels.
///         drop(self.0.send(answer));
///     }
///
///     fn withdrawn(&mut self) {
///         println!("never mind");
///     }
/// }
/// ```
pub trait PinPrompt: Send {
    /// Whether a person is asked, or a program answers.
    fn attendance(&self) -> Attendance {
        Attendance::Attended
    }

    /// Where the digits are typed; on the reader's own keypad, [`PinPrompt::guide`] is called instead.
    fn place(&self) -> EntryPlace {
        EntryPlace::Host
    }

    /// Shows the question. The answer may come later, from elsewhere.
    fn ask(&mut self, wanted: PinWanted, answer: PinAnswer);

    /// Tells a person to type on the reader; `next` is what it will ask after.
    ///
    /// # Errors
    /// [`EntryError`]: the reader is not started then.
    fn guide(&mut self, wanted: PinWanted, next: Option<PinWanted>) -> Result<(), EntryError> {
        let _ = (wanted, next);
        Ok(())
    }

    /// Hears that the reader does not wait any more.
    fn guided(&mut self) {}

    /// Hears how many tries are left where the question could not say it, before the value is sent.
    ///
    /// # Errors
    /// [`EntryError`]: the value is not sent then.
    fn before_sending(&mut self, secret: CardSecret, tries_left: TriesLeft) -> Result<(), EntryError> {
        let _ = (secret, tries_left);
        Ok(())
    }

    /// Hears that a question is not to be answered any more.
    fn withdrawn(&mut self) {}
}

impl<F: FnMut(PinWanted, PinAnswer) + Send> PinPrompt for F {
    fn ask(&mut self, wanted: PinWanted, answer: PinAnswer) {
        self(wanted, answer);
    }
}

/// A prompt out of a [`PinEntry`], such as a terminal's: it is asked on a thread of its own, so that a login can end while it
/// waits. A question that nobody waits for any more goes on until the entry's own time limit; what is typed then is wiped.
pub struct EntryPrompt<E> {
    entry: Arc<Mutex<E>>,
    attendance: Attendance,
}

impl<E: PinEntry + Send + 'static> EntryPrompt<E> {
    /// Of this entry.
    pub fn new(entry: E) -> Self {
        let attendance = entry.attendance();
        Self {
            entry: Arc::new(Mutex::new(entry)),
            attendance,
        }
    }

    fn with<T>(&self, otherwise: T, look: impl FnOnce(&mut E) -> T) -> T {
        match self.entry.try_lock() {
            Ok(mut entry) => look(&mut entry),
            Err(TryLockError::Poisoned(poisoned)) => look(&mut poisoned.into_inner()),
            // An older question is still open.
            Err(TryLockError::WouldBlock) => otherwise,
        }
    }
}

/// Asks, and lets go of the entry before the answer goes out: what follows it may ask again at once.
fn ask_entry<E: PinEntry>(entry: &Mutex<E>, wanted: &PinWanted) -> Entered {
    let mut entry = match entry.try_lock() {
        Ok(entry) => entry,
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        Err(TryLockError::WouldBlock) => return Err(STILL_ASKING),
    };
    wanted.with_question(|question| entry.ask(question))
}

fn answer_with(answer: &Mutex<Option<PinAnswer>>, entered: Entered) {
    let answer = answer.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (answer, entered) {
        // Too late: it is wiped.
        (Some(answer), Ok(pin)) => drop(answer.pin(pin)),
        (Some(answer), Err(error)) => answer.none(error),
        (None, _) => {}
    }
}

const FAILED: EntryError = EntryError::Unavailable {
    what: "the application's prompt failed",
};

const STILL_ASKING: EntryError = EntryError::Unavailable {
    what: "an older question is still open",
};

impl<E: PinEntry + Send + 'static> PinPrompt for EntryPrompt<E> {
    fn attendance(&self) -> Attendance {
        self.attendance
    }

    fn place(&self) -> EntryPlace {
        self.with(EntryPlace::Host, |entry| entry.place())
    }

    fn ask(&mut self, wanted: PinWanted, answer: PinAnswer) {
        let entry = Arc::clone(&self.entry);
        let answer = Arc::new(Mutex::new(Some(answer)));
        let to_answer = Arc::clone(&answer);
        let asked = desk::start("varco-entry", move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| ask_entry(&entry, &wanted)));
            answer_with(&to_answer, outcome.unwrap_or(Err(FAILED)));
        });
        if asked.is_err() {
            answer_with(
                &answer,
                Err(EntryError::Unavailable {
                    what: "the system gave no thread",
                }),
            );
        }
    }

    fn guide(&mut self, wanted: PinWanted, next: Option<PinWanted>) -> Result<(), EntryError> {
        self.with(Err(STILL_ASKING), |entry| {
            wanted.with_question(|question| match &next {
                None => entry.guide(question, None),
                Some(next) => next.with_question(|next| entry.guide(question, Some(next))),
            })
        })
    }

    fn guided(&mut self) {
        self.with((), PinEntry::guided);
    }

    fn before_sending(&mut self, secret: CardSecret, tries_left: TriesLeft) -> Result<(), EntryError> {
        self.with(Err(STILL_ASKING), |entry| {
            entry.before_sending(secret, tries_left)
        })
    }
}

impl PinWanted {
    /// As a question again, for what takes one.
    pub fn with_question<T>(&self, ask: impl FnOnce(&PinQuestion<'_>) -> T) -> T {
        let title = self.service.as_ref().map(|title| varco_access_policy::Title {
            it: title.clone(),
            en: title.clone(),
        });
        ask(&PinQuestion {
            reader: &self.reader,
            card: &self.card,
            secret: self.secret,
            value: self.value,
            purpose: self.purpose,
            form: self.form,
            tries_left: self.tries_left,
            tries_max: self.tries_max,
            audience: &self.audience,
            service: title.as_ref(),
            not_taken: self.not_taken,
        })
    }
}

/// A prompt as the journey sees it: it waits for the answer, and for whatever ends the login.
pub(crate) struct Prompted {
    pub(crate) prompt: Box<dyn PinPrompt>,
    pub(crate) control: Control<Entered>,
    pub(crate) locale: Locale,
    /// When the login ends at the latest.
    pub(crate) until: Option<Instant>,
}

impl Prompted {
    /// Nobody is asked for a login that is to end.
    fn check(&self) -> Result<(), EntryError> {
        let going_on = self.control.may_go_on();
        going_on.map_err(|stop| EntryError::Interrupted(interruption(stop)))
    }

    fn wanted(&self, question: &PinQuestion<'_>) -> PinWanted {
        let left = self.until.map_or(Duration::MAX, |until| {
            until.saturating_duration_since(Instant::now())
        });
        PinWanted::of(question, self.locale, left)
    }
}

/// Why a login is ended, in the words of the link.
pub(crate) fn interruption(stop: Stop) -> Interruption {
    match stop {
        Stop::Cancelled => Interruption::Cancelled,
        Stop::Deadline => Interruption::DeadlinePassed,
        Stop::Abandoned => Interruption::Abandoned,
    }
}

/// Calls what the application brought. What it panics of is its own; this thread goes on.
fn call<T>(what: impl FnOnce() -> T) -> Result<T, EntryError> {
    catch_unwind(AssertUnwindSafe(what)).map_err(|_| FAILED)
}

impl PinEntry for Prompted {
    fn attendance(&self) -> Attendance {
        // Of a prompt that fails nothing is assumed that would permit more.
        call(|| self.prompt.attendance()).unwrap_or(Attendance::Scripted)
    }

    fn place(&self) -> EntryPlace {
        call(|| self.prompt.place()).unwrap_or(EntryPlace::Host)
    }

    fn ask(&mut self, question: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        self.check()?;
        let answer = PinAnswer(self.control.ask());
        let wanted = self.wanted(question);
        // While somebody types, the process leaves no core file.
        let _guard = NotDumpable::begin();
        call(|| self.prompt.ask(wanted, answer))?;
        match self.control.answer() {
            Ok(entered) => entered,
            Err(Unanswered::Dropped) => Err(EntryError::Cancelled),
            Err(Unanswered::Stopped(stop)) => {
                call(|| self.prompt.withdrawn())?;
                Err(EntryError::Interrupted(interruption(stop)))
            }
        }
    }

    fn guide(
        &mut self,
        question: &PinQuestion<'_>,
        next: Option<&PinQuestion<'_>>,
    ) -> Result<(), EntryError> {
        self.check()?;
        let wanted = self.wanted(question);
        let next = next.map(|next| self.wanted(next));
        call(|| self.prompt.guide(wanted, next))?
    }

    fn guided(&mut self) {
        if call(|| self.prompt.guided()).is_err() {
            tracing::error!("the application's prompt failed");
        }
    }

    fn before_sending(&mut self, secret: CardSecret, tries_left: TriesLeft) -> Result<(), EntryError> {
        call(|| self.prompt.before_sending(secret, tries_left))?
    }
}
