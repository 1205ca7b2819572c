//! Asking a responder about one certificate (OCSP, RFC 6960): the question as bytes, the answer read and judged.
//!
//! Not here: the network. Not here either: what a verdict makes of an answer that is stale, of one that says "unknown", or
//! of a responder whose own revocation nobody looked at; [`OcspAnswer`] tells of them.

mod error;
mod judge;
mod read;
mod request;
mod responder;
mod response;

pub use error::{OcspError, OcspRefusal};
pub use judge::{OCSP_SKEW_MAX, OcspAnswer, OcspQuestion};
pub use read::OcspStatus;
pub use request::OcspRequest;
pub use responder::OcspSigner;
pub use response::{OCSP_RESPONSE_LENGTH_MAX, OcspResponse};

/// Object identifiers, as the content of an OBJECT IDENTIFIER.
mod oid {
    /// id-sha1 (RFC 3279 §2.1).
    pub(super) const SHA1: &[u8] = &[0x2B, 0x0E, 0x03, 0x02, 0x1A];
    /// id-sha256 (RFC 5754 §2.2).
    pub(super) const SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
    /// id-pkix-ocsp-basic (RFC 6960 §4.2.1).
    pub(super) const BASIC: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01];
    /// id-pkix-ocsp-nonce (RFC 6960 §4.4.1, RFC 9654).
    pub(super) const NONCE: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02];
    /// id-pkix-ocsp-crl (RFC 6960 §4.4.2): which list the answer was taken from.
    pub(super) const CRL: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x03];
    /// id-pkix-ocsp-archive-cutoff (RFC 6960 §4.4.4).
    pub(super) const ARCHIVE_CUTOFF: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x06];
    /// id-pkix-ocsp-extended-revoke (RFC 6960 §4.4.8).
    pub(super) const EXTENDED_REVOKE: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x09];
}

#[cfg(test)]
mod tests;
