//! How work is handed to the thread that owns a reader, how its result comes back, and how it is stopped on the way.
//!
//! What this crate is not: it knows no card, no reader and no PIN, starts no thread and reads no clock. It is the part of
//! the concurrency that must be right whatever the interleaving, kept small enough to be searched in full: `cargo xtask
//! loom` runs the models in `tests/model.rs`.
//!
//! Layer 0 (words).
//!
//! Four pieces, and [`wake`], for whoever else keeps wakers:
//! * [`queue`]: bounded, many senders and one thread that takes. A full queue refuses; nobody waits to get in.
//! * [`promise`]: one value, given once and taken once, by a thread that waits or by a future. A value that nobody takes is dropped.
//! * [`Signal`]: one value, set once and seen by all who ask, also later.
//! * [`Control`]: what a running piece of work and those who may stop it agree about.
//!
//! Invariants:
//! * When [`Control::stop`] says [`Effect::BeforePin`], no PIN has been let through and none will be.
//! * Whoever waits for a promise or an answer is woken by the value, by the loss of whoever should give it, or by the stop.
//! * A job that was accepted is run, or dropped with the queue; never forgotten.
//!
//! ```
//! use varco_handover::{Control, Effect, Stop};
//!
//! let control: Control<()> = Control::new();
//! control.begin().unwrap();
//! assert_eq!(control.stop(Stop::Cancelled), Effect::BeforePin);
//! assert_eq!(control.let_pin_through(), Err(Stop::Cancelled));
//! ```

mod control;
mod promise;
mod queue;
mod signal;
mod sync;

pub use control::{Answer, Control, Effect, Stop, Unanswered};
pub use promise::{Giver, Lost, Taker, promise};
pub use queue::{Refused, Sender, Source, queue};
pub use signal::{Signal, Signalled};
pub use sync::wake;
