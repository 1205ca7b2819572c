//! The CIE 3.0, the Italian identity card: how it is recognised, what it tells without a PIN, how the channel to it is
//! opened, and how it signs.
//!
//! What this crate is not: it opens no reader and keeps nothing of a card or PIN anywhere; it does not judge the security
//! object (`pki`) and does the mathematics of the channel elsewhere (`sm`). The passport application is not used.
//!
//! Layer 4 (devices): depends on `credential`, `card`, `sm`, `pki`, `apdu`.
//!
//! Start with [`CieDriver`]; the dialogue is in `card`, the commands in `commands`. A difference between chips is a line in
//! families.toml.
//!
//! ```
//! use varco_apdu::Atr;
//! use varco_card::scripted::ScriptedLink;
//! use varco_card::{Transaction, WAIT_DEFAULT};
//! use varco_card_cie::CieDriver;
//! use varco_credential::{CardDriver, Recognition};
//!
//! // A contact card is not even asked.
//! let atr = Atr::new(&[0x3B, 0x00]).unwrap();
//! let mut link = ScriptedLink::new(atr.clone());
//! let mut transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
//! let recognised = CieDriver.recognise(&atr, &mut transaction).unwrap();
//! assert!(matches!(recognised, Recognition::Unknown));
//! ```
//!
//! Invariants:
//! * No VERIFY is sent but through a channel to a card that proved the device key it was asked for.
//! * A command that the card may have executed is never sent again.

mod capabilities;
mod card;
mod commands;
mod family;
mod parameters;
mod pin;
mod read_file;
mod recognise;

pub use recognise::CieDriver;
