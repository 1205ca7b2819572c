//! Writes what was said to the card as JSON lines, redacted at capture.
//!
//! Public data stands in hexadecimal; personal and secret data never reaches the sink, only its length and
//! the word that says why it is missing; equal personal data has an equal label. A sink that fails ends the recording, never the conversation.
//!
//! Not here: files, clocks (both are handed in) and reading a trace back.

use core::time::Duration;
use std::borrow::Cow;
use std::io::Write;

use varco_apdu::{Atr, CommandApdu, ResponseApdu, Sensitivity};

use crate::trace::{Data, Labels, Line, hex};
use crate::{CardChannel, Epoch, Limits, LinkError, ReaderKind, Request};

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

/// A channel that records what passes.
pub struct Recorder<'t, 's, C> {
    inner: C,
    trace: &'t mut Trace<'s>,
}

impl<'t, 's, C: CardChannel> Recorder<'t, 's, C> {
    /// Around a channel.
    pub fn new(inner: C, trace: &'t mut Trace<'s>) -> Self {
        Self { inner, trace }
    }
}

fn header(command: &CommandApdu) -> String {
    hex(&[command.cla(), command.ins(), command.p1(), command.p2()])
}

impl<C: CardChannel> CardChannel for Recorder<'_, '_, C> {
    fn exchange(&mut self, request: Request<'_>) -> Result<ResponseApdu, LinkError> {
        let at_us = self.trace.now_us();
        let (line, mark) = match &request {
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
                    data: self.trace.data(command.data(), sensitivity),
                    expected: command.expected(),
                    apdu: None,
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
        };
        self.trace.write(&line);
        // A card that has seen a PIN can answer it to anything.
        self.trace.pin_passed |= !matches!(request, Request::Command(_));
        let answer_sensitivity = match mark {
            Some(mark) if !self.trace.pin_passed => mark,
            _ => Sensitivity::Secret,
        };
        let outcome = self.inner.exchange(request);
        let at_us = self.trace.now_us();
        let line = match &outcome {
            Ok(response) => Line::Response {
                at_us,
                data: self.trace.data(response.data(), answer_sensitivity),
                status: response.status().to_string(),
            },
            Err(error) => Line::NoAnswer {
                at_us,
                code: Cow::Borrowed(error.code()),
            },
        };
        self.trace.write(&line);
        if matches!(outcome, Err(LinkError::CardRemoved)) {
            self.trace.write(&Line::Removed { at_us });
        }
        outcome
    }

    fn limits(&self) -> Limits {
        self.inner.limits()
    }
    fn epoch(&self) -> Epoch {
        self.inner.epoch()
    }
    fn reset(&mut self) -> Result<(), LinkError> {
        let at_us = self.trace.now_us();
        self.trace.write(&Line::Reset { at_us });
        self.inner.reset()
    }
}

#[cfg(test)]
mod tests {
    use varco_apdu::ins;
    use zeroize::Zeroizing;

    use super::*;
    use crate::{PermitScope, PinPermit, Transaction, WAIT_DEFAULT, scripted::ScriptedLink};

    fn verify(channel: &mut dyn CardChannel) {
        let verify = CommandApdu::new(0, ins::VERIFY, 0, 0x90)
            .with_secret_data(Zeroizing::new(b"12345\xFF\xFF\xFF".to_vec()));
        let mut permit = PinPermit::issue(PermitScope::TypedValue, ins::VERIFY, 0x90, channel.epoch());
        channel
            .exchange(Request::PinCommand {
                command: &verify,
                permit: &mut permit,
            })
            .unwrap();
    }

    #[test]
    fn public_data_is_shown_and_personal_and_secret_data_never_reaches_the_sink() {
        let atr = Atr::new(&[0x3B, 0x00]).unwrap();
        let mut link = ScriptedLink::new(atr.clone());
        link.expect("00A4080C0411001101", "9000");
        link.expect("00B0000003", "ABCDEF9000");
        link.expect("00B0000003", "ABCDEF9000");
        link.expect("00200090083132333435FFFFFF", "6300");
        let mut sink = Vec::new();
        {
            let transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
            let mut trace = Trace::start(ReaderKind::Other, &atr, &mut sink, &|| Duration::from_micros(7));
            let mut recorder = Recorder::new(transaction, &mut trace);
            let select = CommandApdu::new(0, 0xA4, 8, 0x0C).with_data(&[0x11, 0x00, 0x11, 0x01]);
            recorder.send(&select).unwrap();
            let read = CommandApdu::new(0, 0xB0, 0, 0)
                .expecting(3)
                .answering(Sensitivity::Personal);
            recorder.send(&read).unwrap();
            recorder.send(&read).unwrap();
            verify(&mut recorder);
        }
        let text = String::from_utf8(sink).unwrap();
        assert_eq!(text.lines().count(), 9);
        assert!(text.contains(r#""hex":"11001101""#));
        let read = r#"{"event":"response","at_us":7,"data":{"length_bytes":3,"redacted":"personal","label":"personal-1"}"#;
        assert_eq!(text.matches(read).count(), 2, "{text}");
        let first =
            r#"{"event":"connect","format":2,"at_us":7,"capture":"redacted","reader":"other","atr":"3B00"}"#;
        assert!(text.starts_with(first), "{text}");
        assert!(!text.contains("ABCDEF") && !text.contains("3132333435"));
    }

    #[test]
    fn a_card_that_echoes_the_pin_is_not_recorded_doing_so() {
        let atr = Atr::new(&[0x3B, 0x00]).unwrap();
        let mut link = ScriptedLink::new(atr.clone());
        link.expect("00200090083132333435FFFFFF", "31323334359000");
        link.expect("0022F303", "31323334359000");
        link.expect("00CA010000", "31323334359000");
        let mut sink = Vec::new();
        {
            let transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
            let mut trace = Trace::start(ReaderKind::Other, &atr, &mut sink, &|| Duration::ZERO);
            let mut recorder = Recorder::new(transaction, &mut trace);
            verify(&mut recorder);
            recorder.send(&CommandApdu::new(0, 0x22, 0xF3, 0x03)).unwrap();
            recorder
                .send(&CommandApdu::new(0, 0xCA, 0x01, 0x00).expecting(256))
                .unwrap();
        }
        let text = String::from_utf8(sink).unwrap();
        assert_eq!(text.lines().count(), 7, "{text}");
        assert!(!text.contains("3132333435"), "{text}");
    }

    #[test]
    fn an_entry_on_a_pin_pad_is_recorded_by_its_header_and_its_end_alone() {
        let atr = Atr::new(&[0x3B, 0x00]).unwrap();
        let mut link = ScriptedLink::new(atr.clone());
        let mut sink = Vec::new();
        {
            let transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
            let mut trace = Trace::start(ReaderKind::Other, &atr, &mut sink, &|| Duration::ZERO);
            let mut recorder = Recorder::new(transaction, &mut trace);
            let entry = crate::PadEntry {
                task: crate::PadTask::Verify,
                template: CommandApdu::new(0, ins::VERIFY, 0, 0x90).with_data(&[0xFF; 8]),
                block_bytes: 8,
                length_min: 5,
                length_max: 8,
                timeout_s: 30,
                language: crate::PadLanguage::default(),
            };
            let mut permit = PinPermit::issue(PermitScope::TypedValue, ins::VERIFY, 0x90, recorder.epoch());
            let refused = recorder.exchange(Request::PadEntry {
                entry: &entry,
                permit: &mut permit,
            });
            assert_eq!(refused.unwrap_err(), LinkError::PinPadUnsupported);
        }
        let text = String::from_utf8(sink).unwrap();
        let lines: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(
            lines,
            [
                r#"{"event":"pad-entry","at_us":0,"name":"VERIFY","header":"00200090"}"#,
                r#"{"event":"no-answer","at_us":0,"code":"pin-pad-unsupported"}"#,
            ]
        );
    }

    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_sink_that_fails_does_not_end_the_conversation() {
        let atr = Atr::new(&[0x3B, 0x00]).unwrap();
        let mut link = ScriptedLink::new(atr.clone());
        link.expect("00840000", "9000");
        let mut sink = Full;
        let transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
        let mut trace = Trace::start(ReaderKind::Other, &atr, &mut sink, &|| Duration::ZERO);
        let mut recorder = Recorder::new(transaction, &mut trace);
        assert!(
            recorder
                .send(&CommandApdu::new(0, 0x84, 0, 0))
                .unwrap()
                .status()
                .is_success()
        );
    }
}
