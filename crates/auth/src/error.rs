//! What goes wrong between challenge and identity, sorted by blame: the caller, time, the card.
//!
//! Not here: a certificate that is refused (`pki`) and a card that does not answer (`credential`).

/// No identity was verified.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// The audience is empty, over 255 bytes, or holds characters that control a display.
    #[error("the audience is not 1 to 255 bytes of printable text")]
    AudienceInvalid,
    /// The relying party's nonce is too short to be unguessable, or too long.
    #[error("the relying party's nonce is not 16 to 64 bytes")]
    NonceInvalid,
    /// The answer came after the challenge's lifetime, or is dated before the challenge.
    #[error("the challenge is not valid at this instant")]
    ChallengeExpired,
    /// The certificate's key is of a kind that no supported card has.
    #[error("the certificate's key is of a kind that challenges are not made for")]
    KeyUnsupported,
    /// The scheme of the signature does not go with the certificate's key.
    #[error("RSASSA-PSS is not verified with keys of less than 2048 bits")]
    SchemeUnsupported,
    /// A document did not prove the key against cloning that was signed for it.
    #[error("the document did not prove its key against cloning")]
    DocumentCopied,
    /// The card did not prove that it holds the certificate's key (exit 44).
    #[error("the card did not prove that it holds the key of its certificate")]
    KeyNotProven,
}

impl AuthError {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::AudienceInvalid => "audience-invalid",
            Self::NonceInvalid => "nonce-invalid",
            Self::ChallengeExpired => "challenge-expired",
            Self::KeyUnsupported => "key-unsupported",
            Self::SchemeUnsupported => "signature-scheme-unsupported",
            Self::DocumentCopied => "document-copied",
            Self::KeyNotProven => "key-not-proven",
        }
    }
}
