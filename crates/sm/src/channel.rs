//! A channel through which everything goes protected, until the first thing that is wrong.
//!
//! Not here: how a session is agreed upon (`authentication`), and long commands: `Chaining` stands around this channel,
//! and protects each part by itself.

use varco_apdu::{ResponseApdu, StatusWord};
use varco_card::{CardChannel, Epoch, Limits, LinkError, Meaning, PinPad, Request};

use crate::{Session, SessionFault};

/// The most data of one short command that still fits a short one when it is protected `[cie §3.6]`.
pub(crate) const SHORT_PART_BYTES: usize = 231;

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
    pub(crate) fn new(inner: C, session: Session) -> Self {
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

/// What is said when it ends, and where.
struct Ending {
    command: &'static str,
    status: Option<StatusWord>,
}

impl Ending {
    fn by(&self, what: &'static str) -> LinkError {
        LinkError::SecureChannel {
            command: self.command,
            status: self.status,
            what,
        }
    }
}

fn what(fault: SessionFault) -> &'static str {
    match fault {
        SessionFault::Unprotected => "the answer is not protected",
        SessionFault::Malformed => "the protected answer is malformed",
        SessionFault::Mac => "the answer's MAC does not fit",
        SessionFault::Cryptogram => "the answer's data do not decrypt",
        SessionFault::Status => "the status word outside is not the protected one",
        SessionFault::Command => "the command cannot be protected",
    }
}

impl<C: CardChannel> SecureMessaging<C> {
    fn exchange_protected(&mut self, request: Request<'_>) -> Result<ResponseApdu, LinkError> {
        let (command, permit) = match request {
            Request::Command(command) => (command, None),
            Request::PinCommand { command, permit } => (command, Some(permit)),
            // A pad would send the value in clear. Nothing went to the card.
            Request::PadEntry { .. } => return Err(LinkError::PinPadUnsupported),
        };
        let mut ending = Ending {
            command: command.name(),
            status: None,
        };
        // Taken out, so that every way out of here but the last leaves it closed.
        let session = self.session.take().filter(|_| self.inner.epoch() == self.epoch);
        let mut session = session.ok_or_else(|| ending.by("it was closed before"))?;
        let protected = session.protect(command).map_err(|fault| ending.by(what(fault)))?;
        let answer = match permit {
            None => self.inner.send(&protected)?,
            Some(permit) => self.inner.exchange(Request::PinCommand {
                command: &protected,
                permit,
            })?,
        };
        ending.status = Some(answer.status());
        let opened = session.open(&answer).map_err(|fault| ending.by(what(fault)))?;
        if self.inner.epoch() != self.epoch {
            return Err(ending.by("the card was reset"));
        }
        self.session = Some(session);
        Ok(opened)
    }
}

impl<C: CardChannel> CardChannel for SecureMessaging<C> {
    fn exchange(&mut self, request: Request<'_>) -> Result<ResponseApdu, LinkError> {
        self.inner.meant(Meaning::Command(&request));
        let outcome = self.exchange_protected(request);
        self.inner.meant(Meaning::Outcome(outcome.as_ref()));
        outcome
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

    fn meant(&mut self, meaning: Meaning<'_>) {
        self.inner.meant(meaning);
    }

    fn reset(&mut self) -> Result<(), LinkError> {
        self.session = None;
        self.inner.reset()
    }
}

#[cfg(test)]
mod tests;
