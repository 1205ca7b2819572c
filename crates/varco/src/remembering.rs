//! An entry that remembers for the user's other processes that a try may be spent.
//!
//! Not here: how that is remembered (`insertions`), and any way of asking (`entry`).

use varco_apdu::Pin;
use varco_credential::{Attendance, CardSecret, TriesLeft};
use varco_session::{EntryError, EntryPlace, PinEntry, PinQuestion};

use crate::insertions::Insertion;

/// An entry whose PIN, where the card does not tell how many tries are left, is remembered before it is sent: the
/// process may end at any moment after that.
pub(crate) struct Remembering<'e> {
    entry: &'e mut dyn PinEntry,
    insertion: Option<&'e Insertion>,
    marked: Vec<CardSecret>,
}

impl<'e> Remembering<'e> {
    pub(crate) fn new(entry: &'e mut dyn PinEntry, insertion: Option<&'e Insertion>) -> Self {
        Self {
            entry,
            insertion,
            marked: Vec::new(),
        }
    }

    /// The secrets for which the insertion was marked by this entry.
    pub(crate) fn into_marked(self) -> Vec<CardSecret> {
        self.marked
    }

    fn remember(&mut self, secret: CardSecret) -> Result<(), EntryError> {
        let spent = self.insertion.map(|insertion| insertion.spend(secret));
        if matches!(spent, Some(Ok(()))) {
            self.marked.push(secret);
        }
        // A script sends one value, whichever secret it is of: another process may have sent one meanwhile.
        let is_another_spent = self.insertion.is_some_and(|insertion| {
            let mut others = CardSecret::ALL.into_iter().filter(|other| *other != secret);
            others.any(|other| insertion.is_spent(other))
        });
        match (spent, self.entry.attendance()) {
            (_, Attendance::Scripted) if is_another_spent => Err(EntryError::NotRemembered),
            (Some(Err(_)), Attendance::Scripted) => Err(EntryError::NotRemembered),
            // A person sees what happens, and may go on.
            _ => Ok(()),
        }
    }

    /// Remembers what a question is about, where the card does not tell how many tries are left.
    fn remember_asked(&mut self, question: &PinQuestion<'_>) -> Result<(), EntryError> {
        // Asked again, it is remembered already.
        if question.tries_left == Some(TriesLeft::Unknown) && !self.marked.contains(&question.secret) {
            self.remember(question.secret)?;
        }
        Ok(())
    }
}

impl PinEntry for Remembering<'_> {
    fn attendance(&self) -> Attendance {
        self.entry.attendance()
    }

    fn ask(&mut self, question: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        self.remember_asked(question)?;
        self.entry.ask(question)
    }

    fn place(&self) -> EntryPlace {
        self.entry.place()
    }

    fn guide(
        &mut self,
        question: &PinQuestion<'_>,
        next: Option<&PinQuestion<'_>>,
    ) -> Result<(), EntryError> {
        self.remember_asked(question)?;
        self.entry.guide(question, next)
    }

    fn guided(&mut self) {
        self.entry.guided();
    }

    fn before_sending(&mut self, secret: CardSecret, tries_left: TriesLeft) -> Result<(), EntryError> {
        if tries_left == TriesLeft::Unknown && !self.marked.contains(&secret) {
            self.remember(secret)?;
        }
        self.entry.before_sending(secret, tries_left)
    }
}
