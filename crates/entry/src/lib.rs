//! Ways of entering a PIN: on the controlling terminal without echo, or as the first line of a stream.
//!
//! # What it does not do
//! It does not judge the PIN: the PIN rules refuse a wrong form before anything is sent. It keeps none, offers no
//! command-line argument and no environment variable (other users can read both), and has no window of its own.
//!
//! # Where to start
//! [`EntryChoice`], what a command line chooses; [`TerminalEntry`] and [`StreamEntry`], the two ways.
//!
//! # Layer and invariants
//! Layer 7 (edges). Reads the clock, the terminal and descriptors.
//! - What is typed goes byte by byte into a fixed buffer that wipes itself, never into a string.
//! - Whatever ends the entry, unwinding included, the terminal gets its settings back and unread keys are
//!   discarded, so that no rest of a PIN ends up in a shell.
//! - No signal handler: while a PIN is typed the terminal sends no signals, and Ctrl-C is a key that cancels. A
//!   process that is killed from elsewhere meanwhile leaves the terminal without echo (`stty sane` restores it).
//! - Every wait has a limit, and so has the number of bytes taken.
//!
//! # Example
//! ```
//! use varco_entry::EntryChoice;
//!
//! assert_eq!(EntryChoice::parse("fd:3"), Some(EntryChoice::Descriptor(3)));
//! assert_eq!(EntryChoice::parse("12345"), None);
//! ```

mod choice;
mod question;
mod stream;
mod terminal;
mod typed;
mod wait;

pub use choice::EntryChoice;
pub use stream::StreamEntry;
pub use terminal::TerminalEntry;
pub use wait::TIME_LIMIT_DEFAULT;
