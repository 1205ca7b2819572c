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
//!   [`AuthorisedPin`], can only be consumed by [`Approached::open`].
//! * A driver cannot be asked to sign without [`PinVerified`], which only an accepted VERIFY makes, and
//!   [`CardSignature`] comes out of a [`PinSession`] only.
//! * Whatever a PIN granted ends with a card reset: when the session is finished, dropped or unwound.
//! * What was granted in one epoch is never used in the next.
//!
//! ```
//! use varco_apdu::Pin;
//! use varco_card::Epoch;
//! use varco_credential::{Attendance, LastTry, NotSent, PinForm, PinReference, PinRules, TriesLeft, UnknownTries};
//!
//! let form = PinForm { length_min: 5, length_max: 8 };
//! let mut rules = PinRules::new(Attendance::Scripted, LastTry::Refuse, UnknownTries::OneVerify);
//! let reference = PinReference(0x90);
//! let short = Pin::take_from(&mut b"123".to_vec()).unwrap();
//! let refused = rules.authorise(short, form, reference, TriesLeft::Known(3), Epoch::default());
//! assert_eq!(refused.unwrap_err(), NotSent::WrongForm { form });
//! ```

mod document;
mod driver;
mod error;
mod personal_data;
mod pin;
mod rules;
mod session;

pub use document::{DocumentCard, DocumentFiles, DocumentKey};
pub use driver::{
    CardDescription, CardDriver, CounterQuery, CredentialKind, ForeignCard, LoginCard, RecognisedBy,
    Recognition, SigningInput, SigningRequest,
};
pub use error::CardError;
pub use personal_data::{Extent, PersonalData, PersonalField};
pub use pin::{PinForm, PinOutcome, PinReference, TriesLeft};
pub use rules::{Attendance, AuthorisedPin, LastTry, NotSent, PinRules, UnknownTries};
pub use session::{Approached, CardSignature, PinSession, PinVerified, Verification, tries_left};
pub use varco_card::ReaderKind;
pub use varco_pki::SignatureScheme;
