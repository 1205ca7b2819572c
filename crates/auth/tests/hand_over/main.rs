//! SPID logins that a gateway hands over, through the public interface.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod accepted;
mod hostile;
mod maker;
mod refused;
mod vectors;
