//! What is said to a card, in names and facts for people.
//!
//! Not here: words of a language, and files.

mod atr;
mod command;
pub mod known;
mod place;
mod status;
#[cfg(test)]
mod tests;

pub use atr::{AtrSummary, summary};
pub use command::{Fact, Topic, facts, name};
pub use place::Place;
pub use status::Status;
