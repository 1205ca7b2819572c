//! Ways of entering a PIN or PUK: on the controlling terminal without echo, through a pinentry, on the reader's own keypad, or as
//! the lines of a stream.
//!
//! # What it does not do
//! It does not judge the PIN: the PIN rules refuse a wrong form before anything is sent, and nothing that was typed is cleaned
//! here. It keeps none, offers no command-line argument and no environment variable (other users can read both), and has no
//! window of its own.
//!
//! # Where to start
//! [`EntryChoice`], what a command line chooses; [`TerminalEntry`], [`PinentryEntry`], [`PadEntryGuide`] and [`StreamEntry`], the
//! four ways; [`Shown`], the words for a window of an application's own. [`NotDumpable`] keeps core files away for longer than one question. An application with a keypad of its own
//! needs none of them: see the second example.
//!
//! # Layer and invariants
//! Layer 7 (edges). Reads the clock, the terminal and descriptors, starts a pinentry, and reads of the environment what that
//! program must be told (`GPG_TTY`, `TERM`, the locale).
//! - What is typed goes byte by byte into a fixed buffer that is locked in memory and wipes itself, never into a string
//!   ([ADR 87](../../../docs/adr/0087-secrets-in-memory.md)).
//! - While somebody types, the process leaves no core file.
//! - Whatever ends the entry, unwinding included, the terminal gets its settings back and unread keys are
//!   discarded, so that no rest of a PIN ends up in a shell. That holds while a reader's pad is typed on too: a PIN that
//!   somebody types on the wrong keys does not show.
//! - No signal handler: while a PIN is typed the terminal sends no signals, and Ctrl-C is a key that cancels. A
//!   process that is killed from elsewhere meanwhile leaves the terminal without echo (`stty sane` restores it).
//! - Every wait has a limit, and so has the number of bytes taken. A pinentry that is late is ended.
//!
//! # Example
//! ```
//! use varco_entry::EntryChoice;
//!
//! assert_eq!(EntryChoice::parse("fd:3"), Some(EntryChoice::Descriptor(3)));
//! assert_eq!(EntryChoice::parse("pinentry"), Some(EntryChoice::Pinentry));
//! assert_eq!(EntryChoice::parse("12345"), None);
//! ```
//!
//! A kiosk with its own keypad:
//! ```
//! use varco_apdu::Pin;
//! use varco_credential::Attendance;
//! use varco_session::{EntryError, PinEntry, PinQuestion};
//! # trait Keypad {
//! #     fn show(&mut self, card: &str, tries_left: Option<u8>);
//! #     fn digits(&mut self, into: &mut [u8; 16]) -> Option<usize>;
//! # }
//!
//! struct KioskEntry<K>(K);
//!
//! impl<K: Keypad> PinEntry for KioskEntry<K> {
//!     fn attendance(&self) -> Attendance {
//!         Attendance::Attended
//!     }
//!
//!     fn ask(&mut self, question: &PinQuestion<'_>) -> Result<Pin, EntryError> {
//!         let tries_left = question.tries_left.and_then(|tries| tries.known());
//!         self.0.show(&question.card.title_it, tries_left);
//!         // No String: it could not be wiped. `take_from` wipes what it takes.
//!         let mut digits = [0; 16];
//!         let typed = self.0.digits(&mut digits).ok_or(EntryError::Cancelled)?;
//!         let typed = digits.get_mut(..typed).ok_or(EntryError::TooLong)?;
//!         Pin::take_from(typed).map_err(|_| EntryError::TooLong)
//!     }
//! }
//! ```

mod choice;
mod dumpable;
mod pad;
mod pinentry;
mod question;
mod quiet;
#[cfg(test)]
mod sample;
mod stream;
mod terminal;
mod typed;
mod wait;

pub use choice::EntryChoice;
pub use dumpable::NotDumpable;
pub use pad::PadEntryGuide;
pub use pinentry::PinentryEntry;
pub use question::Shown;
pub use stream::StreamEntry;
pub use terminal::TerminalEntry;
pub use wait::TIME_LIMIT_DEFAULT;
