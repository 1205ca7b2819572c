//! Certificates, paths, profiles, codice fiscale: bytes and an instant in, verdict with reasons out.
//!
//! # What it does not do
//! No clock, file, socket or card: the caller gives the bytes, the anchors, the evidence and the instant. Signatures on
//! certificates are verified for RSA and for ECDSA on P-256 and P-384, those on security objects for RSA only; a path that
//! needs another is not trusted. Lists of changes (delta CRLs) are not used, nor what indirect lists tell of other issuers'
//! certificates.
//!
//! # Where to start
//! [`Certificate::parse`], [`TrustAnchors`], then [`judge_cns`]: its answer is either [`ChainValid`], the
//! evidence that a certificate was judged good, or a [`Rejection`] that says why not. Revocation lists:
//! [`RevocationList`] reads one, [`HeldList`] keeps one to be asked. OCSP: [`OcspRequest`], [`OcspResponse`].
//!
//! # Layer and invariants
//! Layer 2 (knowledge), depends on no other crate of the workspace.
//! - Only [`judge_cns`] and [`judge_cie`] make a [`ChainValid`], only [`judge_document`] a [`GenuineDocument`], and only a [`PathValidator`] of this crate makes a [`ValidPath`],
//!   only [`OcspResponse::judge`] an [`OcspAnswer`].
//! - SHA-1 signatures and RSA keys under 2048 bits pass only below an anchor that accepts them, until the end that was set
//!   for it, and are always listed in [`ChainValid::downgrades`].
//! - Nobody is asked about revocation before the path holds: a source may take that as leave to fetch.
//! - What is remembered between verdicts are facts about bytes: which key signed an issuer's certificate or a list, which
//!   anchors bear a name. Dates and revocation are asked, and the leaf's signature is verified, in every verdict.
//! - Test material (the fixture CAs) is known by compiled-in key hashes and never becomes a production anchor.
//! - `Debug` output and errors carry no name, no codice fiscale and no card number.
//! - Every loop over outside data is bounded by the 16 KiB that a certificate may measure, the 64 KiB of an OCSP response, or the 64 MiB of a revocation list.
//!
//! # Example
//! ```
//! use std::sync::Arc;
//! use varco_pki::{
//!     AnchorKind, Certificate, EvidenceAtHand, HeldList, Judging, RevocationCheck, RevocationMode, Timestamp,
//!     TrustAnchor, TrustAnchors, judge_cns,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/");
//! # let card_bytes = std::fs::read(format!("{fixtures}cards/cns-st/ef-1101.bin"))?;
//! # let ca_bytes = std::fs::read(format!("{fixtures}pki/ca-cns.der"))?;
//! # let list_bytes = std::fs::read(format!("{fixtures}pki/crl-cns.crl"))?;
//! let ca = Certificate::parse(&ca_bytes)?;
//! let anchors = TrustAnchors::from_iter([TrustAnchor::new(ca, AnchorKind::Test)?]);
//! let mut evidence = EvidenceAtHand::default();
//! evidence.add_list(Arc::new(HeldList::parse(list_bytes, None)?));
//!
//! let leaf = Certificate::parse(&card_bytes)?;
//! let at: Timestamp = "2026-06-01T00:00:00Z".parse()?;
//! let check = RevocationCheck { mode: RevocationMode::Hard, source: &evidence };
//! let valid = judge_cns(leaf, &Judging::new(&anchors, at).checking(check))?;
//! assert_eq!(valid.revocation().code(), "good");
//! assert!(valid.is_test_material());
//! assert_eq!(valid.holder().codice_fiscale().as_str().len(), 16);
//! # Ok(())
//! # }
//! ```

mod agreement;
mod anchor;
mod card_id;
mod certificate;
mod clock;
mod codice_fiscale;
mod crl;
mod der_length;
mod der_reader;
mod distribution_point;
mod document;
mod judge;
mod ocsp;
mod path;
mod rejection;
mod revocation;
mod rsa_signature;
mod security_object;
mod signed;
mod subject;
pub mod test_material;

pub use agreement::{Agreement, ConfirmedBirthDate, PersonalDataFile};
pub use anchor::{
    AnchorError, AnchorKind, AnchorPurpose, LEGACY_END, Legacy, Provenance, TrustAnchor, TrustAnchors,
};
pub use card_id::{CardClass, CardId, CardIdError};
pub use certificate::{CERTIFICATE_LENGTH_MAX, Certificate, CertificateError, PublicKey, SignatureHash};
pub use clock::{ClockError, ClockFloor};
pub use codice_fiscale::{BirthDate, BirthYear, CodiceFiscale, CodiceFiscaleError, Sex};
pub use crl::{
    AllEntries, CRL_LENGTH_MAX, CrlError, CrlHeader, CrlNumber, CrlScope, HeldList, InOrder, KnownList,
    ListEntry, ListFault, OrderedEntry, RevocationList, RevocationReason, RevokedEntry, SerialNumber,
    Subjects,
};
pub use der_length::der_total_length;
pub use distribution_point::{DistributionPoint, GeneralName, PointName, Reasons};
pub use document::{DeviceKey, DocumentRejection, GenuineDocument, ServiceKey, judge_document};
pub use jiff::Timestamp;
pub use jiff::civil::Date;
pub use judge::{
    ChainValid, JudgedPath, Judging, SignatureError, SignatureScheme, cie_misuses, cns_misuses,
    has_signed_unjudged, judge_cie, judge_cns, judge_path, states_identity_card,
};
pub use ocsp::{
    OCSP_RESPONSE_LENGTH_MAX, OCSP_SKEW_MAX, OcspAnswer, OcspError, OcspQuestion, OcspRefusal, OcspRequest,
    OcspResponse, OcspSigner, OcspStatus,
};
pub use path::{CertvalValidator, Downgrade, PathValidator, PolicyInputs, PolicyValidator, ValidPath};
pub use rejection::{Distrust, InPath, Misuse, PathRule, Rejection, ValiditySide};
pub use revocation::{
    Asked, EvidenceAtHand, EvidenceKind, KnownAnswer, KnownRevocation, NoEvidence, Revocation,
    RevocationCheck, RevocationMode, RevocationSource, RevocationStatus, Sources, Undetermined,
};
pub use rsa_signature::rsa_public_key;
pub use security_object::{
    DataGroup, SECURITY_OBJECT_MAX_BYTES, SecurityObject, SecurityObjectError, security_object_length,
};
pub use subject::{CieSubject, CnsSubject, Holder, Nis, SubjectError};

#[cfg(test)]
mod tests;
