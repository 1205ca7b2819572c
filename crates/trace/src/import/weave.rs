//! Commands, answers and events of a log, in their order, as a trace.
//!
//! Not here: the form of a log.

use varco_apdu::{Atr, CommandApdu, ResponseApdu};
use zeroize::Zeroizing;

use super::redact::Redactor;
use super::{ImportError, Imported, SAID_MAX};
use crate::said::{Answer, Exchange, Said};

/// Class, instruction and both parameters.
const HEADER_BYTES: usize = 4;

/// A trace in the making.
#[derive(Default)]
pub(super) struct Weave {
    said: Vec<Said>,
    /// The command that waits for its answer, with its place in the log.
    asked: Option<(u64, usize, CommandApdu)>,
    atr: Option<Vec<u8>>,
    redactor: Redactor,
    left_out: u64,
}

impl Weave {
    /// A command went out; the one before had no answer.
    pub(super) fn command(
        &mut self,
        at_us: u64,
        line: usize,
        bytes: &Zeroizing<Vec<u8>>,
    ) -> Result<(), ImportError> {
        self.settle(None)?;
        match CommandApdu::parse(bytes) {
            // No card has such a class: it is what another line of the log announced, and may be a PIN.
            _ if bytes.iter().take(HEADER_BYTES).all(u8::is_ascii_digit) => self.leave_out(),
            Ok((command, _)) => self.asked = Some((at_us, line, command)),
            Err(_) => self.leave_out(),
        }
        Ok(())
    }

    /// An answer came.
    pub(super) fn answer(&mut self, at_us: u64, bytes: &Zeroizing<Vec<u8>>) -> Result<(), ImportError> {
        match ResponseApdu::parse(bytes) {
            Ok(response) if self.asked.is_some() => self.settle(Some((at_us, &response))),
            _ => {
                self.leave_out();
                Ok(())
            }
        }
    }

    /// A line that should hold something, and does not: nobody knows what.
    pub(super) fn leave_out(&mut self) {
        self.left_out += 1;
        self.redactor.close();
    }

    /// A card answered to reset.
    pub(super) fn atr(&mut self, at_us: u64, line: usize, atr: &[u8]) -> Result<(), ImportError> {
        if self.is_in(atr) {
            return Ok(());
        }
        if !matches!(atr, [0x3B | 0x3F, ..]) || Atr::new(atr).is_err() {
            self.leave_out();
            return Ok(());
        }
        self.settle(None)?;
        self.atr = Some(atr.to_vec());
        self.push(
            line,
            Said::Connect {
                at_us,
                atr: atr.to_vec(),
            },
        )
    }

    /// Whether a card of this answer to reset is in.
    pub(super) fn is_in(&self, atr: &[u8]) -> bool {
        self.atr.as_deref() == Some(atr)
    }

    /// The card was reset. Twice in a row is once.
    pub(super) fn reset(&mut self, at_us: u64, line: usize) -> Result<(), ImportError> {
        self.settle(None)?;
        match self.said.last() {
            Some(Said::Exchange(_)) => self.push(line, Said::Reset { at_us }),
            _ => Ok(()),
        }
    }

    /// The card left.
    pub(super) fn removed(&mut self, at_us: u64, line: usize) -> Result<(), ImportError> {
        self.settle(None)?;
        self.atr = None;
        match self.said.last() {
            None | Some(Said::Removed { .. }) => Ok(()),
            Some(_) => self.push(line, Said::Removed { at_us }),
        }
    }

    /// All that was said.
    pub(super) fn end(mut self) -> Result<Imported, ImportError> {
        self.settle(None)?;
        Ok(Imported {
            said: self.said,
            left_out: self.left_out,
        })
    }

    fn settle(&mut self, answer: Option<(u64, &ResponseApdu)>) -> Result<(), ImportError> {
        let Some((at_us, line, command)) = self.asked.take() else {
            return Ok(());
        };
        if !matches!(
            self.said.last(),
            Some(Said::Exchange(_) | Said::Reset { .. } | Said::Connect { .. })
        ) {
            // The log begins in the middle of a conversation, or does not tell what card it is.
            self.push(
                line,
                Said::Connect {
                    at_us,
                    atr: Vec::new(),
                },
            )?;
        }
        let data = self.redactor.command(&command);
        let answer = match answer {
            None => {
                // Should it come later, it would be taken for another one's.
                self.redactor.close();
                Answer::Cut
            }
            Some((at_us, response)) => Answer::Given {
                at_us,
                data: self.redactor.answer(&command, response),
                status: response.status(),
            },
        };
        self.push(
            line,
            Said::Exchange(Exchange {
                at_us,
                header: [command.cla(), command.ins(), command.p1(), command.p2()],
                data,
                expected: command.expected(),
                secured: false,
                by_pad: false,
                answer,
            }),
        )
    }

    fn push(&mut self, line: usize, said: Said) -> Result<(), ImportError> {
        if self.said.len() >= SAID_MAX {
            return Err(ImportError::TooMany { line });
        }
        self.said.push(said);
        Ok(())
    }
}
