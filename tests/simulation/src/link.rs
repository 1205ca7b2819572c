//! The link of one process to the reader, with what happens to it: somebody else's turn between two transactions, a command
//! or an answer that is lost, cut or garbled, a card that leaves at any exchange, a reset that fails.
//!
//! Not here: what others do with their turn (`others`), and which of it is drawn (`step`).

use core::time::Duration;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use varco_apdu::{Atr, ins};
use varco_card::{CardLink, Disposition, Epoch, Limits, LinkError, ReaderKind, ReaderName};
use zeroize::Zeroizing;

use crate::card::Card;
use crate::others::{self, Event};
use crate::stage::Stage;

/// What goes wrong with one exchange.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// The command never reached the card, and time ran out.
    CommandLost,
    /// The card acted, its answer was lost, and time ran out.
    AnswerLost,
    /// The card acted, and this stands in place of its answer.
    Garbage(u16),
    /// The card acted, and so many bytes of its answer came.
    Cut(usize),
    /// Taken out before the command reached the card, and put in again.
    OutBefore,
    /// Taken out after the card acted, and put in again.
    OutAfter,
    /// Another card lies there before the command.
    Exchanged,
}

impl Fault {
    /// Whether the host can see that there was no answer.
    pub(crate) fn is_seen(self) -> bool {
        match self {
            Self::Garbage(_) => false,
            Self::Cut(bytes) => bytes < 2,
            _ => true,
        }
    }
}

/// What struck an exchange.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Struck {
    pub(crate) fault: Fault,
    pub(crate) ins: u8,
    pub(crate) is_value: bool,
    pub(crate) is_question: bool,
}

/// What is to happen in one step of one process, and what did.
#[derive(Default)]
pub(crate) struct Plan {
    begins: u32,
    exchanges: u32,
    /// Before the transaction of this number.
    pub(crate) at_begin: Option<(u32, Event)>,
    /// While the person types.
    pub(crate) while_typing: Option<Event>,
    /// At the exchange of this number.
    pub(crate) at_exchange: Option<(u32, Fault)>,
    /// At the first command that brings a value.
    pub(crate) at_value: Option<Fault>,
    /// At the first command that brings a new PIN.
    pub(crate) at_new_pin: Option<Fault>,
    /// At the first question for a counter.
    pub(crate) at_question: Option<Fault>,
    /// So many resets fail.
    pub(crate) resets_fail: u32,
    pub(crate) struck: Vec<Struck>,
    pub(crate) happened: Vec<Event>,
}

impl Plan {
    fn fault_of(&mut self, command: &[u8]) -> Option<Fault> {
        let exchange = self.exchanges;
        self.exchanges += 1;
        let &[class, instruction, ..] = command.first_chunk::<4>()?;
        let is_pin = matches!(
            instruction,
            ins::VERIFY | ins::CHANGE_REFERENCE_DATA | ins::RESET_RETRY_COUNTER
        );
        let is_value = is_pin && command.len() > 5;
        let is_question = is_pin && !is_value || class & 0x0C == 0x0C && instruction == 0xCB;
        let due = self.at_exchange.take_if(|(at, _)| *at == exchange);
        let fault = match due {
            Some((_, fault)) => Some(fault),
            None if is_value && instruction != ins::VERIFY && self.at_new_pin.is_some() => {
                self.at_new_pin.take()
            }
            None if is_value => self.at_value.take(),
            None if is_question => self.at_question.take(),
            None => None,
        }?;
        self.struck.push(Struck {
            fault,
            ins: instruction,
            is_value,
            is_question,
        });
        Some(fault)
    }
}

/// A process's own connection.
pub(crate) struct DisturbedLink {
    inner: Box<dyn CardLink>,
    stage: Arc<Stage>,
    me: usize,
    plan: Arc<Mutex<Plan>>,
    epoch: Epoch,
    seen: Epoch,
}

impl DisturbedLink {
    pub(crate) fn connect(stage: &Arc<Stage>, me: usize, plan: &Arc<Mutex<Plan>>) -> Result<Self, LinkError> {
        let inner = stage.connect()?;
        Ok(Self {
            seen: inner.epoch(),
            inner,
            stage: Arc::clone(stage),
            me,
            plan: Arc::clone(plan),
            epoch: Epoch::default(),
        })
    }

    /// The epoch rises with that of the link underneath.
    fn follow<T>(&mut self, outcome: T) -> T {
        if self.inner.epoch() != self.seen {
            self.seen = self.inner.epoch();
            self.epoch = self.epoch.next();
        }
        outcome
    }

    fn timed_out<T>(&mut self, command: &'static str) -> Result<T, LinkError> {
        self.epoch = self.epoch.next();
        Err(LinkError::TimedOut { command })
    }

    fn pass(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        self.stage.ears.speaker.store(self.me, Ordering::SeqCst);
        let answer = self.inner.transmit(command);
        self.stage.ears.speaker.store(others::NOBODY, Ordering::SeqCst);
        self.follow(answer)
    }

    fn reset_fails(&self) -> bool {
        let mut plan = self.plan.lock().unwrap();
        let fails = plan.resets_fail > 0;
        plan.resets_fail = plan.resets_fail.saturating_sub(1);
        fails
    }
}

impl CardLink for DisturbedLink {
    fn reader(&self) -> &ReaderName {
        self.inner.reader()
    }
    fn reader_kind(&self) -> ReaderKind {
        self.inner.reader_kind()
    }
    fn atr(&self) -> &Atr {
        self.inner.atr()
    }
    fn limits(&self) -> Limits {
        self.inner.limits()
    }
    fn epoch(&self) -> Epoch {
        self.epoch
    }
    fn begin(&mut self, _: Duration) -> Result<(), LinkError> {
        let event = {
            let mut plan = self.plan.lock().unwrap();
            let this = plan.begins;
            plan.begins += 1;
            let due = plan.at_begin.take_if(|(at, _)| *at == this);
            let event = due.map(|(_, event)| event);
            plan.happened.extend(event);
            event
        };
        if let Some(event) = event {
            others::happen(&self.stage, event);
        }
        let outcome = self.inner.begin(Duration::ZERO);
        self.follow(outcome)
    }
    fn end(&mut self, disposition: Disposition) -> Result<(), LinkError> {
        if disposition == Disposition::Reset && self.reset_fails() {
            // Who holds the card lets go of it all the same.
            let _ = self.inner.end(Disposition::Leave);
            return self.timed_out("END TRANSACTION");
        }
        let outcome = self.inner.end(disposition);
        self.follow(outcome)
    }
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        let fault = self.plan.lock().unwrap().fault_of(command);
        let Some(fault) = fault else {
            return self.pass(command);
        };
        match fault {
            Fault::CommandLost => return self.timed_out("a command"),
            Fault::OutBefore => self.stage.put_in_again(),
            Fault::Exchanged => self.stage.exchange(),
            _ => {}
        }
        let card = self.stage.card_inside();
        let before = card.as_ref().map_or(0, |card| card.heard_count());
        let answer = self.pass(command)?;
        let is_whole = matches!(fault, Fault::Cut(bytes) if bytes >= answer.len());
        // Of a command about no PIN nothing was heard, and the last one that was is another.
        let is_heard = |card: &Arc<Card>| card.heard_count() > before;
        if let Some(card) = card.filter(is_heard).filter(|_| !is_whole) {
            card.note_fault(fault);
        }
        match fault {
            Fault::AnswerLost => self.timed_out("a command"),
            Fault::Garbage(word) => Ok(Zeroizing::new(word.to_be_bytes().to_vec())),
            Fault::Cut(bytes) => Ok(Zeroizing::new(answer.iter().copied().take(bytes).collect())),
            Fault::OutAfter => {
                self.stage.put_in_again();
                self.epoch = self.epoch.next();
                Err(LinkError::CardRemoved)
            }
            _ => Ok(answer),
        }
    }
    fn rejoin(&mut self, _: Duration) -> Result<(), LinkError> {
        let outcome = self.inner.rejoin(Duration::ZERO);
        self.follow(outcome)
    }
    fn reset(&mut self) -> Result<(), LinkError> {
        if self.reset_fails() {
            return self.timed_out("RESET");
        }
        let outcome = self.inner.reset();
        self.follow(outcome)
    }
    fn close(self: Box<Self>, disposition: Disposition) -> Result<(), LinkError> {
        self.inner.close(disposition)
    }
}
