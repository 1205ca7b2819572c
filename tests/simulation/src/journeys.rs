//! Journeys: session, card, reader and clock in one process, from a seed, with faults at random places. One after the other at
//! the same card: logins, kept ones too, certificates, counters, changes, unblockings.
//!
//! The code that runs is the real one, from the journey down to the link of a played reader; keys, certificates and PINs are
//! those of the fixtures. What happened is read off the cards and kept apart from what the code says of it; `oracle` names what
//! must hold.
//!
//! Not here: the PIN rules against a model of several processes (the rest of this crate).

mod act;
mod bench;
mod clock;
mod companion;
mod entitled;
mod fault;
mod fresh;
pub mod invariant;
mod keeper;
mod kit;
mod oracle;
mod person;
mod pool;
mod report;
mod run;
mod shrink;
mod spec;
mod watch;
mod wire;
mod witness;

pub use fault::Fault;
pub use report::{Broken, Ends};
pub use run::{Run, again, run};
pub use spec::{JOURNEY_MAX, Spec};
pub use watch::set_patience;
