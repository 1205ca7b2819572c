//! Drives PC/SC readers: every reader that the system's smart-card service (pcscd on Linux) knows.
//!
//! What this crate is not: it knows no card, decides nothing about a PIN, sends no command twice, and does not
//! start or configure the service. What is typed on a reader's own keys it never sees. The only crate that links
//! libpcsclite.
//!
//! Layer 4 (devices: readers): depends on `card` and `apdu`. Being an edge, it looks at the clock, sleeps
//! between two attempts, and reads the environment variable and the socket of pcscd.
//!
//! ```text
//!   PcscReaders ── connect ──▶ PcscLink ──jobs──▶ one thread per card: context, card, transaction
//!        │                        ◀──one reply each──
//!        └── watch ──▶ PcscWatch (a context of its own)      diagnose(): why nothing works, for `varco doctor`
//! ```
//!
//! Start with [`PcscReaders`].
//!
//! Invariants:
//! * Every call ends within its limit, whatever service, reader and other programs do. Where the system's
//!   call has no limit of its own, the thread is left to it and ends by itself when it returns.
//! * A command is sent once, and an entry on a pin pad asked for once. A time-out makes the link unusable; the card is reset as soon as it can be.
//! * What becomes of the card is always said, never left to a destructor of the binding.
//! * Nobody else's session is disturbed: a link that never got the card, or whose card was taken out or reset
//!   by others, leaves whatever is in the reader alone.
//! * Buffers that held commands or answers are wiped.
//!
//! ```
//! use varco_card::{LinkError, ReaderDriver};
//! use varco_reader_pcsc::PcscReaders;
//!
//! match PcscReaders::default().readers() {
//!     Ok(readers) => readers.iter().for_each(|reader| println!("{}: {:?}", reader.name, reader.card)),
//!     Err(LinkError::NoService) => println!("pcscd is not running: {:?}", varco_reader_pcsc::diagnose()),
//!     Err(error) => println!("{}", error.code()),
//! }
//! ```

mod diagnosis;
mod features;
mod link;
mod others;
mod pad;
mod pads;
mod quirks;
mod readers;
mod translate;
mod watch;
mod worker;

pub use diagnosis::{Daemon, Diagnosis, Socket, diagnose};
pub use features::{Display, EntryEnds, FeatureList, Properties};
pub use others::{Program, other_programs};
pub use pads::{PadReport, ReaderPad, pin_pads};
pub use quirks::Distrust;
pub use readers::PcscReaders;
