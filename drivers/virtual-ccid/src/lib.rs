//! A serial CCID reader with a keypad on a pseudo-terminal and a played card in it: the unmodified libccid drives it, in the
//! real pcscd, as a GemPC PinPad or a GemPC Twin.
//!
//! What this crate is not: it knows no card and starts no pcscd. It is no USB device and needs no root. It plays no
//! electricity: voltages, speeds and guard times are agreed on and mean nothing.
//!
//! Layer 4 (devices, a virtual reader): depends on `varco-emulator` and `varco-apdu`; opens a pseudo-terminal.
//!
//! Start with [`Reader::open`], [`Reader::entry`] for pcscd's configuration, and [`Reader::run`]; [`ReaderControl`] types
//! ([`Entry`]), pulls the card out, puts it back, breaks the keypad ([`PadFault`]) or ends the run, from any thread.
//!
//! ```no_run
//! use varco_virtual_ccid::{Entry, Model, Reader, SlotEvent};
//! # fn played_card() -> Box<dyn varco_emulator::PlayedCard> { unimplemented!() }
//!
//! let link = std::env::temp_dir().join("pin-pad");
//! let mut reader = Reader::open(&link, played_card(), Model::PinPad)?;
//! println!("{}", reader.entry());
//! let control = reader.control();
//! control.press(Entry::typed("12345").expect("digits"));
//! reader.run(&mut |event| {
//!     if let SlotEvent::Keypad(keypad) = event {
//!         println!("{keypad}");
//!     }
//! });
//! # Ok::<(), varco_virtual_ccid::CcidError>(())
//! ```
//!
//! Invariants:
//! * What is typed wipes itself, and is in no event, no `Debug` and no log; it leaves the reader towards the card only.
//! * An entry that ends otherwise than by typed digits sends nothing to the card.
//! * A message ends the one that runs.
//! * A card that leaves the slot has lost its power and its verified PINs.
//! * No byte of a host makes it panic, recurse, or keep more than a frame, but for one chained command of a card's.
//! * This is the real-time face: what the card takes by its model is really waited for.

mod control;
mod dialogue;
mod error;
mod frame;
mod keypad;
mod link;
mod machine;
mod message;
mod model;
mod pad_fault;
mod pin;
mod port;
mod reader;
mod t0;
mod t1;

pub use control::ReaderControl;
pub use dialogue::Dialogue;
pub use error::CcidError;
pub use keypad::{Entry, Keys};
pub use model::{DRIVER, Model};
pub use pad_fault::PadFault;
pub use reader::Reader;
pub use varco_emulator::{SlotEvent, fault};
