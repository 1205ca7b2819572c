//! Sends a repeatable command once more with the length that 6Cxx names (ISO/IEC 7816-4 §5.6).
//!
//! Not here: anything else. A command that is not marked repeatable keeps its 6Cxx.

use varco_apdu::{Repeat, ResponseApdu, StatusKind};

use crate::{CardChannel, Epoch, Limits, LinkError, Meaning, Request};

/// A channel that corrects Le of reading commands, once each.
pub struct LengthCorrection<C>(C);

impl<C: CardChannel> LengthCorrection<C> {
    /// Around a channel.
    pub fn new(inner: C) -> Self {
        Self(inner)
    }
}

impl<C: CardChannel> CardChannel for LengthCorrection<C> {
    fn exchange(&mut self, request: Request<'_>) -> Result<ResponseApdu, LinkError> {
        let Request::Command(command) = request else {
            return self.0.exchange(request);
        };
        let answer = self.0.send(command)?;
        match answer.status().kind() {
            StatusKind::CorrectLength { length_bytes }
                if command.repeat() == Repeat::Allowed && command.expected() != Some(length_bytes) =>
            {
                self.0.send(&command.with_expected(length_bytes))
            }
            _ => Ok(answer),
        }
    }

    fn limits(&self) -> Limits {
        self.0.limits()
    }
    fn epoch(&self) -> Epoch {
        self.0.epoch()
    }
    fn is_secure(&self) -> bool {
        self.0.is_secure()
    }
    fn meant(&mut self, meaning: Meaning<'_>) {
        self.0.meant(meaning);
    }
    fn reset(&mut self) -> Result<(), LinkError> {
        self.0.reset()
    }
}

#[cfg(test)]
mod tests {
    use varco_apdu::CommandApdu;

    use super::*;
    use crate::{Transaction, WAIT_DEFAULT, scripted};

    fn run(command: &CommandApdu, script: &[(&str, &str)]) -> ResponseApdu {
        let mut link = scripted::link();
        for (command, answer) in script {
            link.expect(command, answer);
        }
        let transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
        LengthCorrection::new(transaction).send(command).unwrap()
    }

    #[test]
    fn a_reading_command_is_sent_once_more_and_only_once() {
        let read = CommandApdu::new(0, 0xB0, 0, 0).expecting(256).repeatable();
        assert_eq!(
            run(&read, &[("00B0000000", "6C02"), ("00B0000002", "01029000")]).data(),
            [1, 2]
        );
        let stubborn = run(&read, &[("00B0000000", "6C02"), ("00B0000002", "6C03")]);
        assert_eq!(stubborn.status().to_string(), "6C03");
    }

    #[test]
    fn any_other_command_keeps_its_answer() {
        let sign = CommandApdu::new(0, 0x2A, 0x80, 0x86)
            .with_data(&[0])
            .expecting(256);
        assert_eq!(
            run(&sign, &[("002A8086010000", "6C80")]).status().to_string(),
            "6C80"
        );
    }
}
