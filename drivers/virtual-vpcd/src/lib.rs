//! Puts a played card behind the real pcscd: speaks the client side of vpcd, the virtual reader of the
//! vsmartcard project, over TCP.
//!
//! What this crate is not: it knows no card, starts no pcscd, and keeps nothing on disk. It offers a card to a
//! reader; whether anybody powers it is the reader's business.
//!
//! Layer 4 (devices, a virtual reader): depends on `varco-emulator`; opens one TCP connection.
//!
//! Start with [`VpcdAddress::parse`], then [`Slot::connect`] and [`Slot::run`]; [`SlotControl`] pulls the card
//! out, puts it back, changes it or ends the run, from any thread.
//!
//! ```no_run
//! use varco_virtual_vpcd::{Reach, Slot, SlotEvent, VpcdAddress};
//! # fn played_card() -> Box<dyn varco_emulator::PlayedCard> { unimplemented!() }
//!
//! let address = VpcdAddress::parse("vpcd://127.0.0.1:35963", Reach::LoopbackOnly)?;
//! let mut slot = Slot::connect(&address, played_card())?;
//! let control = slot.control();
//! std::thread::spawn(move || control.remove());
//! slot.run(&mut |event| {
//!     if let SlotEvent::Exchange(exchange) = event {
//!         println!("{exchange}");
//!     }
//! })?;
//! # Ok::<(), varco_virtual_vpcd::VpcdError>(())
//! ```
//!
//! Invariants:
//! * Each frame is written at once, and TCP_QUICKACK is set before each read: vpcd sends a frame in two pieces
//!   with Nagle's algorithm on, and a late acknowledgement would add 44 ms to every APDU.
//! * Only a loopback address is connected to, unless the caller says otherwise: the link is in the clear.
//! * This is the real-time face: what the card's timing model says is really slept. With the model `none`
//!   nothing sleeps.
//! * A card that leaves the slot, for whatever reason, has lost its power and with it its verified PINs.

mod address;
mod control;
mod error;
mod slot;
mod wire;

pub use address::{Reach, VpcdAddress};
pub use control::SlotControl;
pub use error::VpcdError;
pub use slot::{Connect, Ended, Slot};
pub use varco_emulator::{SlotEvent, fault};
