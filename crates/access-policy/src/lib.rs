//! Who may use what: a principal, a request, facts and an instant in; a decision with its reasons out.
//!
//! # What it does not do
//! It authenticates nobody (`auth` does), knows no card and no APDU, keeps no store of facts, reads no clock, and
//! holds no sentence: reasons and advice are codes with arguments ([`CODES`]) that `messages` turns into Italian
//! and English.
//!
//! # Where to start
//! [`AccessPolicy::builtin`], [`AccessPolicy::service`] to refuse a mistyped service before a PIN is asked for,
//! [`AccessPolicy::decide`], [`Gate`] with a store and a record, [`AccessPolicy::simulate`] for claims,
//! [`AccessPolicy::admit`] for who keeps a register. The rules are Cedar policies in `data/policies`; services, dates and kinds of
//! credential are data beside them.
//!
//! # Layer and invariants
//! Layer 5 (decision): depends on `auth`, for the [`VerifiedIdentity`](varco_auth::VerifiedIdentity).
//! - What no rule permits is denied. A rule that forbids wins over any that permits. An error while deciding denies
//!   and is told apart ([`Verdict::errors`]).
//! - A decision about a person can be had for a verified identity only, never for a claimed one.
//! - The same arguments give the same decision: any instant can be replayed.
//! - No date is a constant in code; each stands in `data/calendar.toml` with its source and the act that
//!   superseded it.
//!
//! # Example
//! ```
//! use varco_access_policy::{AccessPolicy, Effect, Facts, Principal, Request, ServiceId, TestMaterial};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let policy = AccessPolicy::builtin();
//! let facts = Facts::new(TestMaterial::Refused);
//! let at = "2026-11-21T09:00:00Z".parse()?;
//!
//! let pages = Request::new(ServiceId::parse("info.public")?);
//! assert_eq!(policy.decide(Principal::Anonymous, &pages, &facts, at).effect, Effect::Permit);
//!
//! let statement = Request::new(ServiceId::parse("inps.estratto-conto")?);
//! let denied = policy.decide(Principal::Anonymous, &statement, &facts, at);
//! assert_eq!(denied.effect, Effect::Deny);
//! assert_eq!(denied.reasons[0].code, "deny-not-authenticated");
//! # Ok(())
//! # }
//! ```

mod calendar;
mod case;
mod claims;
mod codes;
pub mod corpus;
mod credential;
mod decision;
mod engine;
mod error;
mod explain;
mod facts;
mod gate;
mod log;
mod person;
mod policy;
mod principal;
mod request;
mod rules;
mod service;

pub use calendar::midnight_in_rome;
pub use claims::{Claims, Simulation};
pub use codes::CODES;
pub use credential::{CredentialId, CredentialUnknown};
pub use decision::{
    ActedFor, Admission, Advice, Arguments, Decision, DecisionError, Effect, Reason, Subject, Verdict,
};
pub use error::{Place, PolicyError};
pub use facts::{
    CHANGE_TEXT_LENGTH_MAX, Categorised, Category, Change, ChangeInvalid, Channel, Delegation,
    DelegationKind, Enablement, FACTS_MAX, FactError, FactId, FactQuery, FactSource, FactStore, Facts,
    KnownFacts, NewDelegation, NewEnablement, PhonePin, PhonePinChecked, PhonePinGrant, PhonePinSpan,
    PhonePinStore, StoreFailure, Validity, ValidityInvalid,
};
pub use gate::Gate;
pub use log::DecisionLog;
pub use person::{BirthDateContradicts, PersonCategory};
pub use policy::{AccessPolicy, OperatorFile};
pub use principal::Principal;
pub use request::{Act, AskedBy, Deployment, Profile, Represented, Request, TestMaterial};
pub use rules::{Origin, Rule};
pub use service::{Service, ServiceClass, ServiceId, Title};
