//! The link of the journey to the reader, with what it suffers besides the catalogue.
//!
//! Not here: which of it is due (`bench`).

use core::time::Duration;
use std::collections::HashMap;
use std::sync::Arc;

use varco_apdu::Atr;
use varco_card::{CardLink, Disposition, Epoch, Limits, LinkError, ReaderKind, ReaderName};
use zeroize::Zeroizing;

use super::bench::Bench;
use super::fault::Place;

/// A connection with faults.
pub(crate) struct Wire {
    inner: Box<dyn CardLink>,
    bench: Arc<Bench>,
    epoch: Epoch,
    seen: Epoch,
    /// The last answer to each instruction.
    before: HashMap<u8, Zeroizing<Vec<u8>>>,
}

impl Wire {
    pub(crate) fn connect(bench: &Arc<Bench>) -> Result<Self, LinkError> {
        let inner = bench.connect()?;
        Ok(Self {
            seen: inner.epoch(),
            inner,
            bench: Arc::clone(bench),
            epoch: Epoch::default(),
            before: HashMap::new(),
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
}

impl CardLink for Wire {
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
        self.bench.call();
        self.bench.pass(Place::Begin);
        let outcome = self.inner.begin(Duration::ZERO);
        self.follow(outcome)
    }
    fn end(&mut self, disposition: Disposition) -> Result<(), LinkError> {
        self.bench.call();
        let outcome = if disposition == Disposition::Reset && self.bench.reset_fails() {
            // Who holds the card lets go of it all the same.
            let _ = self.inner.end(Disposition::Leave);
            self.timed_out("END TRANSACTION")
        } else {
            let outcome = self.inner.end(disposition);
            self.follow(outcome)
        };
        if disposition == Disposition::Reset {
            self.bench.note_reset(&outcome);
        }
        outcome
    }
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        let instruction = command.get(1).copied().unwrap_or_default();
        self.bench.send();
        self.bench.call();
        let old = self.bench.old_answer(instruction);
        let answer = self.inner.transmit(command);
        self.bench.note_fired();
        let answer = self.follow(answer)?;
        match (self.before.insert(instruction, answer.clone()), old) {
            (Some(before), Some(old)) if before != answer => {
                self.bench.strike(old);
                Ok(before)
            }
            _ => Ok(answer),
        }
    }
    fn rejoin(&mut self, _: Duration) -> Result<(), LinkError> {
        self.bench.call();
        let outcome = self.inner.rejoin(Duration::ZERO);
        self.follow(outcome)
    }
    fn reset(&mut self) -> Result<(), LinkError> {
        self.bench.call();
        let outcome = if self.bench.reset_fails() {
            self.timed_out("RESET")
        } else {
            let outcome = self.inner.reset();
            self.follow(outcome)
        };
        self.bench.note_reset(&outcome);
        outcome
    }
    fn close(self: Box<Self>, disposition: Disposition) -> Result<(), LinkError> {
        self.inner.close(disposition)
    }
}
