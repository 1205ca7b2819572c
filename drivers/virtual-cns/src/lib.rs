//! A CNS played from a profile: the files, PIN objects, key and habits of one make of card.
//!
//! What this crate is not: it shares no code with the driver of the CNS, which it is there to test; both meet
//! only the specification and foreign clients such as OpenSC. It is no reader either: put the card into
//! `varco-virtual-vpcd`, or into a channel in process. **Everything in a profile is test material**: its key
//! and its PIN are in a folder that anyone may read.
//!
//! Layer 4 (devices): depends on `varco-emulator` and `varco-apdu`. It reads the files of a profile's folder
//! and nothing else of the machine.
//!
//! Start with [`Profile`]: by name, from a folder, or from text; then [`Profile::into_card`].
//!
//! ```
//! use varco_emulator::PlayedCard;
//! use varco_virtual_cns::Profile;
//!
//! let text = r#"
//!     format = 1
//!     kind = "cns"
//!     name = "cns-bare"
//!     title_en = "A card with a number and nothing else"
//!     title_it = "Una carta con un numero e nient'altro"
//!     atr = "3BFF1800FF8131FE55006B02091717011101434E531131808C"
//!     [behaviour]
//!     wrong_pin = "6300"
//!     empty_verify = "count"
//!     reference_search_bit = "required"
//!     chaining = true
//!     extended_length = true
//!     short_read = "9000"
//!     security_environment = 3
//!     [pin]
//!     reference = 0x10
//!     value = "12345"
//!     tries_max = 3
//!     tries_left = 3
//!     length_min = 5
//!     length_max = 8
//!     [puk]
//!     reference = 0x11
//!     value = "12345678"
//!     tries_max = 10
//!     tries_left = 10
//!     length_min = 8
//!     length_max = 8
//!     [[file]]
//!     path = "1000/1003"
//!     content = "ef-1003.bin"
//!     read = "always"
//! "#;
//! let profile = Profile::parse(text, &mut |_| Ok(b"6090000000000016".to_vec())).unwrap();
//! let mut card = profile.into_card();
//! card.power_on();
//! card.process(&[0x00, 0xA4, 0x08, 0x0C, 0x04, 0x10, 0x00, 0x10, 0x03]);
//! let read = card.process(&[0x00, 0xB0, 0x00, 0x00, 0x00]);
//! assert_eq!(read.response.as_slice(), b"6090000000000016\x90\x00");
//! ```
//!
//! Invariants:
//! * A bad profile is an error that names file, key and what is expected; it never panics, and no name in it
//!   leads out of its folder.
//! * No command makes the card panic, and a PIN's counter rises by the right value or an unblocking only.

mod application;
mod builtin;
mod card;
mod fci;
mod profile;
mod random;
mod schema;
mod security;
#[cfg(test)]
mod testing;

pub use card::{CnsOs, VirtualCns};
pub use profile::Profile;
pub use varco_emulator::ProfileError;
