//! Where a decision is made for real: the policy, with what is known of the persons, and with the record of what was decided.
//!
//! Not here: any store or record (`records`).

use jiff::Timestamp;
use varco_auth::VerifiedIdentity;

use crate::{
    AccessPolicy, Decision, DecisionError, DecisionLog, Deployment, Effect, FactQuery, FactSource, Facts,
    KnownFacts, Origin, Principal, Request, ServiceClass, StoreFailure,
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
            // What was said without them may be untrue.
            withdraw(&mut decision);
            deny(&mut decision, "error-facts-unavailable", &failure);
        }
        if let Some(log) = self.log
            && let Err(failure) = log.record(&decision)
        {
            if decision.effect == Effect::Permit {
                withdraw(&mut decision);
            }
            deny(&mut decision, "error-not-recorded", &failure);
        }
        decision
    }

    /// Public pages ask for nothing, so nothing that is out of order keeps anybody from them; unless an operator has rules about
    /// them, which may look at anything.
    fn asks_for_nothing(&self, request: &Request) -> bool {
        let Some(service) = request.act.service() else {
            return false;
        };
        let known = self.policy.service(service);
        known.is_some_and(|known| known.class == ServiceClass::Information)
            && self
                .policy
                .rules_about(service)
                .is_some_and(|rules| rules.iter().all(|rule| rule.origin == Origin::Builtin))
    }

    fn known(&self, identity: &VerifiedIdentity, request: &Request) -> Result<KnownFacts, StoreFailure> {
        let Some(facts) = self.facts.filter(|_| !self.asks_for_nothing(request)) else {
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

/// Takes back what was said.
fn withdraw(Decision(decision): &mut Decision) {
    decision.reasons.clear();
    decision.advice.clear();
    decision.policies.clear();
}

/// Whatever was decided is a denial for this reason.
fn deny(Decision(decision): &mut Decision, code: &'static str, failure: &StoreFailure) {
    decision.effect = Effect::Deny;
    decision.errors.push(DecisionError {
        code,
        arguments: [("why", failure.code().to_owned())].into(),
    });
}
