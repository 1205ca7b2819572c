//! Challenge, response, verification: the only maker of a [`VerifiedIdentity`], by a card or by a SPID login that a gateway
//! handed over.
//!
//! # What it does not do
//! It draws no random bytes and reads no clock (both are arguments), speaks to no card (`credential` does), judges
//! no certificate (`pki` does), speaks no SAML (a gateway does), keeps no store of challenges, and decides nothing about services
//! (`access-policy` does). Nonces of a relying party are the one thing that it can keep ([`NonceStore`]).
//!
//! # Where to start
//! [`Challenge::new`], [`Challenge::signing_request`] for the card, [`Challenge::verify`] with what the card gave,
//! [`VerifiedIdentity::from_card`]. A relying party elsewhere: [`NonceStore::issue`], [`Proof::parse`],
//! [`NonceStore::take`], [`verify_proof`]. A SPID login: [`NonceStore::issue`], [`verify_hand_over`].
//!
//! # Layer and invariants
//! Layer 4 (proof): depends on `credential` and `pki`.
//! - A [`Challenge`] can be neither copied nor stored, and verification consumes it: it is answered at most once.
//! - A [`ChallengeSigned`] exists only where the key of a certificate judged good made the signature, under a PIN
//!   that the card accepted, over this challenge, for this audience, in time.
//! - A [`VerifiedIdentity`] can be serialized and not deserialized: no file and no message becomes one by being read. A
//!   [`Proof`] does only where a card's key signed the nonce and the audience that the verifier itself brings; a hand-over
//!   of SPID where the key of a configured gateway did.
//! - `Debug` output and errors carry no codice fiscale, card number, random byte or signature.
//!
//! # Example
//! ```
//! use varco_auth::{Audience, Challenge, Nonce};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let random = [7; 32];
//! let audience = Audience::parse("https://servizi.example.it")?;
//! let nonce = Nonce::new(&[1; 16])?;
//! // `random` comes from the system's generator, the instant from its clock.
//! let challenge = Challenge::new(random, audience, Some(nonce), "2026-01-01T09:00:00Z".parse()?);
//! assert_eq!(challenge.audience().as_str(), "https://servizi.example.it");
//! # Ok(())
//! # }
//! ```

mod assurance;
mod audience;
mod challenge;
mod document;
mod error;
mod exchange;
mod holder_name;
mod identity;
mod nonce_store;
mod object;
mod proof;
mod pss;
mod spid;
mod structure;

pub use assurance::{Assurance, AssuranceLevel, AssuranceReason, JUDGED_NOW_S, Known, OriginKnown};
pub use audience::{Audience, Nonce};
pub use challenge::{CHALLENGE_LIFETIME_S, Challenge, ChallengeLifetime, ChallengeSigned, signing_request};
pub use document::{DocumentChallenge, VerifiedDocument};
pub use error::AuthError;
pub use exchange::{CardNumber, Exchange, Flow};
pub use holder_name::HolderName;
pub use identity::{
    CardExchange, CardOrigin, Credential, HandedOver, IdentityKind, SpidLevel, VerifiedIdentity,
};
pub use nonce_store::{Client, MemoryNonceStore, NonceError, NonceLimits, NonceStore, NonceTaken};
pub use proof::{Evidence, Expected, PROOF_LENGTH_MAX, Proof, ProofError, ProvenByProof, verify_proof};
pub use spid::{
    GatewayKey, GatewayKeyError, GatewayKeys, GatewayMaterial, GatewayPublicKey, HAND_OVER_LENGTH_MAX,
    HAND_OVER_LIFETIME_S, HAND_OVER_SKEW_S, HandOverError, HandOverExpected, verify_hand_over,
};
pub use varco_credential::ReaderKind;
pub use varco_pki::{BirthDate, BirthYear, CodiceFiscale, CodiceFiscaleError};
