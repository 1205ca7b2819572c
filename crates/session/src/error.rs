//! Why a journey ended before an identity was verified.
//!
//! Not here: denial by policy. That is a decision about a verified identity, not an error.

use varco_auth::AuthError;
use varco_credential::{CardError, ForeignCard, NotSent, TriesLeft};
use varco_pki::{DocumentRejection, Rejection};

use crate::{EntryError, Purpose};

/// The end of a journey without identity, in the order of the journey.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError {
    /// The card is of no kind that is known.
    #[error("the card is not of a known kind")]
    NotRecognised,
    /// The card is known, and is none to log in with.
    #[error("the card is none to log in with: {}", .0.title_en)]
    ForeignCard(ForeignCard),
    /// The card or the way to it failed.
    #[error(transparent)]
    Card(#[from] CardError),
    /// The card is none that is a document.
    #[error("the card is no identity card")]
    NotADocument,
    /// A document is not believed.
    #[error(transparent)]
    Document(#[from] DocumentRejection),
    /// No country signer is given, so no document can be believed.
    #[error("no country signer is given")]
    NoCountrySigners,
    /// The certificate was read and is not accepted.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// No PIN was entered.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The PIN was not sent; no try is spent.
    #[error("the PIN was not sent: {0}")]
    NotSent(#[from] NotSent),
    /// The card was reset, removed or exchanged while the PIN was typed; it was not sent.
    #[error("the card changed while the PIN was typed")]
    CardChanged,
    /// The PIN was wrong.
    #[error("the PIN is wrong")]
    WrongPin {
        /// What is left now.
        tries_left: TriesLeft,
    },
    /// The PIN is blocked: it was before, or this was the last try.
    #[error("the PIN is blocked")]
    PinBlocked,
    /// The PUK was not sent; no try is spent.
    #[error("the PUK was not sent: {0}")]
    PukNotSent(NotSent),
    /// The PUK was wrong.
    #[error("the PUK is wrong")]
    WrongPuk {
        /// What is left now.
        tries_left: TriesLeft,
    },
    /// The PUK is blocked: the PIN cannot be unblocked any more.
    #[error("the PUK is blocked")]
    PukBlocked,
    /// The new PIN was typed differently the second time; nothing was sent.
    #[error("the new PIN was typed differently the second time")]
    NewPinDiffers,
    /// The new PIN was sent and the answer was lost: the old PIN or the new one holds.
    #[error("the new PIN was sent and the answer was lost")]
    NewPinInDoubt {
        /// What happened instead of an answer.
        cause: CardError,
        /// What was being done.
        purpose: Purpose,
        /// Whether the card tells the counter by which one can find out.
        counter: TriesLeft,
    },
    /// The card did not prove that it holds the key of its certificate, or the challenge was misused.
    #[error(transparent)]
    Auth(#[from] AuthError),
}

impl LoginError {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotRecognised => "card-not-recognised",
            Self::ForeignCard(_) => "card-foreign",
            Self::Card(error) => error.code(),
            Self::NotADocument => "card-not-a-document",
            Self::Document(rejection) => rejection.code(),
            Self::NoCountrySigners => "country-signers-missing",
            Self::Rejected(rejection) => rejection.code(),
            Self::Entry(error) => error.code(),
            Self::NotSent(reason) => reason.code(),
            Self::CardChanged => "card-changed",
            Self::WrongPin { .. } => "pin-wrong",
            Self::PinBlocked => "pin-blocked",
            Self::PukNotSent(reason) => match reason {
                NotSent::WrongForm { .. } => "puk-wrong-form",
                NotSent::Blocked => "puk-blocked",
                NotSent::LastTry => "puk-last-try",
                NotSent::RefusedBefore => "puk-refused-before",
                NotSent::TriesUnknown => "puk-tries-unknown",
                other => other.code(),
            },
            Self::WrongPuk { .. } => "puk-wrong",
            Self::PukBlocked => "puk-blocked",
            Self::NewPinDiffers => "new-pin-differs",
            Self::NewPinInDoubt { purpose, .. } => match purpose {
                Purpose::UnblockPin => "unblock-in-doubt",
                _ => "change-in-doubt",
            },
            Self::Auth(error) => error.code(),
        }
    }
}
