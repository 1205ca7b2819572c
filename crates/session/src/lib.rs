//! The journey: card seen, trust judged, PIN typed, challenge signed, identity verified, access decided.
//!
//! What this crate is not: it names no driver (readers and cards arrive as trait objects), reads no clock,
//! draws no random number, opens no file and asks nobody for a PIN (the caller hands in all of these).
//!
//! Layer 6 (journey).
//!
//! Start with [`login`], the whole journey as one call, or with [`CardSeen::recognise`], its steps one by one:
//!
//! ```text
//!   Conversation ─▶ CardSeen ─▶ CardTrusted ─▶ (PIN typed) ─▶ Proven ─▶ decision
//!        recognise      judge       prove                   access-policy
//! ```
//!
//! Invariants:
//! * Trust comes before the PIN: only [`CardTrusted`] can be asked for a PIN question.
//! * The PIN is typed between two transactions, or on the reader within one; if the card was reset, removed or exchanged
//!   meanwhile, the PIN is not sent: the link says which it was, or else [`LoginError::CardChanged`]. A document is taken up
//!   again once it has proven the same key.
//! * Steps are consumed: a wrong PIN ends the journey, and another begins at the card.
//! * No step sends anything twice.
//!
//! A [`Companion`] walks along, hears of each [`Step`] and may end the journey between two commands. A [`Keeper`] may keep the
//! card after a login, so that it signs again; without one it is reset at once.
//!
//! The care of PIN and PUK goes ways of its own, with the same rules: [`pin_status`], [`change_pin`], [`unblock_pin`].
//!
//! An example that runs, on a played card, stands in crate `varco`, which applications depend on.

mod asking;
mod care;
mod challenge;
mod companion;
mod conversation;
mod document;
mod ending;
mod entry;
mod error;
mod kept;
mod login;
mod steps;

pub use care::{CareReport, PinCare, PinCounters, change_pin, pin_status, unblock_pin};
pub use companion::{Alone, Companion, Step};
pub use conversation::Conversation;
pub use document::Origin;
pub use entry::{AskedValue, EntryError, EntryPlace, NotTaken, PinEntry, PinQuestion, Purpose};
pub use error::LoginError;
pub use kept::{ChallengeSeeds, Keeper, KeptCard, LoggedIn};
pub use login::{
    Asker, BirthDateSource, LoginReport, LoginRequest, PinReport, Report, Wanted, login, read_certificate,
};
pub use steps::{CardSeen, CardTrusted, Proven, Trust};
