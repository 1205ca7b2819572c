//! An operator's files: services in TOML before a line of three dashes, rules in Cedar behind it.

use varco_access_policy::{
    AccessPolicy, Claims, CredentialId, Effect, Facts, OperatorFile, Origin, Request, ServiceId, TestMaterial,
};
use varco_auth::CodiceFiscale;

use crate::fixtures;

const DASHES: &str = "\n---\n";

/// Whatever an operator writes, a low login opens no built-in service that it did not open before, and every rule that is
/// taken has its words.
pub fn target(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let (services, rules) = text.split_once(DASHES).unwrap_or(("", text));
    let files = [
        OperatorFile {
            name: "own.toml",
            text: services,
        },
        OperatorFile {
            name: "own.cedar",
            text: rules,
        },
    ];
    let files = if services.is_empty() {
        &files[1..]
    } else {
        &files[..]
    };
    let builtin = AccessPolicy::builtin();
    let policy = match builtin.with_operator(files) {
        Ok(policy) => policy,
        Err(error) => {
            assert!(!error.code().is_empty() && !error.to_string().is_empty());
            return;
        }
    };
    for rule in policy
        .rules()
        .iter()
        .filter(|rule| rule.origin == Origin::Operator)
    {
        assert!(!rule.it.is_empty() && !rule.en.is_empty() && !rule.source.is_empty());
        assert!(ServiceId::parse(&rule.id).is_ok());
    }
    let person = CodiceFiscale::parse("DMNNCL80C14H501S").unwrap();
    let claims = Claims::new(person, None, CredentialId::parse("spid-l1").unwrap()).unwrap();
    let facts = Facts::new(TestMaterial::Refused);
    for service in builtin.services() {
        let request = Request::new(service.id.clone());
        let before = builtin.simulate(&claims, &request, &facts, fixtures::instant());
        let after = policy.simulate(&claims, &request, &facts, fixtures::instant());
        assert!(before.would_be().effect == Effect::Permit || after.would_be().effect == Effect::Deny);
    }
}

/// A service with a rule that permits it, a rule that forbids another, one that fails, and mistakes.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let service = "[[service]]\nid = \"comune.a\"\nclass = \"operator\"\ntitle = { it = \"A\", en = \"A\" }";
    let notes = "@id(\"own\") @it(\"Regola.\") @en(\"Rule.\") @source(\"act\")\n";
    let permit = "permit (principal, action == Action::\"use\", resource == Service::\"comune.a\")\n\
                  when { context has login && context.login.level >= 2 };";
    let forbid = "forbid (principal, action == Action::\"use\", resource == Service::\"inps.cedolino\")\n\
                  when { context has login && context.login.family == Family::\"cns\" };";
    let broad = "permit (principal, action == Action::\"use\", resource);";
    let failing = "forbid (principal, action == Action::\"use\", resource)\n\
                   when { context has login && context.login.level * 9223372036854775807 > 1 };";
    [
        [service, DASHES, notes, permit].concat(),
        [notes, forbid].concat(),
        [notes, broad].concat(),
        [notes, failing].concat(),
        [service, DASHES, permit].concat(),
    ]
    .map(String::into_bytes)
    .to_vec()
}
