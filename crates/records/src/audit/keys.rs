//! The keys of the record of decisions: none of them lies in its folder.
//!
//! | key | who holds it | for what |
//! |---|---|---|
//! | [`CheckpointKey`] | the program that decides | signs head and checkpoints (Ed25519) |
//! | [`PseudonymKey`] | the program that decides, and who searches | turns a codice fiscale into what stands for it (HMAC-SHA-256) |
//! | [`AuditorKey`] | the auditor alone | opens what was sealed (X25519, HPKE) |
//!
//! Not here: files ([`read_secret`] and its neighbours are in `keys/file.rs`), and randomness, which is an argument.

mod auditor;
mod checkpoint;
mod file;
mod pseudonym;

pub use auditor::{AuditorKey, AuditorPublicKey};
pub use checkpoint::{CheckpointKey, CheckpointPublicKey};
pub use file::{read_public, read_secret, write_public, write_secret};
pub use pseudonym::PseudonymKey;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// Longest text of a key, in bytes.
const TEXT_LENGTH_MAX: usize = 4096;

/// A text that is no such key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not {0}")]
pub struct KeyInvalid(pub &'static str);

impl KeyInvalid {
    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "audit-key-invalid"
    }
}

/// The keys that a program needs to add to a record.
pub struct AuditKeys {
    /// Signs.
    pub checkpoint: CheckpointKey,
    /// Hides who it was.
    pub pseudonym: PseudonymKey,
    /// To whom it is sealed.
    pub auditor: AuditorPublicKey,
}

/// Names the keys.
impl std::fmt::Debug for AuditKeys {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("AuditKeys")
            .field("checkpoint", &self.checkpoint.public().id())
            .field("pseudonym", &self.pseudonym.id())
            .field("auditor", &self.auditor.id())
            .finish()
    }
}

/// Reads `KIND:BASE64` of 32 bytes, with white space around it.
fn read_text(text: &str, kind: &str, what: &'static str) -> Result<Zeroizing<[u8; 32]>, KeyInvalid> {
    let encoded = text
        .trim()
        .strip_prefix(kind)
        .and_then(|rest| rest.strip_prefix(':'));
    let encoded = encoded
        .filter(|encoded| encoded.len() <= TEXT_LENGTH_MAX)
        .ok_or(KeyInvalid(what))?;
    let bytes = Zeroizing::new(STANDARD.decode(encoded).map_err(|_| KeyInvalid(what))?);
    let array: [u8; 32] = bytes.as_slice().try_into().map_err(|_| KeyInvalid(what))?;
    Ok(Zeroizing::new(array))
}

/// Writes `KIND:BASE64`, one line without its end.
fn write_text(bytes: &[u8; 32], kind: &str) -> Zeroizing<String> {
    let encoded = Zeroizing::new(STANDARD.encode(bytes));
    let mut text = Zeroizing::new(String::with_capacity(kind.len() + 1 + encoded.len()));
    text.push_str(kind);
    text.push(':');
    text.push_str(&encoded);
    text
}

#[cfg(test)]
mod tests;
