//! How the journey asks for a PIN: the question, the trait that answers it, and why there may be no answer.
//!
//! Not here: any way of asking (crate `entry` has them; an application brings its own keypad by this trait).

use varco_access_policy::Title;
use varco_apdu::Pin;
use varco_card::ReaderName;
use varco_credential::{Attendance, CardDescription, PinForm, TriesLeft};

/// What a person must be told when asked for a PIN: for which card, by whom, and what a mistake costs.
#[derive(Debug)]
pub struct PinQuestion<'q> {
    /// The reader that holds the card.
    pub reader: &'q ReaderName,
    /// What the card is.
    pub card: &'q CardDescription,
    /// What the card takes.
    pub form: PinForm,
    /// How many wrong values it will still take; `None` where the card tells that later, just before the PIN is sent.
    pub tries_left: Option<TriesLeft>,
    /// Who asks for the login: the audience of the challenge.
    pub audience: &'q str,
    /// The name of the service that is wanted, if one was asked for.
    pub service: Option<&'q Title>,
}

/// Gets a PIN from a person or program.
pub trait PinEntry {
    /// Whether a person is asked now, or a program or pipe answers.
    fn attendance(&self) -> Attendance;

    /// Asks once. The form need not be checked: the PIN rules do that before anything is sent.
    ///
    /// # Errors
    /// [`EntryError`]; no try is spent.
    fn ask(&mut self, question: &PinQuestion<'_>) -> Result<Pin, EntryError>;

    /// Hears how many tries are left where the question could not say it, before the PIN is sent.
    ///
    /// # Errors
    /// [`EntryError`]: the PIN is not sent then.
    fn before_sending(&mut self, tries_left: TriesLeft) -> Result<(), EntryError> {
        let _ = tries_left;
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
        }
    }
}
