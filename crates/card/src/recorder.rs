//! Writes what was said to the card as JSON lines, redacted at capture.
//!
//! What goes under secure messaging is recorded as it was before it was protected, and marked so: the channel that protects it
//! tells that ([`Meaning`]), and what stands for it in between, GET RESPONSE too, is not recorded.
//! Public data stands in hexadecimal; personal and secret data never reaches the sink, only its length and
//! the word that says why it is missing; equal personal data has an equal label. A sink that fails ends the recording, never the conversation.
//!
//! Not here: files, clocks (both are handed in) and reading a trace back.

use core::time::Duration;
use std::borrow::Cow;
use std::io::Write;

use varco_apdu::{Atr, CommandApdu, ResponseApdu, Sensitivity};

use crate::trace::{Data, Labels, Line, hex};
use crate::{CardChannel, Epoch, Limits, LinkError, Meaning, ReaderKind, Request};

/// Where a recording goes: a sink for lines and a clock that starts at zero. Outlives the transactions of
/// one conversation.
pub struct Trace<'s> {
    sink: &'s mut (dyn Write + Send),
    elapsed: &'s (dyn Fn() -> Duration + Sync),
    failed: bool,
    pin_passed: bool,
    labels: Labels,
}

impl<'s> Trace<'s> {
    /// Starts a recording of the conversation with a card of this ATR in a reader of this kind.
    pub fn start(
        reader: ReaderKind,
        atr: &Atr,
        sink: &'s mut (dyn Write + Send),
        elapsed: &'s (dyn Fn() -> Duration + Sync),
    ) -> Self {
        let mut trace = Self {
            sink,
            elapsed,
            failed: false,
            pin_passed: false,
            labels: Labels::default(),
        };
        let at_us = trace.now_us();
        trace.write(&Line::connect(at_us, reader, atr.as_bytes()));
        trace
    }

    /// Whether the sink failed, so that the recording is cut.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.failed
    }

    fn now_us(&self) -> u64 {
        u64::try_from((self.elapsed)().as_micros()).unwrap_or(u64::MAX)
    }

    fn data(&mut self, bytes: &[u8], sensitivity: Sensitivity) -> Data {
        match sensitivity {
            _ if bytes.is_empty() => Data::known(bytes),
            Sensitivity::Public => Data::known(bytes),
            Sensitivity::Personal => Data::withheld(bytes.len(), "personal", self.labels.of(bytes)),
            // Without a label: which values of a secret are equal is nobody's business.
            Sensitivity::Secret => Data::withheld(bytes.len(), "secret", None),
        }
    }

    fn write(&mut self, line: &Line) {
        if self.failed {
            return;
        }
        let written = serde_json::to_vec(line)
            .map_err(std::io::Error::from)
            .and_then(|mut text| {
                text.push(b'\n');
                self.sink.write_all(&text)
            });
        if let Err(error) = written {
            self.failed = true;
            tracing::warn!(kind = ?error.kind(), "the trace could not be written and ends here");
        }
    }
}

/// A channel that records what passes: as it passes, or as it was meant where it passes protected.
pub struct Recorder<'t, 's, C> {
    inner: C,
    trace: &'t mut Trace<'s>,
    within: Option<Within>,
}

/// A command that is on its way in another form.
struct Within {
    /// Its line, until the first of it leaves: what never left was not said.
    line: Option<Line>,
    mark: Option<Sensitivity>,
    is_pin: bool,
    /// How many commands stand for it within each other.
    depth: u32,
}

impl<'t, 's, C: CardChannel> Recorder<'t, 's, C> {
    /// Around a channel.
    pub fn new(inner: C, trace: &'t mut Trace<'s>) -> Self {
        Self {
            inner,
            trace,
            within: None,
        }
    }
}

fn header(command: &CommandApdu) -> String {
    hex(&[command.cla(), command.ins(), command.p1(), command.p2()])
}

/// Whether a card that gets this has seen a PIN.
fn brings_pin(request: &Request<'_>) -> bool {
    !matches!(request, Request::Command(_))
}

impl Trace<'_> {
    /// The line of what is asked, and how sensitive the driver says that the answer is.
    fn asked(&mut self, request: &Request<'_>, secured: bool) -> (Line, Option<Sensitivity>) {
        let at_us = self.now_us();
        match request {
            Request::Command(command) | Request::PinCommand { command, .. } => {
                // A PIN command is secret whatever mark its driver gave it.
                let sensitivity = match request {
                    Request::PinCommand { .. } => Sensitivity::Secret,
                    _ => command.command_sensitivity(),
                };
                let line = Line::Command {
                    at_us,
                    name: Cow::Borrowed(command.name()),
                    header: header(command),
                    data: self.data(command.data(), sensitivity),
                    expected: command.expected(),
                    apdu: None,
                    secured,
                };
                // Where no data is expected, what comes is not of any kind that the driver knows.
                let mark = command.expected().map(|_| command.response_sensitivity());
                (line, mark)
            }
            Request::PadEntry { entry, .. } => {
                let command = &entry.template;
                let line = Line::PadEntry {
                    at_us,
                    name: Cow::Borrowed(command.name()),
                    header: header(command),
                };
                (line, None)
            }
        }
    }

    fn answered(&mut self, outcome: Result<&ResponseApdu, &LinkError>, mark: Option<Sensitivity>) {
        let at_us = self.now_us();
        // A card that has seen a PIN can answer it to anything.
        let sensitivity = mark.filter(|_| !self.pin_passed).unwrap_or(Sensitivity::Secret);
        let line = match outcome {
            Ok(response) => Line::Response {
                at_us,
                data: self.data(response.data(), sensitivity),
                status: response.status().to_string(),
            },
            Err(error) => Line::NoAnswer {
                at_us,
                code: Cow::Borrowed(error.code()),
                status: match error {
                    LinkError::SecureChannel { status, .. } => status.map(|status| status.to_string()),
                    _ => None,
                },
            },
        };
        self.write(&line);
        if matches!(outcome, Err(LinkError::CardRemoved)) {
            self.write(&Line::Removed { at_us });
        }
    }
}

impl<C: CardChannel> CardChannel for Recorder<'_, '_, C> {
    fn exchange(&mut self, request: Request<'_>) -> Result<ResponseApdu, LinkError> {
        self.trace.pin_passed |= brings_pin(&request);
        if let Some(within) = &mut self.within {
            if let Some(line) = within.line.take() {
                self.trace.pin_passed |= within.is_pin;
                self.trace.write(&line);
            }
            return self.inner.exchange(request);
        }
        let (line, mark) = self.trace.asked(&request, false);
        self.trace.write(&line);
        let outcome = self.inner.exchange(request);
        self.trace.answered(outcome.as_ref(), mark);
        outcome
    }

    fn limits(&self) -> Limits {
        self.inner.limits()
    }
    fn epoch(&self) -> Epoch {
        self.inner.epoch()
    }
    fn meant(&mut self, meaning: Meaning<'_>) {
        match (meaning, &mut self.within) {
            (Meaning::Command(_), Some(within)) => within.depth = within.depth.saturating_add(1),
            (Meaning::Command(request), None) => {
                let (line, mark) = self.trace.asked(request, true);
                self.within = Some(Within {
                    line: Some(line),
                    mark,
                    is_pin: brings_pin(request),
                    depth: 0,
                });
            }
            (Meaning::Outcome(_), Some(within)) if within.depth > 0 => within.depth -= 1,
            (Meaning::Outcome(outcome), within) => {
                if let Some(Within { line: None, mark, .. }) = within.take() {
                    self.trace.answered(outcome, mark);
                }
            }
        }
    }
    fn reset(&mut self) -> Result<(), LinkError> {
        let at_us = self.trace.now_us();
        self.trace.write(&Line::Reset { at_us });
        self.inner.reset()
    }
}

#[cfg(test)]
mod tests;
