//! A decision and everything that explains it, as codes with arguments.
//!
//! Not here: sentences. Every code is in [`crate::CODES`], where its arguments are described.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};
use varco_auth::CodiceFiscale;

use crate::credential::Level;
use crate::{CredentialId, DelegationKind, FactId, Profile, ServiceId};

/// What a sentence needs besides its code, by name. Levels and kinds are their stable names, dates `YYYY-MM-DD`,
/// lists separated by `, `.
pub type Arguments = BTreeMap<&'static str, String>;

/// What was decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// The service may be used.
    Permit,
    /// It may not.
    Deny,
}

/// Why it was decided so.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Reason {
    /// The policy that decided: a rule's stable id, or `default-deny` where nothing permits.
    pub policy_id: String,
    /// What to tell.
    pub code: &'static str,
    /// What the sentence needs.
    pub arguments: Arguments,
}

/// What would make a denial a permit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Advice {
    /// What to tell.
    pub code: &'static str,
    /// What the sentence needs.
    pub arguments: Arguments,
}

/// Why there was no deciding. The effect is then [`Effect::Deny`] (exit 11).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct DecisionError {
    /// What to tell.
    pub code: &'static str,
    /// What the sentence needs.
    pub arguments: Arguments,
}

/// Whom the decision is about.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Subject {
    /// Codice fiscale.
    #[serde(serialize_with = "codice_fiscale")]
    pub codice_fiscale: CodiceFiscale,
    /// Kind of credential.
    pub credential: CredentialId,
    /// Level of assurance; `None` is told as `none`.
    #[serde(serialize_with = "crate::credential::serialize_level")]
    pub level: Level,
    /// The login that proved it; none of a claim.
    pub evidence_id: Option<String>,
}

impl Subject {
    /// The stable name of the level: `none`, `low`, `substantial` or `high`.
    #[must_use]
    pub fn level_name(&self) -> &'static str {
        crate::credential::level_name(self.level)
    }
}

/// Shows nothing of the person.
impl fmt::Debug for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Subject")
            .field("credential", &self.credential)
            .field("level", &self.level)
            .field("evidence_id", &self.evidence_id)
            .finish_non_exhaustive()
    }
}

/// For whom somebody acts.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ActedFor {
    /// Codice fiscale of delegator, ward or minor.
    #[serde(serialize_with = "codice_fiscale")]
    pub codice_fiscale: CodiceFiscale,
    /// In which quality, where a delegation is known.
    pub quality: Option<DelegationKind>,
    /// The number of that delegation, where a store knows it.
    pub delegation: Option<FactId>,
}

/// Shows nothing of the person.
impl fmt::Debug for ActedFor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ActedFor")
            .field("quality", &self.quality)
            .field("delegation", &self.delegation)
            .finish_non_exhaustive()
    }
}

/// A decision about somebody who was verified, or about nobody. Made by [`crate::AccessPolicy::decide`] and by nothing else:
/// what it says can be read and serialized, and neither changed nor made out of what was only simulated.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(transparent)]
pub struct Decision(pub(crate) Verdict);

impl Deref for Decision {
    type Target = Verdict;

    fn deref(&self) -> &Verdict {
        &self.0
    }
}

/// Whether a register may be changed so, as whoever keeps it asks: an office, or a service at which the person logged in. To be
/// obeyed there, and no permit of anything else.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(transparent)]
pub struct Admission(pub(crate) Verdict);

impl Deref for Admission {
    type Target = Verdict;

    fn deref(&self) -> &Verdict {
        &self.0
    }
}

/// What the rules say of a request, whatever follows from it: a [`Decision`], an [`Admission`] or a
/// [`Simulation`](crate::Simulation).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Verdict {
    /// Permit or deny.
    pub effect: Effect,
    /// What was to be done: `use`, or another [`crate::Act`] by its name.
    pub act: &'static str,
    /// The service asked for, where one was to be used.
    pub service: Option<ServiceId>,
    /// In which profile.
    pub profile: Profile,
    /// The instant as of which it was decided.
    #[serde(serialize_with = "instant")]
    pub at: Timestamp,
    /// Whom it is about; `None` for somebody unknown.
    pub subject: Option<Subject>,
    /// For whom the subject acts, if for another.
    pub acting_for: Option<ActedFor>,
    /// The ids of the policies that decided, each once, sorted.
    pub policies: Vec<String>,
    /// Why. Empty only where there was no deciding.
    pub reasons: Vec<Reason>,
    /// What would make it a permit. Empty on a permit.
    pub advice: Vec<Advice>,
    /// Why there was no deciding. Not empty only on a denial.
    pub errors: Vec<DecisionError>,
}

pub(crate) fn instant<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

pub(crate) fn instant_or_none<S: Serializer>(
    at: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => serializer.collect_str(at),
        None => serializer.serialize_none(),
    }
}

pub(crate) fn codice_fiscale<S: Serializer>(code: &CodiceFiscale, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(code.as_str())
}
