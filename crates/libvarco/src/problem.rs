//! What ends a call, ready to be told in either language.
//!
//! Not here: where it is kept until somebody asks (`last_error`), and the words (crate `messages`).

use std::path::Path;

use varco::trust::{TrustFileProblem, TrustStoreError};
use varco::{EntryError, LoginError, LoginReport, StartError};
use varco_messages::{Arg, Explanation, Locale, Messages, OfCard};

use crate::call_error::CallError;

/// How a call ended, other than well.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ending {
    /// Somebody is identified, and what was asked for is not permitted.
    Denied,
    /// Readers, card, trust, person or system.
    Failed,
    /// The caller's own mistake.
    Misuse,
    /// A mistake in this library.
    Defect,
}

/// Something that ended a call.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) ending: Ending,
    pub(crate) told: Box<Told>,
}

/// What is said of it.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) italian: Explanation,
    pub(crate) english: Explanation,
    /// What helps those who give support: status words, names of commands, never data. In English.
    pub(crate) detail: Option<String>,
}

/// The texts of a language, read once.
pub(crate) fn messages(locale: Locale) -> &'static Messages {
    Messages::shared(locale)
}

impl Problem {
    fn said(ending: Ending, tell: impl Fn(&Messages) -> Explanation) -> Self {
        Self {
            ending,
            told: Box::new(Told {
                italian: tell(messages(Locale::Italian)),
                english: tell(messages(Locale::English)),
                detail: None,
            }),
        }
    }

    /// By its code.
    pub(crate) fn coded(ending: Ending, code: &'static str, arguments: &[(&str, Arg<'_>)]) -> Self {
        Self::said(ending, |messages| messages.problem(code, arguments))
    }

    /// That does not need to be told what it is about.
    pub(crate) fn failed(code: &'static str) -> Self {
        Self::coded(Ending::Failed, code, &[])
    }

    /// A panic of this library's own.
    pub(crate) fn defect() -> Self {
        Self::coded(Ending::Defect, "defect", &[])
    }

    fn detailed(mut self, detail: &dyn ToString) -> Self {
        self.told.detail = Some(detail.to_string());
        self
    }

    /// The stable code.
    pub(crate) fn code(&self) -> &'static str {
        self.told.english.code
    }

    /// No PIN was entered.
    pub(crate) fn of_entry(error: &EntryError) -> Self {
        let error = LoginError::Entry(error.clone());
        Self::said(Ending::Failed, |messages| messages.explain(&error))
    }

    /// No card could be taken up.
    pub(crate) fn of_start(error: &StartError) -> Self {
        let problem = Self::said(Ending::Failed, |messages| error.explain(messages));
        match error {
            StartError::Link(error) => problem.detailed(error),
            _ => problem,
        }
    }

    /// A login ended without identity.
    pub(crate) fn of_login(error: &LoginError, report: &LoginReport) -> Self {
        let card = OfCard {
            kind: report.card.as_ref().map(|card| card.kind),
            issuer: None,
            pin: None,
        };
        let problem = Self::said(Ending::Failed, |messages| messages.explain_for(error, card));
        match error {
            LoginError::Card(_)
            | LoginError::Document(_)
            | LoginError::Rejected(_)
            | LoginError::Auth(_)
            | LoginError::Entry(EntryError::Unavailable { .. }) => problem.detailed(error),
            _ => problem,
        }
    }

    /// A file of authorities was not taken.
    pub(crate) fn of_trust_file(error: &TrustStoreError) -> Self {
        about_file(error.code(), error.path()).detailed(&error.problem())
    }

    /// A file of revocation lists was not taken. One that is not there is no missing authority.
    pub(crate) fn of_list_file(error: &TrustStoreError) -> Self {
        match error.problem() {
            TrustFileProblem::Read(kind) => about_file("file-unreadable", error.path()).detailed(&kind),
            TrustFileProblem::EmptyFolder => about_file("crl-file-not-lists", error.path()),
            _ => Self::of_trust_file(error),
        }
    }
}

fn about_file(code: &'static str, path: &Path) -> Problem {
    let path = path.display().to_string();
    Problem::coded(Ending::Failed, code, &[("path", Arg::Text(&path))])
}

impl From<CallError> for Problem {
    fn from(error: CallError) -> Self {
        let argument = [("argument", Arg::Text(error.argument()))];
        Self::coded(Ending::Misuse, error.code(), &argument)
    }
}

impl From<StartError> for Problem {
    fn from(error: StartError) -> Self {
        Self::of_start(&error)
    }
}
