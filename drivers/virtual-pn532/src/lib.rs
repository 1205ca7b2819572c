//! A PN532 on a pseudo-terminal with a played card in its field: the unmodified libnfc opens it as `pn532_uart:PATH`.
//!
//! What this crate is not: it knows no card, is no model of radio, and plays an initiator only. It needs no root.
//!
//! Layer 4 (devices, a virtual reader): depends on `varco-emulator`; opens a pseudo-terminal.
//!
//! Start with [`Board::open`] and [`Board::run`]; [`BoardControl`] takes the card away, puts it back, breaks the reader
//! ([`LineFault`], [`fault`]) or ends the run, from any thread.
//!
//! ```no_run
//! use varco_virtual_pn532::{Board, CardType, LinkSpeed, SlotEvent};
//! # fn played_card() -> Box<dyn varco_emulator::PlayedCard> { unimplemented!() }
//!
//! let link = std::env::temp_dir().join("pn532");
//! let mut board = Board::open(&link, played_card(), CardType::A, LinkSpeed::NONE)?;
//! let control = board.control();
//! std::thread::spawn(move || control.remove());
//! board.run(&mut |event| {
//!     if let SlotEvent::Exchange(exchange) = event {
//!         println!("{exchange}");
//!     }
//! })?;
//! # Ok::<(), varco_virtual_pn532::Pn532Error>(())
//! ```
//!
//! Invariants:
//! * A command is acknowledged at once and answered later: a late acknowledgement would shift libnfc's answers by one.
//! * A new command, or an ACK of the host, ends the one that runs.
//! * A card that is selected starts anew, and one that leaves the field has lost its power and its verified PINs.
//! * No byte of a host makes it panic, recurse, or keep more than a frame.
//! * This is the real-time face: what link and card take by their models is really waited for.

mod board;
mod chip;
mod control;
mod dialogue;
mod error;
mod frame;
mod line_fault;
mod noise;
mod port;
mod speed;
mod target;

pub use board::Board;
pub use control::BoardControl;
pub use dialogue::Dialogue;
pub use error::Pn532Error;
pub use line_fault::{LineFault, LinePlan};
pub use speed::LinkSpeed;
pub use target::CardType;
pub use varco_emulator::{SlotEvent, fault};
