//! The walk over a path: each certificate below the anchor is asked about, from the anchor down.

use std::cell::Cell;
use std::sync::Arc;

use jiff::SignedDuration;

use super::by_answer::{self, Answered};
use super::by_list::{self, Said};
use super::{
    Asked, EvidenceKind, KnownRevocation, Revocation, RevocationCheck, RevocationMode, RevocationStatus,
};
use crate::{
    Certificate, Downgrade, InPath, KnownList, PathValidator, Reasons, Rejection, RevocationReason,
    RevokedEntry, Timestamp, TrustAnchor, TrustAnchors, Undetermined, ValidPath,
};

/// Most lists looked at for one certificate.
const LISTS_MAX: usize = 64;
/// Most answers.
const ANSWERS_MAX: usize = 16;

/// Most signers of lists looked at for one path, where they are not the issuers themselves.
const SIGNERS_MAX: u8 = 32;
/// How many of them one for another's sake.
const DEPTH_MAX: u8 = 4;

/// What all questions about one path share.
pub(super) struct Context<'a> {
    pub(super) validator: &'a dyn PathValidator,
    pub(super) intermediates: &'a [Certificate],
    pub(super) anchor: &'a TrustAnchor,
    pub(super) check: RevocationCheck<'a>,
    pub(super) at: Timestamp,
    /// How many signers of lists are being looked at, one for another's sake.
    pub(super) depth: u8,
    /// Signers that may still be looked at.
    pub(super) signers_left: &'a Cell<u8>,
}

/// Judges the revocation of a path that holds. What is weak in the evidence and accepted is added to `downgrades`.
pub(crate) fn check(
    leaf: &Certificate,
    path: &ValidPath,
    (validator, intermediates): (&dyn PathValidator, &[Certificate]),
    check: RevocationCheck<'_>,
    at: Timestamp,
    downgrades: &mut Vec<Downgrade>,
) -> Result<Revocation, Rejection> {
    if check.mode == RevocationMode::Off {
        return Ok(Revocation::not_checked(at));
    }
    let context = Context {
        validator,
        intermediates,
        anchor: path.anchor(),
        check,
        at,
        depth: 0,
        signers_left: &Cell::new(SIGNERS_MAX),
    };
    let mut worst: Option<Revocation> = None;
    for (place, asked) in questions(leaf, path).into_iter().rev() {
        let found = context.ask(asked).map_err(|refusal| refusal.at(place))?;
        if found.is_weak && !downgrades.contains(&Downgrade::Sha1Signature) {
            downgrades.push(Downgrade::Sha1Signature);
            downgrades.sort_unstable();
        }
        worst = Some(match worst {
            None => found.revocation,
            Some(worst) => worst.worse(found.revocation),
        });
    }
    Ok(worst.unwrap_or_else(|| Revocation::not_checked(at)))
}

/// The certificates below the anchor with their issuers, from the leaf upward.
fn questions<'a>(leaf: &'a Certificate, path: &'a ValidPath) -> Vec<(InPath, Asked<'a>)> {
    let below = std::iter::once(leaf).chain(path.issuers());
    let above = path
        .issuers()
        .iter()
        .chain(std::iter::once(path.anchor().certificate()));
    below
        .zip(above)
        .enumerate()
        .map(|(index, (certificate, issuer))| {
            let place = if index == 0 {
                InPath::Leaf
            } else {
                InPath::Intermediate
            };
            (place, Asked { certificate, issuer })
        })
        .collect()
}

/// Why a certificate is refused, wherever it stands.
enum Refusal {
    Revoked(RevokedEntry),
    Unknown(Undetermined),
}

impl Refusal {
    fn at(self, in_path: InPath) -> Rejection {
        match self {
            Self::Revoked(RevokedEntry {
                revoked_at,
                reason: RevocationReason::CertificateHold,
            }) => Rejection::Suspended {
                in_path,
                suspended_at: revoked_at,
            },
            Self::Revoked(RevokedEntry { revoked_at, reason }) => Rejection::Revoked {
                in_path,
                revoked_at,
                reason,
            },
            Self::Unknown(reason) => Rejection::RevocationUnknown { in_path, reason },
        }
    }
}

struct Found {
    revocation: Revocation,
    is_weak: bool,
}

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
}

/// What is found in all evidence about one certificate.
struct Findings {
    /// Suspended, as of an instant.
    held: Option<(RevokedEntry, Timestamp)>,
    clear: Option<Evidence>,
    trouble: Undetermined,
}

impl Context<'_> {
    fn ask(&self, asked: Asked<'_>) -> Result<Found, Refusal> {
        let known = self.check.source.known(asked);
        let mut findings = Findings {
            held: None,
            clear: None,
            trouble: known.trouble.unwrap_or(Undetermined::NoEvidence),
        };
        self.by_lists(asked, &known, &mut findings)?;
        self.by_answers(asked, &known, &mut findings)?;
        match findings {
            // Suspended, unless newer evidence has cleared it.
            Findings {
                held: Some((entry, said)),
                clear,
                ..
            } if clear.is_none_or(|clear| clear.this_update <= said) => Err(Refusal::Revoked(entry)),
            Findings {
                clear: Some(evidence),
                ..
            } => Ok(self.found(evidence)),
            Findings { trouble, .. } if self.check.mode == RevocationMode::Soft => Ok(Found {
                revocation: Revocation::unknown(self.check.mode, trouble, self.at),
                is_weak: false,
            }),
            Findings { trouble, .. } => Err(Refusal::Unknown(trouble)),
        }
    }

    /// Lists, the newest first, until all reasons are covered; all are asked whether they revoke.
    fn by_lists(
        &self,
        asked: Asked<'_>,
        known: &KnownRevocation,
        findings: &mut Findings,
    ) -> Result<(), Refusal> {
        let mut reasons = Reasons::NONE;
        let mut oldest: Option<Evidence> = None;
        for list in newest_first(&known.lists) {
            match by_list::ask(&**list, asked, self) {
                // Whatever newer evidence says: revoked once is revoked.
                Ok(Said::Revoked(entry)) if entry.reason != RevocationReason::CertificateHold => {
                    return Err(Refusal::Revoked(entry));
                }
                Ok(Said::Revoked(entry)) => findings.hold(entry, list.header().this_update),
                Ok(Said::Clear(covered, evidence)) => match self.freshness(&evidence) {
                    Ok(()) if covered.without(reasons).is_none() => {}
                    Ok(()) => {
                        reasons = reasons.with(covered);
                        let weak = evidence.is_weak || oldest.is_some_and(|oldest| oldest.is_weak);
                        let older = oldest.filter(|oldest| oldest.this_update < evidence.this_update);
                        oldest = Some(Evidence {
                            is_weak: weak,
                            ..older.unwrap_or(evidence)
                        });
                    }
                    Err(reason) => findings.note(reason),
                },
                Err(reason) => findings.note(reason),
            }
        }
        if Reasons::ALL.without(reasons).is_none() {
            findings.clear = oldest;
        } else if oldest.is_some() {
            findings.note(Undetermined::ReasonsUncovered);
        }
        Ok(())
    }

    fn by_answers(
        &self,
        asked: Asked<'_>,
        known: &KnownRevocation,
        findings: &mut Findings,
    ) -> Result<(), Refusal> {
        for answer in known.answers.iter().take(ANSWERS_MAX) {
            match by_answer::ask(answer, asked, self) {
                Ok(Answered::Revoked(entry, _)) if entry.reason != RevocationReason::CertificateHold => {
                    return Err(Refusal::Revoked(entry));
                }
                Ok(Answered::Revoked(entry, said)) => findings.hold(entry, said),
                Ok(Answered::Clear(evidence)) => match self.freshness(&evidence) {
                    Ok(()) => findings.clear(evidence),
                    Err(reason) => findings.note(reason),
                },
                Err(reason) => findings.note(reason),
            }
        }
        Ok(())
    }

    fn found(&self, evidence: Evidence) -> Found {
        let is_late = evidence.fresh_until.is_none_or(|until| until < self.at);
        Found {
            revocation: Revocation {
                status: if is_late {
                    RevocationStatus::GoodInGrace
                } else {
                    RevocationStatus::Good
                },
                mode: self.check.mode,
                kind: Some(evidence.kind),
                this_update: Some(evidence.this_update),
                next_update: evidence.next_update,
                fetched_at: evidence.fetched_at,
                judged_at: self.at,
            },
            is_weak: evidence.is_weak,
        }
    }

    /// That evidence is not late, or not by more than the grace. Evidence that does not say when it is renewed is late from
    /// the start.
    fn freshness(&self, evidence: &Evidence) -> Result<(), Undetermined> {
        let due = evidence.fresh_until.unwrap_or(evidence.this_update);
        let grace_s = match self.check.mode {
            RevocationMode::Grace { hours } => i64::from(hours) * 3600,
            _ => 0,
        };
        let last = due
            .checked_add(SignedDuration::from_secs(grace_s))
            .unwrap_or(Timestamp::MAX);
        if (evidence.fresh_until.is_some() || grace_s > 0) && self.at <= last {
            Ok(())
        } else {
            Err(Undetermined::Stale(due))
        }
    }

    /// Whether a signer of lists is itself believed: by a path to the same anchor, and not revoked.
    pub(super) fn leads_to_same_anchor(&self, signer: &Certificate) -> bool {
        let Some(left) = self.signers_left.get().checked_sub(1) else {
            return false;
        };
        self.signers_left.set(left);
        if self.depth >= DEPTH_MAX {
            return false;
        }
        let anchors = TrustAnchors::from_iter([self.anchor.clone()]);
        let Ok(path) = self
            .validator
            .validate(signer, self.intermediates, &anchors, self.at)
        else {
            return false;
        };
        let context = Context {
            depth: self.depth.saturating_add(1),
            ..*self
        };
        questions(signer, &path)
            .into_iter()
            .all(|(_, asked)| context.ask(asked).is_ok())
    }
}

impl Findings {
    fn note(&mut self, trouble: Undetermined) {
        self.trouble = self.trouble.max(trouble);
    }

    /// The newest word that it is suspended.
    fn hold(&mut self, entry: RevokedEntry, said: Timestamp) {
        if self.held.is_none_or(|(_, known)| known < said) {
            self.held = Some((entry, said));
        }
    }

    /// The newest evidence that it is not revoked.
    fn clear(&mut self, evidence: Evidence) {
        if self
            .clear
            .is_none_or(|known| known.this_update < evidence.this_update)
        {
            self.clear = Some(evidence);
        }
    }
}

/// At most [`LISTS_MAX`], the newest first.
fn newest_first(lists: &[Arc<dyn KnownList + Send + Sync>]) -> Vec<&Arc<dyn KnownList + Send + Sync>> {
    let mut sorted: Vec<_> = lists.iter().collect();
    sorted.sort_by(|one, other| {
        let (one, other) = (one.header(), other.header());
        (other.this_update, &other.number).cmp(&(one.this_update, &one.number))
    });
    sorted.truncate(LISTS_MAX);
    sorted
}
