//! From a challenge to an identity, through the public interface and the fixtures' cards.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod challenge;
mod identity;
mod login;
