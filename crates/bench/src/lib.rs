//! The test bench: virtual cards and readers for other people's tests, and ours.
//!
//! What this crate is not: it decides nothing about cards, PINs or trust; it stands things up, runs them and tells what
//! happened.
//!
//! Layer 9 (edges): above the face `varco`; the program depends on it.
//!
//! Start with [`scenario::Scenario`], what is to happen; [`target::Target`], where; [`rig::Rig`], whose hands put real cards
//! in, and [`bench_file::BenchFile`], what they may cost; [`run::worker`], one scenario at one target, in a process of its own;
//! [`run::pool`], many of them; [`report`], what came of it.
//! [`up`] stands readers and cards up while somebody else's command runs. [`record_card`] makes a played card of a real one,
//! [`compare`] holds two against each other; both only look ([`looking`]).
//!
//! Invariants:
//! * What cannot be tried is told apart from what failed, and what the rig did from what was tested.
//! * The PIN of a real card stands in no scenario, and no try of one is spent beyond what was permitted.

pub mod bench_file;
pub mod compare;
mod going;
pub mod looking;
pub mod record_card;
pub mod report;
pub mod rig;
pub mod run;
pub mod scenario;
pub mod target;
pub mod timing;
pub mod up;
