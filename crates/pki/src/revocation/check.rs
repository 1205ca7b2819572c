//! The walk over a path: each certificate below the anchor is asked about, from the anchor down.

use std::cell::Cell;
use std::sync::Arc;

use jiff::SignedDuration;

use super::by_answer::{self, Answered};
use super::by_list::{self, Said};
use super::findings::{Evidence, Findings};
use super::{
    Asked, KnownAnswer, KnownRevocation, Revocation, RevocationCheck, RevocationMode, RevocationStatus,
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
        if found.is_weak && !downgrades.contains(&Downgrade::WeakRevocationEvidence) {
            downgrades.push(Downgrade::WeakRevocationEvidence);
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

pub(super) struct Found {
    pub(super) revocation: Revocation,
    pub(super) is_weak: bool,
}

impl Context<'_> {
    fn ask(&self, asked: Asked<'_>) -> Result<Found, Refusal> {
        let known = self.check.source.known(asked);
        let mut findings = Findings {
            held: None,
            clear: None,
            trouble: known.trouble.unwrap_or(Undetermined::NoEvidence),
            is_too_much: false,
        };
        self.by_lists(asked, &known, &mut findings)?;
        self.by_answers(asked, &known, &mut findings)?;
        if findings.is_too_much {
            findings.clear = None;
            findings.note(Undetermined::TooMuch);
        }
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
        let mut together: Option<Evidence> = None;
        let speaking = self.speaking(asked, known, findings);
        let is_too_much = speaking.len() > LISTS_MAX;
        for (list, covers) in speaking.into_iter().take(LISTS_MAX) {
            match by_list::ask(&**list, covers, asked, self) {
                // Whatever newer evidence says: revoked once is revoked.
                Ok(Said::Revoked(entry)) if entry.reason != RevocationReason::CertificateHold => {
                    return Err(Refusal::Revoked(entry));
                }
                Ok(Said::Revoked(entry)) => findings.hold(entry, list.header().this_update),
                Ok(Said::Clear(covered, evidence)) => match self.freshness(&evidence) {
                    Ok(()) if covered.without(reasons).is_none() => {}
                    Ok(()) => {
                        reasons = reasons.with(covered);
                        together = Some(together.map_or(evidence, |known| known.with(evidence)));
                    }
                    Err(reason) => findings.note(reason),
                },
                Err(reason) => findings.note(reason),
            }
        }
        if is_too_much {
            // One that was not asked may revoke.
            findings.is_too_much = true;
        } else if Reasons::ALL.without(reasons).is_none() {
            findings.clear = together;
        } else if together.is_some() {
            findings.note(Undetermined::ReasonsUncovered);
        }
        Ok(())
    }

    /// The lists that speak of a certificate at this instant, the newest first.
    fn speaking<'k>(
        &self,
        asked: Asked<'_>,
        known: &'k KnownRevocation,
        findings: &mut Findings,
    ) -> Vec<(&'k Arc<dyn KnownList + Send + Sync>, Reasons)> {
        let mut speaking = Vec::new();
        for list in &known.lists {
            match by_list::speaks_of(list.header(), asked, self) {
                Ok(reasons) => speaking.push((list, reasons)),
                Err(reason) => findings.note(reason),
            }
        }
        speaking.sort_by(|(one, _), (other, _)| {
            let (one, other) = (one.header(), other.header());
            (other.this_update, &other.number).cmp(&(one.this_update, &one.number))
        });
        speaking
    }

    fn by_answers(
        &self,
        asked: Asked<'_>,
        known: &KnownRevocation,
        findings: &mut Findings,
    ) -> Result<(), Refusal> {
        let names = |answer: &&KnownAnswer| answer.response.speaks_of(asked.certificate, asked.issuer);
        let mut speaking = known.answers.iter().filter(names).peekable();
        if speaking.peek().is_none() && !known.answers.is_empty() {
            findings.note(Undetermined::OutOfScope);
        }
        for (number, answer) in speaking.enumerate() {
            if number == ANSWERS_MAX {
                findings.is_too_much = true;
                break;
            }
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
        let revocation = Revocation {
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
        };
        Found {
            revocation: evidence
                .signer
                .map_or(revocation, |signer| revocation.worse(signer)),
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

    /// Whether another signer's signature may be looked at: there is an end to it.
    pub(super) fn may_look_at_another_signer(&self) -> bool {
        let left = self.signers_left.get().checked_sub(1);
        self.signers_left.set(left.unwrap_or(0));
        left.is_some() && self.depth < DEPTH_MAX
    }

    /// What is known of a signer of lists that is believed: by a path to the same anchor, and not revoked.
    pub(super) fn believe_signer(&self, signer: &Certificate) -> Option<Found> {
        let anchors = TrustAnchors::from_iter([self.anchor.clone()]);
        let path = self
            .validator
            .validate(signer, self.intermediates, &anchors, self.at)
            .ok()?;
        let context = Context {
            depth: self.depth.saturating_add(1),
            ..*self
        };
        let mut all: Option<Found> = None;
        for (_, asked) in questions(signer, &path) {
            let found = context.ask(asked).ok()?;
            all = Some(match all {
                None => found,
                Some(known) => Found {
                    revocation: known.revocation.worse(found.revocation),
                    is_weak: known.is_weak || found.is_weak,
                },
            });
        }
        all.map(|found| Found {
            is_weak: found.is_weak || !path.downgrades().is_empty(),
            ..found
        })
    }
}
