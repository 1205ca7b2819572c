//! A PC/SC service of one's own: started, stopped and restarted at will, invisible to the system's and to each other.
//!
//! What this crate is not: a card, a reader, or a PC/SC client. It knows none of our devices, so that tests, the bench and the
//! demo can all stand on it.
//!
//! Layer 7 (edges): depends on nothing inside; starts processes.
//!
//! Start with [`pcscd::PrivatePcscd`]; [`packages`] says what it takes.

pub mod packages;
pub mod pcscd;
