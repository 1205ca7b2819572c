//! Asking a person for values, again where an answer cannot be taken, and giving them on with what they are for.
//!
//! Not here: any way of asking (`entry`), and the rules (`credential`). Nothing here has sent anything.

use varco_apdu::Pin;
use varco_card::{Limits, LinkError, PadTask};
use varco_credential::{
    Attempt, Attendance, CardError, Given, NewPinProblem, NotSent, PadRefusal, PinRules, PinUse,
};

use crate::{AskedValue, EntryError, EntryPlace, LoginError, NotTaken, PinEntry, PinQuestion};

/// How often a person may answer one question. Programs have one answer.
const ANSWERS_MAX: u32 = 3;

/// Asks for one value until the rules would take it.
fn ask(
    entry: &mut dyn PinEntry,
    question: PinQuestion<'_>,
    objection: &dyn Fn(&Pin) -> Option<NotTaken>,
) -> Result<Pin, EntryError> {
    let mut question = question;
    for _ in 1..ANSWERS_MAX {
        let typed = match entry.ask(&question) {
            // No PIN has as many characters: a person types again.
            Err(EntryError::TooLong) if entry.attendance() == Attendance::Attended => {
                question.not_taken = Some(NotTaken::WrongForm);
                continue;
            }
            asked => asked?,
        };
        match objection(&typed) {
            Some(not_taken) if entry.attendance() == Attendance::Attended => {
                question.not_taken = Some(not_taken);
            }
            // Of a program's answer the rules say what is wrong with it.
            _ => return Ok(typed),
        }
    }
    entry.ask(&question)
}

/// Why the rules would not take a value that a person could type again.
fn not_taken(refused: NotSent) -> Option<NotTaken> {
    match refused {
        NotSent::WrongForm { .. } | NotSent::NewPin(NewPinProblem::WrongForm { .. }) => {
            Some(NotTaken::WrongForm)
        }
        NotSent::RefusedBefore => Some(NotTaken::RefusedBefore),
        NotSent::NewPin(problem) => Some(NotTaken::NewPin(problem)),
        _ => None,
    }
}

/// What is asked, and for what use of it.
pub(crate) struct Asking<'a, 'q> {
    pub(crate) entry: &'a mut dyn PinEntry,
    pub(crate) rules: &'a PinRules,
    pub(crate) limits: Limits,
    pub(crate) question: PinQuestion<'q>,
    /// The question for the new PIN, where there is to be one.
    pub(crate) new: Option<PinQuestion<'q>>,
    pub(crate) attempt: &'a Attempt,
}

impl Asking<'_, '_> {
    /// Gets the values, or tells the person to type them on the reader.
    ///
    /// # Errors
    /// [`LoginError::Entry`], [`LoginError::NewPinDiffers`], and [`LoginError::Card`] where the reader has no pin pad for it.
    pub(crate) fn get(self) -> Result<Given, LoginError> {
        let Self {
            entry,
            rules,
            limits,
            question,
            new,
            attempt,
        } = self;
        if let EntryPlace::Reader(terms) = entry.place() {
            let task = match attempt.purpose {
                PinUse::Verify(_) => PadTask::Verify,
                _ => PadTask::Modify {
                    present_at: Some(0),
                    new_at: 0,
                },
            };
            let given = Given::OnPad(terms);
            rules.check_given(&given, attempt)?;
            if !limits.pin_pad.does(task) {
                return Err(CardError::from(LinkError::PinPadUnsupported).into());
            }
            entry.guide(&question, new.as_ref())?;
            return Ok(given);
        }
        let present = ask(entry, question, &|typed| {
            not_taken(rules.check_present(typed, attempt).err()?)
        })?;
        let Some(new) = new else {
            return Ok(Given::typed(present));
        };
        // Before the new one is asked for: what is refused already needs none.
        rules.check_present(&present, attempt)?;
        let new = ask_for_new(entry, rules, new, &present, attempt)?;
        Ok(Given::Typed {
            present,
            new: Some(new),
        })
    }
}

/// Asks for the new PIN, of a person twice.
fn ask_for_new(
    entry: &mut dyn PinEntry,
    rules: &PinRules,
    question: PinQuestion<'_>,
    present: &Pin,
    attempt: &Attempt,
) -> Result<Pin, LoginError> {
    let mut question = question;
    for _ in 0..ANSWERS_MAX {
        let new = ask(entry, question, &|typed| {
            not_taken(rules.check_new(typed, present, attempt).err()?)
        })?;
        rules.check_new(&new, present, attempt)?;
        if entry.attendance() == Attendance::Scripted {
            return Ok(new);
        }
        let again = PinQuestion {
            value: AskedValue::NewAgain,
            not_taken: None,
            ..question
        };
        if entry.ask(&again)?.is_same_as(&new) {
            return Ok(new);
        }
        question.not_taken = Some(NotTaken::Differ);
    }
    Err(LoginError::NewPinDiffers)
}

/// What a pin pad that gave no value means for the journey.
pub(crate) fn not_entered(refusal: PadRefusal, attempt: &Attempt) -> LoginError {
    match refusal {
        PadRefusal::TimedOut => EntryError::TimedOut.into(),
        PadRefusal::Cancelled => EntryError::Cancelled.into(),
        PadRefusal::Differ => LoginError::NewPinDiffers,
        PadRefusal::WrongLength => NotSent::WrongForm {
            form: attempt.present.form,
        }
        .into(),
    }
}
