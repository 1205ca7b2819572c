//! Who may use what after a login with a played card: each class of service at five instants, for another, with facts from a
//! store and a record of what was decided.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use varco::policy::{
    Act, Change, Channel, DecisionLog, DelegationKind, FactStore as _, NewDelegation, NewEnablement,
    PhonePin, PhonePinChecked, PhonePinGrant, PhonePinSpan, PhonePinStore as _, Represented, Request,
    StoreFailure, Validity, midnight_in_rome,
};
use varco::records::audit::{
    AuditKeys, AuditLog, AuditorKey, CheckpointKey, PseudonymKey, Settings, Sources, decisions, verify,
};
use varco::records::facts::Records;
use varco::steps::{Attendance, Pin, Timestamp};
use varco::{AccessPolicy, CodiceFiscale, Decision, Effect, EntryError, PinEntry, PinQuestion, ServiceId};
use varco_card::ExtendedLength;
use varco_scenario::{PIN, Stage, Typed, identity};
use zeroize::Zeroizing;

/// The holder of both cards.
const HOLDER: &str = "DMNNCL80C14H501S";
/// Somebody whom the holder acts for.
const OTHER: &str = "BNCGLI75D52F205U";
const INSTANTS: [&str; 5] = [
    "2020-09-30",
    "2020-10-01",
    "2021-08-20",
    "2021-10-01",
    "2026-11-21",
];

fn code(text: &str) -> CodiceFiscale {
    CodiceFiscale::parse(text).unwrap()
}

fn service(id: &str) -> ServiceId {
    ServiceId::parse(id).unwrap()
}

fn day(text: &str) -> Timestamp {
    midnight_in_rome(text.parse().unwrap()).unwrap()
}

fn change(at: &str) -> Change {
    Change::new("clerk 7", at.parse().unwrap(), "protocol 12/2026").unwrap()
}

fn records(folder: &Path) -> Records {
    Records::create_or_open(&folder.join("records.db"), Duration::from_secs(5)).unwrap()
}

fn cns() -> (Stage, &'static str) {
    (Stage::new("cns-st"), PIN)
}

fn cie() -> (Stage, &'static str) {
    (
        identity::stage("cie-nxp", ExtendedLength::Supported),
        identity::PIN,
    )
}

fn decide((stage, pin): &(Stage, &str)) -> Decision {
    stage.login(pin).unwrap().outcome.unwrap().1.unwrap()
}

/// The decision with its policies and the codes of its reasons.
fn told(decision: &Decision) -> (Effect, Vec<&str>, Vec<&str>) {
    let policies = decision.policies.iter().map(String::as_str).collect();
    let reasons = decision.reasons.iter().map(|reason| reason.code).collect();
    (decision.effect, policies, reasons)
}

#[test]
fn cards_open_each_class_of_service_as_the_sheet_says_at_five_instants() {
    let permits = |policy| (Effect::Permit, vec![policy], vec!["permit-level"]);
    let not_enabled = (
        Effect::Deny,
        vec!["forbid-professional-without-enablement"],
        vec!["deny-enablement-missing"],
    );
    let only = |reason| (Effect::Deny, vec!["default-deny"], vec![reason]);
    let public = (Effect::Permit, vec!["permit-information"], vec!["permit-public"]);
    let cns_abroad = (
        Effect::Deny,
        vec!["forbid-cross-border-cns"],
        vec!["deny-cns-not-notified"],
    );
    // What a service asks for, and what a CNS and a CIE get.
    let table = [
        ("info.public", public.clone(), public),
        (
            "inps.cedolino",
            permits("permit-consultation-substantial"),
            permits("permit-consultation-substantial"),
        ),
        (
            "inps.domanda",
            permits("permit-disposition-substantial"),
            permits("permit-disposition-substantial"),
        ),
        (
            "inps.tutelati",
            permits("permit-dedicated-substantial"),
            permits("permit-dedicated-substantial"),
        ),
        ("inps.isee", not_enabled.clone(), not_enabled),
        ("inps.patronato", only("deny-spid-only"), only("deny-spid-only")),
        (
            "inps.contact-center",
            only("deny-phone-pin-only"),
            only("deny-phone-pin-only"),
        ),
        (
            "inps.pin-telefonico",
            permits("permit-phone-pin-issue"),
            permits("permit-phone-pin-issue"),
        ),
        (
            "eidas.transfrontaliero",
            cns_abroad,
            permits("permit-cross-border-cie"),
        ),
    ];
    for (mut card, is_cns) in [(cns(), true), (cie(), false)] {
        for (id, of_cns, of_cie) in &table {
            for instant in INSTANTS {
                card.0.options.service(AccessPolicy::builtin(), service(id));
                card.0.options.access_at(day(instant));
                let decision = decide(&card);
                let expected = if is_cns { of_cns } else { of_cie };
                assert_eq!(told(&decision), *expected, "{id} at {instant}");
                assert_eq!(decision.at, day(instant));
            }
        }
    }
}

#[test]
fn an_enablement_opens_a_professional_service_until_it_is_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(records(folder.path()));
    let mut card = cns();
    card.0
        .options
        .service(AccessPolicy::builtin(), service("inps.isee"))
        .facts(store.clone());
    assert_eq!(decide(&card).reasons[0].code, "deny-enablement-missing");
    let granted = NewEnablement {
        holder: code(HOLDER),
        service: service("inps.isee"),
        validity: Validity::new("2026-01-01T00:00:00Z".parse().unwrap(), None).unwrap(),
        granted: change("2026-01-01T00:00:00Z"),
    };
    store.grant_enablement(&granted).unwrap();
    assert_eq!(decide(&card).effect, Effect::Permit);
    // It belongs to the codice fiscale: the same person has it with another card too.
    let mut other = cie();
    other
        .0
        .options
        .service(AccessPolicy::builtin(), service("inps.isee"))
        .facts(store.clone());
    assert_eq!(decide(&other).effect, Effect::Permit);
    let now = Timestamp::now().to_string();
    store
        .revoke_enablement(&code(HOLDER), &service("inps.isee"), &change(&now))
        .unwrap();
    assert_eq!(decide(&card).reasons[0].code, "deny-enablement-revoked");
}

/// A person during whose typing somebody else does something.
struct Meanwhile<'m>(Typed, &'m dyn Fn());

impl PinEntry for Meanwhile<'_> {
    fn attendance(&self) -> Attendance {
        self.0.attendance()
    }

    fn ask(&mut self, question: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        (self.1)();
        self.0.ask(question)
    }
}

#[test]
fn what_is_revoked_while_the_pin_is_typed_is_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(records(folder.path()));
    let granted = NewEnablement {
        holder: code(HOLDER),
        service: service("inps.isee"),
        validity: Validity::new("2026-01-01T00:00:00Z".parse().unwrap(), None).unwrap(),
        granted: change("2026-01-01T00:00:00Z"),
    };
    store.grant_enablement(&granted).unwrap();
    let (mut stage, pin) = cns();
    stage
        .options
        .service(AccessPolicy::builtin(), service("inps.isee"))
        .facts(store.clone());
    let revoke = || {
        let now = Timestamp::now().to_string();
        let revoked = store.revoke_enablement(&code(HOLDER), &service("inps.isee"), &change(&now));
        assert_eq!(revoked.unwrap().len(), 1);
    };
    let mut entry = Meanwhile(Typed::new(pin), &revoke);
    let report = stage.varco.login(&stage.options, &mut entry).unwrap();
    let decision = report.outcome.unwrap().1.unwrap();
    assert_eq!(decision.reasons[0].code, "deny-enablement-revoked");
}

#[test]
fn who_acts_for_another_logs_in_as_himself_and_the_decision_names_both() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(records(folder.path()));
    let request = Request::to(Act::Use(service("inps.domanda")))
        .on_behalf_of(Represented::new(code(OTHER), None).unwrap());
    let mut card = cns();
    card.0
        .options
        .request(AccessPolicy::builtin(), request)
        .facts(store.clone());
    let denied = decide(&card);
    assert_eq!(denied.reasons[0].code, "deny-delegation-missing");
    let registered = store
        .add_delegation(&NewDelegation {
            delegator: code(OTHER),
            delegate: code(HOLDER),
            kind: DelegationKind::Guardian,
            validity: Validity::new("2026-01-01T00:00:00Z".parse().unwrap(), None).unwrap(),
            birth_date: None,
            channel: Channel::Office,
            registered: change("2026-01-01T00:00:00Z"),
        })
        .unwrap();
    let permitted = decide(&card);
    assert_eq!(permitted.effect, Effect::Permit);
    assert_eq!(permitted.subject.as_ref().unwrap().codice_fiscale, code(HOLDER));
    let acted_for = permitted.acting_for.as_ref().unwrap();
    assert_eq!(acted_for.codice_fiscale, code(OTHER));
    assert_eq!(acted_for.quality, Some(DelegationKind::Guardian));
    assert_eq!(acted_for.delegation, Some(registered.id));
    let now = Timestamp::now().to_string();
    store.revoke_delegation(registered.id, &change(&now)).unwrap();
    assert_eq!(decide(&card).reasons[0].code, "deny-delegation-revoked");
}

#[test]
fn a_telephone_pin_is_issued_to_a_login_and_to_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let store = records(folder.path());
    let mut card = cns();
    card.0
        .options
        .service(AccessPolicy::builtin(), service("inps.pin-telefonico"));
    let decision = decide(&card);
    let grant = PhonePinGrant::of(&decision).unwrap();
    assert_eq!(grant.holder(), &code(HOLDER));
    let pin = PhonePin::draw(&[7; 32]);
    let until = store
        .issue_phone_pin(&grant, PhonePinSpan::Week, &pin, [3; 16])
        .unwrap();
    let check = |digits: &[u8], at: Timestamp| {
        let told = PhonePin::parse(digits).unwrap();
        store.check_phone_pin(&code(HOLDER), &told, at).unwrap()
    };
    let soon = decision.at;
    assert_eq!(check(pin.reveal(), soon), PhonePinChecked::Accepted { until });
    assert_eq!(check(b"00000000", soon), PhonePinChecked::Refused);
    assert_eq!(check(pin.reveal(), until), PhonePinChecked::Expired { until });
    // A permit for another service grants none, and neither does a denial.
    card.0
        .options
        .service(AccessPolicy::builtin(), service("inps.cedolino"));
    assert_eq!(PhonePinGrant::of(&decide(&card)), None);
    let mut outdated = (Stage::new("cns-athena"), PIN);
    outdated
        .0
        .options
        .service(AccessPolicy::builtin(), service("inps.pin-telefonico"));
    let denied = decide(&outdated);
    assert_eq!((denied.effect, PhonePinGrant::of(&denied)), (Effect::Deny, None));
}

fn keys() -> (AuditKeys, AuditorKey) {
    let auditor = AuditorKey::from_bytes(Zeroizing::new([11; 32]));
    let keys = AuditKeys {
        checkpoint: CheckpointKey::from_pem(&CheckpointKey::pem_of_seed(&[12; 32])).unwrap(),
        pseudonym: PseudonymKey::from_bytes(Zeroizing::new([13; 32])),
        auditor: auditor.public().unwrap(),
    };
    (keys, auditor)
}

fn sources() -> Sources {
    let drawn = AtomicUsize::new(1);
    Sources {
        now: Box::new(Timestamp::now),
        random: Box::new(move |bytes| {
            bytes.fill(u8::try_from(drawn.fetch_add(1, Ordering::Relaxed) % 251).unwrap());
            Ok(())
        }),
    }
}

#[test]
fn every_decision_of_a_login_is_in_the_record_and_the_auditor_reads_who_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("audit");
    let (keys, auditor) = keys();
    let believed = keys.checkpoint.public();
    let log = Arc::new(AuditLog::create(&place, keys, Settings::default(), sources()).unwrap());
    let mut card = cns();
    let request = Request::to(Act::Use(service("inps.cedolino")))
        .on_behalf_of(Represented::new(code(OTHER), None).unwrap());
    card.0.options.decision_log(log);
    card.0
        .options
        .service(AccessPolicy::builtin(), service("inps.cedolino"));
    assert_eq!(decide(&card).effect, Effect::Permit);
    card.0.options.request(AccessPolicy::builtin(), request);
    assert_eq!(decide(&card).effect, Effect::Deny);
    assert!(verify(&place, &[believed], &[]).unwrap().is_good());
    let mut read = Vec::new();
    decisions(&place, &mut |decision| {
        let persons = decision.open(std::slice::from_ref(&auditor)).unwrap();
        read.push((decision.decided.effect, persons));
        Ok(())
    })
    .unwrap();
    assert_eq!(read.len(), 2);
    assert_eq!(read[0].0, Effect::Permit);
    assert_eq!(read[0].1.subject.as_ref().unwrap().as_str(), HOLDER);
    assert_eq!(read[1].1.acting_for.as_ref().unwrap().as_str(), OTHER);
}

/// A record that cannot be written.
struct Full;

impl DecisionLog for Full {
    fn record(&self, _: &Decision) -> Result<(), StoreFailure> {
        Err(StoreFailure::Full)
    }
}

#[test]
fn what_cannot_be_recorded_is_not_permitted() {
    let mut card = cns();
    card.0
        .options
        .service(AccessPolicy::builtin(), service("inps.cedolino"))
        .decision_log(Arc::new(Full));
    let denied = decide(&card);
    assert_eq!(
        (denied.effect, denied.errors[0].code),
        (Effect::Deny, "error-not-recorded")
    );
    assert!(denied.policies.is_empty() && denied.reasons.is_empty());
}

#[test]
fn facts_that_cannot_be_had_deny_all_but_public_pages() {
    let folder = tempfile::tempdir().unwrap();
    let store = records(folder.path());
    let mut card = cns();
    card.0
        .options
        .service(AccessPolicy::builtin(), service("inps.cedolino"))
        .facts(Arc::new(store));
    assert_eq!(decide(&card).effect, Effect::Permit);
    let file = folder.path().join("records.db");
    std::fs::write(&file, [0xA5; 65_536]).unwrap();
    let denied = decide(&card);
    assert_eq!((denied.effect, denied.errors.len()), (Effect::Deny, 1));
    assert_eq!(denied.errors[0].code, "error-facts-unavailable");
    card.0
        .options
        .service(AccessPolicy::builtin(), service("info.public"));
    assert_eq!(decide(&card).effect, Effect::Permit);
}

#[test]
fn access_is_replayed_only_where_test_material_is_permitted() {
    let mut stage = Stage::new("cns-st");
    stage.options = varco::LoginOptions::new(varco::Audience::parse("kiosk-7.example").unwrap());
    stage
        .options
        .service(AccessPolicy::builtin(), service("inps.cedolino"))
        .access_at(day("2020-09-30"));
    let refused = stage.login(PIN).unwrap_err();
    assert_eq!(refused.code(), "access-at-refused");
    assert_eq!(stage.verifies(), 0);
}
