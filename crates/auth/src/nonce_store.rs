//! A relying party's nonces: issued to a client, taken once, forgotten soon.
//!
//! A store holds SHA-256 of each nonce and of each client's name, so that who reads it learns neither. A nonce is bound to the
//! client that it was issued to: [`NonceStore::take`] tells which, and the relying party compares.
//!
//! Not here: a store that several processes share, and the source of the random bytes.

mod memory;

use core::fmt;

use sha2::{Digest as _, Sha256};
use varco_pki::Timestamp;

use crate::Nonce;

pub use memory::MemoryNonceStore;

/// Shortest life of a nonce in seconds: as long as a challenge may take to be answered.
const TTL_S_MIN: u32 = 120;
/// Longest life of a nonce in seconds: as long as a person may take to log in at an identity provider.
const TTL_S_MAX: u32 = 900;
/// Life of a nonce in seconds where nobody says otherwise.
const TTL_S: u32 = 300;
/// Most nonces that one store holds at once.
const CAPACITY_MAX: usize = 1_000_000;

/// Why a nonce is not issued, or not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NonceError {
    /// The bounds of a store are not within what is sensible.
    #[error(
        "the bounds of the store are outside 120 to 900 s, 1 to 1000000 nonces, 1 to as many for each client"
    )]
    Limits,
    /// As many nonces are outstanding as the store holds.
    #[error("the store holds as many nonces as it can")]
    StoreFull,
    /// As many nonces are outstanding for this client as it may have.
    #[error("the client has as many outstanding nonces as it may have")]
    ClientQuota,
    /// The bytes for a new nonce are those of one that is outstanding: the random source is broken.
    #[error("the random bytes are those of an outstanding nonce")]
    Repeated,
    /// It was never issued, was taken before, or is forgotten.
    #[error("the nonce is not outstanding: never issued, taken before, or too old")]
    NotOutstanding,
    /// Its life is over, or the clock stands before its issue; it is used up.
    #[error("the nonce is not valid at this instant")]
    Expired,
}

impl NonceError {
    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Limits => "nonce-limits",
            Self::StoreFull => "nonce-store-full",
            Self::ClientQuota => "nonce-client-quota",
            Self::Repeated => "nonce-repeated",
            Self::NotOutstanding => "nonce-not-outstanding",
            Self::Expired => "nonce-expired",
        }
    }
}

/// Whom a nonce is issued to: SHA-256 of whatever names a browser session or a kiosk.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Client([u8; 32]);

impl Client {
    /// By the bytes that name it, such as a session identifier.
    #[must_use]
    pub fn named(name: &[u8]) -> Self {
        Self(Sha256::digest(name).into())
    }
}

/// Shows nothing.
impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Client(..)")
    }
}

/// A nonce that was taken, and is gone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use = "the relying party compares the client with the one that brings the proof"]
pub struct NonceTaken {
    /// To whom it was issued.
    pub client: Client,
    /// When, in whole seconds since 1970-01-01T00:00:00Z.
    pub issued_at_s: i64,
}

/// What a relying party keeps of the nonces that it issued.
pub trait NonceStore: Send + Sync {
    /// Issues a nonce made of bytes that nobody could guess, to a client, at an instant.
    ///
    /// # Errors
    /// [`NonceError::StoreFull`], [`NonceError::ClientQuota`], [`NonceError::Repeated`].
    fn issue(&self, client: Client, random: [u8; 32], now: Timestamp) -> Result<Nonce, NonceError>;

    /// Takes a nonce at an instant. Of several callers at once, one gets it; whoever comes later finds nothing, whatever the
    /// proof was worth.
    ///
    /// # Errors
    /// [`NonceError::NotOutstanding`]; [`NonceError::Expired`], and it is gone then too.
    fn take(&self, nonce: &Nonce, now: Timestamp) -> Result<NonceTaken, NonceError>;
}

/// The bounds of a store.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NonceLimits {
    ttl_s: u32,
    capacity: usize,
    per_client: usize,
}

impl NonceLimits {
    /// A life of 120 to 900 s; at most a million nonces outstanding, of them so many for each client.
    ///
    /// # Errors
    /// [`NonceError::Limits`].
    pub fn new(ttl_s: u32, capacity: usize, per_client: usize) -> Result<Self, NonceError> {
        let sensible = (TTL_S_MIN..=TTL_S_MAX).contains(&ttl_s)
            && (1..=CAPACITY_MAX).contains(&capacity)
            && (1..=capacity).contains(&per_client);
        sensible
            .then_some(Self {
                ttl_s,
                capacity,
                per_client,
            })
            .ok_or(NonceError::Limits)
    }
}

/// 300 s, ten thousand outstanding, eight for each client.
impl Default for NonceLimits {
    fn default() -> Self {
        Self {
            ttl_s: TTL_S,
            capacity: 10_000,
            per_client: 8,
        }
    }
}

#[cfg(test)]
mod tests;
