//! The command APDU as a value, with its marks: how sensitive it is and whether it may be repeated.
//!
//! Not here: the byte encoding (`encode`), and the catalogue of commands of a given card (its driver).

use core::fmt;

use zeroize::Zeroizing;

/// Instruction bytes that more than one crate needs to name (ISO/IEC 7816-4 §5.4.2, 7816-8).
pub mod ins {
    /// VERIFY.
    pub const VERIFY: u8 = 0x20;
    /// MANAGE SECURITY ENVIRONMENT.
    pub const MANAGE_SECURITY_ENVIRONMENT: u8 = 0x22;
    /// CHANGE REFERENCE DATA.
    pub const CHANGE_REFERENCE_DATA: u8 = 0x24;
    /// PERFORM SECURITY OPERATION.
    pub const PERFORM_SECURITY_OPERATION: u8 = 0x2A;
    /// RESET RETRY COUNTER.
    pub const RESET_RETRY_COUNTER: u8 = 0x2C;
    /// SELECT.
    pub const SELECT: u8 = 0xA4;
    /// READ BINARY.
    pub const READ_BINARY: u8 = 0xB0;
    /// GET RESPONSE.
    pub const GET_RESPONSE: u8 = 0xC0;
    /// EXTERNAL AUTHENTICATE.
    pub const EXTERNAL_AUTHENTICATE: u8 = 0x82;
    /// GET CHALLENGE.
    pub const GET_CHALLENGE: u8 = 0x84;
    /// INTERNAL AUTHENTICATE.
    pub const INTERNAL_AUTHENTICATE: u8 = 0x88;
    /// READ BINARY whose data field holds the offset, as BER-TLV.
    pub const READ_BINARY_OBJECTS: u8 = 0xB1;
    /// GET DATA.
    pub const GET_DATA: u8 = 0xCA;
    /// GET DATA whose data field names the objects, as BER-TLV.
    pub const GET_DATA_OBJECTS: u8 = 0xCB;
}

/// How much a data field may be shown to somebody who reads a trace.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Sensitivity {
    /// May be recorded as it is: file identifiers, key references.
    Public,
    /// Says who the holder is: certificate, personal data, card number. Redacted when recorded.
    Personal,
    /// PIN, PUK, key material, signatures over a challenge. Redacted always.
    Secret,
}

/// Whether a channel may send the same command again on its own (after 6Cxx, or to fetch more data).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Repeat {
    /// Sent once, whatever happens. The default, so that forgetting the mark is safe.
    #[default]
    Never,
    /// Reading has no effect on the card: SELECT, READ, GET DATA.
    Allowed,
}

/// A command application protocol data unit (ISO/IEC 7816-4 §5.1).
///
/// Data is at most 65,535 bytes and the expected length at most 65,536; larger values are refused when the
/// command is encoded, not silently cut.
#[derive(Clone)]
pub struct CommandApdu {
    cla: u8,
    ins: u8,
    p1: u8,
    p2: u8,
    data: Zeroizing<Vec<u8>>,
    expected: Option<u32>,
    command_sensitivity: Sensitivity,
    response_sensitivity: Sensitivity,
    repeat: Repeat,
}

impl CommandApdu {
    /// A command with no data and no expected answer (case 1), never repeated. What a card answers to it is personal, so that
    /// forgetting the mark is safe.
    #[must_use]
    pub fn new(cla: u8, ins: u8, p1: u8, p2: u8) -> Self {
        Self {
            cla,
            ins,
            p1,
            p2,
            data: Zeroizing::new(Vec::new()),
            expected: None,
            command_sensitivity: Sensitivity::Public,
            response_sensitivity: Sensitivity::Personal,
            repeat: Repeat::Never,
        }
    }

    /// With a public data field.
    #[must_use]
    pub fn with_data(mut self, data: &[u8]) -> Self {
        self.data = Zeroizing::new(data.to_vec());
        self
    }

    /// With a data field that must never be shown; the buffer is taken, not copied.
    #[must_use]
    pub fn with_secret_data(mut self, data: Zeroizing<Vec<u8>>) -> Self {
        self.data = data;
        self.command_sensitivity = Sensitivity::Secret;
        self
    }

    /// Expecting up to `length_bytes` of answer (Le); 256 is the most of a short APDU, 65,536 of an extended
    /// one.
    #[must_use]
    pub fn expecting(mut self, length_bytes: u32) -> Self {
        self.expected = Some(length_bytes);
        self
    }

    /// Marks how sensitive the answer is.
    #[must_use]
    pub fn answering(mut self, sensitivity: Sensitivity) -> Self {
        self.response_sensitivity = sensitivity;
        self
    }

    /// Marks the command as one that changes nothing on the card and may be sent again by a channel.
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.repeat = Repeat::Allowed;
        self
    }

    /// The same command with another expected length, as LengthCorrection needs after 6Cxx.
    #[must_use]
    pub fn with_expected(&self, length_bytes: u32) -> Self {
        let mut copy = self.clone();
        copy.expected = Some(length_bytes);
        copy
    }

    /// One part of a chained command: same header with the chaining bit set as asked, this slice of the data,
    /// and the marks kept (ISO/IEC 7816-4 §5.3.3).
    #[must_use]
    pub fn chained_part(&self, data: &[u8], position: ChainPosition) -> Self {
        let mut part = self.clone();
        part.data = Zeroizing::new(data.to_vec());
        if position == ChainPosition::NotLast {
            part.cla |= Self::CHAINING_BIT;
            part.expected = None;
        }
        part
    }

    /// Bit 5 of CLA: this command is not the last of a chain (ISO/IEC 7816-4 §5.4.1).
    pub const CHAINING_BIT: u8 = 0x10;

    /// Class byte.
    #[must_use]
    pub fn cla(&self) -> u8 {
        self.cla
    }
    /// Instruction byte.
    #[must_use]
    pub fn ins(&self) -> u8 {
        self.ins
    }
    /// First parameter byte.
    #[must_use]
    pub fn p1(&self) -> u8 {
        self.p1
    }
    /// Second parameter byte.
    #[must_use]
    pub fn p2(&self) -> u8 {
        self.p2
    }
    /// The data field.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        &self.data
    }
    /// The expected length of the answer in bytes (Le), if an answer is expected at all.
    #[must_use]
    pub fn expected(&self) -> Option<u32> {
        self.expected
    }
    /// How sensitive the data field is.
    #[must_use]
    pub fn command_sensitivity(&self) -> Sensitivity {
        self.command_sensitivity
    }
    /// How sensitive the answer's data field is.
    #[must_use]
    pub fn response_sensitivity(&self) -> Sensitivity {
        self.response_sensitivity
    }
    /// Whether a channel may send it again.
    #[must_use]
    pub fn repeat(&self) -> Repeat {
        self.repeat
    }

    /// The command's name in the standard, for errors and traces.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.ins {
            ins::VERIFY => "VERIFY",
            ins::MANAGE_SECURITY_ENVIRONMENT => "MANAGE SECURITY ENVIRONMENT",
            ins::CHANGE_REFERENCE_DATA => "CHANGE REFERENCE DATA",
            ins::PERFORM_SECURITY_OPERATION => "PERFORM SECURITY OPERATION",
            ins::RESET_RETRY_COUNTER => "RESET RETRY COUNTER",
            ins::SELECT => "SELECT",
            ins::EXTERNAL_AUTHENTICATE => "EXTERNAL AUTHENTICATE",
            ins::GET_CHALLENGE => "GET CHALLENGE",
            ins::INTERNAL_AUTHENTICATE => "INTERNAL AUTHENTICATE",
            ins::READ_BINARY | ins::READ_BINARY_OBJECTS => "READ BINARY",
            ins::GET_RESPONSE => "GET RESPONSE",
            ins::GET_DATA | ins::GET_DATA_OBJECTS => "GET DATA",
            _ => "command",
        }
    }
}

/// Where a part stands in a chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChainPosition {
    /// More parts follow.
    NotLast,
    /// The part that makes the card act.
    Last,
}

impl fmt::Debug for CommandApdu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            cla,
            ins,
            p1,
            p2,
            data,
            expected,
            ..
        } = self;
        write!(
            f,
            "{} {cla:02X} {ins:02X} {p1:02X} {p2:02X}, {} data bytes, ",
            self.name(),
            data.len()
        )?;
        match expected {
            Some(length) => write!(f, "expecting {length}"),
            None => f.write_str("expecting none"),
        }
    }
}
