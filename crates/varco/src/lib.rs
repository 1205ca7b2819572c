//! Card login for Italian cards: the face that applications depend on.
//!
//! What this crate is not: it has no user interface of its own (an application brings a [`PinPrompt`], or takes one
//! of [`entry`]), keeps of a login only that a try may be spent ([`Insertion`]), and signs no documents.
//! Revocation is judged by the evidence that an application brings: lists, a trust store ([`trust::store`]), or one that
//! fetches what it has not ([`trust::online_evidence`]). Every identity says what is known.
//!
//! Layer 8 (faces): puts together readers, card drivers, trust, PIN entry and policy.
//!
//! # Five minutes
//!
//! **Readers.** [`Varco`] holds them; a program has one. Here a card is played in this process (feature `played`), with the test
//! authority that issued its certificate; `Varco::system()` has the readers of the PC/SC service.
//!
//! **What is wanted** is said in [`LoginOptions`]: who asks, whom to believe, which service, how long it may take.
//!
//! **The PIN** is typed into a window of yours: a [`PinPrompt`] shows the question and answers when the person is ready, from any
//! thread. Nothing is sent but what was typed, once.
//!
//! ```
//! use varco::{Audience, LoginOptions, PinAnswer, PinWanted, Step, Varco, played};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (readers, _hands) = played::readers(&["cns-st"])?;
//! let varco = Varco::with_readers(vec![Box::new(readers)]);
//! let mut options = LoginOptions::new(Audience::parse("kiosk-7.example")?);
//! played::believe(&mut options)?;
//!
//! let prompt = |wanted: PinWanted, answer: PinAnswer| {
//!     assert_eq!(wanted.tries_left.and_then(|tries| tries.known()), Some(3));
//!     // What was typed is wiped here, whatever comes of it.
//!     let _ = answer.digits(&mut b"12345".to_vec());
//! };
//! let login = varco
//!     .begin_login(options)
//!     .on_step(|step| {
//!         if let Step::CardSeen(card) = step {
//!             println!("{}", card.title_it);
//!         }
//!     })
//!     .start(prompt);
//! // For the Cancel button; it says whether a PIN is on its way.
//! let _cancel = login.cancel_handle();
//! // In an async function: `login.await`.
//! let logged_in = login.wait()?;
//! assert_eq!(logged_in.identity().credential().id(), "cns");
//! assert_eq!(logged_in.identity().assurance().revocation().unwrap().code(), "good");
//! // It lasts until the card leaves, its time is over, or it is dropped.
//! assert_eq!(logged_in.ended(), None);
//! # Ok(())
//! # }
//! ```
//!
//! **When it fails**, [`NotLoggedIn`] has a stable code, what to tell the person and what to do, in Italian and English.
//!
//! **Cards that come and go** are told by [`Varco::watch`], an iterator and a stream:
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (readers, _hands) = varco::played::readers(&["cie-nxp"])?;
//! # let varco = varco::Varco::with_readers(vec![Box::new(readers)]);
//! use varco::Event;
//! for event in varco.watch()? {
//!     if let Event::Recognised { reader, card } = event {
//!         println!("{reader}: {}", card.title_en);
//!         break;
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! **A card that is kept** ([`KeepCard::Exclusively`]) signs again without the PIN: [`LoggedIn::prove_to`], [`LoggedIn::signer`].
//!
//! **Without threads and windows**, a script logs in by one call on its own thread, with a [`PinEntry`]:
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use varco::{Audience, LoginOptions, Varco, entry::StreamEntry, played};
//!
//! let (readers, _hands) = played::readers(&["cns-st"])?;
//! let varco = Varco::with_readers(vec![Box::new(readers)]);
//! let mut options = LoginOptions::new(Audience::parse("kiosk-7.example")?);
//! played::believe(&mut options)?;
//! // The PIN comes out of a pipe; a person would be asked by `TerminalEntry`.
//! let (pipe, mut typed) = std::io::pipe()?;
//! std::io::Write::write_all(&mut typed, b"12345\n")?;
//! let report = varco.login(&options, &mut StreamEntry::new(pipe))?;
//! let (identity, decision) = report.outcome?;
//! assert_eq!(identity.credential().id(), "cns");
//! assert!(decision.is_none(), "no service was asked for");
//! # Ok(())
//! # }
//! ```
//!
//! The rest stands in `docs/library.md`: how a login ends early, for how long it lasts, which thread does what. Programs to
//! begin with are in `examples/`.
//!
//! # Invariants
//! * The clock and the random source are read here and handed down; nothing below reads them.
//! * One thread owns each reader. A login that is cancelled, dropped or out of time ends between two commands; the card is reset
//!   if a PIN reached it, and the next caller has his turn after that.
//! * When [`CancelHandle::cancel`] says that no PIN was sent, none will be.
//! * What an application's function panics of ends its own login at most.
//! * Where a card does not tell how many tries are left, a script sends one PIN for each insertion, whichever of the
//!   user's processes it runs in, and none after a person's wrong one. A PIN that the card accepted does not count.
//! * A value that a card refused is not sent to it again through the same [`Varco`].
//! * A card that was connected here is closed here, reset if a PIN reached it.

mod care;
mod chance;
mod choose;
mod desk;
mod events;
mod hub;
mod insertions;
mod keeping;
mod logged_in;
mod login;
mod makers;
mod not_logged_in;
mod options;
#[cfg(feature = "played")]
pub mod played;
mod presence;
mod prompt;
pub mod proof;
mod readers;
mod recognising;
mod remembering;
mod running;
mod stored_trust;

pub use choose::StartError;
pub use events::{Event, Recognise, Watch, WatchCloser};
pub use insertions::Insertion;
pub use logged_in::{CardEnd, CardSigner, LoggedIn, NotSigned, Signing};
pub use login::{DocumentReport, Login};
pub use makers::MakersError;
pub use not_logged_in::{NotLoggedIn, NotLoggedInWhy};
pub use options::{KeepCard, LoginOptions};
pub use presence::Ended;
pub use prompt::{EntryPrompt, PinAnswer, PinPrompt, PinWanted, TooLate};
pub use readers::{Varco, random};
pub use running::{CancelHandle, LoginBuilder, Outcome, RunningLogin};
pub use varco_roster::makers::ProfileError as MakerFileError;

/// What a cancellation comes to.
pub use varco_handover::Effect as CancelEffect;
pub use varco_messages::{Arg, Explanation, Locale, Messages, OfCard};

/// It would have been waited for within a callback of a login, on the thread that had to do it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a callback waits for the thread that called it")]
pub struct CalledBack;

pub use varco_access_policy::{AccessPolicy, Decision, Effect, Facts, ServiceId, TestMaterial};

/// The access policy in full: requests, facts, claims, corpora.
pub use varco_access_policy as policy;
pub use varco_auth::{
    Assurance, AssuranceLevel, AssuranceReason, Audience, AuthError, CardExchange, CodiceFiscale, Credential,
    Flow, HolderName, IdentityKind, Nonce, OriginKnown, VerifiedDocument, VerifiedIdentity,
};
pub use varco_card::{LinkError, ReaderName};
pub use varco_credential::{
    Attendance, CardDescription, CardSecret, CredentialKind, ForeignCard, PinForm, ReaderKind, TriesLeft,
};
pub use varco_pki::{BirthDate, CodiceFiscaleError, Sex, SignatureScheme};
/// Facts about persons on disk, and the record of decisions.
pub use varco_records as records;
pub use varco_session::{
    AskedValue, CareReport, EntryError, EntryPlace, LoginError, LoginReport, NotTaken, PinCounters, PinEntry,
    PinQuestion, PinReport, Proven, Purpose, Report, Step,
};

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
        AllEntries, AnchorError, AnchorKind, AnchorPurpose, Asked, Certificate, CertificateError,
        CertvalValidator, ClockError, CrlError, CrlHeader, DistributionPoint, Distrust, Downgrade,
        EvidenceAtHand, EvidenceKind, HeldList, Holder, InOrder, InPath, JudgedPath, Judging, KnownAnswer,
        KnownList, KnownRevocation, LEGACY_END, Legacy, ListFault, Misuse, NoEvidence,
        OCSP_RESPONSE_LENGTH_MAX, OcspAnswer, OcspError, OcspQuestion, OcspRefusal, OcspResponse,
        PathValidator, Provenance, PublicKey, Rejection, Revocation, RevocationCheck, RevocationList,
        RevocationMode, RevocationReason, RevocationSource, RevocationStatus, RevokedEntry, SignatureError,
        SignatureHash, Sources, SubjectError, TrustAnchor, TrustAnchors, Undetermined, ValidPath,
        ValiditySide, cie_misuses, cns_misuses, judge_cie, judge_cns, judge_path, states_identity_card,
    };
    pub use varco_trust_store::{
        CrlIndexError, Problem as TrustFileProblem, TrustStoreError, fetch, load_anchors, load_certificates,
        load_crl, read_crl, store,
    };
}

/// The contracts underneath, for applications that take the journey step by step.
pub mod steps {
    pub use varco_apdu::{
        Atr, AtrError, CommandApdu, Mask, Masked, Pin, ResponseApdu, SecretTooLong, StatusWord,
    };
    pub use varco_auth::{CardNumber, CardOrigin, Challenge, ChallengeSigned, Exchange};
    pub use varco_card::{
        CardChannel, CardLink, CardPresence, Disposition, Epoch, ExtendedLength, GuardRefusal,
        InsertionCount, Interruption, Limits, LinkError, Meaning, PadEntry, PadLanguage, PadTask, PinPad,
        Protocol, ReaderDriver, ReaderEvent, ReaderName, ReaderState, ReaderWatch, Request, Trace,
        WAIT_DEFAULT,
    };
    pub use varco_credential::{
        Attempt, Attendance, AuthorisedPin, CardDescription, CardDriver, CardError, CardIdentity, CardSecret,
        DocumentCard, DocumentFiles, DocumentKey, Given, LastTry, LoginCard, NewPinProblem, NewPinWay,
        NotSent, PadTerms, PersonalData, PersonalField, PinForm, PinId, PinRules, PinWays, RecognisedBy,
        Recognition, RefusedValues, Tries, TriesLeft, UnknownTries,
    };
    pub use varco_pki::{
        Agreement, BirthYear, CardClass, CardId, CardIdError, ChainValid, CnsSubject, ConfirmedBirthDate,
        DataGroup, DeviceKey, DocumentRejection, Nis, PersonalDataFile, Rejection, SecurityObjectError,
        Timestamp,
    };
    pub use varco_session::{
        Alone, BirthDateSource, CardSeen, CardTrusted, Companion, Conversation, Origin, PinCare, Proven,
        Trust, change_pin, pin_status, unblock_pin,
    };
}

/// Readers behind the system's PC/SC service, and what may be wrong with it.
#[cfg(feature = "pcsc")]
pub use varco_roster::pcsc;

/// NFC readers through libnfc.
#[cfg(feature = "nfc")]
pub use varco_roster::nfc;

/// The manual's sample runs.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/library.md")]
struct Library;
