//! The store of facts, by its public face: what it keeps, its limits, and what it comes to under every obstacle.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod again;
mod facts;
mod failures;
mod full;
mod guarded;
mod killed;
mod limits;
mod mended;
mod people;
mod place;
mod together;
