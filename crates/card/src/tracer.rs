//! Says in the log what passes: header, lengths, status word. Never a data byte.
//!
//! Not here: a file of what was said (`Recorder`).

use varco_apdu::ResponseApdu;

use crate::{CardChannel, Epoch, Limits, LinkError, Request};

/// A channel that logs each exchange at trace level.
pub struct Tracer<C>(C);

impl<C: CardChannel> Tracer<C> {
    /// Around a channel.
    pub fn new(inner: C) -> Self {
        Self(inner)
    }
}

impl<C: CardChannel> CardChannel for Tracer<C> {
    fn exchange(&mut self, request: Request<'_>) -> Result<ResponseApdu, LinkError> {
        match &request {
            Request::Command(command) | Request::PinCommand { command, .. } => {
                tracing::trace!(target: "varco::apdu", ?command, "to card");
            }
            Request::PadEntry { entry, .. } => {
                tracing::trace!(target: "varco::apdu", command = ?entry.template, "to pin pad");
            }
        }
        let outcome = self.0.exchange(request);
        match &outcome {
            Ok(response) => tracing::trace!(target: "varco::apdu", ?response, "from card"),
            Err(error) => tracing::trace!(target: "varco::apdu", code = error.code(), "no answer"),
        }
        outcome
    }

    fn limits(&self) -> Limits {
        self.0.limits()
    }
    fn epoch(&self) -> Epoch {
        self.0.epoch()
    }
    fn reset(&mut self) -> Result<(), LinkError> {
        tracing::trace!(target: "varco::apdu", "reset");
        self.0.reset()
    }
}
