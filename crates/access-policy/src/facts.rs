//! What is known about persons besides their login: its forms, and what a store of it must do.
//!
//! Not here: any store (`records` is one).

mod given;
mod held;
mod phone_pin;
mod store;

pub use given::Facts;
pub use held::{
    CHANGE_TEXT_LENGTH_MAX, Categorised, Category, Change, ChangeInvalid, Channel, Delegation,
    DelegationKind, Enablement, FactId, Validity, ValidityInvalid,
};
pub use phone_pin::{PhonePin, PhonePinGrant, PhonePinSpan};
pub use store::{
    FACTS_MAX, FactError, FactQuery, FactSource, FactStore, KnownFacts, NewDelegation, NewEnablement,
    PhonePinChecked, PhonePinStore, StoreFailure,
};
