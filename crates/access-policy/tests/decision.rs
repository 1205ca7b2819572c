//! Decisions about identities that were proven: those of the fixtures' cards.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "../../auth/tests/proof/login.rs"]
mod login;

use login::{NOW, at, identity};
use varco_access_policy::{
    AccessPolicy, Decision, Effect, Facts, Principal, Request, ServiceId, TestMaterial,
};

fn decide(card: &str, service: &str, test_material: TestMaterial) -> Decision {
    let request = Request::new(ServiceId::parse(service).unwrap());
    let identity = identity(card, [1; 32]);
    let facts = Facts::new(test_material);
    AccessPolicy::builtin().decide(Principal::Verified(&identity), &request, &facts, at(NOW))
}

#[test]
fn an_identity_of_test_material_is_permitted_only_where_the_deployment_is_a_test() {
    for service in ["inps.estratto-conto", "inps.domanda"] {
        let refused = decide("cns-st", service, TestMaterial::Refused);
        assert_eq!(
            (refused.effect, refused.reasons[0].code),
            (Effect::Deny, "deny-test-material")
        );
        assert_eq!(
            decide("cns-st", service, TestMaterial::Permitted).effect,
            Effect::Permit
        );
    }
}

#[test]
fn a_card_with_an_outdated_certificate_reads_and_does_not_change() {
    let reads = decide("cns-athena", "inps.cedolino", TestMaterial::Permitted);
    assert_eq!(reads.effect, Effect::Permit);
    let changes = decide("cns-athena", "inps.anagrafica", TestMaterial::Permitted);
    assert_eq!(changes.effect, Effect::Deny);
    assert_eq!(changes.reasons[0].code, "deny-credential-downgraded");
    assert_eq!(
        changes.reasons[0].arguments["weaknesses"],
        "rsa-1024, sha1-signature"
    );
}

#[test]
fn a_decision_names_whom_it_is_about_in_json_and_not_in_debug() {
    let decision = decide("cns-st", "inps.cedolino", TestMaterial::Permitted);
    let json = serde_json::to_value(&decision).unwrap();
    assert_eq!(
        json["subject"],
        serde_json::json!({
            "codice_fiscale": "DMNNCL80C14H501S",
            "credential": "cns",
            "level": "substantial",
            "evidence_id": identity("cns-st", [1; 32]).evidence_id(),
        })
    );
    assert_eq!(json["reasons"][0]["policy_id"], "permit-consultation-substantial");
    assert!(!format!("{decision:?}").contains("DMNNCL80C14H501S"));
}

#[test]
fn an_unknown_service_is_an_error_and_denied() {
    let decision = decide("cns-st", "inps.domande", TestMaterial::Permitted);
    assert_eq!(decision.effect, Effect::Deny);
    assert_eq!(decision.errors[0].code, "error-service-unknown");
    assert_eq!(decision.errors[0].arguments["service"], "inps.domande");
    assert!(decision.subject.is_some());
}
