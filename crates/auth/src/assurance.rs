//! How much a login is worth: the eIDAS level, and what takes away from it.
//!
//! The level says what kind of proof was given; whether it is enough for a service is the access policy's part.
//!
//! Not here: the table itself (`level`).

mod level;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use varco_pki::{ChainValid, Downgrade, EvidenceKind, Revocation, RevocationStatus, Timestamp};

use crate::{IdentityKind, SpidLevel};

pub use level::{AssuranceReason, Known, OriginKnown};

/// A verdict on a certificate that is no further than this from the clock, in seconds, is one of now.
pub const JUDGED_NOW_S: u64 = 600;

/// Level of assurance, in the words of Regulation (EU) 910/2014, article 8, in rising order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AssuranceLevel {
    /// One factor.
    Low,
    /// Two factors.
    Substantial,
    /// Two factors, one of them hardware that resists duplication, of a notified scheme.
    High,
}

impl AssuranceLevel {
    /// The stable name in JSON, policies and messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Substantial => "substantial",
            Self::High => "high",
        }
    }
}

/// How far an identity can be relied on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Assurance {
    level: AssuranceLevel,
    #[serde(serialize_with = "reason_codes")]
    reasons: Vec<AssuranceReason>,
    #[serde(serialize_with = "downgrade_codes")]
    downgraded: Vec<Downgrade>,
    test_material: bool,
    judged_elsewhen: bool,
    #[serde(skip)]
    fixtures: bool,
    #[serde(flatten, serialize_with = "revocation_and_evidence")]
    revocation: Option<Revocation>,
    #[serde(serialize_with = "instant")]
    judged_at: Timestamp,
}

impl Assurance {
    /// Of a card that accepted its PIN and signed, by the verdict on its certificate, the origin, and the clock.
    pub(crate) fn of(
        chain: &ChainValid,
        kind: IdentityKind,
        origin: OriginKnown,
        more: &[Downgrade],
        fixtures: bool,
        now: Timestamp,
    ) -> Self {
        let mut downgraded = [chain.downgrades(), more].concat();
        if origin == OriginKnown::NotProven {
            downgraded.push(Downgrade::CardOriginUnchecked);
        }
        if !chain.revocation().is_known() {
            downgraded.push(Downgrade::RevocationNotKnown);
        }
        downgraded.sort_unstable();
        downgraded.dedup();
        let known = Known {
            kind,
            pin_verified: true,
            origin,
        };
        let (level, reasons) = known.level();
        let fixtures = fixtures || chain.is_test_material();
        let judged_at = chain.judged_at();
        let judged_elsewhen = now.as_second().abs_diff(judged_at.as_second()) > JUDGED_NOW_S;
        Self {
            level,
            reasons,
            downgraded,
            test_material: fixtures || judged_elsewhen,
            judged_elsewhen,
            fixtures,
            revocation: Some(*chain.revocation()),
            judged_at,
        }
    }

    /// Of a SPID login that was handed over. There is no certificate of the person whose revocation could be asked about:
    /// that the login was good then is the identity provider's word.
    pub(crate) fn of_spid(level: SpidLevel, fixtures: bool, now: Timestamp) -> Self {
        let known = Known {
            kind: level.into(),
            pin_verified: false,
            origin: OriginKnown::NotApplicable,
        };
        let (level, reasons) = known.level();
        Self {
            level,
            reasons,
            downgraded: Vec::new(),
            test_material: fixtures,
            judged_elsewhen: false,
            fixtures,
            revocation: None,
            judged_at: now,
        }
    }

    /// The level that this kind of login earns.
    #[must_use]
    pub fn level(&self) -> AssuranceLevel {
        self.level
    }

    /// Why the level is what it is, from where it began down.
    #[must_use]
    pub fn reasons(&self) -> &[AssuranceReason] {
        &self.reasons
    }

    /// Weaknesses that were accepted because the certificate's anchor accepts them.
    #[must_use]
    pub fn downgraded(&self) -> &[Downgrade] {
        &self.downgraded
    }

    /// Whether nothing real follows from it: it rests on fixtures, or was [judged as of another
    /// instant](Assurance::is_judged_elsewhen).
    #[must_use]
    pub fn is_test_material(&self) -> bool {
        self.test_material
    }

    /// Whether it rests on fixtures, whose keys are public, or on the key of a gateway that was configured as a test's.
    #[must_use]
    pub fn rests_on_fixtures(&self) -> bool {
        self.fixtures
    }

    /// Whether the certificate was judged as of an instant that is more than [`JUDGED_NOW_S`] from the clock.
    #[must_use]
    pub fn is_judged_elsewhen(&self) -> bool {
        self.judged_elsewhen
    }

    /// The instant at which the certificate was judged, which the caller may have chosen, or the hand-over of a SPID login.
    #[must_use]
    pub fn judged_at(&self) -> Timestamp {
        self.judged_at
    }

    /// What is known of the certificate's revocation. `None` where no certificate was judged, as with SPID.
    #[must_use]
    pub fn revocation(&self) -> Option<&Revocation> {
        self.revocation.as_ref()
    }
}

pub(crate) fn downgrade_codes<S: Serializer>(
    downgrades: &[Downgrade],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(downgrades.iter().map(|downgrade| downgrade.code()))
}

// By reference, as serde hands it.
fn instant<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

fn reason_codes<S: Serializer>(reasons: &[AssuranceReason], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(reasons.iter().map(|reason| reason.code()))
}

/// `revocation` with the status, and `revocation_evidence` with what it rests on or why it is not known, null where nobody
/// asked. Neither where there is no certificate.
fn revocation_and_evidence<S: Serializer>(
    revocation: &Option<Revocation>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let Some(revocation) = revocation else {
        return serializer.serialize_map(Some(0))?.end();
    };
    let mut fields = serializer.serialize_map(Some(2))?;
    fields.serialize_entry("revocation", revocation.code())?;
    let reason = match revocation.status() {
        RevocationStatus::Unknown(reason) => Some(reason.reason()),
        _ => None,
    };
    let was_asked = revocation.status() != RevocationStatus::NotChecked;
    let evidence = was_asked.then(|| Evidence {
        source: revocation.kind().map(EvidenceKind::name),
        mode: revocation.mode().name(),
        reason,
        this_update: revocation.this_update().map(|at| at.to_string()),
        next_update: revocation.next_update().map(|at| at.to_string()),
        fetched_at: revocation.fetched_at().map(|at| at.to_string()),
        age_s: revocation.age_s(),
    });
    fields.serialize_entry("revocation_evidence", &evidence)?;
    fields.end()
}

/// What is known of revocation rests on this.
#[derive(Serialize)]
struct Evidence {
    source: Option<&'static str>,
    mode: &'static str,
    /// Why it is not known.
    reason: Option<&'static str>,
    this_update: Option<String>,
    next_update: Option<String>,
    fetched_at: Option<String>,
    age_s: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_rise_from_low_to_high() {
        assert!(AssuranceLevel::Low < AssuranceLevel::Substantial);
        assert!(AssuranceLevel::Substantial < AssuranceLevel::High);
    }
}
