//! Whom the policy decides about.

use varco_auth::{AssuranceLevel, VerifiedIdentity};

use crate::Subject;

/// Who asks. A claimed identity is neither: nothing is decided for a claim.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Principal<'i> {
    /// Somebody who proved nothing.
    Anonymous,
    /// A person whose identity was proven.
    Verified(&'i VerifiedIdentity),
}

impl<'i> From<&'i VerifiedIdentity> for Principal<'i> {
    fn from(identity: &'i VerifiedIdentity) -> Self {
        Self::Verified(identity)
    }
}

/// What the rules see of a verified identity. Inside this crate only, so that no application can have anything
/// decided for an identity that was not verified.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) kind: String,
    pub(crate) level: AssuranceLevel,
    pub(crate) downgraded: Vec<String>,
    pub(crate) test_material: bool,
}

impl View {
    pub(crate) fn of(identity: &VerifiedIdentity) -> Self {
        let assurance = identity.assurance();
        Self {
            kind: identity.credential().kind().name().to_owned(),
            level: assurance.level(),
            downgraded: assurance
                .downgraded()
                .iter()
                .map(|downgrade| downgrade.code().to_owned())
                .collect(),
            test_material: assurance.is_test_material(),
        }
    }
}

/// What the decision says of a verified identity.
pub(crate) fn subject_of(identity: &VerifiedIdentity) -> Subject {
    Subject {
        codice_fiscale: identity.codice_fiscale().clone(),
        credential: identity.credential().kind().name().to_owned(),
        level: identity.assurance().level(),
        evidence_id: identity.evidence_id(),
    }
}
