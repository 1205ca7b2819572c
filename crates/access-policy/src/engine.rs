//! The policies in Cedar: a case goes in as a request with its entities, and which policies decided comes out.
//!
//! Few static policies; all that is about persons goes in as entities and context, so that the cost of a decision does not
//! grow with how many persons there are. What stands whoever asks is built once, here.
//!
//! Not here: what changes with the case (`question`), why it was decided so (`explain`), and the reading of policy files (`rules`).

mod question;
mod vocabulary;

use cedar_policy::{
    ActionConstraint, Authorizer, Effect as CedarEffect, Entities, Entity, EntityUid, Policy, PolicyId,
    PolicySet, ResourceConstraint, Schema,
};
use std::collections::HashMap;
use std::sync::Arc;

use crate::calendar::Calendar;
use crate::case::Case;
use crate::{Act, Effect, PolicyError, Service, ServiceId};

pub(crate) use question::Questions;
pub(crate) use vocabulary::SCHEMA;
use vocabulary::{Vocabulary, uid};

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
    /// Whether nothing would permit even if nothing forbade.
    pub(crate) nothing_permits: bool,
}

/// The policies that can apply to one act on one thing, and the entities that stand whoever asks.
#[derive(Clone)]
struct Slice {
    action: EntityUid,
    resource: EntityUid,
    policies: Arc<Applying>,
    standing: Entities,
}

/// Policies that apply together: services of one class mostly share them.
struct Applying {
    all: PolicySet,
    /// Those of them that permit.
    permitting: PolicySet,
}

/// The policies with everything that does not change from one request to the next.
#[derive(Clone)]
pub(crate) struct Engine {
    authorizer: Authorizer,
    vocabulary: Vocabulary,
    services: HashMap<ServiceId, Slice>,
    /// For what is done to registers, by the name of the act.
    registers: HashMap<&'static str, Slice>,
    /// Each policy that forbids, alone, by its id.
    forbidding: HashMap<String, PolicySet>,
}

impl Engine {
    pub(crate) fn new(
        policies: &PolicySet,
        services: &[Service],
        calendar: &Calendar,
    ) -> Result<Self, PolicyError> {
        let vocabulary = Vocabulary::new()?;
        let mut shared = HashMap::new();
        let mut slice = |action: &str, resource: Entity, above: Option<&EntityUid>| {
            slice(
                policies,
                &mut shared,
                action,
                resource,
                above,
                vocabulary.dates(calendar)?,
            )
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
        let forbidding = policies
            .policies()
            .filter(|policy| policy.effect() == CedarEffect::Forbid)
            .map(|policy| Ok((policy.id().to_string(), set(&[policy])?)))
            .collect::<Result<_, PolicyError>>()?;
        Ok(Self {
            authorizer: Authorizer::new(),
            services: of_services,
            registers,
            forbidding,
            vocabulary,
        })
    }

    /// The questions of one decision.
    pub(crate) fn questions(&self) -> Questions<'_> {
        Questions::new(self)
    }

    /// The ids of the policies that can apply to the use of a service.
    pub(crate) fn rules_about(&self, service: &ServiceId) -> Option<Vec<String>> {
        let policies = self.services.get(service)?.policies.all.policies();
        Some(policies.map(|policy| policy.id().to_string()).collect())
    }

    fn slice_of(&self, case: &Case) -> Result<&Slice, Failure> {
        match &case.act {
            Act::Use(service) => self.services.get(service).ok_or(Failure::ServiceUnknown),
            act => self.registers.get(act.name()).ok_or(Failure::PolicyFailed),
        }
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
    shared: &mut HashMap<Vec<PolicyId>, Arc<Applying>>,
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
    let mut apply: Vec<&Policy> = policies.policies().filter(can_apply).collect();
    apply.sort_unstable_by_key(|policy| policy.id().to_string());
    let ids: Vec<PolicyId> = apply.iter().map(|policy| policy.id().clone()).collect();
    let policies = match shared.get(&ids) {
        Some(known) => Arc::clone(known),
        None => {
            let permit = apply.iter().copied();
            let permit: Vec<&Policy> = permit
                .filter(|policy| policy.effect() == CedarEffect::Permit)
                .collect();
            let made = Arc::new(Applying {
                all: set(&apply)?,
                permitting: set(&permit)?,
            });
            shared.insert(ids, Arc::clone(&made));
            made
        }
    };
    let class = above.cloned().map(Entity::with_uid);
    let standing: Vec<Entity> = [Some(resource), class, Some(calendar)]
        .into_iter()
        .flatten()
        .collect();
    let entities = |schema| {
        Entities::from_entities(standing.clone(), schema).map_err(|error| PolicyError::defect(&error))
    };
    // With the schema they are checked, and have its actions among them: nothing is asked about those but their names.
    entities(Some(schema()))?;
    Ok(Slice {
        policies,
        standing: entities(None)?,
        action,
        resource: of,
    })
}

fn set(of: &[&Policy]) -> Result<PolicySet, PolicyError> {
    let of = of.iter().copied().cloned();
    PolicySet::from_policies(of).map_err(|error| PolicyError::defect(&error))
}

/// The schema, parsed once.
pub(crate) fn schema() -> &'static Schema {
    &SCHEMA
}
