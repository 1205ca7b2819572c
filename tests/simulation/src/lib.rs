//! The PIN rules against a model: random steps of several processes at played cards, held to what is promised of PIN tries.
//!
//! The code that runs is the real one, from the journey down to the link of a played reader. What it did is read off the cards:
//! their counters before and after each command, and the commands that reached them.
//!
//! Not here: the markers of insertions on disk and the memory of one process (`crates/varco`; a flag and a value of each process
//! stand for them), pin pads (`crates/credential`), and the texts of failures (`messages`).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "test code: what fails here fails the test"
)]

mod calls;
mod card;
mod cards;
mod dice;
mod draw;
pub mod journeys;
mod link;
mod oracle;
mod others;
mod person;
mod process;
mod run;
mod stage;
mod step;
mod tally;

pub use run::{Failures, Kind, Run, run};
pub use tally::Tally;
