//! Why an OCSP response is no answer to a question.
//!
//! Not here: what it says when it is one.

/// What a responder says when it does not answer (RFC 6960 §4.2.1, OCSPResponseStatus). Nobody signs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OcspRefusal {
    /// It could not read the request.
    MalformedRequest,
    /// It failed.
    InternalError,
    /// It cannot answer now.
    TryLater,
    /// It answers signed requests only.
    SignatureRequired,
    /// It does not answer this client, or not about this certificate.
    Unauthorized,
}

impl OcspRefusal {
    /// By its number; `None` for 0, which is success, and for those that do not exist.
    pub(super) fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            1 => Self::MalformedRequest,
            2 => Self::InternalError,
            3 => Self::TryLater,
            5 => Self::SignatureRequired,
            6 => Self::Unauthorized,
            _ => return None,
        })
    }

    /// Its name in RFC 6960, stable in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MalformedRequest => "malformedRequest",
            Self::InternalError => "internalError",
            Self::TryLater => "tryLater",
            Self::SignatureRequired => "sigRequired",
            Self::Unauthorized => "unauthorized",
        }
    }
}

/// Why a response is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OcspError {
    /// Longer than [`crate::OCSP_RESPONSE_LENGTH_MAX`].
    #[error("the OCSP response is longer than 64 KiB")]
    TooLarge,
    /// The named part is not as RFC 6960 has it.
    #[error("the OCSP response is malformed: {0}")]
    Malformed(&'static str),
    /// The responder did not answer.
    #[error("the OCSP responder did not answer: {}", .0.name())]
    Refused(OcspRefusal),
    /// A response of another type than the basic one.
    #[error("the OCSP response is of a type that is not known")]
    UnknownType,
    /// A critical extension that is not known, of the response or of an answer in it.
    #[error("the OCSP response has a critical extension that is not known")]
    UnknownCritical,
    /// Signed by neither the issuer nor anybody whose certificate it brings.
    #[error("the OCSP response does not bring its responder's certificate")]
    UnknownResponder,
    /// The responder's certificate was not issued by who issued the certificate asked about.
    #[error("the OCSP responder was not appointed by the certificate's issuer")]
    ResponderNotAppointed,
    /// The responder's certificate does not allow it to sign responses.
    #[error("the OCSP responder's certificate is not one for signing responses")]
    ResponderNotEntitled,
    /// The responder's certificate is expired or not valid yet.
    #[error("the OCSP responder's certificate is outside its validity")]
    ResponderOutsideValidity,
    /// By an algorithm, or with a key, that is not verified.
    #[error("the OCSP response is signed by an algorithm that is not accepted")]
    UnsupportedAlgorithm,
    /// The signature is not the responder's over this response.
    #[error("the OCSP response was not signed by its responder")]
    NotSigned,
    /// The signature holds, but it or the one on the responder's certificate is SHA-1 or by RSA under 2048 bits.
    #[error("the OCSP response has a weak signature")]
    Weak,
    /// It repeats another nonce than was sent: the answer to another question.
    #[error("the OCSP response repeats a nonce that was not sent")]
    OtherNonce,
    /// It does not speak of the certificate.
    #[error("the OCSP response does not speak of the certificate")]
    NotAnswered,
    /// It speaks of the certificate twice, and differently.
    #[error("the OCSP response contradicts itself")]
    Contradictory,
    /// It was made, or begins to count, later than now by more than clocks may differ.
    #[error("the OCSP response is from the future")]
    FromTheFuture,
}

impl OcspError {
    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "ocsp-too-large",
            Self::Malformed(_) => "ocsp-malformed",
            Self::Refused(OcspRefusal::MalformedRequest) => "ocsp-refused-malformed-request",
            Self::Refused(OcspRefusal::InternalError) => "ocsp-refused-internal-error",
            Self::Refused(OcspRefusal::TryLater) => "ocsp-refused-try-later",
            Self::Refused(OcspRefusal::SignatureRequired) => "ocsp-refused-signature-required",
            Self::Refused(OcspRefusal::Unauthorized) => "ocsp-refused-unauthorized",
            Self::UnknownType => "ocsp-unknown-type",
            Self::UnknownCritical => "ocsp-unknown-critical",
            Self::UnknownResponder => "ocsp-unknown-responder",
            Self::ResponderNotAppointed => "ocsp-responder-not-appointed",
            Self::ResponderNotEntitled => "ocsp-responder-not-entitled",
            Self::ResponderOutsideValidity => "ocsp-responder-outside-validity",
            Self::UnsupportedAlgorithm => "ocsp-unsupported-algorithm",
            Self::NotSigned => "ocsp-not-signed",
            Self::Weak => "ocsp-weak",
            Self::OtherNonce => "ocsp-other-nonce",
            Self::NotAnswered => "ocsp-not-answered",
            Self::Contradictory => "ocsp-contradictory",
            Self::FromTheFuture => "ocsp-from-the-future",
        }
    }
}
