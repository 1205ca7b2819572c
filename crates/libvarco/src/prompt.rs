//! The caller's prompt as a way of entry: the question out, the digits in, and what the prompt does wrong.
//!
//! Not here: the crossing of the border (`ffi`), and where digits are kept (`answer`).

use std::sync::Arc;
use std::time::Instant;

use varco::entry::{NotDumpable, Shown};
use varco::steps::{Attendance, CardSecret, Pin, TriesLeft};
use varco::{EntryError, PinEntry, PinQuestion};
use varco_messages::Messages;

use crate::answer::Answer;
use crate::call_error::CallError;
use crate::handle::Table;
use crate::options::Options;
use crate::problem::messages;

/// The questions that wait for an answer.
pub(crate) static ANSWERS: Table<Answer> = Table::new("answer");

/// What a prompt may return: none of them a status, so that one returned by mistake is found out.
pub(crate) const ANSWERED: i32 = 10;
pub(crate) const CANCELLED: i32 = 11;
pub(crate) const LATER: i32 = 12;

/// The caller's functions.
pub(crate) trait Prompt {
    /// Asks; the answer goes to what the token stands for. `None` where the function did not return.
    fn ask(&mut self, asked: &Asked<'_>, answer: usize) -> Option<i32>;

    /// Tells what the card said of its counter, before the digits go to it. `None` where the function did not return.
    fn before_sending(&mut self, tries_left: Option<u8>, text: &str) -> Option<i32>;
}

/// A question, in words.
pub(crate) struct Asked<'q> {
    pub(crate) question: &'q PinQuestion<'q>,
    pub(crate) card: &'q str,
    pub(crate) service: Option<&'q str>,
    pub(crate) shown: Shown,
}

/// Entry by the caller's prompt.
pub(crate) struct PromptEntry<'p> {
    prompt: &'p mut dyn Prompt,
    messages: &'static Messages,
    attendance: Attendance,
    time_limit: std::time::Duration,
    /// What the prompt did wrong: it counts more than what became of the login by it.
    fault: Option<CallError>,
}

impl<'p> PromptEntry<'p> {
    pub(crate) fn new(prompt: &'p mut dyn Prompt, options: &Options) -> Self {
        Self {
            prompt,
            messages: messages(options.locale),
            attendance: options.attendance,
            time_limit: options.time_limit,
            fault: None,
        }
    }

    /// What the prompt did wrong, if it did.
    pub(crate) fn fault(&self) -> Option<CallError> {
        self.fault
    }

    fn at_fault(&mut self, fault: CallError) -> EntryError {
        self.fault = Some(fault);
        EntryError::Unavailable {
            what: "the prompt of the calling program failed",
        }
    }

    /// What the prompt's return and the answer come to.
    fn answered(&mut self, returned: Option<i32>, answer: &Answer) -> Result<Pin, EntryError> {
        match returned {
            None => Err(self.at_fault(CallError::PromptPanicked)),
            Some(CANCELLED) => Err(EntryError::Cancelled),
            Some(LATER) => answer.wait(),
            Some(ANSWERED) => match answer.take() {
                // What was given too late was not taken.
                None if answer.is_late() => Err(EntryError::TimedOut),
                None => Err(self.at_fault(CallError::PromptWithoutAnswer)),
                Some(given) => given,
            },
            Some(_) => Err(self.at_fault(CallError::PromptValue)),
        }
    }
}

impl PinEntry for PromptEntry<'_> {
    fn attendance(&self) -> Attendance {
        self.attendance
    }

    fn ask(&mut self, question: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        let _guard = NotDumpable::begin();
        let deadline = Instant::now()
            .checked_add(self.time_limit)
            .ok_or(EntryError::TimedOut)?;
        let pick = |it, en| self.messages.pick(it, en);
        let asked = Asked {
            question,
            card: pick(&question.card.title_it, &question.card.title_en),
            service: question.service.map(|title| pick(&title.it, &title.en)),
            shown: Shown::of(question, self.messages, self.time_limit),
        };
        let answer = Arc::new(Answer::new(deadline));
        let open = OpenQuestion::begin(&answer)?;
        let returned = self.prompt.ask(&asked, open.0);
        let taken = self.answered(returned, &answer);
        drop(open);
        // Whoever still holds the answer finds it over; what was given to no avail is wiped.
        drop(answer.take());
        taken
    }

    fn before_sending(&mut self, secret: CardSecret, tries_left: TriesLeft) -> Result<(), EntryError> {
        let text = Shown::before_sending(secret, tries_left, self.messages);
        match self.prompt.before_sending(tries_left.known(), &text) {
            Some(ANSWERED) => Ok(()),
            Some(CANCELLED) => Err(EntryError::Cancelled),
            Some(_) => Err(self.at_fault(CallError::PromptValue)),
            None => Err(self.at_fault(CallError::PromptPanicked)),
        }
    }
}

/// A question's token, as long as it is open.
struct OpenQuestion(usize);

impl OpenQuestion {
    fn begin(answer: &Arc<Answer>) -> Result<Self, EntryError> {
        let token = ANSWERS.add(Arc::clone(answer));
        token.map(Self).map_err(|_| EntryError::Unavailable {
            what: "there are no handles left",
        })
    }
}

impl Drop for OpenQuestion {
    fn drop(&mut self) {
        drop(ANSWERS.remove(self.0));
    }
}
