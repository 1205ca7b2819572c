//! Recordings of what was said to a card: the format, and what can be done with one.
//!
//! What this crate is not: it speaks to no card and opens no file.
//!
//! Layer 2 (knowledge: traces): depends on `varco-card` and `varco-apdu`.

mod align;
pub mod decode;
pub mod diff;
pub mod import;
pub mod lines;
pub mod pcapng;
pub mod said;

/// Bytes as the traces have them: two hexadecimal digits each, in capitals.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
