//! What is kept: facts about persons in SQLite, and the record of decisions.
//!
//! # What it does not do
//! It decides nothing (`access-policy` does) and reads no clock and no random source: instants and randomness are arguments.
//!
//! # Where to start
//! [`facts`] keeps enablements, delegations, categories and telephone PINs; [`audit`] the record of decisions.
//!
//! # Layer
//! Layer 7 (edges): implements traits that `access-policy` owns.

pub mod audit;
pub mod facts;
