//! What a trace says, as those who show, compare and export it want it: commands with their answers, and what happened between them.
//!
//! Not here: lines and their form.

use varco_apdu::StatusWord;

/// One thing of a trace, with its time in microseconds since the trace began.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Said {
    /// A conversation began, with a card of this answer to reset; empty where the source does not tell it.
    Connect {
        /// When.
        at_us: u64,
        /// The answer to reset.
        atr: Vec<u8>,
    },
    /// A command and what came of it.
    Exchange(Exchange),
    /// The card was reset.
    Reset {
        /// When.
        at_us: u64,
    },
    /// The card left.
    Removed {
        /// When.
        at_us: u64,
    },
    /// Something was done at the reader, or to the played card.
    Control {
        /// When.
        at_us: u64,
        /// What, as the trace has it.
        what: String,
    },
}

/// A command and what came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exchange {
    /// When the command went out.
    pub at_us: u64,
    /// CLA, INS, P1, P2.
    pub header: [u8; 4],
    /// Its data.
    pub data: Field,
    /// The length that it expects (Le).
    pub expected: Option<u32>,
    /// Whether it went under secure messaging, and stands here as it was before that.
    pub secured: bool,
    /// Whether a person typed its data at the reader's keys, so that nobody knows it.
    pub by_pad: bool,
    /// What came.
    pub answer: Answer,
}

/// What came of a command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// The card answered.
    Given {
        /// When.
        at_us: u64,
        /// Its data.
        data: Field,
        /// Its status word.
        status: StatusWord,
    },
    /// Nothing came, and the link told why by this code.
    Missing {
        /// When that was known.
        at_us: u64,
        /// Code of the link.
        code: String,
        /// Where an answer came that was not protected as it must be: its status word.
        status: Option<StatusWord>,
    },
    /// The trace ends, or goes on with something else.
    Cut,
}

/// A data field: its bytes, or how many there were and why they are not here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Field {
    /// As it was.
    Known(Vec<u8>),
    /// Redacted.
    Withheld {
        /// How many bytes there were.
        length_bytes: usize,
        /// Why: `personal`, `secret`.
        kind: String,
        /// The same for equal bytes of one trace.
        label: Option<String>,
    },
}

impl Field {
    /// No bytes.
    #[must_use]
    pub fn empty() -> Self {
        Self::Known(Vec::new())
    }

    /// How many bytes there were.
    #[must_use]
    pub fn length_bytes(&self) -> usize {
        match self {
            Self::Known(bytes) => bytes.len(),
            Self::Withheld { length_bytes, .. } => *length_bytes,
        }
    }

    /// The bytes, where they are known.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Known(bytes) => Some(bytes),
            Self::Withheld { .. } => None,
        }
    }
}

impl Said {
    /// When it was, in microseconds since the trace began.
    #[must_use]
    pub fn at_us(&self) -> u64 {
        match self {
            Self::Connect { at_us, .. }
            | Self::Reset { at_us }
            | Self::Removed { at_us }
            | Self::Control { at_us, .. } => *at_us,
            Self::Exchange(exchange) => exchange.at_us,
        }
    }
}

impl Exchange {
    /// CLA.
    #[must_use]
    pub fn cla(&self) -> u8 {
        let [cla, ..] = self.header;
        cla
    }

    /// INS.
    #[must_use]
    pub fn ins(&self) -> u8 {
        let [_, ins, ..] = self.header;
        ins
    }

    /// The status word, where the card answered.
    #[must_use]
    pub fn status(&self) -> Option<StatusWord> {
        match self.answer {
            Answer::Given { status, .. } => Some(status),
            _ => None,
        }
    }

    /// How long the answer took, in microseconds.
    #[must_use]
    pub fn took_us(&self) -> Option<u64> {
        match self.answer {
            Answer::Given { at_us, .. } | Answer::Missing { at_us, .. } => {
                Some(at_us.saturating_sub(self.at_us))
            }
            Answer::Cut => None,
        }
    }
}
