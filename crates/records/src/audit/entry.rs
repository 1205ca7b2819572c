//! What of a decision is put down.
//!
//! Not here: a decision's arguments, its advice, and whatever else a decision may carry one day.

use std::fmt;

use jiff::Timestamp;
use varco_access_policy::{Decision, Effect};
use varco_auth::CodiceFiscale;

use super::AuditError;
use super::line::Decided;

/// Most bytes of what is told in clear, as JSON.
const CLEAR_LENGTH_MAX: usize = 12_000;

/// What of a decision is put down.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    pub(super) decided: Decided,
    pub(super) subject: Option<CodiceFiscale>,
    pub(super) acting_for: Option<CodiceFiscale>,
}

impl Entry {
    /// A decision about nobody known, for no reason: what else is known is added.
    #[must_use]
    pub fn new(effect: Effect, service: &str, at: Timestamp) -> Self {
        Self {
            decided: Decided {
                at,
                effect,
                service: service.to_owned(),
                policies: Vec::new(),
                reasons: Vec::new(),
                errors: Vec::new(),
                credential: None,
                level: None,
                evidence: None,
                quality: None,
                delegation: None,
            },
            subject: None,
            acting_for: None,
        }
    }

    /// By these policies, for these reasons, each by its code once.
    #[must_use]
    pub fn because(mut self, policies: &[&str], reasons: &[&str]) -> Self {
        self.decided.policies = policies.iter().map(|&policy| policy.to_owned()).collect();
        self.decided.reasons = once(reasons.iter().copied());
        self
    }

    /// About this person, by this kind of credential, with this level, proven by this login.
    #[must_use]
    pub fn about(mut self, person: &CodiceFiscale, credential: &str, level: &str, evidence: &str) -> Self {
        self.subject = Some(person.clone());
        self.decided.credential = Some(credential.to_owned());
        self.decided.level = Some(level.to_owned());
        self.decided.evidence = Some(evidence.to_owned());
        self
    }

    /// Acting for this person, in this quality, by the delegation of this number.
    #[must_use]
    pub fn acting_for(
        mut self,
        person: &CodiceFiscale,
        quality: Option<&str>,
        delegation: Option<u64>,
    ) -> Self {
        self.acting_for = Some(person.clone());
        self.decided.quality = quality.map(str::to_owned);
        self.decided.delegation = delegation;
        self
    }

    /// Of a decision.
    #[must_use]
    pub fn of(decision: &Decision) -> Self {
        let mut entry = Self::new(decision.effect, what(decision), decision.at);
        entry.decided.policies.clone_from(&decision.policies);
        entry.decided.reasons = once(decision.reasons.iter().map(|reason| reason.code));
        entry.decided.errors = once(decision.errors.iter().map(|error| error.code));
        if let Some(subject) = &decision.subject {
            entry = entry.about(
                &subject.codice_fiscale,
                subject.credential.as_str(),
                subject.level_name(),
                subject.evidence_id.as_deref().unwrap_or_default(),
            );
        }
        if let Some(acted_for) = &decision.acting_for {
            let quality = acted_for.quality.map(|quality| quality.name());
            let delegation = acted_for.delegation.map(|delegation| delegation.0);
            entry = entry.acting_for(&acted_for.codice_fiscale, quality, delegation);
        }
        entry
    }

    /// That it fits into a line, and that what is told in clear names nobody.
    pub(super) fn check(&self) -> Result<(), AuditError> {
        let clear = serde_json::to_string(&self.decided).map_err(|_| AuditError::TooLong)?;
        if clear.len() > CLEAR_LENGTH_MAX {
            return Err(AuditError::TooLong);
        }
        let clear = clear.to_ascii_uppercase();
        let mut persons = self.subject.iter().chain(&self.acting_for);
        if persons.any(|person| clear.contains(person.as_str())) {
            return Err(AuditError::PersonInClear);
        }
        Ok(())
    }
}

/// The service, or what else was to be done.
fn what(decision: &Decision) -> &str {
    let service = decision.service.as_ref();
    service.map_or(decision.act, varco_access_policy::ServiceId::as_str)
}

/// Each once, in the order in which they came.
fn once<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for text in texts {
        if !all.iter().any(|known| known == text) {
            all.push(text.to_owned());
        }
    }
    all
}

/// Shows nothing of the persons.
impl fmt::Debug for Entry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Entry")
            .field("decided", &self.decided)
            .finish_non_exhaustive()
    }
}
