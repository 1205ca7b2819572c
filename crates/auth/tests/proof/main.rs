//! From a challenge to an identity, and to a proof that others check, through the public interface and the fixtures' cards.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod challenge;
mod identity;
mod login;
mod relying_party;
mod vectors;
