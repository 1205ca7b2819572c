//! The CNS and TS-CNS family, over any [`CardChannel`](varco_card::CardChannel); what makers do differently is data.
//!
//! What this crate is not: it opens no reader and no file, asks for no PIN and decides nothing about one, judges no
//! certificate, and does not drive the CIE. RSA keys of 1024 and 2048 bits; no secure messaging; of the compressed
//! forms of a certificate zlib, not Bit4id's.
//!
//! Layer 4 (devices): depends on `credential`, `card`, `pki` and `apdu`.
//!
//! Start with [`CnsDriver`]; then `files`, the map of the card, and `commands`, what is said to it. The makers'
//! facts, each with its source, are in `profiles/`: a new maker is a file there and a line in `profile::library`, or a
//! file that a user brings ([`CnsDriver::with_profiles`]). Cards of others are named in `foreign.toml`.
//!
//! Invariants:
//! * A card that is labelled CNS is recognised without an exchange, unless others are known to answer as it does.
//! * No byte of a file is read twice, none past the length that the certificate's own header gives, the first
//!   block aside.
//! * Nothing that could spend a try is sent but with a permit, and nothing of VERIFY, MSE and PSO is sent again.
//! * No other padding is ever tried: a wrong one burns a try `[cns §3.1]`.
//! * Every loop over what a card says has a written bound.
//!
//! ```
//! use varco_apdu::Atr;
//! use varco_card::{CardLink, Transaction, WAIT_DEFAULT, scripted::ScriptedLink};
//! use varco_card_cns::CnsDriver;
//! use varco_credential::{CardDriver, PinReference, Recognition};
//!
//! // A health card of Trento `[cns §1.3]`.
//! let atr = [
//!     0x3B, 0xFF, 0x18, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x55, 0x00, 0x6B, 0x02, 0x09, 0x17, 0x17, 0x01, 0x11, 0x01,
//!     0x43, 0x4E, 0x53, 0x11, 0x31, 0x80, 0x8C,
//! ];
//! let mut link = ScriptedLink::new(Atr::new(&atr).unwrap());
//! link.expect("00A4080C0410001003", "9000");
//! link.expect("00B0000010", "363039303030303030303030303031369000");
//!
//! let atr = link.atr().clone();
//! let mut transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
//! let mut card = match CnsDriver::default().recognise(&atr, &mut transaction).unwrap() {
//!     Recognition::Login(card) => card,
//!     _ => panic!("a CNS"),
//! };
//! assert_eq!(card.description().profile, "st-incard-1.1");
//! assert_eq!(card.user_pin().reference, PinReference(0x90));
//! assert_eq!(card.read_card_id(&mut transaction).unwrap().region(), Some("Toscana"));
//! ```

mod card;
mod commands;
mod container;
mod dialogue;
mod fci;
mod files;
mod foreign;
mod maker;
mod pattern;
mod personal_data;
mod pin;
mod place;
mod profile;
mod read_block;
mod read_card_id;
mod read_certificate;
mod read_personal_data;
mod recognise;
mod sign;

pub use profile::{PROFILE_MAX_BYTES, PROFILES_MAX, ProfileError};
pub use recognise::CnsDriver;
