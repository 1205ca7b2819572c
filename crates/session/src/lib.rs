//! The journey: card seen, trust judged, PIN, challenge, identity, decision.
mod entry;
pub use entry::{EntryError, PinEntry, PinQuestion};
