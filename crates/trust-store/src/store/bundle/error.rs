//! What can be wrong with a bundle or its keys.
//!
//! Not here: what is wrong with what it brings, which is told as if somebody had brought that alone.

use varco_pki::Timestamp;

/// Why a bundle is not taken, or not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// It does not begin as one.
    #[error("it is no bundle")]
    NotABundle,
    /// Of a format that is not known.
    #[error("it is of format {0}, which is not known")]
    OtherFormat(u32),
    /// Longer than [`super::BUNDLE_LENGTH_MAX`].
    #[error("it is longer than 256 MiB")]
    TooLarge,
    /// It ends too early, or something follows.
    #[error("its length is not what it says")]
    Length,
    /// Another key is named in it than the one that was pinned.
    #[error("it was signed with another key")]
    OtherSigner,
    /// The signature does not fit: something was changed.
    #[error("it was altered after it was signed")]
    Altered,
    /// The named part is not as it should be, though it was rightly signed.
    #[error("it is malformed: {0}")]
    Malformed(&'static str),
    /// Older than the one that was taken before.
    #[error("it is older than the one taken before, which is of {0}")]
    Older(Timestamp),
    /// Bytes that are no key.
    #[error("this is no key for bundles")]
    Key,
}

impl BundleError {
    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotABundle => "bundle-not-a-bundle",
            Self::OtherFormat(_) => "bundle-other-format",
            Self::TooLarge => "bundle-too-large",
            Self::Length => "bundle-cut",
            Self::OtherSigner => "bundle-other-signer",
            Self::Altered => "bundle-altered",
            Self::Malformed(_) => "bundle-malformed",
            Self::Older(_) => "bundle-older",
            Self::Key => "bundle-key",
        }
    }
}
