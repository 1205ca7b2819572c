//! Why nobody was logged in, with what is known of card and PIN, in words for a person.
//!
//! Not here: a denial. That is a decision about somebody who is logged in.

use core::fmt;

use varco_card::{Interruption, LinkError};
use varco_credential::{CardDescription, CardError, TriesLeft};
use varco_messages::{Arg, Explanation, Locale, Messages, OfCard};
use varco_session::{EntryError, LoginError, LoginReport, PinReport};

use crate::LoginOptions;
use crate::choose::StartError;

/// Why nobody was logged in.
#[derive(Debug)]
#[non_exhaustive]
pub enum NotLoggedInWhy {
    /// No card could be taken up.
    NotStarted(StartError),
    /// The login was ended before it came to a PIN.
    Interrupted(Interruption),
    /// The journey ended.
    Login(LoginError),
}

/// Nobody was logged in.
#[derive(Debug)]
pub struct NotLoggedIn(Box<Inner>);

#[derive(Debug)]
struct Inner {
    why: NotLoggedInWhy,
    card: Option<CardDescription>,
    pin: Option<PinReport>,
    reset_failed: bool,
    locale: Locale,
}

impl NotLoggedIn {
    pub(crate) fn not_started(error: StartError, options: &LoginOptions) -> Self {
        Self::of(NotLoggedInWhy::NotStarted(error), options)
    }

    pub(crate) fn interrupted(why: Interruption, options: &LoginOptions) -> Self {
        Self::of(NotLoggedInWhy::Interrupted(why), options)
    }

    pub(crate) fn ended(error: LoginError, report: Known, options: &LoginOptions) -> Self {
        let mut ended = Self::of(NotLoggedInWhy::Login(error), options);
        ended.0.card = report.card;
        ended.0.pin = report.pin;
        ended.0.reset_failed = report.reset_failed;
        ended
    }

    fn of(why: NotLoggedInWhy, options: &LoginOptions) -> Self {
        Self(Box::new(Inner {
            why,
            card: None,
            pin: None,
            reset_failed: false,
            locale: options.locale,
        }))
    }

    /// Why.
    #[must_use]
    pub fn why(&self) -> &NotLoggedInWhy {
        &self.0.why
    }

    /// The stable name of why, the same as the command line's.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match &self.0.why {
            NotLoggedInWhy::NotStarted(error) => error.code(),
            NotLoggedInWhy::Interrupted(why) => why.code(),
            NotLoggedInWhy::Login(error) => error.code(),
        }
    }

    /// The card, once it was recognised.
    #[must_use]
    pub fn card(&self) -> Option<&CardDescription> {
        self.0.card.as_ref()
    }

    /// What is known of the PIN: whether one was sent, and how many tries are left.
    #[must_use]
    pub fn pin(&self) -> Option<PinReport> {
        self.0.pin
    }

    /// Whether somebody or something ended it, and which: it was cancelled, its time was over, or nobody waited any more. A person
    /// who closed the question gave up instead (`entry-cancelled`).
    #[must_use]
    pub fn interruption(&self) -> Option<Interruption> {
        match &self.0.why {
            NotLoggedInWhy::Interrupted(why)
            | NotLoggedInWhy::Login(
                LoginError::Entry(EntryError::Interrupted(why))
                | LoginError::Card(CardError::Link(LinkError::Interrupted { why, .. })),
            ) => Some(*why),
            _ => None,
        }
    }

    /// Takes note that a PIN may have reached the card, and nobody knows what became of it.
    pub(crate) fn note_sent(&mut self) {
        self.0.pin = Some(PinReport {
            tries_left: TriesLeft::Unknown,
            puk_tries_left: TriesLeft::Unknown,
            sent: true,
        });
        // Whether the card could be reset is not known either.
        self.0.reset_failed = true;
    }

    /// Whether a PIN was sent and the card could not be reset: it is to be taken out.
    #[must_use]
    pub fn reset_failed(&self) -> bool {
        self.0.reset_failed
    }

    /// What happened and what to do, in the language of the login.
    #[must_use]
    pub fn explain(&self) -> Explanation {
        self.explain_in(self.0.locale)
    }

    /// The same in another language.
    #[must_use]
    pub fn explain_in(&self, locale: Locale) -> Explanation {
        let messages = Messages::shared(locale);
        match &self.0.why {
            NotLoggedInWhy::NotStarted(error) => error.explain(messages),
            NotLoggedInWhy::Interrupted(why) => messages.problem(why.code(), &[]),
            NotLoggedInWhy::Login(error) => {
                let kind = self.0.card.as_ref().map(|card| card.kind);
                messages.explain_for(
                    error,
                    OfCard {
                        kind,
                        ..OfCard::default()
                    },
                )
            }
        }
    }
}

/// What a report tells besides its outcome.
pub(crate) struct Known {
    card: Option<CardDescription>,
    pin: Option<PinReport>,
    reset_failed: bool,
}

impl Known {
    /// Takes it out of a report.
    pub(crate) fn of(report: &LoginReport) -> Self {
        Self {
            card: report.card.clone(),
            pin: report.pin,
            reset_failed: report.reset_failed,
        }
    }
}

impl StartError {
    /// What happened and what to do, in the language of these messages.
    #[must_use]
    pub fn explain(&self, messages: &Messages) -> Explanation {
        explain_start(self, messages)
    }
}

fn explain_start(error: &StartError, messages: &Messages) -> Explanation {
    let (wanted, readers) = match error {
        StartError::NoSuchReader { wanted, readers } => (wanted.as_str(), readers.as_slice()),
        StartError::SeveralReaders { readers } => ("", readers.as_slice()),
        _ => ("", [].as_slice()),
    };
    let names: Vec<&str> = readers.iter().map(|name| name.as_str()).collect();
    let names = names.join(", ");
    let (service, known) = match error {
        StartError::UnknownService { service, known } => (service.as_str(), known.join(", ")),
        _ => ("", String::new()),
    };
    let arguments = [
        ("reader", Arg::Text(wanted)),
        ("readers", Arg::Text(&names)),
        ("service", Arg::Text(service)),
        ("services", Arg::Text(&known)),
    ];
    messages.problem(error.code(), &arguments)
}

impl fmt::Display for NotLoggedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.why {
            NotLoggedInWhy::NotStarted(error) => write!(f, "{error}"),
            NotLoggedInWhy::Interrupted(why) => write!(f, "the login was ended: {why}"),
            NotLoggedInWhy::Login(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for NotLoggedIn {}
