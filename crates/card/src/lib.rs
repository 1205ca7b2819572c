//! The contract of the link to a card: who may speak, what passes, and when it must stop.
//!
//! What this crate is not: it drives no reader (`reader-*` does, behind [`CardLink`]), knows no card
//! (`card-*` does, over [`CardChannel`]) and decides nothing about a PIN (the PIN rules of `credential` do).
//!
//! Layer 1 (link): depends on `apdu`.
//!
//! ```text
//!   card driver            straight-line code over one &mut dyn CardChannel
//!     Chaining             long commands: chained, extended, or refused
//!     LengthCorrection     6Cxx to a repeatable command: once more, with the right Le
//!     (SecureMessaging)    crate sm
//!     GetResponse          61xx: fetch the rest
//!     Recorder, Tracer     what was said, without what must not be shown; the Recorder as it was meant, not as it was protected
//!     Transaction          the only way from a link to a channel; holds the PinGuard
//!   CardLink               a reader: bytes in, bytes out
//! ```
//!
//! Start with [`CardChannel`], then [`Transaction::begin`].
//!
//! Invariants:
//! * Nothing reaches a card but through [`Transaction`], and nothing that could spend a PIN try passes it
//!   without an unspent [`PinPermit`].
//! * No channel re-sends a command on its own unless it is marked repeatable.
//! * An [`Epoch`] never falls, and rises whenever what the card granted may be gone.
//! * A transaction during which a PIN passed ends with a card reset, also on drop.
//! * Every loop over what a card says has a written bound.
//!
//! ```
//! use varco_apdu::{Atr, CommandApdu};
//! use varco_card::{CardChannel, Disposition, Transaction, WAIT_DEFAULT, scripted::ScriptedLink};
//!
//! let mut link = ScriptedLink::new(Atr::new(&[0x3B, 0x00]).unwrap());
//! link.expect("00A40000023F00", "9000");
//! let mut transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
//! let select = CommandApdu::new(0x00, 0xA4, 0x00, 0x00).with_data(&[0x3F, 0x00]);
//! assert!(transaction.send(&select).unwrap().status().is_success());
//! transaction.end(Disposition::Leave).unwrap();
//! ```

mod chaining;
mod channel;
mod error;
mod get_response;
mod guard;
mod length_correction;
mod link;
mod permit;
mod recorder;
pub mod scripted;
pub mod trace;
mod tracer;
mod transaction;

pub use chaining::{Chaining, LongCommands};
pub use channel::{CardChannel, Meaning, PadEntry, PadLanguage, PadTask, Request, pad_timeout_s};
pub use error::{Interruption, LinkError};
pub use get_response::GetResponse;
pub use guard::GuardRefusal;
pub use length_correction::LengthCorrection;
pub use link::{
    CardLink, CardPresence, Disposition, Epoch, ExtendedLength, InsertionCount, Limits, PinPad, Protocol,
    ReaderDriver, ReaderEvent, ReaderKind, ReaderName, ReaderState, ReaderWatch, WAIT_DEFAULT,
};
pub use permit::{PermitScope, PinPermit};
pub use recorder::{Recorder, Trace};
pub use tracer::Tracer;
pub use transaction::{Budget, Transaction};
