//! Policy files: services and dates in TOML.

use varco_access_policy::{
    AccessPolicy, Effect, Facts, Principal, Request, ServiceClass, ServiceId, TestMaterial,
};

use crate::fixtures;

/// Whatever the data say, a person who is not known is permitted information at most, and an unknown service
/// nothing.
pub fn target(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let policy = match AccessPolicy::parse(text) {
        Ok(policy) => policy,
        Err(error) => {
            assert!(!error.code().is_empty() && !error.to_string().is_empty());
            return;
        }
    };
    let facts = Facts::new(TestMaterial::Permitted);
    let decide = |service: ServiceId| {
        let request = Request::new(service);
        let decision = policy.decide(Principal::Anonymous, &request, &facts, fixtures::instant());
        let again = policy.decide(Principal::Anonymous, &request, &facts, fixtures::instant());
        assert_eq!(decision, again);
        decision.effect
    };
    for service in policy.services() {
        assert_eq!(policy.service(&service.id), Some(service));
        let wanted = match service.class {
            ServiceClass::Information => Effect::Permit,
            _ => Effect::Deny,
        };
        assert_eq!(decide(service.id.clone()), wanted);
    }
    let unknown = ServiceId::parse("no-such-service.example").unwrap();
    assert!(policy.service(&unknown).is_some() || decide(unknown) == Effect::Deny);
}

/// A small policy, and one date superseded by another.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let services = r#"
[[service]]
id = "info.public"
class = "information"
title = { it = "Pagine", en = "Pages" }
[[service]]
id = "inps.minori"
class = "dedicated"
dedicated_to = "minor"
title = { it = "Minori", en = "Minors" }
"#;
    let date = |id: &str, subject: &str, day: &str, effective: &str| {
        format!(
            "[[date]]\nid = \"{id}\"\nsubject = \"{subject}\"\nday = \"{day}\"\n\
             effective = \"{effective}\"\nsource = \"a source\"\n"
        )
    };
    let dates = [
        date(
            "issue",
            "inps-pin-issue-end",
            "2020-10-01",
            "2020-10-01T00:00:00+02:00",
        ),
        date("end", "inps-pin-end", "2021-09-30", "2021-10-01T00:00:00+02:00"),
        date(
            "work",
            "inps-pin-end-professional",
            "2021-09-30",
            "2021-10-01T00:00:00+02:00",
        ),
        date(
            "office",
            "delegation-at-office-start",
            "2021-08-16",
            "2021-08-16T00:00:00+02:00",
        ),
        date(
            "online",
            "delegation-online-start",
            "2021-10-01",
            "2021-10-01T00:00:00+02:00",
        ),
    ]
    .concat();
    let earlier = date(
        "announced",
        "inps-pin-end",
        "2020-12-31",
        "2021-01-01T00:00:00+01:00",
    ) + "superseded_by = \"end\"\n";
    [
        [services, &dates].concat(),
        [services, &earlier, &dates].concat(),
        format!("service = []\n{dates}"),
    ]
    .map(String::into_bytes)
    .to_vec()
}
