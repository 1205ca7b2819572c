//! What is said between a host and its `varco-nfcd`: frames with a length, a number and a kind.
//!
//! Frame: length of the rest (two bytes, big-endian), number (four bytes, big-endian), kind (one byte), content. An answer
//! bears the number of its question. Both sides take the other's bytes for hostile: a length is looked at before anything is
//! kept.
//!
//! Not here: pipes and processes.

use zeroize::Zeroizing;

/// The longest content: an answer of 258 bytes, or a connection string of libnfc, with room.
pub const CONTENT_MAX_BYTES: usize = 1_024;
/// Number and kind.
const HEAD_BYTES: usize = 5;
const LENGTH_BYTES: usize = 2;
/// The most that libnfc takes of a command: a longer one overruns its buffer.
pub const COMMAND_MAX_BYTES: usize = 262;
/// The longest historical bytes that an ATR carries (ISO/IEC 7816-3 §8.2.1).
pub const HISTORICAL_MAX_BYTES: usize = 15;
/// What a type B card tells: application data, protocol information, MBLI (PC/SC part 3 §3.1.3.2.3.1).
const TYPE_B_BYTES: usize = 8;

/// A frame as bytes.
pub fn frame(number: u32, kind: u8, content: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if content.len() > CONTENT_MAX_BYTES {
        return None;
    }
    let length = u16::try_from(HEAD_BYTES + content.len()).ok()?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(LENGTH_BYTES + usize::from(length)));
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(&number.to_be_bytes());
    bytes.push(kind);
    bytes.extend_from_slice(content);
    Some(bytes)
}

/// Number, kind and content.
pub type Frame = (u32, u8, Zeroizing<Vec<u8>>);

/// Not a frame, or not one that is expected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Malformed;

/// Bytes of a pipe, until they are a frame. Never keeps more than one.
#[derive(Default)]
pub struct Inbox {
    bytes: Zeroizing<Vec<u8>>,
}

impl Inbox {
    /// How many bytes are wanted next, at least one.
    pub fn wanted(&self) -> usize {
        let whole = match **self.bytes {
            [high, low, ..] => LENGTH_BYTES + usize::from(u16::from_be_bytes([high, low])),
            _ => LENGTH_BYTES,
        };
        whole.saturating_sub(self.bytes.len()).max(1)
    }

    /// Takes bytes, no more than are wanted, and gives number, kind and content of a frame that is complete.
    pub fn take(&mut self, bytes: &[u8]) -> Result<Option<Frame>, Malformed> {
        if bytes.len() > self.wanted() {
            return Err(Malformed);
        }
        self.bytes.extend_from_slice(bytes);
        let [high, low, ref rest @ ..] = **self.bytes else {
            return Ok(None);
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if !(HEAD_BYTES..=HEAD_BYTES + CONTENT_MAX_BYTES).contains(&length) {
            return Err(Malformed);
        }
        if rest.len() < length {
            return Ok(None);
        }
        let &[a, b, c, d, kind, ref content @ ..] = rest else {
            return Err(Malformed);
        };
        let frame = (
            u32::from_be_bytes([a, b, c, d]),
            kind,
            Zeroizing::new(content.to_vec()),
        );
        self.bytes = Zeroizing::default();
        Ok(Some(frame))
    }
}

/// What a host asks for.
#[derive(Clone, PartialEq, Eq)]
pub enum Question {
    /// Open the reader of this connection string.
    Open(String),
    /// Let go of what is selected, and select what is in the field.
    Select,
    /// Send a command, and wait at most so many milliseconds.
    Transmit {
        /// 1 to 60,000.
        timeout_ms: u32,
        /// The C-APDU.
        command: Zeroizing<Vec<u8>>,
    },
    /// Whether what was selected is still there.
    IsPresent,
    /// Let go of it.
    Release,
}

const OPEN: u8 = 0x01;
const SELECT: u8 = 0x02;
const TRANSMIT: u8 = 0x03;
const IS_PRESENT: u8 = 0x04;
const RELEASE: u8 = 0x05;

impl Question {
    /// Kind and content.
    #[must_use]
    pub fn encode(&self) -> (u8, Zeroizing<Vec<u8>>) {
        match self {
            Self::Open(connection) => (OPEN, Zeroizing::new(connection.as_bytes().to_vec())),
            Self::Select => (SELECT, Zeroizing::default()),
            Self::Transmit { timeout_ms, command } => {
                let mut content = Zeroizing::new(Vec::with_capacity(4 + command.len()));
                content.extend_from_slice(&timeout_ms.to_be_bytes());
                content.extend_from_slice(command);
                (TRANSMIT, content)
            }
            Self::IsPresent => (IS_PRESENT, Zeroizing::default()),
            Self::Release => (RELEASE, Zeroizing::default()),
        }
    }

    /// Out of kind and content.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn decode(kind: u8, content: &[u8]) -> Result<Self, Malformed> {
        Ok(match (kind, content) {
            (OPEN, text) => Self::Open(String::from_utf8(text.to_vec()).map_err(|_| Malformed)?),
            (SELECT, []) => Self::Select,
            (TRANSMIT, &[a, b, c, d, ref command @ ..])
                if !command.is_empty() && command.len() <= COMMAND_MAX_BYTES =>
            {
                Self::Transmit {
                    timeout_ms: u32::from_be_bytes([a, b, c, d]),
                    command: Zeroizing::new(command.to_vec()),
                }
            }
            (IS_PRESENT, []) => Self::IsPresent,
            (RELEASE, []) => Self::Release,
            _ => return Err(Malformed),
        })
    }
}

/// What is in the field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// Type A, with the historical bytes of its ATS (ISO/IEC 14443-4 §5.2).
    A {
        /// At most 15 bytes.
        historical: Vec<u8>,
    },
    /// Type B, with the four bytes of application data and three of protocol information of its ATQB, and the MBLI of its
    /// answer to ATTRIB in the upper half of the last (ISO/IEC 14443-3 §7.9, §7.10).
    B {
        /// In the order of PC/SC's ATR.
        told: [u8; TYPE_B_BYTES],
    },
}

/// Why the reader could not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// It is not there, does not answer, or refuses.
    NoReader,
    /// No answer in time.
    TimedOut,
    /// The card left the field.
    CardGone,
    /// The line to the reader failed.
    Line,
    /// Anything else.
    Other,
}

/// What the executable answers.
#[derive(Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is done.
    Done,
    /// Nothing is in the field.
    Empty,
    /// This is.
    Found(Target),
    /// The card's answer.
    Response(Zeroizing<Vec<u8>>),
    /// It could not be done.
    Failed(Fault),
}

const DONE: u8 = 0x81;
const EMPTY: u8 = 0x82;
const FOUND_A: u8 = 0x83;
const FOUND_B: u8 = 0x84;
const RESPONSE: u8 = 0x85;
const FAILED: u8 = 0x86;

const FAULTS: [Fault; 5] = [
    Fault::NoReader,
    Fault::TimedOut,
    Fault::CardGone,
    Fault::Line,
    Fault::Other,
];

impl Answer {
    /// Kind and content.
    #[must_use]
    pub fn encode(&self) -> (u8, Zeroizing<Vec<u8>>) {
        let plain = |kind| (kind, Zeroizing::default());
        match self {
            Self::Done => plain(DONE),
            Self::Empty => plain(EMPTY),
            Self::Found(Target::A { historical }) => (FOUND_A, Zeroizing::new(historical.clone())),
            Self::Found(Target::B { told }) => (FOUND_B, Zeroizing::new(told.to_vec())),
            Self::Response(bytes) => (RESPONSE, bytes.clone()),
            Self::Failed(fault) => {
                let place = FAULTS.iter().position(|known| known == fault);
                let place = place.and_then(|place| u8::try_from(place).ok());
                (FAILED, Zeroizing::new(vec![place.unwrap_or(u8::MAX)]))
            }
        }
    }

    /// Out of kind and content.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn decode(kind: u8, content: &[u8]) -> Result<Self, Malformed> {
        Ok(match (kind, content) {
            (DONE, []) => Self::Done,
            (EMPTY, []) => Self::Empty,
            (FOUND_A, historical) if historical.len() <= HISTORICAL_MAX_BYTES => Self::Found(Target::A {
                historical: historical.to_vec(),
            }),
            (FOUND_B, told) => Self::Found(Target::B {
                told: told.try_into().map_err(|_| Malformed)?,
            }),
            (RESPONSE, bytes) => Self::Response(Zeroizing::new(bytes.to_vec())),
            (FAILED, &[place]) => Self::Failed(*FAULTS.get(usize::from(place)).ok_or(Malformed)?),
            _ => return Err(Malformed),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(bytes: &[u8]) -> Result<Option<Frame>, Malformed> {
        let mut inbox = Inbox::default();
        let mut left = bytes;
        while !left.is_empty() {
            let (now, later) = left.split_at(inbox.wanted().min(left.len()));
            left = later;
            if let Some(frame) = inbox.take(now)? {
                assert!(left.is_empty());
                return Ok(Some(frame));
            }
        }
        Ok(None)
    }

    #[test]
    fn questions_and_answers_come_through_as_they_were() {
        for question in [
            Question::Open("pn532_uart:/dev/ttyS0".to_owned()),
            Question::Select,
            Question::Transmit {
                timeout_ms: 5_000,
                command: Zeroizing::new(vec![0xA4; COMMAND_MAX_BYTES]),
            },
            Question::IsPresent,
            Question::Release,
        ] {
            let (kind, content) = question.encode();
            let frame = frame(7, kind, &content).unwrap();
            let (number, kind, content) = through(&frame).unwrap().unwrap();
            assert!(number == 7 && Question::decode(kind, &content) == Ok(question));
        }
        for answer in [
            Answer::Done,
            Answer::Empty,
            Answer::Found(Target::A {
                historical: vec![0x80; 15],
            }),
            Answer::Found(Target::B { told: [9; 8] }),
            Answer::Response(Zeroizing::new(vec![1; 263])),
        ]
        .into_iter()
        .chain(FAULTS.map(Answer::Failed))
        {
            let (kind, content) = answer.encode();
            let frame = frame(u32::MAX, kind, &content).unwrap();
            let (number, kind, content) = through(&frame).unwrap().unwrap();
            assert!(number == u32::MAX && Answer::decode(kind, &content) == Ok(answer));
        }
    }

    #[test]
    fn long_short_and_strange_frames_are_refused() {
        assert!(frame(0, 1, &[0; CONTENT_MAX_BYTES + 1]).is_none());
        for bytes in [&[0, 4][..], &[0, 0], &[0xFF, 0xFF], &[4, 6]] {
            assert_eq!(
                through(bytes).map(|frame| frame.is_some()),
                Err(Malformed),
                "{bytes:?}"
            );
        }
        assert_eq!(
            Inbox::default().take(&[0, 5, 0]).map(|frame| frame.is_some()),
            Err(Malformed)
        );
        assert!(Question::decode(TRANSMIT, &[0; 4]).is_err());
        assert!(Question::decode(TRANSMIT, &[0; 4 + COMMAND_MAX_BYTES + 1]).is_err());
        assert!(Question::decode(OPEN, &[0xFF]).is_err() && Question::decode(0x77, &[]).is_err());
        assert!(Answer::decode(FOUND_A, &[0; 16]).is_err() && Answer::decode(FOUND_B, &[0; 7]).is_err());
        assert!(Answer::decode(FAILED, &[5]).is_err() && Answer::decode(DONE, &[0]).is_err());
    }
}
