//! What is asked, once of the policy and once of Cedar alone.
//!
//! Not here: the asking.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};
use varco_access_policy::{
    AccessPolicy, Change, Channel, Claims, CredentialId, Delegation, DelegationKind, Effect, Enablement,
    FactId, Facts, KnownFacts, Profile, Represented, Request, ServiceId, Simulation, TestMaterial, Validity,
};
use varco_auth::CodiceFiscale;

use crate::bare::Bare;
use crate::population::{self, SERVICE};

/// One question, in both forms.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) bare: Bare,
    pub(crate) request: Request,
    claims: Claims,
    facts: Facts,
}

/// The instant of every decision.
pub(crate) fn at() -> Timestamp {
    Timestamp::constant(1_795_000_000, 0)
}

/// A person with a CNS, and what is known.
pub(crate) fn with_facts(person: &CodiceFiscale, known: KnownFacts) -> (Claims, Facts) {
    let cns = CredentialId::parse("cns").unwrap();
    let claims = Claims::new(person.clone(), None, cns).unwrap();
    (claims, Facts::new(TestMaterial::Refused).knowing(known))
}

impl Case {
    pub(crate) fn simulate(&self, policy: &AccessPolicy) -> Simulation {
        policy.simulate(&self.claims, &self.request, &self.facts, at())
    }

    /// That both forms are the same question: the same policies decide.
    fn checked(self, policy: &AccessPolicy, effect: Effect, advice: usize) -> Self {
        let simulation = self.simulate(policy);
        let would_be = simulation.would_be();
        let deciding: BTreeSet<String> = would_be.policies.iter().cloned().collect();
        assert_eq!(deciding, self.bare.deciding(), "{}", self.name);
        assert_eq!(
            (would_be.effect, would_be.advice.len()),
            (effect, advice),
            "{}",
            self.name
        );
        self
    }
}

fn login(holder: &str, weaknesses: &Value) -> Value {
    json!({
        "credential": { "type": "Credential", "id": "cns" },
        "family": { "type": "Family", "id": "cns" },
        "level": 2,
        "holder": { "type": "Person", "id": holder },
        "weaknesses": weaknesses,
        "testMaterial": false,
    })
}

fn context(profile: &str, login: &Value) -> Value {
    json!({
        "at": at().to_string(),
        "calendar": { "type": "Calendar", "id": "national" },
        "profile": profile,
        "testMaterialPermitted": false,
        "login": login,
    })
}

/// Permits of a disposition, of a professional service and for another, then denials with one reason and with several.
pub(crate) fn cases(policy: &AccessPolicy) -> Vec<Case> {
    let (me, other) = (population::person(0), population::person(1));
    let from = Timestamp::UNIX_EPOCH;
    let change = Change::new("office 7000", from, "protocol 2026/1").unwrap();
    let validity = Validity::new(from, None).unwrap();
    let [filing, professional] = ["inps.domanda", SERVICE].map(|id| ServiceId::parse(id).unwrap());
    let enabled = KnownFacts {
        enablements: vec![Enablement {
            id: FactId(1),
            holder: me.clone(),
            service: professional.clone(),
            validity,
            granted: change.clone(),
            revoked: None,
        }],
        ..KnownFacts::default()
    };
    let delegated = KnownFacts {
        delegations: vec![Delegation {
            id: FactId(1),
            delegator: other.clone(),
            delegate: me.clone(),
            kind: DelegationKind::Delegate,
            validity,
            birth_date: None,
            channel: Channel::Office,
            registered: change,
            revoked: None,
        }],
        ..KnownFacts::default()
    };
    let since = "1970-01-01T00:00:00Z";
    let person = |more: Value| {
        let mut attributes = json!({ "categories": [] });
        attributes
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        attributes
    };
    let enabled_person = person(json!({ "enablement": { "from": since } }));
    let plain = || person(json!({}));
    let clean = login(me.as_str(), &json!([]));
    let mut for_another = context("citizen", &clean);
    for_another["actingFor"] = json!({ "type": "Person", "id": other.as_str() });
    for_another["delegation"] = json!({ "kind": "delegate", "from": since });
    let in_office = Request::new(professional).in_profile(Profile::Professional);
    let to_file = Request::new(filing);
    let represented = Represented::new(other.clone(), None).unwrap();
    let case = |name, request: &Request, known, class, persons: &[(&str, Value)], context| {
        let (claims, facts) = with_facts(&me, known);
        let service = request.act.service().unwrap().clone();
        Case {
            name,
            bare: Bare::new(policy, &service, class, persons, context),
            request: request.clone(),
            claims,
            facts,
        }
    };
    let mine = me.as_str();
    let mut several = case(
        "denial, three reasons",
        &in_office,
        KnownFacts::default(),
        "professional",
        &[(mine, plain())],
        context("professional", &login("somebody else", &json!(["rsa-1024"]))),
    );
    several.claims = several
        .claims
        .held_by_another()
        .downgraded(vec!["rsa-1024".to_owned()]);
    vec![
        case(
            "permit, disposition",
            &to_file,
            KnownFacts::default(),
            "disposition",
            &[(mine, plain())],
            context("citizen", &clean),
        )
        .checked(policy, Effect::Permit, 0),
        case(
            "permit, professional",
            &in_office,
            enabled,
            "professional",
            &[(mine, enabled_person)],
            context("professional", &clean),
        )
        .checked(policy, Effect::Permit, 0),
        case(
            "permit, for another",
            &to_file.clone().on_behalf_of(represented),
            delegated,
            "disposition",
            &[(mine, plain()), (other.as_str(), plain())],
            for_another,
        )
        .checked(policy, Effect::Permit, 0),
        case(
            "denial, one reason",
            &in_office,
            KnownFacts::default(),
            "professional",
            &[(mine, plain())],
            context("professional", &clean),
        )
        .checked(policy, Effect::Deny, 1),
        several.checked(policy, Effect::Deny, 3),
    ]
}
