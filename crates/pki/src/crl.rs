//! Revocation lists (RFC 5280 §5): reading one, what it says of itself, and the contract by which the judge asks one.
//!
//! Not here: where lists come from, and what a verdict makes of them.

mod entry;
mod error;
mod extensions;
mod header;
mod held;
mod in_order;
mod list;
mod outline;
mod serial;
mod time;

pub use entry::{AllEntries, ListEntry};
pub use error::CrlError;
pub use header::{CrlHeader, CrlNumber, CrlScope, RevocationReason, RevokedEntry, Subjects};
pub use held::HeldList;
pub use in_order::{InOrder, OrderedEntry};
pub use list::{CRL_LENGTH_MAX, RevocationList};
pub use serial::SerialNumber;

use crate::{Certificate, Timestamp};

/// Why a list cannot be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ListFault {
    /// Its signature is not by this key, or by an algorithm that is not verified.
    #[error("the revocation list was not signed by its issuer")]
    NotSigned,
    /// Its signature holds, but is SHA-1 or by RSA under 2048 bits.
    #[error("the revocation list has a weak signature")]
    Weak,
    /// It could not be read any more, or is not what it was: the file behind it was cut or changed.
    #[error("the revocation list can no longer be read")]
    Unreadable,
}

/// A list that can be asked, wherever it is kept.
pub trait KnownList {
    /// What it says of itself.
    fn header(&self) -> &CrlHeader;

    /// That the key of this certificate signed it. Whether the certificate is believed is asked elsewhere.
    ///
    /// # Errors
    /// [`ListFault::NotSigned`]; [`ListFault::Weak`], where the signature holds.
    fn check_signature(&self, signer: &Certificate) -> Result<(), ListFault>;

    /// What it says of a serial number, given as encoded in a certificate (the content of its INTEGER).
    ///
    /// # Errors
    /// [`ListFault::Unreadable`].
    fn find(&self, serial: &[u8]) -> Result<Option<RevokedEntry>, ListFault>;

    /// When it was fetched, where that is known.
    fn fetched_at(&self) -> Option<Timestamp>;
}

#[cfg(test)]
mod tests;
