//! The reader without a line and without time: bytes of a host in, bytes of the reader out. For tests and fuzzing.
//!
//! Not here: the pseudo-terminal (`reader`).

use std::collections::VecDeque;

use varco_emulator::{PlayedCard, SlotEvent};

use crate::frame::{Line, NAK, Said, frame};
use crate::machine::{InSlot, Machine, Step};
use crate::message::{Message, echo};
use crate::{Entry, Model, PadFault};

/// A reader with nothing around it. What a person does is laid ready; when nothing is left, the person lets time pass.
pub struct Dialogue {
    line: Line,
    machine: Machine,
    last_answer: Vec<u8>,
    /// What is wrong with the keypad.
    pub fault: Option<PadFault>,
    /// What the person does.
    pub entries: VecDeque<Entry>,
    /// What has happened, for the caller to take.
    pub events: Vec<SlotEvent>,
}

impl Dialogue {
    /// A reader of this kind.
    #[must_use]
    pub fn new(model: Model) -> Self {
        Self {
            line: Line::default(),
            machine: Machine::new(model),
            last_answer: Vec::new(),
            fault: None,
            entries: VecDeque::new(),
            events: Vec::new(),
        }
    }

    /// What the reader says to these bytes, with this card in it. `insertion` tells it from one that lay there before.
    pub fn say(&mut self, bytes: &[u8], card: Option<&mut dyn PlayedCard>, insertion: u64) -> Vec<u8> {
        let mut slot = InSlot { card, insertion };
        let mut answers = Vec::new();
        for said in self.line.take(bytes) {
            match said {
                Said::Damaged => answers.extend(NAK),
                Said::Nak => answers.extend(&self.last_answer),
                Said::Message(message) => {
                    answers.extend(self.machine.movement(&slot).into_iter().flatten());
                    answers.extend(frame(&echo(&message)).iter());
                    self.last_answer = self.answer(&message, &mut slot);
                    answers.extend(&self.last_answer);
                }
            }
        }
        answers
    }

    fn answer(&mut self, bytes: &[u8], slot: &mut InSlot<'_>) -> Vec<u8> {
        let Some(message) = Message::parse(bytes) else {
            return NAK.to_vec();
        };
        let mut step = self.machine.execute(&message, slot, self.fault.as_ref());
        // Each round is a value that was asked for: three at most.
        loop {
            match step {
                Step::Done(done) => {
                    self.events.extend(done.events);
                    return frame(&done.message).to_vec();
                }
                Step::Ask(asking, asked) => {
                    self.events.push(asked);
                    let entry = self.entries.pop_front().unwrap_or(Entry::TimedOut);
                    step = self.machine.enter(asking, &entry, slot);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
