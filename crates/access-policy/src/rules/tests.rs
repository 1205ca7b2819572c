//! Claims about policy files: what an operator may write, and how mistakes are told.

use super::*;
use crate::{AccessPolicy, Claims, CredentialId, Facts, OperatorFile, Request, Simulation, TestMaterial};
use varco_auth::CodiceFiscale;

const SERVICES: &str = r#"
[[service]]
id = "comune.anagrafe"
class = "operator"
title = { it = "Anagrafe", en = "Registry" }
[[service]]
id = "comune.visure"
class = "consultation"
title = { it = "Visure", en = "Searches" }
"#;

const NOTES: &str = "@it(\"Regola.\") @en(\"Rule.\") @source(\"council, act 12\")\n";

fn policy(id: &str, body: &str) -> String {
    format!("// of the municipality\n\n@id(\"{id}\") {NOTES}{body}\n")
}

fn with(cedar: &str) -> Result<AccessPolicy, PolicyError> {
    AccessPolicy::builtin().with_operator(&[
        OperatorFile {
            name: "services.toml",
            text: SERVICES,
        },
        OperatorFile {
            name: "rules.cedar",
            text: cedar,
        },
    ])
}

fn simulate(policy: &AccessPolicy, credential: &str, service: &str) -> Simulation {
    let code = CodiceFiscale::parse("DMNNCL80C14H501S").unwrap();
    let claims = Claims::new(code, None, CredentialId::parse(credential).unwrap()).unwrap();
    let request = Request::new(ServiceId::parse(service).unwrap());
    let facts = Facts::new(TestMaterial::Refused);
    policy.simulate(&claims, &request, &facts, "2026-11-21T09:00:00Z".parse().unwrap())
}

#[test]
fn the_built_in_rules_are_annotated_and_say_known_codes() {
    let policy = AccessPolicy::builtin();
    assert_eq!(policy.rules().len(), 41);
    for rule in policy.rules() {
        assert!(!rule.it.is_empty() && !rule.en.is_empty() && !rule.source.is_empty());
        let reason = rule.reason.as_deref().unwrap();
        let is_known = crate::CODES.iter().any(|code| code.starts_with(reason));
        assert!(is_known, "{}: {reason}", rule.id);
        let begins = match rule.effect {
            Effect::Permit => "permit-",
            Effect::Deny => "forbid-",
        };
        assert!(rule.id.starts_with(begins), "{}", rule.id);
    }
}

#[test]
fn an_operator_permits_his_own_services_and_forbids_others() {
    let rules = policy(
        "comune-residenti",
        "permit (principal, action == Action::\"use\", resource == Service::\"comune.anagrafe\") \
         when { context has login && context.login.level >= 3 };",
    ) + &policy(
        "comune-niente-cns",
        "forbid (principal, action, resource == Service::\"inps.cedolino\") \
         when { context has login && context.login.family == Family::\"cns\" };",
    );
    let policy = with(&rules).unwrap();
    let granted = simulate(&policy, "cie", "comune.anagrafe");
    assert_eq!(granted.would_be().effect, Effect::Permit);
    let reason = &granted.would_be().reasons[0];
    assert_eq!(
        (reason.policy_id.as_str(), reason.code),
        ("comune-residenti", "permit-operator-rule")
    );
    assert_eq!(reason.arguments["it"], "Regola.");
    let denied = simulate(&policy, "cns", "comune.anagrafe");
    assert_eq!(denied.would_be().reasons[0].code, "deny-not-permitted");
    let denied = simulate(&policy, "cns", "inps.cedolino");
    assert_eq!(denied.would_be().effect, Effect::Deny);
    assert_eq!(denied.would_be().reasons[0].code, "deny-operator-rule");
    // A service of a known class is under the built-in rules of that class.
    let read = simulate(&policy, "cns", "comune.visure");
    assert_eq!(read.would_be().policies, ["permit-consultation-substantial"]);
    // And nothing else changed.
    let filed = simulate(&policy, "cns", "inps.domanda");
    assert_eq!(filed.would_be().effect, Effect::Permit);
}

#[test]
fn an_operator_permits_nothing_else() {
    for scope in [
        "principal, action, resource",
        "principal, action == Action::\"use\", resource",
        "principal, action == Action::\"use\", resource == Service::\"inps.cedolino\"",
        "principal, action == Action::\"use\", resource in Class::\"consultation\"",
        "principal, action == Action::\"use\", resource in Class::\"operator\"",
        "principal, action == Action::\"use\", resource is Service in Class::\"operator\"",
        "principal, action == Action::\"issuePin\", resource == Register::\"inps-pin\"",
        "principal, action in [Action::\"use\"], resource == Service::\"comune.anagrafe\"",
    ] {
        let error = with(&policy("comune", &format!("permit ({scope});"))).unwrap_err();
        assert!(
            matches!(error, PolicyError::PermitsTooMuch { .. }),
            "{scope}: {error}"
        );
        assert!(matches!(error.place(), Some(place) if place.line >= 3), "{error}");
    }
}

#[test]
fn mistakes_in_a_policy_are_told_with_their_place_and_text() {
    let broken = "@id(\"a\")\npermit (principal,\n  action resource);\n";
    let Err(PolicyError::Text { place, .. }) = with(broken) else {
        panic!("taken")
    };
    assert_eq!((place.file.as_str(), place.line), ("rules.cedar", 3));
    assert_eq!(place.text, "  action resource);");

    let misspelt = policy(
        "a",
        "forbid (principal, action == Action::\"use\", resource)\nwhen { context.lgin has level };",
    );
    let Err(PolicyError::Validation { place, message }) = with(&misspelt) else {
        panic!("taken")
    };
    assert_eq!(place.line, 5, "{message}");
    assert!(
        place.text.contains("lgin") && message.contains("lgin"),
        "{message}"
    );

    let never = policy(
        "a",
        "forbid (principal, action, resource == Service::\"x\") when { false };",
    );
    assert!(matches!(with(&never), Err(PolicyError::Validation { .. })));
}

#[test]
fn a_policy_without_id_sentences_or_source_is_refused() {
    let body = "forbid (principal, action == Action::\"use\", resource == Service::\"inps.cedolino\");";
    assert!(with(&policy("a", body)).is_ok());
    for missing in [
        "@it(\"Regola.\")",
        "@en(\"Rule.\")",
        "@source(\"council, act 12\")",
        "@id(\"a\")",
    ] {
        let error = with(&policy("a", body).replace(missing, "")).unwrap_err();
        assert!(
            matches!(error, PolicyError::Annotation { .. }),
            "{missing}: {error}"
        );
    }
    for id in ["A", "a b", "", "-"] {
        assert!(
            matches!(with(&policy(id, body)), Err(PolicyError::Annotation { .. })),
            "{id}"
        );
    }
}

#[test]
fn ids_are_not_taken_twice_and_files_are_of_two_kinds() {
    let body = "forbid (principal, action == Action::\"use\", resource == Service::\"inps.cedolino\");";
    for id in ["permit-information", "default-deny"] {
        let error = with(&policy(id, body)).unwrap_err();
        assert_eq!(error, PolicyError::Duplicate(id.to_owned()));
    }
    let twice = policy("a", body) + &policy("a", body);
    assert_eq!(with(&twice).unwrap_err(), PolicyError::Duplicate("a".into()));
    let builtin = AccessPolicy::builtin();
    let file = |name, text| builtin.with_operator(&[OperatorFile { name, text }]).unwrap_err();
    let taken = SERVICES.replace("comune.visure", "inps.cedolino");
    assert_eq!(
        file("s.toml", &taken),
        PolicyError::Duplicate("inps.cedolino".into())
    );
    assert_eq!(file("rules.txt", ""), PolicyError::FileKind("rules.txt".into()));
    assert!(matches!(file("s.toml", "[[date]]"), PolicyError::Malformed(_)));
    let large = " ".repeat(FILE_LENGTH_MAX + 1);
    assert_eq!(file("a.cedar", &large), PolicyError::TooLarge("a.cedar".into()));
    let template = policy("a", "forbid (principal == ?principal, action, resource);");
    assert!(matches!(
        with(&template),
        Err(PolicyError::Template(_) | PolicyError::Validation { .. })
    ));
}

#[test]
fn an_operator_brings_so_many_services_and_rules_and_no_more() {
    let services = |count: usize| -> String {
        let one = |number: usize| {
            format!(
                "[[service]]\nid = \"a{number}\"\nclass = \"operator\"\ntitle = {{ it = \"A\", en = \"A\" }}\n"
            )
        };
        (0..count).map(one).collect()
    };
    let rules = |count: usize| -> String {
        let body = "forbid (principal, action, resource == Service::\"inps.cedolino\");";
        (0..count)
            .map(|number| policy(&format!("r{number}"), body))
            .collect()
    };
    let builtin = AccessPolicy::builtin();
    let taken = |name, text: &str| builtin.with_operator(&[OperatorFile { name, text }]).map(|_| ());
    assert_eq!(taken("a.toml", &services(256)), Ok(()));
    assert_eq!(
        taken("a.toml", &services(257)),
        Err(PolicyError::TooLarge("a.toml".into()))
    );
    assert_eq!(taken("a.cedar", &rules(256)), Ok(()));
    assert_eq!(
        taken("a.cedar", &rules(257)),
        Err(PolicyError::TooLarge("a.cedar".into()))
    );
}

#[test]
fn a_service_needs_a_name_and_a_rule_none_of_a_service() {
    let body = "forbid (principal, action == Action::\"use\", resource == Service::\"inps.cedolino\");";
    for id in ["inps.cedolino", "comune.visure"] {
        let error = with(&policy(id, body)).unwrap_err();
        assert_eq!(error, PolicyError::Duplicate(id.to_owned()));
    }
    for title in ["", "  ", "a\\u001b[2J", &"a".repeat(201)] {
        let text = SERVICES.replace("Anagrafe", title);
        let file = OperatorFile {
            name: "s.toml",
            text: &text,
        };
        let error = AccessPolicy::builtin().with_operator(&[file]).unwrap_err();
        assert_eq!(error, PolicyError::Title("comune.anagrafe".into()), "{title:?}");
    }
}

#[test]
fn a_rule_that_fails_denies_whatever_else_permits() {
    let overflow = policy(
        "comune-conto",
        "forbid (principal, action == Action::\"use\", resource == Service::\"inps.cedolino\") \
         when { context has login && context.login.level * 9223372036854775807 > 9223372036854775807 };",
    );
    let would_be = simulate(&with(&overflow).unwrap(), "cns", "inps.cedolino");
    let would_be = would_be.would_be();
    assert_eq!(
        (would_be.effect, would_be.errors[0].code),
        (Effect::Deny, "error-policy-failed")
    );
    assert!(would_be.reasons.is_empty());
}
