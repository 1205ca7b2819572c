//! Who is asked for values, with answers that were drawn before.
//!
//! Not here: what is drawn (`spec`).

use varco_apdu::Pin;
use varco_credential::{Attendance, CardSecret, TriesLeft};
use varco_session::{AskedValue, EntryError, PinEntry, PinQuestion};

use super::bench::{Bench, endless};
use super::fault::Place;
use crate::person::Answers;

/// How often anybody is asked in one act.
const QUESTIONS_MAX: u32 = 50;

/// Who answers.
pub(crate) struct Person<'b> {
    bench: &'b Bench,
    attendance: Attendance,
    answers: Answers,
    /// How long each answer takes.
    seconds: i64,
    asked: u32,
    presents: usize,
    news: usize,
    /// Every present value that was given, as characters.
    pub(crate) given: Vec<String>,
    /// The new value that was given last.
    pub(crate) new: Option<String>,
    /// What was told last of the tries that are left.
    pub(crate) told: Option<TriesLeft>,
}

impl<'b> Person<'b> {
    pub(crate) fn new(bench: &'b Bench, attendance: Attendance, answers: Answers, seconds: i64) -> Self {
        Self {
            bench,
            attendance,
            answers,
            seconds,
            asked: 0,
            presents: 0,
            news: 0,
            given: Vec::new(),
            new: None,
            told: None,
        }
    }
}

fn nth(answers: &[String], number: usize) -> String {
    answers[number.min(answers.len() - 1)].clone()
}

impl PinEntry for Person<'_> {
    fn attendance(&self) -> Attendance {
        self.attendance
    }

    fn ask(&mut self, question: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        self.told = question.tries_left.or(self.told);
        let this = self.asked;
        self.asked += 1;
        if self.asked > QUESTIONS_MAX {
            endless("somebody is asked again and again");
        }
        self.bench.ears.clock.move_by(self.seconds);
        self.bench.pass(Place::Typing);
        if let Some(why) = self.bench.stopped() {
            return Err(EntryError::Interrupted(why));
        }
        if let Some((_, why)) = self.answers.stops.as_ref().filter(|(at, _)| *at == this) {
            return Err(why.clone());
        }
        let text = match question.value {
            AskedValue::Present => {
                let text = nth(&self.answers.present, self.presents);
                self.presents += 1;
                self.given.push(text.clone());
                text
            }
            AskedValue::New => {
                let text = nth(&self.answers.new, self.news);
                self.news += 1;
                self.new = Some(text.clone());
                text
            }
            AskedValue::NewAgain if self.answers.same_twice => self.new.clone().unwrap(),
            AskedValue::NewAgain => "13572468".to_owned(),
        };
        Pin::take_from(&mut text.into_bytes()).map_err(|_| EntryError::TooLong)
    }

    fn before_sending(&mut self, _: CardSecret, tries_left: TriesLeft) -> Result<(), EntryError> {
        self.told = Some(tries_left);
        if self.answers.shrinks_back {
            return Err(EntryError::Cancelled);
        }
        Ok(())
    }
}
