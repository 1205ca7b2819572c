//! Claims about what of the facts counts for a case.

use super::*;
use crate::{
    AccessPolicy, Categorised, Category, Change, Channel, Claims, Effect, FactId, KnownFacts, ServiceId,
    TestMaterial,
};

const AT: &str = "2026-05-03T10:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn person_of(text: &str) -> CodiceFiscale {
    CodiceFiscale::parse(text).unwrap()
}

/// Who acts, and somebody else.
fn persons() -> [CodiceFiscale; 2] {
    ["DMNNCL80C14H501S", "BNCGLI75D52F205U"].map(person_of)
}

fn change(when: &str) -> Change {
    Change::new("clerk", at(when), "act").unwrap()
}

fn always() -> Validity {
    Validity::new(at("2020-01-01T00:00:00Z"), None).unwrap()
}

fn category(person: &CodiceFiscale, category: Category, validity: Validity) -> Categorised {
    Categorised {
        id: FactId(1),
        person: person.clone(),
        category,
        validity,
        recorded: change("2020-01-01T00:00:00Z"),
        ended: None,
    }
}

fn delegation(delegator: &CodiceFiscale, delegate: &CodiceFiscale) -> Delegation {
    Delegation {
        id: FactId(1),
        delegator: delegator.clone(),
        delegate: delegate.clone(),
        kind: DelegationKind::Delegate,
        validity: always(),
        birth_date: None,
        channel: Channel::Office,
        registered: change("2020-01-01T00:00:00Z"),
        revoked: None,
    }
}

fn enablement(holder: &CodiceFiscale, service: &str) -> Enablement {
    Enablement {
        id: FactId(1),
        holder: holder.clone(),
        service: ServiceId::parse(service).unwrap(),
        validity: always(),
        granted: change("2020-01-01T00:00:00Z"),
        revoked: None,
    }
}

fn login(kind: &str) -> Login {
    Login::clean(CredentialId::parse(kind).unwrap())
}

fn case(request: &Request, known: KnownFacts) -> Case {
    let [person, _] = persons();
    let facts = Facts::new(TestMaterial::Refused).knowing(known);
    let who = (&person, person.birth_date(None));
    Case::new(Some(who), Some(login("cns")), request, &facts, at(AT))
}

fn wanting(service: &str) -> Request {
    Request::new(ServiceId::parse(service).unwrap())
}

#[test]
fn facts_of_other_persons_and_services_do_not_count() {
    let [person, other] = persons();
    let known = |enablement| KnownFacts {
        enablements: vec![enablement],
        ..KnownFacts::default()
    };
    let has = |one| case(&wanting("inps.isee"), known(one)).enablement.is_some();
    assert!(has(enablement(&person, "inps.isee")));
    assert!(!has(enablement(&other, "inps.isee")));
    assert!(!has(enablement(&person, "inps.siuss")));

    let request = wanting("inps.cedolino").on_behalf_of(Represented::new(other.clone(), None).unwrap());
    let has = |one| {
        let known = KnownFacts {
            delegations: vec![one],
            ..KnownFacts::default()
        };
        case(&request, known).delegation.is_some()
    };
    assert!(has(delegation(&other, &person)));
    assert!(!has(delegation(&person, &other)));
    assert!(!has(delegation(&other, &other)));
    assert!(!has(delegation(&person, &person)));
}

#[test]
fn categories_are_those_of_the_person_at_the_instant() {
    let [person, other] = persons();
    let of = |one| {
        let known = KnownFacts {
            subject_categories: vec![one],
            ..KnownFacts::default()
        };
        case(&wanting("inps.cedolino"), known).person.unwrap().categories
    };
    assert_eq!(
        of(category(&person, Category::Ward, always())),
        [PersonCategory::Ward]
    );
    assert!(of(category(&other, Category::Ward, always())).is_empty());
    let ended = Validity::new(at("2020-01-01T00:00:00Z"), Some(at(AT))).unwrap();
    assert!(of(category(&person, Category::Ward, ended)).is_empty());
    let to_come = Validity::new(at("2026-05-03T10:00:00.001Z"), None).unwrap();
    assert!(of(category(&person, Category::Ward, to_come)).is_empty());
    let mut taken_back = category(&person, Category::Ward, always());
    taken_back.ended = Some(change(AT));
    assert!(of(taken_back).is_empty());
}

#[test]
fn a_cns_without_weakness_counts_as_high_where_the_deployment_says_so() {
    let here = Deployment::new(TestMaterial::Refused).with_cns_high();
    let elsewhere = Deployment::new(TestMaterial::Refused);
    let level = |login: Login, deployment| login.raised(deployment).level;
    assert_eq!(level(login("cns"), here), Some(AssuranceLevel::High));
    assert_eq!(level(login("cns"), elsewhere), Some(AssuranceLevel::Substantial));
    assert_eq!(level(login("spid-l2"), here), Some(AssuranceLevel::Substantial));
    let mut weak = login("cns");
    weak.weaknesses = vec!["rsa-1024".to_owned()];
    assert_eq!(level(weak, here), Some(AssuranceLevel::Substantial));
}

#[test]
fn the_birth_date_that_was_registered_counts_before_one_that_is_told() {
    let [person, _] = persons();
    let child = person_of("NVLMRA08R55H501Q");
    let mut registered = delegation(&child, &person);
    registered.kind = DelegationKind::Parent;
    registered.birth_date = Some("1908-10-15".parse().unwrap());
    let of = |told: Option<&str>| {
        let born = told.map(|told| told.parse().unwrap());
        let request = wanting("inps.minori").on_behalf_of(Represented::new(child.clone(), born).unwrap());
        let known = KnownFacts {
            delegations: vec![registered.clone()],
            ..KnownFacts::default()
        };
        let case = case(&request, known);
        let is_minor = case.acting_for.unwrap().categories == [PersonCategory::Minor];
        (is_minor, case.contradicts)
    };
    assert_eq!(of(None), (false, false));
    assert_eq!(of(Some("1908-10-15")), (false, false));
    assert_eq!(of(Some("2008-10-15")), (false, true));
}

#[test]
fn only_a_parents_own_delegation_tells_the_birth_date() {
    let [person, _] = persons();
    let child = person_of("NVLMRA08R55H501Q");
    let born = |kind, date: &str, revoked: bool| {
        let mut one = delegation(&child, &person);
        one.kind = kind;
        one.birth_date = Some(date.parse().unwrap());
        one.revoked = revoked.then(|| change("2021-01-01T00:00:00Z"));
        one
    };
    let of = |delegations| {
        let request = wanting("inps.minori").on_behalf_of(Represented::new(child.clone(), None).unwrap());
        let known = KnownFacts {
            delegations,
            ..KnownFacts::default()
        };
        let case = case(&request, known);
        let is_minor = case.acting_for.unwrap().categories == [PersonCategory::Minor];
        (is_minor, case.contradicts)
    };
    let (parent, delegate) = (DelegationKind::Parent, DelegationKind::Delegate);
    let adult = born(parent, "1908-10-15", false);
    // The latest comes first.
    assert_eq!(
        of(vec![born(delegate, "2008-10-15", false), adult.clone()]),
        (false, false)
    );
    assert_eq!(
        of(vec![born(parent, "2008-10-15", true), adult.clone()]),
        (false, false)
    );
    assert!(of(vec![born(parent, "2008-10-15", false), adult]).1);
    assert_eq!(of(vec![born(parent, "2008-10-15", true)]), (false, false));
    assert_eq!(of(vec![born(parent, "2008-10-15", false)]), (true, false));
}

#[test]
fn what_is_done_to_a_register_is_admitted_and_not_decided() {
    let policy = AccessPolicy::builtin();
    let facts = Facts::new(TestMaterial::Refused);
    let [person, other] = persons();
    let claims = Claims::new(person.clone(), None, CredentialId::parse("cns").unwrap()).unwrap();
    let act = Act::RegisterDelegation(Channel::Online, DelegationKind::Delegate);
    let request = Request::to(act.clone()).on_behalf_of(Represented::new(other, None).unwrap());
    let decided = policy.decide(crate::Principal::Anonymous, &request, &facts, at(AT));
    assert_eq!(
        (decided.effect, decided.errors[0].code),
        (Effect::Deny, "error-act")
    );
    let simulated = policy.simulate(&claims, &request, &facts, at(AT));
    assert_eq!(simulated.would_be().errors[0].code, "error-act");
    let represented = Represented::new(person, None).unwrap();
    assert_eq!(
        policy.admit(&represented, act, &facts, at(AT)).effect,
        Effect::Permit
    );
    let used = policy.admit(&represented, wanting("info.public").act, &facts, at(AT));
    assert_eq!((used.effect, used.errors[0].code), (Effect::Deny, "error-act"));
}
