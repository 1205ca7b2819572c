//! What TLS needs of a card: its certificate, and signatures under a PIN that it has accepted.
//!
//! Not here: where a card comes from, and its PIN.

use rustls::pki_types::CertificateDer;

use crate::CardScheme;

/// The key of a card that signs when asked: its PIN was typed and accepted before.
pub trait CardKey: Send + Sync {
    /// The card's certificate, then those of the authorities between it and an anchor, as far as the application has
    /// them (RFC 8446 §4.4.2).
    fn certificate_chain(&self) -> Vec<CertificateDer<'static>>;

    /// Whether the card signs by this scheme. Asked once, before any handshake, and answered without asking the card.
    fn can(&self, scheme: CardScheme) -> bool;

    /// Has the card sign a message, which is hashed as the scheme says. Blocks until the card has answered, and is not
    /// called again when it fails.
    ///
    /// # Errors
    /// [`CardKeyError`]: the card is gone, was reset, or said no.
    fn sign(&self, scheme: CardScheme, message: &[u8]) -> Result<Vec<u8>, CardKeyError>;
}

/// Why a card did not sign: its own stable code, and what happened, in words without personal data.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the card did not sign: {what}")]
pub struct CardKeyError {
    code: &'static str,
    what: String,
}

impl CardKeyError {
    /// Of a stable code that has a text, and what happened.
    #[must_use]
    pub fn new(code: &'static str, what: impl Into<String>) -> Self {
        Self {
            code,
            what: what.into(),
        }
    }

    /// The code, for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }
}
