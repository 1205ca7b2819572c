//! Fetches what a card announces with 61xx (ISO/IEC 7816-4 §11.8.1, 7816-3 §12.2).
//!
//! Not here: 6Cxx to the command itself (`LengthCorrection`).

use varco_apdu::{CommandApdu, ResponseApdu, Sensitivity, StatusKind, ins};
use zeroize::Zeroizing;

use crate::{CardChannel, Epoch, Limits, LinkError, Meaning, Request};

/// The most bytes collected: the most that one command can ask for.
const ANSWER_MAX_BYTES: usize = 65_536;
/// The most GET RESPONSE for one command: [`ANSWER_MAX_BYTES`] in full blocks, and one more for each 6Cxx.
const ROUNDS_MAX: usize = 512;

/// Bits of CLA that GET RESPONSE does not take over: it ends no chain, and is in clear under secure messaging too
/// `[cie §3.1]`.
const NOT_OF_TRANSPORT: u8 = CommandApdu::CHAINING_BIT | 0x0C;

/// A channel that gives one answer where the card gives it in parts.
pub struct GetResponse<C>(C);

impl<C: CardChannel> GetResponse<C> {
    /// Around a channel.
    pub fn new(inner: C) -> Self {
        Self(inner)
    }
}

impl<C: CardChannel> CardChannel for GetResponse<C> {
    fn exchange(&mut self, request: Request<'_>) -> Result<ResponseApdu, LinkError> {
        let command = match &request {
            Request::Command(command) | Request::PinCommand { command, .. } => command,
            Request::PadEntry { entry, .. } => &entry.template,
        };
        let class = command.cla();
        // Where no data is expected, what comes is not of any kind that the driver knows.
        let sensitivity = command
            .expected()
            .map_or(Sensitivity::Secret, |_| command.response_sensitivity());
        let mut answer = self.0.exchange(request)?;
        let StatusKind::MoreData {
            length_bytes: mut next,
        } = answer.status().kind()
        else {
            return Ok(answer);
        };
        // Reserved at once, as the parts may be secret and a growing vector leaves copies.
        let mut collected = Zeroizing::new(Vec::with_capacity(ANSWER_MAX_BYTES));
        collected.extend_from_slice(answer.data());
        for _ in 0..ROUNDS_MAX {
            let fetch = CommandApdu::new(class & !NOT_OF_TRANSPORT, ins::GET_RESPONSE, 0, 0)
                .expecting(next)
                .answering(sensitivity)
                .repeatable();
            answer = self.0.send(&fetch)?;
            if collected.len() + answer.data().len() > ANSWER_MAX_BYTES {
                return Err(LinkError::Protocol {
                    what: "more data than any command can ask for",
                });
            }
            collected.extend_from_slice(answer.data());
            match answer.status().kind() {
                StatusKind::MoreData { .. } if answer.data().is_empty() => {
                    return Err(LinkError::Protocol {
                        what: "more data announced and none given",
                    });
                }
                StatusKind::MoreData { length_bytes } | StatusKind::CorrectLength { length_bytes } => {
                    next = length_bytes;
                }
                _ => return Ok(ResponseApdu::new(collected, answer.status())),
            }
        }
        Err(LinkError::Protocol {
            what: "an answer that never ends",
        })
    }

    fn limits(&self) -> Limits {
        self.0.limits()
    }
    fn epoch(&self) -> Epoch {
        self.0.epoch()
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
    use super::*;
    use crate::{Transaction, WAIT_DEFAULT, scripted};

    fn run(script: &[(&str, &str)]) -> Result<ResponseApdu, LinkError> {
        let mut link = scripted::link();
        for (command, answer) in script {
            link.expect(command, answer);
        }
        let transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
        GetResponse::new(transaction).send(&CommandApdu::new(0, 0xB0, 0, 0).expecting(256))
    }

    /// Gives two parts, and keeps how the second was asked for.
    struct InParts(Vec<Sensitivity>);

    impl CardChannel for InParts {
        fn exchange(&mut self, request: Request<'_>) -> Result<ResponseApdu, LinkError> {
            let Request::Command(command) = request else {
                return Err(LinkError::CardRemoved);
            };
            self.0.push(command.response_sensitivity());
            let status = if self.0.len() == 1 { 0x6101 } else { 0x9000 };
            Ok(ResponseApdu::new(Zeroizing::new(vec![7]), status.into()))
        }
        fn limits(&self) -> Limits {
            crate::CardLink::limits(&scripted::link())
        }
        fn epoch(&self) -> Epoch {
            Epoch::default()
        }
        fn reset(&mut self) -> Result<(), LinkError> {
            Ok(())
        }
    }

    #[test]
    fn more_of_an_answer_is_as_sensitive_as_the_answer_and_secret_where_none_was_expected() {
        let select = CommandApdu::new(0, 0xA4, 0, 0).answering(Sensitivity::Public);
        for (command, sensitivity) in [
            (select.clone().expecting(256), Sensitivity::Public),
            (select, Sensitivity::Secret),
        ] {
            let mut channel = GetResponse::new(InParts(Vec::new()));
            channel.send(&command).unwrap();
            assert_eq!(channel.0.0, [Sensitivity::Public, sensitivity]);
        }
    }

    #[test]
    fn parts_are_put_together_and_the_last_word_stands() {
        let answer = run(&[
            ("00B0000000", "016102"),
            ("00C0000002", "02036101"),
            ("00C0000001", "046282"),
        ])
        .unwrap();
        assert_eq!(answer.data(), [1, 2, 3, 4]);
        assert_eq!(answer.status().to_string(), "6282");
    }

    #[test]
    fn a_corrected_length_of_get_response_is_taken() {
        let answer = run(&[
            ("00B0000000", "6100"),
            ("00C0000000", "6C01"),
            ("00C0000001", "079000"),
        ])
        .unwrap();
        assert_eq!(answer.data(), [7]);
    }

    #[test]
    fn a_card_that_announces_and_gives_nothing_is_stopped() {
        let endless = run(&[("00B0000000", "6110"), ("00C0000010", "6110")]);
        assert_eq!(
            endless.unwrap_err(),
            LinkError::Protocol {
                what: "more data announced and none given"
            }
        );
    }

    #[test]
    fn a_card_that_corrects_for_ever_is_stopped() {
        let mut script = vec![("00B0000000", "6110")];
        script.extend([("00C0000010", "6C10")].repeat(ROUNDS_MAX));
        assert_eq!(
            run(&script).unwrap_err(),
            LinkError::Protocol {
                what: "an answer that never ends"
            }
        );
    }
}
