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
//! * The PIN is typed between two transactions, never inside one; if the card was reset, removed or exchanged
//!   meanwhile, the PIN is not sent: the link says which it was, or else [`LoginError::CardChanged`].
//! * Steps are consumed: a wrong PIN ends the journey, and another begins at the card.
//! * No step sends anything twice.
//!
//! An example that runs, on a played card, stands in crate `varco`, which applications depend on.

mod challenge;
mod conversation;
mod document;
mod entry;
mod error;
mod login;
mod steps;

pub use conversation::Conversation;
pub use document::Origin;
pub use entry::{EntryError, PinEntry, PinQuestion};
pub use error::LoginError;
pub use login::{
    Asker, BirthDateSource, LoginReport, LoginRequest, PinReport, Report, Wanted, login, read_certificate,
};
pub use steps::{CardSeen, CardTrusted, Proven, Trust};
