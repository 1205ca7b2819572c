//! A card held for this program, and the only way from a link to a channel.
//!
//! Not here: the reader's own transaction calls (its driver has them).

use core::time::Duration;
use std::cell::Cell;
use std::rc::Rc;

use varco_apdu::{LengthForm, ResponseApdu};
#[cfg(feature = "planted-bugs")]
use varco_planted::{Bug, is_planted};

use crate::{
    CardChannel, CardLink, Disposition, Epoch, ExtendedLength, Limits, LinkError, Protocol, Request, guard,
};

/// The most that is said within one transaction. The longest honest one says a few hundred commands; loops within loops
/// that a hostile card keeps going end here.
const EXCHANGES_MAX: u32 = 2_000;

/// How much is still said to a card before a conversation counts as endless. Clones are the same: whoever asks a card something
/// new, long after the last thing, begins it anew.
#[derive(Clone, Debug, Default)]
pub struct Budget(Rc<Cell<u32>>);

impl Budget {
    /// Begins anew: what comes is another question.
    pub fn renew(&self) {
        self.0.set(0);
    }

    /// Takes note of an exchange; `false` where there have been as many as may be.
    fn spend(&self) -> bool {
        let spent = self.0.get();
        self.0.set(spent.saturating_add(1));
        spent < EXCHANGES_MAX
    }
}

/// Holds the card until it is ended or dropped. The PIN guard stands here, right above the reader.
///
/// If a PIN passed, it ends with a card reset even when dropped by an error or a panic, so that nobody inherits
/// a verified PIN. A question for the counter verifies nothing and disturbs nobody.
pub struct Transaction<'l> {
    link: &'l mut dyn CardLink,
    exchanges: u32,
    budget: Budget,
    pin_passed: bool,
    ended: bool,
}

impl<'l> Transaction<'l> {
    /// Takes the card, waiting at most `wait` while another program holds it.
    ///
    /// # Errors
    /// [`LinkError`] when it is busy, gone, or was reset meanwhile.
    pub fn begin(link: &'l mut dyn CardLink, wait: Duration) -> Result<Self, LinkError> {
        link.begin(wait)?;
        Ok(Self {
            link,
            exchanges: 0,
            budget: Budget::default(),
            pin_passed: false,
            ended: false,
        })
    }

    /// With a budget that somebody else may renew.
    #[must_use]
    pub fn within(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// Number of C-APDUs that were sent to the card so far, pin-pad entries included.
    #[must_use]
    pub fn exchanges(&self) -> u32 {
        self.exchanges
    }

    /// Whether a PIN was sent and the card was not reset since.
    #[must_use]
    pub fn has_seen_pin(&self) -> bool {
        self.pin_passed
    }

    /// Gives the card back. After a PIN it is reset whatever is asked.
    ///
    /// # Errors
    /// [`LinkError`] when the reader could not.
    pub fn end(mut self, disposition: Disposition) -> Result<(), LinkError> {
        self.finish(disposition)
    }

    fn finish(&mut self, asked: Disposition) -> Result<(), LinkError> {
        if self.ended {
            return Ok(());
        }
        self.ended = true;
        let is_reset_due = self.pin_passed;
        #[cfg(feature = "planted-bugs")]
        let is_reset_due = is_reset_due && !is_planted(Bug::NotReset);
        self.link
            .end(if is_reset_due { Disposition::Reset } else { asked })
    }
}

impl CardChannel for Transaction<'_> {
    fn exchange(&mut self, mut request: Request<'_>) -> Result<ResponseApdu, LinkError> {
        let name = request.name();
        let encoded = match &request {
            Request::Command(command) | Request::PinCommand { command, .. } => {
                let form = if command.fits_short() {
                    LengthForm::Short
                } else {
                    LengthForm::Extended
                };
                let too_long = || LinkError::CommandTooLong {
                    command: name,
                    length_bytes: command.data().len(),
                };
                let limits = self.link.limits();
                let is_passed =
                    limits.extended_length != ExtendedLength::Unsupported && limits.protocol != Protocol::T0;
                if form == LengthForm::Extended && !is_passed {
                    return Err(too_long());
                }
                Some(
                    match limits.protocol {
                        Protocol::T0 => command.encode_t0(),
                        Protocol::Apdu => command.encode(form),
                    }
                    .map_err(|_| too_long())?,
                )
            }
            Request::PadEntry { .. } => None,
        };
        let carries_pin = match &request {
            Request::Command(_) => false,
            Request::PinCommand { command, .. } => !command.data().is_empty(),
            Request::PadEntry { .. } => true,
        };
        guard::check(&mut request, self.link.epoch()).map_err(|refusal| LinkError::Guard {
            command: name,
            refusal,
        })?;
        if !self.budget.spend() {
            return Err(LinkError::Protocol {
                what: "the card makes the conversation endless",
            });
        }
        self.pin_passed |= carries_pin;
        self.exchanges = self.exchanges.saturating_add(1);
        let answer = match (encoded, &request) {
            (Some(bytes), _) => {
                let answer = self.link.transmit(&bytes);
                #[cfg(feature = "planted-bugs")]
                let answer = match answer {
                    Err(LinkError::TimedOut { .. }) if is_planted(Bug::SentAgain) => {
                        self.link.transmit(&bytes)
                    }
                    Err(LinkError::TimedOut { .. }) if is_planted(Bug::SentForEver) => loop {
                        let _ = self.link.transmit(&bytes);
                    },
                    Err(LinkError::TimedOut { .. }) if is_planted(Bug::WaitsForEver) => loop {
                        std::thread::park();
                    },
                    answer => answer,
                };
                answer?
            }
            (None, Request::PadEntry { entry, .. }) => self.link.transmit_pad_entry(entry)?,
            (None, _) => {
                return Err(LinkError::Protocol {
                    what: "a command without bytes",
                });
            }
        };
        ResponseApdu::parse(&answer).map_err(|_| LinkError::CardRemoved)
    }

    fn limits(&self) -> Limits {
        self.link.limits()
    }

    fn epoch(&self) -> Epoch {
        self.link.epoch()
    }

    fn reset(&mut self) -> Result<(), LinkError> {
        let outcome = self.link.reset();
        // Only a reset that happened takes the verified PIN away.
        self.pin_passed &= outcome.is_err();
        outcome
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.finish(Disposition::Leave) {
            tracing::warn!(code = error.code(), "the transaction did not end cleanly");
        }
    }
}

#[cfg(test)]
mod tests;
