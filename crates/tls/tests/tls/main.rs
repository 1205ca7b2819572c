//! Logins by TLS: the client with a played card or its key, against servers of rustls and of OpenSSL.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code: what fails here fails the test"
)]

mod client;
mod keys;
mod openssl;
mod played;
#[cfg(feature = "tokio")]
mod runtime;
mod servers;
mod verdicts;
