//! What a reader driver gives: readers, events, and a link that carries bytes.
//!
//! Not here: any driver. Links are handed to [`crate::Transaction`]; nobody else calls `transmit`.

use core::fmt;
use core::time::Duration;

use varco_apdu::Atr;
use zeroize::Zeroizing;

use crate::{LinkError, PadEntry, PadTask};

/// How long to wait for a reader or card that another program holds, where nobody says otherwise.
pub const WAIT_DEFAULT: Duration = Duration::from_secs(10);

/// Counts the resets, removals and time-outs of a link. What a card granted in one epoch is void in the next.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Epoch(u64);

impl Epoch {
    /// The epoch after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// Whether extended-length APDUs pass a reader.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExtendedLength {
    /// The reader says so.
    Supported,
    /// The reader says it does not, or it would be cut.
    Unsupported,
    /// The reader does not say: used only for cards that have no other way.
    Unknown,
}

/// Whether the reader has keys of its own for the PIN.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PinPad {
    /// It has none, or it is not to be used.
    Absent,
    /// VERIFY can be typed on it, nothing else.
    Verify,
    /// VERIFY, and commands that bring a new value.
    VerifyAndModify,
}

impl PinPad {
    /// Whether it does what is asked.
    #[must_use]
    pub fn does(self, task: PadTask) -> bool {
        match task {
            PadTask::Verify => self != Self::Absent,
            PadTask::Modify { .. } => self == Self::VerifyAndModify,
        }
    }
}

/// In which form commands reach the card.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Protocol {
    /// Whole: T=1 (ISO/IEC 7816-3 §11), or contactless.
    #[default]
    Apdu,
    /// By T=0 (ISO/IEC 7816-3 §10): a command carries data or Le, never both; its answer is then fetched by GET
    /// RESPONSE.
    T0,
}

/// What fits through a link or channel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Whether APDUs may have more than 255 bytes of data or 256 bytes of answer.
    pub extended_length: ExtendedLength,
    /// The reader's own PIN entry.
    pub pin_pad: PinPad,
    /// How commands reach the card. By T=0 none of extended length does.
    pub protocol: Protocol,
}

/// What becomes of the card when a transaction or connection ends (PC/SC part 5 §3.2.5).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Disposition {
    /// Left as it is.
    Leave,
    /// Reset, so that no one inherits a verified PIN.
    Reset,
}

/// A reader's name, as its system calls it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReaderName(String);

impl ReaderName {
    /// Takes a name; control characters, which a hostile device could put there, become `?`.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(
            name.chars()
                .map(|c| if c.is_control() { '?' } else { c })
                .collect(),
        )
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ReaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ReaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// What kind of reader a card hangs on, as far as it matters to whoever is told of a login.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum ReaderKind {
    /// Behind the system's PC/SC service.
    Pcsc,
    /// An NFC reader that is driven without that service.
    Nfc,
    /// None: the card is played within the program.
    Played,
    /// Any other, or not said.
    #[default]
    Other,
}

impl ReaderKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pcsc, Self::Nfc, Self::Played, Self::Other];

    /// The stable name in JSON and in what a card signs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pcsc => "pcsc",
            Self::Nfc => "nfc",
            Self::Played => "played",
            Self::Other => "other",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What lies in a reader.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CardPresence {
    /// Nothing.
    Absent,
    /// A card that answered to reset.
    Present(Atr),
    /// A card that does not answer: upside down, not pushed in fully, or no smart card.
    Mute,
    /// The reader is there and cannot tell, and why: another program holds it, or it fails.
    Unknown(LinkError),
}

impl CardPresence {
    /// Whether another program holds the reader: only that can tell what lies in it.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        matches!(
            self,
            Self::Unknown(LinkError::ReaderHeld { .. } | LinkError::ReaderBusy)
        )
    }
}

/// A reader as it stands now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReaderState {
    /// Its name.
    pub name: ReaderName,
    /// What lies in it.
    pub card: CardPresence,
}

/// Something that happened at the readers.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ReaderEvent {
    /// A reader appeared.
    ReaderAdded(ReaderName),
    /// A reader disappeared.
    ReaderGone(ReaderName),
    /// A card was put in.
    CardInserted(ReaderName, Atr),
    /// A card that does not answer was put in.
    CardMute(ReaderName),
    /// The card was taken out.
    CardRemoved(ReaderName),
}

/// A family of readers: lists, connects, watches.
pub trait ReaderDriver: Send + Sync {
    /// All readers and what lies in them.
    ///
    /// # Errors
    /// [`LinkError`] when the service behind the readers is absent or refuses. No reader is an empty list.
    fn readers(&self) -> Result<Vec<ReaderState>, LinkError>;

    /// Connects to the card in a reader, waiting at most `wait` while another program holds it.
    ///
    /// # Errors
    /// [`LinkError`]: no such reader, no card, mute card, busy.
    fn connect(&self, reader: &ReaderName, wait: Duration) -> Result<Box<dyn CardLink>, LinkError>;

    /// Starts watching, with a connection of its own so that a running exchange never waits for it. The first
    /// events describe what is there now.
    ///
    /// # Errors
    /// As [`ReaderDriver::readers`].
    fn watch(&self) -> Result<Box<dyn ReaderWatch>, LinkError>;
}

/// Tells what happens at the readers.
pub trait ReaderWatch: Send {
    /// The next event, or `None` when nothing happened within `wait`.
    ///
    /// # Errors
    /// [`LinkError`] when the service is gone.
    fn next(&mut self, wait: Duration) -> Result<Option<ReaderEvent>, LinkError>;
}

/// A count of insertions and removals at a reader.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InsertionCount {
    /// Tells one service from another that may count from the beginning.
    pub service: u64,
    /// Zero: the card was there before the service started to count.
    pub count: u32,
}

impl InsertionCount {
    /// Of a reader at which nobody counts: a card that was exchanged unseen is not told from the one before.
    pub const UNCOUNTED: Self = Self { service: 0, count: 0 };
}

/// A connected card, as bytes. Implemented by reader drivers and, for tests, by played cards.
///
/// Dropping a link that was not closed leaves the card reset.
pub trait CardLink: Send {
    /// The reader's name.
    fn reader(&self) -> &ReaderName;

    /// What kind of reader it is.
    fn reader_kind(&self) -> ReaderKind {
        ReaderKind::Other
    }

    /// The answer to reset.
    fn atr(&self) -> &Atr;

    /// What fits through.
    fn limits(&self) -> Limits;

    /// Which insertion this is, by the count that the readers' service keeps for all programs;
    /// [`InsertionCount::UNCOUNTED`] where nobody counts, and `None` where no other process can reach the card.
    fn insertion(&self) -> Option<InsertionCount> {
        None
    }

    /// The present epoch; raised by the link at every reset, removal and time-out it sees.
    fn epoch(&self) -> Epoch;

    /// Takes the card for this program alone, waiting at most `wait`.
    ///
    /// # Errors
    /// [`LinkError`]: busy, removed, or reset by another program (the epoch has risen; begin again if that is
    /// acceptable).
    fn begin(&mut self, wait: Duration) -> Result<(), LinkError>;

    /// Gives it back.
    ///
    /// # Errors
    /// [`LinkError`] when the reader could not; the card is then to be taken as not reset.
    fn end(&mut self, disposition: Disposition) -> Result<(), LinkError>;

    /// Sends the bytes of one C-APDU and gives those of the R-APDU (at least the two of the status word).
    /// Ends by itself after the reader's time limit.
    ///
    /// # Errors
    /// [`LinkError`] when there is no answer. An answer of fewer than two bytes is a removal.
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, LinkError>;

    /// Has the reader's pin pad complete and send a command.
    ///
    /// # Errors
    /// As [`CardLink::transmit`]; [`LinkError::PinPadUnsupported`] where there is no pad, which is the default.
    fn transmit_pad_entry(&mut self, _entry: &PadEntry) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        Err(LinkError::PinPadUnsupported)
    }

    /// Connects anew to what lies in the same reader after the card was removed, waiting at most `wait` for it: a card can
    /// leave a contactless reader's field for a moment. The epoch rises. Only a card with the same answer to reset is taken;
    /// nothing says that it is the same one, so that whoever goes on must have it proven.
    ///
    /// # Errors
    /// [`LinkError::CardRemoved`] where none came back or another kind lies there now, and where the link does not do it,
    /// which is the default.
    fn rejoin(&mut self, _wait: Duration) -> Result<(), LinkError> {
        Err(LinkError::CardRemoved)
    }

    /// Resets the card without giving it back.
    ///
    /// # Errors
    /// [`LinkError`] when the reader could not. The epoch rises either way.
    fn reset(&mut self) -> Result<(), LinkError>;

    /// Ends the connection.
    ///
    /// # Errors
    /// [`LinkError`] when the reader could not.
    fn close(self: Box<Self>, disposition: Disposition) -> Result<(), LinkError>;
}
