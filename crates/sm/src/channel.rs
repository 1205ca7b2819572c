//! A channel through which everything goes protected, until the first thing that is wrong.
//!
//! Not here: how a session is agreed upon (`authentication`), and long commands: `Chaining` stands around this channel,
//! and protects each part by itself.

use varco_apdu::ResponseApdu;
use varco_card::{CardChannel, Epoch, Limits, LinkError, PinPad, Request};

use crate::{Session, SessionFault};

/// The most data of one short command that still fits a short one when it is protected `[cie §3.6]`.
pub const SHORT_PART_BYTES: usize = 231;

/// Secure messaging around a channel.
///
/// Any error, an answer without protection where one is due, and any reset or removal close it for good: nothing is sent
/// after that but a reset.
#[derive(Debug)]
pub struct SecureMessaging<C> {
    inner: C,
    epoch: Epoch,
    session: Option<Session>,
}

impl<C: CardChannel> SecureMessaging<C> {
    /// Around a channel to a card that shares this session.
    pub fn new(inner: C, session: Session) -> Self {
        Self {
            epoch: inner.epoch(),
            inner,
            session: Some(session),
        }
    }

    /// Sets the counter anew, as device authentication ends with.
    pub(crate) fn restart(&mut self, counter: u64) {
        if let Some(session) = &mut self.session {
            session.restart(counter);
        }
    }

    /// Whether nothing can be said through it any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.session.is_none() || self.inner.epoch() != self.epoch
    }
}

fn closed(what: &'static str) -> LinkError {
    LinkError::SecureChannel { what }
}

fn fault(fault: SessionFault) -> LinkError {
    closed(match fault {
        SessionFault::Unprotected => "the answer is not protected",
        SessionFault::Malformed => "the protected answer is malformed",
        SessionFault::Mac => "the answer's MAC does not fit",
        SessionFault::Cryptogram => "the answer's data do not decrypt",
        SessionFault::Status => "the status word outside is not the protected one",
        SessionFault::Command => "the command cannot be protected",
    })
}

impl<C: CardChannel> CardChannel for SecureMessaging<C> {
    fn exchange(&mut self, request: Request<'_>) -> Result<ResponseApdu, LinkError> {
        if matches!(request, Request::PadEntry { .. }) {
            // A pad would send the value in clear. Nothing went to the card.
            return Err(LinkError::PinPadUnsupported);
        }
        // Taken out, so that every way out of here but the last leaves it closed.
        let session = self.session.take().filter(|_| self.inner.epoch() == self.epoch);
        let mut session = session.ok_or(closed("it was closed before"))?;
        let answer = match request {
            Request::Command(command) => {
                let protected = session.protect(command).map_err(fault)?;
                self.inner.send(&protected)?
            }
            Request::PinCommand { command, permit } => {
                let command = &session.protect(command).map_err(fault)?;
                self.inner.exchange(Request::PinCommand { command, permit })?
            }
            Request::PadEntry { .. } => return Err(LinkError::PinPadUnsupported),
        };
        let opened = session.open(&answer).map_err(fault)?;
        if self.inner.epoch() != self.epoch {
            return Err(closed("the card was reset"));
        }
        self.session = Some(session);
        Ok(opened)
    }

    fn limits(&self) -> Limits {
        Limits {
            pin_pad: PinPad::Absent,
            ..self.inner.limits()
        }
    }

    fn epoch(&self) -> Epoch {
        self.inner.epoch()
    }

    fn is_secure(&self) -> bool {
        !self.is_closed()
    }

    fn reset(&mut self) -> Result<(), LinkError> {
        self.session = None;
        self.inner.reset()
    }
}

#[cfg(test)]
mod tests;
