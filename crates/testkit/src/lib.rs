//! Rigs and people for tests; nothing shipped depends on it.

pub mod crl;
pub mod pcscd;
pub mod program;
pub mod unpluggable;
