//! Where a decision is made for real: the policy, with what is known of the persons, and with the record of what was decided.
//!
//! Not here: any store or record (`records`).

use jiff::Timestamp;
use varco_auth::VerifiedIdentity;

use crate::{
    AccessPolicy, Decision, DecisionError, DecisionLog, Deployment, Effect, FactQuery, FactSource, Facts,
    KnownFacts, Principal, Request, ServiceClass, StoreFailure,
};

/// The policy with its facts and its record.
pub struct Gate<'g> {
    policy: AccessPolicy,
    deployment: Deployment,
    facts: Option<&'g dyn FactSource>,
    log: Option<&'g dyn DecisionLog>,
}

impl<'g> Gate<'g> {
    /// One that knows no facts and keeps no record.
    #[must_use]
    pub fn new(policy: AccessPolicy, deployment: Deployment) -> Self {
        Self {
            policy,
            deployment,
            facts: None,
            log: None,
        }
    }

    /// With what is known of persons.
    #[must_use]
    pub fn with_facts(mut self, facts: &'g dyn FactSource) -> Self {
        self.facts = Some(facts);
        self
    }

    /// With a record: no permit is given that is not in it.
    #[must_use]
    pub fn with_log(mut self, log: &'g dyn DecisionLog) -> Self {
        self.log = Some(log);
        self
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &AccessPolicy {
        &self.policy
    }

    /// Decides about a verified identity, and records it. Facts that cannot be had, and a permit that cannot be recorded, deny.
    #[must_use]
    pub fn decide(&self, identity: &VerifiedIdentity, request: &Request, at: Timestamp) -> Decision {
        let known = self.known(identity, request);
        let (known, failure) = match known {
            Ok(known) => (known, None),
            Err(failure) => (KnownFacts::default(), Some(failure)),
        };
        let facts = Facts::of(self.deployment).knowing(known);
        let mut decision = self
            .policy
            .decide(Principal::Verified(identity), request, &facts, at);
        if let Some(failure) = failure {
            deny(&mut decision, "error-facts-unavailable", &failure);
        }
        if let Some(log) = self.log
            && let Err(failure) = log.record(&decision)
        {
            deny(&mut decision, "error-not-recorded", &failure);
        }
        decision
    }

    fn known(&self, identity: &VerifiedIdentity, request: &Request) -> Result<KnownFacts, StoreFailure> {
        // Public pages ask for nothing, so nothing that is out of order keeps anybody from them.
        let service = request.act.service().and_then(|id| self.policy.service(id));
        let is_public = service.is_some_and(|service| service.class == ServiceClass::Information);
        let Some(facts) = self.facts.filter(|_| !is_public) else {
            return Ok(KnownFacts::default());
        };
        facts.known(FactQuery {
            subject: identity.codice_fiscale(),
            acting_for: request
                .acting_for
                .as_ref()
                .map(crate::Represented::codice_fiscale),
            service: request.act.service(),
        })
    }
}

/// Shows neither persons nor places.
impl core::fmt::Debug for Gate<'_> {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter
            .debug_struct("Gate")
            .field("policy", &self.policy)
            .field("deployment", &self.deployment)
            .field("facts", &self.facts.is_some())
            .field("log", &self.log.is_some())
            .finish()
    }
}

/// Whatever was decided is a denial for this reason.
fn deny(Decision(decision): &mut Decision, code: &'static str, failure: &StoreFailure) {
    decision.effect = Effect::Deny;
    decision.reasons.clear();
    decision.advice.clear();
    decision.policies.clear();
    decision.errors.push(DecisionError {
        code,
        arguments: [("why", failure.code().to_owned())].into(),
    });
}
