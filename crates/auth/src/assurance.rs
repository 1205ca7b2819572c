//! How much a login is worth: the eIDAS level, and what takes away from it.
//!
//! The level says what kind of proof was given; whether it is enough for a service is the access policy's part.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use varco_credential::CredentialKind;
use varco_pki::{Downgrade, Revocation, Timestamp};

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

/// What a card of each kind is worth once it accepted its PIN and signed. CNS: substantial, as its scheme is not
/// notified under eIDAS and national practice equates it with SPID level 2 [access-policy, "The credentials"].
///
/// CIE: high, as notified in 2019 for chip and PIN.
const CARD_WITH_PIN: &[(CredentialKind, AssuranceLevel)] = &[
    (CredentialKind::Cns, AssuranceLevel::Substantial),
    (CredentialKind::Cie, AssuranceLevel::High),
];

/// What a card with its PIN is worth. A kind that the table does not know is worth least.
pub(crate) fn card_with_pin(kind: CredentialKind) -> AssuranceLevel {
    CARD_WITH_PIN
        .iter()
        .find(|(known, _)| *known == kind)
        .map_or(AssuranceLevel::Low, |(_, level)| *level)
}

/// How far an identity can be relied on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Assurance {
    pub(crate) level: AssuranceLevel,
    #[serde(serialize_with = "downgrade_codes")]
    pub(crate) downgraded: Vec<Downgrade>,
    pub(crate) test_material: bool,
    #[serde(flatten, serialize_with = "revocation_and_evidence")]
    pub(crate) revocation: Revocation,
    #[serde(serialize_with = "instant")]
    pub(crate) judged_at: Timestamp,
}

impl Assurance {
    /// The level that this kind of login earns.
    #[must_use]
    pub fn level(&self) -> AssuranceLevel {
        self.level
    }

    /// Weaknesses that were accepted because the certificate's anchor accepts them.
    #[must_use]
    pub fn downgraded(&self) -> &[Downgrade] {
        &self.downgraded
    }

    /// Whether the proof rests on fixtures: the keys are public, and nothing real follows from it.
    #[must_use]
    pub fn is_test_material(&self) -> bool {
        self.test_material
    }

    /// The instant at which the certificate was judged, which the caller may have chosen.
    #[must_use]
    pub fn judged_at(&self) -> Timestamp {
        self.judged_at
    }

    /// What is known of the certificate's revocation.
    #[must_use]
    pub fn revocation(&self) -> &Revocation {
        &self.revocation
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

/// `revocation` with the status, and `revocation_evidence` with what it rests on, null where that is nothing.
fn revocation_and_evidence<S: Serializer>(revocation: &Revocation, serializer: S) -> Result<S::Ok, S::Error> {
    let mut fields = serializer.serialize_map(Some(2))?;
    fields.serialize_entry("revocation", revocation.code())?;
    let evidence = revocation.kind().map(|kind| Evidence {
        source: kind.name(),
        mode: revocation.mode().name(),
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
    source: &'static str,
    mode: &'static str,
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

    #[test]
    fn a_cns_with_its_pin_is_substantial() {
        assert_eq!(card_with_pin(CredentialKind::Cns), AssuranceLevel::Substantial);
    }
}
