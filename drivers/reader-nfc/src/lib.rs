//! Drives NFC readers through libnfc, which runs in a process of its own (`varco-nfcd`).
#![allow(missing_docs)]
pub mod wire;
