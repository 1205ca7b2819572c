//! The walk over a path: each certificate below the anchor is asked about, from the anchor down.

use std::cell::Cell;
use std::sync::Arc;

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

/// Of several lists, what each adds until all reasons are covered.
struct Covered {
    reasons: Reasons,
    oldest: Option<(Timestamp, Option<Timestamp>, Option<Timestamp>)>,
    is_weak: bool,
}

impl Context<'_> {
    fn ask(&self, asked: Asked<'_>) -> Result<Found, Refusal> {
        let known = self.check.source.known(asked);
        let answer = self.by_lists(asked, &known);
        match answer {
            Err(Refusal::Unknown(reason)) if self.check.mode == RevocationMode::Soft => Ok(Found {
                revocation: Revocation::unknown(self.check.mode, reason, self.at),
                is_weak: false,
            }),
            answer => answer,
        }
    }

    fn by_lists(&self, asked: Asked<'_>, known: &KnownRevocation) -> Result<Found, Refusal> {
        let mut trouble = known.trouble.unwrap_or(Undetermined::NoEvidence);
        let mut covered = Covered {
            reasons: Reasons::NONE,
            oldest: None,
            is_weak: false,
        };
        let mut held: Option<RevokedEntry> = None;
        for list in newest_first(&known.lists) {
            match by_list::ask(&**list, asked, self) {
                // Whatever a newer list of other scope says: revoked once is revoked.
                Ok(Said::Revoked(entry)) if entry.reason != RevocationReason::CertificateHold => {
                    return Err(Refusal::Revoked(entry));
                }
                // Suspended, unless a newer list has cleared it for all reasons.
                Ok(Said::Revoked(entry)) => held = held.or(Some(entry).filter(|_| !covered.is_whole())),
                Ok(Said::Clear {
                    reasons,
                    this_update,
                    next_update,
                    fetched_at,
                    is_weak,
                }) => match self.freshness(this_update, next_update) {
                    Ok(()) => covered.add(reasons, (this_update, next_update, fetched_at), is_weak),
                    Err(reason) => trouble = trouble.max(reason),
                },
                Err(reason) => trouble = trouble.max(reason),
            }
        }
        if let Some(entry) = held {
            return Err(Refusal::Revoked(entry));
        }
        let Some((this_update, next_update, fetched_at)) = covered.oldest else {
            return Err(Refusal::Unknown(trouble));
        };
        if !covered.is_whole() {
            return Err(Refusal::Unknown(trouble.max(Undetermined::ReasonsUncovered)));
        }
        let is_late = next_update.is_none_or(|due| due < self.at);
        Ok(Found {
            revocation: Revocation {
                status: if is_late {
                    RevocationStatus::GoodInGrace
                } else {
                    RevocationStatus::Good
                },
                mode: self.check.mode,
                kind: Some(EvidenceKind::Crl),
                this_update: Some(this_update),
                next_update,
                fetched_at,
                judged_at: self.at,
            },
            is_weak: covered.is_weak,
        })
    }

    /// That evidence is not late, or not by more than the grace. Evidence that does not say when it is renewed is late from
    /// the start.
    fn freshness(&self, this_update: Timestamp, next_update: Option<Timestamp>) -> Result<(), Undetermined> {
        let due = next_update.unwrap_or(this_update);
        let grace_s = match self.check.mode {
            RevocationMode::Grace { hours } => i64::from(hours) * 3600,
            _ => 0,
        };
        let last = due.as_second().saturating_add(grace_s);
        let is_in_time = next_update.is_some() || grace_s > 0;
        if is_in_time && self.at.as_second() <= last {
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

impl Covered {
    fn is_whole(&self) -> bool {
        Reasons::ALL.without(self.reasons).is_none()
    }

    fn add(
        &mut self,
        reasons: Reasons,
        times: (Timestamp, Option<Timestamp>, Option<Timestamp>),
        is_weak: bool,
    ) {
        if reasons.without(self.reasons).is_none() {
            return;
        }
        self.reasons = self.reasons.with(reasons);
        self.is_weak |= is_weak;
        if self.oldest.is_none_or(|(oldest, ..)| times.0 < oldest) {
            self.oldest = Some(times);
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
