//! What goes wrong between a played card and a reader on a pseudo-terminal.
//!
//! Not here: what is played as going wrong ([`crate::PadFault`]).

use std::io;

/// Why a virtual reader cannot be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CcidError {
    /// The card has no contacts.
    #[error("this card has no contacts: its answer to reset is what a contactless reader makes up")]
    Contactless,
    /// Something else stands where the link to the pseudo-terminal is to be.
    #[error("{path} exists already: name a path that is free")]
    LinkTaken {
        /// The path.
        path: String,
    },
    /// The path cannot be in a reader's entry of pcscd.
    #[error("{path:?} cannot be given to pcscd: at most 200 bytes, no colon, no blank and no quotation mark")]
    LinkForm {
        /// The path.
        path: String,
    },
    /// The system gave no pseudo-terminal, or no link to it.
    #[error("no pseudo-terminal at {path}: {reason}")]
    Terminal {
        /// The path of the link.
        path: String,
        /// What the system said.
        reason: io::Error,
    },
}

impl CcidError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Contactless => "ccid-contactless",
            Self::LinkTaken { .. } => "ccid-link-taken",
            Self::LinkForm { .. } => "ccid-link-form",
            Self::Terminal { .. } => "ccid-terminal",
        }
    }
}
