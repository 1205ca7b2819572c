//! What happened on the card's side of a handshake. TLS itself tells a bare alert; this says why.
//!
//! Not here: what becomes of it for the caller (`error`).

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustls::SignatureScheme;

use crate::{CardKeyError, CardScheme};

/// Whether the authorities that a server names (RFC 8446 §4.2.4, RFC 5246 §7.4.4) have one of the card's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Issuers {
    /// It named none, or did not ask.
    #[default]
    NotNamed,
    /// One of them issued a certificate of the chain that was sent.
    Fit,
    /// None did. The certificate was sent all the same: a card has no other one.
    Others,
}

/// How far the card's part went.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) enum Part {
    /// The server has not asked for a certificate.
    #[default]
    NotAsked,
    /// It takes no signature that the card makes.
    NoScheme { offered: Vec<SignatureScheme> },
    /// The certificate goes to the server; nothing is signed yet.
    Chosen,
    /// The card has signed.
    Signed(CardScheme),
    /// The card has not.
    Failed(CardKeyError),
    /// It has signed, but not with the key in its certificate.
    NotProven,
    /// Nobody waits for the handshake any more; the card was not asked.
    Abandoned,
}

#[derive(Default)]
struct Noted {
    part: Part,
    issuers: Issuers,
    is_abandoned: bool,
}

/// What is noted of the card's side of one handshake, the last where a configuration makes several.
#[derive(Default)]
pub struct HandshakeNotes(Mutex<Noted>);

impl HandshakeNotes {
    fn lock(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the card signed, if it did.
    #[must_use]
    pub fn signed_by(&self) -> Option<CardScheme> {
        match self.lock().part {
            Part::Signed(scheme) => Some(scheme),
            _ => None,
        }
    }

    /// Whether the server named the card's authorities.
    #[must_use]
    pub fn issuers(&self) -> Issuers {
        self.lock().issuers
    }

    pub(crate) fn part(&self) -> Part {
        self.lock().part.clone()
    }

    pub(crate) fn note(&self, part: Part) {
        self.lock().part = part;
    }

    pub(crate) fn note_issuers(&self, issuers: Issuers) {
        self.lock().issuers = issuers;
    }

    /// Nobody waits any more: the card is not asked from now on.
    #[cfg_attr(not(feature = "tokio"), allow(dead_code, reason = "blocking callers wait"))]
    pub(crate) fn abandon(&self) {
        self.lock().is_abandoned = true;
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        self.lock().is_abandoned
    }
}

impl fmt::Debug for HandshakeNotes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noted = self.lock();
        formatter
            .debug_struct("HandshakeNotes")
            .field("part", &noted.part)
            .field("issuers", &noted.issuers)
            .finish()
    }
}
