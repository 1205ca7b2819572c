//! Why a trusted list is not believed, in technical words.
//!
//! Not here: what is wrong with single certificates in a list that is believed (see [`super::Warning`]).

/// Why a trusted list was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ListError {
    /// Longer than [`super::LIST_BYTES_MAX`].
    #[error("the list is longer than 16 MiB")]
    TooLarge,
    /// More nodes, depth or attributes than a list has.
    #[error("the list has more nodes, depth or attributes than lists have")]
    TooComplex,
    /// It ends before its document element does.
    #[error("the list was cut short")]
    Truncated,
    /// Not well-formed XML in UTF-8.
    #[error("the list is not XML in UTF-8")]
    NotXml,
    /// It has a document type declaration, which lists never have.
    #[error("the list declares a document type")]
    DocumentType,
    /// Two elements bear the same identifier.
    #[error("the list uses an identifier twice")]
    DuplicateId,
    /// XML, but not a trusted list.
    #[error("the document is not a trusted list")]
    NotAList,
    /// Without a signature.
    #[error("the list is not signed")]
    Unsigned,
    /// More than one signature, wherever they stand.
    #[error("the list holds more than one signature")]
    ManySignatures,
    /// The signature covers something else than the list that is read.
    #[error("the signature covers something else than the list")]
    Wrapped,
    /// The named part of the signature is missing, repeated or broken.
    #[error("the signature is malformed: {0}")]
    MalformedSignature(&'static str),
    /// An algorithm or a transform that is not verified here.
    #[error("the signature uses an algorithm that is not accepted: {0}")]
    Algorithm(&'static str),
    /// The signer's key is too short.
    #[error("the signer's RSA key is shorter than 2048 bits")]
    WeakKey,
    /// None of the certificates in the signature is one that may sign this list.
    #[error("the list was signed by another")]
    OtherSigner,
    /// The signed properties name another certificate than the signature's (ETSI EN 319 132-1 §5.2.2).
    #[error("the signed properties name another signer")]
    OtherSignerNamed,
    /// A digest or the signature does not fit: something was changed after signing.
    #[error("the list was altered after it was signed")]
    Altered,
    /// Neither version 5 nor 6.
    #[error("the list is of a version that is not known")]
    Version,
    /// The named element is missing, repeated or unreadable.
    #[error("the list is malformed: {0}")]
    Malformed(&'static str),
    /// Of another territory than asked.
    #[error("the list is that of another territory")]
    Territory,
    /// Of another type than its territory has: a state's list where the Union's list of lists was asked, or the reverse.
    #[error("the list is of another type than asked")]
    OtherType,
    /// The scheme has an extension that is critical and not known (ETSI TS 119 612 §5.3.17).
    #[error("the list has a critical extension that is not known")]
    CriticalExtension,
    /// Older than the one that was held before.
    #[error("the list is older than the one held before")]
    Backwards,
    /// Other bytes under the number of the one that was held before, and not issued later.
    #[error("the list bears the number of the one held before and is another")]
    NumberReused,
    /// Issued after the present instant.
    #[error("the list was issued in the future")]
    Future,
    /// Its next update is due for longer than the grace.
    #[error("the list is out of date")]
    Stale,
    /// It announces no next update: its scheme was closed.
    #[error("the list was closed by its operator")]
    Closed,
}

impl ListError {
    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "list-too-large",
            Self::TooComplex => "list-too-complex",
            Self::Truncated => "list-truncated",
            Self::NotXml => "list-not-xml",
            Self::DocumentType => "list-document-type",
            Self::DuplicateId => "list-duplicate-id",
            Self::NotAList => "list-not-a-list",
            Self::Unsigned => "list-unsigned",
            Self::ManySignatures => "list-many-signatures",
            Self::Wrapped => "list-wrapped",
            Self::MalformedSignature(_) => "list-signature-malformed",
            Self::Algorithm(_) => "list-algorithm",
            Self::WeakKey => "list-weak-key",
            Self::OtherSigner => "list-other-signer",
            Self::OtherSignerNamed => "list-other-signer-named",
            Self::Altered => "list-altered",
            Self::Version => "list-version",
            Self::Malformed(_) => "list-malformed",
            Self::Territory => "list-territory",
            Self::OtherType => "list-other-type",
            Self::CriticalExtension => "list-critical-extension",
            Self::Backwards => "list-backwards",
            Self::NumberReused => "list-number-reused",
            Self::Future => "list-future",
            Self::Stale => "list-stale",
            Self::Closed => "list-closed",
        }
    }
}
