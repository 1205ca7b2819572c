//! Replays `fixtures/policy/*.json`: every case decided as it says, every rule with a permit and a deny, and no rule
//! that could go or turn unnoticed.
//!
//! `about` names the rules that a case is an example of: one that a permit rule decides or fails to decide, one that
//! a forbidding rule denies or leaves alone.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use varco_auth::AssuranceLevel;

use super::RULES;
use crate::principal::View;
use crate::{AccessPolicy, CODES, Decision, Effect, Facts, Request, ServiceId, TestMaterial};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    cases: Vec<Example>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    name: String,
    about: Vec<String>,
    service: ServiceId,
    identity: Option<Identity>,
    facts: Known,
    at: String,
    expect: Expected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Identity {
    kind: String,
    level: Level,
    downgraded: Vec<String>,
    test_material: bool,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Level {
    Low,
    Substantial,
    High,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    test_material: Permission,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Permission {
    Refused,
    Permitted,
}

#[derive(Deserialize, PartialEq, Eq, Debug)]
#[serde(deny_unknown_fields)]
struct Expected {
    effect: Effect,
    policies: Vec<String>,
    reasons: Vec<String>,
    advice: Vec<String>,
    errors: Vec<String>,
}

impl Expected {
    fn of(decision: &Decision) -> Self {
        Self {
            effect: decision.effect,
            policies: decision
                .reasons
                .iter()
                .map(|reason| reason.policy_id.clone())
                .collect(),
            reasons: decision.reasons.iter().map(|reason| reason.code.into()).collect(),
            advice: decision.advice.iter().map(|advice| advice.code.into()).collect(),
            errors: decision.errors.iter().map(|error| error.code.into()).collect(),
        }
    }
}

impl Example {
    fn decide(&self, policy: &AccessPolicy) -> Decision {
        let view = self.identity.as_ref().map(|identity| View {
            kind: identity.kind.clone(),
            level: match identity.level {
                Level::Low => AssuranceLevel::Low,
                Level::Substantial => AssuranceLevel::Substantial,
                Level::High => AssuranceLevel::High,
            },
            downgraded: identity.downgraded.clone(),
            test_material: identity.test_material,
        });
        let facts = Facts::new(match self.facts.test_material {
            Permission::Refused => TestMaterial::Refused,
            Permission::Permitted => TestMaterial::Permitted,
        });
        let at: Timestamp = self.at.parse().unwrap();
        policy.decide_for(view.as_ref(), &Request::new(self.service.clone()), &facts, at)
    }
}

fn examples() -> Vec<Example> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/policy");
    let mut examples = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let text = std::fs::read_to_string(&path).unwrap();
            let file: File =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            examples.extend(file.cases);
        }
    }
    examples
}

#[test]
fn every_example_is_decided_as_it_says() {
    let policy = AccessPolicy::builtin();
    for example in examples() {
        let decision = example.decide(&policy);
        assert_eq!(
            Expected::of(&decision),
            example.expect,
            "{}: {}",
            example.service,
            example.name
        );
    }
}

#[test]
fn every_rule_has_an_example_that_permits_and_one_that_denies() {
    let examples = examples();
    for rule in RULES {
        let effects: Vec<Effect> = examples
            .iter()
            .filter(|example| example.about.iter().any(|id| id == rule.id))
            .map(|example| example.expect.effect)
            .collect();
        for effect in [Effect::Permit, Effect::Deny] {
            assert!(
                effects.contains(&effect),
                "{}: no example for {effect:?}",
                rule.id
            );
        }
    }
    for example in &examples {
        for id in &example.about {
            assert!(
                RULES.iter().any(|rule| rule.id == id),
                "{}: no rule {id}",
                example.name
            );
        }
    }
}

#[test]
fn no_rule_can_be_taken_out_or_turned_round_unnoticed() {
    let examples = examples();
    for (index, rule) in RULES.iter().enumerate() {
        let mut without = AccessPolicy::builtin();
        without.rules.remove(index);
        let mut turned = AccessPolicy::builtin();
        turned.rules[index].effect = match rule.effect {
            Effect::Permit => Effect::Deny,
            Effect::Deny => Effect::Permit,
        };
        for mutant in [without, turned] {
            let noticed = examples
                .iter()
                .any(|example| example.decide(&mutant).effect != example.expect.effect);
            assert!(noticed, "{}", rule.id);
        }
    }
}

#[test]
fn the_examples_say_every_code_and_no_other() {
    let said: BTreeSet<String> = examples()
        .into_iter()
        .flat_map(|example| {
            [
                example.expect.reasons,
                example.expect.advice,
                example.expect.errors,
            ]
            .concat()
        })
        .collect();
    assert_eq!(said, CODES.iter().map(|code| (*code).to_owned()).collect());
}
