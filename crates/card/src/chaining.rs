//! Gets commands of more than 255 data bytes to the card: in a chain, or with extended length.
//!
//! Not here: which of them a card takes; its profile says that.

use varco_apdu::{ChainPosition, CommandApdu, ResponseApdu};

use crate::{CardChannel, Epoch, ExtendedLength, Limits, LinkError, Meaning, Protocol, Request};

/// Data bytes in one part of a chain, where nobody says otherwise: what a short command holds.
const PART_BYTES: usize = 255;

/// How a card takes commands that do not fit a short APDU.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LongCommands {
    /// In a chain (ISO/IEC 7816-4 §5.3.3) whatever the reader can do.
    Chained,
    /// With extended length, also through readers that do not say whether they pass it.
    Extended,
    /// With extended length where the reader says that it passes, in a chain otherwise.
    Either,
    /// Not at all.
    Refused,
}

/// The way that a long command takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Extended,
    Chain,
}

impl LongCommands {
    fn way(self, limits: Limits) -> Option<Way> {
        let extended_length = match limits.protocol {
            Protocol::T0 => ExtendedLength::Unsupported,
            Protocol::Apdu => limits.extended_length,
        };
        match (self, extended_length) {
            (Self::Refused, _) | (Self::Extended, ExtendedLength::Unsupported) => None,
            (Self::Extended, _) | (Self::Either, ExtendedLength::Supported) => Some(Way::Extended),
            (Self::Chained | Self::Either, _) => Some(Way::Chain),
        }
    }

    /// Whether a command of more than 255 data bytes gets to the card through a reader of these limits.
    #[must_use]
    pub fn pass(self, limits: Limits) -> bool {
        self.way(limits).is_some()
    }
}

/// A channel that takes commands of any length.
pub struct Chaining<C> {
    inner: C,
    long_commands: LongCommands,
    part_bytes: usize,
}

impl<C: CardChannel> Chaining<C> {
    /// Around a channel to a card that takes long commands in this way.
    pub fn new(inner: C, long_commands: LongCommands) -> Self {
        Self {
            inner,
            long_commands,
            part_bytes: PART_BYTES,
        }
    }

    /// In parts of so many data bytes, 1 to 255, where the channel within needs room for more.
    #[must_use]
    pub fn in_parts_of(mut self, part_bytes: usize) -> Self {
        self.part_bytes = part_bytes.clamp(1, PART_BYTES);
        self
    }

    /// Whether commands and answers of extended length are used with this card through this reader.
    #[must_use]
    pub fn uses_extended_length(&self) -> bool {
        self.long_commands.way(self.inner.limits()) == Some(Way::Extended)
    }
}

impl<C: CardChannel> Chaining<C> {
    /// Sends part after part, until the last or the first that the card refuses; nothing for a command without data.
    fn send_parts(&mut self, command: &CommandApdu) -> Option<Result<ResponseApdu, LinkError>> {
        let mut parts = command.data().chunks(self.part_bytes).peekable();
        while let Some(part) = parts.next() {
            let position = if parts.peek().is_some() {
                ChainPosition::NotLast
            } else {
                ChainPosition::Last
            };
            let answer = self.inner.send(&command.chained_part(part, position));
            let is_refused = answer
                .as_ref()
                .map_or(true, |answer| !answer.status().is_success());
            if position == ChainPosition::Last || is_refused {
                return Some(answer);
            }
        }
        None
    }
}

impl<C: CardChannel> CardChannel for Chaining<C> {
    fn exchange(&mut self, request: Request<'_>) -> Result<ResponseApdu, LinkError> {
        // PIN commands are never long and never chained; the guard sees to it.
        let Request::Command(command) = request else {
            return self.inner.exchange(request);
        };
        let way = self.long_commands.way(self.inner.limits());
        let is_short = command.fits_short() && command.data().len() <= self.part_bytes;
        if is_short || way == Some(Way::Extended) {
            return self.inner.send(command);
        }
        let too_long = LinkError::CommandTooLong {
            command: command.name(),
            length_bytes: command.data().len(),
        };
        if way.is_none() || command.expected().is_some_and(|expected| expected > 256) {
            return Err(too_long);
        }
        // Under protection nobody sees the parts: what is recorded is the command.
        let is_told = self.inner.is_secure();
        if is_told {
            self.inner.meant(Meaning::Command(&Request::Command(command)));
        }
        let outcome = self.send_parts(command).unwrap_or(Err(too_long));
        if is_told {
            self.inner.meant(Meaning::Outcome(outcome.as_ref()));
        }
        outcome
    }

    fn limits(&self) -> Limits {
        self.inner.limits()
    }
    fn epoch(&self) -> Epoch {
        self.inner.epoch()
    }
    fn is_secure(&self) -> bool {
        self.inner.is_secure()
    }
    fn meant(&mut self, meaning: Meaning<'_>) {
        self.inner.meant(meaning);
    }
    fn reset(&mut self) -> Result<(), LinkError> {
        self.inner.reset()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Transaction, WAIT_DEFAULT, scripted};

    fn sign() -> CommandApdu {
        CommandApdu::new(0, 0x2A, 0x80, 0x86)
            .with_data(&[0xA5; 257])
            .expecting(256)
    }

    fn run(mode: LongCommands, reader: ExtendedLength, script: &[(&str, &str)]) -> Result<String, LinkError> {
        let mut link = scripted::link();
        link.set_extended_length(reader);
        for (command, answer) in script {
            link.expect(command, answer);
        }
        let transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
        Chaining::new(transaction, mode)
            .send(&sign())
            .map(|answer| answer.status().to_string())
    }

    fn chain() -> [String; 2] {
        [
            format!("102A8086FF{}", "A5".repeat(255)),
            "002A808602A5A500".to_owned(),
        ]
    }

    fn extended() -> String {
        format!("002A8086000101{}0100", "A5".repeat(257))
    }

    #[test]
    fn a_card_that_takes_either_gets_extended_length_only_where_the_reader_says_so() {
        let [first, second] = chain();
        for reader in [ExtendedLength::Unknown, ExtendedLength::Unsupported] {
            let script = [(first.as_str(), "9000"), (second.as_str(), "9000")];
            assert_eq!(run(LongCommands::Either, reader, &script).unwrap(), "9000");
        }
        let script = [(&*extended(), "9000")];
        assert_eq!(
            run(LongCommands::Either, ExtendedLength::Supported, &script).unwrap(),
            "9000"
        );
    }

    #[test]
    fn a_card_that_cannot_chain_gets_extended_length_unless_the_reader_would_cut_it() {
        let script = [(&*extended(), "9000")];
        assert_eq!(
            run(LongCommands::Extended, ExtendedLength::Unknown, &script).unwrap(),
            "9000"
        );
        let refused = run(LongCommands::Extended, ExtendedLength::Unsupported, &[]).unwrap_err();
        assert_eq!(refused.code(), "command-too-long");
        assert_eq!(
            run(LongCommands::Refused, ExtendedLength::Supported, &[])
                .unwrap_err()
                .code(),
            "command-too-long"
        );
    }

    #[test]
    fn a_chain_that_the_card_refuses_ends_there() {
        let [first, _] = chain();
        let script = [(first.as_str(), "6E00")];
        assert_eq!(
            run(LongCommands::Chained, ExtendedLength::Supported, &script).unwrap(),
            "6E00"
        );
    }
}
