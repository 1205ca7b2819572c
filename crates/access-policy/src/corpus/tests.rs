//! Replays `fixtures/policy/*.json`: every case answered as it says, every rule with a permit and a deny, and no rule that
//! could go or turn unnoticed.

use std::collections::BTreeSet;

use cedar_policy::{Policy, PolicyId, PolicySet};

use super::*;
use crate::CODES;
use crate::rules::Rules;

fn examples() -> Vec<Example> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/policy");
    let mut examples = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let text = std::fs::read_to_string(&path).unwrap();
            let corpus = Corpus::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            examples.extend(corpus.cases);
        }
    }
    examples
}

fn answered(policy: &AccessPolicy, example: &Example) -> Verdict {
    Corpus::answer(policy, example).unwrap().verdict
}

#[test]
fn every_example_is_answered_as_it_says() {
    let policy = AccessPolicy::builtin();
    for example in examples() {
        let would_be = Expected::of(&answered(&policy, &example));
        assert_eq!(would_be, example.expect, "{}", example.name);
    }
}

#[test]
fn every_rule_has_an_example_that_permits_and_one_that_denies() {
    for (id, coverage) in coverage(&AccessPolicy::builtin(), &examples()).unwrap() {
        assert!(coverage.permits > 0 && coverage.denies > 0, "{id}: {coverage:?}");
    }
}

#[test]
fn no_rule_can_be_taken_out_or_turned_round_unnoticed() {
    let (policy, examples) = (AccessPolicy::builtin(), examples());
    for rule in policy.rules() {
        for mutant in [without(&policy, &rule.id), turned(&policy, &rule.id)] {
            let noticed = examples
                .iter()
                .filter(|example| example.about.contains(&rule.id))
                .any(|example| !Corpus::answer(&mutant, example).unwrap().is_expected);
            assert!(noticed, "{}", rule.id);
        }
    }
}

fn without(policy: &AccessPolicy, id: &str) -> AccessPolicy {
    mutated(policy, &|policy| {
        (policy.id().to_string() != id).then(|| policy.clone())
    })
}

/// With the effect of one rule turned round.
fn turned(policy: &AccessPolicy, id: &str) -> AccessPolicy {
    mutated(policy, &|policy| {
        if policy.id().to_string() != id {
            return Some(policy.clone());
        }
        let text = policy.to_string();
        let turned = if text.contains("forbid (") {
            text.replacen("forbid (", "permit (", 1)
        } else {
            text.replacen("permit (", "forbid (", 1)
        };
        assert_ne!(turned, text);
        Some(Policy::parse(Some(PolicyId::new(id)), turned).unwrap())
    })
}

fn mutated(policy: &AccessPolicy, change: &dyn Fn(&Policy) -> Option<Policy>) -> AccessPolicy {
    let rules = policy.rule_set();
    policy.with_rules(Rules {
        told: rules.told.clone(),
        policies: PolicySet::from_policies(rules.policies.policies().filter_map(change)).unwrap(),
    })
}

#[test]
fn the_examples_say_every_code_that_a_simulation_can_say() {
    let said: BTreeSet<String> = examples()
        .into_iter()
        .flat_map(|example| {
            let expected = example.expect;
            [expected.reasons, expected.advice, expected.errors].concat()
        })
        .collect();
    // Those of an operator's rules, of stores and of defects: other tests say them.
    let elsewhere = [
        "deny-operator-rule",
        "deny-not-permitted",
        "error-act",
        "error-credential-unknown",
        "error-facts-unavailable",
        "error-not-recorded",
        "error-policy-failed",
        "permit-operator-rule",
    ];
    let all: BTreeSet<String> = CODES
        .iter()
        .filter(|code| !elsewhere.contains(code))
        .map(|code| (*code).to_owned())
        .collect();
    assert_eq!(said, all);
}

#[test]
fn what_is_no_corpus_is_refused_with_a_reason() {
    for (text, says) in [
        ("", "EOF"),
        ("{\"about\": \"\", \"cases\": [], \"more\": 1}", "more"),
        ("{\"cases\": []}", "about"),
        ("[]", "expected"),
    ] {
        let error = Corpus::parse(text).unwrap_err();
        assert!(error.to_string().contains(says), "{text}: {error}");
    }
    let case = r#"{"name":"one","about":[],"service":"info.public","at":"AT","identity":null,"unknown":1,
        "expect":{"effect":"permit","policies":[],"reasons":[],"advice":[]}}"#;
    let file = |case: &str| format!("{{\"about\":\"\",\"cases\":[{case}]}}");
    assert!(
        Corpus::parse(&file(case))
            .unwrap_err()
            .to_string()
            .contains("unknown")
    );
    let known = case.replace("\"unknown\":1,", "");
    let corpus = Corpus::parse(&file(&known)).unwrap();
    let error = Corpus::answer(&AccessPolicy::builtin(), &corpus.cases[0]).unwrap_err();
    assert_eq!(error.to_string(), "case \"one\": not an instant: AT");
    let large = " ".repeat(FILE_LENGTH_MAX + 1);
    assert_eq!(Corpus::parse(&large).unwrap_err(), CorpusError::TooLarge);
}

#[test]
fn a_case_about_a_rule_that_there_is_not_is_told() {
    let mut example = examples().swap_remove(0);
    example.about = vec!["no-such-rule".to_owned()];
    let error = coverage(&AccessPolicy::builtin(), [&example]).unwrap_err();
    assert!(error.to_string().contains("no rule no-such-rule"));
}
