//! Claims about reading a policy and about what a decision shows.

use super::*;
use crate::{CODES, TestMaterial};

/// The dates that are needed besides the one that is tried.
const OTHERS: &str = r#"
[[date]]
id = "issue"
subject = "inps-pin-issue-end"
day = "2020-10-01"
effective = "2020-10-01T00:00:00+02:00"
source = "an act"
[[date]]
id = "professional"
subject = "inps-pin-end-professional"
day = "2021-09-30"
effective = "2021-10-01T00:00:00+02:00"
source = "an act"
[[date]]
id = "office"
subject = "delegation-at-office-start"
day = "2021-08-16"
effective = "2021-08-16T00:00:00+02:00"
source = "an act"
[[date]]
id = "online"
subject = "delegation-online-start"
day = "2021-10-01"
effective = "2021-10-01T00:00:00+02:00"
source = "an act"
"#;

const DATE: &str = r#"
[[date]]
id = "end"
subject = "inps-pin-end"
day = "2021-09-30"
effective = "2021-10-01T00:00:00+02:00"
source = "an act"
"#;

const SERVICE: &str = r#"
[[service]]
id = "a.b-1"
class = "consultation"
title = { it = "A", en = "A" }
"#;

fn parse(parts: &[&str]) -> Result<AccessPolicy, PolicyError> {
    AccessPolicy::parse(&[&parts.concat(), OTHERS].concat())
}

#[test]
fn the_built_in_policy_knows_its_services() {
    let policy = AccessPolicy::builtin();
    let ids = "info.public inps.fascicolo-previdenziale inps.estratto-conto inps.cedolino inps.domanda inps.anagrafica \
               inps.minori inps.tutelati inps.senza-documento-italiano inps.isee inps.siuss inps.medico \
               inps.intermediario inps.patronato inps.caf inps.contact-center inps.pin-telefonico eidas.transfrontaliero";
    let known: Vec<&str> = policy
        .services()
        .iter()
        .map(|service| service.id.as_str())
        .collect();
    assert_eq!(known, ids.split_whitespace().collect::<Vec<_>>());
    for service in policy.services() {
        assert_eq!(policy.service(&service.id), Some(service));
        assert!(!service.title.it.is_empty() && !service.title.en.is_empty());
    }
}

#[test]
fn a_service_is_dedicated_to_a_category_or_is_not() {
    for service in [
        SERVICE.replace("class = \"consultation\"", "class = \"dedicated\""),
        format!("{SERVICE}dedicated_to = \"ward\"\n"),
    ] {
        assert_eq!(
            parse(&[&service, DATE]).unwrap_err(),
            PolicyError::Dedication("a.b-1".into())
        );
    }
}

#[test]
fn a_date_that_is_not_its_midnight_in_rome_is_refused() {
    for effective in [
        "2021-10-01T00:00:00+01:00",
        "2021-10-01T00:00:00Z",
        "2021-10-02T00:00:00+02:00",
        "2021-09-29T00:00:00+02:00",
    ] {
        let date = DATE.replace("2021-10-01T00:00:00+02:00", effective);
        let refused = parse(&[SERVICE, &date]).unwrap_err();
        assert_eq!(refused, PolicyError::DateInvalid("end".into()), "{effective}");
    }
}

#[test]
fn a_service_id_has_one_form() {
    for id in ["a", "inps.estratto-conto", "a1", &"a".repeat(64)] {
        assert_eq!(ServiceId::parse(id).unwrap().as_str(), id);
    }
    for id in ["", ".a", "a-", "A", "a b", "a_b", "è", "a\n", &"a".repeat(65)] {
        assert_eq!(ServiceId::parse(id), Err(PolicyError::ServiceIdInvalid), "{id:?}");
    }
}

#[test]
fn what_is_not_of_the_form_of_a_policy_is_refused_with_its_place() {
    for text in [
        "",
        "service = 1",
        "[[service]]\nid = \"a\"",
        "surprise = true",
        "[[date]]",
    ] {
        assert!(matches!(parse(&[text]), Err(PolicyError::Malformed(_))), "{text}");
    }
    for change in [
        ("consultation", "professionale"),
        ("a.b-1", "A"),
        ("class", "klass"),
    ] {
        let service = SERVICE.replace(change.0, change.1);
        let Err(PolicyError::Malformed(told)) = parse(&[&service, DATE]) else {
            panic!("{change:?}")
        };
        assert!(told.contains("line"), "{told}");
    }
}

#[test]
fn an_id_that_stands_twice_is_refused() {
    assert!(parse(&[SERVICE, DATE]).is_ok());
    for parts in [[SERVICE, SERVICE, DATE], [SERVICE, DATE, DATE]] {
        assert!(matches!(parse(&parts), Err(PolicyError::Duplicate(_))));
    }
}

#[test]
fn exactly_one_date_of_a_subject_is_in_force() {
    let other = DATE.replace("\"end\"", "\"other\"");
    assert_eq!(
        parse(&[SERVICE, DATE, &other]).unwrap_err(),
        PolicyError::DateNotUnique("inps-pin-end")
    );
    let superseded = format!("{other}superseded_by = \"end\"\n");
    assert!(parse(&[SERVICE, DATE, &superseded]).is_ok());
    assert_eq!(
        parse(&[SERVICE, &superseded, &DATE.replace("inps-pin-end", "another")]).unwrap_err(),
        PolicyError::DateInvalid("other".into())
    );
    assert_eq!(
        parse(&[SERVICE, &DATE.replace("inps-pin-end", "another")]).unwrap_err(),
        PolicyError::DateNotUnique("inps-pin-end")
    );
}

#[test]
fn a_date_without_day_instant_or_source_is_refused() {
    for (from, to) in [
        ("2021-09-30", "2021-09-31"),
        ("2021-10-01T00:00:00+02:00", "2021-10-01"),
        ("an act", ""),
    ] {
        assert_eq!(
            parse(&[SERVICE, &DATE.replace(from, to)]).unwrap_err(),
            PolicyError::DateInvalid("end".into())
        );
    }
}

#[test]
fn a_decision_is_json_with_stable_names() {
    let request = Request::new(ServiceId::parse("inps.cedolino").unwrap());
    let facts = Facts::new(TestMaterial::Refused);
    let at = "2026-11-21T09:00:00Z".parse().unwrap();
    let decision = AccessPolicy::builtin().decide(Principal::Anonymous, &request, &facts, at);
    assert_eq!(
        serde_json::to_value(&decision).unwrap(),
        serde_json::json!({
            "effect": "deny",
            "act": "use",
            "service": "inps.cedolino",
            "profile": "citizen",
            "at": "2026-11-21T09:00:00Z",
            "subject": null,
            "acting_for": null,
            "policies": ["default-deny"],
            "reasons": [{
                "policy_id": "default-deny",
                "code": "deny-not-authenticated",
                "arguments": { "needed": "substantial" },
            }],
            "advice": [{ "code": "advice-log-in", "arguments": { "credentials": "spid-l2, cie, cns" } }],
            "errors": [],
        })
    );
}

#[test]
fn the_codes_are_sorted_and_unique() {
    assert!(CODES.is_sorted_by(|one, next| one < next));
}
