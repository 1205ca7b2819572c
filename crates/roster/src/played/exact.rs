//! Exact traces: every byte that passes between a played reader and its card, both ways, and every reset and removal.
//!
//! Such a trace holds PINs, keys' results and whoever the card is of in clear. It can be had of played readers alone:
//! there is no other way to an [`ExactTrace`] than [`ExactReaders::new`], which takes [`PlayedReader`]s.
//!
//! Not here: traces that leave out what is personal and secret (`varco-card`).

use core::time::Duration;
use std::borrow::Cow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use varco_apdu::{Atr, CommandApdu, ResponseApdu};
use varco_card::trace::{Capture, Data, FORMAT, Line, Recipe, hex};
use varco_card::{
    CardLink, Disposition, Epoch, Limits, LinkError, ReaderDriver, ReaderKind, ReaderName, ReaderState,
    ReaderWatch,
};
use zeroize::Zeroizing;

use super::link::PlayedLink;
use super::{PlayedReader, PlayedReaders};

/// The longest trace that is kept; what comes after it is not recorded, and [`ExactTrace::is_cut`] says so.
const TEXT_MAX_BYTES: usize = 16 << 20;

/// What was said in a played reader, so far.
#[derive(Clone)]
pub struct ExactTrace(Arc<Mutex<Text>>);

#[derive(Default)]
struct Text {
    lines: Vec<u8>,
    is_cut: bool,
}

impl ExactTrace {
    fn lock(&self) -> MutexGuard<'_, Text> {
        // A panic of another holder left whole lines behind.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lines so far.
    #[must_use]
    pub fn text(&self) -> Vec<u8> {
        self.lock().lines.clone()
    }

    /// Whether more was said than is kept.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.lock().is_cut
    }

    fn write(&self, line: &Line) {
        let mut text = self.lock();
        match serde_json::to_vec(line) {
            Ok(line) if !text.is_cut && text.lines.len() + line.len() < TEXT_MAX_BYTES => {
                text.lines.extend_from_slice(&line);
                text.lines.push(b'\n');
            }
            _ => text.is_cut = true,
        }
    }
}

/// One played reader, each conversation with whose card is recorded.
pub struct ExactReaders {
    readers: PlayedReaders,
    reader: PlayedReader,
    recipe: Recipe,
    trace: ExactTrace,
}

impl ExactReaders {
    /// Records what is said in this reader. Times are those of its counted clock. The first line holds the recipe, which is the
    /// caller's word.
    #[must_use]
    pub fn new(readers: PlayedReaders, reader: PlayedReader, recipe: Recipe) -> (Self, ExactTrace) {
        let trace = ExactTrace(Arc::default());
        let recorded = Self {
            readers,
            reader,
            recipe,
            trace: trace.clone(),
        };
        (recorded, trace)
    }
}

impl ReaderDriver for ExactReaders {
    fn readers(&self) -> Result<Vec<ReaderState>, LinkError> {
        self.readers.readers()
    }

    fn connect(&self, reader: &ReaderName, _wait: Duration) -> Result<Box<dyn CardLink>, LinkError> {
        if reader != self.reader.name() {
            return Err(LinkError::NoReader);
        }
        let link = ExactLink {
            inner: PlayedLink::connect(&self.reader)?,
            reader: self.reader.clone(),
            trace: self.trace.clone(),
            closed: false,
        };
        self.trace.write(&Line::Connect {
            format: FORMAT,
            at_us: link.now_us(),
            capture: Capture::Exact,
            reader: Cow::Borrowed(ReaderKind::Played.name()),
            atr: hex(link.atr().as_bytes()),
            recipe: Some(self.recipe.clone()),
        });
        Ok(Box::new(link))
    }

    fn watch(&self) -> Result<Box<dyn ReaderWatch>, LinkError> {
        self.readers.watch()
    }
}

struct ExactLink {
    inner: PlayedLink,
    reader: PlayedReader,
    trace: ExactTrace,
    closed: bool,
}

impl ExactLink {
    fn now_us(&self) -> u64 {
        u64::try_from(self.reader.clock().as_micros()).unwrap_or(u64::MAX)
    }

    fn wrote_reset(&self, disposition: Disposition) {
        if disposition == Disposition::Reset {
            let at_us = self.now_us();
            self.trace.write(&Line::Reset { at_us });
        }
    }

    fn write_command(&self, bytes: &[u8]) {
        let at_us = self.now_us();
        // What is no command still went out: its bytes are in `apdu`.
        let parsed = CommandApdu::parse(bytes).map(|(command, _)| command).ok();
        let (name, data, expected) = match &parsed {
            Some(command) => (command.name(), command.data(), command.expected()),
            None => ("command", &[][..], None),
        };
        let mut header = [0; 4];
        for (slot, byte) in header.iter_mut().zip(bytes) {
            *slot = *byte;
        }
        self.trace.write(&Line::Command {
            at_us,
            name: Cow::Borrowed(name),
            header: hex(&header),
            data: Data::known(data),
            expected,
            apdu: Some(hex(bytes)),
            secured: false,
        });
    }

    fn write_answer(&self, outcome: &Result<Zeroizing<Vec<u8>>, LinkError>) {
        let at_us = self.now_us();
        let parsed = outcome.as_ref().map(|answer| ResponseApdu::parse(answer));
        match parsed {
            Ok(Ok(response)) => self.trace.write(&Line::Response {
                at_us,
                data: Data::known(response.data()),
                status: response.status().to_string(),
            }),
            // The link of a played reader makes a removal of what is too short.
            Ok(Err(_)) => self.trace.write(&Line::NoAnswer {
                at_us,
                code: Cow::Borrowed(LinkError::CardRemoved.code()),
                status: None,
            }),
            Err(error) => {
                self.trace.write(&Line::NoAnswer {
                    at_us,
                    code: Cow::Borrowed(error.code()),
                    status: None,
                });
                if *error == LinkError::CardRemoved {
                    self.trace.write(&Line::Removed { at_us });
                }
            }
        }
    }
}

impl CardLink for ExactLink {
    fn reader(&self) -> &ReaderName {
        self.reader.name()
    }
    fn reader_kind(&self) -> ReaderKind {
        ReaderKind::Played
    }
    fn atr(&self) -> &Atr {
        self.inner.atr()
    }
    fn limits(&self) -> Limits {
        self.inner.limits()
    }
    fn epoch(&self) -> Epoch {
        self.inner.epoch()
    }
    fn begin(&mut self, wait: Duration) -> Result<(), LinkError> {
        self.inner.begin(wait)
    }
    fn end(&mut self, disposition: Disposition) -> Result<(), LinkError> {
        self.wrote_reset(disposition);
        self.inner.end(disposition)
    }
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        self.write_command(command);
        let outcome = self.inner.transmit(command);
        self.write_answer(&outcome);
        outcome
    }
    fn rejoin(&mut self, wait: Duration) -> Result<(), LinkError> {
        self.inner.rejoin(wait)?;
        let at_us = self.now_us();
        self.trace.write(&Line::Control {
            at_us,
            what: Cow::Borrowed("rejoin"),
        });
        Ok(())
    }
    fn reset(&mut self) -> Result<(), LinkError> {
        self.wrote_reset(Disposition::Reset);
        self.inner.reset()
    }
    fn close(mut self: Box<Self>, disposition: Disposition) -> Result<(), LinkError> {
        self.closed = true;
        self.wrote_reset(disposition);
        self.inner.finish(disposition)
    }
}

impl Drop for ExactLink {
    fn drop(&mut self) {
        if !self.closed {
            // The link within resets the card, as the contract has it for links that nobody closed.
            self.wrote_reset(Disposition::Reset);
        }
    }
}

#[cfg(test)]
mod tests;
