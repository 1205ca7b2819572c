//! What evidence says of one certificate, put together.
//!
//! Not here: the evidence itself, and whether it is late.

use super::{EvidenceKind, Revocation};
use crate::{RevokedEntry, Timestamp, Undetermined};

/// What clears a certificate.
#[derive(Clone, Copy)]
pub(super) struct Evidence {
    pub(super) kind: EvidenceKind,
    pub(super) this_update: Timestamp,
    pub(super) next_update: Option<Timestamp>,
    /// Until when it counts without grace; `None` where it does not say.
    pub(super) fresh_until: Option<Timestamp>,
    pub(super) fetched_at: Option<Timestamp>,
    pub(super) is_weak: bool,
    /// What is known of the signer's own revocation, where it is another key than the issuer's.
    pub(super) signer: Option<Revocation>,
}

impl Evidence {
    /// Two that are needed together are worth what the lesser is.
    pub(super) fn with(self, other: Self) -> Self {
        let older = if other.this_update < self.this_update {
            other
        } else {
            self
        };
        Self {
            // `None`, which is never fresh, is the least.
            fresh_until: self.fresh_until.min(other.fresh_until),
            is_weak: self.is_weak || other.is_weak,
            signer: match (self.signer, other.signer) {
                (Some(one), Some(two)) => Some(one.worse(two)),
                (one, two) => one.or(two),
            },
            ..older
        }
    }
}

/// What is found in all evidence about one certificate.
pub(super) struct Findings {
    /// Suspended, as of an instant.
    pub(super) held: Option<(RevokedEntry, Timestamp)>,
    pub(super) clear: Option<Evidence>,
    pub(super) trouble: Undetermined,
    /// There was more than is looked at.
    pub(super) is_too_much: bool,
}

impl Findings {
    pub(super) fn note(&mut self, trouble: Undetermined) {
        self.trouble = self.trouble.max(trouble);
    }

    /// The newest word that it is suspended.
    pub(super) fn hold(&mut self, entry: RevokedEntry, said: Timestamp) {
        if self.held.is_none_or(|(_, known)| known < said) {
            self.held = Some((entry, said));
        }
    }

    /// The newest evidence that it is not revoked.
    pub(super) fn clear(&mut self, evidence: Evidence) {
        if self
            .clear
            .is_none_or(|known| known.this_update < evidence.this_update)
        {
            self.clear = Some(evidence);
        }
    }
}
