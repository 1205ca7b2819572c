//! How the journey asks for a secret: the question, the trait that answers it, and why there may be no answer.
//!
//! Not here: any way of asking (crate `entry` has them; an application brings its own keypad by this trait).

use varco_access_policy::Title;
use varco_apdu::Pin;
use varco_card::{Interruption, ReaderName};
use varco_credential::{
    Attendance, CardDescription, CardSecret, NewPinProblem, PadTerms, PinForm, TriesLeft,
};

/// What a person must be told when asked for a secret: for which card, by whom, for what, and what a mistake costs.
#[derive(Clone, Copy, Debug)]
pub struct PinQuestion<'q> {
    /// The reader that holds the card.
    pub reader: &'q ReaderName,
    /// What the card is.
    pub card: &'q CardDescription,
    /// Which secret is asked for: of a new PIN, the PIN that it will be.
    pub secret: CardSecret,
    /// Whether it is the present value, or a new one.
    pub value: AskedValue,
    /// What is done with it.
    pub purpose: Purpose,
    /// What the card takes.
    pub form: PinForm,
    /// How many wrong values it will still take; `None` where the card tells that later, just before the value is sent, and
    /// for a new value.
    pub tries_left: Option<TriesLeft>,
    /// The most that it ever takes, where that is known.
    pub tries_max: Option<u8>,
    /// Who asks: for a login, the audience of the challenge.
    pub audience: &'q str,
    /// The name of the service that is wanted, if one was asked for.
    pub service: Option<&'q Title>,
    /// Why the last answer to the same question was not taken, if it was not. Nothing of it was sent.
    pub not_taken: Option<NotTaken>,
}

/// Whether a present value is asked for, or a new one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AskedValue {
    /// The one that the card has.
    Present,
    /// A new one.
    New,
    /// The new one again, so that a slip is found.
    NewAgain,
}

/// What a secret is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Purpose {
    /// A login.
    Login,
    /// The reading of a certificate that stands behind the PIN.
    ReadCertificate,
    /// A change of the PIN.
    ChangePin,
    /// An unblocking of the PIN.
    UnblockPin,
}

/// Why an answer was not taken. A person may answer again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum NotTaken {
    /// It does not have the form.
    WrongForm,
    /// This card refused it before.
    RefusedBefore,
    /// It makes no good new PIN.
    NewPin(NewPinProblem),
    /// The new PIN was typed differently the second time.
    Differ,
}

/// Where the digits are typed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EntryPlace {
    /// On this host: [`PinEntry::ask`] gives them.
    Host,
    /// On the reader's own pin pad: the host never sees them.
    Reader(PadTerms),
}

/// Gets a secret from a person or program.
pub trait PinEntry {
    /// Whether a person is asked now, or a program or pipe answers.
    fn attendance(&self) -> Attendance;

    /// Where the digits are typed.
    fn place(&self) -> EntryPlace {
        EntryPlace::Host
    }

    /// Asks once. The form need not be checked: the PIN rules do that before anything is sent. A PUK comes as a [`Pin`] too; it
    /// is taken for what the question asked.
    ///
    /// # Errors
    /// [`EntryError`]; no try is spent.
    fn ask(&mut self, question: &PinQuestion<'_>) -> Result<Pin, EntryError>;

    /// Tells a person to type on the reader, before the reader waits for him. Called instead of [`PinEntry::ask`] where the
    /// place is [`EntryPlace::Reader`]; `next` is the question for the new value that the reader will ask after this one.
    ///
    /// # Errors
    /// [`EntryError`]: the reader is not started then.
    fn guide(
        &mut self,
        question: &PinQuestion<'_>,
        next: Option<&PinQuestion<'_>>,
    ) -> Result<(), EntryError> {
        let _ = (question, next);
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
}

/// Why no PIN was entered.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// The person gave up.
    #[error("the entry was cancelled")]
    Cancelled,
    /// Nothing was entered in time.
    #[error("nothing was entered in time")]
    TimedOut,
    /// More characters than any PIN has; they were wiped.
    #[error("more characters were entered than any PIN has")]
    TooLong,
    /// There is nothing to ask on: no terminal, a closed pipe, a descriptor that is not open.
    #[error("the PIN cannot be asked for: {what}")]
    Unavailable {
        /// Why, in fixed words.
        what: &'static str,
    },
    /// The card does not tell how many tries are left, and that a PIN is sent cannot be remembered for the scripts
    /// that come after this one; so none was asked for.
    #[error("that a PIN is sent cannot be remembered until the card is taken out")]
    NotRemembered,
    /// The login was ended while the value was asked for.
    #[error("the login was ended: {0}")]
    Interrupted(Interruption),
}

impl EntryError {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Cancelled => "entry-cancelled",
            Self::TimedOut => "entry-timed-out",
            Self::TooLong => "pin-wrong-form",
            Self::Unavailable { .. } => "entry-unavailable",
            Self::NotRemembered => "entry-not-remembered",
            Self::Interrupted(why) => why.code(),
        }
    }
}
