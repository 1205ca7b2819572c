//! The policies in Cedar: a case goes in as a request with its entities, and which policies decided comes out.
//!
//! Few static policies; all that is about persons goes in as entities and context, so that the cost of a decision does not
//! grow with how many persons there are. Cedar skips a policy that fails, and would permit where a forbidding one fails: any
//! error denies here.
//!
//! Not here: why (`explain`), and the reading of policy files (`rules`).

mod vocabulary;

use cedar_policy::{
    ActionConstraint, Authorizer, Context, Decision as Verdict, Effect as CedarEffect, Entities, Entity,
    EntityUid, Policy, PolicySet, Request, ResourceConstraint, RestrictedExpression, Schema,
};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};

use crate::calendar::Calendar;
use crate::case::{Case, Held, Login};
use crate::credential::rank;
use crate::person::Person;
use crate::{Act, Effect, PolicyError, Service, ServiceId, TestMaterial};

pub(crate) use vocabulary::SCHEMA;
use vocabulary::{Vocabulary, instant, text, uid};

/// Why there was no deciding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Failure {
    /// The policy knows no such service.
    ServiceUnknown,
    /// The instant is none that the rules can be asked about.
    InstantOutOfRange,
    /// A policy failed, or what it was asked is not what it was written for.
    PolicyFailed,
}

/// What the policies said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Outcome {
    pub(crate) effect: Effect,
    /// The ids of the policies that decided, sorted. Of a denial none where nothing permits.
    pub(crate) deciding: Vec<String>,
}

/// The policies that can apply to one act on one thing, and the entities that stand whoever asks.
#[derive(Clone)]
struct Slice {
    action: EntityUid,
    resource: EntityUid,
    policies: PolicySet,
    /// Those of them that permit.
    permitting: PolicySet,
    standing: Entities,
}

/// The policies with everything that does not change from one request to the next.
#[derive(Clone)]
pub(crate) struct Engine {
    authorizer: Authorizer,
    vocabulary: Vocabulary,
    services: HashMap<ServiceId, Slice>,
    /// For what is done to registers, by the name of the act.
    registers: HashMap<&'static str, Slice>,
}

impl Engine {
    pub(crate) fn new(
        policies: &PolicySet,
        services: &[Service],
        calendar: &Calendar,
    ) -> Result<Self, PolicyError> {
        let vocabulary = Vocabulary::new()?;
        let slice = |action: &str, resource: Entity, above: Option<&EntityUid>| {
            slice(policies, action, resource, above, vocabulary.dates(calendar)?)
        };
        let mut of_services = HashMap::new();
        for service in services {
            let class = uid("Class", service.class.name())?;
            let resource = vocabulary.service(service, class.clone())?;
            of_services.insert(service.id.clone(), slice("use", resource, Some(&class))?);
        }
        let mut registers = HashMap::new();
        for (act, action, register) in REGISTERS {
            let resource = Entity::with_uid(uid("Register", register)?);
            registers.insert(*act, slice(action, resource, None)?);
        }
        Ok(Self {
            authorizer: Authorizer::new(),
            services: of_services,
            registers,
            vocabulary,
        })
    }

    /// Asks all policies.
    pub(crate) fn ask(&self, case: &Case) -> Result<Outcome, Failure> {
        let slice = self.slice_of(case)?;
        self.ask_of(slice, &slice.policies, case)
    }

    /// Whether anything would permit if nothing forbade.
    pub(crate) fn is_permitted_by_some(&self, case: &Case) -> bool {
        let outcome = self
            .slice_of(case)
            .and_then(|slice| self.ask_of(slice, &slice.permitting, case));
        outcome.is_ok_and(|outcome| outcome.effect == Effect::Permit)
    }

    /// The ids of the policies that can apply to the use of a service.
    pub(crate) fn rules_about(&self, service: &ServiceId) -> Option<Vec<String>> {
        let policies = self.services.get(service)?.policies.policies();
        Some(policies.map(|policy| policy.id().to_string()).collect())
    }

    fn slice_of(&self, case: &Case) -> Result<&Slice, Failure> {
        match &case.act {
            Act::Use(service) => self.services.get(service).ok_or(Failure::ServiceUnknown),
            act => self.registers.get(act.name()).ok_or(Failure::PolicyFailed),
        }
    }

    fn ask_of(&self, slice: &Slice, policies: &PolicySet, case: &Case) -> Result<Outcome, Failure> {
        let principal = self.vocabulary.person(case.person.as_ref());
        let context = self.context(case, &principal)?;
        let (action, resource) = (slice.action.clone(), slice.resource.clone());
        let request = Request::new(principal, action, resource, context, Some(schema()))
            .map_err(|_| Failure::PolicyFailed)?;
        let entities = self.entities(slice, case)?;
        let response = self.authorizer.is_authorized(&request, policies, &entities);
        let diagnostics = response.diagnostics();
        if diagnostics.errors().next().is_some() {
            return Err(Failure::PolicyFailed);
        }
        let mut deciding: Vec<String> = diagnostics.reason().map(ToString::to_string).collect();
        deciding.sort_unstable();
        let effect = match response.decision() {
            Verdict::Allow => Effect::Permit,
            Verdict::Deny => Effect::Deny,
        };
        Ok(Outcome { effect, deciding })
    }

    /// The persons of a case, beside what always stands.
    fn entities(&self, slice: &Slice, case: &Case) -> Result<Entities, Failure> {
        let mut persons = vec![self.person(case.person.as_ref(), case.enablement.as_ref())?];
        if let Some(other) = &case.acting_for
            && case.person.as_ref().map(|person| &person.codice_fiscale) != Some(&other.codice_fiscale)
        {
            persons.push(self.person(Some(other), None)?);
        }
        slice
            .standing
            .clone()
            .add_entities(persons, Some(schema()))
            .map_err(|_| Failure::PolicyFailed)
    }

    fn person(&self, person: Option<&Person>, enablement: Option<&Held>) -> Result<Entity, Failure> {
        let categories = person.map_or(&[][..], |person| &person.categories);
        let categories = categories.iter().map(|category| text(category.name()));
        let mut attributes =
            HashMap::from([("categories".to_owned(), RestrictedExpression::new_set(categories))]);
        if let Some(held) = enablement {
            let fields = held_fields(held)?;
            attributes.insert("enablement".to_owned(), record(fields)?);
        }
        Entity::new(self.vocabulary.person(person), attributes, HashSet::new())
            .map_err(|_| Failure::PolicyFailed)
    }

    fn context(&self, case: &Case, principal: &EntityUid) -> Result<Context, Failure> {
        let uid = RestrictedExpression::new_entity_uid;
        let mut fields = vec![
            ("at".to_owned(), at(case.at)?),
            ("calendar".to_owned(), uid(self.vocabulary.calendar())),
        ];
        match &case.act {
            Act::Use(_) => {
                let is_permitted = case.deployment.test_material == TestMaterial::Permitted;
                fields.push(("profile".to_owned(), text(case.profile.name())));
                fields.push((
                    "testMaterialPermitted".to_owned(),
                    RestrictedExpression::new_bool(is_permitted),
                ));
                if let Some(login) = &case.login {
                    fields.push(("login".to_owned(), self.login(login, principal)?));
                }
                if let Some(other) = &case.acting_for {
                    fields.push(("actingFor".to_owned(), uid(self.vocabulary.person(Some(other)))));
                }
                if let Some((delegation, held)) = &case.delegation {
                    let mut of = held_fields(held)?;
                    of.push(("kind".to_owned(), text(delegation.kind.name())));
                    fields.push(("delegation".to_owned(), record(of)?));
                }
            }
            Act::IssuePin | Act::RenewPin => {}
            Act::RegisterDelegation(channel) => {
                fields.push(("channel".to_owned(), text(channel.name())));
            }
            Act::RevokeDelegation {
                channel,
                asked_by,
                registered_at,
            } => {
                fields.push(("channel".to_owned(), text(channel.name())));
                fields.push(("askedBy".to_owned(), text(asked_by.name())));
                fields.push(("onlineFrom".to_owned(), at(Case::online_from(*registered_at))?));
            }
        }
        Context::from_pairs(fields).map_err(|_| Failure::PolicyFailed)
    }

    fn login(&self, login: &Login, principal: &EntityUid) -> Result<RestrictedExpression, Failure> {
        let holder = if login.is_of_another {
            self.vocabulary.somebody_else()
        } else {
            principal.clone()
        };
        let uid = RestrictedExpression::new_entity_uid;
        let weaknesses = login.weaknesses.iter().map(|code| text(code));
        let mut fields = vec![
            (
                "credential".to_owned(),
                uid(self.vocabulary.credential(login.credential)),
            ),
            ("family".to_owned(), uid(self.vocabulary.family(login.credential))),
            (
                "level".to_owned(),
                RestrictedExpression::new_long(rank(login.level)),
            ),
            ("holder".to_owned(), uid(holder)),
            ("weaknesses".to_owned(), RestrictedExpression::new_set(weaknesses)),
            (
                "testMaterial".to_owned(),
                RestrictedExpression::new_bool(login.test_material),
            ),
        ];
        for (name, known) in [("issued", login.issued), ("expires", login.expires)] {
            if let Some(known) = known {
                fields.push((name.to_owned(), at(known)?));
            }
        }
        record(fields)
    }
}

/// What can be done to registers: the act, the action in Cedar, the register.
const REGISTERS: &[(&str, &str, &str)] = &[
    ("issue-pin", "issuePin", "inps-pin"),
    ("renew-pin", "renewPin", "inps-pin"),
    ("register-delegation", "registerDelegation", "delegations"),
    ("revoke-delegation", "revokeDelegation", "delegations"),
];

/// What can apply where this action is taken on this resource, which is in that class: a policy whose scope names others is
/// never satisfied there, and cannot fail either, as its scope is looked at first.
fn slice(
    policies: &PolicySet,
    action: &str,
    resource: Entity,
    above: Option<&EntityUid>,
    calendar: Entity,
) -> Result<Slice, PolicyError> {
    let action = uid("Action", action)?;
    let of = resource.uid();
    let is_it = |named: &EntityUid| *named == of || above == Some(named);
    let can_apply = |policy: &&Policy| {
        let is_on_action = match policy.action_constraint() {
            ActionConstraint::Any => true,
            ActionConstraint::Eq(named) => named == action,
            ActionConstraint::In(named) => named.contains(&action),
        };
        let is_on_resource = match policy.resource_constraint() {
            ResourceConstraint::Any | ResourceConstraint::Is(_) => true,
            ResourceConstraint::Eq(named) => named == of,
            ResourceConstraint::In(named) | ResourceConstraint::IsIn(_, named) => is_it(&named),
        };
        is_on_action && is_on_resource
    };
    let set = |kept: &dyn Fn(&Policy) -> bool| {
        let kept = policies
            .policies()
            .filter(can_apply)
            .filter(|policy| kept(policy))
            .cloned();
        PolicySet::from_policies(kept).map_err(|error| PolicyError::defect(&error))
    };
    let class = above.cloned().map(Entity::with_uid);
    let standing = [Some(resource), class, Some(calendar)].into_iter().flatten();
    Ok(Slice {
        policies: set(&|_| true)?,
        permitting: set(&|policy| policy.effect() == CedarEffect::Permit)?,
        standing: Entities::from_entities(standing, Some(schema()))
            .map_err(|error| PolicyError::defect(&error))?,
        action,
        resource: of,
    })
}

/// The schema, parsed once.
pub(crate) fn schema() -> &'static Schema {
    &SCHEMA
}

fn at(instant_at: Timestamp) -> Result<RestrictedExpression, Failure> {
    instant(instant_at).ok_or(Failure::InstantOutOfRange)
}

fn held_fields(held: &Held) -> Result<Vec<(String, RestrictedExpression)>, Failure> {
    let mut fields = vec![("from".to_owned(), at(held.validity.from())?)];
    for (name, end) in [("until", held.validity.until()), ("revoked", held.revoked)] {
        if let Some(end) = end {
            fields.push((name.to_owned(), at(end)?));
        }
    }
    Ok(fields)
}

fn record(fields: Vec<(String, RestrictedExpression)>) -> Result<RestrictedExpression, Failure> {
    RestrictedExpression::new_record(fields).map_err(|_| Failure::PolicyFailed)
}
