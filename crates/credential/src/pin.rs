//! What is known of a PIN: its form, its reference, its counter, and what the card said of a typed value.
//!
//! Not here: when one may be sent (`rules`).

/// The form of a PIN that a card takes: decimal digits, this many of them. Checked before anything is sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PinForm {
    /// Fewest digits.
    pub length_min: usize,
    /// Most digits.
    pub length_max: usize,
}

/// The reference of a PIN as it stands in P2 of VERIFY (ISO/IEC 7816-4 §11.6.6), search bit included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PinReference(pub u8);

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
}
