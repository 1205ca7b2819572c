//! What every played card shares: file tree, access rules, PIN objects, keys, state, timing model, event
//! log, and the faults that readers play.
//!
//! A played card answers APDUs as a real one would, so that the whole of varco, and foreign software too, can
//! be run without plastic. This crate holds the parts; a `drivers/virtual-*` crate puts them together into one
//! kind of card and reads its profile.
//!
//! What this crate is not: it knows no kind of card, opens no socket and no file, reads no clock and no random
//! source. It shares no code with the drivers that it is to test, the words of `varco-apdu` aside. **It
//! protects nothing**: keys and PINs played here are test material only; RSA runs without blinding.
//!
//! Layer 3 (contract): depends on `varco-apdu` only.
//!
//! Start with [`PlayedCard`], the contract that readers to put a card in rely on; then [`CardOs`] and
//! [`Emulated`], by which a kind of card is built.
//!
//! ```
//! use varco_apdu::{Atr, CommandApdu, StatusWord};
//! use varco_emulator::{CardOs, CardState, Emulated, LinkHabits, PlayedCard, Reply, StateError};
//!
//! /// A card without any command.
//! struct Blank;
//! impl CardOs for Blank {
//!     fn execute(&mut self, _: &CommandApdu) -> Reply {
//!         Reply::status(StatusWord::INSTRUCTION_UNSUPPORTED)
//!     }
//!     fn reset(&mut self) {}
//!     fn verified(&self) -> Vec<u8> {
//!         Vec::new()
//!     }
//!     fn snapshot(&self) -> CardState {
//!         CardState::new("blank", Vec::new())
//!     }
//!     fn restore(&mut self, _: &CardState) -> Result<(), StateError> {
//!         Ok(())
//!     }
//! }
//!
//! let atr = Atr::new(&[0x3B, 0x00]).unwrap();
//! let mut card = Emulated::new(atr, LinkHabits::default(), Blank);
//! card.power_on();
//! let played = card.process(&[0x00, 0xA4, 0x00, 0x00]);
//! assert_eq!(played.response.as_slice(), [0x6D, 0x00]);
//! assert_eq!(card.log().count(0xA4), 1);
//! ```
//!
//! Invariants:
//! * No input makes a card panic, recurse or loop beyond its input's length.
//! * The counter of a PIN object rises by a right value or an unblocking only, never by itself, a reset or a
//!   command in a wrong form.
//! * What the log keeps of an exchange is header, lengths and status word; no data byte ever.
//! * Time is a number: a card says how long a real one would have taken, and never sleeps.
//! * What goes wrong is armed by name ([`fault`]) and happens the same on every run.

mod chain;
pub mod fault;
mod front;
mod key;
mod keypad;
mod log;
mod pin;
mod played;
mod position;
mod profile;
mod slot_event;
mod state;
mod timing;
mod tree;

pub use front::{Answers, CardOs, Emulated, LinkHabits, Reply, Work};
pub use key::{KeyError, PlayedKey};
pub use keypad::{EntryEnd, EntryOf, KeypadEvent};
pub use log::{Event, EventLog, FileRead};
pub use pin::{EmptyVerify, PinError, PinObject, PinSet, SECRET_BLOCK_BYTES, WrongPin, padded_block};
pub use played::{Alteration, Feature, Played, PlayedCard};
pub use position::{Position, ShortRead};
pub use profile::{
    EmbeddedProfile, PROFILE_FILE_MAX_BYTES, ProfileError, ProfileSecret, ProfileSource, is_plain_name,
    load_profile_file, profile_atr, profile_hex,
};
pub use slot_event::SlotEvent;
pub use state::{CardState, PinState, StateError};
pub use timing::TimingModel;
pub use tree::{Access, FILE_SIZE_MAX_BYTES, FileTree, Node, NodeKind, TreeError};
