//! The policy: services, dates and rules put together, and the order in which a decision is made.
//!
//! Not here: the rules (`data/policies`), Cedar (`engine`), and reasons and advice (`explain`).

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use cedar_policy::PolicyId;
use jiff::Timestamp;
use serde::Deserialize;

use crate::calendar::{Calendar, Event};
use crate::case::{Case, Login};
use crate::engine::{Engine, Failure};
use crate::explain;
use crate::principal::subject_of;
use crate::rules::{BUILTIN, FILE_LENGTH_MAX, Origin, Rules};
use crate::{
    Act, ActedFor, Admission, Arguments, Claims, Decision, DecisionError, Effect, Facts, PolicyError,
    Principal, Represented, Request, Rule, Service, ServiceClass, ServiceId, Simulation, Subject, Verdict,
};

/// Most files of an operator.
const OPERATOR_FILES_MAX: usize = 64;
/// Most services of an operator, and most rules.
const OPERATOR_ENTRIES_MAX: usize = 256;
/// Most bytes of a service's name.
const TITLE_LENGTH_MAX: usize = 200;

/// The policy's data as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    service: Vec<Service>,
    date: Vec<Event>,
}

/// An operator's services as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OperatorDocument {
    service: Vec<Service>,
}

/// The data that come with the program.
const DATA: &str = concat!(
    include_str!("../data/services.toml"),
    "\n",
    include_str!("../data/calendar.toml")
);

/// Services, dates and the rules over them. Cheap to clone.
#[derive(Clone)]
pub struct AccessPolicy(Arc<Parts>);

struct Parts {
    services: Vec<Service>,
    calendar: Calendar,
    rules: Rules,
    engine: Engine,
}

impl core::fmt::Debug for AccessPolicy {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter
            .debug_struct("AccessPolicy")
            .field("services", &self.0.services.len())
            .field("rules", &self.0.rules.told.len())
            .finish_non_exhaustive()
    }
}

/// A file of an operator: its name, for messages, and what is in it.
#[derive(Clone, Copy, Debug)]
pub struct OperatorFile<'f> {
    /// Its name, which ends in `.cedar` (policies) or `.toml` (services).
    pub name: &'f str,
    /// Its text.
    pub text: &'f str,
}

impl AccessPolicy {
    /// The policy that comes with the program, read and validated when it is first asked for.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "the texts are compiled in, and the tests of this crate read them"
    )]
    pub fn builtin() -> Self {
        static PARSED: LazyLock<AccessPolicy> =
            LazyLock::new(|| AccessPolicy::parse(DATA).expect("the built-in policy is well-formed"));
        PARSED.clone()
    }

    /// The built-in rules over services and dates from TOML, in the form of the files in `data/`, joined.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn parse(toml: &str) -> Result<Self, PolicyError> {
        let document: Document =
            toml::from_str(toml).map_err(|error| PolicyError::Malformed(error.to_string()))?;
        let mut rules = Rules::default();
        for (name, text) in BUILTIN {
            rules.add(name, text, Origin::Builtin, &BTreeSet::new())?;
        }
        Self::assemble(document.service, Calendar::new(&document.date)?, rules)
    }

    /// Also with an operator's services and policies. His policies may permit the use of his own services, and forbid
    /// whatever they want.
    ///
    /// # Errors
    /// [`PolicyError`] names the file and the place in it.
    pub fn with_operator(&self, files: &[OperatorFile<'_>]) -> Result<Self, PolicyError> {
        if let Some(file) = files.get(OPERATOR_FILES_MAX) {
            return Err(PolicyError::TooLarge(file.name.to_owned()));
        }
        let mut services = self.0.services.clone();
        let ends = |file: &OperatorFile<'_>, with: &str| file.name.ends_with(with);
        for file in files.iter().filter(|file| ends(file, ".toml")) {
            if file.text.len() > FILE_LENGTH_MAX {
                return Err(PolicyError::TooLarge(file.name.to_owned()));
            }
            let document: OperatorDocument = toml::from_str(file.text)
                .map_err(|error| PolicyError::Malformed(format!("{}: {error}", file.name)))?;
            services.extend(document.service);
            if services.len() > self.0.services.len() + OPERATOR_ENTRIES_MAX {
                return Err(PolicyError::TooLarge(file.name.to_owned()));
            }
        }
        let builtin: BTreeSet<&ServiceId> = self.0.services.iter().map(|service| &service.id).collect();
        let own: BTreeSet<&ServiceId> = services
            .iter()
            .map(|service| &service.id)
            .filter(|id| !builtin.contains(id))
            .collect();
        let mut rules = self.0.rules.clone();
        for file in files.iter().filter(|file| !ends(file, ".toml")) {
            if !ends(file, ".cedar") {
                return Err(PolicyError::FileKind(file.name.to_owned()));
            }
            rules.add(file.name, file.text, Origin::Operator, &own)?;
            if rules.told.len() > self.rules().len() + OPERATOR_ENTRIES_MAX {
                return Err(PolicyError::TooLarge(file.name.to_owned()));
            }
        }
        Self::assemble(services, self.0.calendar, rules)
    }

    fn assemble(services: Vec<Service>, calendar: Calendar, rules: Rules) -> Result<Self, PolicyError> {
        let mut ids: Vec<&ServiceId> = services.iter().map(|service| &service.id).collect();
        ids.sort_unstable();
        if let Some([twice, _]) = ids.array_windows().find(|[one, next]| one == next) {
            return Err(PolicyError::Duplicate(twice.to_string()));
        }
        let misfit = services
            .iter()
            .find(|one| one.dedicated_to.is_some() != (one.class == ServiceClass::Dedicated));
        if let Some(service) = misfit {
            return Err(PolicyError::Dedication(service.id.to_string()));
        }
        let is_fit = |title: &str| {
            !title.trim().is_empty()
                && title.len() <= TITLE_LENGTH_MAX
                && !title.chars().any(char::is_control)
        };
        let unnamed = services
            .iter()
            .find(|one| !is_fit(&one.title.it) || !is_fit(&one.title.en));
        if let Some(service) = unnamed {
            return Err(PolicyError::Title(service.id.to_string()));
        }
        // What is asked for by an id is a rule or a service, not both.
        let shadowing = rules
            .told
            .iter()
            .find(|rule| services.iter().any(|service| service.id.as_str() == rule.id));
        if let Some(rule) = shadowing {
            return Err(PolicyError::Duplicate(rule.id.clone()));
        }
        let engine = Engine::new(&rules.policies, &services, &calendar)?;
        Ok(Self(Arc::new(Parts {
            services,
            calendar,
            rules,
            engine,
        })))
    }

    /// The services, in the order of the data.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.0.services
    }

    /// A service by its id.
    #[must_use]
    pub fn service(&self, id: &ServiceId) -> Option<&Service> {
        self.0.services.iter().find(|service| service.id == *id)
    }

    /// The rules, as people are told of them, in the order of their files.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.0.rules.told
    }

    /// The rules that can apply to a service, in the order of their files; `None` of a service that is not known.
    #[must_use]
    pub fn rules_about(&self, service: &ServiceId) -> Option<Vec<&Rule>> {
        let ids = self.0.engine.rules_about(service)?;
        let of = |rule: &&Rule| ids.contains(&rule.id);
        Some(self.rules().iter().filter(of).collect())
    }

    /// The text of a rule in Cedar.
    #[must_use]
    pub fn text_of(&self, id: &str) -> Option<String> {
        let policy = self.0.rules.policies.policy(&PolicyId::new(id))?;
        Some(policy.to_string())
    }

    /// Whether a text is that of a file of the built-in rules.
    #[must_use]
    pub fn is_builtin_file(text: &str) -> bool {
        BUILTIN.iter().any(|(_, builtin)| *builtin == text)
    }

    /// Decides about the use of a service as of an instant. `facts` are those about the principal and whom he acts for. What is
    /// done to a register is not decided here ([`AccessPolicy::admit`]).
    #[must_use]
    pub fn decide(
        &self,
        principal: Principal<'_>,
        request: &Request,
        facts: &Facts,
        at: Timestamp,
    ) -> Decision {
        let Principal::Verified(identity) = principal else {
            let case = Case::new(None, None, request, facts, at);
            return Decision(self.verdict(None, &case, request));
        };
        let Some(login) = Login::of(identity) else {
            let case = Case::new(None, None, request, facts, at);
            return Decision(failed(blank(None, &case, request), "error-credential-unknown"));
        };
        let who = (identity.codice_fiscale(), identity.birth_date());
        let case = Case::new(Some(who), Some(login), request, facts, at);
        let subject = case.login.as_ref().map(|login| subject_of(identity, login));
        Decision(self.verdict(subject, &case, request))
    }

    /// Whether a register may be changed for a person who asks for it, or about whom it is asked. Who that is, and that the
    /// wish is his, is known to whoever keeps the register.
    #[must_use]
    pub fn admit(&self, person: &Represented, act: Act, facts: &Facts, at: Timestamp) -> Admission {
        let request = Request::to(act);
        let who = (&person.codice_fiscale, person.birth);
        let case = Case::new(Some(who), None, &request, facts, at);
        let blank = blank(None, &case, &request);
        Admission(match request.act {
            Act::Use(_) => failed(blank, "error-act"),
            _ => self.told(blank, &case),
        })
    }

    /// What would be decided if claims were true.
    #[must_use]
    pub fn simulate(&self, claims: &Claims, request: &Request, facts: &Facts, at: Timestamp) -> Simulation {
        let who = (&claims.codice_fiscale, claims.birth);
        let case = Case::new(Some(who), Some(claims.login.clone()), request, facts, at);
        let subject = case.login.as_ref().map(|login| Subject {
            codice_fiscale: claims.codice_fiscale.clone(),
            credential: login.credential,
            level: login.level,
            evidence_id: None,
        });
        Simulation::new(self.verdict(subject, &case, request))
    }

    /// What would be decided for somebody who proved nothing.
    #[must_use]
    pub fn simulate_anonymous(&self, request: &Request, facts: &Facts, at: Timestamp) -> Simulation {
        let case = Case::new(None, None, request, facts, at);
        Simulation::new(self.verdict(None, &case, request))
    }

    /// About the use of a service.
    fn verdict(&self, subject: Option<Subject>, case: &Case, request: &Request) -> Verdict {
        let blank = blank(subject, case, request);
        let is_for_himself = case
            .acting_for
            .as_ref()
            .zip(case.person.as_ref())
            .is_some_and(|(other, person)| other.codice_fiscale == person.codice_fiscale);
        // Public pages ask for nothing.
        let asks = self.class(case) != Some(ServiceClass::Information);
        match request.act {
            Act::Use(_) if asks && is_for_himself => failed(blank, "error-acting-for-oneself"),
            Act::Use(_) if asks && case.contradicts => failed(blank, "error-birth-date-contradicts"),
            Act::Use(_) => self.told(blank, case),
            _ => failed(blank, "error-act"),
        }
    }

    /// What the rules say.
    fn told(&self, mut verdict: Verdict, case: &Case) -> Verdict {
        let questions = self.0.engine.questions();
        let outcome = match questions.ask(case) {
            Ok(outcome) => outcome,
            Err(Failure::ServiceUnknown) => return service_unknown(verdict),
            Err(Failure::InstantOutOfRange) => return failed(verdict, "error-instant-out-of-range"),
            Err(Failure::PolicyFailed) => return failed(verdict, "error-policy-failed"),
        };
        verdict.effect = outcome.effect;
        explain::tell(&mut verdict, &outcome, case, &questions, self);
        verdict
    }

    pub(crate) fn calendar(&self) -> &Calendar {
        &self.0.calendar
    }

    /// The class of the service of a case.
    pub(crate) fn class(&self, case: &Case) -> Option<ServiceClass> {
        Some(self.service(case.act.service()?)?.class)
    }

    /// The policy with other rules, to see which of them the corpus notices.
    #[cfg(test)]
    pub(crate) fn with_rules(&self, rules: Rules) -> Self {
        Self::assemble(self.0.services.clone(), self.0.calendar, rules).unwrap()
    }

    #[cfg(test)]
    pub(crate) fn rule_set(&self) -> &Rules {
        &self.0.rules
    }
}

/// A denial that has no reasons yet.
fn blank(subject: Option<Subject>, case: &Case, request: &Request) -> Verdict {
    Verdict {
        effect: Effect::Deny,
        act: request.act.name(),
        service: request.act.service().cloned(),
        profile: request.profile,
        at: case.at,
        subject,
        acting_for: request.acting_for.as_ref().map(|person| {
            let delegation = case.delegation.as_ref().map(|(one, _)| one);
            ActedFor {
                codice_fiscale: person.codice_fiscale().clone(),
                quality: delegation.map(|one| one.kind),
                delegation: delegation.map(|one| one.id),
            }
        }),
        policies: Vec::new(),
        reasons: Vec::new(),
        advice: Vec::new(),
        errors: Vec::new(),
    }
}

fn failed(mut verdict: Verdict, code: &'static str) -> Verdict {
    verdict.errors.push(DecisionError {
        code,
        arguments: Arguments::new(),
    });
    verdict
}

fn service_unknown(mut verdict: Verdict) -> Verdict {
    let service = verdict
        .service
        .iter()
        .map(|service| ("service", service.to_string()));
    verdict.errors.push(DecisionError {
        code: "error-service-unknown",
        arguments: service.collect(),
    });
    verdict
}

#[cfg(test)]
mod tests;
