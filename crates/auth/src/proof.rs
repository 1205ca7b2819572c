//! A proof of identity that others can check: all that a relying party elsewhere needs of one login, as a value.
//!
//! It holds the card's number and certificate, and so who the holder is: personal data. It is sent to the relying party that
//! asked, over a channel that nobody else reads, and kept no longer than it is needed.
//!
//! Not here: the JSON of it (`wire`), the check (`verify`), the bytes that the card signs (`structure`).

mod error;
mod verify;
mod wire;

use std::fmt;

use varco_pki::{EvidenceKind, SignatureScheme};

use crate::structure::Structure;
use crate::{Audience, Exchange, Flow, Nonce};

pub use error::ProofError;
pub use verify::{Expected, ProvenByProof, verify_proof};
pub use wire::PROOF_LENGTH_MAX;

/// Most certificates between leaf and anchor.
const INTERMEDIATES_MAX: usize = 8;
/// Most pieces of stapled evidence.
const EVIDENCE_MAX: usize = 8;

/// A proof, as it was read. Whether it holds says [`verify_proof`].
#[derive(Clone, PartialEq, Eq)]
pub struct Proof {
    scheme: SignatureScheme,
    audience: Audience,
    nonce: Nonce,
    random: [u8; 32],
    issued_at_s: i64,
    not_after_s: i64,
    exchange: Exchange,
    certificate: Vec<u8>,
    intermediates: Vec<Vec<u8>>,
    signature: Vec<u8>,
    revocation: Vec<Evidence>,
}

/// A list or an answer about revocation that came with a proof: as good as what its issuer signed, whoever brings it.
#[derive(Clone, PartialEq, Eq)]
pub struct Evidence {
    kind: EvidenceKind,
    der: Vec<u8>,
}

impl Evidence {
    /// A piece of this kind, in DER.
    #[must_use]
    pub fn new(kind: EvidenceKind, der: Vec<u8>) -> Self {
        Self { kind, der }
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> EvidenceKind {
        self.kind
    }

    /// The bytes.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }
}

/// Shows kind and length.
impl fmt::Debug for Evidence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "Evidence({}, {} bytes)",
            self.kind.name(),
            self.der.len()
        )
    }
}

impl Proof {
    /// Of a signature that was just verified.
    pub(crate) fn of(signed: &Structure<'_>, nonce: Nonce, certificate: &[u8], signature: &[u8]) -> Self {
        Self {
            scheme: signed.scheme,
            audience: signed.audience.clone(),
            nonce,
            random: *signed.random,
            issued_at_s: signed.issued_at_s,
            not_after_s: signed.not_after_s,
            exchange: signed.exchange.clone(),
            certificate: certificate.to_vec(),
            intermediates: Vec::new(),
            signature: signature.to_vec(),
            revocation: Vec::new(),
        }
    }

    /// With certificates (DER) that may stand between the card's and an anchor; at most eight are written.
    #[must_use]
    pub fn with_intermediates(mut self, intermediates: Vec<Vec<u8>>) -> Self {
        self.intermediates = intermediates;
        self
    }

    /// With evidence about revocation; at most eight pieces are written.
    #[must_use]
    pub fn with_revocation(mut self, evidence: Vec<Evidence>) -> Self {
        self.revocation = evidence;
        self
    }

    /// By which scheme the card signed.
    #[must_use]
    pub fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    /// For whom it says that it is.
    #[must_use]
    pub fn audience(&self) -> &Audience {
        &self.audience
    }

    /// The nonce that it says it answers, by which a relying party finds what it expects.
    #[must_use]
    pub fn nonce(&self) -> &Nonce {
        &self.nonce
    }

    /// Where and with which card it says it was made.
    #[must_use]
    pub fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// The card's certificate in DER, not judged.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// Evidence about revocation that came with it, not judged.
    #[must_use]
    pub fn revocation(&self) -> &[Evidence] {
        &self.revocation
    }

    /// What the card must have signed for this audience and nonce.
    fn structure<'s>(&'s self, audience: &'s Audience, nonce: &'s Nonce) -> Structure<'s> {
        Structure {
            scheme: self.scheme,
            flow: Flow::Remote,
            audience,
            random: &self.random,
            nonce: Some(nonce),
            issued_at_s: self.issued_at_s,
            not_after_s: self.not_after_s,
            exchange: &self.exchange,
        }
    }
}

/// Shows for whom and when.
impl fmt::Debug for Proof {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Proof")
            .field("audience", &self.audience)
            .field("issued_at_s", &self.issued_at_s)
            .finish_non_exhaustive()
    }
}
