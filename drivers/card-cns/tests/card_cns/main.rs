//! The driver against scripts of exact bytes, by dialogue, and against cards that say anything at all.
//!
//! Not here: whole played cards (tests/scenario), as no device knows another.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may fail loudly"
)]

mod card_id;
mod certificate;
mod hostile;
mod new_pin;
mod personal_data;
mod pin;
mod places;
mod recognition;
mod script;
mod signing;
