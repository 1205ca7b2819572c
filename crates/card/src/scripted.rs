//! A link that expects given commands and gives given answers: for examples and for tests of channels and
//! drivers.
//!
//! Not here: a card. What a card remembers is played by the emulator.

use core::time::Duration;
use std::collections::VecDeque;

use varco_apdu::Atr;
use zeroize::Zeroizing;

use crate::{CardLink, Disposition, Epoch, ExtendedLength, Limits, LinkError, PinPad, Protocol, ReaderName};

/// One thing that will happen.
enum Step {
    Answer { command: Vec<u8>, answer: Vec<u8> },
    Fail(LinkError),
}

/// Plays a script of exchanges. Anything that differs from it is a [`LinkError::Protocol`].
pub struct ScriptedLink {
    reader: ReaderName,
    atr: Atr,
    epoch: Epoch,
    extended_length: ExtendedLength,
    protocol: Protocol,
    steps: VecDeque<Step>,
    /// How transactions ended, in order.
    pub endings: Vec<Disposition>,
}

impl ScriptedLink {
    /// A link with nothing on its script, to a card with this ATR.
    #[must_use]
    pub fn new(atr: Atr) -> Self {
        Self {
            reader: ReaderName::new("scripted"),
            atr,
            epoch: Epoch::default(),
            extended_length: ExtendedLength::Unknown,
            protocol: Protocol::default(),
            steps: VecDeque::new(),
            endings: Vec::new(),
        }
    }

    /// Appends an exchange, both in hexadecimal. Text that is not hexadecimal becomes an exchange that fails.
    pub fn expect(&mut self, command: &str, answer: &str) {
        self.steps.push_back(match (unhex(command), unhex(answer)) {
            (Some(command), Some(answer)) => Step::Answer { command, answer },
            _ => Step::Fail(LinkError::Protocol {
                what: "the script is not hexadecimal",
            }),
        });
    }

    /// Appends an exchange without answer, which raises the epoch.
    pub fn fail(&mut self, error: LinkError) {
        self.steps.push_back(Step::Fail(error));
    }

    /// What the reader says of extended length.
    pub fn set_extended_length(&mut self, extended_length: ExtendedLength) {
        self.extended_length = extended_length;
    }

    /// How commands reach the card.
    pub fn set_protocol(&mut self, protocol: Protocol) {
        self.protocol = protocol;
    }

    /// Number of exchanges still expected.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.steps.len()
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
        .collect::<Option<_>>()?;
    digits
        .chunks(2)
        .map(|pair| {
            if let [high, low] = pair {
                Some(high << 4 | low)
            } else {
                None
            }
        })
        .collect()
}

impl CardLink for ScriptedLink {
    fn reader(&self) -> &ReaderName {
        &self.reader
    }
    fn atr(&self) -> &Atr {
        &self.atr
    }
    fn limits(&self) -> Limits {
        Limits {
            extended_length: self.extended_length,
            pin_pad: PinPad::Absent,
            protocol: self.protocol,
        }
    }
    fn epoch(&self) -> Epoch {
        self.epoch
    }
    fn begin(&mut self, _wait: Duration) -> Result<(), LinkError> {
        Ok(())
    }
    fn end(&mut self, disposition: Disposition) -> Result<(), LinkError> {
        if disposition == Disposition::Reset {
            self.epoch = self.epoch.next();
        }
        self.endings.push(disposition);
        Ok(())
    }
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        match self.steps.pop_front() {
            Some(Step::Answer {
                command: expected,
                answer,
            }) if expected == command => Ok(Zeroizing::new(answer)),
            Some(Step::Fail(error)) => {
                self.epoch = self.epoch.next();
                Err(error)
            }
            Some(Step::Answer { .. }) => Err(LinkError::Protocol {
                what: "not the command of the script",
            }),
            None => Err(LinkError::Protocol {
                what: "the script is at its end",
            }),
        }
    }
    fn reset(&mut self) -> Result<(), LinkError> {
        self.end(Disposition::Reset)
    }
    fn close(self: Box<Self>, _disposition: Disposition) -> Result<(), LinkError> {
        Ok(())
    }
}

/// A link for the tests of this crate.
#[cfg(test)]
pub(crate) fn link() -> ScriptedLink {
    ScriptedLink::new(Atr::new(&[0x3B, 0x00]).unwrap())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reset_raises_the_epoch_and_nothing_else_that_succeeds_does() {
        let mut link = link();
        link.expect("00B0000001", "AA9000");
        let first = link.epoch();
        link.transmit(&[0x00, 0xB0, 0x00, 0x00, 0x01]).unwrap();
        link.end(Disposition::Leave).unwrap();
        assert_eq!(link.epoch(), first);
        link.end(Disposition::Reset).unwrap();
        let second = link.epoch();
        link.reset().unwrap();
        assert!(first < second && second < link.epoch());
        assert_eq!(
            link.endings,
            [Disposition::Leave, Disposition::Reset, Disposition::Reset]
        );
    }
}
