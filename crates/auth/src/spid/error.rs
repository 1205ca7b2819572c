//! Why a hand-over is refused, in the order in which it is looked at.
//!
//! Not here: why a gateway's key cannot be configured (`gateway`).

use varco_pki::CodiceFiscaleError;

use crate::NonceError;

/// Why a hand-over is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HandOverError {
    /// It does not have the prescribed form; the part is named, never its content. Of what stands in the payload it is said only
    /// once a gateway's signature was found good.
    #[error("the hand-over does not have the prescribed form: {0}")]
    Format(&'static str),
    /// It names a key that is not configured.
    #[error("no gateway with this key is configured")]
    KeyUnknown,
    /// The gateway's key is not valid yet, or not any more.
    #[error("the gateway's key is not valid at this instant")]
    KeyDates,
    /// The gateway's key did not sign this.
    #[error("the gateway's key did not sign this hand-over")]
    Signature,
    /// It names another gateway than the one whose key signed it.
    #[error("the hand-over names another gateway than its key's")]
    Gateway,
    /// It was made for another audience.
    #[error("the hand-over was made for another audience")]
    Audience,
    /// It, or the authentication that it tells of, is dated after this instant.
    #[error("the hand-over is dated after this instant")]
    NotYet,
    /// Its life is over.
    #[error("the hand-over is not valid any more at this instant")]
    Expired,
    /// The person authenticated longer ago than the relying party accepts.
    #[error("the person authenticated at the identity provider too long ago")]
    AuthnTooOld,
    /// The class of authentication is none of SPID's three.
    #[error("the class of authentication is no level of SPID")]
    Level,
    /// It names no person by an Italian codice fiscale: SPID of a legal person, or of a foreign tax number.
    #[error("the login names no person by a codice fiscale")]
    NoPerson,
    /// What stands for the codice fiscale is none.
    #[error("the login's codice fiscale is not valid: {0}")]
    CodiceFiscale(CodiceFiscaleError),
    /// The birth date is not the codice fiscale's, or cannot be a living person's.
    #[error("the birth date contradicts the codice fiscale, or cannot be")]
    BirthDate,
    /// The nonce is not outstanding, or its life is over: the hand-over was brought before, or nobody asked for it.
    #[error(transparent)]
    Nonce(#[from] NonceError),
    /// The nonce was issued to another session than the one that brings the hand-over.
    #[error("the hand-over answers the nonce of another session")]
    Client,
}

impl HandOverError {
    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Format(_) => "hand-over-format",
            Self::KeyUnknown => "hand-over-key-unknown",
            Self::KeyDates => "hand-over-key-dates",
            Self::Signature => "hand-over-signature",
            Self::Gateway => "hand-over-gateway",
            Self::Audience => "hand-over-audience",
            Self::NotYet => "hand-over-not-yet",
            Self::Expired => "hand-over-expired",
            Self::AuthnTooOld => "hand-over-authn-too-old",
            Self::Level => "hand-over-level",
            Self::NoPerson => "hand-over-no-person",
            Self::CodiceFiscale(_) => "hand-over-codice-fiscale",
            Self::BirthDate => "hand-over-birth-date",
            Self::Nonce(error) => error.code(),
            Self::Client => "hand-over-client",
        }
    }
}
