//! TLS with a client certificate on a card: the client that logs in so, and the server that asks for it.
//!
//! What this crate is not: it opens no card and asks for no PIN (an application brings a [`CardKey`], a card that has
//! accepted its PIN; with feature `varco`, `KeptCard` is one of a login with crate `varco`), opens no connection (the application brings the stream), judges no certificate (`pki` does), and
//! makes no `VerifiedIdentity`: `auth` makes one from its own challenge only, and what a card signs in TLS is the
//! handshake. What a server has is the judged certificate, [`ChainValid`](varco_pki::ChainValid): whose it is, and that
//! the card at the other end of this connection has its key. It has no proof to hand on, no audience or nonce but this
//! connection, and of an identity card no word on whether the document is genuine, which only who speaks to the card sees.
//!
//! Layer 9 (programs): over `pki` and rustls, whose provider is ring.
//!
//! Start with [`CardClient`] for a client, with [`CardServer`] or [`CardClientVerifier`] for a server. The manual is
//! docs/tls.md.
//!
//! Which card does what: a CNS does the bare RSA operation and signs by RSASSA-PSS too, so TLS 1.2 and 1.3; an identity
//! card pads by itself, as PKCS #1 v1.5 has it, which TLS 1.3 does not take (RFC 8446 §4.2.3), so TLS 1.2 alone.
//!
//! Invariants:
//! * A connection is given out as logged in only where the card has signed its handshake: a server that does not ask for
//!   the certificate, or asks for a signature that the card does not make, ends in an error.
//! * A signature that the key in the certificate did not make is not sent.
//! * Sessions are not resumed, by client or server: a resumed one would go on without the card.
//! * A server gives out a [`ChainValid`](varco_pki::ChainValid) only after the handshake, when the key is proven.
//! * `Debug` and errors carry no name, no codice fiscale and no certificate.
//!
//! ```
//! use std::sync::Arc;
//! use varco_pki::{AnchorKind, Certificate, EvidenceAtHand, HeldList, TrustAnchor, TrustAnchors};
//! use varco_tls::{CardClientVerifier, ClientTrust, TestMaterial};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/");
//! # let ca = std::fs::read(format!("{fixtures}pki/ca-cns.der"))?;
//! # let list = std::fs::read(format!("{fixtures}pki/crl-cns.crl"))?;
//! # let revoked = std::fs::read(format!("{fixtures}pki/leaf-revoked.der"))?;
//! // An authority, and what it has revoked; a test authority has to be permitted.
//! let anchor = TrustAnchor::new(Certificate::parse(&ca)?, AnchorKind::Test)?;
//! let mut evidence = EvidenceAtHand::default();
//! evidence.add_list(Arc::new(HeldList::parse(list, None)?));
//! let trust = ClientTrust::new(TrustAnchors::from_iter([anchor]))
//!     .evidence(evidence)
//!     .test_material(TestMaterial::Permitted);
//! let verifier = CardClientVerifier::new(trust)?;
//!
//! // What rustls will ask of it in a handshake.
//! let refusal = verifier.judge(&[revoked.into()], "2026-06-01T00:00:00Z".parse()?);
//! assert_eq!(refusal.unwrap_err().code(), "certificate-revoked");
//! # Ok(())
//! # }
//! ```

mod client;
mod error;
#[cfg(feature = "varco")]
mod kept_card;
mod key;
mod notes;
mod refusal;
mod resolve;
mod scheme;
mod server;
mod trust;
mod verify;

#[cfg(feature = "tokio")]
mod off_workers;

pub use client::{CardClient, CardConnection};
pub use error::TlsError;
#[cfg(feature = "varco")]
pub use kept_card::KeptCard;
pub use key::{CardKey, CardKeyError};
pub use notes::{HandshakeNotes, Issuers};
pub use refusal::{ClientRefusal, LastRefusal, RefusalObserver, TracedRefusals};
pub use rustls;
pub use scheme::CardScheme;
pub use server::{AcceptError, Accepted, CardServer};
pub use trust::{Accepts, ClientTrust, ClientTrustError, TestMaterial};
pub use verify::CardClientVerifier;
