//! One conversation with a CNS: the channels that its profile asks for, and which answers mean "done".
//!
//! Not here: any dialogue. Each has a file of its own.

use varco_apdu::{CommandApdu, ResponseApdu, StatusWord};
use varco_card::{CardChannel, Chaining, LengthCorrection, PinPermit, Request};
use varco_credential::CardError;

use crate::profile::Profile;

/// The channel of one call, as this card needs it.
pub(crate) struct Dialogue<'c> {
    channel: Chaining<LengthCorrection<&'c mut dyn CardChannel>>,
    pub(crate) profile: &'static Profile,
}

impl<'c> Dialogue<'c> {
    pub(crate) fn new(channel: &'c mut dyn CardChannel, profile: &'static Profile) -> Self {
        let corrected = LengthCorrection::new(channel);
        Self {
            channel: Chaining::new(corrected, profile.commands.long.into()),
            profile,
        }
    }

    /// The most bytes to read at once.
    pub(crate) fn read_block_bytes(&self) -> u32 {
        if self.channel.uses_extended_length() {
            65_536
        } else {
            self.profile.commands.read_block_bytes
        }
    }

    /// Sends a command; any status word is an answer.
    pub(crate) fn ask(&mut self, command: &CommandApdu) -> Result<ResponseApdu, CardError> {
        Ok(self.channel.send(command)?)
    }

    /// Sends a PIN command with its permit; any status word is an answer.
    pub(crate) fn ask_with_permit(
        &mut self,
        command: &CommandApdu,
        permit: &mut PinPermit,
    ) -> Result<StatusWord, CardError> {
        let request = Request::PinCommand { command, permit };
        Ok(self.channel.exchange(request)?.status())
    }

    /// Sends a command that must be done.
    pub(crate) fn must(
        &mut self,
        command: &CommandApdu,
        target: &'static str,
    ) -> Result<ResponseApdu, CardError> {
        let answer = self.ask(command)?;
        self.require_done(command, target, answer.status())?;
        Ok(answer)
    }

    /// Whether this maker's card says "done" with this word.
    pub(crate) fn is_done(&self, status: StatusWord) -> bool {
        self.profile.commands.success_words.contains(&u16::from(status))
    }

    /// An error that keeps command, target and status word, unless the card says "done".
    pub(crate) fn require_done(
        &self,
        command: &CommandApdu,
        target: &'static str,
        status: StatusWord,
    ) -> Result<(), CardError> {
        if self.is_done(status) {
            Ok(())
        } else {
            Err(refused(command, target, status))
        }
    }
}

/// The card said no.
pub(crate) fn refused(command: &CommandApdu, target: &'static str, status: StatusWord) -> CardError {
    CardError::Status {
        command: command.name(),
        target,
        status,
    }
}
