//! Whether the certificates of a path were taken back by those who issued them (RFC 5280 §6.3): what is asked, of which
//! evidence, and what the answer permits.
//!
//! Not here: reading lists and answers (`crl`, `ocsp`), keeping and fetching them (the trust store), and the path itself.

mod by_answer;
mod by_list;
mod check;
mod evidence;
mod findings;

use std::sync::{Arc, OnceLock};

pub(crate) use check::check;
pub use evidence::{EvidenceKind, Revocation, RevocationStatus, Undetermined};

use crate::path::{NameTable, same_name};
use crate::{Certificate, KnownList, OcspResponse, Timestamp};

/// How sure one must be that a certificate was not revoked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RevocationMode {
    /// Fresh evidence for every certificate of the path, or it is refused.
    #[default]
    Hard,
    /// As hard, but evidence may be late by at most so many hours: for a kiosk whose line is down.
    Grace {
        /// Hours after the evidence's nextUpdate.
        hours: u16,
    },
    /// What is known to be revoked is refused; where nothing is known the verdict says so.
    Soft,
    /// Nobody asks.
    Off,
}

impl RevocationMode {
    /// The stable name in JSON and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::Grace { .. } => "grace",
            Self::Soft => "soft",
            Self::Off => "off",
        }
    }
}

/// A certificate whose revocation is asked about, and who issued it. Both stand on a path that holds.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The certificate.
    pub certificate: &'a Certificate,
    /// Its issuer's.
    pub issuer: &'a Certificate,
}

/// What a source knows.
#[derive(Default)]
pub struct KnownRevocation {
    /// Lists whose issuer bears the name of the certificate's issuer. Others are not looked at.
    pub lists: Vec<Arc<dyn KnownList + Send + Sync>>,
    /// What responders answered; those about other certificates are passed over.
    pub answers: Vec<KnownAnswer>,
    /// What kept the source from knowing more, if anything did.
    pub trouble: Option<Undetermined>,
}

/// What a responder answered, and to which question.
#[derive(Clone)]
pub struct KnownAnswer {
    /// The response.
    pub response: Arc<OcspResponse>,
    /// The nonce that was sent, if one was.
    pub nonce: Option<[u8; 32]>,
    /// When it was fetched, where that is known.
    pub fetched_at: Option<Timestamp>,
}

/// Where evidence comes from. It is asked only about certificates whose path holds, so a source may go and fetch.
pub trait RevocationSource {
    /// What is known about this certificate, whatever its worth: signatures, dates and scope are judged by who asks.
    fn known(&self, asked: Asked<'_>) -> KnownRevocation;
}

/// A source that knows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoEvidence;

impl RevocationSource for NoEvidence {
    fn known(&self, _: Asked<'_>) -> KnownRevocation {
        KnownRevocation::default()
    }
}

/// Evidence that is at hand: what was read from files.
#[derive(Default, Clone)]
pub struct EvidenceAtHand {
    lists: Vec<Arc<dyn KnownList + Send + Sync>>,
    /// Made when first asked, and anew after a change.
    lists_by_issuer: OnceLock<NameTable>,
    answers: Vec<KnownAnswer>,
    trouble: Option<Undetermined>,
}

impl EvidenceAtHand {
    /// Adds a list.
    pub fn add_list(&mut self, list: Arc<dyn KnownList + Send + Sync>) {
        self.lists.push(list);
        self.lists_by_issuer = OnceLock::new();
    }

    /// Adds what a responder answered.
    pub fn add_answer(&mut self, answer: KnownAnswer) {
        self.answers.push(answer);
    }

    /// Notes what kept it from being more.
    pub fn note(&mut self, trouble: Undetermined) {
        self.trouble = self.trouble.max(Some(trouble));
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty() && self.answers.is_empty()
    }
}

impl RevocationSource for EvidenceAtHand {
    fn known(&self, asked: Asked<'_>) -> KnownRevocation {
        let issuer = asked.certificate.issuer_der();
        let names = self.lists.iter().map(|list| list.header().issuer.as_slice());
        let table = self.lists_by_issuer.get_or_init(|| NameTable::new(names));
        let places = table.places(issuer, || {
            let all = self.lists.iter().enumerate();
            let speaking = all.filter(|(_, list)| same_name(&list.header().issuer, issuer));
            speaking.map(|(place, _)| place).collect()
        });
        KnownRevocation {
            lists: places
                .iter()
                .filter_map(|place| self.lists.get(*place))
                .cloned()
                .collect(),
            answers: self.answers.clone(),
            trouble: self.trouble,
        }
    }
}

/// Several sources as one: all are asked.
pub struct Sources<'a>(pub &'a [&'a dyn RevocationSource]);

impl RevocationSource for Sources<'_> {
    fn known(&self, asked: Asked<'_>) -> KnownRevocation {
        let mut all = KnownRevocation::default();
        for source in self.0 {
            let known = source.known(asked);
            all.lists.extend(known.lists);
            all.answers.extend(known.answers);
            all.trouble = all.trouble.max(known.trouble);
        }
        all
    }
}

/// How revocation is judged.
#[derive(Clone, Copy)]
pub struct RevocationCheck<'a> {
    /// How sure one must be.
    pub mode: RevocationMode,
    /// Where evidence comes from.
    pub source: &'a dyn RevocationSource,
}

impl RevocationCheck<'_> {
    /// No check at all: every verdict will say so.
    pub const OFF: RevocationCheck<'static> = RevocationCheck {
        mode: RevocationMode::Off,
        source: &NoEvidence,
    };
}

#[cfg(test)]
mod tests;
