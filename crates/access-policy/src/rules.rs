//! The policies as texts: read, annotated, validated, and held to what an operator may write.
//!
//! Not here: what is decided by them (`engine`).

mod bounds;

use std::collections::BTreeSet;
use std::str::FromStr as _;

use cedar_policy::{
    ActionConstraint, Effect as CedarEffect, Policy, PolicyId, PolicySet, ResourceConstraint, ValidationMode,
    Validator,
};
use miette::Diagnostic;

use crate::engine::schema;
use crate::{Effect, Place, PolicyError, ServiceId};

/// Most bytes of one annotation.
const ANNOTATION_LENGTH_MAX: usize = 500;
/// Most bytes of one file.
pub(crate) const FILE_LENGTH_MAX: usize = 256 * 1024;

/// The policies that come with the program, each file with its name.
pub(crate) const BUILTIN: &[(&str, &str)] = &[
    (
        "information.cedar",
        include_str!("../data/policies/information.cedar"),
    ),
    (
        "consultation.cedar",
        include_str!("../data/policies/consultation.cedar"),
    ),
    (
        "disposition.cedar",
        include_str!("../data/policies/disposition.cedar"),
    ),
    (
        "dedicated.cedar",
        include_str!("../data/policies/dedicated.cedar"),
    ),
    (
        "professional.cedar",
        include_str!("../data/policies/professional.cedar"),
    ),
    (
        "telephone.cedar",
        include_str!("../data/policies/telephone.cedar"),
    ),
    (
        "cross-border.cedar",
        include_str!("../data/policies/cross-border.cedar"),
    ),
    (
        "credentials.cedar",
        include_str!("../data/policies/credentials.cedar"),
    ),
    (
        "acting-for-others.cedar",
        include_str!("../data/policies/acting-for-others.cedar"),
    ),
    ("inps-pin.cedar", include_str!("../data/policies/inps-pin.cedar")),
];

/// Whose a policy is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// It comes with the program.
    Builtin,
    /// An operator brought it.
    Operator,
}

/// A policy, as people are told of it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Rule {
    /// Its stable id.
    pub id: String,
    /// Whether it permits or forbids.
    pub effect: Effect,
    /// What it says, in Italian.
    pub it: String,
    /// What it says, in English.
    pub en: String,
    /// The acts and documents that it rests on.
    pub source: String,
    /// Whose it is.
    pub origin: Origin,
    /// The file that it stands in.
    pub file: String,
    /// The code of what is told when it decides; `None` of an operator's, whose own words are told.
    pub(crate) reason: Option<String>,
}

/// Policies and what is told of them, in the order of their files.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    pub(crate) told: Vec<Rule>,
    pub(crate) policies: PolicySet,
}

impl Rules {
    /// Reads one more file. `own` are the services that an operator brought.
    pub(crate) fn add(
        &mut self,
        file: &str,
        text: &str,
        origin: Origin,
        own: &BTreeSet<&ServiceId>,
    ) -> Result<(), PolicyError> {
        if text.len() > FILE_LENGTH_MAX {
            return Err(PolicyError::TooLarge(file.to_owned()));
        }
        bounds::check(file, text)?;
        let parsed = PolicySet::from_str(text).map_err(|errors| {
            let error = errors.iter().next();
            let offset = error.map_or(0, |error| offset_of(error));
            let message = error.map_or_else(|| errors.to_string(), ToString::to_string);
            PolicyError::Text {
                place: Place::of(file, text, offset),
                message,
            }
        })?;
        if parsed.templates().next().is_some() {
            return Err(PolicyError::Template(file.to_owned()));
        }
        validate(file, text, &parsed)?;
        // In the order of the file: Cedar numbers them as they come.
        let mut policies: Vec<&Policy> = parsed.policies().collect();
        policies.sort_by_key(|policy| number_of(policy.id()));
        for policy in policies {
            let rule = told(file, text, policy, origin)?;
            if origin == Origin::Operator && !is_within_bounds(policy, own) {
                return Err(PolicyError::PermitsTooMuch {
                    place: place_of(file, text, policy),
                });
            }
            if rule.id == crate::explain::DEFAULT_DENY {
                return Err(PolicyError::Duplicate(rule.id));
            }
            let renamed = policy.new_id(PolicyId::new(&rule.id));
            self.policies
                .add(renamed)
                .map_err(|_| PolicyError::Duplicate(rule.id.clone()))?;
            self.told.push(rule);
        }
        Ok(())
    }
}

/// The number in an id that Cedar gave: `policy12`.
fn number_of(id: &PolicyId) -> usize {
    let id = id.to_string();
    id.trim_start_matches("policy").parse().unwrap_or(usize::MAX)
}

/// Strictly against the schema; a warning counts as an error.
fn validate(file: &str, text: &str, parsed: &PolicySet) -> Result<(), PolicyError> {
    let verdict = Validator::new(schema().clone()).validate(parsed, ValidationMode::Strict);
    let found = |offset: usize, message: String| {
        Err(PolicyError::Validation {
            place: Place::of(file, text, offset),
            message,
        })
    };
    if let Some(error) = verdict.validation_errors().next() {
        return found(offset_of(error), error.to_string());
    }
    if let Some(warning) = verdict.validation_warnings().next() {
        return found(offset_of(warning), warning.to_string());
    }
    Ok(())
}

/// What a policy's annotations say.
fn told(file: &str, text: &str, policy: &Policy, origin: Origin) -> Result<Rule, PolicyError> {
    let annotation = |name: &'static str| {
        let value = policy.annotation(name).unwrap_or_default().trim();
        let is_fit =
            !value.is_empty() && value.len() <= ANNOTATION_LENGTH_MAX && !value.chars().any(char::is_control);
        if is_fit {
            return Ok(value.to_owned());
        }
        Err(PolicyError::Annotation {
            place: place_of(file, text, policy),
            annotation: name,
        })
    };
    let id = annotation("id")?;
    // Ids are written as services' are: they stand in records and command lines.
    if ServiceId::parse(&id).is_err() {
        return Err(PolicyError::Annotation {
            place: place_of(file, text, policy),
            annotation: "id",
        });
    }
    Ok(Rule {
        it: annotation("it")?,
        en: annotation("en")?,
        source: annotation("source")?,
        reason: match origin {
            Origin::Builtin => Some(annotation("reason")?),
            Origin::Operator => None,
        },
        effect: match policy.effect() {
            CedarEffect::Permit => Effect::Permit,
            CedarEffect::Forbid => Effect::Deny,
        },
        id,
        origin,
        file: file.to_owned(),
    })
}

/// An operator may forbid whatever he wants, and permit the use of single services of his own.
fn is_within_bounds(policy: &Policy, own: &BTreeSet<&ServiceId>) -> bool {
    if policy.effect() == CedarEffect::Forbid {
        return true;
    }
    let is_use = match policy.action_constraint() {
        ActionConstraint::Eq(action) => action.id().unescaped() == "use",
        _ => false,
    };
    let is_own = match policy.resource_constraint() {
        ResourceConstraint::Eq(resource) => {
            resource.type_name().to_string() == "Service"
                && own
                    .iter()
                    .any(|service| service.as_str() == resource.id().unescaped())
        }
        _ => false,
    };
    is_use && is_own
}

/// Where a policy stands in its file: at its text.
fn place_of(file: &str, text: &str, policy: &Policy) -> Place {
    let source = policy.to_string();
    let offset = text.find(source.trim()).unwrap_or(0);
    Place::of(file, text, offset)
}

fn offset_of(error: &dyn Diagnostic) -> usize {
    let first = error.labels().and_then(|mut labels| labels.next());
    first.map_or(0, |label| label.offset())
}

#[cfg(test)]
mod tests;
