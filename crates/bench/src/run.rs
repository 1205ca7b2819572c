//! Running scenarios: one at one target in a process of its own, and many of them side by side.
//!
//! Not here: what a scenario is (`scenario`), what a target is (`target`), and how results are written (`report`).

mod came;
mod clock;
mod pattern;
pub mod pool;
mod process;
mod program;
mod purses;
mod stop;
mod terminal;
mod trust;
mod typist;
mod walk;
mod wire;
pub mod worker;

pub use stop::Stop;
pub use wire::{End, Finding, Outcome};
