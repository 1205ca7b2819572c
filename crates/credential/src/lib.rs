//! The contract of a login card: what a card driver gives, when a PIN may be sent, and what a verified PIN
//! proves.
//!
//! What this crate is not: it knows no card (`card-*` does, behind [`LoginCard`]), opens no reader, asks
//! nobody for a PIN and judges no certificate.
//!
//! Layer 3 (contract): depends on `apdu`, `card` and `pki`.
//!
//! Start with [`CardDriver`] and [`LoginCard`] to write a driver; with [`PinRules`] and [`PinSession`] to use one.
//!
//! Invariants:
//! * One typed value is sent at most once: [`PinRules::authorise`] takes it by value, and what comes out,
//!   [`AuthorisedPin`], can only be consumed by [`Approached::open`] or [`Approached::renew`].
//! * A value that a card refused is not sent to it again by whoever shares the same memory ([`RefusedValues`]).
//! * A driver cannot be asked to sign without [`PinVerified`], which only an accepted VERIFY makes, and
//!   [`CardSignature`] comes out of a [`PinSession`] only.
//! * Whatever a PIN granted ends with a card reset: when the session is finished, dropped or unwound.
//! * What was granted in one epoch is never used in the next.
//!
//! ```
//! use varco_apdu::Pin;
//! use varco_card::Epoch;
//! use varco_credential::{
//!     Attempt, Attendance, CardSecret, CounterQuery, Given, LastTry, NotSent, PinForm, PinReference, PinRules,
//!     SecretFacts, TriesLeft, UnknownTries,
//! };
//!
//! let form = PinForm { length_min: 5, length_max: 8, first_half: None };
//! let facts = SecretFacts {
//!     form,
//!     reference: PinReference(0x90),
//!     counter_query: CounterQuery::Free,
//!     tries_max: Some(3),
//! };
//! let attempt = Attempt::verify(CardSecret::USER_PIN, facts, TriesLeft::Known(3), Epoch::default());
//! let mut rules = PinRules::new(Attendance::Scripted, LastTry::Refuse, UnknownTries::OneVerify);
//! let short = Pin::take_from(&mut b"123".to_vec()).unwrap();
//! let refused = rules.authorise(Given::typed(short), &attempt);
//! assert_eq!(refused.unwrap_err(), NotSent::WrongForm { form });
//! ```

mod attempt;
mod care;
mod document;
mod driver;
mod error;
mod new_pin;
mod personal_data;
mod pin;
mod refused;
mod rules;
mod session;

pub use attempt::{Attempt, AuthorisedPin, Given, PinUse};
pub use care::NewPinError;
pub use document::{DocumentCard, DocumentFiles, DocumentKey};
pub use driver::{
    CardDescription, CardDriver, CredentialKind, ForeignCard, LoginCard, RecognisedBy, Recognition,
    SigningInput, SigningRequest,
};
pub use error::CardError;
pub use new_pin::{NewPinProblem, check_new_pin};
pub use personal_data::{Extent, PersonalData, PersonalField};
pub use pin::{
    CardSecret, ChangeValues, CounterQuery, NewPinWay, PadRefusal, PadTerms, PinForm, PinId, PinOutcome,
    PinReference, PinWays, Presented, SecretFacts, Tries, TriesLeft, UnblockValues,
};
pub use refused::{CardIdentity, RefusedValues};
pub use rules::{Attendance, LastTry, NotSent, PinRules, UnknownTries};
pub use session::{Approached, CardSignature, PinSession, PinVerified, Verification, tries};
pub use varco_card::{PadLanguage, ReaderKind};
pub use varco_pki::SignatureScheme;
