//! Who is asked for values: a person or a script, with answers that were drawn before, and what happens while they are given.
//!
//! Not here: what is drawn (`step`).

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use varco_apdu::Pin;
use varco_credential::{Attendance, CardSecret, TriesLeft};
use varco_session::{AskedValue, EntryError, PinEntry, PinQuestion};

use crate::link::Plan;
use crate::others;
use crate::stage::Stage;

/// The answers, in their order; the last one again and again.
pub(crate) struct Answers {
    pub(crate) present: Vec<String>,
    pub(crate) new: Vec<String>,
    /// Whether the new one is typed in the same way twice.
    pub(crate) same_twice: bool,
    /// At which question there is none, and why.
    pub(crate) stops: Option<(u32, EntryError)>,
    /// Gives up on hearing how many tries are left.
    pub(crate) shrinks_back: bool,
}

/// Who answers.
pub(crate) struct Person {
    stage: Arc<Stage>,
    plan: Arc<Mutex<Plan>>,
    attendance: Attendance,
    answers: Answers,
    asked: u32,
    presents: usize,
    news: usize,
    /// What was given last for the present value and for the new one.
    pub(crate) present: Option<String>,
    pub(crate) new: Option<String>,
    pub(crate) marked: Vec<CardSecret>,
}

impl Person {
    pub(crate) fn new(
        stage: &Arc<Stage>,
        plan: &Arc<Mutex<Plan>>,
        attendance: Attendance,
        answers: Answers,
    ) -> Self {
        Self {
            stage: Arc::clone(stage),
            plan: Arc::clone(plan),
            attendance,
            answers,
            asked: 0,
            presents: 0,
            news: 0,
            present: None,
            new: None,
            marked: Vec::new(),
        }
    }

    /// As the face does before a value that is sent blindly.
    fn remember(&mut self, secret: CardSecret) -> Result<(), EntryError> {
        if self.marked.contains(&secret) {
            return Ok(());
        }
        let was_marked = self.stage.marker(secret).swap(true, Ordering::SeqCst);
        if !was_marked {
            self.marked.push(secret);
        }
        let is_another_marked = CardSecret::ALL
            .iter()
            .any(|other| *other != secret && self.stage.marker(*other).load(Ordering::SeqCst));
        if (was_marked || is_another_marked) && self.attendance == Attendance::Scripted {
            return Err(EntryError::NotRemembered);
        }
        Ok(())
    }

    fn type_in(&mut self) {
        let event = {
            let mut plan = self.plan.lock().unwrap();
            let event = plan.while_typing.take();
            plan.happened.extend(event);
            event
        };
        if let Some(event) = event {
            // Nobody else is quicker than a login takes for a quick answer (ADR 89).
            self.stage.waited_s.fetch_add(5, Ordering::SeqCst);
            others::happen(&self.stage, event);
        }
    }
}

fn nth(answers: &[String], number: usize) -> String {
    answers[number.min(answers.len() - 1)].clone()
}

impl PinEntry for Person {
    fn attendance(&self) -> Attendance {
        self.attendance
    }

    fn ask(&mut self, question: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        if question.tries_left == Some(TriesLeft::Unknown) {
            self.remember(question.secret)?;
        }
        let this = self.asked;
        self.asked += 1;
        self.type_in();
        if let Some((_, why)) = self.answers.stops.as_ref().filter(|(at, _)| *at == this) {
            return Err(why.clone());
        }
        let text = match question.value {
            AskedValue::Present => {
                let text = nth(&self.answers.present, self.presents);
                self.presents += 1;
                self.present = Some(text.clone());
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

    fn before_sending(&mut self, secret: CardSecret, tries_left: TriesLeft) -> Result<(), EntryError> {
        if tries_left == TriesLeft::Unknown {
            self.remember(secret)?;
        }
        if self.answers.shrinks_back {
            return Err(EntryError::Cancelled);
        }
        Ok(())
    }
}
