//! Whom the policy decides about.

use varco_auth::VerifiedIdentity;

use crate::Subject;
use crate::case::Login;

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

/// What the decision says of a verified identity.
pub(crate) fn subject_of(identity: &VerifiedIdentity, login: &Login) -> Subject {
    Subject {
        codice_fiscale: identity.codice_fiscale().clone(),
        credential: login.credential,
        level: login.level,
        evidence_id: Some(identity.evidence_id()),
    }
}
