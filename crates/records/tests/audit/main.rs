//! The record of decisions: what it keeps, what it shows, and what it survives.
//!
//! Not here: single keys, checkpoints and sealed parts (beside their code).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    reason = "a test fails by panicking"
)]

mod altered;
mod growth;
mod hostile;
mod interrupted;
mod interrupted_often;
mod killed;
mod reading;
mod rig;
mod together;
