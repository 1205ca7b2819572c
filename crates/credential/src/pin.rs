//! The secrets of a card: which there are, their form, reference and counter, and what a card says of a value.
//!
//! Not here: when one may be sent (`rules`), and what is done with them (`care`).

use varco_apdu::{Pin, Puk};
use varco_card::PadLanguage;

/// Which PIN of a card.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
#[non_exhaustive]
pub enum PinId {
    /// The one that logs in.
    User,
    /// The one of the key for qualified signatures (DS-PIN), which some CNS have `[cns §3]`.
    Signature,
}

impl PinId {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::User, Self::Signature];

    /// The stable name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Signature => "signature",
        }
    }
}

/// A secret that a card compares and counts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum CardSecret {
    /// A PIN.
    Pin(PinId),
    /// The code that unblocks it.
    Puk(PinId),
}

impl CardSecret {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Pin(PinId::User),
        Self::Puk(PinId::User),
        Self::Pin(PinId::Signature),
        Self::Puk(PinId::Signature),
    ];

    /// The PIN that logs in.
    pub const USER_PIN: Self = Self::Pin(PinId::User);

    /// Which PIN it is, or is the PUK of.
    #[must_use]
    pub fn id(self) -> PinId {
        match self {
            Self::Pin(id) | Self::Puk(id) => id,
        }
    }

    /// The stable name in errors and traces.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pin(PinId::User) => "user PIN",
            Self::Pin(PinId::Signature) => "signature PIN",
            Self::Puk(PinId::User) => "PUK",
            Self::Puk(PinId::Signature) => "signature PUK",
        }
    }
}

/// What is known of one secret of a card, from its profile or specification.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SecretFacts {
    /// The form of its values.
    pub form: PinForm,
    /// Its reference.
    pub reference: PinReference,
    /// Whether its counter may be asked for.
    pub counter_query: CounterQuery,
    /// The most tries it can have, where that is known without asking.
    pub tries_max: Option<u8>,
}

/// Whether a card can be asked for a counter without spending a try.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CounterQuery {
    /// It can.
    Free,
    /// It may cost a try, or nobody knows: not asked.
    NotAsked,
}

/// How a new PIN comes to a card.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NewPinWay {
    /// One command brings the present secret and the new PIN: one try at stake.
    OneCommand,
    /// The present secret is verified first, and only if it is right does a second command follow: one try at stake.
    VerifiedFirst,
}

/// How a PIN is changed and unblocked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PinWays {
    /// Changed, with the present PIN; `None` where the card cannot.
    pub change: Option<NewPinWay>,
    /// Unblocked, with the PUK; `None` where the card cannot.
    pub unblock: Option<NewPinWay>,
}

/// How long a pin pad waits, and in which language it asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PadTerms {
    /// Seconds that the reader waits for the person.
    pub timeout_s: u8,
    /// The language of its display.
    pub language: PadLanguage,
}

/// What VERIFY brings.
#[derive(Clone, Copy, Debug)]
pub enum Presented<'v> {
    /// A PIN that was typed.
    Pin(PinId, &'v Pin),
    /// A PUK that was typed.
    Puk(PinId, &'v Puk),
    /// A value that the person types on the reader.
    OnPad(CardSecret, PadTerms),
}

impl Presented<'_> {
    /// Which secret it is.
    #[must_use]
    pub fn secret(self) -> CardSecret {
        match self {
            Self::Pin(id, _) => CardSecret::Pin(id),
            Self::Puk(id, _) => CardSecret::Puk(id),
            Self::OnPad(secret, _) => secret,
        }
    }
}

/// What CHANGE REFERENCE DATA brings.
#[derive(Clone, Copy, Debug)]
pub enum ChangeValues<'v> {
    /// The present PIN and the new one, typed.
    Typed {
        /// The present one.
        present: &'v Pin,
        /// The new one.
        new: &'v Pin,
    },
    /// Both, typed on the reader.
    OnPad(PadTerms),
}

/// What RESET RETRY COUNTER brings. Where the PUK was verified first, the card may want the new PIN only.
#[derive(Clone, Copy, Debug)]
pub enum UnblockValues<'v> {
    /// The PUK and the new PIN, typed.
    Typed {
        /// The PUK.
        puk: &'v Puk,
        /// The new PIN.
        new: &'v Pin,
    },
    /// Both, typed on the reader.
    OnPad(PadTerms),
}

/// The form of a PIN or PUK that a card takes: decimal digits, this many of them. Checked before anything is sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PinForm {
    /// Fewest digits.
    pub length_min: usize,
    /// Most digits.
    pub length_max: usize,
    /// Where its holder got it in two halves, on two papers: the digits of the first `[cie §5]`.
    pub first_half: Option<usize>,
}

/// The reference of a PIN as it stands in P2 of VERIFY (ISO/IEC 7816-4 §11.6.6), search bit included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PinReference(pub u8);

/// A counter as a card tells it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tries {
    /// How many wrong values it will still take.
    pub left: TriesLeft,
    /// The most it ever takes, as the card tells or its profile says.
    pub most: Option<u8>,
}

impl Tries {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        left: TriesLeft::Unknown,
        most: None,
    };
}

/// How many wrong values the card will still take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TriesLeft {
    /// The card said so. Zero is a blocked PIN.
    Known(u8),
    /// The card did not say, or asking would cost a try.
    Unknown,
}

impl TriesLeft {
    /// The number, where it is known.
    #[must_use]
    pub fn known(self) -> Option<u8> {
        match self {
            Self::Known(tries) => Some(tries),
            Self::Unknown => None,
        }
    }
}

/// What the card made of a typed value. A wrong PIN is an outcome, not an error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PinOutcome {
    /// Right.
    Verified,
    /// Wrong; a try is spent.
    Wrong {
        /// What is left now.
        tries_left: TriesLeft,
    },
    /// Blocked: no value is taken any more, the right one included, until it is unblocked.
    Blocked,
    /// The reader's pin pad gave no value: nothing was sent to the card.
    NotEntered(PadRefusal),
}

/// Why a pin pad gave no value (PC/SC part 10 §2.5.4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PadRefusal {
    /// 6400: nothing was typed in time.
    TimedOut,
    /// 6401: the person pressed cancel.
    Cancelled,
    /// 6402: the new PIN was typed differently the second time.
    Differ,
    /// 6403: too few or too many digits.
    WrongLength,
}
