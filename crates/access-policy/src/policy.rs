//! The policy: services and dates from data, rules from `rules`, and the order in which they decide.

use std::sync::LazyLock;

use jiff::Timestamp;
use serde::Deserialize;

use crate::calendar::{Calendar, Event};
use crate::principal::{View, subject_of};
use crate::rules::{self, Case, RULES, Rule};
use crate::{Decision, DecisionError, Effect, Facts, Principal, Request, Service, ServiceId};

/// Why data is not a policy.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// Not the id of a service.
    #[error("not the id of a service: lower-case letters, digits, dots and hyphens, 64 at most")]
    ServiceIdInvalid,
    /// Not TOML, or not of the form of a policy.
    #[error("not a policy: {0}")]
    Malformed(String),
    /// An id stands twice.
    #[error("{0} stands twice")]
    Duplicate(String),
    /// A date names another that is not there, or its instant cannot be read.
    #[error("date {0} is incomplete or superseded by one that is not there")]
    DateInvalid(String),
    /// Of a subject that the rules need, no date or more than one is in force.
    #[error("not exactly one date is in force for {0}")]
    DateNotUnique(&'static str),
}

impl PolicyError {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::ServiceIdInvalid => "service-id-invalid",
            Self::Malformed(_) => "policy-malformed",
            Self::Duplicate(_) => "policy-duplicate",
            Self::DateInvalid(_) => "policy-date-invalid",
            Self::DateNotUnique(_) => "policy-date-not-unique",
        }
    }
}

/// The policy's data as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    service: Vec<Service>,
    date: Vec<Event>,
}

/// The data that come with the program.
const BUILTIN: &str = concat!(
    include_str!("../data/services.toml"),
    "\n",
    include_str!("../data/calendar.toml")
);

/// Services, dates and the rules over them.
#[derive(Clone, Debug)]
pub struct AccessPolicy {
    services: Vec<Service>,
    calendar: Calendar,
    pub(crate) rules: Vec<Rule>,
}

impl AccessPolicy {
    /// The policy that comes with the program, parsed when it is first asked for.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "the text is compiled in, and a test of this crate parses it"
    )]
    pub fn builtin() -> Self {
        static PARSED: LazyLock<AccessPolicy> =
            LazyLock::new(|| AccessPolicy::parse(BUILTIN).expect("the built-in policy is well-formed"));
        PARSED.clone()
    }

    /// Reads services and dates from TOML, in the form of the files in `data/`, joined.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn parse(toml: &str) -> Result<Self, PolicyError> {
        let document: Document =
            toml::from_str(toml).map_err(|error| PolicyError::Malformed(error.to_string()))?;
        let mut ids: Vec<&ServiceId> = document.service.iter().map(|service| &service.id).collect();
        ids.sort_unstable();
        if let Some([twice, _]) = ids.array_windows().find(|[one, next]| one == next) {
            return Err(PolicyError::Duplicate(twice.to_string()));
        }
        Ok(Self {
            calendar: Calendar::new(&document.date)?,
            services: document.service,
            rules: RULES.to_vec(),
        })
    }

    /// The services, in the order of the data.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// A service by its id.
    #[must_use]
    pub fn service(&self, id: &ServiceId) -> Option<&Service> {
        self.services.iter().find(|service| service.id == *id)
    }

    /// Decides about a request as of an instant.
    #[must_use]
    pub fn decide(
        &self,
        principal: Principal<'_>,
        request: &Request,
        facts: &Facts,
        at: Timestamp,
    ) -> Decision {
        let identity = match principal {
            Principal::Anonymous => None,
            Principal::Verified(identity) => Some(identity),
        };
        let view = identity.map(View::of);
        Decision {
            subject: identity.map(subject_of),
            ..self.decide_for(view.as_ref(), request, facts, at)
        }
    }

    /// The decision without its subject.
    pub(crate) fn decide_for(
        &self,
        view: Option<&View>,
        request: &Request,
        facts: &Facts,
        at: Timestamp,
    ) -> Decision {
        let mut decision = Decision {
            effect: Effect::Deny,
            service: request.service.clone(),
            at,
            subject: None,
            acting_for: None,
            policies: Vec::new(),
            reasons: Vec::new(),
            advice: Vec::new(),
            errors: Vec::new(),
        };
        let Some(service) = self.service(&request.service) else {
            decision.errors.push(DecisionError {
                code: "error-service-unknown",
                arguments: [("service", request.service.to_string())].into(),
            });
            return decision;
        };
        let case = Case {
            class: service.class,
            view,
            facts,
            inps_pin_end: self.calendar.inps_pin_end(),
            at,
        };
        let verdict = rules::judge(&self.rules, &case);
        decision.effect = verdict.effect;
        decision.policies = verdict
            .reasons
            .iter()
            .map(|reason| reason.policy_id.clone())
            .collect();
        decision.policies.sort_unstable();
        decision.policies.dedup();
        decision.reasons = verdict.reasons;
        decision.advice = verdict.advice;
        decision
    }
}

#[cfg(test)]
mod tests;
