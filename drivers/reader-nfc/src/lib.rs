//! Drives NFC readers through the system's libnfc, which runs in a process of its own (`varco-nfcd`).
//!
//! What this crate is not: it links no library of the system (the executable does, with feature `libnfc`), it scans no port
//! that nobody named unless asked, and it knows no card. libnfc is LGPL-3.0 and linked dynamically.
//!
//! Layer 4 (devices, a reader): depends on `card` and `apdu`; starts processes and opens ports.
//!
//! Start with [`NfcReaders`]. The child's half is `src/bin/nfcd`; what both say is [`wire`].
//!
//! ```no_run
//! use varco_card::ReaderDriver as _;
//! use varco_reader_nfc::{Connection, NfcReaders};
//!
//! let readers = NfcReaders::new(
//!     "/usr/libexec/varco-nfcd".into(),
//!     vec![Connection::parse("pn532_uart:/dev/ttyUSB0").unwrap()],
//! );
//! for reader in readers.readers().unwrap() {
//!     println!("{}", reader.name);
//! }
//! ```
//!
//! Invariants:
//! * What a reader says can end the child, and costs one card's session; it never touches this process's memory.
//! * The executable is the one at the configured absolute path, never this process's own; it gets nothing of its environment.
//! * A port is held for one program alone.
//! * After anything that went wrong the card is selected anew, and its epoch has risen: no channel goes on after a time-out.

mod atr;
mod child;
mod connection;
mod crashes;
mod diagnosis;
mod link;
mod port;
mod readers;
mod scan;
pub mod wire;

pub use connection::{Connection, ConnectionError};
pub use diagnosis::{Executable, NfcDiagnosis, ReaderDiagnosis};
pub use readers::NfcReaders;
