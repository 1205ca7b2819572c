//! Card login for Italian cards: the face that applications depend on.
//!
//! What this crate is not: it has no user interface of its own (an application brings a [`PinEntry`], or takes one
//! of [`entry`]), keeps of a login only that a try may be spent ([`Insertion`]), and signs no documents.
//! Revocation is judged by the evidence that an application brings: lists, a trust store ([`trust::store`]), or one that
//! fetches what it has not ([`trust::online_evidence`]). Every identity says what is known.
//!
//! Layer 8 (faces): puts together readers, card drivers, trust, PIN entry and policy.
//!
//! Start with [`Varco`] and [`LoginOptions`]. This is a whole login, on a played card in this process:
//!
//! ```
//! # #[cfg(feature = "played")] {
//! use varco::{Audience, LoginOptions, Varco, entry::StreamEntry, played, trust};
//!
//! // A card that is played, and the test authority that issued its certificate.
//! let (readers, _hand) = played::readers(&["cns-st"]).unwrap();
//! let varco = Varco::with_readers(vec![Box::new(readers)]);
//! # let ca = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/pki/ca-cns.der");
//! # let crl = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/pki/crl-cns.crl");
//! let anchors = trust::load_anchors(ca.as_ref(), trust::AnchorKind::Test).unwrap();
//! // Its revocation list: without one a login is refused, unless `LoginOptions::revocation` asks for less.
//! let mut evidence = trust::EvidenceAtHand::default();
//! for list in trust::load_crl(crl.as_ref(), None).unwrap() {
//!     evidence.add_list(std::sync::Arc::new(list));
//! }
//!
//! let mut options = LoginOptions::new(Audience::parse("kiosk-7.example").unwrap());
//! options.trust(anchors).evidence(evidence);
//! // The PIN comes out of a pipe; a person would be asked by `TerminalEntry`.
//! let (pipe, mut typed) = std::io::pipe().unwrap();
//! std::io::Write::write_all(&mut typed, b"12345\n").unwrap();
//! let mut pin = StreamEntry::new(pipe);
//! let report = varco.login(&options, &mut pin).unwrap();
//! let (identity, decision) = report.outcome.unwrap();
//! assert_eq!(identity.credential().id(), "cns");
//! assert_eq!(identity.assurance().revocation().unwrap().code(), "good");
//! assert!(decision.is_none(), "no service was asked for");
//! # }
//! ```
//!
//! Invariants:
//! * The clock and the random source are read here and handed down; nothing below reads them.
//! * Where a card does not tell how many tries are left, a script sends one PIN for each insertion, whichever of the
//!   user's processes it runs in, and none after a person's wrong one. A PIN that the card accepted does not count.
//! * A card that was connected here is closed here, reset if a PIN reached it.

mod choose;
mod insertions;
mod login;
mod makers;
mod options;
#[cfg(feature = "played")]
pub mod played;
pub mod proof;
mod stored_trust;

pub use choose::StartError;
pub use insertions::Insertion;
pub use login::{DocumentReport, Login, Varco, random};
pub use makers::MakersError;
pub use options::LoginOptions;

pub use varco_access_policy::{AccessPolicy, Decision, Effect, Facts, ServiceId, TestMaterial};

/// The access policy in full: requests, facts, claims, corpora.
pub use varco_access_policy as policy;
pub use varco_auth::{
    Assurance, Audience, CardExchange, CodiceFiscale, Credential, Flow, IdentityKind, Nonce,
    VerifiedDocument, VerifiedIdentity,
};
pub use varco_pki::SignatureScheme;
/// Facts about persons on disk, and the record of decisions.
pub use varco_records as records;
pub use varco_session::{EntryError, LoginError, LoginReport, PinEntry, PinQuestion, PinReport, Report};

/// Ways to ask for a PIN.
pub use varco_entry as entry;

/// SPID logins that a gateway hands over (docs/spid.md): the keys of gateways, and the verifying. Nonces are those of
/// [`proof`].
pub mod spid {
    pub use varco_auth::{
        GatewayKey, GatewayKeyError, GatewayKeys, GatewayMaterial, GatewayPublicKey, HAND_OVER_LENGTH_MAX,
        HAND_OVER_LIFETIME_S, HAND_OVER_SKEW_S, HandOverError, HandOverExpected, HandedOver, SpidLevel,
        verify_hand_over,
    };
}

/// Trust anchors, and where they come from.
pub mod trust {
    pub use crate::stored_trust::{new_bundle_key, online_evidence};
    pub use varco_pki::{
        AnchorKind, AnchorPurpose, Asked, Certificate, CertificateError, CertvalValidator, Downgrade,
        EvidenceAtHand, EvidenceKind, HeldList, InPath, JudgedPath, Judging, KnownAnswer, KnownList,
        KnownRevocation, LEGACY_END, Legacy, Misuse, NoEvidence, OCSP_RESPONSE_LENGTH_MAX, OcspError,
        OcspResponse, Provenance, Rejection, Revocation, RevocationCheck, RevocationList, RevocationMode,
        RevocationSource, RevocationStatus, Sources, TrustAnchor, TrustAnchors, Undetermined, ValidPath,
        cie_misuses, cns_misuses, judge_cie, judge_cns, judge_path, states_identity_card,
    };
    pub use varco_trust_store::{
        Problem as TrustFileProblem, TrustStoreError, fetch, load_anchors, load_certificates, load_crl,
        read_crl, store,
    };
}

/// The contracts underneath, for applications that take the journey step by step.
pub mod steps {
    pub use varco_apdu::{Atr, Pin};
    pub use varco_card::{
        CardLink, CardPresence, Disposition, LinkError, ReaderDriver, ReaderEvent, ReaderName, ReaderState,
        ReaderWatch, Trace, WAIT_DEFAULT,
    };
    pub use varco_credential::{
        Attendance, CardDescription, CardDriver, CardError, DocumentCard, DocumentFiles, DocumentKey,
        LastTry, NotSent, PersonalData, PersonalField, PinForm, PinRules, RecognisedBy, TriesLeft,
        UnknownTries,
    };
    pub use varco_pki::{
        Agreement, BirthYear, CardId, ChainValid, CnsSubject, DocumentRejection, Nis, Rejection, Timestamp,
    };
    pub use varco_session::{BirthDateSource, CardSeen, CardTrusted, Conversation, Origin, Proven, Trust};
}

/// Readers behind the system's PC/SC service, and what may be wrong with it.
#[cfg(feature = "pcsc")]
pub use varco_roster::pcsc;

/// NFC readers through libnfc.
#[cfg(feature = "nfc")]
pub use varco_roster::nfc;
