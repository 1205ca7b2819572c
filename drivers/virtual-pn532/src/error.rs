//! What goes wrong between a played card and a PN532 on a pseudo-terminal.
//!
//! Not here: what is played as going wrong ([`crate::Fault`]).

use std::io;

/// Why a virtual PN532 cannot be, or cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Pn532Error {
    /// The card has contacts only.
    #[error("this card has no face without contacts: its answer to reset is a contact card's")]
    NotContactless,
    /// Something else stands where the link to the pseudo-terminal is to be.
    #[error("{path} exists already: name a path that is free")]
    LinkTaken {
        /// The path.
        path: String,
    },
    /// The path cannot be part of a connection string of libnfc.
    #[error("{path:?} cannot be given to libnfc: it takes no colon in a path")]
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

impl Pn532Error {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotContactless => "pn532-not-contactless",
            Self::LinkTaken { .. } => "pn532-link-taken",
            Self::LinkForm { .. } => "pn532-link-form",
            Self::Terminal { .. } => "pn532-terminal",
        }
    }
}
