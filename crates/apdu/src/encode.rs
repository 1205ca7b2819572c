//! The bytes of a C-APDU: the four cases, short and extended (ISO/IEC 7816-4 §5.1, §5.2), both ways.
//!
//! Not here: the choice between short and extended. Whoever sends makes it; this refuses what does not fit.

use zeroize::Zeroizing;

use crate::CommandApdu;

/// How the lengths of a C-APDU are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LengthForm {
    /// One byte each: at most 255 bytes of data and 256 bytes expected.
    Short,
    /// Two bytes each behind a zero byte: at most 65,535 bytes of data and 65,536 expected.
    Extended,
}

/// A command that cannot be written in the asked form.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EncodeError {
    /// The data field is longer than the form can say.
    #[error("{length} data bytes do not fit a command of at most {max}")]
    DataTooLong {
        /// Bytes of data in the command.
        length: usize,
        /// The most that this form carries.
        max: usize,
    },
    /// The expected length is zero or more than the form can say.
    #[error("an expected length of {expected} cannot be written, the most is {max}")]
    ExpectedOutOfRange {
        /// The expected length of the command.
        expected: u32,
        /// The most that this form can ask for.
        max: u32,
    },
}

/// Bytes that are not a C-APDU.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ParseError {
    /// Fewer than the four header bytes.
    #[error("{0} bytes are too few for a command header")]
    TooShort(usize),
    /// The length fields do not agree with the number of bytes.
    #[error("the length fields do not agree with the {0} bytes of the command")]
    WrongLength(usize),
}

impl CommandApdu {
    /// Whether this command fits the short form.
    #[must_use]
    pub fn fits_short(&self) -> bool {
        self.data().len() <= 255 && self.expected().is_none_or(|e| (1..=256).contains(&e))
    }

    /// Writes the command. The buffer wipes itself, as it may hold a PIN.
    ///
    /// # Errors
    /// [`EncodeError`] when data or expected length do not fit the form; nothing is cut.
    pub fn encode(&self, form: LengthForm) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
        let (data_max, expected_max) = match form {
            LengthForm::Short => (255, 256),
            LengthForm::Extended => (65_535, 65_536),
        };
        let data = self.data();
        let too_long = EncodeError::DataTooLong {
            length: data.len(),
            max: data_max,
        };
        if data.len() > data_max {
            return Err(too_long);
        }
        if let Some(expected) = self.expected().filter(|e| !(1..=expected_max).contains(e)) {
            return Err(EncodeError::ExpectedOutOfRange {
                expected,
                max: expected_max,
            });
        }
        // Reserved at once: a growing vector would leave copies of secret data behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(4 + 3 + data.len() + 3));
        bytes.extend_from_slice(&[self.cla(), self.ins(), self.p1(), self.p2()]);
        let length = u16::try_from(data.len()).map_err(|_| too_long)?.to_be_bytes();
        // The largest expected length is written as zero: the low bytes of 256 and of 65,536.
        let [_, _, expected_high, expected_low] = self.expected().unwrap_or(0).to_be_bytes();
        match form {
            LengthForm::Short => {
                if !data.is_empty() {
                    bytes.push(length[1]);
                    bytes.extend_from_slice(data);
                }
                if self.expected().is_some() {
                    bytes.push(expected_low);
                }
            }
            LengthForm::Extended => {
                if !data.is_empty() {
                    bytes.extend_from_slice(&[0, length[0], length[1]]);
                    bytes.extend_from_slice(data);
                }
                if self.expected().is_some() {
                    if data.is_empty() {
                        bytes.push(0);
                    }
                    bytes.extend_from_slice(&[expected_high, expected_low]);
                }
            }
        }
        Ok(bytes)
    }

    /// Writes the command as T=0 carries it (ISO/IEC 7816-3 §12.2.1): one without data and Le gets a fifth byte 00, one
    /// with both loses its Le, as the card then announces its answer with 61xx.
    ///
    /// # Errors
    /// [`EncodeError`] when data or expected length do not fit the short form; nothing is cut.
    pub fn encode_t0(&self) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
        let mut bytes = self.encode(LengthForm::Short)?;
        match (self.data().is_empty(), self.expected()) {
            (true, None) => bytes.push(0x00),
            (false, Some(_)) => {
                bytes.pop();
            }
            (true, Some(_)) | (false, None) => {}
        }
        Ok(bytes)
    }

    /// Reads a command as a card does, and says in which form it came.
    ///
    /// # Errors
    /// [`ParseError`] when the header is cut or the length fields do not add up.
    pub fn parse(bytes: &[u8]) -> Result<(Self, LengthForm), ParseError> {
        let wrong = ParseError::WrongLength(bytes.len());
        let Some((&[cla, ins, p1, p2], body)) = bytes.split_first_chunk::<4>() else {
            return Err(ParseError::TooShort(bytes.len()));
        };
        let command = Self::new(cla, ins, p1, p2);
        match *body {
            [] => Ok((command, LengthForm::Short)),
            [le] => Ok((command.expecting(short_expected(le)), LengthForm::Short)),
            [0, high, low] => Ok((
                command.expecting(extended_expected([high, low])),
                LengthForm::Extended,
            )),
            [0, high, low, ref rest @ ..] => {
                let length = usize::from(u16::from_be_bytes([high, low]));
                let (data, le) = rest.split_at_checked(length).ok_or(wrong)?;
                let command = command.with_data(data);
                match *le {
                    _ if length == 0 => Err(wrong),
                    [] => Ok((command, LengthForm::Extended)),
                    [high, low] => Ok((
                        command.expecting(extended_expected([high, low])),
                        LengthForm::Extended,
                    )),
                    _ => Err(wrong),
                }
            }
            [length, ref rest @ ..] => {
                let (data, le) = rest.split_at_checked(usize::from(length)).ok_or(wrong)?;
                let command = command.with_data(data);
                match *le {
                    _ if length == 0 => Err(wrong),
                    [] => Ok((command, LengthForm::Short)),
                    [le] => Ok((command.expecting(short_expected(le)), LengthForm::Short)),
                    _ => Err(wrong),
                }
            }
        }
    }
}

fn short_expected(le: u8) -> u32 {
    if le == 0 { 256 } else { u32::from(le) }
}

fn extended_expected(le: [u8; 2]) -> u32 {
    match u16::from_be_bytes(le) {
        0 => 65_536,
        n => u32::from(n),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_and_form_survives_a_round_trip() {
        for form in [LengthForm::Short, LengthForm::Extended] {
            for (data, expected) in [
                (0, None),
                (0, Some(1)),
                (0, Some(256)),
                (1, None),
                (255, Some(256)),
                (8, Some(7)),
            ] {
                let mut command = CommandApdu::new(0x00, 0x2A, 0x80, 0x86).with_data(&vec![0xA5; data]);
                if let Some(expected) = expected {
                    command = command.expecting(expected);
                }
                let bytes = command.encode(form).unwrap();
                let (back, back_form) = CommandApdu::parse(&bytes).unwrap();
                assert_eq!(
                    (back.data(), back.expected()),
                    (command.data(), command.expected())
                );
                // A case-1 command is four bytes in either form.
                assert!(back_form == form || (data == 0 && expected.is_none()));
            }
        }
    }

    #[test]
    fn extended_signature_command_is_the_one_seen_on_real_cards() {
        // [cns §4.2]: 00 2A 80 86 00 01 01 ... 02 00
        let bytes = CommandApdu::new(0x00, 0x2A, 0x80, 0x86)
            .with_data(&[0; 257])
            .expecting(512)
            .encode(LengthForm::Extended)
            .unwrap();
        assert_eq!(bytes[..7], [0x00, 0x2A, 0x80, 0x86, 0x00, 0x01, 0x01]);
        assert_eq!(bytes[bytes.len() - 2..], [0x02, 0x00]);
    }

    #[test]
    fn what_does_not_fit_is_refused_and_not_cut() {
        let long = CommandApdu::new(0, 0x20, 0, 0).with_data(&[0; 256]);
        assert_eq!(
            long.encode(LengthForm::Short).unwrap_err(),
            EncodeError::DataTooLong {
                length: 256,
                max: 255
            }
        );
        let greedy = CommandApdu::new(0, 0xB0, 0, 0).expecting(257);
        assert!(greedy.encode(LengthForm::Short).is_err());
        assert!(
            CommandApdu::new(0, 0xB0, 0, 0)
                .expecting(0)
                .encode(LengthForm::Extended)
                .is_err()
        );
    }

    #[test]
    fn no_input_up_to_nine_bytes_panics_and_lies_are_refused() {
        assert_eq!(
            CommandApdu::parse(&[0, 0xB0, 0]).unwrap_err(),
            ParseError::TooShort(3)
        );
        // The malformed six-byte READ BINARY of some public scripts [cns §8.3].
        assert_eq!(
            CommandApdu::parse(&[0, 0xB0, 0, 0, 0, 0]).unwrap_err(),
            ParseError::WrongLength(6)
        );
        for length in 0..9_usize {
            for filler in [0_u8, 1, 2, 5, 0xFF] {
                let _ = CommandApdu::parse(&vec![filler; length]);
            }
        }
    }

    #[test]
    fn debug_shows_no_data() {
        let verify = CommandApdu::new(0, 0x20, 0, 0x90).with_data(b"\x31\x32\x33\x34\x35\xFF\xFF\xFF");
        let text = format!("{verify:?}");
        assert_eq!(text, "VERIFY 00 20 00 90, 8 data bytes, expecting none");
    }
}
