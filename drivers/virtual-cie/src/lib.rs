//! A CIE 3.0 played from a profile: both of its applications, access rules, the card's half of device authentication and
//! of secure messaging, PIN, PUK and three keys, and the habits of one family of chips `[cie §2]`, `[cie §3]`, `[cie §10]`.
//!
//! What this crate is not: it shares no code with `varco-sm` and `varco-card-cie`, which it is there to test; both halves
//! were written apart and meet only the worked values of the sheet and foreign clients. The eMRTD application (passport
//! data, PACE, BAC) is not played. **Everything in a profile is test material.**
//!
//! Layer 4 (devices): depends on `varco-emulator` and `varco-apdu`, and reads nothing of the machine.
//!
//! Start with [`Profile::builtin`], then [`Profile::into_card`].
//!
//! ```
//! use varco_emulator::PlayedCard;
//! use varco_virtual_cie::Profile;
//!
//! let mut card = Profile::builtin("cie-nxp").unwrap().into_card();
//! card.power_on();
//! let select = [0x00, 0xA4, 0x04, 0x0C, 0x06, 0xA0, 0x00, 0x00, 0x00, 0x00, 0x39];
//! assert_eq!(card.process(&select).response.as_slice(), [0x90, 0x00]);
//! let number = card.process(&[0x00, 0xB0, 0x81, 0x00, 0x0C]);
//! assert_eq!(number.response.len(), 14);
//! ```
//!
//! Invariants:
//! * No command makes the card panic; a PIN's counter rises by the right value or an unblocking only.
//! * What randomness the card has follows from its seed, so that a failing run can be run again.

mod builtin;
mod card;
mod certificate;
mod channel;
mod key_agreement;
mod number;
mod profile;
mod random;
mod schema;
mod security;

pub use card::{CieOs, VirtualCie};
pub use profile::Profile;
