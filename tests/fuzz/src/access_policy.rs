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
id = "inps.estratto-conto"
class = "consultation"
title = { it = "Estratto conto", en = "Statement" }
"#;
    let date = r#"
[[date]]
id = "inps-pin-2021"
subject = "inps-pin-end"
day = "2021-09-30"
effective = "2021-10-01T00:00:00+02:00"
source = "a source"
"#;
    let earlier = r#"
[[date]]
id = "inps-pin-2020"
subject = "inps-pin-end"
day = "2020-12-31"
effective = "2021-01-01T00:00:00+01:00"
source = "another"
superseded_by = "inps-pin-2021"
"#;
    [
        [services, date].concat(),
        [services, earlier, date].concat(),
        format!("service = []\n{date}"),
    ]
    .map(String::into_bytes)
    .to_vec()
}
